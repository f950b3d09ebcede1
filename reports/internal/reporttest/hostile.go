package reporttest

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/seed-07732396/postern/policies/finding"
)

// HostileText is a text that some reader would act on instead of showing it.
type HostileText struct{ Name, Text string }

// HostileTexts is one text for each way to harm a reader.
func HostileTexts() []HostileText {
	return []HostileText{
		{"terminal", "\x1b]0;owned\x07\x1b[2J\x1b[31m\u009b2J\r\b\x7f\x00"},
		{"lines", "a\nb\r\nc\u2028d\u2029e\vf\fg\u0085h"},
		{"direction", "\u202egnp.exe\u2066x\u2069\u200f\u061c"},
		{"unseen", "adm\u200bin\ufeff\u00ad\u2060\U000e0041"},
		{"html", `"><script>alert(1)</script><img src=x onerror=alert(1)>&lt;!-- --></code></details>`},
		{"xml", "]]></failure><testcase/><!-- &#0; \ufffe\uffff &amp;"},
		{"markdown", "|a|\n|-|\n[x](https://evil.example) ![y](z) `code` ``` ~~~ **b** @octocat #1 $x$ <!--"},
		{"backticks", "`````\n```\n`"},
		{"formula", "=HYPERLINK(\"https://evil.example\")"},
		{"formula behind a separator", "x;=1+1\t+2"},
		{"github command", "  ::stop-commands::y ::add-mask::x ::error file=a,line=1::b ##[add-mask]x"},
		{"azure command", "##vso[task.setvariable variable=PATH]x ###[section]"},
		{"embedded link", "[click](https://evil.example) [1](2) {0} {{1}} {members} {name}"},
		{"uri", "file:///etc/passwd?a=b#c"},
		{"address", "https://evil.example_>]https://evil.example"},
		{"path", `..\..\C:\x y/%2e%2e//z`},
		{"not utf-8", "a\xff\xfe\xc3\x28\xed\xa0\x80z"},
		{"long", strings.Repeat("long ", 2000)},
		{"long word", strings.Repeat("x", 10_000)},
		{"wide", strings.Repeat("漢字", 100)},
	}
}

// fixed are the fields that hold no free text: the contract says what they hold.
var fixed = []string{
	"Control.ID", "Control.Severity", "Control.Step", "Result.Control", "Result.Outcome",
	"Violation.Key", "Violation.Fingerprint", "TraceStep.Key", "Reason.Key",
	"SnapshotInfo.SHA256", "SnapshotInfo.CollectedAt", "LedgerEntry.Status", "Report.FailOn",
	"Violation.State", "Violation.PartOf", "Waiver.Expires", "Result.Before", "Waivers.AsOf", "WaiverStatus.State",
}

// Hostile is the mixed report with a text in every place that can hold one:
// before and behind each name, argument, sentence and path.
func Hostile(text string) *finding.Report { return hostile(Mixed(), text) }

// HostileDrift is the same of the report with waivers and a baseline.
func HostileDrift(text string) *finding.Report { return hostile(Drift(), text) }

func hostile(r *finding.Report, text string) *finding.Report {
	poison(reflect.ValueOf(r).Elem(), text)
	members := r.Results[3].Violations[0].Members.First(12)
	for i := range members {
		poison(reflect.ValueOf(&members[i]).Elem(), text)
	}
	r.Results[3].Violations[0].Members = finding.ListMembers("mailbox", members)
	return r
}

func poison(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() && v.Type() != reflect.TypeFor[*finding.Members]() {
			poison(v.Elem(), text)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if !slices.Contains(fixed, v.Type().Name()+"."+v.Type().Field(i).Name) {
				poison(v.Field(i), text)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			poison(v.Index(i), text)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			value := v.MapIndex(key)
			if value.Kind() == reflect.Interface {
				value = value.Elem()
			}
			if value.Kind() == reflect.String {
				v.SetMapIndex(key, reflect.ValueOf(text+value.String()+text))
			}
		}
	case reflect.String:
		if v.CanSet() && v.String() != "" {
			v.SetString(text + v.String() + text)
		}
	}
}

// CheckText fails the test if an output is not UTF-8, or holds a character that
// steers a terminal, turns the direction of writing or cannot be seen, or what
// a build system takes for a command. Newlines are allowed, and a carriage
// return before one.
func CheckText(t *testing.T, out []byte) {
	t.Helper()
	if !utf8.Valid(out) {
		t.Error("the output is not UTF-8")
	}
	text := strings.ReplaceAll(string(out), "\r\n", "\n")
	for i, r := range text {
		if r == '\n' || r == '\u200c' || r == '\u200d' {
			continue
		}
		if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) || r&0xFFFE == 0xFFFE {
			t.Fatalf("the output holds %U: %q", r, excerpt(text, i))
		}
	}
	for _, command := range []string{"##[", "##vso["} {
		if i := strings.Index(text, command); i >= 0 {
			t.Fatalf("the output holds a build system's command: %q", excerpt(text, i))
		}
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(strings.TrimSpace(line), "::") {
			t.Fatalf("the output holds a workflow command: %q", excerpt(line, 0))
		}
	}
}

func excerpt(text string, i int) string { return text[max(0, i-40):min(len(text), i+40)] }
