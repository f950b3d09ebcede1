package access

// Protocol is a way into a mailbox.
type Protocol string

// The protocols: the whitepaper's table, then SMTP AUTH, to which Microsoft left
// the password, and two that a token opens and Exchange's switches against legacy
// protocols do not: Outlook on the web, and Microsoft Graph, which no switch of the
// mailbox closes at all.
const (
	POP        Protocol = "pop"
	IMAP       Protocol = "imap"
	ActiveSync Protocol = "activesync"
	EWS        Protocol = "ews"
	MAPI       Protocol = "mapi"
	PowerShell Protocol = "powershell"
	SMTP       Protocol = "smtp"
	Web        Protocol = "web"
	Graph      Protocol = "graph"
)

// Protocols lists all protocols in the order of the matrix.
func Protocols() []Protocol {
	return []Protocol{POP, IMAP, ActiveSync, EWS, MAPI, PowerShell, SMTP, Web, Graph}
}

// InWhitepaper reports whether the protocol stands in the whitepaper's matrix.
func (p Protocol) InWhitepaper() bool {
	switch p {
	case POP, IMAP, ActiveSync, EWS, MAPI, PowerShell:
		return true
	}
	return false
}

// Title is the protocol's name for people.
func (p Protocol) Title() string {
	titles := map[Protocol]string{
		POP: "POP", IMAP: "IMAP", ActiveSync: "Exchange ActiveSync", EWS: "EWS", MAPI: "MAPI",
		PowerShell: "PowerShell", SMTP: "SMTP AUTH", Web: "Outlook on the web", Graph: "Microsoft Graph",
	}
	return titles[p]
}

// Method is how somebody proves who they are.
type Method string

const (
	// Basic sends name and password to Exchange, which has them checked.
	Basic Method = "basic"
	// Modern signs in by a browser, also one inside an app, and gets tokens.
	Modern Method = "modern"
	// PasswordGrant gets tokens for a name and a password without any browser: at
	// Okta's active WS-Trust endpoint, or at Entra's token endpoint. No Exchange
	// setting against basic authentication stops it.
	PasswordGrant Method = "password_grant"
)

// Methods lists all methods in the order of the matrix.
func Methods() []Method { return []Method{Basic, Modern, PasswordGrant} }

// Title is the method's name for people.
func (m Method) Title() string {
	titles := map[Method]string{
		Basic: "Basic authentication", Modern: "Modern authentication", PasswordGrant: "Password grant",
	}
	return titles[m]
}

// Offers reports whether the protocol knows the method. asPublished asks it of the
// time of the whitepaper, whose first table gives POP and IMAP basic
// authentication alone; Microsoft has since taught them, and SMTP AUTH, to take
// tokens.
func (p Protocol) Offers(m Method, asPublished bool) bool {
	switch {
	case p == Web || p == Graph:
		return m != Basic
	case asPublished && (p == POP || p == IMAP || p == SMTP):
		return m == Basic
	}
	return true
}

// Outcome is what becomes of a door.
type Outcome string

const (
	// NotOffered: the protocol does not know the method.
	NotOffered Outcome = "not_offered"
	// ClosedAtExchange, ClosedAtIdentityProvider and ClosedAfterSignIn: nobody of
	// the class gets in; the first lock that a request meets is there.
	ClosedAtExchange         Outcome = "closed_at_exchange"
	ClosedAtIdentityProvider Outcome = "closed_at_identity_provider"
	ClosedAfterSignIn        Outcome = "closed_after_sign_in"
	// WithMFA: somebody may get in, and nobody without a second factor.
	WithMFA Outcome = "allowed_with_mfa"
	// Undecided: a request may get in without a second factor, because of the
	// door's reasons.
	Undecided Outcome = "undecided"
	// Open: the door's witness gets in without a second factor.
	Open Outcome = "allowed_without_mfa"
)

// Outcomes lists all outcomes, the best closed first.
func Outcomes() []Outcome {
	return []Outcome{NotOffered, ClosedAtExchange, ClosedAtIdentityProvider, ClosedAfterSignIn, WithMFA, Undecided, Open}
}

// Closed reports whether nobody gets in.
func (o Outcome) Closed() bool {
	return o == ClosedAtExchange || o == ClosedAtIdentityProvider || o == ClosedAfterSignIn
}

// Stage says where in a request's way a lock sits.
type Stage string

const (
	// BeforePassword: before anybody looks at the password, so that it stops
	// spraying too.
	BeforePassword Stage = "before_password"
	// AtIdentityProvider: Okta, or Entra for users that it signs in itself. The
	// password has been checked by then.
	AtIdentityProvider Stage = "identity_provider"
	// AfterSignIn: Conditional Access, security defaults, the mailbox's own switches.
	AfterSignIn Stage = "after_sign_in"
)

// Kind says what a lock is.
type Kind string

// The kinds of locks.
const (
	// LockService is Microsoft's own removal of a path. Nobody in the organisation
	// set it.
	LockService Kind = "service"
	// LockAuthenticationPolicy is Exchange's authentication policy.
	LockAuthenticationPolicy Kind = "authentication_policy"
	// LockMailboxSwitch is a protocol switched off on the mailbox, LockOrganisationSwitch
	// one for the organisation.
	LockMailboxSwitch      Kind = "mailbox_switch"
	LockOrganisationSwitch Kind = "organisation_switch"
	// LockOktaRules: every request is denied by the app's rules or blocklist zones.
	LockOktaRules Kind = "okta_rules"
	// LockOktaAccount: Okta refuses the user: not assigned to the app, or suspended.
	LockOktaAccount Kind = "okta_account"
	// LockConditionalAccess: policies that block; LockConditionalAccessGrant: policies
	// that demand what such a request cannot give, MFA for one.
	LockConditionalAccess      Kind = "conditional_access"
	LockConditionalAccessGrant Kind = "conditional_access_grant"
	// LockSecurityDefaults are Entra's security defaults.
	LockSecurityDefaults Kind = "security_defaults"
)

// Station is whom a request meets: Exchange, the identity provider, then Entra.
type Station string

// The stations.
const (
	Exchange         Station = "exchange"
	IdentityProvider Station = "identity_provider"
	Entra            Station = "entra"
)

// Lock is something that by itself closes a door for everybody of a class.
type Lock struct {
	Kind    Kind    `json:"kind"`
	Station Station `json:"station"`
	Stage   Stage   `json:"stage"`
	// Name is what the lock is called in the tenant, such as a policy's name.
	Name string `json:"name,omitzero"`
	// Pointer is where it stands in the snapshot, if it stands in one place.
	Pointer string `json:"pointer,omitzero"`
}
