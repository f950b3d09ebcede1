package sarif

import (
	"slices"
	"strconv"
	"strings"

	"github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/escape"
)

// results are the failures, the gravest first, because GitHub keeps the first
// ones of many, and for the profile Full what the other controls came to. leftOut
// is how many failures had no place under GitHub's limit, to which the other profile
// keeps as well: no viewer shows more.
func (b *builder) results() (results []*sarif.Result, leftOut int) {
	// An empty list says that nothing was found, null that nobody looked.
	results = []*sarif.Result{}
	order := make([]int, len(b.report.Results))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		return b.report.Controls[i].Severity.Rank() - b.report.Controls[j].Severity.Rank()
	})
	for _, i := range order {
		made, more := b.failures(i, maxResults-len(results))
		results, leftOut = append(results, made...), leftOut+more
	}
	if b.options.Profile == Full {
		for i := range b.report.Results {
			results = append(results, b.fixed(i)...)
			results = append(results, b.others(i)...)
		}
	}
	return results, leftOut
}

// failures are a control's violations, as many as there is room for, and the number
// of those beyond. Those of a control that broke count as well: what the evidence
// shows stands.
func (b *builder) failures(i, room int) (results []*sarif.Result, more int) {
	control, violations := &b.report.Controls[i], b.report.Results[i].Violations
	seen := map[string]int{}
	for j := range violations {
		v := &violations[j]
		if v.Waiver != nil && b.options.Profile == GitHub {
			continue // code scanning knows no suppressions: it would be an open alert
		}
		if len(results) == room {
			more++
			continue
		}
		result := b.result(i, "fail", level(control.Severity), b.violationText(control, v))
		result.Locations = []*sarif.Location{b.location(v.Region, v.Snippet, &v.Resource)}
		// GitHub takes two results with one hash for one alert: the second
		// would vanish. Its number tells it apart, as CodeQL does it.
		seen[v.Fingerprint]++
		hash := v.Fingerprint
		if n := seen[v.Fingerprint]; n > 1 {
			hash += ":" + strconv.Itoa(n)
		}
		result.PartialFingerprints = map[string]any{"primaryLocationLineHash": hash, "posternFingerprint/v1": hash}
		b.addSubject(result, v)
		if len(v.Steps) > 0 {
			result.CodeFlows = []*sarif.CodeFlow{b.codeFlow(control, v)}
		}
		if v.Members != nil && b.options.Profile == Full {
			result.RelatedLocations = b.related(v.Members)
		}
		if b.options.Profile == Full {
			if v.Waiver != nil {
				result.Suppressions = []*sarif.Suppression{b.suppression(v)}
			}
			if b.report.Baseline != nil {
				result.BaselineState = baselineState(v)
			}
		}
		results = append(results, result)
	}
	return results, more
}

// violationText is the sentence, and the resource's name where the sentence
// does not say it: some viewers merge results of the same text and place. Members are
// listed beside it.
func (b *builder) violationText(control *finding.Control, v *finding.Violation) string {
	sentence := b.style.Violation(control, v)
	name := escape.Line(orElse(v.Resource.Name, v.Resource.ID))
	if v.Members != nil || name == "" || strings.Contains(sentence, name) {
		return sentence
	}
	return sentence + " It concerns the " + b.style.Subject(&v.Resource) + "."
}

func (b *builder) addSubject(result *sarif.Result, v *finding.Violation) {
	addAbout(result, &v.Resource, v.Pointer, v.Members)
}

func addReason(result *sarif.Result, reason *finding.Reason) {
	resource := reason.Resource
	if resource == nil {
		resource = &finding.Resource{}
	}
	addAbout(result, resource, reason.Pointer, reason.Members)
}

// addAbout says in properties what a result is about.
func addAbout(result *sarif.Result, resource *finding.Resource, pointer string, members *finding.Members) {
	values := result.Properties
	if resource.Kind != "" {
		values["resourceKind"] = escape.Line(resource.Kind)
	}
	if resource.ID != "" {
		values["resourceId"] = escape.Line(resource.ID)
	}
	if pointer != "" {
		values["pointer"] = escape.Line(pointer)
	}
	if members != nil {
		values["population"] = escape.Line(members.Population())
		values["members"] = members.Len()
	}
}

// maxTrace is how many steps GitHub shows of a flow.
const maxTrace = 1000

// codeFlow is the trace of a violation. A step without a place of its own stands
// at the violation's.
func (b *builder) codeFlow(control *finding.Control, v *finding.Violation) *sarif.CodeFlow {
	flow := &sarif.ThreadFlow{}
	for i := range v.Steps[:min(len(v.Steps), maxTrace)] {
		step := &v.Steps[i]
		region := step.Region
		if region == nil {
			region = v.Region
		}
		location := b.location(region, "", nil)
		location.Message = sarif.NewTextMessage(message(b.style.TraceStep(control, step)))
		flow.Locations = append(flow.Locations, &sarif.ThreadFlowLocation{Location: location})
	}
	return &sarif.CodeFlow{ThreadFlows: []*sarif.ThreadFlow{flow}}
}

// others are what a control came to besides violations, in SARIF's kinds.
func (b *builder) others(i int) []*sarif.Result {
	control, result := &b.report.Controls[i], &b.report.Results[i]
	var results []*sarif.Result
	add := func(kind, text string, about *finding.Reason) {
		other := b.result(i, kind, "none", text)
		var region *finding.Region
		if about != nil {
			region = about.Region
			addReason(other, about)
		}
		other.Locations = []*sarif.Location{b.location(region, "", nil)}
		if b.report.Baseline != nil {
			other.BaselineState = otherState(result)
		}
		results = append(results, other)
	}
	if result.Outcome == finding.Pass {
		add("pass", "The control passes: "+orElse(escape.Line(control.Title), control.ID), nil)
	}
	for _, gap := range b.gaps(i) {
		add("open", gap.text, gap.about)
	}
	list := func(kind string, reasons []finding.Reason) {
		for j := range reasons[:min(len(reasons), maxReasons)] {
			add(kind, b.style.Reason(control, &reasons[j], nil), &reasons[j])
		}
		if more := len(reasons) - maxReasons; more > 0 {
			add(kind, beyond(control, more), nil)
		}
	}
	list("notApplicable", result.NotApplicable)
	if result.Outcome == finding.NotApplicable && len(result.NotApplicable) == 0 {
		add("notApplicable", "The control has no subject in this tenant.", nil)
	}
	list("informational", result.Notes)
	return results
}

func (b *builder) result(i int, kind, level, text string) *sarif.Result {
	control := &b.report.Controls[i]
	return &sarif.Result{
		PropertyBag: properties(sarif.Properties{
			"outcome":  string(b.report.Results[i].Outcome),
			"severity": string(control.Severity),
		}),
		RuleID: ptr(control.ID), RuleIndex: ptr(uint(i)),
		Kind: ptr(kind), Level: ptr(level),
		Message: *sarif.NewTextMessage(message(text)),
	}
}
