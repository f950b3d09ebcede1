package html

import (
	"strconv"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/escape"
	"github.com/seed-07732396/postern/reports/internal/wording"
)

// violation is one departure from the good state.
type violation struct {
	P         *wording.PageWords
	Anchor    string
	Sentence  []part
	Place     string
	Pointer   string
	Subject   []part
	Snippet   string
	Members   *members
	Steps     []traceStep
	MoreSteps string
	State     badge
	Waiver    *waiver
	Came      *members
	Went      *members
}

// traceStep is one step of a trace.
type traceStep struct {
	Sentence []part
	Place    string
}

// waiver is the organisation's decision to live with a violation.
type waiver struct {
	ID, Owner, Reason, Ticket, Expires, Place string
	// URL is the ticket's page, where it is one.
	URL string
	// Line is where it stands in its file, 0 where that is not known.
	Line int
}

func (b *builder) violation(entry *finding.Control, v *finding.Violation, i int) violation {
	w := &b.words.Page
	view := violation{
		P: w, Anchor: "_" + entry.ID + "-" + strconv.Itoa(i+1), Sentence: parts(b.style.Violation(entry, v)),
		Place: wording.PlaceOf(b.report, &v.Resource, v.Region), Pointer: name(v.Pointer), Snippet: escape.Cut(script(v.Snippet), 2_000),
		Members: b.members(v.Members), Waiver: b.waiver(v.Waiver), MoreSteps: b.more(b.words.Lines.MoreSteps, len(v.Steps)),
	}
	if v.Members == nil {
		view.Subject = parts(b.style.Subject(&v.Resource))
	}
	for j := range v.Steps[:min(len(v.Steps), maxShown)] {
		s := &v.Steps[j]
		step := traceStep{Sentence: parts(b.style.TraceStep(entry, s))}
		if s.Region != nil {
			step.Place = wording.Place(b.report, s.Region)
		}
		view.Steps = append(view.Steps, step)
	}
	if v.State == finding.New || v.State == finding.Changed {
		view.State = badge{string(v.State), b.words.State(b.report, v)}
	}
	if v.Drift != nil {
		view.Came, view.Went = b.members(v.Drift.NewMembers), b.members(v.Drift.RemovedMembers)
	}
	return view
}

// fixed is a violation of the baseline that is gone. Its places are in another
// file, so they are not shown.
func (b *builder) fixed(entry *finding.Control, v *finding.Violation) violation {
	view := violation{P: &b.words.Page, Sentence: parts(b.style.Violation(entry, v)), Members: b.members(v.Members)}
	if v.Members == nil {
		view.Subject = parts(b.style.Subject(&v.Resource))
	}
	return view
}

func (b *builder) waiver(w *finding.Waiver) *waiver {
	if w == nil {
		return nil
	}
	view := &waiver{
		ID: name(w.ID), Owner: name(w.Owner), Reason: escape.Cut(escape.Line(w.Reason), 1_000), Ticket: name(w.Ticket),
		Expires: name(w.Expires), Place: name(w.File),
	}
	if w.Line > 0 {
		view.Place += ":" + strconv.Itoa(w.Line)
	}
	view.Line = w.Line
	view.URL = linkable(w.Ticket)
	return view
}
