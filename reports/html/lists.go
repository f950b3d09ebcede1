package html

import (
	"strconv"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/escape"
	"github.com/seed-07732396/postern/reports/internal/wording"
)

// filter is what the reader can choose from.
type filter struct {
	Outcomes   []choice
	Severities []choice
	Steps      []choice
	// Baseline says that new can be told from old.
	Baseline bool
	Total    int
	Showing  string
}

type choice struct {
	Value, Text string
	N           int
}

func (b *builder) filter(steps []step) filter {
	outcomes, severities := map[finding.Outcome]int{}, map[finding.Severity]int{}
	f := filter{Baseline: b.report.Baseline != nil}
	for i := range steps {
		f.Steps = append(f.Steps, choice{steps[i].ID, steps[i].Title, len(steps[i].Controls)})
		for j := range steps[i].Controls {
			f.Total++
			outcomes[steps[i].Controls[j].Outcome]++
			severities[steps[i].Controls[j].Severity]++
		}
	}
	f.Showing = finding.Fill(b.words.Page.Showing, finding.Args{"n": f.Total, "total": f.Total}, f.Total, "")
	for _, o := range order() {
		if outcomes[o] > 0 {
			f.Outcomes = append(f.Outcomes, choice{string(o), b.words.Outcome(o), outcomes[o]})
		}
	}
	for _, s := range finding.Severities() {
		if severities[s] > 0 {
			f.Severities = append(f.Severities, choice{string(s), b.words.Severity(s), severities[s]})
		}
	}
	return f
}

// gap is evidence that is missing, and what would make it known.
type gap struct {
	Name, Status, Word string
	// Open says that the evidence is there and does not decide.
	Open     bool
	Advice   []part
	Controls []string
}

func (b *builder) gaps() []gap {
	var list []gap
	for _, found := range wording.Gaps(b.report) {
		g := gap{Controls: found.Controls, Advice: parts(b.style.Advice(found.Entry))}
		switch {
		case found.Entry != nil:
			g.Name, g.Status, g.Word = name(found.Entry.Name), found.Entry.Status, b.words.Status(found.Entry.Status)
		case found.Evidence != "":
			g.Name = name(found.Evidence)
		default:
			g.Name, g.Open = b.words.Lines.LeftOpen, true
		}
		if len(g.Advice) == 0 {
			g.Advice = []part{{Text: b.words.Page.SeeControl}}
		}
		list = append(list, g)
	}
	return list
}

// waivers are those by which the report was judged.
type waivers struct {
	// About is what became of them in a sentence, empty where there are none.
	About   string
	Entries []waiverLine
}

// waiverLine is a waiver and what became of it.
type waiverLine struct {
	waiver
	Control string
	// Shown says that the control is in this page.
	Shown       bool
	Scope       string
	State       finding.WaiverState
	Word, Count string
}

func (b *builder) waivers() waivers {
	list := waivers{About: name(b.words.Waivers(b.report))}
	if b.report.Waivers == nil {
		return list
	}
	shown := map[string]bool{}
	for i := range b.report.Controls {
		shown[b.report.Controls[i].ID] = !b.report.Idle(i)
	}
	w := &b.words.Page
	for i := range b.report.Waivers.Entries {
		e := &b.report.Waivers.Entries[i]
		line := waiverLine{
			waiver: *b.waiver(&e.Waiver), Control: name(e.Control), Shown: shown[e.Control], Scope: name(e.Scope),
			State: e.State, Word: b.words.WaiverStates[e.State], Count: fill(w.Covers, e.Covers),
		}
		if e.Added > 0 {
			line.Count += ", " + fill(w.Joined, e.Added)
		}
		if len(e.Ways) > 0 {
			line.Count += ", " + wording.Ways(b.report, w.Opened, e.Ways)
		}
		list.Entries = append(list.Entries, line)
	}
	return list
}

// ledgerLine is one line of the evidence ledger.
type ledgerLine struct {
	Name, Endpoint, Permission string
	Status, Word               string
	Items                      string
	Reason                     string
}

func (b *builder) ledger() []ledgerLine {
	var list []ledgerLine
	for i := range b.report.Ledger {
		e := &b.report.Ledger[i]
		line := ledgerLine{
			Name: name(e.Name), Endpoint: name(e.Endpoint), Permission: name(e.Permission),
			Status: e.Status, Word: b.words.Status(e.Status), Reason: escape.Cut(escape.Line(e.Message), 500),
		}
		if e.Items != nil {
			line.Items = strconv.Itoa(*e.Items)
		}
		if code := name(e.Code); code != "" && line.Reason != "" {
			line.Reason += " (" + code + ")"
		} else if code != "" {
			line.Reason = code
		}
		list = append(list, line)
	}
	return list
}
