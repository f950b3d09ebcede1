package drift

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-07732396/postern/policies/phrase"
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
	name := ruleName(o)
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
		r.add(l, class, wasIs(name, shownValue(l.was), shownValue(l.is)))
	case field == "actions.appSignOn.access":
		class := Strengthened
		if l.is == "ALLOW" {
			class = Weakened
		}
		r.add(l, class, wasIs(phrase.Of("rule", "name", cut(nameOf(o))), shownValue(l.was), shownValue(l.is)))
	case field == "actions.appSignOn.verificationMethod.factorMode" && allows:
		class := Weakened
		if l.is == "2FA" {
			class = Strengthened
		}
		r.add(l, class, phrase.Of("rule_factors", "rule", name, "was", factors(l.was), "is", factors(l.is)))
	case (field == "conditions" || field == "conditions.office365Client") && (l.went || l.is == nil):
		r.add(l, wider, phrase.Of("rule_any_client", "rule", name))
	case (field == "conditions" || field == "conditions.office365Client") && (l.came || l.was == nil):
		r.add(l, narrower, phrase.Of("rule_some_clients", "rule", name, "clients", clientWords(o)))
	case strings.HasPrefix(field, "conditions.") && len(l.added)+len(l.removed) > 0:
		r.reach(l, name, wider, narrower)
	default:
		return false
	}
	return true
}

// reach says whom or what a rule's conditions took in or let go.
func (r *reading) reach(l *leaf, name phrase.Phrase, wider, narrower Class) {
	field := strings.TrimPrefix(l.field(), "conditions.")
	if strings.HasSuffix(field, "exclude") {
		wider, narrower = narrower, wider
	}
	what := strings.TrimSuffix(strings.TrimSuffix(field, ".include"), ".exclude")
	more, less := "rule_speaks_of", "rule_speaks_of_not"
	if strings.HasSuffix(field, "exclude") {
		more, less = "rule_leaves_out", "rule_leaves_out_not"
	}
	if len(l.added) > 0 {
		r.add(l, wider, phrase.Of(more, "rule", name, "what", r.names(l.added), "field", what))
	}
	if len(l.removed) > 0 {
		r.add(l, narrower, phrase.Of(less, "rule", name, "what", r.names(l.removed), "field", what))
	}
}

// ruleName names a rule and what it does.
func ruleName(o object) phrase.Phrase {
	access := phrase.Seq(accessOf(o))
	if accessOf(o) == "" {
		access = phrase.Of("no_access")
	}
	return phrase.Of("rule_does", "name", cut(nameOf(o)), "access", access)
}

// accessOf is ALLOW or DENY, empty for a rule that says neither.
func accessOf(o object) string {
	text, _ := at(o, "actions", "appSignOn", "access").(string)
	return text
}

func factors(v any) phrase.Phrase {
	switch v {
	case "2FA":
		return phrase.Of("two_factors")
	case "1FA":
		return phrase.Of("one_factor")
	}
	return shownValue(v)
}

// clientsOf are the clients that a rule speaks of, each once, none for any.
func clientsOf(o object) []string {
	include, _ := at(o, "conditions", "office365Client", "include").([]any)
	var list []string
	for _, item := range include {
		text, _ := item.(string)
		if text == "EXCHANGE_ACTIVE_SYNC" {
			text = legacy // another name of it
		}
		list = append(list, text)
	}
	return slices.Compact(list)
}

// legacy is Okta's name of legacy clients.
const legacy = "ACTIVE_SYNC"

func clientWords(o object) phrase.Phrase {
	words := map[string]phrase.Phrase{
		"WEB": phrase.Of("clients_web"), "MODERN_AUTH": phrase.Of("clients_modern"), legacy: phrase.Of("clients_legacy"),
		"AAD_JOIN": phrase.Of("clients_join"), "CERT_BASED_AUTH": phrase.Of("clients_certificate"),
	}
	var list []phrase.Phrase
	for _, name := range clientsOf(o) {
		word := words[name]
		if word.IsZero() {
			word = phrase.Seq(name)
		}
		list = append(list, word)
	}
	if len(list) == 0 {
		return phrase.Of("clients_any")
	}
	return phrase.Join(list, ", ")
}

// matchesLegacy reports whether a legacy client can match a rule.
func matchesLegacy(o object) bool {
	clients := clientsOf(o)
	return len(clients) == 0 || slices.Contains(clients, legacy)
}

// peopleWords are the people that a rule speaks of.
func peopleWords(o object, names map[string]string) phrase.Phrase {
	groups, _ := at(o, "conditions", "people", "groups", "include").([]any)
	users, _ := at(o, "conditions", "people", "users", "include").([]any)
	if len(groups)+len(users) == 0 {
		return phrase.Of("everybody")
	}
	var parts []phrase.Phrase
	for i, id := range groups {
		if i == maxItems {
			parts = append(parts, phrase.Of("more_groups", "n", len(groups)-i))
			break
		}
		text, _ := id.(string)
		parts = append(parts, phrase.Of("people_group", "name", cut(cmp.Or(names[text], text))))
	}
	if len(users) > 0 {
		parts = append(parts, phrase.Of("users", "n", len(users)))
	}
	return phrase.Join(parts, ", ")
}

// ruleWords say what a rule does.
func ruleWords(o object, names map[string]string) phrase.Phrase {
	args := []any{"clients", clientWords(o), "people", peopleWords(o, names)}
	active := o["status"] == "ACTIVE"
	switch access := accessOf(o); {
	case access == "ALLOW" && active:
		return phrase.Of("lets_in", args...)
	case access == "ALLOW":
		return phrase.Of("lets_in_inactive", args...)
	case access == "DENY" && active:
		return phrase.Of("keeps_out", args...)
	case access == "DENY":
		return phrase.Of("keeps_out_inactive", args...)
	}
	return phrase.Of("says_nothing")
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
	active := upper.rule["status"] == "ACTIVE" && lower.rule["status"] == "ACTIVE"
	clients := clientWords(upper.rule)
	if matchesLegacy(upper.rule) && matchesLegacy(lower.rule) {
		clients = phrase.Of("clients_legacy")
	}
	args := []any{
		"upper", ruleName(upper.rule), "lower", ruleName(lower.rule), "clients", clients, "people", peopleWords(upper.rule, r.groups()),
	}
	switch {
	case !active:
		r.add(l, Changed, phrase.Of("moved_inactive", args...))
	case accessOf(upper.rule) == "ALLOW" && accessOf(lower.rule) == "DENY":
		r.add(l, Weakened, phrase.Of("moved_letting_in", args...))
	case accessOf(upper.rule) == "DENY" && accessOf(lower.rule) == "ALLOW":
		r.add(l, Strengthened, phrase.Of("moved_keeping_out", args...))
	default:
		r.add(l, Changed, phrase.Of("moved", args...))
	}
}
