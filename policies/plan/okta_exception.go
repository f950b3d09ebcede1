package plan

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/seed-07732396/postern/policies/impact"
)

const readBack = "Okta does not document office365Client: read the rules back and compare. Terraform's provider before 6.14.0 clears it."

// exception sets the accounts in use apart, above the rule that denies.
func (w *ruleWork) exception(order []object) []object {
	accounts := w.m.inUseAtOkta()
	if len(accounts) == 0 {
		return order
	}
	const name = "Postern legacy clients in use"
	a := &Action{
		Name: "okta_exception_" + w.policy, Controls: w.closes.Controls, Title: "Set the accounts in use apart",
		Text: "Accounts that still sign in with a password get a group of their own, and a rule for that group from the addresses of what signs in. " +
			"Without it the next request stops them. Better: move them to modern authentication and leave this out.",
		Console: "Directory > Groups > Add group, then assign the people; Security > Networks > Add zone; then " + rulesConsole + " > Add rule",
	}
	base := w.m.okta.base + "/api/v1"
	a.Requests = append(a.Requests, Request{
		Title: "Create the group", Method: "POST", URL: base + "/groups",
		Body: value(map[string]any{"profile": map[string]any{"name": name, "description": "Accounts that may still sign in with a password, from their own network."}}),
		Note: "Keep the id of the answer: it is {groupId} below. If the group is already there, take its id.",
		Undo: []Request{{Title: "Remove the group", Method: "DELETE", URL: base + "/groups/{groupId}"}},
	})
	a.Requests = append(a.Requests, w.members(accounts)...)
	a.Requests = append(a.Requests, Request{
		Title: "Create the network zone", Method: "POST", URL: base + "/zones",
		Body: value(map[string]any{
			"type": "IP", "name": name, "status": "ACTIVE", "usage": "POLICY",
			"gateways": []any{map[string]any{"type": "CIDR", "value": "{address}"}},
		}),
		Fill: map[string]string{"address": "the addresses of what signs in, such as 203.0.113.7/32"},
		Note: "Keep the id of the answer: it is {zoneId} below. Addresses of Exchange Online or of a whole provider confine nothing.",
		Undo: []Request{{Title: "Remove the zone", Method: "DELETE", URL: base + "/zones/{zoneId}"}},
	}, Request{
		Title: "Create the rule for the group, on top", Method: "POST", URL: w.url(),
		Body: value(rule(name, 0, "ALLOW", map[string]any{
			"people":          map[string]any{"groups": map[string]any{"include": []string{"{groupId}"}}},
			"network":         map[string]any{"connection": "ZONE", "include": []string{"{zoneId}"}},
			"office365Client": map[string]any{"include": []string{"ACTIVE_SYNC"}},
		})),
		Fill: map[string]string{"groupId": "the id of the group", "zoneId": "the id of the zone"},
		Note: readBack + " Keep the id of the answer: it is {exceptionId}.",
		Undo: []Request{
			{Title: "Deactivate the rule", Method: "POST", URL: w.url("/{exceptionId}/lifecycle/deactivate")},
			{Title: "Remove the rule", Method: "DELETE", URL: w.url("/{exceptionId}")},
		},
	})
	var names []string
	for _, mailbox := range accounts {
		names = append(names, mailbox.UserPrincipalName)
	}
	w.m.ask("From which addresses the accounts in use sign in", "Look in the sign-in logs for them. The exception in Okta is for these addresses only.",
		fmt.Sprintf("%d in use: %s.", len(names), strings.Join(names[:min(len(names), 20)], ", ")))
	w.m.add("E", a)
	return append([]object{{"name": value(name)}}, order...)
}

// members add the accounts to the group, one by one up to a number that people read.
func (w *ruleWork) members(accounts []*impact.Mailbox) []Request {
	group := w.m.okta.base + "/api/v1/groups/{groupId}/users/"
	add := func(who, user string, fill map[string]string) Request {
		return Request{
			Title: "Add " + who, Method: "PUT", URL: group + user, Fill: fill,
			Undo: []Request{{Title: "Take " + who + " out", Method: "DELETE", URL: group + user, Fill: fill}},
		}
	}
	if len(accounts) > maxExcluded {
		return []Request{add(fmt.Sprintf("each of the %d accounts", len(accounts)), "{userId}", map[string]string{
			"userId": "the Okta id of each account that is set apart: set_apart in -f json has those that Okta's log shows",
		})}
	}
	var list []Request
	for _, mailbox := range accounts {
		if len(mailbox.OktaUsers) == 0 {
			fill := map[string]string{"userId": "the Okta id of " + mailbox.UserPrincipalName}
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
