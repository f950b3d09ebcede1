package runbook_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/impact"
	"github.com/seed-07732396/postern/policies/plan"
	"github.com/seed-07732396/postern/reports/internal/reporttest"
	"github.com/seed-07732396/postern/reports/runbook"
)

// full is a plan with every kind of change, and the given text wherever a tenant's
// text can stand.
func full(t *testing.T, text string) *plan.Plan {
	t.Helper()
	value, err := jsontext.AppendQuote(nil, mean(text))
	if err != nil {
		t.Fatal(err)
	}
	request := plan.Request{
		Title: text, Method: "PUT", URL: "https://example.okta.com/" + text, Body: jsontext.Value(`{"name":` + string(value) + `}`),
		Fill: map[string]string{"groupId": text}, Note: text,
	}
	request.Undo = []plan.Request{{Title: text, Method: "DELETE", URL: text}}
	return &plan.Plan{
		Version: 1, Tenant: finding.Tenant{ID: text, Name: text},
		Snapshot:    finding.SnapshotInfo{URI: text, SHA256: strings.Repeat("a", 64), CollectedAt: "2026-11-20T08:00:00Z"},
		MaxAgeHours: 168,
		BreakGlass:  []plan.Account{{ID: text, UserPrincipalName: text}},
		Waived:      []plan.Waived{{Control: "PROTO-001", Sentence: text}},
		FindOut:     []plan.Question{{Control: "FED-005", Title: text, Reasons: []string{text}, Text: text}},
		SetApart:    []plan.Apart{{ID: text, UserPrincipalName: text, Doors: []impact.Door{impact.SMTP}}},
		Targets: []plan.Target{
			{ID: "a-1", UserPrincipalName: text, Marks: map[string]plan.Mark{"pop": plan.Ready}},
			{ID: "b-2", UserPrincipalName: text, Marks: map[string]plan.Mark{"pop": plan.InUse, "keep": plan.NotKnown}},
		},
		Steps: []plan.Step{
			{ID: "C", Title: "C", Why: "why", Actions: []plan.Action{{
				ID: "C1", Name: "all", Controls: []string{"PROTO-001"}, Title: text, Text: text, Findings: []string{text}, Gate: 3, Undo: text,
				Changes: []plan.Change{
					{Op: plan.Set, Kind: "CASMailboxPlan", Identity: text, Property: "PopEnabled", Value: jsontext.Value("false"), Was: value},
					{Op: plan.SetMailbox, Kind: "User", Property: "AuthenticationPolicy", Value: value, Select: "pop"},
					{Op: plan.SetMailbox, Kind: "CASMailbox", Property: "SmtpClientAuthenticationDisabled", Value: jsontext.Value("null"), Select: "keep", Apart: true},
					{Op: plan.CreatePolicy, Identity: text, Flags: []string{"AllowBasicAuthSmtp"}},
					{Op: plan.Patch, URI: "/v1.0/policies/tokenLifetimePolicies/x", Property: "definition", Value: jsontext.Value(`[` + string(value) + `]`)},
					{Op: plan.Create, URI: "/v1.0/identity/conditionalAccess/policies", Identity: text, Body: jsontext.Value(`{"displayName":` + string(value) + `}`)},
				},
			}}},
			{ID: "E", Title: "E", Why: "why", Actions: []plan.Action{
				{ID: "E1", Name: "rule", Controls: []string{"SIGNON-001"}, Title: text, Text: text, Console: text, Requests: []plan.Request{request}},
				{ID: "E2", Name: "hand", Controls: []string{"SIGNON-008"}, Title: text, Text: text, PowerShell: text, API: text, Console: text, Undo: text},
			}},
			{ID: "F", Title: "F", Why: "why", Actions: []plan.Action{{
				ID: "F1", Name: "revoke", Controls: []string{"TOKEN-001"}, Title: "Revoke", After: []string{"all", "rule"}, WaitHours: 24,
				Changes: []plan.Change{{Op: plan.Revoke, Select: "pop"}},
			}}},
		},
	}
}

func script(t *testing.T, p *plan.Plan) string {
	t.Helper()
	var out strings.Builder
	if err := runbook.Write("powershell", &out, p, runbook.Options{}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// mean gives a text that Go and PowerShell read the same: bytes that are no UTF-8 are
// replaced.
func mean(text string) string { return string([]rune(text)) }

// checkScript holds the script of a hostile text to that of a harmless one: the same
// tokens, and every literal means what the text says.
func checkScript(t *testing.T, text string) {
	t.Helper()
	const harmless = "harmless"
	if text == "" {
		return // an account without a name is none, so the tokens differ as they should
	}
	source := script(t, full(t, text))
	for i, c := range source {
		if c != '\n' && (c < ' ' || c > '~') {
			t.Fatalf("%q: the script holds %U at %d", text, c, i)
		}
	}
	tokens, err := tokenize(source)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	want, err := tokenize(script(t, full(t, harmless)))
	if err != nil {
		t.Fatal(err)
	}
	tokens, want = unescapeCalls(tokens), unescapeCalls(want)
	if len(tokens) != len(want) {
		t.Fatalf("%q: %d tokens, and %d with a harmless text", text, len(tokens), len(want))
	}
	for i := range tokens {
		expected := want[i]
		if expected.kind == tokenString {
			expected.text = strings.ReplaceAll(expected.text, harmless, "\x00")
			got := tokens[i].text
			if expected.text == "\x00" && got != mean(text) {
				t.Fatalf("token %d means %q, want %q", i, got, mean(text))
			}
			if strings.Contains(expected.text, "\x00") {
				continue
			}
		}
		if expected.kind == tokenHere {
			checkTable(t, tokens[i].text, text)
			continue
		}
		if expected != tokens[i] {
			t.Fatalf("%q: token %d is %v, want %v", text, i, tokens[i], expected)
		}
	}
}

func checkTable(t *testing.T, table, text string) {
	t.Helper()
	lines := strings.Split(table, "\n")
	if len(lines) != 3 || lines[0] != "Id,Name,Targets" {
		t.Fatalf("%q: the table is %q", text, lines)
	}
	for i, start := range []string{`a-1,"`, `b-2,"`} {
		rest, ok := strings.CutPrefix(lines[i+1], start)
		end := []string{`",pop`, `",keep? pop!`}[i]
		name, tail := strings.CutSuffix(rest, end)
		if !ok || !tail {
			t.Fatalf("%q: line %q", text, lines[i+1])
		}
		if got := unescape(t, strings.ReplaceAll(name, `""`, `"`)); got != mean(text) {
			t.Fatalf("the table says %q, want %q", got, mean(text))
		}
	}
}

// hostile are texts that break out of PowerShell's quotation in one way or another.
func hostile() []string {
	texts := []string{
		"'", "''", "'; Remove-Mailbox 'x", "\u2018; Remove-Mailbox \u2019", "\u201a\u201b", "\u201c\u201d\u201e\"", "$(Remove-Mailbox)", "`n`'", "$x",
		"\n'@\n", "'@", "\u2019@\nRemove-Mailbox\n@\u2018", "a\r\nRemove-Mailbox\r\n", "#>", "<#", "\u2028\u2029\u0085", `\`, `\u0027`, `\'`, `C:\new\u`,
		"\x00", "\ufeff", "\U0001f600", "é", "%{}", "{0}", "@(1)", "a b", "a,b", "-WhatIf:$false", "\x1b]0;x\x07", "; exit", "|", "&", "\t",
	}
	for _, h := range reporttest.HostileTexts() {
		texts = append(texts, h.Text)
	}
	return texts
}

func TestScriptHoldsTextsAsData(t *testing.T) {
	for _, text := range hostile() {
		checkScript(t, text)
	}
	// Texts put together at random from what means something to PowerShell.
	parts := append(hostile()[:36], "a", " ", "\n", "\r", "@", "0", "u", "\\u00", "\u2019")
	random := rand.New(rand.NewPCG(7, 11))
	for range 400 {
		text := ""
		for range 1 + random.IntN(6) {
			text += parts[random.IntN(len(parts))]
		}
		checkScript(t, text)
	}
}

func FuzzScript(f *testing.F) {
	for _, text := range hostile() {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { checkScript(t, text) })
}

func TestScriptCallsOnlyWhatItHas(t *testing.T) {
	source := script(t, full(t, "x"))
	tokens, err := tokenize(source)
	if err != nil {
		t.Fatal(err)
	}
	defined := map[string]bool{}
	for i, token := range tokens {
		if token.kind == tokenWord && token.text == "function" {
			defined[tokens[i+1].text] = true
		}
	}
	if len(defined) < 20 {
		t.Fatalf("only %d functions", len(defined))
	}
	called := 0
	for i, token := range tokens {
		if token.kind == tokenWord && strings.Contains(token.text, "-Postern") && tokens[max(i-1, 0)].text != "function" {
			called++
			if !defined[token.text] {
				t.Errorf("%s is called and nowhere defined", token.text)
			}
		}
	}
	if called < 30 {
		t.Errorf("only %d calls were seen", called)
	}
	for name := range defined {
		if strings.Count(source, name) < 2 {
			t.Errorf("%s is defined and never called", name)
		}
	}
}

// TestScriptGuards looks for what must not get lost from the script.
func TestScriptGuards(t *testing.T) {
	source := script(t, full(t, "x"))
	for _, part := range []string{
		"SupportsShouldProcess", "$ErrorActionPreference = 'Stop'", "Set-StrictMode", "TenantId = 'x'", "MaxAgeHours = 168",
		"BreakGlass = @('x', 'x')", "Policies = @('x')", "OktaSteps = @('E1')", "if (-not (Test-PosternGate -Step 'C1' -Count 3)) { return }",
		"-Name 'keep' -Apart $true", "-Value $null", "After = @('C1'); WaitHours = 24; AfterOkta = $true", "User.RevokeSessions.All",
	} {
		if !strings.Contains(source, part) {
			t.Errorf("the script lacks %q", part)
		}
	}
	// Every write is behind a question.
	for _, writer := range []string{"Set-PosternObject -Kind", "New-AuthenticationPolicy @", "Remove-AuthenticationPolicy", "-Method PATCH", "-Method POST", "-Method DELETE"} {
		if !strings.Contains(source, writer) {
			t.Errorf("the script lacks %q", writer)
		}
	}
	before := strings.Split(source, "Set-PosternObject -Kind $Kind")[0]
	if strings.LastIndex(before, "Save-PosternUndo @{ change = 'set'") < strings.LastIndex(before, "ShouldProcess($target") {
		t.Error("a value is not written down between the question and the change")
	}
}

func TestFormats(t *testing.T) {
	for _, text := range hostile() {
		for _, format := range runbook.Formats() {
			var out strings.Builder
			if err := runbook.Write(format, &out, full(t, text), runbook.Options{}); err != nil {
				t.Fatalf("%s of %q: %v", format, text, err)
			}
			for _, c := range out.String() {
				if c != '\n' && c < ' ' || c == 0x7f || c >= 0x80 && c < 0xa0 || c == 0x202e || c == 0x2028 {
					t.Fatalf("%s of %q holds %U", format, text, c)
				}
			}
			if strings.Contains(out.String(), "##vso[") || format == "markdown" && strings.Contains(out.String(), "<script") && !strings.Contains(out.String(), "\n```") {
				t.Errorf("%s of %q acts on a reader", format, text)
			}
		}
	}
	if err := runbook.Write("html", &strings.Builder{}, full(t, "x"), runbook.Options{}); err == nil {
		t.Error("an unknown format is written")
	}
}

func TestNumbersInThePage(t *testing.T) {
	var out strings.Builder
	if err := runbook.Write("text", &out, full(t, "x"), runbook.Options{}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(true, strings.Contains(out.String(), "Only after C1, E1, and 24 hours later.")); diff != "" {
		t.Errorf("the order is not told:\n%s", out.String())
	}
}
