package drift

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// A switchRule says which value of a field is the good one, and how to say it.
type switchRule struct {
	kind, field string
	good        any
	// what is such as "modern authentication"; empty for the field with its values.
	what string
}

// switches are the fields of which one value is better for the mail than any other.
func switches() []switchRule {
	return []switchRule{
		{"exchange.organization_config", "OAuth2ClientProfileEnabled", true, "modern authentication for the organisation"},
		{"exchange.organization_config", "EwsEnabled", false, "Exchange Web Services for the organisation"},
		{"exchange.transport_config", "SmtpClientAuthenticationDisabled", true, "the organisation's lock on SMTP AUTH"},
		{"exchange.cas_mailbox_plans", "PopEnabled", false, "POP for new mailboxes"},
		{"exchange.cas_mailbox_plans", "ImapEnabled", false, "IMAP for new mailboxes"},
		{"exchange.cas_mailbox_plans", "ActiveSyncEnabled", false, "ActiveSync for new mailboxes"},
		{"entra.security_defaults", "isEnabled", true, "security defaults"},
		{"entra.feature_rollout_policies", "isEnabled", false, "staged rollout of cloud sign-in"},
		{"sharepoint.settings", "isLegacyAuthProtocolsEnabled", false, "legacy authentication for SharePoint"},
		{"okta.security_notifications", "sendEmailForNewDeviceEnabled", true, "mail about sign-ins from new devices"},
		{"okta.threat_insight", "action", "block", ""},
		{"okta.apps", "signOnMode", "SAML_1_1", ""},
		{"okta.apps", "status", "ACTIVE", ""},
		{"entra.domains", "authenticationType", "Federated", ""},
		{"entra.federation_configurations", "federatedIdpMfaBehavior", "enforceMfaByFederatedIdp", ""},
		{"entra.conditional_access_policies", "state", "enabled", ""},
	}
}

// flag says a field of switches, or a flag of an authentication policy.
func (r *reading) flag(l *leaf) bool {
	rules := switches()
	if l.kind() == "exchange.authentication_policies" && strings.HasPrefix(l.field(), "AllowBasicAuth") {
		protocol := strings.TrimPrefix(l.field(), "AllowBasicAuth")
		rules = append(rules, switchRule{l.kind(), l.field(), false, "basic authentication for " + protocol})
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
	of := ""
	if o := l.owner(); o != nil {
		of = fmt.Sprintf(" (%s '%s')", noun(l.kind()), cut(nameOf(o)))
	}
	on, isFlag := l.is.(bool)
	if rule.what != "" && isFlag && !l.went {
		word := map[bool]string{true: "on", false: "off"}[on]
		r.add(l, class, "%s was switched %s%s", rule.what, word, of)
		return true
	}
	r.add(l, class, "%s was %s, is %s", strings.TrimSuffix(subjectOf(l), ":"), valueOr(l.was, l.came), valueOr(l.is, l.went))
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
		r.add(l, class, "the default authentication policy was %s, is %s", valueOr(l.was, l.came), valueOr(l.is, l.went))
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
	name := cut(nameOf(l.owner()))
	what := "covers"
	if excludes {
		what = "leaves out"
	}
	if len(added) > 0 {
		r.add(l, class, "Conditional Access policy '%s' now also %s %s (%s)", name, what, r.names(added), last)
	}
	if len(removed) > 0 {
		r.add(l, class, "Conditional Access policy '%s' no longer %s %s (%s)", name, what, r.names(removed), last)
	}
	return true
}

// names puts the names of groups, locations, zones and users that the snapshot knows in
// the place of their ids.
func (r *reading) names(ids []any) string {
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
	words := func(list []any) string {
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
		r.add(l, wider, "%s '%s' was widened by %s", noun(l.kind()), cut(nameOf(owner)), words(l.added))
	}
	if len(l.removed) > 0 {
		r.add(l, narrower, "%s '%s' was narrowed by %s", noun(l.kind()), cut(nameOf(owner)), words(l.removed))
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
	word := "shrank"
	if is > was {
		word = "grew"
	}
	r.add(l, Changed, "group '%s' %s from %s to %s members", cut(name), word, number(int(was)), number(int(is)))
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
