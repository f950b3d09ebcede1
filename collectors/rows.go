package collectors

import "github.com/seed-07732396/postern/collectors/snapshot"

// Row is one row of a bulk listing: a part of a mailbox's record, which Run
// joins with the other parts. The rows are CASMailbox, ExchangeUser, EntraUser,
// OktaUser and Membership.
type Row interface {
	// kind names the row in the resume folder.
	kind() string
	// fills is the path that a resource must offer to add such a row.
	fills() string
}

// CASMailbox is one mailbox as Exchange lists it. Only these rows make
// mailboxes; all others add to them.
type CASMailbox struct {
	// ID is ExternalDirectoryObjectId. It may be empty for a mailbox that Entra
	// does not know; GUID then takes its place.
	ID string `json:"id,omitzero"`
	// GUID is Exchange's own Guid.
	GUID        string   `json:"guid,omitzero"`
	DisplayName string   `json:"display_name,omitzero"`
	Addresses   []string `json:"addresses,omitzero"`
	// Exchange holds the flags of Get-CASMailbox; the fields of Get-User are nil.
	Exchange snapshot.MailboxExchange `json:"exchange"`
}

// ExchangeUser is one row of Get-User.
type ExchangeUser struct {
	// ID is ExternalDirectoryObjectId, GUID Exchange's own; see CASMailbox.
	ID                string `json:"id,omitzero"`
	GUID              string `json:"guid,omitzero"`
	UserPrincipalName string `json:"user_principal_name,omitzero"`
	DisplayName       string `json:"display_name,omitzero"`
	// RecipientType is UserMailbox for whoever has a mailbox here.
	RecipientType string `json:"recipient_type,omitzero"`
	// Exchange holds the fields of Get-User; the flags of the mailbox are nil.
	Exchange snapshot.MailboxExchange `json:"exchange"`
}

// EntraUser is one user of the directory.
type EntraUser struct {
	ID                string `json:"id"`
	UserPrincipalName string `json:"user_principal_name,omitzero"`
	DisplayName       string `json:"display_name,omitzero"`
	// Entra holds the user's own fields; Groups and Roles are nil, they come as
	// Membership rows.
	Entra snapshot.MailboxEntra `json:"entra"`
}

// OktaUser is one assignment of an Okta user to an Office 365 app instance.
type OktaUser struct {
	// ID is Okta's user id.
	ID string `json:"id"`
	// UserName is the assignment's credentials.userName: the user principal name
	// under which Okta signs the user in to Microsoft.
	UserName string `json:"user_name"`
	// App is the id of the app instance.
	App string `json:"app"`
	// Status and UserType are the Okta user's, when they are known.
	Status   string `json:"status,omitzero"`
	UserType string `json:"user_type,omitzero"`
	// Named says that a rule names this user by id.
	Named bool `json:"named,omitzero"`
}

// MembershipKind says what a Membership is in.
type MembershipKind string

// The kinds of membership.
const (
	// EntraGroup: Group is an Entra group's id, Member an Entra user's.
	EntraGroup MembershipKind = "entra_group"
	// EntraRole: Group is a directory role's template id, Member an Entra user's id.
	EntraRole MembershipKind = "entra_role"
	// ExchangeRoleGroup: Group is a role group's name, Member an Entra user's id.
	ExchangeRoleGroup MembershipKind = "exchange_role_group"
	// OktaGroup: Group is an Okta group's id, Member an Okta user's.
	OktaGroup MembershipKind = "okta_group"
)

// Membership says that Member is in Group. The same one may be added twice.
type Membership struct {
	Kind   MembershipKind `json:"kind"`
	Group  string         `json:"group"`
	Member string         `json:"member"`
}

func (*CASMailbox) kind() string   { return "cas_mailbox" }
func (*ExchangeUser) kind() string { return "exchange_user" }
func (*EntraUser) kind() string    { return "entra_user" }
func (*OktaUser) kind() string     { return "okta_user" }
func (*Membership) kind() string   { return "membership" }

// The paths of the document that the join fills.
const (
	pathMailboxes  = "mailboxes"
	pathDomain     = "mailboxes[].domain"
	pathEntra      = "mailboxes[].entra"
	pathGroups     = "mailboxes[].entra.groups"
	pathRoles      = "mailboxes[].entra.roles"
	pathRoleGroups = "mailboxes[].exchange.role_groups"
	pathOkta       = "mailboxes[].okta"
	pathOktaGroups = "mailboxes[].okta.groups"
)

func (*CASMailbox) fills() string   { return pathMailboxes }
func (*ExchangeUser) fills() string { return pathDomain }
func (*EntraUser) fills() string    { return pathEntra }
func (*OktaUser) fills() string     { return pathOkta }

func (m *Membership) fills() string {
	switch m.Kind {
	case EntraGroup:
		return pathGroups
	case EntraRole:
		return pathRoles
	case ExchangeRoleGroup:
		return pathRoleGroups
	case OktaGroup:
		return pathOktaGroups
	default:
		return ""
	}
}

// newRow makes an empty row of a kind, nil if there is none of that name.
func newRow(kind string) Row {
	for _, row := range []Row{new(CASMailbox), new(ExchangeUser), new(EntraUser), new(OktaUser), new(Membership)} {
		if row.kind() == kind {
			return row
		}
	}
	return nil
}
