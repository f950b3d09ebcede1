package engine

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/population"
)

// Waivers decides which violations an organisation lives with for now. The engine
// knows neither the decisions nor where they come from: it shows who the mailboxes
// are, hands over what was found, and lets the controls that need it judge the
// facts that come back, which they see as input.waivers.
type Waivers interface {
	// See is shown who each mailbox is, in the order of the file. It starts again with
	// index 0 where the file has to be read twice.
	See(index int, who population.Identity)
	// Waive marks violations of the report, and splits those that are waived for some
	// of their members. The report holds all controls but those that need the facts.
	Waive(report *finding.Report, mailboxes Mailboxes) (jsontext.Value, error)
	// Members lists who an entry of the facts is about, nil for nobody.
	Members(entry int) *finding.Members
}

// Mailboxes are those of the snapshot that was judged, in classes.
type Mailboxes struct {
	// Document is the rest of the snapshot.
	Document *snapshot.Document
	Classes  *population.Classes
	Source   population.Source
}

// waiversPart is the part of the input that Waivers gives. It is a need like any
// other, as a whole.
const waiversPart = "waivers"

// readsWaivers reports whether a control declares the facts about waivers. Such
// controls are judged when all others have been.
func readsWaivers(c *finding.Control) bool {
	return slices.Contains(c.Needs, waiversPart) || slices.Contains(c.Optional, waiversPart)
}

// isDerived reports whether a need is for facts that come from elsewhere than the
// snapshot.
func isDerived(need string) bool { return need == accessPart || need == waiversPart }

// waive hands what was found so far to Waivers, and puts what came of it in the
// place of it. The facts are nil where there are no waivers.
func (j *judgement) waive(in *Input, r *finding.Report) (*ast.Term, error) {
	if in.Waivers == nil {
		return nil, nil
	}
	early := *r
	early.Controls, early.Results = nil, nil
	var places []int
	for i := range r.Controls {
		if !readsWaivers(&r.Controls[i]) {
			early.Controls, early.Results = append(early.Controls, r.Controls[i]), append(early.Results, r.Results[i])
			places = append(places, i)
		}
	}
	raw, err := in.Waivers.Waive(&early, Mailboxes{Document: j.doc, Classes: j.crowd.classes, Source: j.crowd.source})
	if err != nil {
		return nil, fmt.Errorf("check: apply the waivers: %w", err)
	}
	for k, i := range places {
		r.Results[i] = early.Results[k]
	}
	r.Waivers = early.Waivers
	facts, err := newReader().read(raw, nil)
	if err != nil {
		return nil, fmt.Errorf("check: read the facts about the waivers: %w", err)
	}
	return facts, nil
}

// waived adds to a violation of an entry of the facts whom it is about. An entry has
// no place in the snapshot.
func (j *judgement) waived(v *finding.Violation, at []string) {
	if j.waivers == nil || len(at) != 3 || at[0] != waiversPart {
		return
	}
	v.Region = nil
	if entry, err := strconv.Atoi(at[2]); err == nil {
		v.Members = j.waivers.Members(entry)
	}
}
