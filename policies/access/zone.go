package access

import (
	"strconv"
	"strings"
)

// oktaZones reads Okta's network zones.
func oktaZones(list node) []zone {
	items, _ := list.items()
	var zones []zone
	for i, n := range items {
		if n.object() {
			z := oktaZone(n)
			z.index, z.pointer = i, pointer("okta", "zones", i)
			zones = append(zones, z)
		}
	}
	return zones
}

func oktaZone(n node) zone {
	z := zone{
		id: n.get("id").string(), name: n.get("name").string(), kind: n.get("type").string(),
		active: oktaStatus(n.get("status")),
		blocks: n.get("usage").string() == "BLOCKLIST",
		exempt: n.get("useAsExemptList").flag() == yes,
	}
	z.limit = "unknown"
	var proxiesRead bool
	z.proxies, proxiesRead = oktaAddresses(n.get("proxies"))
	switch z.kind {
	case "IP":
		read := false
		z.limit = "addresses"
		z.sure, read = oktaAddresses(n.get("gateways"))
		// Of a zone with proxies and no gateways Okta's pages do not say whom it
		// holds.
		z.loose = !read || !proxiesRead || len(z.sure) == 0 && len(z.proxies) > 0
	case "DYNAMIC", "DYNAMIC_V2":
		z.symbolic, z.limit = true, dynamicLimit(n)
	default:
		z.loose = true
	}
	return z
}

// oktaStatus reads ACTIVE or INACTIVE; anything else may be either.
func oktaStatus(n node) tri {
	switch n.string() {
	case "ACTIVE":
		return yes
	case "INACTIVE":
		return no
	}
	return maybe
}

// oktaAddresses reads gateways or proxies; ok is false when some entry could not
// be read.
func oktaAddresses(list node) (_ spans, ok bool) {
	if list.absent() {
		return nil, true
	}
	items, ok := list.items()
	var all []span
	for _, n := range items {
		s, read := parseSpan(n.get("value").string())
		ok = ok && read
		if read {
			all = append(all, s)
		}
	}
	return newSpans(all), ok
}

// everywhere reports whether a set of addresses is no limit: half of all IPv4 or
// of all global IPv6 addresses, or more. A zone of 0.0.0.0/0 is, and one that says
// the same in two halves.
func (s spans) everywhere() bool { return s.share4() >= 0.5 || s.share6() >= 0.5 }

// exchangeOnline are the addresses from which Exchange Online in Microsoft's
// worldwide service speaks to clients and to identity providers: entry 1 of
// https://learn.microsoft.com/microsoft-365/enterprise/urls-and-ip-address-ranges.
// A password that Exchange relays reaches Okta from there, whoever sent it.
func exchangeOnline() spans {
	var list []span
	for _, text := range strings.Fields(`
		13.107.6.152/31 13.107.18.10/31 13.107.128.0/22 23.103.160.0/20 40.96.0.0/13
		40.104.0.0/15 52.96.0.0/14 131.253.33.215/32 132.245.0.0/16 150.171.32.0/22
		204.79.197.215/32
		2603:1006::/40 2603:1016::/36 2603:1026::/36 2603:1036::/36 2603:1046::/36
		2603:1056::/36 2620:1ec:4::152/128 2620:1ec:4::153/128 2620:1ec:c::10/128
		2620:1ec:c::11/128 2620:1ec:d::10/128 2620:1ec:d::11/128 2620:1ec:8f0::/46
		2620:1ec:900::/46 2620:1ec:a92::152/128 2620:1ec:a92::153/128`) {
		if s, ok := parseSpan(text); ok {
			list = append(list, s)
		}
	}
	return newSpans(list)
}

// network is a rule's network condition as it was written.
type network struct {
	anywhere, unreadable bool
	include, exclude     []string
}

// network reads a rule's network condition. doubts are the reasons why it cannot
// be decided for some addresses.
func (a *atlas) network(n node) (w where, read network, doubts []Reason) {
	if n.blank() {
		return a.anywhere(), network{anywhere: true}, nil
	}
	var ok1, ok2 bool
	read.include, ok1 = n.get("include").texts()
	read.exclude, ok2 = n.get("exclude").texts()
	connection, named := n.get("connection").string(), len(read.include)+len(read.exclude)
	switch {
	case connection == "ANYWHERE" && named == 0:
		return a.anywhere(), network{anywhere: true}, nil
	case connection != "ZONE" || !ok1 || !ok2 || named == 0 || strangeKeys(n, "connection", "include", "exclude"):
		read.unreadable = true
		return a.unclear(), read, []Reason{{Key: "network_unreadable"}}
	}
	w = a.anywhere()
	if len(read.include) > 0 {
		refs, d := a.refer(read.include)
		w, doubts = w.both(a.in(refs)), append(doubts, d...)
	}
	if len(read.exclude) > 0 {
		refs, d := a.refer(read.exclude)
		w, doubts = w.both(a.out(refs)), append(doubts, d...)
	}
	return w, read, doubts
}

// refer looks up the zones that a condition names.
func (a *atlas) refer(ids []string) (refs []ref, doubts []Reason) {
	for _, id := range ids {
		if id == "ALL_ZONES" {
			all, d := a.allZones()
			refs, doubts = append(refs, all...), append(doubts, d...)
			continue
		}
		i, known := a.byID[id]
		if !known {
			refs = append(refs, ref{-1, unbounded})
			doubts = append(doubts, a.missing(id))
			continue
		}
		r, z := ref{i, certain}, &a.zones[i]
		switch {
		case z.active != yes:
			r.hold = unbounded
			doubts = append(doubts, Reason{Key: "zone_inactive", Args: args{"zone": z.label()}})
		case z.loose:
			doubts = append(doubts, Reason{Key: "zone_unreadable", Args: args{"zone": z.label()}})
		}
		refs = append(refs, r)
	}
	return refs, doubts
}

// missing says why a zone that a condition names is not known.
func (a *atlas) missing(id string) Reason {
	if a.unread {
		return Reason{Key: "zones_not_collected"}
	}
	return Reason{Key: "zone_missing", Args: args{"zone": id}}
}

// allZones is what ALL_ZONES names: every zone for use in policies. Whether a
// blocklist zone, the exempt zone or one that is switched off counts among them,
// Okta does not say.
func (a *atlas) allZones() (refs []ref, doubts []Reason) {
	if a.unread {
		return []ref{{-1, unbounded}}, []Reason{{Key: "zones_not_collected"}}
	}
	for i := range a.zones {
		r, z := ref{i, certain}, &a.zones[i]
		if z.active != yes || z.blocks || z.exempt {
			r.hold = bounded
		}
		switch {
		case z.loose:
			doubts = append(doubts, Reason{Key: "zone_unreadable", Args: args{"zone": z.label()}})
		case z.active != yes:
			doubts = append(doubts, Reason{Key: "zone_inactive", Args: args{"zone": z.label()}})
		}
		refs = append(refs, r)
	}
	return refs, doubts
}

// label is the zone's name, or its id where it has none.
func (z *zone) label() string {
	if z.name != "" {
		return z.name
	}
	return z.id
}

// blocked is the condition under which Okta refuses a request before it looks at
// any policy: from a blocklist zone, and not from the exempt zone.
func (a *atlas) blocked() where {
	var block, exempt []ref
	for i := range a.zones {
		z := &a.zones[i]
		r := ref{i, certain}
		if z.active != yes {
			r.hold = bounded
		}
		switch {
		case z.exempt:
			exempt = append(exempt, r)
		case z.blocks:
			block = append(block, r)
		}
	}
	return a.in(block).both(a.out(exempt))
}

// strangeKeys reports a member of n, other than a blank one, that is not known.
func strangeKeys(n node, known ...string) bool { return len(unknownKeys(n, known...)) > 0 }

func unknownKeys(n node, known ...string) (strange []string) {
next:
	for _, name := range n.names() {
		for _, k := range known {
			if name == k {
				continue next
			}
		}
		if !n.get(name).blank() {
			strange = append(strange, name)
		}
	}
	return strange
}

// pointer is a JSON pointer into the snapshot.
func pointer(path ...any) string {
	var b strings.Builder
	for _, p := range path {
		b.WriteByte('/')
		switch p := p.(type) {
		case int:
			b.WriteString(strconv.Itoa(p))
		case string:
			b.WriteString(strings.NewReplacer("~", "~0", "/", "~1").Replace(p))
		}
	}
	return b.String()
}
