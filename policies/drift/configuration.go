package drift

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// configuration are the changes in what both services are told to do. The logs are
// no configuration: what they show is told by the findings.
func configuration(before, after *snapshot.Document) ([]Change, int, error) {
	r := &reading{before: before, after: after}
	for _, section := range []string{"entra", "exchange", "sharepoint", "okta"} {
		was, err := tree(before, section)
		if err != nil {
			return nil, 0, err
		}
		is, err := tree(after, section)
		if err != nil {
			return nil, 0, err
		}
		r.section(section, was, is)
	}
	r.ledger()
	return r.changes, r.dated, nil
}

// tree decodes a section. A section that is not there holds nothing.
func tree(doc *snapshot.Document, section string) (object, error) {
	raw, ok := doc.Section(section)
	if !ok {
		return object{}, nil
	}
	var value object
	if err := json.Unmarshal(raw, &value); err != nil {
		return nil, fmt.Errorf("%s: read %s: %w", doc.Name, section, err)
	}
	return value, nil
}

// A reading turns what differs into sentences.
type reading struct {
	before, after *snapshot.Document
	was, is       object
	changes       []Change
	dated         int
}

func (r *reading) section(name string, was, is object) {
	r.was, r.is = was, is
	w := &walker{}
	for _, kind := range bothNames(was, is) {
		old, hasOld := was[kind]
		fresh, hasNew := is[kind]
		if !hasOld || !hasNew {
			continue // not collected on one side: the ledger tells
		}
		at := leaf{path: []string{name, kind}, before: "/" + name + "/" + kind, after: "/" + name + "/" + kind}
		w.compare(old, fresh, at)
		if isRules(kind) {
			r.order(kind, old, fresh)
		}
	}
	r.dated += w.dated
	for i := range w.leaves {
		r.leaf(&w.leaves[i])
	}
}

func bothNames(was, is object) []string {
	var names []string
	for _, o := range []object{was, is} {
		for name := range o {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}

func (r *reading) add(l *leaf, class Class, format string, args ...any) {
	c := Change{Class: class, Area: areaOf(l.kind()), Text: fmt.Sprintf(format, args...)}
	if !l.came {
		c.Before = placeAt(r.before, l.before)
	}
	if !l.went {
		c.After = placeAt(r.after, l.after)
	}
	r.changes = append(r.changes, c)
}

// areaOf is the area of a kind of configuration.
func areaOf(kind string) string {
	switch kind {
	case "entra.domains", "entra.federation_configurations", "entra.home_realm_discovery_policies", "entra.feature_rollout_policies",
		"okta.apps", "okta.app_keys", "okta.domains", "entra.on_premises_synchronization":
		return "federation"
	case "entra.conditional_access_policies", "entra.named_locations", "entra.security_defaults", "entra.authentication_strengths":
		return "conditional access"
	case "okta.access_policies", "okta.access_policy_rules", "okta.sign_on_policies", "okta.sign_on_policy_rules", "okta.device_assurances", "okta.threat_insight", "okta.security_notifications":
		return "sign-on policy"
	case "okta.zones":
		return "zones"
	case "entra.groups", "entra.group_member_counts", "okta.groups", "okta.group_member_counts", "okta.group_rules", "okta.app_assignments", "entra.directory_roles", "exchange.role_groups":
		return "groups"
	}
	if strings.HasPrefix(kind, "exchange.") {
		return "exchange"
	}
	return "other configuration"
}

// leaf says one thing that differs. Whatever has no sentence of its own is listed
// plainly: nothing is dropped.
func (r *reading) leaf(l *leaf) {
	switch {
	case isRules(l.path[1]) && l.field() == "priority":
		return // order tells
	case l.whole():
		r.object(l)
	case r.flag(l), r.rule(l), r.policy(l), r.zone(l), r.count(l):
	case len(l.added)+len(l.removed) > 0:
		r.add(l, Changed, "%s%s", subjectOf(l), gainedLost(l.added, l.removed))
	default:
		r.add(l, Changed, "%s was %s, is %s", strings.TrimSuffix(subjectOf(l), ":"), valueOr(l.was, l.came), valueOr(l.is, l.went))
	}
}

func valueOr(v any, absent bool) string {
	if absent {
		return "absent"
	}
	return shownValue(v)
}

// subjectOf names the field that differs: "domain 'x': passwordValidityPeriodInDays:".
func subjectOf(l *leaf) string {
	text := noun(l.kind())
	if o := l.owner(); o != nil {
		text += " '" + cut(nameOf(o)) + "'"
	}
	if field := l.field(); field != "" {
		text += ", " + field
	}
	return text + ":"
}

// noun is one of a kind.
func noun(kind string) string {
	_, name, _ := strings.Cut(kind, ".")
	words := map[string]string{
		"domains": "domain", "conditional_access_policies": "Conditional Access policy", "named_locations": "named location",
		"authentication_policies": "authentication policy", "cas_mailbox_plans": "mailbox plan", "access_policies": "access policy",
		"access_policy_rules": "rule", "sign_on_policies": "sign-on policy", "sign_on_policy_rules": "sign-on rule", "zones": "zone",
		"groups": "group", "apps": "application", "federation_configurations": "federation", "feature_rollout_policies": "staged rollout",
		"home_realm_discovery_policies": "home realm discovery policy", "token_lifetime_policies": "token lifetime policy",
		"accepted_domains": "accepted domain", "role_groups": "role group", "directory_roles": "role", "group_rules": "group rule",
		"app_keys": "key of the application", "device_assurances": "device assurance", "authentication_strengths": "authentication strength",
		"subscribed_skus": "subscription",
	}
	if word, ok := words[name]; ok {
		return word
	}
	return spoken(name)
}

func gainedLost(added, removed []any) string {
	var parts []string
	if len(added) > 0 {
		parts = append(parts, "gained "+shownValue(added))
	}
	if len(removed) > 0 {
		parts = append(parts, "lost "+shownValue(removed))
	}
	return " " + strings.Join(parts, ", ")
}

// object says that one of a list came or went, and what it did.
func (r *reading) object(l *leaf) {
	o, _ := l.value().(object)
	class := Changed
	strong, weak := r.effect(l.kind(), o)
	word := map[bool]string{true: "added", false: "removed"}[l.came]
	switch {
	case strong && l.came, weak && l.went:
		class = Strengthened
	case strong && l.went, weak && l.came:
		class = Weakened
	}
	does := ""
	if isRules(l.path[1]) {
		does = ", which " + ruleWords(o, r.groups())
	}
	r.add(l, class, "%s '%s' was %s%s", noun(l.kind()), cut(nameOf(o)), word, does)
}

// effect says whether an object stands in the way to the mail, or opens one, by
// itself. Most do neither: what becomes of them, the doors tell.
func (r *reading) effect(kind string, o object) (strong, weak bool) {
	switch kind {
	case "entra.conditional_access_policies":
		return o["state"] == "enabled", false
	case "okta.access_policy_rules":
		if o["status"] != "ACTIVE" {
			return false, false
		}
		access := at(o, "actions", "appSignOn", "access")
		return access == "DENY", access == "ALLOW"
	case "entra.feature_rollout_policies":
		return false, o["isEnabled"] == true
	case "entra.domains":
		return false, o["authenticationType"] == "Managed" && o["isVerified"] == true
	case "okta.zones":
		return o["usage"] == "BLOCKLIST", false
	}
	return false, false
}

func at(o object, names ...string) any {
	var v any = o
	for _, name := range names {
		below, _ := v.(object)
		v = below[name]
	}
	return v
}

// ledger tells which evidence was lost, and which came back.
func (r *reading) ledger() {
	lines := func(d *snapshot.Document) []ledgerLine {
		var list []ledgerLine
		for _, line := range d.Collection.Resources {
			list = append(list, ledgerLine{line.Name, string(line.Status)})
		}
		return list
	}
	r.changes = append(r.changes, evidence(lines(r.before), lines(r.after))...)
}

// A ledgerLine is what became of one kind of evidence.
type ledgerLine struct{ name, status string }

// evidence compares two ledgers.
func evidence(before, after []ledgerLine) []Change {
	var changes []Change
	add := func(class Class, format string, args ...any) {
		changes = append(changes, Change{Class: class, Area: "evidence", Text: fmt.Sprintf(format, args...)})
	}
	const collected = string(snapshot.Collected)
	was := map[string]string{}
	for _, line := range before {
		was[line.name] = line.status
	}
	seen := map[string]bool{}
	for _, line := range after {
		seen[line.name] = true
		old, known := was[line.name]
		switch {
		case known && old == line.status, !known && line.status == collected:
		case line.status == collected:
			add(Changed, "%s is collected again (was %s)", line.name, old)
		case known && old == collected:
			add(Lost, "%s was collected, is %s: what became of it cannot be told", line.name, line.status)
		case known:
			add(Changed, "%s was %s, is %s", line.name, old, line.status)
		}
	}
	for _, line := range before {
		if !seen[line.name] && line.status == collected {
			add(Lost, "%s was collected and is not in the later snapshot: what became of it cannot be told", line.name)
		}
	}
	return changes
}
