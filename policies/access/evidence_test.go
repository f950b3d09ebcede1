package access_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/policies/access"
	"github.com/seed-07732396/postern/policies/finding"
)

// asObject reads a tenant's snapshot as plain JSON.
func asObject(t *testing.T, name string) obj {
	t.Helper()
	var document obj
	if err := json.Unmarshal(tenantText(t, name), &document); err != nil {
		t.Fatal(err)
	}
	return document
}

// without takes what a line of the ledger fills away, and the line.
func withoutLine(t *testing.T, document obj, name string) obj {
	t.Helper()
	text, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	var changed obj
	if err := json.Unmarshal(text, &changed); err != nil {
		t.Fatal(err)
	}
	collection := changed["collection"].(map[string]any)
	var kept []any
	for _, line := range collection["resources"].([]any) {
		resource := line.(map[string]any)
		if resource["name"] != name {
			kept = append(kept, line)
			continue
		}
		for _, path := range resource["paths"].([]any) {
			remove(changed, strings.Split(path.(string), "."))
		}
	}
	collection["resources"] = kept
	return changed
}

func remove(value any, path []string) {
	object, ok := value.(map[string]any)
	if !ok {
		return
	}
	name, list := strings.CutSuffix(path[0], "[]")
	switch {
	case len(path) == 1:
		delete(object, name)
	case list:
		items, _ := object[name].([]any)
		for _, item := range items {
			remove(item, path[1:])
		}
	default:
		remove(object[name], path[1:])
	}
}

// TestEvidenceIsAllThatDoorsRestOn takes each resource away: what is not among
// Evidence must not move any door, and each that is must move some door somewhere.
func TestEvidenceIsAllThatDoorsRestOn(t *testing.T) {
	moved := map[string]bool{}
	names := map[string]bool{}
	for _, tenant := range []string{"demo", "half_done", "neglected", "shipped_default"} {
		document := asObject(t, tenant)
		doors := doorsOf(t, document)
		for _, line := range document["collection"].(map[string]any)["resources"].([]any) {
			name := line.(map[string]any)["name"].(string)
			names[name] = true
			same := cmp.Equal(doors, doorsOf(t, withoutLine(t, document, name)))
			if !same {
				moved[name] = true
			}
			if !same && !slices.Contains(access.Evidence(), name) {
				t.Errorf("%s: doors change without %s, which is not among the evidence", tenant, name)
			}
		}
	}
	for _, name := range access.Evidence() {
		switch {
		case !names[name]:
			t.Errorf("no ledger has %s", name)
		case !moved[name] && !slices.Contains(silent(), name):
			t.Errorf("no door of any tenant rests on %s", name)
		}
	}
}

// silent are resources that matter only beside what these tenants do not have:
// whether a directory is synchronised where hashes are said not to be, a policy that
// names roles, no Conditional Access beside security defaults, an org whose address
// and engine are not known otherwise.
func silent() []string {
	return []string{"entra.organization", "entra.role_members", "entra.security_defaults", "okta.organization"}
}

// doorsOf lists how every door of every mailbox ends and why.
func doorsOf(t *testing.T, document obj) []string {
	t.Helper()
	text, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	s := surveyOf(t, text, access.SurveyOptions{})
	var list []string
	for i := range s.Result.Doors {
		d := &s.Result.Doors[i]
		var reasons []string
		for _, r := range d.Reasons {
			reasons = append(reasons, r.Sentence())
		}
		list = append(list, fmt.Sprint(d.Protocol, d.Method, d.Outcome, d.Mailboxes, d.First, d.Locks, d.Via, reasons))
	}
	return list
}

// TestAccessMatrixIsTheMatrix expects the plain matrix to say what the result says,
// in a form that a report may carry.
func TestAccessMatrixIsTheMatrix(t *testing.T) {
	for _, asPublished := range []bool{false, true} {
		s := surveyOf(t, tenantText(t, "neglected"), access.SurveyOptions{Options: access.Options{AsPublished: asPublished}})
		m := s.Result.AccessMatrix()
		if m.AsPublished != asPublished || m.Mailboxes != s.Result.Mailboxes || m.LeftOut["system_mailbox"] != 1 {
			t.Errorf("%+v", m)
		}
		for i, c := range s.Result.Matrix() {
			cell := m.Cells[i]
			got, ok := m.Cell(string(c.Protocol), string(c.Method))
			if !ok || !cmp.Equal(got, cell) || cell.Worst != finding.AccessOutcome(c.Worst) || len(cell.Counts) != len(c.Counts) {
				t.Errorf("%s by %s: %+v, want %+v", c.Protocol, c.Method, cell, c)
			}
			sum := 0
			for j, n := range cell.Counts {
				sum += n.Mailboxes
				if n.Outcome != finding.AccessOutcome(c.Counts[j].Outcome) || n.Mailboxes != c.Counts[j].Mailboxes {
					t.Errorf("%s by %s: %+v, want %+v", c.Protocol, c.Method, cell, c)
				}
			}
			if sum != m.Mailboxes {
				t.Errorf("%s by %s counts %d of %d mailboxes", c.Protocol, c.Method, sum, m.Mailboxes)
			}
		}
		report := finding.Report{Version: finding.Version, FailOn: "low", Access: m, Snapshot: finding.SnapshotInfo{URI: "snapshot.json", SHA256: s.Document.SHA256, CollectedAt: "2026-09-01T00:00:00Z"}}
		if err := report.Validate(); err != nil {
			t.Error(err)
		}
	}
}

// TestCountAsksAboutEachMailbox expects every mailbox with doors to be counted once.
func TestCountAsksAboutEachMailbox(t *testing.T) {
	s := surveyOf(t, tenantText(t, "demo"), access.SurveyOptions{})
	if n := s.Count(func([]access.Outcome) bool { return true }); n != s.Result.Mailboxes {
		t.Errorf("counted %d of %d", n, s.Result.Mailboxes)
	}
	at := slices.Index(access.Protocols(), access.SMTP) * len(access.Methods())
	want, _ := s.Result.AccessMatrix().Cell("smtp", "basic")
	n := s.Count(func(list []access.Outcome) bool { return list[at] == access.Open })
	if want.Worst != finding.AccessOpen || n != want.Counts[0].Mailboxes {
		t.Errorf("counted %d, the matrix has %+v", n, want)
	}
}

// TestFirstNamesWhoeverADoorPointsAt expects a name for the first of every door.
func TestFirstNamesWhoeverADoorPointsAt(t *testing.T) {
	s := surveyOf(t, tenantText(t, "demo"), access.SurveyOptions{})
	text := string(tenantText(t, "demo"))
	for i := range s.Result.Doors {
		first := s.Result.Doors[i].First
		who, ok := s.First(first)
		region, located := s.Document.Locate(fmt.Sprintf("/mailboxes/%d", first))
		if !ok || !located {
			t.Fatalf("nobody at %d", first)
		}
		if line := strings.Split(text, "\n")[region.StartLine-1]; !strings.Contains(line, `"id":"`+who.ID+`"`) {
			t.Errorf("%d is %s, the file has %s", first, who.ID, line)
		}
	}
}
