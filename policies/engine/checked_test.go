package engine_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/access"
	"github.com/seed-07732396/postern/policies/engine"
)

// TestCheckedControlsJudgeAlike: an engine that does not look for mistakes again
// says the same of every tenant, byte by byte.
func TestCheckedControlsJudgeAlike(t *testing.T) {
	options := houseOptions()
	judge := load(t, options)
	options.Checked = true
	checked := load(t, options)
	for _, path := range tenantPaths(t) {
		in := engine.Input{
			Read: func(visit func(*snapshot.Record) error) (*snapshot.Document, error) {
				return snapshot.ReadFile(path, visit)
			},
			Declarations: engine.DefaultDeclarations(), SnapshotURI: "snapshot.json", FailOn: "low",
		}
		in.Access = access.NewGathering(access.Options{})
		want := reportText(t, judge, in)
		in.Access = access.NewGathering(access.Options{})
		if reportText(t, checked, in) != want {
			t.Errorf("%s: the reports differ", path)
		}
	}
}

// TestCheckedControlsSeeAlike: what an engine leaves out that does not look for
// mistakes changes nothing of what controls see.
func TestCheckedControlsSeeAlike(t *testing.T) {
	options := houseOptions()
	want := load(t, options).Views()
	options.Checked = true
	got := load(t, options)
	if len(want) < 30 {
		t.Fatalf("%d controls", len(want))
	}
	if diff := cmp.Diff(want, got.Views()); diff != "" {
		t.Error(diff)
	}
}

// TestOwnControlsAreNeverTakenAsChecked: a mistake that only OPA's compiler finds.
func TestOwnControlsAreNeverTakenAsChecked(t *testing.T) {
	for rule, want := range map[string]string{
		"_sum := 1 + true":        "invalid argument",
		"_unused(x) := 1":         "unused",
		"_twice(x) := _twice(x)":  "recursive",
		"_empty := no_such_thing": "no_such_thing",
	} {
		own := folder(t, "a.rego", strings.Replace(ownControl, "violations contains", rule+"\n\nviolations contains", 1), "lib.rego", ownLibrary)
		_, err := engine.New(engine.Options{Policies: policies(controlFile, aControl), Checked: true, Own: []string{own}})
		expectAt(t, err, filepath.Join(own, "a.rego"), 0, want)
	}
}
