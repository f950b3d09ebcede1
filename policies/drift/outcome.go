package drift

import (
	"fmt"

	"github.com/seed-07732396/postern/policies/access"
	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/phrase"
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
		f := finder{access: report.Access, control: control, result: result}
		f.outcome()
		for j := range result.Violations {
			f.violation(&result.Violations[j])
		}
		for j := range result.Fixed {
			v := &result.Fixed[j]
			f.add(Strengthened, "finding_fixed", v, placeOf(v), nil)
		}
		changes = append(changes, f.changes...)
	}
	return changes
}

type finder struct {
	access  *finding.AccessMatrix
	control *finding.Control
	result  *finding.Result
	changes []Change
}

func (f *finder) add(class Class, key string, v *finding.Violation, before, after *Place) {
	args := []any{
		"control", f.control.ID, "severity", severity(f.control.Severity),
		"sentence", phrase.By(func(l *finding.Language) string {
			control := f.control.In(l)
			return trimStop(control.ViolationSentence(v))
		}),
	}
	if v.Drift != nil {
		args = append(args, "how", driftOf(f.access, v.Drift))
	}
	one := change(class, "findings", phrase.Of(key, args...))
	one.Before, one.After = before, after
	f.changes = append(f.changes, one)
}

// severity and outcome are these in words.
func severity(s finding.Severity) phrase.Phrase {
	switch s {
	case finding.Critical:
		return phrase.Of("critical")
	case finding.High:
		return phrase.Of("high")
	case finding.Medium:
		return phrase.Of("medium")
	case finding.Low:
		return phrase.Of("low")
	case finding.Info:
		return phrase.Of("info")
	}
	return phrase.Seq(string(s))
}

func outcome(o finding.Outcome) phrase.Phrase {
	switch o {
	case finding.Pass:
		return phrase.Of("pass")
	case finding.Fail:
		return phrase.Of("fail")
	case finding.Unknown:
		return phrase.Of("unknown")
	case finding.Error:
		return phrase.Of("error")
	case finding.NotApplicable:
		return phrase.Of("not_applicable")
	}
	return phrase.Seq(string(o))
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
		f.add(Weakened, "finding_new_unknown", v, nil, placeOf(v))
	case v.State == finding.New:
		f.add(Weakened, "finding_new", v, nil, placeOf(v))
	case v.Drift == nil:
	case v.Worse():
		f.add(Weakened, "finding_grown", v, nil, placeOf(v))
	default:
		f.add(Strengthened, "finding_shrunk", v, nil, placeOf(v))
	}
}

// driftOf says what came and went.
func driftOf(matrix *finding.AccessMatrix, d *finding.Drift) phrase.Phrase {
	var parts []phrase.Phrase
	for _, part := range []struct {
		n              int
		names          []string
		counted, named string
	}{{d.Added, d.NewWays, "came", "ways_came"}, {d.Removed, d.RemovedWays, "went", "ways_went"}} {
		if part.n > 0 {
			parts = append(parts, phrase.Of(part.counted, "n", part.n))
		}
		if len(part.names) > 0 {
			parts = append(parts, phrase.Of(part.named, "ways", series(matrix, part.names)))
		}
	}
	return phrase.Join(parts, ", ")
}

// series is the names of protocols with the word and between them.
func series(matrix *finding.AccessMatrix, names []string) phrase.Phrase {
	var parts []any
	for i, name := range names {
		if i > 0 {
			parts = append(parts, phrase.Of("and"))
		}
		parts = append(parts, matrix.ProtocolTitle(name))
	}
	return phrase.Seq(parts...)
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
	title := phrase.By(func(l *finding.Language) string { return f.control.In(l).Title })
	f.changes = append(f.changes, change(class, "findings", phrase.Of("outcome", "control", f.control.ID,
		"severity", severity(f.control.Severity), "was", outcome(was), "is", outcome(is), "title", title)))
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
	for _, door := range c.Changes {
		class, key := Changed, "door_changed"
		switch {
		case door.Before == access.NotOffered && door.After == access.Open:
			class, key = Weakened, "door_new"
		case door.Before == access.NotOffered && door.After == access.Undecided:
			class, key = Lost, "door_new_maybe"
		case door.Before == access.NotOffered || door.After == access.NotOffered:
			continue // mailboxes that came or went by a door that is shut; the mailboxes are counted
		case door.After == access.Open && door.Before == access.Undecided:
			class, key = Weakened, "door_now_sure"
		case door.After == access.Open:
			class, key = Weakened, "door_opened"
		case door.After == access.Undecided:
			class, key = Lost, "door_now_maybe"
		case door.Shut():
			class, key = Strengthened, "door_closed"
		}
		one := change(class, "doors", phrase.Of(key, "door", doorWords(door.Protocol, door.Method), "who", mailboxes(door.Mailboxes), "n", door.Mailboxes,
			"was", outcomeWords(door.Before), "is", outcomeWords(door.After)))
		from, side := after, &one.After
		if door.First.Earlier {
			from, side = before, &one.Before
		}
		*side = placeAt(from.Document, "/mailboxes/"+fmt.Sprint(door.First.Index))
		changes = append(changes, one)
	}
	return changes
}

func doorWords(protocol access.Protocol, method access.Method) phrase.Phrase {
	name := phrase.Seq(protocol.Title())
	if protocol == access.Web {
		name = phrase.Of("protocol_web")
	}
	how := phrase.Of("basic")
	switch method {
	case access.Modern:
		how = phrase.Of("modern")
	case access.PasswordGrant:
		how = phrase.Of("password_grant")
	}
	return phrase.Of("door", "protocol", name, "method", how)
}

func outcomeWords(o access.Outcome) phrase.Phrase {
	switch o {
	case access.NotOffered:
		return phrase.Of("not_offered")
	case access.ClosedAtExchange:
		return phrase.Of("at_exchange")
	case access.ClosedAtIdentityProvider:
		return phrase.Of("at_okta")
	case access.ClosedAfterSignIn:
		return phrase.Of("after_sign_in")
	case access.WithMFA:
		return phrase.Of("with_mfa")
	case access.Undecided:
		return phrase.Of("undecided")
	case access.Open:
		return phrase.Of("without_mfa")
	}
	return phrase.Seq(spoken(string(o)))
}
