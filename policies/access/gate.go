package access

import (
	"slices"

	"github.com/seed-07732396/postern/policies/finding"
)

// gate is what one station makes of the requests at a door.
type gate struct {
	// without: whether a request gets past without a second factor; any: whether
	// one gets past at all.
	without, any tri
	// locks close it by themselves.
	locks []Lock
	// doubts say why without is maybe.
	doubts []Reason
	// steps say what was decided by what, in the order in which a request meets it.
	steps []finding.TraceStep
}

func (g *gate) step(key string, at string, a args) {
	g.steps = append(g.steps, finding.TraceStep{Key: key, Args: a, Pointer: at})
}

func (g *gate) doubt(r Reason) {
	g.without, g.any = min(g.without, maybe), min(g.any, maybe)
	g.doubts = append(g.doubts, r)
}

func (g *gate) lock(l Lock) {
	g.without, g.any = no, no
	g.locks = append(g.locks, l)
}

// but is the gate with one more doubt.
func (g *gate) but(r Reason) *gate {
	if g.any == no {
		return g
	}
	h := *g
	h.doubts = slices.Clone(g.doubts)
	h.doubt(r)
	return &h
}
