package access_test

// A simulator of Okta, written apart from the engine and in another way: it takes
// one concrete request, reads the rules literally one after the other, and knows
// nothing of boxes, atoms or classes. Where nobody can decide a condition it tries
// both answers. It shares no code with the engine, not even the reading of JSON.

import (
	"encoding/json"
	"net/netip"
	"slices"
	"sort"
	"strings"
	"testing"
)

type obj = map[string]any

// asked is one concrete request at Okta.
type asked struct {
	// who
	known      bool
	groups     []string // nil: not collected
	named      []string
	userType   string
	groupsRead map[string]string // id -> "", or "everyone"
	// how
	client   string // WEB, MODERN_AUTH, ACTIVE_SYNC, AAD_JOIN, CERT_BASED_AUTH
	address  netip.Addr
	zones    map[string]bool // what Okta's database says of dynamic zones
	device   string          // unregistered, registered, managed
	assured  map[string]bool
	platform [2]string
	risk     string
}

// world is Okta's configuration as the simulator sees it.
type world struct {
	zones    []any
	rules    []any
	sessions []any // policies with their rules under "rules"
}

func toAny(t testing.TB, v any) []any {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out []any
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func sub(v any, path ...string) any {
	for _, p := range path {
		m, _ := v.(map[string]any)
		v = m[p]
	}
	return v
}

func str(v any, path ...string) string { s, _ := sub(v, path...).(string); return s }

func strs(v any, path ...string) []string {
	var list []string
	items, _ := sub(v, path...).([]any)
	for _, i := range items {
		s, _ := i.(string)
		list = append(list, s)
	}
	return list
}

// verdict3 is "yes", "no" or "maybe".
type verdict3 string

func all3(list ...verdict3) verdict3 {
	result := verdict3("yes")
	for _, v := range list {
		if v == "no" {
			return "no"
		}
		if v == "maybe" {
			result = "maybe"
		}
	}
	return result
}

func any3(list ...verdict3) verdict3 {
	result := verdict3("no")
	for _, v := range list {
		if v == "yes" {
			return "yes"
		}
		if v == "maybe" {
			result = "maybe"
		}
	}
	return result
}

func not3(v verdict3) verdict3 {
	return map[verdict3]verdict3{"yes": "no", "no": "yes", "maybe": "maybe"}[v]
}

func is(b bool) verdict3 {
	if b {
		return "yes"
	}
	return "no"
}

// outcomes gives everything that may become of a request at the app's rules:
// "deny", "one", "two".
func (w *world) outcomes(r asked) map[string]bool {
	result := map[string]bool{}
	w.blocklist(r, result)
	return result
}

func (w *world) blocklist(r asked, result map[string]bool) {
	block, exempt := verdict3("no"), verdict3("no")
	for _, z := range w.zones {
		v := w.inZone(z, r)
		if str(z, "status") != "ACTIVE" && v == "yes" {
			v = "maybe"
		}
		if b, _ := sub(z, "useAsExemptList").(bool); b {
			exempt = any3(exempt, v)
		} else if str(z, "usage") == "BLOCKLIST" {
			block = any3(block, v)
		}
	}
	blocked := all3(block, not3(exempt))
	if blocked != "no" {
		result["deny"] = true
	}
	if blocked != "yes" {
		w.walk(sortRules(w.rules), r, result)
	}
}

// walk goes down the rules; where one may match, it goes on too.
func (w *world) walk(rules []any, r asked, result map[string]bool) {
	for _, rule := range rules {
		m := w.matches(rule, r)
		if m == "no" {
			continue
		}
		for _, o := range w.does(rule, r) {
			result[o] = true
		}
		if m == "yes" {
			return
		}
	}
	for _, o := range []string{"deny", "one", "two"} {
		result[o] = true
	}
}

func sortRules(rules []any) []any {
	list := slices.Clone(rules)
	sort.SliceStable(list, func(i, j int) bool {
		a, _ := sub(list[i], "priority").(float64)
		b, _ := sub(list[j], "priority").(float64)
		if last := isSystemLast(list[i]); last != isSystemLast(list[j]) {
			return !last
		}
		return a < b
	})
	return list
}

func isSystemLast(rule any) bool {
	b, _ := sub(rule, "system").(bool)
	return b && sub(rule, "conditions") == nil
}

func (w *world) matches(rule any, r asked) verdict3 {
	switch str(rule, "status") {
	case "ACTIVE":
	case "INACTIVE":
		return "no"
	default:
		return all3("maybe", w.conditions(rule, r))
	}
	return w.conditions(rule, r)
}

func (w *world) conditions(rule any, r asked) verdict3 {
	c := sub(rule, "conditions")
	if c == nil {
		return "yes"
	}
	legacy := r.client == "ACTIVE_SYNC"
	v := all3(w.who(c, r), w.fromWhere(sub(c, "network"), r), w.onWhat(sub(c, "platform"), r), ofRisk(c, r))
	if clients, present := sub(c, "office365Client").(map[string]any); !present {
		if !legacy {
			v = all3(v, "maybe") // "any client": nobody knows how Okta handles such a client there
		}
	} else {
		named, strange := false, false
		for _, k := range strs(clients, "include") {
			switch k {
			case "EXCHANGE_ACTIVE_SYNC":
				k = "ACTIVE_SYNC"
			case "WEB", "MODERN_AUTH", "ACTIVE_SYNC", "AAD_JOIN", "CERT_BASED_AUTH":
			default:
				strange = true
			}
			named = named || k == r.client
		}
		switch {
		case named:
		case strange:
			v = all3(v, "maybe")
		default:
			return "no"
		}
	}
	if d, present := sub(c, "device").(map[string]any); present {
		if legacy {
			v = all3(v, "maybe")
		} else {
			v = all3(v, ofDevice(d, r))
		}
	}
	if str(c, "elCondition", "condition") != "" {
		v = all3(v, "maybe")
	}
	for key := range c.(map[string]any) {
		if !strings.Contains("people network platform riskScore userType office365Client device elCondition", key) {
			v = all3(v, "maybe")
		}
	}
	return v
}

func (w *world) who(c any, r asked) verdict3 {
	inGroup := func(id string) verdict3 {
		kind, read := r.groupsRead[id]
		switch {
		case slices.Contains(r.groups, id), kind == "everyone":
			return "yes"
		case !read || !r.known || r.groups == nil:
			return "maybe"
		}
		return "no"
	}
	isUser := func(id string) verdict3 {
		if !r.known {
			return "maybe"
		}
		return is(slices.Contains(r.named, id))
	}
	some := func(ids []string, f func(string) verdict3) verdict3 {
		v := verdict3("no")
		for _, id := range ids {
			v = any3(v, f(id))
		}
		return v
	}
	groups, users := strs(c, "people", "groups", "include"), strs(c, "people", "users", "include")
	included := verdict3("yes")
	switch {
	case len(groups) > 0 && len(users) > 0:
		included = some(groups, inGroup)
		if other := some(users, isUser); other != included {
			included = "maybe"
		}
	case len(groups) > 0:
		included = some(groups, inGroup)
	case len(users) > 0:
		included = some(users, isUser)
	}
	excluded := any3(some(strs(c, "people", "groups", "exclude"), inGroup), some(strs(c, "people", "users", "exclude"), isUser))
	ofType := func(id string) verdict3 {
		if r.userType == "" {
			return "maybe"
		}
		return is(r.userType == id)
	}
	v := all3(included, not3(excluded))
	if types := strs(c, "userType", "include"); len(types) > 0 {
		v = all3(v, some(types, ofType))
	}
	return all3(v, not3(some(strs(c, "userType", "exclude"), ofType)))
}

func (w *world) fromWhere(n any, r asked) verdict3 {
	if n == nil || str(n, "connection") == "ANYWHERE" {
		return "yes"
	}
	v := verdict3("yes")
	if ids := strs(n, "include"); len(ids) > 0 {
		v = all3(v, w.inZones(ids, r))
	}
	if ids := strs(n, "exclude"); len(ids) > 0 {
		v = all3(v, not3(w.inZones(ids, r)))
	}
	return v
}

func (w *world) inZones(ids []string, r asked) verdict3 {
	v := verdict3("no")
	for _, id := range ids {
		if id == "ALL_ZONES" {
			for _, z := range w.zones {
				in := w.inZone(z, r)
				exempt, _ := sub(z, "useAsExemptList").(bool)
				if in == "yes" && (str(z, "status") != "ACTIVE" || exempt || str(z, "usage") == "BLOCKLIST") {
					in = "maybe"
				}
				v = any3(v, in)
			}
			continue
		}
		found := verdict3("maybe") // a zone that is not there
		for _, z := range w.zones {
			if str(z, "id") == id {
				found = "maybe"
				if str(z, "status") == "ACTIVE" {
					found = w.inZone(z, r)
				}
			}
		}
		v = any3(v, found)
	}
	return v
}

func (w *world) inZone(z any, r asked) verdict3 {
	if strings.HasPrefix(str(z, "type"), "DYNAMIC") {
		return is(r.zones[str(z, "id")])
	}
	unreadable := false
	gateways, _ := sub(z, "gateways").([]any)
	for _, g := range gateways {
		in, ok := inGateway(str(g, "value"), r.address)
		if in {
			return "yes"
		}
		unreadable = unreadable || !ok
	}
	if unreadable || str(z, "type") != "IP" {
		return "maybe"
	}
	return "no"
}

func inGateway(text string, a netip.Addr) (in, ok bool) {
	if p, err := netip.ParsePrefix(text); err == nil {
		return p.Contains(a), true
	}
	low, high, found := strings.Cut(text, "-")
	if !found {
		return false, false
	}
	l, err1 := netip.ParseAddr(low)
	h, err2 := netip.ParseAddr(high)
	if err1 != nil || err2 != nil {
		return false, false
	}
	return l.Is4() == a.Is4() && l.Compare(a) <= 0 && a.Compare(h) <= 0, true
}

func (w *world) onWhat(n any, r asked) verdict3 {
	if n == nil {
		return "yes"
	}
	among := func(list []any) verdict3 {
		v := verdict3("no")
		for _, p := range list {
			t, s := str(p, "type"), str(p, "os", "type")
			m := is((t == "ANY" || t == r.platform[0]) && (s == "ANY" || s == r.platform[1]))
			if m == "yes" && str(p, "os", "expression") != "" {
				m = "maybe"
			}
			v = any3(v, m)
		}
		return v
	}
	v := verdict3("yes")
	if list, _ := sub(n, "include").([]any); len(list) > 0 {
		v = all3(v, among(list))
	}
	if list, _ := sub(n, "exclude").([]any); len(list) > 0 {
		v = all3(v, not3(among(list)))
	}
	return v
}

func ofRisk(c any, r asked) verdict3 {
	switch level := str(c, "riskScore", "level"); level {
	case "", "ANY":
		return "yes"
	case "LOW", "MEDIUM", "HIGH":
		return is(level == r.risk)
	}
	return "maybe"
}

func ofDevice(d any, r asked) verdict3 {
	v := verdict3("yes")
	if b, ok := sub(d, "registered").(bool); ok {
		switch {
		case b:
			v = all3(v, is(r.device != "unregistered"))
		case r.device != "unregistered":
			v = all3(v, "maybe")
		}
	}
	if b, ok := sub(d, "managed").(bool); ok {
		switch {
		case b:
			v = all3(v, is(r.device == "managed"))
		case r.device != "registered":
			v = all3(v, "maybe")
		}
	}
	if ids := strs(d, "assurance", "include"); len(ids) > 0 {
		if r.device == "unregistered" {
			return "no"
		}
		v = all3(v, is(slices.ContainsFunc(ids, func(id string) bool { return r.assured[id] })))
	}
	return v
}

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
