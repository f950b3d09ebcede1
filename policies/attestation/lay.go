package attestation

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

const (
	// CodeAttested stands in the ledger beside what was attested, CodeExpired beside
	// what would have been. They are stable.
	CodeAttested = "attested"
	CodeExpired  = "attestation_expired"

	resource = "okta.access_policies"
	// afterwards is how much later than the snapshot somebody may have looked.
	afterwards = 7 * 24 * time.Hour
)

// okta is what an attestation touches of the document's section.
type okta struct {
	members      map[string]jsontext.Value
	apps         []map[string]jsontext.Value
	zones        []thing
	groups       []thing
	zonesKnown   bool
	organization struct {
		Pipeline string `json:"pipeline"`
	}
}

// thing is a zone or a group.
type thing struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Profile struct {
		Name string `json:"name"`
	} `json:"profile"`
}

// LayOver lays the attestation over a document that was just read. The error says
// why it does not belong there: another org, an engine whose rules have an API, an
// app that the org does not have. An expired one changes nothing but the ledger's
// word on why the rules are missing; it is measured at the time of the snapshot, so
// that the same snapshot always gives the same findings.
func (a *Attestation) LayOver(doc *snapshot.Document) error {
	if ours, theirs := host(a.OktaOrg), host(doc.Tenant.OktaOrg); ours != theirs {
		return a.wrong(fmt.Sprintf("the attestation is of %s, and the snapshot of %s", ours, orNone(theirs)), "attest the rules of the org that was collected", "okta_org")
	}
	o, err := a.readOkta(doc)
	if err != nil {
		return err
	}
	line := a.line(doc)
	if line.Status == snapshot.Collected || line.Status == snapshot.Partial {
		return a.wrong("the sign-on rules were collected, and what was read counts", "leave out --attestation")
	}
	switch o.organization.Pipeline {
	case "v1":
	case "idx":
		return a.wrong("the org runs on Identity Engine, whose sign-on rules Postern reads by API: an attestation cannot stand in for them",
			"grant okta.policies.read, collect again, and leave out --attestation", "okta_org")
	default:
		return a.wrong("the snapshot does not say which engine the org runs on", "collect okta.organization, which needs no permission", "okta_org")
	}
	if a.at.After(doc.CollectedAt.Add(afterwards)) {
		return a.wrong("lies more than a week after the snapshot", "collect again: the rules were seen in another state of the org", "attested_at")
	}
	if !doc.CollectedAt.Before(a.expires) {
		line.Code = CodeExpired
		line.Message = "the attestation by " + a.By + " of " + day(a.at) + " expired on " + day(a.expires) + "; look at the rules again and renew it"
		return nil
	}
	return a.lay(doc, o, line)
}

func day(at time.Time) string { return at.UTC().Format(time.DateOnly) }

func orNone(text string) string {
	if text == "" {
		return "no Okta org"
	}
	return text
}

func (a *Attestation) readOkta(doc *snapshot.Document) (*okta, error) {
	raw, ok := doc.Section("okta")
	if !ok {
		return nil, a.wrong("the snapshot holds nothing of Okta", "collect the org: the attestation stands in for its sign-on rules alone")
	}
	o := &okta{}
	if err := json.Unmarshal(raw, &o.members); err != nil {
		return nil, fmt.Errorf("attestation: read /okta: %w", err)
	}
	for name, into := range map[string]any{"apps": &o.apps, "zones": &o.zones, "groups": &o.groups, "organization": &o.organization} {
		value, there := o.members[name]
		if !there {
			continue
		}
		if name == "zones" {
			o.zonesKnown = true
		}
		if err := json.Unmarshal(value, into); err != nil {
			return nil, fmt.Errorf("attestation: read /okta/%s: %w", name, err)
		}
	}
	return o, nil
}

// line finds the ledger's line for the rules, or makes one.
func (a *Attestation) line(doc *snapshot.Document) *snapshot.Resource {
	list := doc.Collection.Resources
	if i := slices.IndexFunc(list, func(r snapshot.Resource) bool { return r.Name == resource }); i >= 0 {
		return &list[i]
	}
	doc.Collection.Resources = append(list, snapshot.Resource{
		Name: resource, Endpoint: "none", Permission: "none", Paths: []string{resource, "okta.access_policy_rules"}, Status: snapshot.Skipped,
	})
	return &doc.Collection.Resources[len(doc.Collection.Resources)-1]
}

func (a *Attestation) lay(doc *snapshot.Document, o *okta, line *snapshot.Resource) error {
	policies, rules := []object{}, map[string][]object{}
	for i := range a.Apps {
		app := &a.Apps[i]
		place := slices.IndexFunc(o.apps, func(m map[string]jsontext.Value) bool { return textOf(m["id"]) == app.App })
		if place < 0 {
			return a.wrong(fmt.Sprintf("the snapshot has no Office 365 app '%s'", app.App), "write the app's id: "+ids(o.apps), "apps", i, "app")
		}
		id := "attested-" + app.App
		policies = append(policies, object{"id": id, "name": "attested rules of " + label(o.apps[place]), "status": "ACTIVE", "type": "ACCESS_POLICY"})
		for j := range app.Rules {
			rule, err := a.resolved(o, app.Rules[j], "apps", i, "rules", j)
			if err != nil {
				return err
			}
			rules[id] = append(rules[id], rule.asOkta(j+1, j == len(app.Rules)-1, a.unchanged))
		}
		if err := link(o.apps[place], id); err != nil {
			return err
		}
	}
	for name, value := range map[string]any{"apps": o.apps, "access_policies": policies, "access_policy_rules": rules} {
		raw, err := marshal(value)
		if err != nil {
			return fmt.Errorf("attestation: write /okta/%s: %w", name, err)
		}
		o.members[name] = raw
	}
	whole, err := marshal(o.members)
	if err != nil {
		return fmt.Errorf("attestation: write /okta: %w", err)
	}
	doc.LayOver("okta", whole)
	at, items := snapshot.NewInstant(a.at), 0
	for _, list := range rules {
		items += len(list)
	}
	line.Status, line.Code, line.CollectedAt, line.Items = snapshot.Attested, CodeAttested, &at, &items
	line.Message = "By " + a.By + " on " + day(a.at) + ", valid until " + day(a.expires) + " (" + a.Evidence + ")."
	return nil
}

// link lets an app point at its attested rules, as it would point at a policy.
func link(app map[string]jsontext.Value, policy string) error {
	links := map[string]jsontext.Value{}
	if raw, there := app["_links"]; there {
		if err := json.Unmarshal(raw, &links); err != nil {
			return fmt.Errorf("attestation: read the links of an app: %w", err)
		}
	}
	for name, value := range map[string]any{"accessPolicy": object{"href": "attestation/" + policy}} {
		raw, err := marshal(value)
		if err != nil {
			return err
		}
		links[name] = raw
	}
	raw, err := marshal(links)
	app["_links"] = raw
	return err
}

// resolved puts ids in the place of the names of zones and groups. A zone that the
// org does not have is a slip; a group of which nothing was collected stays, and
// may hold anybody.
func (a *Attestation) resolved(o *okta, r Rule, at ...any) (Rule, error) {
	for _, list := range []struct {
		key string
		of  *[]string
	}{{"zones", &r.Zones}, {"except_zones", &r.ExceptZones}} {
		found := make([]string, len(*list.of))
		for i, name := range *list.of {
			id, n := find(o.zones, name)
			if n > 1 || n == 0 && o.zonesKnown && name != "ALL_ZONES" {
				return r, a.wrong(fmt.Sprintf("the snapshot has %d network zones '%s'", n, name), "write the id of the zone", append(slices.Clone(at), list.key, i)...)
			}
			found[i] = id
		}
		*list.of = found
	}
	for _, list := range []*[]string{&r.Groups, &r.ExceptGroups} {
		found := make([]string, len(*list))
		for i, name := range *list {
			found[i] = name
			if id, n := find(o.groups, name); n == 1 {
				found[i] = id
			}
		}
		*list = found
	}
	return r, nil
}

// find gives the id behind an id or a name, and how many have it.
func find(list []thing, name string) (id string, n int) {
	for _, candidate := range list {
		if candidate.ID == name {
			return name, 1
		}
		if candidate.Name == name || candidate.Profile.Name == name {
			id, n = candidate.ID, n+1
		}
	}
	if n == 0 {
		id = name
	}
	return id, n
}

func ids(apps []map[string]jsontext.Value) string {
	var list []string
	for _, app := range apps {
		list = append(list, textOf(app["id"]))
	}
	if len(list) == 0 {
		return "the org has none"
	}
	return strings.Join(list, ", ")
}

func label(app map[string]jsontext.Value) string {
	if name := textOf(app["label"]); name != "" {
		return name
	}
	return textOf(app["id"])
}

func textOf(v jsontext.Value) string {
	var text string
	if v.Kind() != jsontext.KindString || json.Unmarshal(v, &text) != nil {
		return ""
	}
	return text
}
