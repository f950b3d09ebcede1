package drift

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/phrase"
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

func (r *reading) add(l *leaf, class Class, said phrase.Phrase) {
	c := change(class, areaOf(l.kind()), said)
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
		r.object(l, r.meaning(l))
	case r.rules(l):
	case r.flag(l), r.rule(l), r.policy(l), r.zone(l), r.count(l):
	case len(l.added)+len(l.removed) > 0:
		r.add(l, Changed, gainedLost(subjectOf(l), l.added, l.removed))
	default:
		r.add(l, Changed, wasIs(subjectOf(l), valueOr(l.was, l.came), valueOr(l.is, l.went)))
	}
}

func valueOr(v any, absent bool) phrase.Phrase {
	if absent {
		return phrase.Of("absent")
	}
	return shownValue(v)
}

// subjectOf names the field that differs: "domain 'x', passwordValidityPeriodInDays".
func subjectOf(l *leaf) phrase.Phrase {
	parts := []any{noun(l.kind())}
	if o := l.owner(); o != nil {
		parts = append(parts, " '"+cut(nameOf(o))+"'")
	}
	if field := l.field(); field != "" {
		parts = append(parts, ", "+field)
	}
	return phrase.Seq(parts...)
}

// noun is one of a kind.
func noun(kind string) phrase.Phrase {
	_, name, _ := strings.Cut(kind, ".")
	key := map[string]phrase.Phrase{
		"domains": phrase.Of("kind_domains"), "conditional_access_policies": phrase.Of("kind_conditional_access"),
		"named_locations": phrase.Of("kind_named_locations"), "authentication_policies": phrase.Of("kind_authentication"),
		"cas_mailbox_plans": phrase.Of("kind_mailbox_plans"), "access_policies": phrase.Of("kind_access_policies"),
		"access_policy_rules": phrase.Of("kind_rules"), "sign_on_policies": phrase.Of("kind_sign_on_policies"),
		"sign_on_policy_rules": phrase.Of("kind_sign_on_rules"), "zones": phrase.Of("kind_zones"), "groups": phrase.Of("kind_groups"),
		"apps": phrase.Of("kind_apps"), "federation_configurations": phrase.Of("kind_federation"),
		"feature_rollout_policies": phrase.Of("kind_rollout"), "home_realm_discovery_policies": phrase.Of("kind_home_realm"),
		"token_lifetime_policies": phrase.Of("kind_token_lifetime"), "accepted_domains": phrase.Of("kind_accepted_domains"),
		"role_groups": phrase.Of("kind_role_groups"), "directory_roles": phrase.Of("kind_roles"), "group_rules": phrase.Of("kind_group_rules"),
		"app_keys": phrase.Of("kind_app_keys"), "device_assurances": phrase.Of("kind_device_assurances"),
		"authentication_strengths": phrase.Of("kind_strengths"), "subscribed_skus": phrase.Of("kind_subscriptions"),
		"organization_config": phrase.Of("kind_organization_config"), "transport_config": phrase.Of("kind_transport_config"),
		"security_defaults": phrase.Of("kind_security_defaults"), "authentication_methods_policy": phrase.Of("kind_methods_policy"),
		"on_premises_synchronization": phrase.Of("kind_synchronization"), "settings": phrase.Of("kind_settings"),
		"organization": phrase.Of("kind_organization"), "threat_insight": phrase.Of("kind_threat_insight"),
		"security_notifications": phrase.Of("kind_notifications"), "group_member_counts": phrase.Of("kind_group_member_counts"),
		"app_assignments": phrase.Of("kind_app_assignments"), "ews_operation_access": phrase.Of("kind_ews_operation_access"),
	}[name]
	if key.IsZero() {
		return phrase.Seq(spoken(name))
	}
	return key
}

func gainedLost(what phrase.Phrase, added, removed []any) phrase.Phrase {
	gained, lost := shownValue(added), shownValue(removed)
	switch {
	case len(removed) == 0:
		return phrase.Of("values_gained", "what", what, "gained", gained)
	case len(added) == 0:
		return phrase.Of("values_lost", "what", what, "lost", lost)
	}
	return phrase.Of("values_gained_lost", "what", what, "gained", gained, "lost", lost)
}

// meaning is the class of an object that came or went.
func (r *reading) meaning(l *leaf) Class {
	o, _ := l.value().(object)
	strong, weak := r.effect(l.kind(), o)
	switch {
	case strong && l.came, weak && l.went:
		return Strengthened
	case strong && l.went, weak && l.came:
		return Weakened
	}
	return Changed
}

// rules says which rules came or went with their policy. Whether it judges anybody, and
// what judged them before, the doors tell.
func (r *reading) rules(l *leaf) bool {
	list, ok := l.value().([]any)
	if !ok || !isRules(l.path[1]) || len(l.path) != 3 || !l.came && !l.went {
		return false
	}
	for i, item := range list {
		one := l.below("*", strconv.Itoa(i), strconv.Itoa(i))
		if l.came {
			one.is, one.before = item, l.before
		} else {
			one.was, one.after = item, l.after
		}
		if _, ok := item.(object); ok {
			r.object(&one, Changed)
		}
	}
	return true
}

// object says that one of a list came or went, and what it did.
func (r *reading) object(l *leaf, class Class) {
	o, _ := l.value().(object)
	args := []any{"kind", noun(l.kind()), "name", cut(nameOf(o))}
	if isRules(l.path[1]) {
		args = append(args, "does", ruleWords(o, r.groups()))
	}
	switch {
	case isRules(l.path[1]) && l.came:
		r.add(l, class, phrase.Of("rule_added", args...))
	case isRules(l.path[1]):
		r.add(l, class, phrase.Of("rule_removed", args...))
	case l.came:
		r.add(l, class, phrase.Of("added", args...))
	default:
		r.add(l, class, phrase.Of("removed", args...))
	}
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
	add := func(class Class, said phrase.Phrase) { changes = append(changes, change(class, "evidence", said)) }
	was := map[string]string{}
	for _, line := range before {
		was[line.name] = line.status
	}
	seen := map[string]bool{}
	for _, line := range after {
		seen[line.name] = true
		old, known := was[line.name]
		switch {
		case known && old == line.status, !known && isWhole(line.status):
		case known && isWhole(old) && !isWhole(line.status):
			add(Lost, phrase.Of("evidence_lost", "name", line.name, "was", status(old), "is", status(line.status)))
		case known && line.status == string(snapshot.Collected):
			add(Changed, phrase.Of("evidence_again", "name", line.name, "was", status(old)))
		case known:
			add(Changed, phrase.Of("evidence", "name", line.name, "was", status(old), "is", status(line.status)))
		}
	}
	for _, line := range before {
		if !seen[line.name] && isWhole(line.status) {
			add(Lost, phrase.Of("evidence_absent", "name", line.name, "was", status(line.status)))
		}
	}
	return changes
}

// isWhole reports a status of evidence that is all there.
func isWhole(status string) bool {
	return status == string(snapshot.Collected) || status == string(snapshot.Attested)
}

// status is a status of the ledger in words.
func status(name string) phrase.Phrase {
	switch snapshot.Status(name) {
	case snapshot.Collected:
		return phrase.Of("collected")
	case snapshot.Attested:
		return phrase.Of("attested")
	case snapshot.Partial:
		return phrase.Of("partial")
	case snapshot.Denied:
		return phrase.Of("denied")
	case snapshot.Failed:
		return phrase.Of("failed")
	case snapshot.Unlicensed:
		return phrase.Of("unlicensed")
	case snapshot.Skipped:
		return phrase.Of("skipped")
	}
	return phrase.Seq(name)
}
