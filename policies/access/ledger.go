package access

import "github.com/seed-07732396/postern/collectors/snapshot"

// ledger says how the collection of each resource ended.
type ledger map[string]snapshot.Status

func newLedger(resources []snapshot.Resource) ledger {
	l := make(ledger, len(resources))
	for _, r := range resources {
		l[r.Name] = r.Status
	}
	return l
}

// partial reports that some of the resource was read and there may be more.
func (l ledger) partial(name string) bool { return l[name] == snapshot.Partial }

// Evidence lists the ledger's names of all that the doors rest on. What is none of
// these, nobody who opens a door asks for.
func Evidence() []string {
	return []string{
		"entra.conditional_access_policies", "entra.domains", "entra.feature_rollout_policies",
		"entra.federation_configurations", "entra.group_members", "entra.home_realm_discovery_policies",
		"entra.named_locations", "entra.on_premises_synchronization", "entra.organization", "entra.role_members",
		"entra.security_defaults", "entra.users",
		"exchange.authentication_policies", "exchange.cas_mailboxes", "exchange.ews_operation_access",
		"exchange.organization_config", "exchange.transport_config", "exchange.users",
		"okta.access_policies", "okta.app_assignments", "okta.app_keys", "okta.apps", "okta.domains", "okta.groups",
		"okta.organization", "okta.sign_on_policies", "okta.zones",
	}
}
