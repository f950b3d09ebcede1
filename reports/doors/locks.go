package doors

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-07732396/postern/policies/finding"
)

// lockLine is what keeps the doors of some protocols shut that are shut alike.
type lockLine struct {
	protocols []string
	method    string
	// outcomes and locks are counted in mailboxes.
	outcomes []finding.AccessCount
	locks    []lockCount
	declared []string
}

// lockCount is a kind of lock at a stage, and for how many mailboxes it is there.
type lockCount struct {
	stage, kind string
	mailboxes   int
}

// stages lists the stages in the order in which a request meets them.
func stages() []string { return []string{"before_password", "identity_provider", "after_sign_in"} }

// lockLines sums the doors that are not open up by protocol and method.
func lockLines(list []*Door) []*lockLine {
	var lines []*lockLine
	for _, d := range inOrder(list) {
		n := slices.IndexFunc(lines, func(l *lockLine) bool { return l.protocols[0] == d.Protocol && l.method == d.Method })
		if n < 0 {
			n = len(lines)
			lines = append(lines, &lockLine{protocols: []string{d.Protocol}, method: d.Method})
		}
		lines[n].add(d)
	}
	var alike []*lockLine
	for _, l := range lines {
		n := slices.IndexFunc(alike, func(o *lockLine) bool { return o.method == l.method && o.same(l) })
		if n < 0 {
			alike = append(alike, l)
			continue
		}
		alike[n].protocols = append(alike[n].protocols, l.protocols...)
	}
	return alike
}

// inOrder puts the doors of one method together, otherwise as they come.
func inOrder(list []*Door) []*Door {
	sorted := slices.Clone(list)
	var methods []string
	for _, d := range sorted {
		if !slices.Contains(methods, d.Method) {
			methods = append(methods, d.Method)
		}
	}
	slices.SortStableFunc(sorted, func(a, b *Door) int {
		return slices.Index(methods, a.Method) - slices.Index(methods, b.Method)
	})
	return sorted
}

func (l *lockLine) add(d *Door) {
	n := slices.IndexFunc(l.outcomes, func(c finding.AccessCount) bool { return c.Outcome == d.Outcome })
	if n < 0 {
		n = len(l.outcomes)
		l.outcomes = append(l.outcomes, finding.AccessCount{Outcome: d.Outcome})
	}
	l.outcomes[n].Mailboxes += d.Mailboxes
	var counted []lockCount
	for _, lock := range d.Locks {
		c := lockCount{stage: lock.Stage, kind: lock.Kind}
		if slices.Contains(counted, c) {
			continue
		}
		counted = append(counted, c)
		n := slices.IndexFunc(l.locks, func(o lockCount) bool { return o.stage == c.stage && o.kind == c.kind })
		if n < 0 {
			n = len(l.locks)
			l.locks = append(l.locks, c)
		}
		l.locks[n].mailboxes += d.Mailboxes
	}
	slices.SortStableFunc(l.locks, func(a, b lockCount) int {
		return slices.Index(stages(), a.stage) - slices.Index(stages(), b.stage)
	})
	for _, s := range d.Declared {
		if !slices.Contains(l.declared, s) {
			l.declared = append(l.declared, s)
		}
	}
}

// same reports whether two lines say the same, protocols aside.
func (l *lockLine) same(o *lockLine) bool {
	return fmt.Sprint(l.outcomes, l.declared) == fmt.Sprint(o.outcomes, o.declared) && slices.Equal(l.sorted(), o.sorted())
}

func (l *lockLine) sorted() []lockCount {
	list := slices.Clone(l.locks)
	slices.SortFunc(list, func(a, b lockCount) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return list
}

// ends says what becomes of who tries: "closed at Exchange, 38 mailboxes".
func (p *prose) ends(l *lockLine) string {
	parts := make([]string, len(l.outcomes))
	for i, c := range l.outcomes {
		parts[i] = p.outcomeOf(c.Outcome) + ", " + p.mailboxes(c.Mailboxes)
	}
	return p.text(strings.Join(parts, "; "))
}

// lockedBy lists the locks by stage, each with for how many mailboxes it is there:
// "before the password: authentication policy 38", empty for none.
func (p *prose) lockedBy(l *lockLine) string {
	var parts []string
	for _, stage := range stages() {
		var kinds []string
		for _, c := range l.locks {
			if c.stage == stage {
				kinds = append(kinds, named(p.kinds, c.kind)+" ("+number(c.mailboxes)+")")
			}
		}
		if len(kinds) > 0 {
			parts = append(parts, named(p.stages, stage)+": "+strings.Join(kinds, ", "))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return p.text(fill(p.lock, "list", strings.Join(parts, "; ")))
}
