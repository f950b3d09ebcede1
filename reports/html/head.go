package html

import (
	"bytes"
	"html/template"
	"strings"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/wording"
	"github.com/seed-07732396/postern/reports/matrix"
)

// head is the verdict and what it is about.
type head struct {
	Outcome        finding.Outcome
	Word, Sentence string
	Title          string
	Tenant         []part
	// Since says what came and went since the baseline, empty where there is none.
	Since   string
	Answers []answer
	Worst   []grave
	Facts   []fact
}

// grave is a finding that matters more than the others.
type grave struct {
	// To is where the page says more, Name what the link is called.
	To, Name string
	Severity finding.Severity
	Weight   string
	Sentence []part
}

func (b *builder) worst() []grave {
	var list []grave
	worst := b.words.Worst(b.report)
	for i := range worst {
		g := &worst[i]
		shown := grave{"_unknown", b.words.Outcome(finding.Unknown), g.Severity, b.words.Severity(g.Severity), parts(b.style.GraveSentence(g))}
		if g.Control != nil {
			shown.To, shown.Name = g.Control.ID, g.Control.ID
		}
		list = append(list, shown)
	}
	return list
}

// answer is one of the three questions at the top.
type answer struct {
	Question, Text, Detail string
	// Tone is good, bad or unsure.
	Tone string
	// To is where the page says more.
	To string
}

// fact is a line about the report.
type fact struct {
	Term, Text string
	Code       bool
}

func (b *builder) head() head {
	outcome, word, sentence := b.words.Verdict(b.report)
	h := head{Outcome: outcome, Word: word, Sentence: upperFirst(sentence), Tenant: parts(b.style.Tenant(&b.report.Tenant))}
	h.Title = word + ", " + bare(b.style.Tenant(&b.report.Tenant)) + ", " + day(b.report.Snapshot.CollectedAt) + " - Postern"
	h.Since = name(b.words.Since(b.report))
	h.Answers = []answer{b.doorAnswer(), b.gateAnswer(), b.unknownAnswer()}
	h.Worst = b.worst()
	h.Facts = b.facts()
	return h
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// moment writes an instant of the snapshot for people.
func moment(instant string) string {
	return strings.NewReplacer("T", " ", "Z", " UTC").Replace(name(instant))
}

// day is the date of an instant.
func day(instant string) string {
	date, _, _ := strings.Cut(name(instant), "T")
	return date
}

func (b *builder) facts() []fact {
	w, s := &b.words.Page, &b.report.Snapshot
	facts := []fact{
		{w.Snapshot, wording.Place(b.report, nil), true},
		{w.CollectedAt, moment(s.CollectedAt), false},
		{w.Source, name(s.Source), false},
		{w.MailboxesTerm, b.words.MailboxCount(s.Mailboxes), false},
		{w.Hash, s.SHA256, true},
	}
	if b.report.Tenant.ID != "" {
		facts = append(facts, fact{w.TenantID, name(b.report.Tenant.ID), true})
	}
	if b.report.Tenant.OktaOrg != "" {
		facts = append(facts, fact{w.OktaOrg, name(b.report.Tenant.OktaOrg), true})
	}
	if base := b.report.Baseline; base != nil {
		facts = append(facts, fact{w.Baseline, name(base.Snapshot.URI) + ", " + moment(base.Snapshot.CollectedAt), true})
	}
	return append(facts, fact{w.Tool, name(b.report.Tool.Name + " " + b.report.Tool.Version), false})
}

// doorAnswer says whether a door is open, as the access matrix has it.
func (b *builder) doorAnswer() answer {
	w := &b.words.Page
	a := answer{Question: w.DoorsQuestion, To: "_access"}
	if b.report.Access == nil {
		a.Text, a.Detail, a.Tone = w.DoorsUnknown, w.DoorsUnknownDetail, "unsure"
		return a
	}
	open, undecided := 0, 0
	for _, cell := range b.report.Access.Cells {
		switch cell.Worst {
		case finding.AccessOpen:
			open++
		case finding.AccessUndecided:
			undecided++
		}
	}
	switch {
	case open > 0:
		a.Text, a.Tone = fill(w.DoorsOpen, open), "bad"
	case undecided > 0:
		a.Text, a.Tone = w.DoorsNoneCertain, "unsure"
	default:
		a.Text, a.Tone = w.DoorsClosed, "good"
	}
	a.Detail = w.DoorsDetail
	if undecided > 0 {
		a.Detail = fill(w.DoorsUndecided, undecided)
	}
	return a
}

func (b *builder) gateAnswer() answer {
	w := &b.words.Page
	status, meaning := b.words.Exit(b.report)
	a := answer{Question: w.GateQuestion, To: "_findings", Detail: upperFirst(meaning) + "."}
	switch status {
	case 0:
		a.Text, a.Tone = w.GateOpen, "good"
		if len(b.report.Results) == 0 {
			a.Tone = "unsure"
		}
	case 3:
		a.Text, a.Tone = w.GateShut, "bad"
	default:
		a.Text, a.Tone = w.GateUnsure, "unsure"
	}
	a.Text += " (" + finding.Fill(strings.TrimSuffix(b.words.Lines.ExitStatus, ": "), finding.Args{"n": status}, status, "") + ")"
	return a
}

func (b *builder) unknownAnswer() answer {
	w := &b.words.Page
	a := answer{Question: w.UnknownQuestion, To: "_unknown", Text: w.UnknownNone, Detail: w.UnknownNoneDetail, Tone: "good"}
	controls := 0
	for i := range b.report.Results {
		if r := &b.report.Results[i]; len(r.Unknowns) > 0 || r.Outcome == finding.Error {
			controls++
		}
	}
	if controls > 0 {
		a.Text, a.Detail, a.Tone = fill(w.UnknownSome, controls), w.UnknownDetail, "unsure"
	}
	return a
}

// fill fills a template that counts.
func fill(template string, n int) string {
	return finding.Fill(template, finding.Args{"n": n}, n, "")
}

// doors is the access matrix.
type doors struct {
	// Picture is Postern's own drawing, empty where there is no matrix. Package
	// matrix escapes what it writes in it.
	Picture template.HTML
	Pair    bool
}

func (b *builder) doors() (doors, error) {
	after := b.report.Access
	if after == nil {
		return doors{}, nil
	}
	w := &b.words.Page
	options := matrix.Options{Fragment: true, Language: b.words.Code, ID: "_matrix", Title: w.MatrixTitle}
	var picture bytes.Buffer
	if base := b.report.Baseline; base != nil && base.Access != nil {
		options.Before = w.Before + ", " + day(base.Snapshot.CollectedAt)
		options.After = w.After + ", " + day(b.report.Snapshot.CollectedAt)
		if err := matrix.SVGPair(&picture, base.Access, after, options); err != nil {
			return doors{}, err
		}
		return doors{Picture: template.HTML(picture.String()), Pair: true}, nil
	}
	if err := matrix.SVG(&picture, after, options); err != nil {
		return doors{}, err
	}
	return doors{Picture: template.HTML(picture.String())}, nil
}

// meaning explains an outcome.
type meaning struct {
	Outcome    finding.Outcome
	Word, Text string
}

func (b *builder) legend() []meaning {
	var list []meaning
	for _, o := range order() {
		list = append(list, meaning{o, b.words.Outcome(o), b.words.Page.Meanings[o]})
	}
	return list
}

// order is that in which outcomes are shown to people.
func order() []finding.Outcome {
	return []finding.Outcome{finding.Fail, finding.Error, finding.Unknown, finding.Pass, finding.NotApplicable}
}

// scriptWords are what the script says.
type scriptWords struct {
	Showing  string `json:"showing"`
	Copied   string `json:"copied"`
	Failed   string `json:"failed"`
	ShowAll  string `json:"showAll"`
	Hits     string `json:"hits"`
	MoreHits string `json:"moreHits"`
	Line     string `json:"line"`
}

func (b *builder) scriptWords() scriptWords {
	w := &b.words.Page
	return scriptWords{
		Showing: w.Showing, Copied: w.Copied, Failed: w.CopyFailed, ShowAll: w.ShowAll,
		Hits: w.Hits, MoreHits: w.MoreHits, Line: w.Line,
	}
}
