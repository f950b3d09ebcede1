package access

import (
	"encoding/binary"
	"math"
	"net/netip"
	"slices"
	"strings"
)

// span is a run of addresses of one family, both ends included.
type span struct{ low, high netip.Addr }

// spans is a set of addresses: runs in order, none of which touches the next.
// IPv4 stands before IPv6, as netip.Addr.Compare has it.
type spans []span

// newSpans puts runs in order and joins those that overlap or touch.
func newSpans(list []span) spans {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b span) int { return a.low.Compare(b.low) })
	var joined spans
	for _, s := range list {
		if n := len(joined); n > 0 && touches(joined[n-1], s) {
			if joined[n-1].high.Less(s.high) {
				joined[n-1].high = s.high
			}
			continue
		}
		joined = append(joined, s)
	}
	return joined
}

// touches reports whether b, which starts no earlier than a, overlaps a or
// follows it without a gap.
func touches(a, b span) bool {
	if a.low.Is4() != b.low.Is4() {
		return false
	}
	if !a.high.Less(b.low) {
		return true
	}
	return a.high.Next() == b.low
}

// contains reports whether an address is in the set.
func (s spans) contains(a netip.Addr) bool {
	i, found := slices.BinarySearchFunc(s, a, func(s span, a netip.Addr) int { return s.low.Compare(a) })
	if found {
		return true
	}
	return i > 0 && !s[i-1].high.Less(a) && s[i-1].low.Is4() == a.Is4()
}

// meet is what two sets have in common.
func (s spans) meet(t spans) spans {
	var both spans
	for i, j := 0, 0; i < len(s) && j < len(t); {
		low, high := s[i].low, s[i].high
		if low.Less(t[j].low) {
			low = t[j].low
		}
		if t[j].high.Less(high) {
			high = t[j].high
		}
		if !high.Less(low) {
			both = append(both, span{low, high})
		}
		if s[i].high.Less(t[j].high) {
			i++
		} else {
			j++
		}
	}
	return both
}

// meets reports whether two sets have an address in common.
func (s spans) meets(t spans) bool { return len(s.meet(t)) > 0 }

// share4 is how much of all IPv4 addresses the set holds, share6 how much of the
// global unicast IPv6 addresses (2000::/3), from 0 to 1.
func (s spans) share4() float64 {
	total := 0.0
	for _, r := range s {
		if r.low.Is4() {
			total += value4(r.high) - value4(r.low) + 1
		}
	}
	return total / math.Exp2(32)
}

func (s spans) share6() float64 {
	total := 0.0
	first, last := netip.MustParseAddr("2000::"), netip.MustParseAddr("3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")
	for _, r := range s {
		low, high := r.low, r.high
		if low.Is4() || high.Less(first) || last.Less(low) {
			continue
		}
		if low.Less(first) {
			low = first
		}
		if last.Less(high) {
			high = last
		}
		total += value6(high) - value6(low) + 1
	}
	return total / math.Exp2(125)
}

func value4(a netip.Addr) float64 {
	b := a.As4()
	return float64(binary.BigEndian.Uint32(b[:]))
}

func value6(a netip.Addr) float64 {
	b := a.As16()
	return float64(binary.BigEndian.Uint64(b[:8]))*math.Exp2(64) + float64(binary.BigEndian.Uint64(b[8:]))
}

// parseSpan reads what vendors write for a set of addresses: a CIDR block, two
// addresses with a dash between them, or one address.
func parseSpan(text string) (span, bool) {
	text = strings.TrimSpace(text)
	if strings.Contains(text, "/") {
		p, err := netip.ParsePrefix(text)
		if err != nil || p.Addr().Is4In6() {
			return span{}, false
		}
		return span{p.Masked().Addr(), lastAddr(p)}, true
	}
	from, to, isRange := strings.Cut(text, "-")
	if !isRange {
		to = from
	}
	low, err1 := netip.ParseAddr(strings.TrimSpace(from))
	high, err2 := netip.ParseAddr(strings.TrimSpace(to))
	if err1 != nil || err2 != nil || low.Zone() != "" || high.Zone() != "" {
		return span{}, false
	}
	low, high = low.Unmap(), high.Unmap()
	if low.Is4() != high.Is4() || high.Less(low) {
		return span{}, false
	}
	return span{low, high}, true
}

// lastAddr is the highest address of a block.
func lastAddr(p netip.Prefix) netip.Addr {
	b := p.Masked().Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	last, _ := netip.AddrFromSlice(b)
	return last
}

// example picks an address of the set to show to people: one that is reserved
// for documentation where there is one, so that a report about "anywhere" points
// at nobody; else the first.
func (s spans) example() netip.Addr {
	for _, text := range []string{"203.0.113.7", "198.51.100.7", "192.0.2.7", "2001:db8::7"} {
		if a := netip.MustParseAddr(text); s.contains(a) {
			return a
		}
	}
	for _, r := range s {
		if r.low.IsGlobalUnicast() && !r.low.IsPrivate() {
			return r.low
		}
	}
	if len(s) == 0 {
		return netip.Addr{}
	}
	return s[0].low
}

// atom is a set of addresses that no list of addresses tells apart.
type atom struct {
	spans spans
	// in holds the numbers of the lists that the atom lies in.
	in set
}

// cutAddresses cuts the whole address space, IPv4 and IPv6, into atoms: two
// addresses are in one atom if they are in the same lists. Atoms come in the
// order of their lowest addresses.
func cutAddresses(lists []spans) []atom {
	type edge struct {
		at   netip.Addr
		list int // -1: the start of a family
		in   bool
	}
	edges := []edge{{netip.IPv4Unspecified(), -1, false}, {netip.IPv6Unspecified(), -1, false}}
	for i, list := range lists {
		for _, s := range list {
			edges = append(edges, edge{s.low, i, true})
			if after := s.high.Next(); after.IsValid() {
				edges = append(edges, edge{after, i, false})
			}
		}
	}
	// A run that starts stands behind one that ends at the same place, and both
	// behind the start of the family.
	slices.SortStableFunc(edges, func(a, b edge) int {
		if c := a.at.Compare(b.at); c != 0 {
			return c
		}
		return rank(a.list >= 0, a.in) - rank(b.list >= 0, b.in)
	})
	var atoms []atom
	numbers := make(map[string]int)
	current := newSet(len(lists))
	key := make([]byte, 0, 8*len(current))
	for i, e := range edges {
		switch {
		case e.list < 0:
			clear(current)
		case e.in:
			current.add(e.list)
		default:
			current[e.list/64] &^= 1 << (e.list % 64)
		}
		high := lastOf(e.at)
		if i+1 < len(edges) && edges[i+1].at.Is4() == e.at.Is4() {
			if edges[i+1].at == e.at {
				continue
			}
			high = edges[i+1].at.Prev()
		}
		key = key[:0]
		for _, w := range current {
			key = binary.BigEndian.AppendUint64(key, w)
		}
		n, known := numbers[string(key)]
		if !known {
			n = len(atoms)
			numbers[string(key)] = n
			atoms = append(atoms, atom{in: slices.Clone(current)})
		}
		atoms[n].spans = append(atoms[n].spans, span{e.at, high})
	}
	return atoms
}

func rank(isList, in bool) int {
	switch {
	case !isList:
		return 0
	case !in:
		return 1
	}
	return 2
}

// lastOf is the highest address of an address's family.
func lastOf(a netip.Addr) netip.Addr {
	if a.Is4() {
		return netip.MustParseAddr("255.255.255.255")
	}
	return netip.MustParseAddr("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")
}
