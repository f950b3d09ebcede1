package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestDiffJudgesAsCheckDoesWithABaseline: both ask of the later snapshot whether
// sessions were revoked since the rules of the earlier one came to admit what they do,
// wherever the rules stand, and however many mailboxes stand in front of them.
func TestDiffJudgesAsCheckDoesWithABaseline(t *testing.T) {
	spotless, err := os.ReadFile(filepath.Join("..", "..", "testdata", "tenants", "spotless", "snapshot.json"))
	if err != nil {
		t.Fatal(err)
	}
	type rule = map[string]any
	rules := map[string]struct {
		change func(rule)
		want   string
	}{
		"nothing changed":     {func(rule) {}, "pass"},
		"a rule was renamed":  {func(r rule) { r["name"], r["lastUpdated"] = "Board", "2026-11-24T09:52:40Z" }, "pass"},
		"a rule was moved":    {func(r rule) { r["priority"] = 5 }, "unknown"},
		"a rule admits other": {func(r rule) { r["priority"], r["lastUpdated"] = 5, "2026-11-24T09:52:40Z" }, "fail"},
	}
	for name, test := range rules {
		for _, behind := range []string{"", "okta"} {
			t.Run(name+", behind the mailboxes: "+behind, func(t *testing.T) {
				folder := t.TempDir()
				old, later := filepath.Join(folder, "old.json"), filepath.Join(folder, "new.json")
				write := func(path, collected string, change func(rule)) {
					if err := os.WriteFile(path, moved(t, crowded(t, spotless, collected, change), behind), 0o600); err != nil {
						t.Fatal(err)
					}
				}
				write(old, "2026-11-20T08:00:00Z", func(rule) {})
				write(later, "2026-11-27T08:00:00Z", test.change)

				var judged struct {
					Results []struct{ Outcome string }
				}
				ask(t, &judged, "check", later, "--baseline", old, "--only", "TOKEN-001", "-f", "json")
				if len(judged.Results) != 1 || judged.Results[0].Outcome != test.want {
					t.Fatalf("check says %+v, want %s", judged.Results, test.want)
				}
				var diff struct {
					Changes []struct{ Area, Text string }
				}
				ask(t, &diff, "diff", old, later, "-f", "json")
				told := "pass"
				for _, c := range diff.Changes {
					switch {
					case c.Area != "findings" || !strings.Contains(c.Text, "TOKEN-001"):
					case strings.HasPrefix(c.Text, "new finding"):
						told = "fail"
					default:
						told = c.Text
					}
				}
				if test.want == "unknown" && strings.Contains(told, "was pass, is unknown") {
					told = "unknown"
				}
				if told != test.want {
					t.Errorf("diff says %s, check %s: %+v", told, test.want, diff.Changes)
				}
			})
		}
	}
}

// crowded is a snapshot of another time with more mailboxes than the census keeps of
// one side, and a change of one of Okta's rules.
func crowded(t *testing.T, text []byte, collected string, change func(rule map[string]any)) []byte {
	t.Helper()
	var document map[string]any
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&document); err != nil {
		t.Fatal(err)
	}
	document["collected_at"] = collected
	rules := document["okta"].(map[string]any)["access_policy_rules"].(map[string]any)
	changed := 0
	for _, list := range rules {
		for _, one := range list.([]any) {
			if rule := one.(map[string]any); rule["id"] == "ruly9uOw4gYCqhMT95d7" {
				changed++
				change(rule)
			}
		}
	}
	if changed != 1 {
		t.Fatalf("%d rules were changed", changed)
	}
	user := document["mailboxes"].([]any)[1].(map[string]any)
	var boxes []any
	for i := range 1000 {
		box := map[string]any{}
		for key, value := range user {
			box[key] = value
		}
		box["id"] = fmt.Sprintf("00000000-0000-4000-8000-%012d", i)
		boxes = append(boxes, box)
	}
	document["mailboxes"] = boxes
	out, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// ask runs postern and decodes what it says. It fails where that takes for ever.
func ask(t *testing.T, into any, args ...string) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	var stdout, stderr bytes.Buffer
	done := make(chan int, 1)
	go func() {
		done <- run(ctx, slices.Concat(args, []string{"--quiet"}), streams{
			in: strings.NewReader(""), out: &stdout, err: &stderr, getenv: func(string) string { return "" }, version: "test",
		})
	}()
	select {
	case code := <-done:
		if code == exitFailed || code == exitUsage {
			t.Fatalf("%v: exit %d: %s", args, code, stderr.String())
		}
	case <-time.After(time.Minute):
		t.Fatalf("%v does not end", args)
	}
	if err := json.Unmarshal(stdout.Bytes(), into); err != nil {
		t.Fatal(err)
	}
}
