package okta

import (
	"slices"

	"github.com/seed-07732396/postern/collectors"
)

// The resources of this package.
const (
	resourceOrganization  = "okta.organization"
	resourceDomains       = "okta.domains"
	resourceApps          = "okta.apps"
	resourceKeys          = "okta.app_keys"
	resourceAccess        = "okta.access_policies"
	resourceSignOn        = "okta.sign_on_policies"
	resourceZones         = "okta.zones"
	resourceGroups        = "okta.groups"
	resourceGroupRules    = "okta.group_rules"
	resourceAssignments   = "okta.app_assignments"
	resourceAssurances    = "okta.device_assurances"
	resourceThreats       = "okta.threat_insight"
	resourceNotifications = "okta.security_notifications"
	resourceRequests      = "okta.requests"
	resourceMails         = "okta.new_device_mails"

	// federation is Entra's, and holds the key of Okta's federation endpoint.
	federation = "entra.federation_configurations"

	pathAccessRules  = "okta.access_policy_rules"
	pathSignOnRules  = "okta.sign_on_policy_rules"
	pathMemberCounts = "okta.group_member_counts"
	pathMembers      = "mailboxes[].okta.groups"
	pathRequests     = "evidence.okta_requests"
	pathMails        = "evidence.new_device_mails"
)

// Offers are the resources of this package. Permissions are OAuth scopes; an API
// token has those of the read-only administrator who made it.
func Offers() []collectors.Offer {
	apps := []string{resourceApps}
	engine := []string{resourceOrganization}
	offer := func(name, endpoint, scope string, after []string, paths ...string) collectors.Offer {
		if len(paths) == 0 {
			paths = []string{name}
		}
		return collectors.Offer{Name: name, Endpoint: endpoint, Permission: scope, After: after, Paths: paths}
	}
	return []collectors.Offer{
		offer(resourceOrganization, "GET /.well-known/okta-organization", "none", nil),
		offer(resourceDomains, "GET /api/v1/domains", "okta.domains.read", nil),
		offer(resourceApps, "GET /api/v1/apps", "okta.apps.read", nil),
		offer(resourceKeys, "GET /api/v1/apps/{id}/credentials/keys", "okta.apps.read", apps),
		offer(resourceAccess, "GET /api/v1/policies/{id}/rules", "okta.policies.read", append(slices.Clone(apps), engine...), resourceAccess, pathAccessRules),
		offer(resourceSignOn, "GET /api/v1/policies?type=OKTA_SIGN_ON", "okta.policies.read", nil, resourceSignOn, pathSignOnRules),
		offer(resourceZones, "GET /api/v1/zones", "okta.networkZones.read", nil),
		offer(resourceGroups, "GET /api/v1/groups/{id}/users", "okta.groups.read", []string{resourceAccess, resourceSignOn},
			resourceGroups, pathMemberCounts, pathMembers),
		offer(resourceGroupRules, "GET /api/v1/groups/rules", "okta.groups.read", nil),
		offer(resourceAssignments, "GET /api/v1/apps/{id}/users", "okta.apps.read", append(slices.Clone(apps), resourceAccess),
			resourceAssignments, "mailboxes[].okta"),
		offer(resourceAssurances, "GET /api/v1/device-assurances", "okta.deviceAssurance.read", engine),
		offer(resourceThreats, "GET /api/v1/threats/configuration", "okta.threatInsights.read", nil),
		offer(resourceNotifications, "GET /api/internal/org/settings/security-notification-settings", "an API token (SSWS); the endpoint is private", nil),
		offer(resourceRequests, "GET /api/v1/logs", "okta.logs.read", []string{federation}, pathRequests, "evidence.window"),
		offer(resourceMails, "GET /api/v1/logs", "okta.logs.read", nil, pathMails),
	}
}

// Scopes are the OAuth scopes that the offers need, for a service app.
func Scopes() []string {
	return []string{
		"okta.apps.read", "okta.deviceAssurance.read", "okta.domains.read", "okta.groups.read", "okta.logs.read",
		"okta.networkZones.read", "okta.policies.read", "okta.threatInsights.read",
	}
}
