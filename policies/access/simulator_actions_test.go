package access_test

// What Okta's rules do, as the simulator reads them.

import (
	"slices"
	"sort"
)

// does gives what a rule that matches makes of a request.
func (w *world) does(rule any, r asked) []string {
	action := sub(rule, "actions", "appSignOn")
	switch str(action, "access") {
	case "DENY":
		return []string{"deny"}
	case "ALLOW":
	default:
		return []string{"deny", "one", "two"}
	}
	if r.client == "ACTIVE_SYNC" {
		return []string{"one"}
	}
	asks := asksFor(sub(action, "verificationMethod"))
	if _, present := sub(rule, "conditions", "office365Client").(map[string]any); !present && asks != "one" {
		return []string{"one", "two"}
	}
	if asks == "unclear" {
		return []string{"one", "two"}
	}
	return []string{asks}
}

func asksFor(method any) string {
	switch str(method, "type") {
	case "ASSURANCE":
		switch str(method, "factorMode") {
		case "2FA":
			return "two"
		case "1FA":
			constraints, _ := sub(method, "constraints").([]any)
			for _, c := range constraints {
				if str(c, "possession", "userVerification") != "REQUIRED" {
					return "one"
				}
			}
			if len(constraints) == 0 {
				return "one"
			}
			return "two"
		}
	case "AUTH_METHOD_CHAIN":
		chains, _ := sub(method, "chains").([]any)
		for _, path := range chainPaths(chains) {
			knows, has := false, false
			for _, m := range path {
				if str(m, "userVerification") == "REQUIRED" {
					knows, has = true, true
				}
				if str(m, "method") == "password" {
					knows = true
				} else {
					has = true
				}
			}
			if !knows || !has {
				return "one"
			}
		}
		return "two"
	}
	return "unclear"
}

// chainPaths lists every way through chains, as the methods taken. Here next has
// at most one entry.
func chainPaths(chains []any) [][]any {
	var paths [][]any
	for _, c := range chains {
		methods, _ := sub(c, "authenticationMethods").([]any)
		next, _ := sub(c, "next").([]any)
		tails := [][]any{nil}
		if len(next) > 0 {
			tails = chainPaths(next)
		}
		for _, m := range methods {
			for _, t := range tails {
				paths = append(paths, append([]any{m}, t...))
			}
		}
	}
	return paths
}

// sessionOutcomes gives what the global session policies may make of a request by
// a browser: "deny", "one" (no second factor), "two".
func (w *world) sessionOutcomes(r asked) map[string]bool {
	result := map[string]bool{}
	policies := slices.Clone(w.sessions)
	byPriority := func(list []any) {
		sort.SliceStable(list, func(i, j int) bool {
			a, _ := sub(list[i], "system").(bool)
			b, _ := sub(list[j], "system").(bool)
			if a != b {
				return b
			}
			x, _ := sub(list[i], "priority").(float64)
			y, _ := sub(list[j], "priority").(float64)
			return x < y
		})
	}
	byPriority(policies)
	for _, p := range policies {
		for3 := verdict3("yes")
		if system, _ := sub(p, "system").(bool); !system {
			for3 = w.who(sub(p, "conditions"), r)
		}
		rules, _ := sub(p, "rules").([]any)
		rules = slices.Clone(rules)
		byPriority(rules)
		for _, rule := range rules {
			c := sub(rule, "conditions")
			m := all3(for3, w.who(c, r), w.fromWhere(sub(c, "network"), r), ofRisk(c, r))
			if behaviors, _ := sub(c, "risk", "behaviors").([]any); len(behaviors) > 0 {
				m = all3(m, "maybe")
			}
			if str(rule, "status") != "ACTIVE" || m == "no" {
				continue
			}
			switch needs, _ := sub(rule, "actions", "signon", "requireFactor").(bool); {
			case str(rule, "actions", "signon", "access") == "DENY":
				result["deny"] = true
			case needs:
				result["two"] = true
			default:
				result["one"] = true
			}
			if m == "yes" {
				return result
			}
		}
	}
	result["one"], result["two"] = true, true
	return result
}

// joined is what becomes of a request by way of a browser, session policy and app
// together.
func (w *world) joined(r asked) map[string]bool {
	app := w.outcomes(r)
	if r.client == "ACTIVE_SYNC" {
		return app
	}
	result := map[string]bool{}
	for s := range w.sessionOutcomes(r) {
		for a := range app {
			switch {
			case s == "deny" || a == "deny":
				result["deny"] = true
			case s == "two" || a == "two":
				result["two"] = true
			default:
				result["one"] = true
			}
		}
	}
	return result
}
