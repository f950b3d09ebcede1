package access

import "github.com/seed-07732396/postern/policies/finding"

// Terms are the protocols and methods of the matrix, in order.
func Terms() (protocols, methods []finding.AccessTerm) {
	for _, p := range Protocols() {
		protocols = append(protocols, finding.AccessTerm{ID: string(p), Title: p.Title()})
	}
	for _, m := range Methods() {
		methods = append(methods, finding.AccessTerm{ID: string(m), Title: m.Title()})
	}
	return protocols, methods
}

// AccessMatrix is the matrix in the plain form that reports carry.
func (r *Result) AccessMatrix() *finding.AccessMatrix {
	m := &finding.AccessMatrix{AsPublished: r.AsPublished, Mailboxes: r.Mailboxes}
	m.Protocols, m.Methods = Terms()
	for _, l := range r.LeftOut {
		if m.LeftOut == nil {
			m.LeftOut = make(map[string]int)
		}
		m.LeftOut[string(l.Reason)] = l.Mailboxes
	}
	for _, c := range r.Matrix() {
		cell := finding.AccessCell{Protocol: string(c.Protocol), Method: string(c.Method), Worst: finding.AccessOutcome(c.Worst)}
		for _, n := range c.Counts {
			cell.Counts = append(cell.Counts, finding.AccessCount{Outcome: finding.AccessOutcome(n.Outcome), Mailboxes: n.Mailboxes})
		}
		m.Cells = append(m.Cells, cell)
	}
	return m
}
