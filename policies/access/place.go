package access

import "slices"

// zone is a set of places that a rule can name: addresses that are listed, or a
// set that only the vendor's database knows (a country, a network provider, a kind
// of proxy). The second is a fact of the request: whoever attacks can find an
// address of the country, but nobody can say here which.
type zone struct {
	id, name, pointer string
	index             int // in the vendor's list
	// kind is the vendor's name for it, such as IP or DYNAMIC_V2; limit is what it
	// goes by, such as addresses or country.
	kind, limit string
	// symbolic: the vendor's database decides, and sure is empty.
	symbolic bool
	// sure are the listed addresses.
	sure spans
	// loose: it may hold more than sure, because an entry cannot be read.
	loose bool
	// active: no or maybe for a zone that is switched off, or does not say.
	active tri

	// For Okta: whether requests from it are refused outright, whether it is the
	// exempt zone, and the trusted proxies.
	blocks, exempt bool
	proxies        spans

	fact int // of a symbolic zone
	list int // of the addresses, among those that cut the atoms
}

// atlas holds the zones that a vendor's rules can name, and the atoms into which
// they cut the address space.
type atlas struct {
	zones []zone
	byID  map[string]int
	atoms []atom
	// facts is how many symbolic zones there are; their facts are the first of the
	// space.
	facts int
	// inside holds, for each list of addresses, its atoms.
	inside []set
	// unread: not all zones were collected.
	unread bool
}

// newAtlas cuts the address space by the given zones; unread says that there are
// others.
func newAtlas(zones []zone, unread bool) *atlas {
	a := &atlas{zones: zones, byID: make(map[string]int), unread: unread}
	var lists []spans
	for i := range a.zones {
		z := &a.zones[i]
		if _, twice := a.byID[z.id]; !twice {
			a.byID[z.id] = i
		}
		if z.symbolic {
			z.fact = a.facts
			a.facts++
			continue
		}
		z.list = len(lists)
		lists = append(lists, z.sure)
	}
	a.atoms = cutAddresses(lists)
	for i := range lists {
		in := newSet(len(a.atoms))
		for n, atom := range a.atoms {
			if atom.in.has(i) {
				in.add(n)
			}
		}
		a.inside = append(a.inside, in)
	}
	return a
}

// hold says what naming a zone is worth.
type hold uint8

const (
	// certain: whoever is in the zone is named.
	certain hold = iota
	// bounded: whoever is in the zone may be named, and nobody else.
	bounded
	// unbounded: anybody may be named, because nobody can tell what the vendor
	// makes of the zone.
	unbounded
)

// ref is a zone that a condition names.
type ref struct {
	zone int // -1: there is no such zone
	hold hold
}

// place is a set of places: addresses, and what must be true of symbolic zones.
type place struct {
	atoms set
	facts []literal
}

// literal says that a fact is true, or false.
type literal struct {
	fact int
	is   bool
}

// where is a condition on the place a request comes from: certainly met in sure,
// possibly in may.
type where struct{ sure, may []place }

// anywhere is the condition that every place meets.
func (a *atlas) anywhere() where {
	all := []place{{atoms: fullSet(len(a.atoms))}}
	return where{all, all}
}

// unclear is the condition that any place may meet and none certainly does.
func (a *atlas) unclear() where { return where{nil, a.anywhere().may} }

// union adds up the listed atoms and the facts of the zones that refs name with
// at most the given hold. all is set when that may be anywhere.
func (a *atlas) union(refs []ref, most hold) (atoms set, facts []int, all bool) {
	atoms = newSet(len(a.atoms))
	seen := make(map[int]bool)
	for _, r := range refs {
		if r.hold > most {
			continue
		}
		if r.zone < 0 || r.hold == unbounded {
			all = true
			continue
		}
		z := &a.zones[r.zone]
		switch {
		case z.symbolic && !seen[z.fact]:
			seen[z.fact] = true
			facts = append(facts, z.fact)
		case !z.symbolic:
			atoms.or(a.inside[z.list])
		}
		if z.loose && most > certain {
			all = true
		}
	}
	return atoms, facts, all
}

// in is the condition of being in one of the zones.
func (a *atlas) in(refs []ref) where {
	atoms, facts, _ := a.union(refs, certain)
	w := where{sure: a.anyOf(atoms, facts)}
	atoms, facts, all := a.union(refs, unbounded)
	if all {
		w.may = a.anywhere().may
	} else {
		w.may = a.anyOf(atoms, facts)
	}
	return w
}

// out is the condition of being in none of the zones.
func (a *atlas) out(refs []ref) where {
	var w where
	atoms, facts, all := a.union(refs, unbounded)
	if !all {
		w.sure = a.noneOf(atoms, facts)
	}
	atoms, facts, _ = a.union(refs, certain)
	w.may = a.noneOf(atoms, facts)
	return w
}

// anyOf lists the places in one of the atoms or with one of the facts.
func (a *atlas) anyOf(atoms set, facts []int) []place {
	var list []place
	if !atoms.empty() {
		list = append(list, place{atoms: atoms})
	}
	for _, f := range facts {
		list = append(list, place{atoms: fullSet(len(a.atoms)), facts: []literal{{f, true}}})
	}
	return list
}

// noneOf lists the places in none of the atoms and with none of the facts.
func (a *atlas) noneOf(atoms set, facts []int) []place {
	p := place{atoms: fullSet(len(a.atoms)).without(atoms)}
	if p.atoms.empty() {
		return nil
	}
	for _, f := range facts {
		p.facts = append(p.facts, literal{f, false})
	}
	return []place{p}
}

// both is the condition of meeting two conditions.
func (w where) both(v where) where {
	return where{meetPlaces(w.sure, v.sure), meetPlaces(w.may, v.may)}
}

func meetPlaces(a, b []place) []place {
	var list []place
	for _, p := range a {
		for _, q := range b {
			if m, ok := p.meet(q); ok {
				list = append(list, m)
			}
		}
	}
	return list
}

func (p place) meet(q place) (place, bool) {
	m := place{atoms: p.atoms.and(q.atoms), facts: append([]literal(nil), p.facts...)}
	if m.atoms.empty() {
		return m, false
	}
	for _, l := range q.facts {
		known := false
		for _, k := range m.facts {
			if k.fact == l.fact {
				if k.is != l.is {
					return m, false
				}
				known = true
			}
		}
		if !known {
			m.facts = append(m.facts, l)
		}
	}
	return m, true
}

// boxes narrows a box to each of the places.
func (s *space) boxes(b box, axis int, places []place) []box {
	var list []box
	for _, p := range places {
		c := slices.Clone(b)
		ok := s.limit(c, axis, p.atoms)
		for _, l := range p.facts {
			ok = s.fix(c, l.fact, l.is) && ok
		}
		if ok {
			list = append(list, c)
		}
	}
	return list
}

// addresses are the listed addresses of a set of atoms.
func (a *atlas) addresses(atoms set) spans {
	var list []span
	for n := range atoms.all() {
		list = append(list, a.atoms[n].spans...)
	}
	return newSpans(list)
}
