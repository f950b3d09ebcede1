package ghlint_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/seed-07732396/postern/reports/internal/reporttest"
	"github.com/seed-07732396/postern/reports/sarif"
	"github.com/seed-07732396/postern/reports/sarif/ghlint"
)

type object = map[string]any

// good is a file without a complaint, decoded.
func good(t *testing.T, options sarif.Options) object {
	t.Helper()
	var out bytes.Buffer
	if err := sarif.Write(&out, reporttest.Mixed(), options); err != nil {
		t.Fatal(err)
	}
	var doc object
	if err := json.Unmarshal(out.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

// find walks to a value by names and indexes.
func find(t *testing.T, value any, path ...any) object {
	t.Helper()
	for _, step := range path {
		switch step := step.(type) {
		case string:
			value = value.(object)[step]
		case int:
			value = value.([]any)[step]
		}
	}
	return value.(object)
}

// TestLintFinds spoils a good file in each way that the linter knows.
func TestLintFinds(t *testing.T) {
	run := []any{"runs", 0}
	rule := append(run, "tool", "driver", "rules", 0)
	result := append(run, "results", 0)
	physical := append(append([]any{}, result...), "locations", 0, "physicalLocation")
	artifact := append(append([]any{}, physical...), "artifactLocation")
	region := append(append([]any{}, physical...), "region")
	tests := []struct {
		name  string
		at    []any
		field string
		value any
		want  string
	}{
		{"version", nil, "version", "2.0.0", "version is"},
		{"schema", nil, "$schema", "", "$schema is"},
		{"no run", nil, "runs", []any{}, "0 runs"},
		{"null", result, "guid", nil, "/runs/0/results/0/guid is null"},
		{"no results", run, "results", "delete", "results is missing"},
		{"category", append(run, "automationDetails"), "id", "posture/x", "no category"},
		{"category with a space", append(run, "automationDetails"), "id", "a b/", "no category"},
		{"driver", append(run, "tool", "driver"), "name", "", "lacks its name"},
		{"execution", append(run, "invocations", 0), "executionSuccessful", "delete", "executionSuccessful is missing"},
		{"no reason", append(run, "invocations", 0), "toolExecutionNotifications", []any{}, "no notification says why"},
		{"successful error", append(run, "invocations", 0), "executionSuccessful", true, "in spite of an error"},
		{"rule id twice", rule, "id", "FED-003", "stands there twice"},
		{"rule name", rule, "name", "FED-001", "the name"},
		{"long title", append(rule, "shortDescription"), "text", strings.Repeat("x", 1025), "1025 characters"},
		{"no help", append(rule, "help"), "text", "", "no help.text"},
		{"help page", rule, "helpUri", "javascript:x", "helpUri"},
		{"precision", append(rule, "properties"), "precision", "exact", "precision"},
		{"problem", append(rule, "properties"), "problem.severity", "grave", "problem.severity"},
		{"default level", append(rule, "defaultConfiguration"), "level", "high", "default level"},
		{"score in words", append(rule, "properties"), "security-severity", "high", "no number"},
		{"score as a number", append(rule, "properties"), "security-severity", 8.0, "is no text"},
		{"score over ten", append(rule, "properties"), "security-severity", "11", "no number"},
		{"tags", append(rule, "properties"), "tags", []any{"a"}, "none of them security"},
		{"many tags", append(rule, "properties"), "tags", []any{"security", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"}, "11 tags"},
		{"equal tags", append(rule, "properties"), "tags", []any{"security", "security"}, "twice"},
		{"message", append(result, "message"), "text", "", "no message.text"},
		{"full stop", append(result, "message"), "text", "No stop", "full stop"},
		{"long message", append(result, "message"), "text", strings.Repeat("x", 1024) + ".", "1025 characters"},
		{"two lines", append(result, "message"), "text", "a\nb.", "not one line"},
		{"link", append(result, "message"), "text", "[a](https://evil.example).", "holds a link"},
		{"rule index", result, "ruleIndex", 0, "does not stand at its index"},
		{"kind", result, "kind", "failed", "the kind is"},
		{"level", result, "level", "high", "the level is"},
		{"pass with a level", result, "kind", "pass", "the kind is pass and the level error"},
		{"pass as an alert", result, "kind", "pass", "would be an open alert"},
		{"failure without a level", result, "level", "none", "a failure of the level none"},
		{"rank", result, "rank", -1, "the rank"},
		{"one suppression", result, "suppressions", []any{}, "all or none"},
		{"suppressed alert", result, "suppressions", []any{object{"kind": "external"}}, "what is suppressed"},
		{"no location", result, "locations", []any{}, "no location"},
		{"logical only", append(result, "locations", 0), "physicalLocation", "delete", "no physical location"},
		{"many locations", result, "relatedLocations", make1001(), "1001 related"},
		{"no URI", artifact, "uri", "", "no URI"},
		{"scheme", artifact, "uri", "arn:aws:x", "has a scheme"},
		{"absolute", artifact, "uri", "https://x/y", "has a scheme"},
		{"root", artifact, "uri", "/etc/passwd", "leaves the repository"},
		{"climbing", artifact, "uri", "a/../../b", "leaves the repository"},
		{"space", artifact, "uri", "a b", "must be escaped"},
		{"fragment", artifact, "uri", "a#b", "more than a path"},
		{"bad escape", artifact, "uri", "a%zz", "is none"},
		{"undefined base", artifact, "uriBaseId", "ROOT", "the base ROOT"},
		{"no region", physical, "region", "delete", "no region"},
		{"three numbers", region, "endColumn", "delete", "four numbers"},
		{"backwards", region, "endLine", 1, "ends before it starts"},
		{"byte offset", region, "byteOffset", -1, "byteOffset"},
		{"no hash", append(result, "partialFingerprints"), "primaryLocationLineHash", "", "no primaryLocationLineHash"},
		{"fingerprint's name", append(result, "partialFingerprints"), "a/b", "x", "DefectDojo refuses"},
		{"empty flow", append(result, "codeFlows", 0, "threadFlows", 0), "locations", []any{}, "a flow of 0 steps"},
		{"notification's rule", append(run, "invocations", 0, "toolExecutionNotifications", 0, "associatedRule"), "id", "X", "does not stand at its index"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			doc := good(t, sarif.Options{})
			target := find(t, doc, test.at...)
			if test.value == "delete" {
				delete(target, test.field)
			} else {
				target[test.field] = test.value
			}
			complaints := strings.Join(lint(t, doc, true), "\n")
			if !strings.Contains(complaints, test.want) {
				t.Errorf("complaints %q, want one with %q", complaints, test.want)
			}
		})
	}
}

func make1001() []any {
	list := make([]any, 1001)
	for i := range list {
		list[i] = object{"physicalLocation": object{"artifactLocation": object{"uri": "a"}}}
	}
	return list
}

func lint(t *testing.T, doc object, codeScanning bool) []string {
	t.Helper()
	data, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return ghlint.Lint(data, codeScanning)
}

func TestLintFindsEqualRunsAndAlerts(t *testing.T) {
	doc := good(t, sarif.Options{})
	runs := doc["runs"].([]any)
	doc["runs"] = append(runs, runs[0])
	run := runs[0].(object)
	results := run["results"].([]any)
	run["results"] = append(results, results[0])
	complaints := strings.Join(lint(t, doc, true), "\n")
	for _, want := range []string{"two runs of one tool and category", "two results are one alert"} {
		if !strings.Contains(complaints, want) {
			t.Errorf("complaints %q, want one with %q", complaints, want)
		}
	}
}

func TestLintTakesGoodFiles(t *testing.T) {
	for _, complaint := range lint(t, good(t, sarif.Options{}), true) {
		t.Error(complaint)
	}
	full := good(t, sarif.Options{Profile: sarif.Full})
	for _, complaint := range lint(t, full, false) {
		t.Error(complaint)
	}
	if len(lint(t, full, true)) == 0 {
		t.Error("the full profile is taken for alerts")
	}
	if len(ghlint.Lint([]byte("{"), true)) == 0 {
		t.Error("what is no JSON is taken")
	}
}
