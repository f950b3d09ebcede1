package html

import (
	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/escape"
	"github.com/seed-07732396/postern/reports/internal/help"
	"github.com/seed-07732396/postern/reports/internal/wording"
)

// maxShown is how many violations, reasons, notes or steps of one control are
// shown.
const maxShown = 200

// step is the controls of one step.
type step struct {
	ID, Title string
	Controls  []control
	Counts    []outcomeCount
}

// outcomeCount is how many controls ended in an outcome.
type outcomeCount struct {
	Outcome finding.Outcome
	Word    string
	N       int
}

// control is one control and how it ended.
type control struct {
	// P is the page's words, for the layout.
	P                         *wording.PageWords
	ID, Title                 string
	Outcome                   finding.Outcome
	Word                      string
	Severity                  finding.Severity
	Weight                    string
	Step                      string
	Open                      bool
	Before                    string
	Subjects                  string
	States                    []badge
	Broke                     string
	Violations                []violation
	Unknowns, NotApply, Notes []reason
	Fixed                     []violation
	// More… say what is not shown, empty where all is.
	MoreViolations, MoreFixed, MoreUnknowns, MoreNotes string

	Why, Fix  []string
	Scripts   []snippet
	Mappings  []mapping
	Related   []link
	Needs     []need
	HasNeeded bool
}

// badge marks how something stands to the baseline, or that it is waived.
type badge struct{ Kind, Text string }

// snippet is a text to copy.
type snippet struct{ Title, Text string }

// mapping is a framework's requirement.
type mapping struct {
	Framework, ID, Title string
	// URL is empty where there is no page to link to.
	URL string
}

type link struct{ URL, Title string }

// need is a piece of evidence and the ledger's line that it comes from.
type need struct {
	Path     string
	Optional bool
	Source   string
	Status   string
	Word     string
}

func (b *builder) steps() []step {
	var steps []step
	for _, group := range b.words.Groups(b.report) {
		s := step{ID: group.Step.ID, Title: b.words.StepTitle(group.Step.ID)}
		counts := map[finding.Outcome]int{}
		for _, i := range group.Results {
			counts[b.report.Results[i].Outcome]++
			s.Controls = append(s.Controls, b.control(&b.report.Controls[i], &b.report.Results[i]))
		}
		for _, o := range order() {
			s.Counts = append(s.Counts, outcomeCount{o, b.words.Outcome(o), counts[o]})
		}
		steps = append(steps, s)
	}
	return steps
}

func (b *builder) control(entry *finding.Control, result *finding.Result) control {
	w := &b.words.Page
	c := control{
		P: w, ID: entry.ID, Title: escape.Cut(escape.Line(entry.Title), 2*wording.MaxName), Outcome: result.Outcome, Word: b.words.Outcome(result.Outcome),
		Severity: entry.Severity, Weight: b.words.Severity(entry.Severity), Step: entry.Step,
		Open: result.Outcome == finding.Fail && !result.Waived() || result.Outcome == finding.Error || result.Outcome == finding.Unknown,
	}
	if c.Title == "" {
		c.Title = b.words.Lines.NoTitle
	}
	c.Before = b.words.WasBefore(result)
	c.Subjects = b.subjects(result)
	c.States = b.states(result)
	if result.Error != "" {
		c.Broke = escape.Cut(escape.Line(result.Error), 2_000)
	}
	for i, v := range wording.OpenFirst(result)[:min(len(result.Violations), maxShown)] {
		c.Violations = append(c.Violations, b.violation(entry, v, i))
	}
	for i := range result.Fixed[:min(len(result.Fixed), maxShown)] {
		c.Fixed = append(c.Fixed, b.fixed(entry, &result.Fixed[i]))
	}
	c.Unknowns, c.MoreUnknowns = b.reasons(entry, result.Unknowns), b.more(b.words.Lines.MoreReasons, len(result.Unknowns))
	c.MoreFixed = b.more(b.words.Lines.MoreViolations, len(result.Fixed))
	c.NotApply = b.reasons(entry, result.NotApplicable)
	c.Notes, c.MoreNotes = b.reasons(entry, result.Notes), b.more(b.words.Lines.MoreNotes, len(result.Notes))
	c.MoreViolations = b.more(b.words.Lines.MoreViolations, len(result.Violations))
	b.explain(&c, entry)
	return c
}

// more says how many of n are not shown.
func (b *builder) more(template string, n int) string {
	if n <= maxShown {
		return ""
	}
	return fill(template, n-maxShown)
}

// subjects counts what a control found, empty where it found nothing. Members of
// several findings are not added up: one mailbox is often in each.
func (b *builder) subjects(result *finding.Result) string {
	switch n := len(result.Violations); {
	case n == 0:
		return ""
	case n == 1 && result.Violations[0].Members != nil:
		members := result.Violations[0].Members
		return b.count(members.Len(), members.Population())
	default:
		return fill(b.words.Page.Violations, n)
	}
}

// states are the badges of a control: those of its violations, each once.
func (b *builder) states(result *finding.Result) []badge {
	w := &b.words.Page
	counts := map[finding.State]int{}
	waivers := 0
	for i := range result.Violations {
		counts[result.Violations[i].State]++
		if result.Violations[i].Waiver != nil {
			waivers++
		}
	}
	var list []badge
	if counts[finding.New] > 0 {
		list = append(list, badge{string(finding.New), b.words.Phrases.New})
	}
	if counts[finding.Changed] > 0 {
		list = append(list, badge{string(finding.Changed), b.words.Phrases.Changed})
	}
	switch {
	case len(result.Fixed) > 0 && len(result.Violations) == 0:
		list = append(list, badge{"fixed", w.AllFixed})
	case len(result.Fixed) > 0:
		list = append(list, badge{"fixed", w.Fixed})
	}
	switch {
	case waivers > 0 && waivers == len(result.Violations):
		list = append(list, badge{"waived", w.Waived})
	case waivers > 0:
		list = append(list, badge{"waived", w.PartlyWaived})
	}
	return list
}

// explain adds what the control is about and what to do.
func (b *builder) explain(c *control, entry *finding.Control) {
	w, fix := &b.words.Page, entry.Remediation
	c.Why, c.Fix = paragraphs(entry.Description), paragraphs(fix.Text)
	for _, s := range []snippet{
		{w.PowerShell, fix.PowerShell}, {w.Console, fix.OktaConsole}, {w.API, fix.OktaAPI}, {w.Undo, fix.Undo},
	} {
		if s.Text = script(s.Text); s.Text != "" {
			c.Scripts = append(c.Scripts, s)
		}
	}
	for _, m := range entry.Mappings {
		page, _ := help.Page(m.URL)
		c.Mappings = append(c.Mappings, mapping{name(m.Framework), name(m.ID), name(m.Title), page})
	}
	for _, l := range entry.Related {
		page, ok := help.Page(l.URL)
		if !ok {
			continue
		}
		title := name(l.Title)
		if title == "" {
			title = page
		}
		c.Related = append(c.Related, link{page, title})
	}
	for i, path := range append(append([]string{}, entry.Needs...), entry.Optional...) {
		n := need{Path: name(path), Optional: i >= len(entry.Needs)}
		if line := wording.Entry(b.report, &finding.Reason{Evidence: path}); line != nil {
			n.Source, n.Status, n.Word = name(line.Name), line.Status, b.words.Status(line.Status)
		}
		c.Needs = append(c.Needs, n)
	}
}

// reason says why an outcome is what it is.
type reason struct {
	Sentence []part
	Remedy   []part
	Place    string
	Subject  []part
	Members  *members
}

func (b *builder) reasons(entry *finding.Control, list []finding.Reason) []reason {
	var shown []reason
	for i := range list[:min(len(list), maxShown)] {
		r := &list[i]
		line := wording.Entry(b.report, r)
		view := reason{
			Sentence: parts(b.style.Reason(entry, r, line)), Remedy: parts(b.style.Remedy(r, line)),
			Members: b.members(r.Members),
		}
		if r.Region != nil {
			view.Place = wording.Place(b.report, r.Region)
		}
		if r.Resource != nil {
			view.Subject = parts(b.style.Subject(r.Resource))
		}
		shown = append(shown, view)
	}
	return shown
}
