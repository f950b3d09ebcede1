package attestation

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// The words of the console, and what Okta's API calls the same on Identity Engine.
var (
	clients   = map[string]string{"web": "WEB", "modern": "MODERN_AUTH", "legacy": "ACTIVE_SYNC"}
	platforms = map[string][2]string{
		"ios": {"MOBILE", "IOS"}, "android": {"MOBILE", "ANDROID"}, "mobile_other": {"MOBILE", "OTHER"},
		"windows": {"DESKTOP", "WINDOWS"}, "macos": {"DESKTOP", "MACOS"}, "desktop_other": {"DESKTOP", "OTHER"},
	}
	factors = []string{"none", "every_sign_on", "once_per_session", "after_minutes"}
)

func (a *Attestation) validateRules(i int, app *App) error {
	if len(app.Rules) == 0 {
		return a.wrong("lists no rule", "every app has at least its default rule", "apps", i, "rules")
	}
	for j := range app.Rules {
		r := &app.Rules[j]
		if err := a.validateRule(r, "apps", i, "rules", j); err != nil {
			return err
		}
		switch last := j == len(app.Rules)-1; {
		case last && !r.isDefault():
			return a.wrong("the last rule has conditions, or is not active", "end with the default rule, which is for everybody, from everywhere, with any client", "apps", i, "rules", j)
		case !last && len(r.Clients) == 0:
			return a.wrong("names no client", "list the clients that are ticked: web, modern, legacy", "apps", i, "rules", j)
		}
	}
	return nil
}

func (a *Attestation) validateRule(r *Rule, at ...any) error {
	wrong := func(key, what, hint string) error { return a.wrong(what, hint, append(slices.Clone(at), key)...) }
	if !plain(r.Name) {
		return wrong("name", "is empty, or more than one line of 200 characters", "write the rule's name as the console shows it")
	}
	if !slices.Contains([]string{"", "active", "inactive"}, r.Status) {
		return wrong("status", fmt.Sprintf("%q is no status", r.Status), "active or inactive")
	}
	for _, client := range r.Clients {
		if clients[client] == "" {
			return wrong("clients", fmt.Sprintf("%q is no client", client), "web, modern or legacy (Exchange ActiveSync and legacy authentication)")
		}
	}
	for _, platform := range r.Platforms {
		if _, known := platforms[platform]; !known {
			return wrong("platforms", fmt.Sprintf("%q is no platform", platform), "ios, android, mobile_other, windows, macos or desktop_other")
		}
	}
	if !slices.Contains([]string{"", "any", "trusted", "not_trusted"}, r.Device) {
		return wrong("device", fmt.Sprintf("%q is no answer", r.Device), "any, trusted or not_trusted")
	}
	for _, list := range [][]string{r.Groups, r.ExceptGroups, r.Users, r.ExceptUsers, r.Zones, r.ExceptZones} {
		if slices.ContainsFunc(list, func(name string) bool { return !plain(name) }) {
			return wrong("name", "the rule names nobody or nothing in one of its lists", "write ids, or leave the list out")
		}
	}
	if len(r.Zones) > 0 && len(r.ExceptZones) > 0 {
		return wrong("except_zones", "stands beside zones, and the console takes one of them", "keep the one that is chosen")
	}
	return a.validateActions(r, wrong)
}

func (a *Attestation) validateActions(r *Rule, wrong func(key, what, hint string) error) error {
	switch {
	case r.Access != "allow" && r.Access != "deny":
		return wrong("access", fmt.Sprintf("%q is no answer", r.Access), "allow or deny")
	case r.Access == "deny" && (r.Factor != "" || r.FactorMinutes != 0):
		return wrong("factor", "stands in a rule that denies", "leave it out")
	case r.Access == "allow" && !slices.Contains(factors, r.Factor):
		return wrong("factor", fmt.Sprintf("%q is no answer", r.Factor), strings.Join(factors, ", "))
	case r.FactorMinutes < 0, (r.Factor == "after_minutes") != (r.FactorMinutes > 0):
		return wrong("factor_minutes", "goes with factor: after_minutes alone", "write after how many minutes a second factor is asked for again")
	}
	return nil
}

// isDefault tells whether nothing narrows the rule.
func (r *Rule) isDefault() bool {
	return len(r.Groups)+len(r.ExceptGroups)+len(r.Users)+len(r.ExceptUsers)+len(r.Zones)+len(r.ExceptZones)+
		len(r.Clients)+len(r.Platforms) == 0 && (r.Device == "" || r.Device == "any") && r.Status != "inactive"
}

type object map[string]any

// asOkta writes a rule as Okta's API would. n is its place, from 1.
func (r *Rule) asOkta(n int, isLast bool, unchanged *snapshot.Instant) object {
	status := "ACTIVE"
	if r.Status == "inactive" {
		status = "INACTIVE"
	}
	rule := object{
		"id": fmt.Sprintf("attested-%d", n), "name": r.Name, "type": "ACCESS_POLICY", "status": status,
		"priority": n, "system": isLast, "conditions": nil,
		"actions": object{"appSignOn": r.actions()},
	}
	if unchanged != nil {
		rule["lastUpdated"] = unchanged.String()
	}
	if !isLast {
		rule["conditions"] = r.conditions()
	}
	return rule
}

func (r *Rule) actions() object {
	if r.Access == "deny" {
		return object{"access": "DENY"}
	}
	method := object{"type": "ASSURANCE", "factorMode": "2FA"}
	switch r.Factor {
	case "none":
		method["factorMode"] = "1FA"
	case "every_sign_on":
		method["reauthenticateIn"] = "PT0S"
	case "after_minutes":
		method["reauthenticateIn"] = fmt.Sprintf("PT%dM", r.FactorMinutes)
	}
	return object{"access": "ALLOW", "verificationMethod": method}
}

func (r *Rule) conditions() object {
	c := object{"office365Client": object{"include": named(r.Clients)}}
	people := object{}
	put(people, "groups", r.Groups, r.ExceptGroups)
	put(people, "users", r.Users, r.ExceptUsers)
	if len(people) > 0 {
		c["people"] = people
	}
	if len(r.Users)+len(r.ExceptUsers) > 0 {
		// Whose mailbox a user's is, a collection finds out for the rules that it
		// reads. Without this nobody would seem to be one of them.
		c["users of an attested rule"] = true
	}
	if zones := append(slices.Clone(r.Zones), r.ExceptZones...); len(zones) > 0 {
		network := object{"connection": "ZONE"}
		put(network, "", r.Zones, r.ExceptZones)
		c["network"] = network
	}
	if len(r.Platforms) > 0 {
		var list []object
		for _, name := range r.Platforms {
			list = append(list, object{"type": platforms[name][0], "os": object{"type": platforms[name][1]}})
		}
		c["platform"] = object{"include": list}
	}
	switch r.Device {
	case "trusted":
		c["device"] = object{"registered": true, "managed": true}
	case "not_trusted":
		c["device"] = object{"managed": false}
	}
	return c
}

func named(list []string) []string {
	var values []string
	for _, client := range list {
		values = append(values, clients[client])
	}
	return values
}

// put writes a list and its exceptions below key, or into the object itself.
func put(into object, key string, include, exclude []string) {
	lists := object{}
	if len(include) > 0 {
		lists["include"] = include
	}
	if len(exclude) > 0 {
		lists["exclude"] = exclude
	}
	switch {
	case key == "":
		for name, list := range lists {
			into[name] = list
		}
	case len(lists) > 0:
		into[key] = lists
	}
}

func marshal(value any) ([]byte, error) { return json.Marshal(value, json.Deterministic(true)) }
