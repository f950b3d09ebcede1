package drift

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/phrase"
)

// A switchRule says which value of a field is the good one, and how to say it.
type switchRule struct {
	kind, field string
	good        any
	// what is such as "modern authentication"; none for the field with its values.
	what phrase.Phrase
}

// switches are the fields of which one value is better for the mail than any other.
func switches() []switchRule {
	var none phrase.Phrase
	plan := func(protocol string) phrase.Phrase { return phrase.Of("plan_protocol", "protocol", protocol) }
	return []switchRule{
		{"exchange.organization_config", "OAuth2ClientProfileEnabled", true, phrase.Of("organisation_modern")},
		{"exchange.organization_config", "EwsEnabled", false, phrase.Of("organisation_ews")},
		{"exchange.transport_config", "SmtpClientAuthenticationDisabled", true, phrase.Of("organisation_smtp")},
		{"exchange.cas_mailbox_plans", "PopEnabled", false, plan("POP")},
		{"exchange.cas_mailbox_plans", "ImapEnabled", false, plan("IMAP")},
		{"exchange.cas_mailbox_plans", "ActiveSyncEnabled", false, plan("ActiveSync")},
		{"entra.security_defaults", "isEnabled", true, phrase.Of("security_defaults")},
		{"entra.feature_rollout_policies", "isEnabled", false, phrase.Of("rollout")},
		{"sharepoint.settings", "isLegacyAuthProtocolsEnabled", false, phrase.Of("sharepoint_legacy")},
		{"okta.security_notifications", "sendEmailForNewDeviceEnabled", true, phrase.Of("new_device_mail")},
		{"okta.threat_insight", "action", "block", none},
		{"okta.apps", "signOnMode", "SAML_1_1", none},
		{"okta.apps", "status", "ACTIVE", none},
		{"entra.domains", "authenticationType", "Federated", none},
		{"entra.federation_configurations", "federatedIdpMfaBehavior", "enforceMfaByFederatedIdp", none},
		{"entra.conditional_access_policies", "state", "enabled", none},
	}
}

// flag says a field of switches, or a flag of an authentication policy.
func (r *reading) flag(l *leaf) bool {
	rules := switches()
	if l.kind() == "exchange.authentication_policies" && strings.HasPrefix(l.field(), "AllowBasicAuth") {
		protocol := strings.TrimPrefix(l.field(), "AllowBasicAuth")
		rules = append(rules, switchRule{l.kind(), l.field(), false, phrase.Of("basic_for", "protocol", protocol)})
	}
	i := slices.IndexFunc(rules, func(s switchRule) bool { return s.kind == l.kind() && s.field == l.field() })
	if i < 0 {
		return false
	}
	rule := rules[i]
	class := Changed
	switch {
	case !l.went && reflect.DeepEqual(l.is, rule.good):
		class = Strengthened
	case !l.came && reflect.DeepEqual(l.was, rule.good):
		class = Weakened
	}
	_, isFlag := l.is.(bool)
	switch {
	case rule.what.IsZero() || !isFlag || l.went:
		r.add(l, class, wasIs(subjectOf(l), valueOr(l.was, l.came), valueOr(l.is, l.went)))
	case l.owner() != nil:
		r.add(l, class, phrase.Of("switched_of", "what", rule.what, "to", shownValue(l.is), "kind", noun(l.kind()), "name", cut(nameOf(l.owner()))))
	default:
		r.add(l, class, phrase.Of("switched", "what", rule.what, "to", shownValue(l.is)))
	}
	return true
}

// policy says what changed in a Conditional Access policy's reach, and the default
// authentication policy.
func (r *reading) policy(l *leaf) bool {
	field := l.field()
	switch {
	case l.kind() == "exchange.organization_config" && field == "DefaultAuthenticationPolicy":
		class := Changed
		if text, _ := l.is.(string); text == "" {
			class = Weakened
		} else if text, _ := l.was.(string); text == "" {
			class = Strengthened
		}
		r.add(l, class, phrase.Of("default_policy", "was", valueOr(l.was, l.came), "is", valueOr(l.is, l.went)))
		return true
	case l.kind() != "entra.conditional_access_policies" || !strings.HasPrefix(field, "conditions."):
		return false
	}
	last := field[strings.LastIndexByte(field, '.')+1:]
	added, removed := l.added, l.removed
	if list, ok := l.is.([]any); ok && l.came {
		added = list
	}
	if list, ok := l.was.([]any); ok && l.went {
		removed = list
	}
	if len(added)+len(removed) == 0 {
		return false
	}
	excludes, includes := strings.HasPrefix(last, "exclude"), strings.HasPrefix(last, "include") || last == "clientAppTypes"
	class := Changed
	switch {
	case excludes && len(added) > 0, includes && len(removed) > 0:
		class = Weakened
	case excludes, includes:
		class = Strengthened
	}
	more, less := "covers", "covers_not"
	if excludes {
		more, less = "leaves_out", "leaves_out_not"
	}
	say := func(key string, list []any) {
		r.add(l, class, phrase.Of(key, "name", cut(nameOf(l.owner())), "what", r.names(list), "field", last))
	}
	if len(added) > 0 {
		say(more, added)
	}
	if len(removed) > 0 {
		say(less, removed)
	}
	return true
}

// names puts the names of groups, locations, zones and users that the snapshot knows in
// the place of their ids.
func (r *reading) names(ids []any) phrase.Phrase {
	known := r.groups()
	list := make([]any, len(ids))
	for i, id := range ids {
		list[i] = id
		if text, ok := id.(string); ok && known[text] != "" {
			list[i] = known[text]
		}
	}
	return shownValue(list)
}

// groups are the names of what policies and rules name by id.
func (r *reading) groups() map[string]string {
	names := map[string]string{}
	for _, tree := range []object{r.was, r.is} {
		for _, kind := range []string{"groups", "named_locations", "directory_roles", "zones"} {
			list, _ := tree[kind].([]any)
			for _, item := range list {
				if o, ok := item.(object); ok {
					if id, ok := o["id"].(string); ok {
						names[id] = nameOf(o)
					}
					if id, ok := o["roleTemplateId"].(string); ok {
						names[id] = nameOf(o)
					}
				}
			}
		}
	}
	return names
}

// zone says that a zone or a named location became wider or narrower.
func (r *reading) zone(l *leaf) bool {
	field := l.field()
	addresses := l.kind() == "okta.zones" && (field == "gateways" || field == "proxies") || l.kind() == "entra.named_locations" && field == "ipRanges"
	if !addresses || len(l.added)+len(l.removed) == 0 {
		return false
	}
	owner := l.owner()
	blocks := owner["usage"] == "BLOCKLIST"
	words := func(list []any) phrase.Phrase {
		texts := make([]any, len(list))
		for i, item := range list {
			texts[i] = item
			if o, ok := item.(object); ok {
				for _, key := range []string{"value", "cidrAddress"} {
					if text, ok := o[key].(string); ok {
						texts[i] = text
					}
				}
			}
		}
		return shownValue(texts)
	}
	wider, narrower := Weakened, Strengthened
	if blocks {
		wider, narrower = Strengthened, Weakened
	}
	if len(l.added) > 0 {
		r.add(l, wider, phrase.Of("widened", "kind", noun(l.kind()), "name", cut(nameOf(owner)), "what", words(l.added)))
	}
	if len(l.removed) > 0 {
		r.add(l, narrower, phrase.Of("narrowed", "kind", noun(l.kind()), "name", cut(nameOf(owner)), "what", words(l.removed)))
	}
	return true
}

// count says that a group grew or shrank.
func (r *reading) count(l *leaf) bool {
	was, wasNumber := l.was.(float64)
	is, isNumber := l.is.(float64)
	if !strings.HasSuffix(l.kind(), ".group_member_counts") || !wasNumber || !isNumber {
		return false
	}
	id := l.path[len(l.path)-1]
	name := r.groups()[id]
	if name == "" {
		name = id
	}
	args := []any{"name", cut(name), "was", int(was), "is", int(is)}
	if is > was {
		r.add(l, Changed, phrase.Of("group_grew", args...))
	} else {
		r.add(l, Changed, phrase.Of("group_shrank", args...))
	}
	return true
}

// groupNames are the names of the groups and roles of both snapshots by their ids.
func groupNames(documents ...*snapshot.Document) (map[string]string, error) {
	names := map[string]string{}
	for _, section := range []string{"entra", "okta"} {
		r := &reading{}
		for i, doc := range documents {
			read, err := tree(doc, section)
			if err != nil {
				return nil, err
			}
			if i == 0 {
				r.was = read
			} else {
				r.is = read
			}
		}
		maps.Copy(names, r.groups())
	}
	return names, nil
}
