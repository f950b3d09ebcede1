package access_test

// The simulator's second half: one mailbox, one protocol, one method, one way of
// proving who one is, one request at Okta and one sign-in at Entra, read literally.

import (
	"encoding/json"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// signIn is one concrete sign-in at Entra.
type signIn struct {
	client    string // browser, mobileAppsAndDesktopClients, exchangeActiveSync, other
	address   netip.Addr
	countries map[string]bool // named locations that only Entra can tell
	platform  string
	signRisk  string
	userRisk  string
}

// simulated is a tenant as the simulator sees it: plain JSON.
type simulated struct {
	f                     *fixture
	entra, exchange, okta any
	at                    time.Time
}

func plain(v any) any {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	var out any
	if err := json.Unmarshal(raw, &out); err != nil {
		panic(err)
	}
	return out
}

func newSimulated(f *fixture) *simulated {
	at, err := time.Parse(time.RFC3339, f.at)
	if err != nil {
		panic(err)
	}
	return &simulated{f, plain(f.entra), plain(f.exchange), plain(f.okta), at}
}

func list(v any, path ...string) []any { l, _ := sub(v, path...).([]any); return l }

func has(v any, path ...string) bool {
	m, _ := sub(v, path[:len(path)-1]...).(map[string]any)
	_, ok := m[path[len(path)-1]]
	return ok
}

// flag gives "true", "false", "null" or "absent".
func flag(v any, path ...string) string {
	if !has(v, path...) {
		return "absent"
	}
	switch b := sub(v, path...).(type) {
	case bool:
		if b {
			return "true"
		}
		return "false"
	case nil:
		return "null"
	}
	return "absent"
}

// ways lists how a mailbox's user can prove who they are by a method: "entra",
// "okta", "elsewhere", "rollout", "home_realm", and whether that way exists.
func (s *simulated) ways(m any, method string) map[string]verdict3 {
	domain := str(m, "domain")
	var found any
	for d := domain; found == nil && strings.Contains(d, "."); _, d, _ = strings.Cut(d, ".") {
		for _, e := range list(s.entra, "domains") {
			if str(e, "id") == d {
				found = e
			}
		}
	}
	if found == nil {
		return map[string]verdict3{"elsewhere": "maybe"}
	}
	if str(found, "authenticationType") == "Managed" {
		return map[string]verdict3{"entra": "yes"}
	}
	ways := map[string]verdict3{}
	config := s.federation(domain)
	address := str(config, "passiveSignInUri")
	if method != "modern" && str(config, "activeSignInUri") != "" {
		address = str(config, "activeSignInUri")
	}
	if strings.HasPrefix(address, "https://example.okta.com/app/office365/") {
		ways["okta"] = "yes"
	} else {
		ways["elsewhere"] = "maybe"
		if config == nil {
			return ways
		}
	}
	synced := verdict3("maybe")
	if has(m, "entra", "onPremisesSyncEnabled") {
		synced = is(flag(m, "entra", "onPremisesSyncEnabled") == "true")
	}
	if method != "basic" {
		rolled := verdict3("no")
		if !has(s.entra, "feature_rollout_policies") {
			rolled = "maybe"
		}
		for _, p := range list(s.entra, "feature_rollout_policies") {
			for _, g := range list(p, "appliesTo") {
				if flag(p, "isEnabled") == "true" && str(p, "feature") == "passwordHashSync" {
					rolled = any3(rolled, stagedGroup(s, m, str(g, "id")))
				}
			}
		}
		if in := all3(rolled, synced); in != "no" {
			ways["rollout"] = in
		}
	}
	if method == "password_grant" {
		for _, p := range list(s.entra, "home_realm_discovery_policies") {
			if !strings.Contains(strings.Join(strs(p, "definition"), ""), `"AllowCloudPasswordValidation":true`) || flag(p, "isOrganizationDefault") != "true" {
				continue
			}
			hash := verdict3("maybe")
			switch flag(s.entra, "on_premises_synchronization", "features", "passwordSyncEnabled") {
			case "true":
				if synced == "yes" {
					hash = "yes"
				}
			case "false":
				if flag(s.entra, "organization", "onPremisesSyncEnabled") == "true" && synced == "yes" {
					hash = "no"
				}
			}
			if hash != "no" {
				ways["home_realm"] = hash
			}
		}
	}
	return ways
}

func (s *simulated) federation(domain string) any {
	for d := domain; strings.Contains(d, "."); _, d, _ = strings.Cut(d, ".") {
		if l := list(s.entra, "federation_configurations", d); len(l) > 0 {
			return l[0]
		}
	}
	return nil
}

func entraGroup(m any, id string) verdict3 {
	if !has(m, "entra", "groups") {
		return "maybe"
	}
	return is(slices.Contains(strs(m, "entra", "groups"), id))
}

// atOkta gives what may become of a request at Okta by the mailbox's user: "out",
// "one", "two". The tenants here have one app that serves every domain.
func (s *simulated) atOkta(m any, r asked) map[string]bool {
	o := sub(m, "okta")
	result := map[string]bool{}
	if o != nil && (flag(o, "assigned") == "false" || !slices.Contains(strs(o, "apps"), "app") && has(o, "apps") || str(o, "status") == "SUSPENDED") {
		return map[string]bool{"out": true}
	}
	if o == nil || !has(o, "apps") {
		result["out"] = true
	}
	w := &world{zones: list(s.okta, "zones"), rules: list(s.okta, "access_policy_rules", "pol")}
	for _, p := range list(s.okta, "sign_on_policies") {
		p := p.(map[string]any)
		w.sessions = append(w.sessions, map[string]any{
			"system": p["system"], "priority": p["priority"], "conditions": p["conditions"], "rules": sub(s.okta, "sign_on_policy_rules", str(p, "id")),
		})
	}
	who := person(o)
	for k := range w.joined(by(who, r)) {
		result[map[string]string{"deny": "out", "one": "one", "two": "two"}[k]] = true
	}
	return result
}

// person is the mailbox's user as Okta's rules see them.
func person(o any) asked {
	p := asked{groupsRead: map[string]string{"gEveryone": "everyone"}}
	for _, id := range groupIDs[:4] {
		p.groupsRead[id] = ""
	}
	if o == nil {
		return p
	}
	p.known, p.named, p.userType = true, strs(o, "named"), str(o, "user_type")
	if has(o, "groups") {
		p.groups = append([]string{}, strs(o, "groups")...)
	}
	return p
}

// stagedGroup says whether a user is in a group itself. Where Conditional Access names
// the group, a member may be one of a group in it.
func stagedGroup(s *simulated, m any, group string) verdict3 {
	in := entraGroup(m, group)
	for _, p := range list(s.entra, "conditional_access_policies") {
		for _, field := range []string{"includeGroups", "excludeGroups"} {
			for _, id := range strs(p, "conditions", "users", field) {
				if in == "yes" && strings.EqualFold(id, group) {
					in = "maybe"
				}
			}
		}
	}
	return in
}
