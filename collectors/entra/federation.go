package entra

import (
	"context"
	"errors"
	"net/url"

	"github.com/go-json-experiment/json"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/internal/transport"
	"github.com/seed-07732396/postern/collectors/snapshot"
)

// federation reads how each domain is federated. A domain that says Managed is
// not asked; one that answers 404 is managed, whatever it said.
func (c *Collector) federation(ctx context.Context, sink *collectors.Sink) {
	sink.Do(ctx, federationConfigurations, func(ctx context.Context, r *collectors.Recorder) error {
		domains, err := sink.Await(ctx, "entra.domains")
		if err != nil {
			return err
		}
		var list []struct {
			ID                 string `json:"id"`
			AuthenticationType string `json:"authenticationType"`
		}
		found, err := domains.Decode("entra.domains", &list)
		if err != nil {
			return err
		}
		if !found {
			return domains.Missing()
		}
		if !domains.Complete() {
			r.Gap(domains.Missing())
		}
		configurations := make(map[string][]snapshot.Object)
		for _, domain := range list {
			if domain.AuthenticationType == "Managed" {
				r.Count("managed", 1)
				continue
			}
			if err := c.federationOf(ctx, r, domain.ID, configurations); err != nil {
				return hinted(setSome(r, configurations, err), federationConfigurations)
			}
		}
		return r.Set(federationConfigurations, configurations)
	})
}

// federationOf reads one domain's configurations into the map.
func (c *Collector) federationOf(ctx context.Context, r *collectors.Recorder, domain string, into map[string][]snapshot.Object) error {
	objects, err := c.objects(ctx, r, listing{version: v1, path: "/domains/" + url.PathEscape(domain) + "/federationConfiguration"})
	if e, ok := errors.AsType[*transport.Error](err); ok && e.Code == transport.CodeNotFound {
		r.Count("not_found", 1)
		return nil
	}
	if err != nil {
		return err
	}
	into[domain] = objects
	return nil
}

// setSome keeps what was read before an error.
func setSome(r *collectors.Recorder, configurations map[string][]snapshot.Object, err error) error {
	if len(configurations) == 0 {
		return err
	}
	return errors.Join(err, r.Set(federationConfigurations, configurations))
}

// decode reads the few members of a vendor object that decide what to read next.
func decode(object snapshot.Object, into any) error {
	if err := json.Unmarshal(object, into); err != nil {
		return badPage("an object is not as it should be")
	}
	return nil
}
