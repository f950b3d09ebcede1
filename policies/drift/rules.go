package drift

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// isRules reports a kind of Okta's that holds rules by policy, of which the first that
// matches decides.
func isRules(kind string) bool { return strings.HasSuffix(kind, "_policy_rules") }

// rule says what changed in one of Okta's rules: whom it speaks of, and what it does.
func (r *reading) rule(l *leaf) bool {
	if l.kind() != "okta.access_policy_rules" {
		return false
	}
	o, field := l.owner(), l.field()
	allows := at(o, "actions", "appSignOn", "access") == "ALLOW"
	name := fmt.Sprintf("rule '%s' (%s)", cut(nameOf(o)), accessOf(o))
	// A wider rule that allows lets more in, a wider one that denies keeps more out.
	wider, narrower := Strengthened, Weakened
	if allows {
		wider, narrower = Weakened, Strengthened
	}
	// Of a rule that is off nothing has an effect.
	if o["status"] != "ACTIVE" && field != "status" {
		wider, narrower = Changed, Changed
	}
	switch {
	case field == "status":
		class := narrower
		if l.is == "ACTIVE" {
			class = wider
		}
		r.add(l, class, "%s was %s, is %s", name, shownValue(l.was), shownValue(l.is))
	case field == "actions.appSignOn.access":
		class := Strengthened
		if l.is == "ALLOW" {
			class = Weakened
		}
		r.add(l, class, "rule '%s' was %s, is %s", cut(nameOf(o)), shownValue(l.was), shownValue(l.is))
	case field == "actions.appSignOn.verificationMethod.factorMode" && allows:
		class := Weakened
		if l.is == "2FA" {
			class = Strengthened
		}
		r.add(l, class, "%s asked for %s, asks for %s", name, factors(l.was), factors(l.is))
	case (field == "conditions" || field == "conditions.office365Client") && (l.went || l.is == nil):
		r.add(l, wider, "%s no longer asks which client it is: legacy clients match it as well", name)
	case (field == "conditions" || field == "conditions.office365Client") && (l.came || l.was == nil):
		r.add(l, narrower, "%s now speaks of %s only", name, clientWords(o))
	case strings.HasPrefix(field, "conditions.") && len(l.added)+len(l.removed) > 0:
		r.reach(l, name, wider, narrower)
	default:
		return false
	}
	return true
}

// reach says whom or what a rule's conditions took in or let go.
func (r *reading) reach(l *leaf, name string, wider, narrower Class) {
	field := strings.TrimPrefix(l.field(), "conditions.")
	if strings.HasSuffix(field, "exclude") {
		wider, narrower = narrower, wider
	}
	what := strings.TrimSuffix(strings.TrimSuffix(field, ".include"), ".exclude")
	verbs := [2]string{"now also speaks of", "no longer speaks of"}
	if strings.HasSuffix(field, "exclude") {
		verbs = [2]string{"now leaves out", "no longer leaves out"}
	}
	if len(l.added) > 0 {
		r.add(l, wider, "%s %s %s (%s)", name, verbs[0], r.names(l.added), what)
	}
	if len(l.removed) > 0 {
		r.add(l, narrower, "%s %s %s (%s)", name, verbs[1], r.names(l.removed), what)
	}
}

func accessOf(o object) string {
	if text, ok := at(o, "actions", "appSignOn", "access").(string); ok {
		return text
	}
	return "no access"
}

func factors(v any) string {
	switch v {
	case "2FA":
		return "two factors"
	case "1FA":
		return "one factor"
	}
	return shownValue(v)
}

// clientWords are the clients that a rule speaks of.
func clientWords(o object) string {
	include, _ := at(o, "conditions", "office365Client", "include").([]any)
	words := map[string]string{
		"WEB": "browsers", "MODERN_AUTH": "modern clients", "ACTIVE_SYNC": "legacy clients", "EXCHANGE_ACTIVE_SYNC": "legacy clients",
		"AAD_JOIN": "devices that join Entra", "CERT_BASED_AUTH": "clients with a certificate",
	}
	var list []string
	for _, item := range include {
		text, _ := item.(string)
		list = append(list, cmp.Or(words[text], text))
	}
	if len(list) == 0 {
		return "any client"
	}
	return strings.Join(slices.Compact(list), ", ")
}

// matchesLegacy reports whether a legacy client can match a rule.
func matchesLegacy(o object) bool {
	clients := clientWords(o)
	return clients == "any client" || strings.Contains(clients, "legacy clients")
}

// peopleWords are the people that a rule speaks of.
func peopleWords(o object, names map[string]string) string {
	groups, _ := at(o, "conditions", "people", "groups", "include").([]any)
	users, _ := at(o, "conditions", "people", "users", "include").([]any)
	if len(groups)+len(users) == 0 {
		return "everybody"
	}
	var parts []string
	for i, id := range groups {
		if i == maxItems {
			parts = append(parts, fmt.Sprintf("%d more groups", len(groups)-i))
			break
		}
		text, _ := id.(string)
		parts = append(parts, "group '"+cut(cmp.Or(names[text], text))+"'")
	}
	if len(users) > 0 {
		parts = append(parts, counted(len(users), "user", "users"))
	}
	return strings.Join(parts, ", ")
}

// ruleWords say what a rule does.
func ruleWords(o object, names map[string]string) string {
	verb := map[string]string{"ALLOW": "lets in", "DENY": "keeps out"}[accessOf(o)]
	if verb == "" {
		return "says nothing of access"
	}
	text := fmt.Sprintf("%s %s of %s", verb, clientWords(o), peopleWords(o, names))
	if o["status"] != "ACTIVE" {
		text += " (it is not active)"
	}
	return text
}

// A placed rule is one with its place in its policy.
type placedRule struct {
	rule object
	// rank is its priority, is its index in the file.
	rank, is int
}

// order says which rules moved above which. Only pairs that both snapshots have can
// have changed places, and only those that do different things matter by themselves.
func (r *reading) order(kind string, was, is any) {
	old, _ := was.(object)
	fresh, _ := is.(object)
	for _, policy := range bothNames(old, fresh) {
		before, _ := old[policy].([]any)
		after, _ := fresh[policy].([]any)
		r.orderOf(kind, policy, ranked(before), ranked(after))
	}
}

// ranked are the rules of a policy, the first that is tried first.
func ranked(list []any) []*placedRule {
	rules := make([]*placedRule, 0, len(list))
	for i, item := range list {
		if o, ok := item.(object); ok {
			rank := i
			if n, ok := o["priority"].(float64); ok {
				rank = int(n)
			}
			rules = append(rules, &placedRule{rule: o, rank: rank, is: i})
		}
	}
	slices.SortStableFunc(rules, func(a, b *placedRule) int { return cmp.Compare(a.rank, b.rank) })
	return rules
}

func (r *reading) orderOf(kind, policy string, before, after []*placedRule) {
	places := map[any]int{}
	index := map[any]int{}
	for i, p := range before {
		places[p.rule["id"]], index[p.rule["id"]] = i, p.is
	}
	for i, upper := range after {
		at, known := places[upper.rule["id"]]
		if !known {
			continue
		}
		for _, lower := range after[i+1:] {
			below, both := places[lower.rule["id"]]
			if !both || at < below {
				continue
			}
			l := &leaf{
				path:   []string{"okta", kind},
				before: fmt.Sprintf("/okta/%s/%s/%d", kind, escapePointer(policy), index[upper.rule["id"]]),
				after:  fmt.Sprintf("/okta/%s/%s/%d", kind, escapePointer(policy), upper.is),
			}
			r.moved(l, upper, lower)
		}
	}
}

// moved says that a rule stands above another now.
func (r *reading) moved(l *leaf, upper, lower *placedRule) {
	text := fmt.Sprintf("rule '%s' (%s) moved above rule '%s' (%s)", cut(nameOf(upper.rule)), accessOf(upper.rule), cut(nameOf(lower.rule)), accessOf(lower.rule))
	active := upper.rule["status"] == "ACTIVE" && lower.rule["status"] == "ACTIVE"
	legacy := matchesLegacy(upper.rule) && matchesLegacy(lower.rule)
	clients := clientWords(upper.rule)
	if legacy {
		clients = "legacy clients"
	}
	class := Changed
	switch {
	case !active:
		text += "; one of both is not active"
	case accessOf(upper.rule) == "ALLOW" && accessOf(lower.rule) == "DENY":
		class = Weakened
		text += fmt.Sprintf(": %s of %s now get in before they are denied", clients, peopleWords(upper.rule, r.groups()))
	case accessOf(upper.rule) == "DENY" && accessOf(lower.rule) == "ALLOW":
		class = Strengthened
		text += fmt.Sprintf(": %s of %s are now denied before they get in", clients, peopleWords(upper.rule, r.groups()))
	}
	r.add(l, class, "%s", text)
}
