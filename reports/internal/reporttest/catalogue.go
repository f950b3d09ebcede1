package reporttest

import (
	"maps"

	"github.com/seed-07732396/postern/policies/finding"
)

// Sentences are those that any control can have, in words of the tests' own: what
// the writers do with a sentence does not hang on how it is worded.
func Sentences() map[string]string {
	return map[string]string{
		"not_collected":            "{evidence} is not in the snapshot and the ledger does not say why.",
		"partial":                  "{evidence} could only be read in part: {message}",
		"denied":                   "{evidence} could not be read: access was denied. Grant {permission}.",
		"failed":                   "{evidence} could not be read: {message}",
		"unlicensed":               "{evidence} cannot be read: the tenant has no licence for it.",
		"members_without_evidence": "{members} {lacks|lack} {evidence}, so nothing can be said about {it|them}.",
	}
}

// controls is a small catalogue with each step but one and each severity.
func controls() []finding.Control {
	list := catalogue()
	for i := range list {
		if list[i].Messages == nil {
			list[i].Messages = map[string]string{}
		}
		maps.Copy(list[i].Messages, Sentences())
	}
	return list
}

func catalogue() []finding.Control {
	return []finding.Control{
		{
			ID: "FED-001", Slug: "domains_federated_with_okta", Area: "federation", Severity: finding.High, Step: "A",
			Title:       "Every domain that a mailbox user signs in with is federated with Okta",
			Description: "The whitepaper's step A. A user of a managed domain signs in at Entra itself and never meets Okta's rules.",
			Related:     []finding.Link{{URL: "https://learn.microsoft.com/graph/api/domain-list", Title: "List domains"}},
			Needs:       []string{"entra.domains", "entra.federation_configurations", "okta.apps"},
			Messages:    map[string]string{"managed": "The domain '{domain}' is managed by Entra, so its users never meet Okta."},
			Remediation: finding.Remediation{
				Text:        "Federate the domain from Okta's Office 365 app.",
				OktaConsole: "Applications > Microsoft Office 365 > Sign On > Edit > WS-Federation > Automatic",
			},
			Mappings: []finding.Mapping{{Framework: "NIST SP 800-53 r5", ID: "IA-2(1)"}, {Framework: "CISA SCuBA", ID: "MS.AAD.3.2v2", URL: "https://github.com/cisagov/ScubaGear"}},
		},
		{
			ID: "FED-003", Slug: "no_mailbox_user_outside_okta", Area: "federation", Severity: finding.High, Step: "A",
			Title: "No enabled mailbox user signs in on a managed domain", Description: "Such a user never meets Okta's MFA.",
			Needs: []string{"mailboxes[].entra", "entra.domains"}, Messages: map[string]string{"exception": "The account '{name}' is declared as break-glass."},
			Remediation: finding.Remediation{Text: "Move the users to a federated domain."},
		},
		{
			ID: "MODERN-001", Slug: "modern_auth_enabled", Area: "modern_auth", Severity: finding.High, Step: "B",
			Title:       "Modern authentication is enabled for Exchange Online",
			Description: "The whitepaper's step B. Only modern authentication can carry a second factor or a sign-in at Okta.",
			Related:     []finding.Link{{URL: "https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/enable-or-disable-modern-authentication-in-exchange-online", Title: "Enable or disable modern authentication in Exchange Online"}},
			Needs:       []string{"exchange.organization_config"},
			Messages:    map[string]string{"disabled": "Modern authentication is off for the whole organisation (OAuth2ClientProfileEnabled is false)."},
			Remediation: finding.Remediation{
				Text:       "Turn modern authentication on. Clients that support it use it from their next sign-in; older ones go on with a password until steps C to E.",
				PowerShell: "Set-OrganizationConfig -OAuth2ClientProfileEnabled $true", Undo: "Set-OrganizationConfig -OAuth2ClientProfileEnabled $false",
			},
		},
		{
			ID: "PROTO-001", Slug: "pop_disabled", Area: "protocols", Severity: finding.Medium, Step: "C",
			Title: "POP is disabled on every mailbox", Description: "The whitepaper's step C. POP knows no second factor.",
			Needs: []string{"mailboxes[].exchange"},
			Messages: map[string]string{
				"enabled": "POP is enabled on {members}.", "not_set": "Exchange does not say whether POP is enabled on {members}.",
				"no_mailboxes": "The tenant has no mailboxes.",
			},
			Remediation: finding.Remediation{
				Text:       "Disable POP on the listed mailboxes, and in the mailbox plans so that new mailboxes start without it.",
				PowerShell: "Get-CASMailbox -ResultSize Unlimited -Filter \"PopEnabled -eq 'True'\" |\n\tSet-CASMailbox -PopEnabled $false",
				Undo:       "Set-CASMailbox -Identity <user> -PopEnabled $true",
			},
		},
		{
			ID: "PROTO-007", Slug: "remote_powershell_for_admins_only", Area: "protocols", Severity: finding.Low, Step: "C",
			Title: "Only administrators may use remote PowerShell", Description: "An account that needs no PowerShell should not have it.",
			Needs: []string{"mailboxes[].exchange"}, Messages: map[string]string{"no_mailboxes": "The tenant has no mailboxes."},
			Remediation: finding.Remediation{Text: "Take it away from the others."},
		},
		{
			ID: "SIGNON-001", Slug: "legacy_clients_denied", Area: "sign_on", Severity: finding.Critical, Step: "E",
			Title:       "No legacy client is let in",
			Description: "The whitepaper's step E. Legacy clients cannot do MFA: a rule that lets them in is an open door, whatever it is called.",
			Needs:       []string{"okta.access_policy_rules", "okta.apps"}, Optional: []string{"okta.zones"},
			Messages: map[string]string{
				"admitted": "The rule '{rule}' (priority {priority}) lets legacy clients in from {zones}.",
				"asked":    "A {client} client asks to sign in, as anybody, from anywhere.",
				"passed":   "The rule '{rule}' does not match.",
				"let_in":   "The rule '{rule}' matches and allows.",
			},
			Remediation: finding.Remediation{
				Text: "Put a rule that denies legacy clients above it, or limit the rule to web and modern clients.", OktaConsole: "Security > Authentication Policies > Microsoft Office 365",
				OktaAPI: "PUT /api/v1/policies/{policyId}/rules/{ruleId}",
			},
		},
		{
			ID: "SIGNON-010", Slug: "sign_on_policy_readable", Area: "sign_on", Severity: finding.Info, Step: "E", EvidenceOnly: true,
			Title: "Okta's sign-on policy for Office 365 can be read", Description: "What cannot be read cannot be judged.",
			Needs: []string{"okta.access_policy_rules"}, Messages: map[string]string{"custom_expression": "The rule '{rule}' has a custom expression, which nobody but Okta can decide."},
			Remediation: finding.Remediation{Text: "Give the collector the role of a read-only administrator."},
		},
		{
			ID: "EVID-001", Slug: "no_legacy_sign_ins_succeed", Area: "evidence", Severity: finding.High, Step: "evidence",
			Title: "No sign-in by a legacy client succeeded", Description: "The blog's own test.",
			Needs: []string{"evidence.sign_ins"}, Remediation: finding.Remediation{Text: "Find out whose they are before you close the door."},
		},
		{
			ID: "ACCESS-001", Slug: "no_path_without_mfa", Area: "access", Severity: finding.Critical, Step: "access",
			Title: "No mailbox is reachable without MFA", Description: "The whitepaper's expected behaviours as one proof.",
			Needs: []string{"okta.access_policy_rules", "mailboxes"}, Remediation: finding.Remediation{Text: "Close each door that is listed."},
		},
	}
}

func ledger() []finding.LedgerEntry {
	items := 3
	return []finding.LedgerEntry{
		{Name: "entra.domains", Endpoint: "GET /v1.0/domains", Permission: "Domain.Read.All", Paths: []string{"entra.domains"}, Status: "collected", Items: &items},
		{Name: "entra.federation_configurations", Endpoint: "GET /v1.0/domains/{id}/federationConfiguration", Permission: "Domain-InternalFederation.Read.All",
			Paths: []string{"entra.federation_configurations"}, Status: "partial", Items: &items, Code: "throttled", Message: "1 of 3 domains was read before the service asked to slow down",
			Counts: map[string]int{"unread": 2}},
		{Name: "entra.sign_ins", Endpoint: "GET /beta/auditLogs/signIns", Permission: "AuditLog.Read.All", Paths: []string{"evidence.sign_ins", "evidence.window"}, Status: "unlicensed", Code: "no_premium"},
		{Name: "okta.access_policies", Endpoint: "GET /api/v1/policies?type=ACCESS_POLICY", Permission: "okta.policies.read",
			Paths: []string{"okta.access_policies", "okta.access_policy_rules"}, Status: "denied", Code: "E0000006"},
		{Name: "okta.app_assignments", Endpoint: "GET /api/v1/apps/{id}/users", Permission: "okta.apps.read", Paths: []string{"okta.app_assignments", "mailboxes[].okta"}, Status: "failed", Message: "connection reset by peer"},
	}
}
