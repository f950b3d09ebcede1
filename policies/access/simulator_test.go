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
