package access

// layer is one rule as the algebra sees it: the requests that certainly match it,
// and those that may. Boxes of a list may overlap; all of sure lies in may.
type layer struct {
	sure, may []box
}

// region is a set of requests that a list of rules treats alike. Any of the
// layers in maybe may decide them, or else final does; final is -1 when no layer
// certainly matches. Both are numbers of layers.
type region struct {
	box   box
	maybe *link
	final int
}

// link is a list of layers, the lowest first.
type link struct {
	layer int
	above *link
	// coarse says that the layer may or may not match only because the exact
	// answer was too long.
	coarse bool
}

// all walks the list, the lowest layer first.
func (l *link) all(yield func(*link) bool) {
	for ; l != nil; l = l.above {
		if !yield(l) {
			return
		}
	}
}

// remainder is a set of requests that no layer has certainly decided yet.
type remainder struct {
	box   box
	maybe *link
}

// decide hands every request of start to the layers in order. Its regions are
// disjoint, they cover start, and each names all the layers that can decide it.
//
// Splitting is exact until there are more than limit boxes at once. From there on
// a box that a layer matches in part is not split any more: the layer may decide
// all of it. That keeps every answer true, and only less certain, where a hostile
// or absurd list of rules would otherwise take for ever.
func (s *space) decide(start box, layers []layer, limit int) []region {
	var decided []region
	left := []remainder{{box: start}}
	var spare []remainder // what was left before the last layer: its room is used again
	for i, l := range layers {
		next := spare[:0]
		for _, r := range left {
			if !s.meetsAny(r.box, l.may) { // most rules leave most requests alone
				next = append(next, r)
				continue
			}
			d := decider{space: s, layer: i, exact: len(next)+len(left) <= limit}
			decided, next = d.apply(r, l, decided, next)
		}
		left, spare = next, left
	}
	for _, r := range left {
		decided = append(decided, region{box: r.box, maybe: r.maybe, final: -1})
	}
	return decided
}

// meetsAny reports whether a box has a request in common with any of a list.
func (s *space) meetsAny(b box, list []box) bool {
	for _, m := range list {
		if s.meets(b, m) {
			return true
		}
	}
	return false
}

// decider applies one layer to one remainder.
type decider struct {
	space *space
	layer int
	exact bool
}

func (d decider) apply(r remainder, l layer, decided []region, next []remainder) ([]region, []remainder) {
	pieces := []box{r.box}
	coarse := false
	for _, m := range l.sure {
		var rest []box
		for _, p := range pieces {
			switch {
			case !d.space.meets(p, m):
				rest = append(rest, p)
			case inside(p, m):
				decided = append(decided, region{box: p, maybe: r.maybe, final: d.layer})
			case !d.exact:
				coarse = true
				rest = append(rest, p)
			default:
				var within box
				within, rest = d.space.cut(p, m, rest)
				decided = append(decided, region{box: within, maybe: r.maybe, final: d.layer})
			}
		}
		pieces = rest
	}
	for _, m := range l.may {
		var rest []box
		for _, p := range pieces {
			switch {
			case !d.space.meets(p, m):
				rest = append(rest, p)
			case inside(p, m):
				next = append(next, remainder{p, &link{d.layer, r.maybe, coarse}})
			case !d.exact:
				next = append(next, remainder{p, &link{d.layer, r.maybe, true}})
			default:
				var within box
				within, rest = d.space.cut(p, m, rest)
				next = append(next, remainder{within, &link{d.layer, r.maybe, coarse}})
			}
		}
		pieces = rest
	}
	for _, p := range pieces {
		next = append(next, remainder{p, r.maybe})
	}
	return decided, next
}
