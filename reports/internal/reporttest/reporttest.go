// Package reporttest makes the reports that the writers are tested with, and
// checks what every output has in common. Only tests import it.
package reporttest

import (
	"fmt"
	"iter"
	"strings"

	"github.com/seed-07732396/postern/policies/finding"
)

// Case is a report with a name.
type Case struct {
	Name   string
	Report *finding.Report
}

// Cases are reports of every sort: nothing wrong, everything wrong, hostile
// texts in every place, a population of 100,000.
func Cases() []Case {
	cases := []Case{
		{"clean", Clean()},
		{"mixed", Mixed()},
		{"unknown only", only(finding.Unknown)},
		{"error", only(finding.Error)},
		{"not applicable", only(finding.NotApplicable)},
		{"below the gate", BelowGate()},
		{"population of 100,000", Population(100_000)},
		{"no controls", Empty()},
		{"no names", Nameless()},
		{"waivers and drift", Drift()},
	}
	for _, hostile := range HostileTexts() {
		cases = append(cases, Case{"hostile: " + hostile.Name, Hostile(hostile.Text)},
			Case{"hostile waivers and drift: " + hostile.Name, HostileDrift(hostile.Text)})
	}
	return cases
}

// Empty is the report of a check that judged nothing.
func Empty() *finding.Report {
	return &finding.Report{
		Version: finding.Version,
		Tool:    finding.Tool{Name: "postern", Version: "1.2.3"},
		Tenant: finding.Tenant{
			ID: "6c1f0a5e-0d2b-4f5c-9a51-3f6f8e2f7a10", Name: "Harbour Freight Lines", InitialDomain: "harbourfreight.onmicrosoft.com",
			Cloud: "public", OktaOrg: "https://harbourfreight.okta.com",
		},
		Snapshot: finding.SnapshotInfo{
			URI: "evidence/snapshot.json", SHA256: strings.Repeat("0123456789abcdef", 4),
			CollectedAt: "2026-11-22T08:15:00Z", Source: "live", Mailboxes: 1234,
		},
		Ledger: ledger(),
		FailOn: "low",
	}
}

// Clean is a report in which everything passes.
func Clean() *finding.Report {
	r := Empty()
	for _, control := range controls() {
		add(r, control, finding.Result{Outcome: finding.Pass})
	}
	r.Results[1].Notes = []finding.Reason{{Key: "exception", Args: finding.Args{"name": "breakglass@harbourfreight.onmicrosoft.com"}}}
	return r
}

// only is a report in which each control ends with the same outcome.
func only(outcome finding.Outcome) *finding.Report {
	r := Empty()
	for _, control := range controls() {
		result := finding.Result{Outcome: outcome}
		switch outcome {
		case finding.Unknown:
			result.Unknowns = []finding.Reason{{Key: "denied", Evidence: "okta.access_policy_rules", Source: "okta.access_policies"}}
		case finding.Error:
			result.Error = "eval_conflict_error: complete rules must not produce multiple outputs"
		case finding.NotApplicable:
			result.NotApplicable = []finding.Reason{{Key: "no_mailboxes"}}
		}
		add(r, control, result)
	}
	return r
}

// BelowGate is a report with one failure, of low severity, and a gate that asks
// for high.
func BelowGate() *finding.Report {
	r := Clean()
	r.FailOn = "high"
	last := len(r.Controls) - 1
	r.Controls[last].Severity = finding.Low
	r.Results[last] = finding.Result{Control: r.Controls[last].ID, Outcome: finding.Fail, Violations: []finding.Violation{
		fingerprinted(r, last, finding.Violation{Key: "disabled", Resource: finding.Resource{Kind: "organization_config"}, Pointer: "/exchange/organization_config"}),
	}}
	return r
}

// Mixed is a report with each outcome, with populations, a trace, gaps beside
// violations, and notes.
func Mixed() *finding.Report {
	r := Empty()
	all := controls()
	add(r, all[0], finding.Result{Outcome: finding.Fail,
		Violations: []finding.Violation{
			{
				Key: "managed", Args: finding.Args{"domain": "harbourfreight.example"},
				Resource: finding.Resource{Kind: "domain", ID: "harbourfreight.example", Name: "harbourfreight.example"},
				Pointer:  "/entra/domains/1", Region: &finding.Region{StartLine: 41, StartColumn: 7, EndLine: 48, EndColumn: 8},
				Snippet: "{\n  \"authenticationType\": \"Managed\",\n  \"isVerified\": true\n}",
			},
			{
				Key: "managed", Args: finding.Args{"domain": "old.harbourfreight.example"},
				Resource: finding.Resource{Kind: "domain", ID: "old.harbourfreight.example", Name: "old.harbourfreight.example"},
				Pointer:  "/entra/domains/2",
			},
		},
		Unknowns: []finding.Reason{{Key: "partial", Evidence: "entra.federation_configurations", Source: "entra.federation_configurations"}},
	})
	add(r, all[1], finding.Result{Outcome: finding.Pass, Notes: []finding.Reason{
		{Key: "exception", Args: finding.Args{"name": "breakglass@harbourfreight.onmicrosoft.com"}},
	}})
	add(r, all[2], finding.Result{Outcome: finding.Fail, Violations: []finding.Violation{{
		Key: "disabled", Resource: finding.Resource{Kind: "organization_config"},
		Pointer: "/exchange/organization_config/OAuth2ClientProfileEnabled",
		Region:  &finding.Region{StartLine: 120, StartColumn: 7, EndLine: 120, EndColumn: 42}, Snippet: "\"OAuth2ClientProfileEnabled\": false",
	}}})
	add(r, all[3], finding.Result{Outcome: finding.Fail, Violations: []finding.Violation{
		{
			Key: "enabled", Resource: finding.Resource{Kind: "mailbox"}, Pointer: "/mailboxes/3",
			Region:  &finding.Region{StartLine: 812, StartColumn: 5, EndLine: 812, EndColumn: 402},
			Members: finding.ListMembers("mailbox", Mailboxes(12)),
		},
		{
			Key: "not_set", Resource: finding.Resource{Kind: "mailbox"}, Pointer: "/mailboxes/9",
			Region:  &finding.Region{StartLine: 818, StartColumn: 5, EndLine: 818, EndColumn: 402},
			Members: finding.ListMembers("mailbox", Mailboxes(1)),
		},
	}})
	add(r, all[4], finding.Result{Outcome: finding.NotApplicable, NotApplicable: []finding.Reason{{Key: "no_mailboxes"}}})
	add(r, all[5], finding.Result{Outcome: finding.Fail, Violations: []finding.Violation{{
		Key: "admitted", Args: finding.Args{"rule": "Allow web and modern", "zones": []any{"Any zone"}, "priority": float64(2), "shadowed": false},
		Resource: finding.Resource{Kind: "access_policy_rule", ID: "0prl3k9x2", Name: "Allow web and modern"},
		Pointer:  "/okta/access_policy_rules/rst1a/1", Region: &finding.Region{StartLine: 640, StartColumn: 9, EndLine: 671, EndColumn: 10},
		Snippet: "\"conditions\": null",
		Steps: []finding.TraceStep{
			{Key: "asked", Args: finding.Args{"client": "legacy"}},
			{Key: "passed", Args: finding.Args{"rule": "Deny contractors"}, Pointer: "/okta/access_policy_rules/rst1a/0", Region: &finding.Region{StartLine: 612, StartColumn: 9, EndLine: 639, EndColumn: 10}},
			{Key: "let_in", Args: finding.Args{"rule": "Allow web and modern"}, Pointer: "/okta/access_policy_rules/rst1a/1", Region: &finding.Region{StartLine: 640, StartColumn: 9, EndLine: 671, EndColumn: 10}},
		},
	}}})
	add(r, all[6], finding.Result{Outcome: finding.Unknown, Unknowns: []finding.Reason{
		{Key: "denied", Evidence: "okta.access_policy_rules", Source: "okta.access_policies"},
		{
			Key: "custom_expression", Args: finding.Args{"rule": "Partners"},
			Resource: &finding.Resource{Kind: "access_policy_rule", ID: "0prl3k9x4", Name: "Partners"},
			Pointer:  "/okta/access_policy_rules/rst1a/4", Region: &finding.Region{StartLine: 702, StartColumn: 9, EndLine: 733, EndColumn: 10},
		},
		{
			Key: "members_without_evidence", Evidence: "mailboxes[].okta", Count: 7, Pointer: "/mailboxes/3",
			Region:  &finding.Region{StartLine: 812, StartColumn: 5, EndLine: 812, EndColumn: 402},
			Members: finding.ListMembers("mailbox", Mailboxes(7)),
		},
	}})
	add(r, all[7], finding.Result{Outcome: finding.Unknown, Unknowns: []finding.Reason{
		{Key: "unlicensed", Evidence: "evidence.sign_ins", Source: "entra.sign_ins"},
	}})
	add(r, all[8], finding.Result{Outcome: finding.Error, Error: "eval_conflict_error: complete rules must not produce multiple outputs"})
	for i := range r.Results {
		for j := range r.Results[i].Violations {
			r.Results[i].Violations[j] = fingerprinted(r, i, r.Results[i].Violations[j])
		}
	}
	return r
}

// Population is a report with one violation of n mailboxes, which are made as
// they are walked.
func Population(n int) *finding.Report {
	r := Empty()
	control := controls()[3]
	add(r, control, finding.Result{Outcome: finding.Fail, Violations: []finding.Violation{{
		Key: "enabled", Resource: finding.Resource{Kind: "mailbox"}, Pointer: "/mailboxes/0",
		Region:  &finding.Region{StartLine: 800, StartColumn: 5, EndLine: 800, EndColumn: 402},
		Members: finding.NewMembers("mailbox", n, mailboxes(n)),
	}}})
	r.Results[0].Violations[0] = fingerprinted(r, 0, r.Results[0].Violations[0])
	return r
}

// Nameless is a report in which all that may be empty is empty.
func Nameless() *finding.Report {
	r := Empty()
	r.Tenant = finding.Tenant{}
	r.Ledger = nil
	r.Snapshot.Mailboxes = -1
	r.FailOn = "none"
	control := finding.Control{ID: "OWN-001", Severity: finding.Info, Step: "access"}
	add(r, control, finding.Result{Outcome: finding.Fail, Violations: []finding.Violation{
		{Key: "bad"}, {Key: "bad", Members: finding.ListMembers("", []finding.Member{{}})},
	}})
	for i := range r.Results[0].Violations {
		r.Results[0].Violations[i] = fingerprinted(r, 0, r.Results[0].Violations[i])
	}
	other := finding.Control{ID: "OWN-002", Severity: finding.High, Step: "access", Messages: Sentences()}
	add(r, other, finding.Result{Outcome: finding.Unknown, Unknowns: []finding.Reason{{Key: "not_collected", Evidence: "okta.zones"}}})
	return r
}

// Mailboxes are n members.
func Mailboxes(n int) []finding.Member {
	var list []finding.Member
	for member := range mailboxes(n) {
		list = append(list, member)
	}
	return list
}

func mailboxes(n int) iter.Seq[finding.Member] {
	return func(yield func(finding.Member) bool) {
		for i := range n {
			member := finding.Member{
				ID: fmt.Sprintf("00000000-0000-4000-8000-%012d", i), Name: fmt.Sprintf("user%06d@harbourfreight.example", i),
				DisplayName: fmt.Sprintf("User %d", i), Pointer: fmt.Sprintf("/mailboxes/%d", i), Line: 800 + i,
			}
			if !yield(member) {
				return
			}
		}
	}
}

func add(r *finding.Report, control finding.Control, result finding.Result) {
	result.Control = control.ID
	r.Controls = append(r.Controls, control)
	r.Results = append(r.Results, result)
}

func fingerprinted(r *finding.Report, i int, v finding.Violation) finding.Violation {
	v.Fingerprint = finding.Fingerprint(r.Tenant.ID, r.Controls[i].ID, &v)
	return v
}
