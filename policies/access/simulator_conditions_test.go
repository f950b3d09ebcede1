package access_test

// The conditions of Okta's rules, as the simulator reads them.

import (
	"net/netip"
	"slices"
	"strings"
)

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
