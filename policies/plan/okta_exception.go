package plan

import (
	"net/url"
	"strings"

	"github.com/seed-07732396/postern/policies/impact"
)

// exception sets the accounts in use apart, above the rule that denies.
func (w *ruleWork) exception(order []object) []object {
	accounts := w.m.inUseAtOkta()
	if len(accounts) == 0 {
		return order
	}
	const name = "Postern legacy clients in use"
	a := &Action{
		Name: "okta_exception_" + w.policy, Controls: w.closes.Controls, Title: w.m.say("exception"),
		Text:    w.m.say("exception_how"),
		Console: w.m.say("exception_console", "rules", rulesConsole),
	}
	base := w.m.okta.base + "/api/v1"
	a.Requests = append(a.Requests, Request{
		Title: w.m.say("create_group"), Method: "POST", URL: base + "/groups",
		Body: value(map[string]any{"profile": map[string]any{"name": name, "description": "Accounts that may still sign in with a password, from their own network."}}),
		Note: w.m.say("create_group_note", "name", "{groupId}"),
		Undo: []Request{{Title: w.m.say("remove_group"), Method: "DELETE", URL: base + "/groups/{groupId}"}},
	})
	a.Requests = append(a.Requests, w.members(accounts)...)
	a.Requests = append(a.Requests, Request{
		Title: w.m.say("create_zone"), Method: "POST", URL: base + "/zones",
		Body: value(map[string]any{
			"type": "IP", "name": name, "status": "ACTIVE", "usage": "POLICY",
			"gateways": []any{map[string]any{"type": "CIDR", "value": "{address}"}},
		}),
		Fill: map[string]string{"address": w.m.say("zone_addresses")},
		Note: w.m.say("create_zone_note", "name", "{zoneId}"),
		Undo: []Request{{Title: w.m.say("remove_zone"), Method: "DELETE", URL: base + "/zones/{zoneId}"}},
	}, Request{
		Title: w.m.say("create_exception"), Method: "POST", URL: w.url(),
		Body: value(rule(name, 0, "ALLOW", map[string]any{
			"people":          map[string]any{"groups": map[string]any{"include": []string{"{groupId}"}}},
			"network":         map[string]any{"connection": "ZONE", "include": []string{"{zoneId}"}},
			"office365Client": map[string]any{"include": []string{"ACTIVE_SYNC"}},
		})),
		Fill: map[string]string{"groupId": w.m.say("id_of_group"), "zoneId": w.m.say("id_of_zone")},
		Note: w.m.say("read_back") + " " + w.m.say("keep_id", "name", "{exceptionId}"),
		Undo: []Request{
			{Title: w.m.say("deactivate"), Method: "POST", URL: w.url("/{exceptionId}/lifecycle/deactivate")},
			{Title: w.m.say("remove_rule"), Method: "DELETE", URL: w.url("/{exceptionId}")},
		},
	})
	var names []string
	for _, mailbox := range accounts {
		names = append(names, mailbox.UserPrincipalName)
	}
	w.m.ask(w.m.say("ask_addresses"), w.m.say("ask_addresses_how"), w.m.say("ask_addresses_why", "n", len(names), "names", strings.Join(names[:min(len(names), 20)], ", ")))
	w.m.add("E", a)
	return append([]object{{"name": value(name)}}, order...)
}

// members add the accounts to the group, one by one up to a number that people read.
func (w *ruleWork) members(accounts []*impact.Mailbox) []Request {
	group := w.m.okta.base + "/api/v1/groups/{groupId}/users/"
	add := func(who, user string, fill map[string]string) Request {
		return Request{
			Title: w.m.say("add_member", "who", who), Method: "PUT", URL: group + user, Fill: fill,
			Undo: []Request{{Title: w.m.say("take_out", "who", who), Method: "DELETE", URL: group + user, Fill: fill}},
		}
	}
	if len(accounts) > maxExcluded {
		return []Request{add(w.m.say("each_account", "n", len(accounts)), "{userId}", map[string]string{
			"userId": w.m.say("okta_ids"),
		})}
	}
	var list []Request
	for _, mailbox := range accounts {
		if len(mailbox.OktaUsers) == 0 {
			fill := map[string]string{"userId": w.m.say("okta_id", "name", mailbox.UserPrincipalName)}
			list = append(list, add(mailbox.UserPrincipalName, "{userId}", fill))
		}
		for _, user := range mailbox.OktaUsers {
			list = append(list, add(mailbox.UserPrincipalName, url.PathEscape(user), nil))
		}
	}
	return list
}

func rule(name string, priority int, access string, conditions map[string]any) map[string]any {
	signOn := map[string]any{"access": access}
	if access == "ALLOW" {
		signOn["verificationMethod"] = map[string]any{
			"type": "ASSURANCE", "factorMode": "1FA", "reauthenticateIn": "PT12H",
			"constraints": []any{map[string]any{"knowledge": map[string]any{"types": []string{"password"}}}},
		}
	}
	return map[string]any{
		"name": name, "type": "ACCESS_POLICY", "priority": priority, "conditions": conditions,
		"actions": map[string]any{"appSignOn": signOn},
	}
}
