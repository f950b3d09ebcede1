package engine_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/collectors/snapshot"
	house "github.com/seed-07732396/postern/policies"
	"github.com/seed-07732396/postern/policies/access"
	"github.com/seed-07732396/postern/policies/engine"
)

func writtenInput(t testing.TB, judge *engine.Engine, in engine.Input) object {
	t.Helper()
	var out bytes.Buffer
	if err := judge.WriteInput(context.Background(), &out, in); err != nil {
		t.Fatal(err)
	}
	var written object
	if err := json.Unmarshal(out.Bytes(), &written); err != nil {
		t.Fatal(err)
	}
	return written
}

// TestPlainOPAJudgesTheWrittenInputAlike lets OPA judge the file that is written for
// it: the same controls must say the same of the same mailboxes as a check does, in
// the tenants of testdata and in others.
func TestPlainOPAJudgesTheWrittenInputAlike(t *testing.T) {
	judge := load(t, houseOptions())
	p := newPlain(t, house.FS(), judge.Controls())
	inputs := map[string]engine.Input{}
	for _, path := range tenantPaths(t) {
		inputs[filepath.Base(filepath.Dir(path))] = engine.Input{
			Read: func(visit func(*snapshot.Record) error) (*snapshot.Document, error) {
				return snapshot.ReadFile(path, visit)
			},
			Declarations: engine.DefaultDeclarations(), SnapshotURI: "snapshot.json", FailOn: "low",
		}
	}
	for seed := range uint64(2) {
		document, declared := randomTenant(t, 200+seed, 60)
		in := input(t, document)
		in.Declarations = declared
		inputs[fmt.Sprint("seed=", seed)] = in
	}
	compared, lines := 0, 0
	for name, in := range inputs {
		t.Run(name, func(t *testing.T) {
			in.Access = access.NewGathering(access.Options{})
			c, l := sameAsOPA(t, name, p, writtenInput(t, judge, in), check(t, judge, in))
			compared, lines = compared+c, lines+l
		})
	}
	t.Logf("%d controls compared, %d lines", compared, lines)
	if compared < len(inputs)*len(judge.Controls())/2 || lines < 500 {
		t.Errorf("only %d controls were compared, which said %d lines", compared, lines)
	}
}

// TestWrittenInputIsTheSnapshotAndWhatIsLaidOn expects every part of the snapshot as
// it is, all mailboxes with their names, and declarations from the configuration
// alone.
func TestWrittenInputIsTheSnapshotAndWhatIsLaidOn(t *testing.T) {
	document, declared := randomTenant(t, 1, 20)
	boxes := document["mailboxes"].([]any)
	declared.BreakGlass = []engine.Account{{ID: boxes[3].(object)["id"].(string)}}
	boxes[5].(object)["declared"] = []any{"break_glass"} // nobody declares themselves
	in := input(t, document)
	in.Declarations, in.Access = declared, access.NewGathering(access.Options{})
	written := writtenInput(t, load(t, houseOptions()), in)

	delete(boxes[5].(object), "declared")
	boxes[3].(object)["declared"] = []any{"break_glass"}
	for _, part := range []string{"config", "moments", "access"} {
		if _, ok := written[part].(object); !ok {
			t.Errorf("the input lacks %s", part)
		}
		delete(written, part)
	}
	want := clone(document)
	if diff := cmp.Diff(want, written); diff != "" {
		t.Errorf("the input (-snapshot +written):\n%s", diff)
	}
}

// TestWrittenInputCompletesEmergencyAccounts expects in config what their mailboxes
// tell of them, as a check has it.
func TestWrittenInputCompletesEmergencyAccounts(t *testing.T) {
	document, declared := randomTenant(t, 1, 20)
	box := document["mailboxes"].([]any)[3].(object)
	box["user_principal_name"] = "glass@example.onmicrosoft.com"
	declared.BreakGlass = []engine.Account{{UserPrincipalName: "GLASS@example.onmicrosoft.com"}}
	in := input(t, document)
	in.Declarations, in.Access = declared, access.NewGathering(access.Options{})
	written := writtenInput(t, load(t, houseOptions()), in)
	account := written["config"].(object)["break_glass"].([]any)[0].(object)
	if account["id"] != box["id"] {
		t.Errorf("the account is %v, its mailbox %v", account, box["id"])
	}
}

func TestWrittenInputFailsInTheOpen(t *testing.T) {
	judge := load(t, houseOptions())
	document, declared := randomTenant(t, 1, 5)
	good := input(t, document)
	good.Declarations, good.Access = declared, access.NewGathering(access.Options{})
	for name, c := range map[string]struct {
		change func(*engine.Input)
		want   string
	}{
		"no snapshot":  {func(in *engine.Input) { in.Read = nil }, "no snapshot"},
		"no access":    {func(in *engine.Input) { in.Access = nil }, "who can reach the mail"},
		"declarations": {func(in *engine.Input) { in.Declarations.AccessTokenHours = -1 }, "access_token_hours"},
		"facts":        {func(in *engine.Input) { in.Access = &accessStub{bad: errors.New("it broke")} }, "it broke"},
	} {
		in := good
		c.change(&in)
		if err := judge.WriteInput(context.Background(), new(bytes.Buffer), in); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: the error is %v", name, err)
		}
	}
	if err := judge.WriteInput(context.Background(), full{}, good); !errors.Is(err, errFull) {
		t.Errorf("a full disk: %v", err)
	}
	canceled, cancel := context.WithCancel(context.Background())
	cancel()
	if err := judge.WriteInput(canceled, new(bytes.Buffer), good); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
}

var errFull = errors.New("no space left")

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

// TestWrittenInputIsTheSameTwice expects the same bytes for the same snapshot.
func TestWrittenInputIsTheSameTwice(t *testing.T) {
	document, declared := randomTenant(t, 2, 30)
	judge := load(t, houseOptions())
	var texts [][]byte
	for range 2 {
		in := input(t, document)
		in.Declarations, in.Access = declared, access.NewGathering(access.Options{})
		var out bytes.Buffer
		if err := judge.WriteInput(context.Background(), &out, in); err != nil {
			t.Fatal(err)
		}
		texts = append(texts, out.Bytes())
	}
	if !slices.Equal(texts[0], texts[1]) {
		t.Error("two inputs of one snapshot differ")
	}
}
