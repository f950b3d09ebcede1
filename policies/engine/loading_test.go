package engine_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/engine"
)

// TestJudgeWhileLoading: what is read while the controls load is judged as by an
// engine that was there before, however often.
func TestJudgeWhileLoading(t *testing.T) {
	document := aSnapshot()
	document["exchange"].(object)["organization_config"].(object)["OAuth2ClientProfileEnabled"] = false
	options := engine.Options{Policies: policies(populationFile, aPopulation, controlFile, aControl)}
	want := reportText(t, load(t, options), input(t, document))
	for _, checked := range []bool{false, true} {
		options.Checked = checked
		loading := engine.Start(options)
		for range 2 {
			if got := reportText(t, loading, input(t, document)); got != want {
				t.Errorf("checked %v: the reports differ:\n%s\n%s", checked, got, want)
			}
		}
		if _, err := loading.Engine(); err != nil {
			t.Error(err)
		}
	}
}

// TestLoadingThatFails: a snapshot without end is read no further when there are no
// controls to judge it, and what is wrong with them is said first.
func TestLoadingThatFails(t *testing.T) {
	sound := policies(controlFile, aControl)
	text, err := json.Marshal(aSnapshot())
	if err != nil {
		t.Fatal(err)
	}
	for name, options := range map[string]engine.Options{
		"no policies":  {},
		"wrong name":   {Policies: sound, Only: []string{"NOSUCH-001"}},
		"wrong rule":   {Policies: policies(controlFile, edited(t, aControl, "value != true", "value != tru"))},
		"no folder":    {Policies: sound, Own: []string{"/no/such/folder"}},
		"no such part": {Policies: sound, AccessSchema: []byte("{")},
	} {
		t.Run(name, func(t *testing.T) {
			_, want := engine.New(options)
			if want == nil {
				t.Fatal("the controls load")
			}
			in := input(t, aSnapshot())
			in.Read = func(visit func(*snapshot.Record) error) (*snapshot.Document, error) {
				for {
					if _, err := snapshot.Read("snapshot.json", bytes.NewReader(text), visit); err != nil {
						return nil, err
					}
				}
			}
			loading := engine.Start(options)
			_, err := loading.Check(context.Background(), in)
			if err == nil || err.Error() != want.Error() {
				t.Errorf("the error is %v, not %v", err, want)
			}
		})
	}
}

// TestLoadingOfASnapshotThatFails: the snapshot's own error comes back where the
// controls load.
func TestLoadingOfASnapshotThatFails(t *testing.T) {
	broken := errors.New("the disk is gone")
	in := input(t, aSnapshot())
	in.Read = func(func(*snapshot.Record) error) (*snapshot.Document, error) { return nil, broken }
	_, err := engine.Start(engine.Options{Policies: policies(controlFile, aControl)}).Check(context.Background(), in)
	if !errors.Is(err, broken) {
		t.Errorf("the error is %v", err)
	}
}
