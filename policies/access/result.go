package access

import (
	"slices"
	"strings"

	"github.com/seed-07732396/postern/policies/finding"
)

// Result is who can reach the mail, by which door.
type Result struct {
	AsPublished bool `json:"as_published"`
	// Mailboxes is how many mailboxes somebody can sign in to; LeftOut counts the
	// others by reason.
	Mailboxes int       `json:"mailboxes"`
	LeftOut   []LeftOut `json:"left_out"`
	// Doors are the doors of all mailboxes, those that are alike in one entry: by
	// protocol and method in the order of the matrix, then the worst first.
	Doors []Door `json:"doors"`
	// Policies are Okta's rules and what each truly decides.
	Policies []Policy `json:"policies"`
	// ThreatInsight is what Okta's ThreatInsight leaves alone.
	ThreatInsight Exemption `json:"threat_insight"`
	// ConditionalAccess is what Entra's policies cover together.
	ConditionalAccess ConditionalAccess `json:"conditional_access"`
	// SignIns counts the mailboxes by how their users sign in.
	SignIns []SignInPath `json:"sign_ins"`
	// NewMailboxes is what Exchange's plans open on the next mailbox.
	NewMailboxes []NewMailbox `json:"new_mailboxes"`

	// outcomes are those of each class.
	outcomes [][]Outcome
	classOf  []uint32 // see Roster
}

// LeftOut is a number of mailboxes without doors.
type LeftOut struct {
	Reason    LeftOutReason `json:"reason"`
	Mailboxes int           `json:"mailboxes"`
}

// Door is one protocol and method, for all mailboxes for which it ends in the same
// way for the same reasons.
type Door struct {
	Protocol Protocol `json:"protocol"`
	Method   Method   `json:"method"`
	Outcome  Outcome  `json:"outcome"`
	// Mailboxes is how many, First the place of the first in the snapshot.
	Mailboxes int `json:"mailboxes"`
	First     int `json:"first"`
	// Coarse: there are too many such doors to tell apart what only the names in them
	// tell apart. A lock has no name or pointer then unless it is the same for all.
	// Reasons, Witness and Steps are those of the first mailbox, and the reasons say so.
	Coarse bool `json:"coarse,omitzero"`
	// Declared are declarations that hold for all of them, such as break_glass.
	Declared []string `json:"declared,omitzero"`
	// Locks close the door by themselves, in the order in which a request meets
	// them. A door may be open for lack of one.
	Locks []Lock `json:"locks,omitzero"`
	// Reasons say why the outcome is undecided.
	Reasons []Reason `json:"reasons,omitzero"`
	// Via says how one gets past the identity provider without a second factor:
	// okta, entra, rollout, home_realm, elsewhere.
	Via []string `json:"via,omitzero"`
	// Rules are Okta's rules that let somebody past without a second factor.
	Rules []RuleRef `json:"rules,omitzero"`
	// Witness is a sign-in that gets in, or may; nil when the door is not open.
	Witness *Witness `json:"witness,omitzero"`
	// Steps say who decided, in the order in which a request of the first mailbox's
	// user meets them.
	Steps []finding.TraceStep `json:"steps,omitzero"`

	// behind are the classes of the mailboxes.
	behind behind
}

// RuleRef names one of Okta's rules.
type RuleRef struct {
	// Policy and Rule are ids; Index is the rule's place in the policy's list, -1 when
	// it is that no rule decides.
	Policy string `json:"policy"`
	Rule   string `json:"rule,omitzero"`
	Index  int    `json:"index"`
	// Certain: it surely lets somebody past.
	Certain bool `json:"certain"`
}

// Cell is one square of the matrix.
type Cell struct {
	Protocol Protocol
	Method   Method
	// Worst is the worst outcome of any mailbox.
	Worst Outcome
	// Counts is how many mailboxes have each outcome, the worst first.
	Counts []OutcomeCount
}

// OutcomeCount is a number of mailboxes.
type OutcomeCount struct {
	Outcome   Outcome
	Mailboxes int
}

// Matrix adds the doors up to one cell for each protocol and method, row by row.
func (r *Result) Matrix() []Cell {
	var cells []Cell
	for _, p := range Protocols() {
		for _, m := range Methods() {
			cells = append(cells, r.cell(p, m))
		}
	}
	return cells
}

func (r *Result) cell(p Protocol, m Method) Cell {
	c := Cell{Protocol: p, Method: m, Worst: NotOffered}
	outcomes := Outcomes()
	for i := len(outcomes) - 1; i >= 0; i-- {
		n := 0
		for _, d := range r.Doors {
			if d.Protocol == p && d.Method == m && d.Outcome == outcomes[i] {
				n += d.Mailboxes
			}
		}
		if n > 0 {
			c.Counts = append(c.Counts, OutcomeCount{outcomes[i], n})
		}
	}
	if len(c.Counts) > 0 {
		c.Worst = c.Counts[0].Outcome
	}
	return c
}

// Evaluate works out the doors of all mailboxes that were gathered.
func (e *Engine) Evaluate(a *Accumulator) *Result {
	v := e.evaluate(a.classes)
	r := &Result{AsPublished: e.options.AsPublished, classOf: a.classOf}
	for _, reason := range []LeftOutReason{AccountDisabled, SystemMailbox} {
		if n := a.leftOut[reason]; n > 0 {
			r.LeftOut = append(r.LeftOut, LeftOut{reason, n})
		}
	}
	groups := newGrouping(e.options.apart())
	for _, c := range a.classes {
		r.Mailboxes += c.count
		names := v.strayOf(c)
		all := v.doorsOf(c, names.hidden())
		for i, d := range all.doors {
			groups.add(d, member{c, names, i})
		}
		r.outcomes = append(r.outcomes, all.outcomes)
	}
	r.Doors = groups.doors(v)
	r.Policies = v.policies()
	r.ThreatInsight = e.okta.exemption()
	r.ConditionalAccess = v.conditionalAccess()
	r.SignIns = v.signInPaths()
	for i := range r.SignIns {
		r.SignIns[i].Behind = len(r.Doors) + i
	}
	r.NewMailboxes = e.newMailboxes()
	return r
}

// present makes one entry of the result.
func (v *evaluation) present(g *doorGroup) Door {
	c := g.first.class
	d := v.doorsOf(c, g.first.names).doors[g.first.place]
	door := Door{
		Protocol: d.protocol, Method: d.method, Outcome: d.outcome, Mailboxes: g.count, First: c.first,
		Declared: c.mailbox.Declared, Locks: g.locks(d), Reasons: g.reasons(d), Via: d.via, Coarse: g.coarse,
		behind: g.behind,
	}
	for _, w := range d.ways {
		ref := RuleRef{Policy: w.policy.id, Index: w.index(), Certain: w.opens == yes}
		if w.rule != nil {
			ref.Rule = w.rule.id
		}
		door.Rules = append(door.Rules, ref)
	}
	door.Steps = v.steps(d, c.first)
	if d.outcome == Open || d.outcome == Undecided {
		door.Witness = v.witness(d, c.first)
	}
	return door
}

// steps strings together what the stations decided.
func (v *evaluation) steps(d *doorwork, first int) []finding.TraceStep {
	if d.exchange == nil {
		return nil
	}
	all := slices.Clone(d.exchange.steps)
	if len(d.entries) > 0 {
		all = append(all, d.entries[d.best].gate.steps...)
		all = append(all, d.entra[d.best].steps...)
	}
	for i := range all {
		if rest, ok := strings.CutPrefix(all[i].Pointer, aMailbox); ok {
			all[i].Pointer = pointer("mailboxes", first) + rest
		}
	}
	return all
}
