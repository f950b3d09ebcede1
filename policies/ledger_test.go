package policies_test

import (
	"maps"
	"slices"
	"strings"
)

// ledgerPaths is which line of the ledger fills which paths. A line that is not
// listed fills the path of its own name.
func ledgerPaths() map[string][]string {
	lines := map[string][]string{
		"entra.users":                    {"mailboxes[].entra"},
		"entra.user_activity":            {"mailboxes[].entra.signInActivity"},
		"entra.group_members":            {"entra.groups", "entra.group_member_counts", "mailboxes[].entra.groups"},
		"entra.role_members":             {"entra.directory_roles", "mailboxes[].entra.roles"},
		"entra.sign_ins":                 {"evidence.sign_ins", "evidence.window"},
		"entra.non_interactive_sign_ins": {"evidence.sign_ins", "evidence.window"},
		"exchange.cas_mailboxes":         {"mailboxes", "mailboxes[].exchange"},
		"exchange.users": {
			"mailboxes[].domain", "mailboxes[].exchange.AuthenticationPolicy", "mailboxes[].exchange.RecipientTypeDetails",
			"mailboxes[].exchange.RemotePowerShellEnabled", "mailboxes[].exchange.EXOModuleEnabled", "mailboxes[].exchange.AccountDisabled",
		},
		"exchange.role_groups":  {"exchange.role_groups", "mailboxes[].exchange.role_groups"},
		"okta.access_policies":  {"okta.access_policies", "okta.access_policy_rules"},
		"okta.sign_on_policies": {"okta.sign_on_policies", "okta.sign_on_policy_rules"},
		"okta.groups":           {"okta.groups", "okta.group_member_counts", "mailboxes[].okta.groups"},
		"okta.app_assignments":  {"okta.app_assignments", "mailboxes[].okta"},
		"okta.requests":         {"evidence.okta_requests", "evidence.window"},
		"okta.new_device_mails": {"evidence.new_device_mails"},
	}
	for _, name := range []string{
		"entra.domains", "entra.federation_configurations", "entra.organization", "entra.conditional_access_policies",
		"entra.named_locations", "entra.security_defaults", "entra.authentication_strengths", "entra.authentication_methods_policy",
		"entra.token_lifetime_policies", "entra.home_realm_discovery_policies", "entra.feature_rollout_policies",
		"entra.on_premises_synchronization", "entra.subscribed_skus", "sharepoint.settings",
		"exchange.organization_config", "exchange.ews_operation_access", "exchange.transport_config", "exchange.authentication_policies",
		"exchange.cas_mailbox_plans", "exchange.accepted_domains",
		"okta.organization", "okta.domains", "okta.apps", "okta.app_keys", "okta.zones", "okta.group_rules", "okta.device_assurances",
		"okta.threat_insight", "okta.security_notifications",
	} {
		lines[name] = []string{name}
	}
	return lines
}

// ledger lists all lines as collected, but for those that were denied.
func ledger(denied []string) []object {
	var lines []object
	paths := ledgerPaths()
	for _, name := range slices.Sorted(maps.Keys(paths)) {
		line := object{"name": name, "endpoint": "GET /" + name, "permission": "Read." + name, "paths": paths[name], "status": "collected"}
		if slices.Contains(denied, name) {
			line["status"], line["code"] = "denied", "Forbidden"
		}
		lines = append(lines, line)
	}
	return lines
}

// serving names the lines whose path is the longest that holds the need.
func serving(need string) []string {
	longest := ""
	var names []string
	paths := ledgerPaths()
	for _, name := range slices.Sorted(maps.Keys(paths)) {
		for _, path := range paths[name] {
			rest, holds := strings.CutPrefix(need, path)
			if !holds || rest != "" && rest[0] != '.' || len(path) < len(longest) {
				continue
			}
			if len(path) > len(longest) {
				longest, names = path, nil
			}
			names = append(names, name)
		}
	}
	return names
}
