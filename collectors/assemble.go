package collectors

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// pathWindow is filled by the run itself, because several resources share it.
const pathWindow = "evidence.window"

// fits checks that the document has a place for a value at a path, as its writer will
// in the end: what a vendor writes in another type than ever before then costs one
// resource, and not the whole collection.
func fits(path string, value jsontext.Value) error {
	section, key, ok := strings.Cut(path, ".")
	if !ok || strings.ContainsAny(path, "[]") || path == pathWindow {
		return fmt.Errorf("not a path that a collector sets")
	}
	text, err := json.Marshal(map[string]map[string]jsontext.Value{section: {key: value}})
	if err != nil {
		return err
	}
	s := snapshot.Snapshot{
		Version: snapshot.Version, Tenant: snapshot.Tenant{ID: "any"},
		Collection: snapshot.Collection{Source: "live", Resources: []snapshot.Resource{}},
	}
	if err := json.Unmarshal(text, &s, json.RejectUnknownMembers(true)); err != nil {
		return err
	}
	return errors.Unwrap(snapshot.Write(io.Discard, &s, nil)) // without "write snapshot"
}

// assemble puts the values of all resources into one document. Where two fill
// the same list, as the two sign-in logs do, the lists are joined.
func assemble(s *snapshot.Snapshot, entries []*entry) error {
	sections := make(map[string]map[string]jsontext.Value)
	for _, e := range entries {
		for path, value := range e.sections {
			section, key, _ := strings.Cut(path, ".")
			if sections[section] == nil {
				sections[section] = make(map[string]jsontext.Value)
			}
			joined, err := concat(sections[section][key], value)
			if err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
			sections[section][key] = joined
		}
	}
	text, err := json.Marshal(sections)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, s, json.RejectUnknownMembers(true))
}

// concat joins two lists; with only one value it is that value.
func concat(a, b jsontext.Value) (jsontext.Value, error) {
	if a == nil {
		return b, nil
	}
	var list, more []jsontext.Value
	if err := json.Unmarshal(a, &list); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(b, &more); err != nil {
		return nil, err
	}
	return json.Marshal(slices.Concat(list, more))
}

// describe fills in what the evidence itself says about the tenant.
func describe(t *snapshot.Tenant, e *snapshot.Entra) {
	if e == nil {
		return
	}
	var organization struct {
		ID          string `json:"id"`
		DisplayName string `json:"displayName"`
	}
	if e.Organization != nil && json.Unmarshal(e.Organization, &organization) == nil {
		if t.ID == "" {
			t.ID = organization.ID
		}
		if t.Name == "" {
			t.Name = organization.DisplayName
		}
	}
	for _, object := range e.Domains {
		var domain struct {
			ID        string `json:"id"`
			IsInitial bool   `json:"isInitial"`
		}
		if t.InitialDomain == "" && json.Unmarshal(object, &domain) == nil && domain.IsInitial {
			t.InitialDomain = domain.ID
		}
	}
}

// otherTenant tells whether Entra answered for another tenant than was asked
// for: a token of one, the name of the other. Nothing of such a collection can
// be trusted.
func otherTenant(t snapshot.Tenant, e *snapshot.Entra) (string, bool) {
	var organization struct {
		ID string `json:"id"`
	}
	if e == nil || e.Organization == nil || !isGUID(t.ID) || json.Unmarshal(e.Organization, &organization) != nil {
		return "", false
	}
	return organization.ID, isGUID(organization.ID) && !strings.EqualFold(organization.ID, t.ID)
}

func isGUID(text string) bool {
	if len(text) != 36 {
		return false
	}
	for i, r := range text {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		hex := r >= '0' && r <= '9' || r >= 'a' && r <= 'f' || r >= 'A' && r <= 'F'
		if dash != (r == '-') || !dash && !hex {
			return false
		}
	}
	return true
}
