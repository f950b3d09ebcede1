package exchange

import "github.com/seed-07732396/postern/collectors"

// cmdlet is the name of a cmdlet that may be sent. The type is not exported and
// invoke refuses what is not in the allow list, so nothing that changes a tenant
// can leave this package.
type cmdlet string

const (
	getOrganizationConfig   cmdlet = "Get-OrganizationConfig"
	getTransportConfig      cmdlet = "Get-TransportConfig"
	getAuthenticationPolicy cmdlet = "Get-AuthenticationPolicy"
	getCASMailboxPlan       cmdlet = "Get-CASMailboxPlan"
	getCASMailbox           cmdlet = "Get-CASMailbox"
	getUser                 cmdlet = "Get-User"
	getAcceptedDomain       cmdlet = "Get-AcceptedDomain"
	getRoleGroup            cmdlet = "Get-RoleGroup"
	getRoleGroupMember      cmdlet = "Get-RoleGroupMember"
)

// allowed is the allow list.
func allowed(c cmdlet) bool {
	switch c {
	case getOrganizationConfig, getTransportConfig, getAuthenticationPolicy, getCASMailboxPlan, getCASMailbox,
		getUser, getAcceptedDomain, getRoleGroup, getRoleGroupMember:
		return true
	}
	return false
}

// The two grants. An app role alone answers 403, a directory role alone 401.
const (
	permissionConfiguration = "Exchange.ManageAsApp, and Global Reader or a role group with View-Only Configuration"
	permissionRecipients    = "Exchange.ManageAsApp, and Global Reader or a role group with View-Only Recipients"
)

// section is a resource that is one cmdlet and one value.
type section struct {
	resource   string // and its place in the document
	cmdlet     cmdlet
	parameters map[string]any
	// single says that the cmdlet gives exactly one object.
	single bool
}

// sections are what is read besides mailboxes, users and role groups. The
// organisation's configuration comes twice: only the second call gives the list
// of applications that may use EWS.
var sections = []section{
	{resource: "exchange.organization_config", cmdlet: getOrganizationConfig, single: true},
	{
		resource: "exchange.ews_operation_access", cmdlet: getOrganizationConfig, single: true,
		parameters: map[string]any{"RetrieveEwsOperationAccessPolicy": true},
	},
	{resource: "exchange.transport_config", cmdlet: getTransportConfig, single: true},
	{resource: "exchange.authentication_policies", cmdlet: getAuthenticationPolicy},
	{resource: "exchange.cas_mailbox_plans", cmdlet: getCASMailboxPlan},
	{resource: "exchange.accepted_domains", cmdlet: getAcceptedDomain},
}

const (
	resourceMailboxes  = "exchange.cas_mailboxes"
	resourceUsers      = "exchange.users"
	resourceRoleGroups = "exchange.role_groups"
)

// Offers are the resources of this package.
func Offers() []collectors.Offer {
	var offers []collectors.Offer
	for _, s := range sections {
		endpoint := string(s.cmdlet)
		for name := range s.parameters {
			endpoint += " -" + name
		}
		offers = append(offers, collectors.Offer{
			Name: s.resource, Endpoint: endpoint, Permission: permissionConfiguration, Paths: []string{s.resource},
		})
	}
	return append(offers,
		collectors.Offer{
			Name: resourceMailboxes, Endpoint: string(getCASMailbox), Permission: permissionRecipients,
			Paths: []string{"mailboxes", "mailboxes[].exchange"},
		},
		collectors.Offer{
			Name: resourceUsers, Endpoint: string(getUser), Permission: permissionRecipients,
			Paths: []string{
				"mailboxes[].domain", "mailboxes[].exchange.AuthenticationPolicy", "mailboxes[].exchange.RecipientTypeDetails",
				"mailboxes[].exchange.RemotePowerShellEnabled", "mailboxes[].exchange.EXOModuleEnabled", "mailboxes[].exchange.AccountDisabled",
			},
		},
		collectors.Offer{
			Name: resourceRoleGroups, Endpoint: string(getRoleGroup) + ", " + string(getRoleGroupMember), Permission: permissionConfiguration,
			Paths: []string{"exchange.role_groups", "mailboxes[].exchange.role_groups"},
		})
}
