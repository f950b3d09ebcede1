package entratest

import (
	"net/http"
	"slices"
	"strings"
)

// permission says what reads a path; any one of the list does.
type permission struct {
	path  string // a prefix of the path below the version
	anyOf []string
}

// permissions are looked through from the top; the first prefix that fits counts.
func permissions() []permission {
	return []permission{
		{"domains/{id}/federationConfiguration", []string{"Domain-InternalFederation.Read.All", "Domain.Read.All", "Directory.Read.All"}},
		{"domains", []string{"Domain.Read.All", "Directory.Read.All"}},
		{"organization", []string{"Organization.Read.All", "Directory.Read.All"}},
		{"directory/onPremisesSynchronization", []string{"OnPremDirectorySynchronization.Read.All"}},
		{"identity/conditionalAccess", []string{"Policy.Read.All"}},
		{"policies/authenticationMethodsPolicy", []string{"Policy.Read.AuthenticationMethod", "Policy.Read.All"}},
		{"policies/authenticationStrengthPolicies", []string{"Policy.Read.AuthenticationMethod", "Policy.Read.All"}},
		{"policies/featureRolloutPolicies", []string{"Policy.Read.HybridAuthentication"}},
		{"policies", []string{"Policy.Read.All"}},
		{"users", []string{"User.Read.All", "Directory.Read.All"}},
		{"auditLogs/signIns", []string{"AuditLog.Read.All"}},
		{"groups", []string{"GroupMember.Read.All", "Group.Read.All", "Directory.Read.All"}},
		{"directoryRoles", []string{"RoleManagement.Read.Directory", "Directory.Read.All"}},
		{"roleManagement", []string{"RoleManagement.Read.Directory", "Directory.Read.All"}},
		{"subscribedSkus", []string{"LicenseAssignment.Read.All", "Organization.Read.All", "Directory.Read.All"}},
		{"admin/sharepoint/settings", []string{"SharePointTenantSettings.Read.All"}},
	}
}

// AllPermissions are the application permissions that this service knows.
func AllPermissions() []string {
	var all []string
	for _, p := range permissions() {
		all = append(all, p.anyOf...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// allow tells whether a token may read a path; template is the path with {id} in
// place of ids.
func (s *Server) allow(template string, has []string) error {
	for denied := range s.tenant.Denied {
		if template == denied || strings.HasSuffix(template, "/"+denied) || strings.HasPrefix(template, denied+"/") {
			return accessDenied()
		}
	}
	for _, p := range permissions() {
		if !strings.HasPrefix(template, p.path) {
			continue
		}
		if slices.ContainsFunc(p.anyOf, func(one string) bool { return slices.Contains(has, one) }) {
			return nil
		}
		return accessDenied()
	}
	return &refusal{http.StatusBadRequest, "BadRequest", "Resource not found for the segment '" + template + "'."}
}

func accessDenied() error {
	return &refusal{http.StatusForbidden, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."}
}

// audited refuses what needs a premium licence and AuditLog.Read.All.
func (s *Server) audited(has []string) error {
	if !s.tenant.Premium {
		return &refusal{
			http.StatusForbidden, "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
			"Neither tenant is B2C or tenant doesn't have premium license",
		}
	}
	if !slices.Contains(has, "AuditLog.Read.All") {
		return &refusal{
			http.StatusForbidden, "Authentication_MSGraphPermissionMissing",
			"Calling principal does not have required MSGraph permissions AuditLog.Read.All",
		}
	}
	return nil
}
