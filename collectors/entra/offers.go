package entra

import (
	"cmp"
	"slices"

	"github.com/seed-07732396/postern/collectors"
)

// shape says how an answer becomes the value in the document.
type shape int

const (
	// A collection, whole, is the zero value.
	_ shape = iota
	// single: one object.
	single
	// first: a collection that holds one object, which is the value.
	first
)

// section is a resource that is one request and one value.
type section struct {
	name       string // of the resource, and of its place in the document
	version    string // of the API; empty means v1
	path       string // behind the version
	query      string
	permission string
	shape      shape
	// prefer is the Prefer header.
	prefer string
}

// endpoint names the section's request in the ledger.
func (s section) endpoint() string {
	endpoint := cmp.Or(s.version, v1) + s.path
	if s.query != "" {
		endpoint += "?" + s.query
	}
	return endpoint
}

// conditionalAccess is what shares the slow limit of Conditional Access.
var conditionalAccess = []section{
	{name: "entra.conditional_access_policies", path: "/identity/conditionalAccess/policies", permission: "Policy.Read.All"},
	{name: "entra.named_locations", path: "/identity/conditionalAccess/namedLocations", permission: "Policy.Read.All"},
}

// directory is everything else that is one request.
var directory = []section{
	{name: "entra.domains", path: "/domains", permission: "Domain.Read.All"},
	// Only beta says when password hashes were last synchronised, which is all that
	// an application can learn about hash synchronisation in most tenants.
	{name: "entra.organization", version: beta, path: "/organization", permission: "Organization.Read.All", shape: first},
	{
		name: "entra.feature_rollout_policies", path: "/policies/featureRolloutPolicies", query: "$expand=appliesTo",
		permission: "Policy.Read.HybridAuthentication", prefer: "include-unknown-enum-members",
	},
	{
		name: "entra.security_defaults", path: "/policies/identitySecurityDefaultsEnforcementPolicy",
		permission: "Policy.Read.All", shape: single,
	},
	{name: "entra.authentication_strengths", path: "/policies/authenticationStrengthPolicies", permission: "Policy.Read.AuthenticationMethod"},
	{
		name: "entra.authentication_methods_policy", path: "/policies/authenticationMethodsPolicy",
		permission: "Policy.Read.AuthenticationMethod", shape: single,
	},
	{name: "entra.token_lifetime_policies", path: "/policies/tokenLifetimePolicies", permission: "Policy.Read.All"},
	{name: "entra.home_realm_discovery_policies", path: "/policies/homeRealmDiscoveryPolicies", permission: "Policy.Read.All"},
	{
		name: "entra.on_premises_synchronization", path: "/directory/onPremisesSynchronization",
		permission: "OnPremDirectorySynchronization.Read.All", shape: first,
	},
	{name: "entra.subscribed_skus", path: "/subscribedSkus", permission: "LicenseAssignment.Read.All"},
	{name: "sharepoint.settings", path: "/admin/sharepoint/settings", permission: "SharePointTenantSettings.Read.All", shape: single},
}

// The resources that take more than one request.
const (
	federationConfigurations = "entra.federation_configurations"
	users                    = "entra.users"
	userActivity             = "entra.user_activity"
	groupMembers             = "entra.group_members"
	roleMembers              = "entra.role_members"
	signIns                  = "entra.sign_ins"
	nonInteractiveSignIns    = "entra.non_interactive_sign_ins"
)

// Offers are the resources of this package, with the least privileged
// application permission for each.
func Offers() []collectors.Offer {
	offers := []collectors.Offer{
		{
			Name: federationConfigurations, Endpoint: "GET /v1.0/domains/{id}/federationConfiguration",
			Permission: "Domain-InternalFederation.Read.All", Paths: []string{federationConfigurations},
			After: []string{"entra.domains"},
		},
		{
			Name: users, Endpoint: "GET /v1.0/users", Permission: "User.Read.All",
			Paths: []string{"mailboxes[].entra"},
		},
		{
			Name: userActivity, Endpoint: "GET /v1.0/users?$select=id,signInActivity", Permission: "AuditLog.Read.All",
			Paths: []string{"mailboxes[].entra.signInActivity"},
		},
		{
			Name: groupMembers, Endpoint: "GET /v1.0/groups/{id}/transitiveMembers", Permission: "GroupMember.Read.All",
			Paths: []string{"entra.groups", "entra.group_member_counts", "mailboxes[].entra.groups"},
			After: []string{"entra.conditional_access_policies", "entra.feature_rollout_policies"},
		},
		{
			Name: roleMembers, Endpoint: "GET /v1.0/roleManagement/directory/roleAssignments", Permission: "RoleManagement.Read.Directory",
			Paths: []string{"entra.directory_roles", "mailboxes[].entra.roles"},
		},
		{
			Name: signIns, Endpoint: "GET /v1.0/auditLogs/signIns", Permission: "AuditLog.Read.All",
			Paths: []string{"evidence.sign_ins", "evidence.window"},
		},
		{
			Name: nonInteractiveSignIns, Endpoint: "GET /beta/auditLogs/signIns", Permission: "AuditLog.Read.All",
			Paths: []string{"evidence.sign_ins", "evidence.window"},
		},
	}
	for _, s := range slices.Concat(conditionalAccess, directory) {
		offers = append(offers, collectors.Offer{
			Name: s.name, Endpoint: "GET " + s.endpoint(), Permission: s.permission, Paths: []string{s.name},
		})
	}
	slices.SortFunc(offers, func(a, b collectors.Offer) int { return cmp.Compare(a.Name, b.Name) })
	return offers
}

// permissionFor gives the permission of a resource, for hints.
func permissionFor(resource string) string {
	for _, o := range Offers() {
		if o.Name == resource {
			return o.Permission
		}
	}
	return ""
}
