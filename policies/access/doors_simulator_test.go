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

// atExchange says whether Exchange lets a request past: "yes", "no" or "maybe".
func (s *simulated) atExchange(m any, protocol, method string) verdict3 {
	v := verdict3("yes")
	x := sub(m, "exchange")
	if method == "basic" {
		if protocol != "smtp" && !s.f.options.AsPublished {
			switch {
			case s.at.After(time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC)):
				return "no"
			case s.at.Before(time.Date(2022, 6, 1, 0, 0, 0, 0, time.UTC)):
			default:
				panic("no test runs in the years of the removal")
			}
		}
		v = all3(v, s.policyLetsThrough(x, protocol))
	}
	onOff := func(name string) verdict3 {
		switch flag(x, name) {
		case "true":
			return "yes"
		case "false":
			return "no"
		}
		return "maybe"
	}
	switch protocol {
	case "pop":
		v = all3(v, onOff("PopEnabled"))
	case "imap":
		v = all3(v, onOff("ImapEnabled"))
	case "activesync":
		v = all3(v, onOff("ActiveSyncEnabled"))
	case "mapi":
		v = all3(v, onOff("MAPIEnabled"))
	case "web":
		v = all3(v, onOff("OWAEnabled"))
	case "powershell":
		module, shell := onOff("EXOModuleEnabled"), onOff("RemotePowerShellEnabled")
		switch {
		case module == "maybe":
			v = all3(v, shell)
		case shell == "maybe" || shell == module:
			v = all3(v, module)
		default:
			v = all3(v, "maybe")
		}
	case "smtp":
		switch flag(x, "SmtpClientAuthenticationDisabled") {
		case "false":
		case "true":
			return "no"
		case "null":
			switch flag(s.exchange, "transport_config", "SmtpClientAuthenticationDisabled") {
			case "false":
			case "true":
				return "no"
			default:
				v = all3(v, "maybe")
			}
		default:
			v = all3(v, "maybe")
		}
	case "ews":
		v = all3(v, s.webServices(x))
	}
	return v
}

func (s *simulated) policyLetsThrough(x any, protocol string) verdict3 {
	name, known := "", false
	if has(x, "AuthenticationPolicy") {
		name, known = str(x, "AuthenticationPolicy"), true
	}
	if known && name == "" {
		known = has(s.exchange, "organization_config", "DefaultAuthenticationPolicy")
		name = str(s.exchange, "organization_config", "DefaultAuthenticationPolicy")
	}
	if !known {
		return "maybe"
	}
	if name == "" {
		return "yes"
	}
	flags := map[string][]string{
		"pop": {"Pop"}, "imap": {"Imap"}, "activesync": {"ActiveSync"}, "ews": {"WebServices"}, "mapi": {"Mapi", "Rpc"},
		"powershell": {"Powershell"}, "smtp": {"Smtp"},
	}[protocol]
	for _, p := range list(s.exchange, "authentication_policies") {
		if !strings.EqualFold(str(p, "Name"), name) && !strings.EqualFold(str(p, "Guid"), name) {
			continue
		}
		v := verdict3("no")
		for _, f := range flags {
			switch flag(p, "AllowBasicAuth"+f) {
			case "true":
				return "yes"
			case "false":
			default:
				v = "maybe"
			}
		}
		return v
	}
	return "maybe"
}

func (s *simulated) webServices(x any) verdict3 {
	retiring := !s.at.Before(time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)) && !s.f.options.AsPublished
	if retiring && !s.at.Before(time.Date(2027, 4, 1, 0, 0, 0, 0, time.UTC)) {
		return "no"
	}
	v := verdict3("yes")
	switch flag(s.exchange, "organization_config", "EwsEnabled") {
	case "false":
		return "no"
	case "true":
		if len(list(s.exchange, "ews_operation_access", "EwsAllowedAppIDs")) > 0 || retiring {
			v = "maybe"
		}
	case "null":
		if retiring {
			v = "maybe"
		}
	default:
		v = "maybe"
	}
	switch flag(x, "EwsEnabled") {
	case "false":
		return "no"
	case "true", "null":
		return v
	}
	return all3(v, "maybe")
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
					rolled = any3(rolled, entraGroup(m, str(g, "id")))
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
				if flag(s.entra, "organization", "onPremisesSyncEnabled") == "true" {
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

// atEntra gives what may become of a sign-in: "out", "one" (nothing more asked),
// "two". honest says that an MFA claim can be believed.
func (s *simulated) atEntra(m any, protocol, method string, in signIn, honest bool) map[string]bool {
	result := map[string]bool{"one": true}
	for _, p := range list(s.entra, "conditional_access_policies") {
		if str(p, "state") != "enabled" {
			continue
		}
		applies := s.applies(p, m, protocol, method, in)
		if applies == "no" {
			continue
		}
		effects := effectsOf(p, protocol, method, in.client)
		if !honest && effects["two"] {
			effects["one"] = true
		}
		next := map[string]bool{}
		for have := range result {
			if applies == "maybe" {
				next[have] = true
			}
			for e := range effects {
				switch {
				case have == "out" || e == "out":
					next["out"] = true
				case have == "two" || e == "two":
					next["two"] = true
				default:
					next["one"] = true
				}
			}
		}
		result = next
	}
	if flag(s.entra, "security_defaults", "isEnabled") == "true" {
		if method == "basic" {
			return map[string]bool{"out": true}
		}
		if method == "password_grant" || protocol == "smtp" {
			result["out"] = true
		}
		if result["one"] {
			result["two"] = true
		}
	}
	if !has(s.entra, "conditional_access_policies") {
		result["out"], result["two"] = true, true
	}
	return result
}

func (s *simulated) applies(p, m any, protocol, method string, in signIn) verdict3 {
	c := sub(p, "conditions")
	v := all3(s.forUser(sub(c, "users"), m), forApp(sub(c, "applications"), protocol), forClient(strs(c, "clientAppTypes"), protocol, method, in.client))
	if pl := sub(c, "platforms"); pl != nil {
		named := func(list []string) verdict3 {
			return is(slices.Contains(list, "all") || slices.Contains(list, in.platform))
		}
		v = all3(v, named(strs(pl, "includePlatforms")), not3(named(strs(pl, "excludePlatforms"))))
	}
	if l := sub(c, "locations"); l != nil {
		v = all3(v, s.inLocations(strs(l, "includeLocations"), in), not3(s.inLocations(strs(l, "excludeLocations"), in)))
	}
	if r := strs(c, "signInRiskLevels"); len(r) > 0 {
		v = all3(v, is(slices.Contains(r, in.signRisk)))
	}
	if r := strs(c, "userRiskLevels"); len(r) > 0 {
		v = all3(v, is(slices.Contains(r, in.userRisk)))
	}
	if sub(c, "devices") != nil {
		v = all3(v, "maybe")
	}
	return v
}

func (s *simulated) forUser(u, m any) verdict3 {
	among := func(users, groups, roles []string) verdict3 {
		v := is(slices.Contains(users, str(m, "id")))
		for _, g := range groups {
			v = any3(v, entraGroup(m, g))
		}
		for _, r := range roles {
			if !has(m, "entra", "roles") {
				v = any3(v, "maybe")
			} else {
				v = any3(v, is(slices.Contains(strs(m, "entra", "roles"), r)))
			}
		}
		return v
	}
	included := among(strs(u, "includeUsers"), strs(u, "includeGroups"), strs(u, "includeRoles"))
	if slices.Contains(strs(u, "includeUsers"), "All") {
		included = "yes"
	}
	return all3(included, not3(among(strs(u, "excludeUsers"), strs(u, "excludeGroups"), strs(u, "excludeRoles"))))
}

func forApp(a any, protocol string) verdict3 {
	named := func(ids []string) verdict3 {
		v := verdict3("no")
		for _, id := range ids {
			switch {
			case id == "All":
				return "yes"
			case id != "Office365" && id != "00000002-0000-0ff1-ce00-000000000000":
			case protocol == "graph":
				v = any3(v, "maybe")
			default:
				v = "yes"
			}
		}
		return v
	}
	return all3(named(strs(a, "includeApplications")), not3(named(strs(a, "excludeApplications"))))
}

func forClient(types []string, protocol, method, client string) verdict3 {
	v := verdict3("no")
	for _, t := range types {
		switch {
		case t == "all" || t == client:
			return "yes"
		case t == "exchangeActiveSync" && protocol == "activesync" && client == "mobileAppsAndDesktopClients":
			v = "maybe" // the pages differ on ActiveSync with a token
		}
	}
	return v
}

func (s *simulated) inLocations(ids []string, in signIn) verdict3 {
	v := verdict3("no")
	for _, id := range ids {
		if id == "All" {
			return "yes"
		}
		trusted := id == "AllTrusted"
		found := trusted
		for _, l := range list(s.entra, "named_locations") {
			if str(l, "id") != id && !(trusted && flag(l, "isTrusted") == "true") {
				continue
			}
			found = true
			if has(l, "countriesAndRegions") {
				v = any3(v, is(in.countries[str(l, "id")]))
			}
			for _, r := range list(l, "ipRanges") {
				if inside, _ := inGateway(str(r, "cidrAddress"), in.address); inside {
					v = "yes"
				}
			}
		}
		if trusted || !found {
			v = any3(v, "maybe")
		}
	}
	return v
}

// effectsOf gives what the grant controls may make of a sign-in.
func effectsOf(p any, protocol, method, client string) map[string]bool {
	asked := method == "modern"
	one := func(control string) map[string]bool {
		switch {
		case control == "block":
			return map[string]bool{"out": true}
		case control == "mfa" && asked:
			return map[string]bool{"two": true}
		case control == "mfa":
			return map[string]bool{"out": true}
		case asked: // a device or an app, which is no second factor
			return map[string]bool{"one": true}
		case method == "password_grant" || client == "exchangeActiveSync" && control == "compliantDevice":
			return map[string]bool{"one": true, "two": true, "out": true}
		}
		return map[string]bool{"out": true}
	}
	controls := strs(p, "grantControls", "builtInControls")
	if slices.Contains(controls, "block") {
		return one("block")
	}
	if len(controls) == 0 {
		return map[string]bool{"one": true}
	}
	// Of two controls one can be chosen, or both have to be met.
	rank := map[string]int{"one": 0, "two": 1, "out": 2}
	result := one(controls[0])
	for _, c := range controls[1:] {
		next := map[string]bool{}
		for a := range result {
			for b := range one(c) {
				better := a
				if (rank[b] < rank[a]) == (str(p, "grantControls", "operator") == "OR") {
					better = b
				}
				next[better] = true
			}
		}
		result = next
	}
	return result
}
