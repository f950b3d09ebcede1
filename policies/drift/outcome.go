package drift

import (
	"fmt"
	"strings"

	"github.com/seed-07732396/postern/policies/access"
	"github.com/seed-07732396/postern/policies/finding"
)

// findings are the changes between two reports, of which the later was compared with
// the earlier. Controls that are about waivers tell of decisions, not of the tenant.
func findings(report *finding.Report) []Change {
	var changes []Change
	for i := range report.Results {
		control, result := &report.Controls[i], &report.Results[i]
		if control.Step == finding.StepWaivers {
			continue
		}
		f := finder{control: control, result: result}
		f.outcome()
		for j := range result.Violations {
			f.violation(&result.Violations[j])
		}
		for j := range result.Fixed {
			v := &result.Fixed[j]
			f.add(Strengthened, "fixed", v, placeOf(v), nil)
		}
		changes = append(changes, f.changes...)
	}
	return changes
}

type finder struct {
	control *finding.Control
	result  *finding.Result
	changes []Change
}

func (f *finder) add(class Class, how string, v *finding.Violation, before, after *Place) {
	text := fmt.Sprintf("%s finding, %s (%s): %s", how, f.control.ID, f.control.Severity, trimStop(f.control.ViolationSentence(v)))
	f.changes = append(f.changes, Change{Class: class, Area: "findings", Text: text, Before: before, After: after})
}

func trimStop(sentence string) string {
	if n := len(sentence); n > 0 && sentence[n-1] == '.' {
		return sentence[:n-1]
	}
	return sentence
}

func (f *finder) violation(v *finding.Violation) {
	switch {
	case v.State == finding.New && f.result.Before == finding.Unknown:
		f.add(Weakened, "new (it could not be judged before)", v, nil, placeOf(v))
	case v.State == finding.New:
		f.add(Weakened, "new", v, nil, placeOf(v))
	case v.Drift == nil:
	case v.Worse():
		f.add(Weakened, "grown ("+driftOf(v.Drift)+")", v, nil, placeOf(v))
	default:
		f.add(Strengthened, "shrunk ("+driftOf(v.Drift)+")", v, nil, placeOf(v))
	}
}

// driftOf says what came and went.
func driftOf(d *finding.Drift) string {
	var parts []string
	for _, part := range []struct {
		n     int
		names []string
		word  string
	}{{d.Added, d.NewWays, "came"}, {d.Removed, d.RemovedWays, "went"}} {
		if part.n > 0 {
			parts = append(parts, number(part.n)+" "+part.word)
		}
		if len(part.names) > 0 {
			parts = append(parts, strings.Join(part.names, " and ")+" "+part.word)
		}
	}
	return strings.Join(parts, ", ")
}

// outcome tells what the violations do not: that something can no longer be judged, or
// can be again. Evidence that is missing leaves open what became of it; a question that
// the evidence no longer decides is a weaker answer than before.
func (f *finder) outcome() {
	was, is := f.result.Before, f.result.Outcome
	if was == "" || was == is {
		return
	}
	class := Changed
	switch {
	case is == finding.Error:
		class = Lost
	case is == finding.Unknown && f.missing():
		class = Lost
	case is == finding.Unknown && (was == finding.Pass || was == finding.NotApplicable):
		class = Weakened
	case is == finding.Unknown:
		class = Lost
	case is == finding.Fail || was == finding.Fail:
		return // the violations say it
	case is == finding.Pass:
		class = Strengthened
	}
	text := fmt.Sprintf("%s (%s) was %s, is %s: %s", f.control.ID, f.control.Severity, spoken(string(was)), spoken(string(is)), f.control.Title)
	f.changes = append(f.changes, Change{Class: class, Area: "findings", Text: text})
}

// missing reports whether some evidence is not there, which the ledger tells.
func (f *finder) missing() bool {
	for i := range f.result.Unknowns {
		if f.result.Unknowns[i].Source != "" || f.result.Unknowns[i].Evidence != "" {
			return true
		}
	}
	return false
}

func placeOf(v *finding.Violation) *Place {
	p := &Place{Pointer: v.Pointer}
	if v.Region != nil {
		p.Line = v.Region.StartLine
	}
	return p
}

// doors are the changes in who gets in by which door.
func doors(c *access.Comparison, before, after *access.Survey) []Change {
	var changes []Change
	for _, change := range c.Changes {
		door := change.Protocol.Title() + " with " + change.Method.Title()
		who := mailboxes(change.Mailboxes)
		one := Change{Area: "doors", Class: Changed}
		switch {
		case change.Before == access.NotOffered && change.After == access.Open:
			one.Class, one.Text = Weakened, fmt.Sprintf("door open for %s that were not there before: %s", who, door)
		case change.Before == access.NotOffered && change.After == access.Undecided:
			one.Class, one.Text = Lost, fmt.Sprintf("door that may be open for %s that were not there before: %s", who, door)
		case change.Before == access.NotOffered || change.After == access.NotOffered:
			continue // mailboxes that came or went by a door that is shut; the mailboxes are counted
		case change.After == access.Open && change.Before == access.Undecided:
			one.Class, one.Text = Weakened, fmt.Sprintf("door open that may have been before: %s, %s", door, who)
		case change.After == access.Open:
			one.Class, one.Text = Weakened, fmt.Sprintf("door opened: %s, %s", door, who)
		case change.After == access.Undecided:
			one.Class, one.Text = Lost, fmt.Sprintf("door that may be open now: %s, %s", door, who)
		case change.Shut():
			one.Class, one.Text = Strengthened, fmt.Sprintf("door closed: %s, %s (%s)", door, who, outcomeWords(change.After))
		default:
			one.Text = fmt.Sprintf("door changed: %s, %s (was %s, is %s)", door, who, outcomeWords(change.Before), outcomeWords(change.After))
		}
		from, side := after, &one.After
		if change.First.Earlier {
			from, side = before, &one.Before
		}
		*side = placeAt(from.Document, "/mailboxes/"+fmt.Sprint(change.First.Index))
		changes = append(changes, one)
	}
	return changes
}

func outcomeWords(o access.Outcome) string { return spoken(string(o)) }
