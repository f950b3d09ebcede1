package okta

import (
	"context"
	"maps"
	"net/url"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/snapshot"
)

// appHead is what this package needs of an app instance.
type appHead struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Links struct {
		AccessPolicy struct {
			Href string `json:"href"`
		} `json:"accessPolicy"`
	} `json:"_links"`
}

// apps reads the Office 365 app instances, inactive ones included: there may be
// several, and each is a way in.
func (c *Collector) apps(ctx context.Context, _ *collectors.Sink, r *collectors.Recorder) error {
	query := url.Values{"filter": {`name eq "office365"`}, "limit": {"200"}, "includeNonDeleted": {"true"}}
	list, err := c.client.list(ctx, r, "/api/v1/apps", query)
	kept := []snapshot.Object{}
	for _, app := range list {
		var head appHead
		if err := json.Unmarshal(app, &head); err != nil || head.ID == "" {
			return &collectors.Error{Code: collectors.CodeBadAnswer, Problem: "an app instance has no id"}
		}
		if head.Name == "office365" {
			kept = append(kept, app)
		}
	}
	if err != nil && len(list) == 0 {
		return err
	}
	if setErr := r.Set(resourceApps, kept); setErr != nil {
		return setErr
	}
	return err
}

// knownApps gives the app instances to a resource that needs them. A gap in them
// is a gap in it.
func (c *Collector) knownApps(ctx context.Context, sink *collectors.Sink, r *collectors.Recorder) ([]appHead, error) {
	outcome, err := sink.Await(ctx, resourceApps)
	if err != nil {
		return nil, err
	}
	var apps []appHead
	found, err := outcome.Decode(resourceApps, &apps)
	switch {
	case err != nil:
		return nil, err
	case !found:
		return nil, outcome.Missing()
	case !outcome.Complete():
		r.Gap(outcome.Missing())
	}
	return apps, nil
}

// keys reads the certificates that the app instances sign with.
func (c *Collector) keys(ctx context.Context, sink *collectors.Sink, r *collectors.Recorder) error {
	apps, err := c.knownApps(ctx, sink, r)
	if err != nil {
		return err
	}
	keys := map[string][]snapshot.Object{}
	for _, app := range apps {
		list, err := c.client.list(ctx, r, "/api/v1/apps/"+url.PathEscape(app.ID)+"/credentials/keys", nil)
		if err != nil {
			return setMap(r, resourceKeys, keys, err)
		}
		keys[app.ID] = list
	}
	return setMap(r, resourceKeys, keys, nil)
}

func setMap(r *collectors.Recorder, place string, values map[string][]snapshot.Object, err error) error {
	if err != nil && len(values) == 0 {
		return err
	}
	if setErr := r.Set(place, values); setErr != nil {
		return setErr
	}
	return err
}

// assignments reads who is assigned to each app instance, and under which user
// name Okta signs them in.
func (c *Collector) assignments(ctx context.Context, sink *collectors.Sink, r *collectors.Recorder) error {
	apps, err := c.knownApps(ctx, sink, r)
	if err != nil {
		return err
	}
	named, err := c.namedUsers(ctx, sink)
	if err != nil {
		return err
	}
	assigned := map[string]snapshot.AppAssignments{}
	for _, app := range apps {
		one, err := c.assignmentsOf(ctx, r, app.ID, named)
		if err != nil {
			// How many there are is only said when all were read.
			if len(assigned) > 0 {
				if setErr := r.Set(resourceAssignments, assigned); setErr != nil {
					return setErr
				}
			}
			return err
		}
		assigned[app.ID] = one
	}
	return r.Set(resourceAssignments, assigned)
}

func (c *Collector) assignmentsOf(ctx context.Context, r *collectors.Recorder, app string, named map[string]bool) (snapshot.AppAssignments, error) {
	result := snapshot.AppAssignments{Groups: []string{}}
	path := "/api/v1/apps/" + url.PathEscape(app)
	err := c.client.all(ctx, path+"/users", url.Values{"limit": {"500"}}, func(page []snapshot.Object) error {
		r.Page(len(page))
		for _, object := range page {
			var user struct {
				ID          string `json:"id"`
				Credentials struct {
					UserName string `json:"userName"`
				} `json:"credentials"`
			}
			if err := json.Unmarshal(object, &user); err != nil || user.ID == "" {
				return &collectors.Error{Code: collectors.CodeBadAnswer, Problem: "an assignment has no user id"}
			}
			if user.Credentials.UserName == "" {
				r.Count("without_user_name", 1)
			}
			r.Add(&collectors.OktaUser{ID: user.ID, UserName: user.Credentials.UserName, App: app, Named: named[user.ID]})
			result.Users++
		}
		return nil
	})
	if err != nil {
		return result, err
	}
	err = c.client.all(ctx, path+"/groups", url.Values{"limit": {"200"}}, func(page []snapshot.Object) error {
		r.Page(0)
		for _, object := range page {
			id, err := idOf(object)
			if err != nil {
				return err
			}
			result.Groups = append(result.Groups, id)
		}
		return nil
	})
	slices.Sort(result.Groups)
	return result, err
}

func idOf(object snapshot.Object) (string, error) {
	var head struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal(object, &head); err != nil || head.ID == "" {
		return "", &collectors.Error{Code: collectors.CodeBadAnswer, Problem: "an object has no id"}
	}
	return head.ID, nil
}

// people is whom rules and policies name.
type people struct {
	Users  included `json:"users"`
	Groups included `json:"groups"`
}

type included struct {
	Include []string `json:"include"`
	Exclude []string `json:"exclude"`
}

func (i included) ids() []string { return append(slices.Clone(i.Include), i.Exclude...) }

// conditional is a rule or a policy, as far as people go.
type conditional struct {
	Conditions *struct {
		People people `json:"people"`
	} `json:"conditions"`
}

// namedUsers are the ids of the users that the access policies' rules name. Rules
// that could not be read name nobody that is known, and their own line says so.
func (c *Collector) namedUsers(ctx context.Context, sink *collectors.Sink) (map[string]bool, error) {
	outcome, err := sink.Await(ctx, resourceAccess)
	if err != nil {
		return nil, err
	}
	rules := map[string][]conditional{}
	if _, err := outcome.Decode(pathAccessRules, &rules); err != nil {
		return nil, err
	}
	named := map[string]bool{}
	for _, list := range rules {
		for _, rule := range list {
			if rule.Conditions == nil {
				continue
			}
			for _, id := range rule.Conditions.People.Users.ids() {
				named[id] = true
			}
		}
	}
	return named, nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
