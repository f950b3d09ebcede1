package plan

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/impact"
	"github.com/seed-07732396/postern/policies/phrase"
)

// Input is what a plan is made of.
type Input struct {
	// Report holds the findings, and Impact says which mailboxes are in use, for all
	// doors: both of the same snapshot.
	Report     *finding.Report
	Impact     *impact.Report
	BreakGlass []Account
	// Language is that of titles and texts, nil for English. Commands, bodies of requests
	// and names of what is made are the same in all languages.
	Language *finding.Language
	// The limits of the configuration, in hours.
	AccessTokenHours, SignInFrequencyHours float64
	MaxAge                                 time.Duration
}

// maker gathers a plan.
type maker struct {
	in     Input
	plan   *Plan
	config *configuration
	okta   *org

	actions map[string][]*Action
	// handled are the violations that an action is for, by control and index.
	handled map[string]map[int]bool
	targets *targets
	voice   phrase.Voice
}

// say says a sentence of ours.
func (m *maker) say(key string, args ...any) string { return m.voice.Say(phrase.Of(key, args...)) }

// Make makes the plan. Errors are about a snapshot that cannot be read.
func Make(in Input) (*Plan, error) {
	config, err := readConfiguration(in.Impact.Document())
	if err != nil {
		return nil, err
	}
	in.Report = in.Report.In(in.Language)
	m := &maker{
		voice: phrase.In(in.Language, Topic, Messages()),
		in:    in, config: config, okta: readOrg(config, in.Report.Tenant.OktaOrg),
		actions: map[string][]*Action{}, handled: map[string]map[int]bool{}, targets: newTargets(in.BreakGlass),
		plan: &Plan{
			Version: 1, Tool: in.Report.Tool, Tenant: in.Report.Tenant, Snapshot: in.Report.Snapshot,
			MaxAgeHours: int(in.MaxAge.Hours()), BreakGlass: in.BreakGlass,
			Steps: []Step{}, FindOut: []Question{}, SetApart: []Apart{}, Targets: []Target{},
		},
	}
	m.setApart()
	m.modernAuthentication()
	m.protocols()
	m.authenticationPolicies()
	m.conditionalAccess()
	m.signOnPolicy()
	m.tokens()
	m.byHand()
	if err := m.pickTargets(); err != nil {
		return nil, err
	}
	m.unknowns()
	m.arrange()
	return m.plan, nil
}

// add adds an action to a step.
func (m *maker) add(step string, a *Action) *Action {
	m.actions[step] = append(m.actions[step], a)
	return a
}

// open gives the violations of a control that are to be closed: those that are not
// waived, with the given keys or with any.
func (m *maker) open(id string, keys ...string) []*finding.Violation {
	var list []*finding.Violation
	for i := range m.in.Report.Results {
		r := &m.in.Report.Results[i]
		if r.Control != id || r.Outcome != finding.Fail {
			continue
		}
		for v := range r.Violations {
			violation := &r.Violations[v]
			if violation.Waiver == nil && (len(keys) == 0 || slices.Contains(keys, violation.Key)) {
				list = append(list, violation)
				m.handle(id, v)
			}
		}
	}
	return list
}

func (m *maker) handle(id string, violation int) {
	if m.handled[id] == nil {
		m.handled[id] = map[int]bool{}
	}
	m.handled[id][violation] = true
}

func (m *maker) control(id string) *finding.Control {
	for i := range m.in.Report.Controls {
		if m.in.Report.Controls[i].ID == id {
			return &m.in.Report.Controls[i]
		}
	}
	return &finding.Control{ID: id}
}

// action starts an action for violations of a control, in the control's words.
func (m *maker) action(name, id, title string, violations []*finding.Violation) *Action {
	c := m.control(id)
	a := &Action{
		Name: name, Controls: []string{id}, Title: title, Text: c.Remediation.Text, Console: c.Remediation.OktaConsole,
		Undo: c.Remediation.Undo,
	}
	for _, v := range violations {
		a.Findings = append(a.Findings, c.ViolationSentence(v))
	}
	return a
}

// byHand makes an action of each violation that nothing else is for.
func (m *maker) byHand() {
	for i := range m.in.Report.Results {
		r, c := &m.in.Report.Results[i], &m.in.Report.Controls[i]
		var left []*finding.Violation
		for v := range r.Violations {
			violation := &r.Violations[v]
			switch {
			case violation.Waiver != nil:
				m.plan.Waived = append(m.plan.Waived, Waived{c.ID, c.ViolationSentence(violation)})
			case r.Outcome == finding.Fail && !m.handled[r.Control][v]:
				left = append(left, violation)
			}
		}
		if len(left) == 0 {
			continue
		}
		a := m.action(c.Slug, c.ID, c.Title, left)
		a.PowerShell, a.API = c.Remediation.PowerShell, c.Remediation.OktaAPI
		m.add(c.Step, a)
	}
}

// unknowns asks for what is missing.
func (m *maker) unknowns() {
	for i := range m.in.Report.Results {
		r, c := &m.in.Report.Results[i], &m.in.Report.Controls[i]
		q := Question{Control: c.ID, Title: c.Title, Text: m.say("find_out")}
		if r.Outcome == finding.Error {
			q.Reasons = append(q.Reasons, r.Error)
		}
		for _, reason := range r.Unknowns {
			population := "mailbox"
			if reason.Members != nil {
				population = reason.Members.Population()
			}
			q.Reasons = append(q.Reasons, c.Sentence(reason.Key, reason.Args, reason.Count, population))
		}
		if len(q.Reasons) > 0 {
			m.plan.FindOut = append(m.plan.FindOut, q)
		}
	}
}

// ask adds a question that belongs to no control.
func (m *maker) ask(title, text string, reasons ...string) {
	m.plan.FindOut = append(m.plan.FindOut, Question{Title: title, Text: text, Reasons: reasons})
}

// arrange puts the steps in order and numbers the actions.
func (m *maker) arrange() {
	order := []string{}
	titles := map[string]string{}
	for _, s := range finding.Steps() {
		order = append(order, s.ID)
		titles[s.ID] = s.Title
	}
	// Controls of somebody's own may have steps of their own.
	for _, id := range slices.Sorted(maps.Keys(m.actions)) {
		if !slices.Contains(order, id) {
			order = append(order, id)
		}
	}
	for _, id := range order {
		if len(m.actions[id]) == 0 {
			continue
		}
		// Whatever else is to be done in a step, sessions are revoked at its end.
		slices.SortStableFunc(m.actions[id], func(a, b *Action) int {
			return cmp.Compare(len(filterRevoke(a)), len(filterRevoke(b)))
		})
		s := Step{ID: id, Title: cmp.Or(titles[id], id), Why: m.why(id)}
		for i, a := range m.actions[id] {
			a.ID = prefix(id) + strconv.Itoa(i+1)
			s.Actions = append(s.Actions, *a)
		}
		m.plan.Steps = append(m.plan.Steps, s)
	}
}

func filterRevoke(a *Action) []Change {
	return slices.DeleteFunc(slices.Clone(a.Changes), func(c Change) bool { return c.Op != Revoke })
}

// fails reports an open violation in one of the steps.
func (m *maker) fails(steps ...string) bool {
	for i := range m.in.Report.Results {
		r := &m.in.Report.Results[i]
		if r.Outcome == finding.Fail && slices.Contains(steps, m.in.Report.Controls[i].Step) &&
			slices.ContainsFunc(r.Violations, func(v finding.Violation) bool { return v.Waiver == nil }) {
			return true
		}
	}
	return false
}

// prefix is what the numbers of a step's actions start with.
func prefix(step string) string {
	if len(step) == 1 {
		return step
	}
	return strings.ToUpper(step[:1]) + step[1:] + "-"
}

// names lists the actions of some steps that a script or a request does.
func (m *maker) names(steps ...string) []string {
	var list []string
	for _, s := range steps {
		for _, a := range m.actions[s] {
			if !a.ByHand() {
				list = append(list, a.Name)
			}
		}
	}
	return list
}
