package access_test

// Conditional Access and security defaults, as the simulator reads them.

import "slices"

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
			case id == "office365": // a word that Graph does not document
				v = any3(v, "maybe")
			case id == "00000003-0000-0000-c000-000000000000":
				if protocol == "graph" {
					v = any3(v, "maybe")
				}
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
