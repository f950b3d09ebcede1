package engine_test

import (
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/engine"
	"github.com/seed-07732396/postern/policies/finding"
)

// TestAttestedEvidenceCountsAndIsNamed lays a section over a document that does not
// have the evidence: the control is judged by it, passed or failed, and its result
// says that it rests on somebody's word.
func TestAttestedEvidenceCountsAndIsNamed(t *testing.T) {
	document := aSnapshot()
	document["exchange"] = object{}
	setLine(document, line("exchange.organization_config", "skipped", "exchange.organization_config"))
	judge := load(t, engine.Options{Policies: policies(controlFile, aControl)})
	in := input(t, document)
	if got := check(t, judge, in).Results[0].Outcome; got != finding.Unknown {
		t.Fatalf("without the attestation it is %s", got)
	}
	plain := in.Read
	for laid, want := range map[string]finding.Outcome{
		`{"organization_config":{"OAuth2ClientProfileEnabled":true}}`:  finding.Pass,
		`{"organization_config":{"OAuth2ClientProfileEnabled":false}}`: finding.Fail,
	} {
		in.Read = func(visit func(*snapshot.Record) error) (*snapshot.Document, error) {
			doc, err := plain(visit)
			if err != nil {
				return nil, err
			}
			if !doc.LayOver("exchange", jsontext.Value(laid)) {
				t.Error("there is nothing to lay it over")
			}
			for i := range doc.Collection.Resources {
				if r := &doc.Collection.Resources[i]; r.Name == "exchange.organization_config" {
					r.Status, r.Message = snapshot.Attested, "By A on 2026-11-01."
				}
			}
			return doc, nil
		}
		report := check(t, judge, in)
		r := report.Results[0]
		if r.Outcome != want || len(r.Unknowns) > 0 {
			t.Errorf("%s: %s, %+v", laid, r.Outcome, r.Unknowns)
		}
		var said []string
		for _, note := range r.Notes {
			said = append(said, note.Key+" "+note.Source+": "+report.Controls[0].Sentence(note.Key, note.Args, 0, ""))
		}
		sentence := "attested exchange.organization_config: Attested by a person and not read: exchange.organization_config. By A on 2026-11-01."
		if diff := cmp.Diff([]string{sentence}, said); diff != "" {
			t.Errorf("%s:\n%s", laid, diff)
		}
		// What was laid over stands in no file: the nearest place that does is shown.
		for _, v := range r.Violations {
			if v.RestsOn == nil || v.RestsOn.Key != "attested" {
				t.Errorf("the violation does not say what it rests on: %+v", v.RestsOn)
			}
			if v.Pointer != "/exchange" || v.Region == nil {
				t.Errorf("the violation stands at %q %v", v.Pointer, v.Region)
			}
		}
		if status := report.Ledger[0].Status; status != "attested" {
			t.Errorf("the report's ledger says %s", status)
		}
	}
}

// TestCollectedEvidenceIsNotCalledAttested is for the notes of everybody else.
func TestCollectedEvidenceIsNotCalledAttested(t *testing.T) {
	judge := load(t, engine.Options{Policies: policies(controlFile, aControl)})
	if notes := check(t, judge, input(t, aSnapshot())).Results[0].Notes; len(notes) > 0 {
		t.Errorf("notes: %+v", notes)
	}
}
