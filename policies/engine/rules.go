package engine

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// Rules is what a snapshot tells of the rules that close the doors: Okta's rules for
// Office 365 and Exchange's authentication policies. Those of an earlier snapshot
// tell whether a later change was one of what they admit.
type Rules struct {
	collected time.Time
	// changed is when the last of them was changed, if each says so.
	changed time.Time
	dated   bool
	// admits is what they admit, as canonical JSON. It is empty where not all of it
	// was read.
	admits string
	// settled says that what stands behind the mailboxes tells no more of them.
	settled bool
}

// RulesOf reads the rules of a snapshot. The snapshot may end before its mailboxes.
func RulesOf(doc *snapshot.Document) (Rules, error) {
	r := Rules{collected: doc.CollectedAt.Time, settled: holdsRules(doc)}
	r.changed, r.dated = lastChange(doc)
	parts := map[string]any{}
	for name, of := range map[string]func(*snapshot.Document, string) (any, bool){
		"okta.access_policy_rules":         rulesAdmit,
		"okta.apps":                        appsAdmit,
		"exchange.authentication_policies": policiesAdmit,
		"exchange.organization_config":     defaultAdmits,
	} {
		part, ok := of(doc, name)
		if !ok {
			return r, nil
		}
		parts[name] = part
	}
	text, err := json.Marshal(parts)
	if err != nil {
		return r, fmt.Errorf("compare the rules with earlier ones: %w", err)
	}
	canonical := jsontext.Value(text)
	if err := canonical.Canonicalize(); err != nil {
		return r, fmt.Errorf("compare the rules with earlier ones: %w", err)
	}
	r.admits = string(canonical)
	return r, nil
}

// holdsRules reports whether a snapshot, which may end before its mailboxes, has all
// that its rules are read from. What is not in there is nowhere: a name occurs once.
func holdsRules(doc *snapshot.Document) bool {
	for _, name := range []string{"collected_at", "tenant", "collection", "exchange", "okta"} {
		if _, ok := doc.Section(name); !ok {
			return false
		}
	}
	return true
}

// Read reports whether all was read that tells what the rules admit.
func (r *Rules) Read() bool { return r.admits != "" }

// rulesAdmit are Okta's rules in their order, without their names and dates.
func rulesAdmit(doc *snapshot.Document, name string) (any, bool) {
	rules, ok := readWhole[map[string][]map[string]jsontext.Value](doc, name)
	for _, list := range rules {
		for _, rule := range list {
			for _, cosmetic := range []string{"name", "created", "lastUpdated"} {
				delete(rule, cosmetic)
			}
		}
	}
	return rules, ok
}

// appsAdmit says which policy judges each app, and whether it is in use.
func appsAdmit(doc *snapshot.Document, name string) (any, bool) {
	type app struct {
		ID     string `json:"id"`
		Status string `json:"status"`
		Links  struct {
			Policy struct {
				Href string `json:"href"`
			} `json:"accessPolicy"`
		} `json:"_links"`
	}
	apps, ok := readWhole[[]app](doc, name)
	slices.SortFunc(apps, func(a, b app) int { return strings.Compare(a.ID, b.ID) })
	return apps, ok
}

// policiesAdmit are what Exchange's policies allow and block, in the order of their
// names. Objects from there carry much that changes by itself.
func policiesAdmit(doc *snapshot.Document, name string) (any, bool) {
	policies, ok := readWhole[[]map[string]jsontext.Value](doc, name)
	for _, policy := range policies {
		for field := range policy {
			if field != "Name" && !strings.HasPrefix(field, "Allow") && !strings.HasPrefix(field, "Block") {
				delete(policy, field)
			}
		}
	}
	slices.SortFunc(policies, func(a, b map[string]jsontext.Value) int { return strings.Compare(string(a["Name"]), string(b["Name"])) })
	return policies, ok
}

// defaultAdmits is the policy of whoever has none, and whether modern authentication
// is on.
func defaultAdmits(doc *snapshot.Document, name string) (any, bool) {
	organization, ok := readWhole[map[string]jsontext.Value](doc, name)
	if !ok {
		return nil, false
	}
	return []jsontext.Value{
		orNothing(organization["DefaultAuthenticationPolicy"]), orNothing(organization["OAuth2ClientProfileEnabled"]),
	}, true
}

func orNothing(value jsontext.Value) jsontext.Value {
	if value == nil {
		return jsontext.Value("null")
	}
	return value
}

// since is when the rules came to admit what they do, as far as an earlier snapshot
// tells, and where that is known from. Where both admit the same, changes in between
// were cosmetic, and the earlier snapshot's last change counts. A change that left no
// date, such as a rule that was deleted, happened at some time between the two.
func (r *Rules) since(earlier *Rules) (at time.Time, from string, ok bool) {
	switch {
	case earlier == nil || !earlier.Read() || !r.Read():
		return r.changed, "last_change", r.dated
	case r.admits == earlier.admits && earlier.dated:
		return earlier.changed, "baseline", true
	case r.admits != earlier.admits && !r.changed.After(earlier.collected):
		return time.Time{}, "", false
	}
	return r.changed, "last_change", r.dated
}
