package scubagear

import (
	"fmt"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/snapshot"
)

// The codes of this package in the ledger, beside those of the collectors. They
// are stable.
const (
	// CodeNotInExport: ScubaGear does not export it, or was not asked to.
	CodeNotInExport = "not_in_export"
	// CodeNullSection: the list holds null, which PowerShell writes for none and
	// for nothing read alike.
	CodeNullSection = "null_section"
	// CodeCollapsed: one object stands where a list belongs.
	CodeCollapsed = "collapsed"
	// CodeIncomplete: another section of the export shows that something is
	// missing here.
	CodeIncomplete = "incomplete"
	// CodeNotListed: the export does not say that the command succeeded.
	CodeNotListed = "not_listed"
)

// permission stands in the ledger of an import, which asks nobody.
const permission = "none: read from a file"

// entry is one resource of a snapshot.
type entry struct {
	name  string
	paths []string
}

// entries are all resources that a snapshot can hold, so that the ledger of an
// import names what it lacks as well.
func entries() []entry {
	var list []entry
	own := func(service string, names ...string) {
		for _, name := range names {
			list = append(list, entry{service + "." + name, []string{service + "." + name}})
		}
	}
	own("entra", "domains", "federation_configurations", "organization", "conditional_access_policies",
		"named_locations", "security_defaults", "authentication_strengths", "authentication_methods_policy",
		"token_lifetime_policies", "home_realm_discovery_policies", "feature_rollout_policies",
		"on_premises_synchronization", "subscribed_skus")
	own("sharepoint", "settings")
	own("exchange", "organization_config", "ews_operation_access", "transport_config", "authentication_policies",
		"cas_mailbox_plans", "accepted_domains")
	own("okta", "organization", "domains", "apps", "app_keys", "zones", "group_rules", "device_assurances",
		"threat_insight", "security_notifications")
	return append(list,
		entry{"entra.users", []string{"mailboxes[].entra"}},
		entry{"entra.user_activity", []string{"mailboxes[].entra.signInActivity"}},
		entry{"entra.group_members", []string{"entra.groups", "entra.group_member_counts", "mailboxes[].entra.groups"}},
		entry{"entra.role_members", []string{"entra.directory_roles", "mailboxes[].entra.roles"}},
		entry{"entra.sign_ins", []string{"evidence.sign_ins", "evidence.window"}},
		entry{"entra.non_interactive_sign_ins", []string{"evidence.sign_ins", "evidence.window"}},
		entry{"exchange.cas_mailboxes", []string{"mailboxes", "mailboxes[].exchange"}},
		entry{"exchange.users", []string{"mailboxes[].domain", "mailboxes[].exchange.AuthenticationPolicy",
			"mailboxes[].exchange.RecipientTypeDetails", "mailboxes[].exchange.RemotePowerShellEnabled",
			"mailboxes[].exchange.EXOModuleEnabled", "mailboxes[].exchange.AccountDisabled"}},
		entry{"exchange.role_groups", []string{"exchange.role_groups", "mailboxes[].exchange.role_groups"}},
		entry{"okta.access_policies", []string{"okta.access_policies", "okta.access_policy_rules"}},
		entry{"okta.sign_on_policies", []string{"okta.sign_on_policies", "okta.sign_on_policy_rules"}},
		entry{"okta.groups", []string{"okta.groups", "okta.group_member_counts", "mailboxes[].okta.groups"}},
		entry{"okta.app_assignments", []string{"okta.app_assignments", "mailboxes[].okta"}},
		entry{"okta.requests", []string{"evidence.okta_requests", "evidence.window"}},
		entry{"okta.new_device_mails", []string{"evidence.new_device_mails"}},
	)
}

// outcome is how one resource came out of the export.
type outcome struct {
	status        snapshot.Status
	code, message string
	items         int
	counts        map[string]int
}

// missing ends a resource of which nothing is there.
func missing(status snapshot.Status, code, message string) outcome {
	return outcome{status: status, code: code, message: message, items: -1}
}

// unreadable ends a resource whose section cannot be understood.
func unreadable(section string, problem any) outcome {
	return missing(snapshot.Failed, collectors.CodeBadAnswer, fmt.Sprintf("the export's %s cannot be used: %v", section, problem))
}

// lessen makes a collected resource partial; what was wrong first stays the
// reason.
func (o *outcome) lessen(code, message string) {
	if o.status == snapshot.Collected {
		o.status, o.code, o.message = snapshot.Partial, code, message
	}
}

// ledger makes one line for every resource there is.
func (e *export) ledger(read map[string]outcome) []snapshot.Resource {
	var lines []snapshot.Resource
	for _, entry := range entries() {
		line := snapshot.Resource{
			Name: entry.name, Endpoint: "ProviderSettingsExport.json", Permission: permission, Paths: entry.paths,
			Status: snapshot.Skipped, Code: CodeNotInExport, Message: "an export of ScubaGear does not hold this",
		}
		if o, ok := read[entry.name]; ok {
			line.Endpoint += ": " + sources()[entry.name].section
			line.Status, line.Code, line.Message, line.Counts = o.status, o.code, o.message, o.counts
			if o.items >= 0 {
				line.Items = &o.items
			}
			if o.status != snapshot.Skipped {
				at := e.at
				line.CollectedAt = &at
			}
		}
		lines = append(lines, line)
	}
	return lines
}
