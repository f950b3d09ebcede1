package snapshot

import (
	"fmt"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Version is the version of the document that this package reads and writes.
const Version = 1

// Object is one vendor object as the vendor sent it: its own field names and
// values, its unknown fields included. A nil Object is absent; the text "null"
// is an answer.
type Object = jsontext.Value

// Snapshot is the document without its mailboxes, which are written and read
// one at a time because there may be millions of them.
type Snapshot struct {
	Version     int        `json:"version"`
	CollectedAt Instant    `json:"collected_at"`
	Tenant      Tenant     `json:"tenant"`
	Collection  Collection `json:"collection"`

	Entra      *Entra      `json:"entra,omitzero"`
	Exchange   *Exchange   `json:"exchange,omitzero"`
	SharePoint *SharePoint `json:"sharepoint,omitzero"`
	Okta       *Okta       `json:"okta,omitzero"`
	Evidence   *Evidence   `json:"evidence,omitzero"`
}

// Tenant says whose configuration the snapshot holds.
type Tenant struct {
	// ID is the Entra tenant id, a GUID.
	ID string `json:"id"`
	// Name is the organisation's display name.
	Name string `json:"name,omitzero"`
	// InitialDomain is the onmicrosoft.com domain.
	InitialDomain string `json:"initial_domain,omitzero"`
	// Cloud is public, gcc, gcchigh, dod or china.
	Cloud string `json:"cloud,omitzero"`
	// OktaOrg is the Okta org's own URL, without a path.
	OktaOrg string `json:"okta_org,omitzero"`
}

// Collection is the evidence ledger: what was asked for, and how that ended.
type Collection struct {
	// Source is what made the snapshot: live, scubagear and so on.
	Source string `json:"source"`
	// Resources are sorted by name when written.
	Resources []Resource `json:"resources"`
}

// Status says how the collection of one resource ended.
type Status string

// The statuses of a resource. Only Collected, and Attested, let a control pass on
// it.
const (
	// Collected: read to the end.
	Collected Status = "collected"
	// Partial: some of it was read; what is there is true, what is not there
	// may exist.
	Partial Status = "partial"
	// Denied: the credentials lack the permission.
	Denied Status = "denied"
	// Failed: asked for, and no usable answer came.
	Failed Status = "failed"
	// Unlicensed: the tenant has no licence for the API.
	Unlicensed Status = "unlicensed"
	// Skipped: not asked for.
	Skipped Status = "skipped"
	// Attested: no API shows it, and a person has put down what there is. No file
	// has it: an attestation is laid over a document after that was read.
	Attested Status = "attested"
)

// Resource is one line of the ledger.
type Resource struct {
	// Name is stable: <service>.<resource>, such as exchange.transport_config.
	Name string `json:"name"`
	// Endpoint is the API path or the cmdlet.
	Endpoint string `json:"endpoint"`
	// Permission is the least privilege that reads it.
	Permission string `json:"permission"`
	// Paths are the places of the document it fills, dotted from the root;
	// mailboxes[] stands for each mailbox.
	Paths []string `json:"paths"`
	// Status says how it ended.
	Status Status `json:"status"`
	// Items is how many objects were read, when that is known.
	Items *int `json:"items,omitzero"`
	// CollectedAt is when it ended.
	CollectedAt *Instant `json:"collected_at,omitzero"`
	// Code is a stable error code, empty when the resource was collected.
	Code string `json:"code,omitzero"`
	// Message is the error in words, without request ids and secrets.
	Message string `json:"message,omitzero"`
	// Counts holds leftovers and cross-checks, by name.
	Counts map[string]int `json:"counts,omitzero"`
}

// Entra holds Microsoft Graph's answers. A nil field was not collected.
type Entra struct {
	Domains                     []Object            `json:"domains,omitzero"`
	FederationConfigurations    map[string][]Object `json:"federation_configurations,omitzero"`
	Organization                Object              `json:"organization,omitzero"`
	ConditionalAccessPolicies   []Object            `json:"conditional_access_policies,omitzero"`
	NamedLocations              []Object            `json:"named_locations,omitzero"`
	SecurityDefaults            Object              `json:"security_defaults,omitzero"`
	AuthenticationStrengths     []Object            `json:"authentication_strengths,omitzero"`
	AuthenticationMethodsPolicy Object              `json:"authentication_methods_policy,omitzero"`
	TokenLifetimePolicies       []Object            `json:"token_lifetime_policies,omitzero"`
	HomeRealmDiscoveryPolicies  []Object            `json:"home_realm_discovery_policies,omitzero"`
	FeatureRolloutPolicies      []Object            `json:"feature_rollout_policies,omitzero"`
	OnPremisesSynchronization   Object              `json:"on_premises_synchronization,omitzero"`
	SubscribedSKUs              []Object            `json:"subscribed_skus,omitzero"`
	Groups                      []Object            `json:"groups,omitzero"`
	GroupMemberCounts           map[string]int      `json:"group_member_counts,omitzero"`
	DirectoryRoles              []Object            `json:"directory_roles,omitzero"`
}

// Exchange holds the answers of Exchange Online's cmdlets. A nil field was not
// collected.
type Exchange struct {
	OrganizationConfig     Object   `json:"organization_config,omitzero"`
	EWSOperationAccess     Object   `json:"ews_operation_access,omitzero"`
	TransportConfig        Object   `json:"transport_config,omitzero"`
	AuthenticationPolicies []Object `json:"authentication_policies,omitzero"`
	CASMailboxPlans        []Object `json:"cas_mailbox_plans,omitzero"`
	RoleGroups             []Object `json:"role_groups,omitzero"`
	AcceptedDomains        []Object `json:"accepted_domains,omitzero"`
}

// SharePoint holds SharePoint's tenant settings, as Microsoft Graph gives them.
type SharePoint struct {
	Settings Object `json:"settings,omitzero"`
}

// Okta holds the Okta org's answers. A nil field was not collected.
type Okta struct {
	Organization          Object                    `json:"organization,omitzero"`
	Domains               []Object                  `json:"domains,omitzero"`
	Apps                  []Object                  `json:"apps,omitzero"`
	AppKeys               map[string][]Object       `json:"app_keys,omitzero"`
	AccessPolicies        []Object                  `json:"access_policies,omitzero"`
	AccessPolicyRules     map[string][]Object       `json:"access_policy_rules,omitzero"`
	SignOnPolicies        []Object                  `json:"sign_on_policies,omitzero"`
	SignOnPolicyRules     map[string][]Object       `json:"sign_on_policy_rules,omitzero"`
	Zones                 []Object                  `json:"zones,omitzero"`
	Groups                []Object                  `json:"groups,omitzero"`
	GroupRules            []Object                  `json:"group_rules,omitzero"`
	GroupMemberCounts     map[string]int            `json:"group_member_counts,omitzero"`
	AppAssignments        map[string]AppAssignments `json:"app_assignments,omitzero"`
	DeviceAssurances      []Object                  `json:"device_assurances,omitzero"`
	ThreatInsight         Object                    `json:"threat_insight,omitzero"`
	SecurityNotifications Object                    `json:"security_notifications,omitzero"`
}

// AppAssignments says who is assigned to one Okta app instance.
type AppAssignments struct {
	// Users is how many users are assigned, directly or through a group.
	Users int `json:"users"`
	// Groups are the ids of the assigned groups.
	Groups []string `json:"groups,omitzero"`
}

// Evidence holds what the logs show over a window.
type Evidence struct {
	Window         *Window         `json:"window,omitzero"`
	SignIns        []SignIn        `json:"sign_ins,omitzero"`
	OktaRequests   []OktaRequest   `json:"okta_requests,omitzero"`
	NewDeviceMails *NewDeviceMails `json:"new_device_mails,omitzero"`
}

// Window is the time the logs were read for.
type Window struct {
	Since Instant `json:"since"`
	Until Instant `json:"until"`
}

// SignIn adds up one user's sign-ins to Entra with one legacy client.
type SignIn struct {
	UserPrincipalName      string   `json:"user_principal_name"`
	UserID                 string   `json:"user_id,omitzero"`
	ClientApp              string   `json:"client_app"`
	AuthenticationProtocol string   `json:"authentication_protocol,omitzero"`
	Interactive            bool     `json:"interactive"`
	UserAgent              string   `json:"user_agent,omitzero"`
	App                    string   `json:"app,omitzero"`
	Succeeded              int      `json:"succeeded"`
	Failed                 int      `json:"failed"`
	FirstSeen              *Instant `json:"first_seen,omitzero"`
	LastSeen               *Instant `json:"last_seen,omitzero"`
}

// OktaRequest adds up one user's requests with one user agent at Okta's active
// WS-Trust endpoint, the door of legacy clients.
type OktaRequest struct {
	UserName  string   `json:"user_name"`
	UserID    string   `json:"user_id,omitzero"`
	UserAgent string   `json:"user_agent"`
	AppID     string   `json:"app_id,omitzero"`
	Succeeded int      `json:"succeeded"`
	Failed    int      `json:"failed"`
	FirstSeen *Instant `json:"first_seen,omitzero"`
	LastSeen  *Instant `json:"last_seen,omitzero"`
}

// NewDeviceMails counts the new-device messages that Okta sent in the window.
type NewDeviceMails struct {
	Sent       int      `json:"sent"`
	LastSentAt *Instant `json:"last_sent_at,omitzero"`
}

// Mailbox is one joined record. What names the person is never judged; the rest
// is. A nil part was not collected for this mailbox.
type Mailbox struct {
	// ID is Exchange's ExternalDirectoryObjectId, Entra's object id.
	ID                string   `json:"id"`
	UserPrincipalName string   `json:"user_principal_name,omitzero"`
	DisplayName       string   `json:"display_name,omitzero"`
	Addresses         []string `json:"addresses,omitzero"`

	// Domain is the part of the user principal name behind the @, lower case.
	Domain   string           `json:"domain,omitzero"`
	Exchange *MailboxExchange `json:"exchange,omitzero"`
	Entra    *MailboxEntra    `json:"entra,omitzero"`
	Okta     *MailboxOkta     `json:"okta,omitzero"`
}

// MailboxExchange holds Exchange's fields for one mailbox, values untouched: an
// absent field, null, true and false are four answers.
type MailboxExchange struct {
	ActiveSyncEnabled                Object `json:"ActiveSyncEnabled,omitzero"`
	PopEnabled                       Object `json:"PopEnabled,omitzero"`
	ImapEnabled                      Object `json:"ImapEnabled,omitzero"`
	MAPIEnabled                      Object `json:"MAPIEnabled,omitzero"`
	EwsEnabled                       Object `json:"EwsEnabled,omitzero"`
	OWAEnabled                       Object `json:"OWAEnabled,omitzero"`
	SmtpClientAuthenticationDisabled Object `json:"SmtpClientAuthenticationDisabled,omitzero"`
	RecipientTypeDetails             Object `json:"RecipientTypeDetails,omitzero"`
	AuthenticationPolicy             Object `json:"AuthenticationPolicy,omitzero"`
	RemotePowerShellEnabled          Object `json:"RemotePowerShellEnabled,omitzero"`
	EXOModuleEnabled                 Object `json:"EXOModuleEnabled,omitzero"`
	AccountDisabled                  Object `json:"AccountDisabled,omitzero"`
	// RoleGroups are the names of the administrative role groups of the user;
	// nil when they were not collected.
	RoleGroups []string `json:"role_groups,omitzero"`
}

// MailboxEntra holds Graph's fields for the mailbox's user. Instants are pointers
// to normalised instants; a null is written by Null.
type MailboxEntra struct {
	AccountEnabled              Object          `json:"accountEnabled,omitzero"`
	UserType                    Object          `json:"userType,omitzero"`
	OnPremisesSyncEnabled       Object          `json:"onPremisesSyncEnabled,omitzero"`
	CreatedDateTime             *Instant        `json:"createdDateTime,omitzero"`
	SignInSessionsValidFromDate *Instant        `json:"signInSessionsValidFromDateTime,omitzero"`
	SignInActivity              *SignInActivity `json:"signInActivity,omitzero"`
	Groups                      []string        `json:"groups,omitzero"`
	Roles                       []string        `json:"roles,omitzero"`
}

// SignInActivity says when the user last signed in. An empty one was read and
// shows no sign-in; a nil one was not read.
type SignInActivity struct {
	LastSignIn               *Instant `json:"lastSignInDateTime,omitzero"`
	LastNonInteractiveSignIn *Instant `json:"lastNonInteractiveSignInDateTime,omitzero"`
	LastSuccessfulSignIn     *Instant `json:"lastSuccessfulSignInDateTime,omitzero"`
}

// MailboxOkta holds what Okta knows of the user whose user name is the mailbox's
// user principal name.
type MailboxOkta struct {
	// Assigned is false only when the assignments were read to the end and hold
	// no such user name.
	Assigned bool `json:"assigned"`
	// Apps are the ids of the Office 365 app instances the user is assigned to.
	Apps []string `json:"apps,omitzero"`
	// Status is the Okta user's status.
	Status string `json:"status,omitzero"`
	// UserType is the id of the Okta user type.
	UserType string `json:"user_type,omitzero"`
	// Groups are the ids of the groups that rules name and the user is in.
	Groups []string `json:"groups,omitzero"`
	// Named is the user's own Okta id, when a rule names it.
	Named []string `json:"named,omitzero"`
}

// Instant is a moment in UTC to the second, so that the order of its texts is
// the order of time. The years 1 and 9999, which Microsoft writes for never and
// for ever, are as good as any.
type Instant struct{ time.Time }

// instantLayout has a fixed width on purpose: see Instant.
const instantLayout = "2006-01-02T15:04:05Z"

// NewInstant cuts t to UTC and whole seconds.
func NewInstant(t time.Time) Instant { return Instant{t.UTC().Truncate(time.Second)} }

// Null is the answer null where the vendor gave that and no instant. It is told
// apart by being out of the range of a document's instants.
func Null() *Instant { return &Instant{time.Date(nullYear, 1, 1, 0, 0, 0, 0, time.UTC)} }

const nullYear = -9999

// IsNull reports whether the instant stands for null.
func (i Instant) IsNull() bool { return i.Year() == nullYear }

// IsZero is always false: an instant that is there is never left out of the
// document. Without it, the method of time.Time would drop the year 1.
func (i Instant) IsZero() bool { return false }

// String gives the instant as the document writes it.
func (i Instant) String() string {
	if i.IsNull() {
		return "null"
	}
	return i.UTC().Format(instantLayout)
}

// MarshalText writes the instant as the document does. Null has no text.
func (i Instant) MarshalText() ([]byte, error) {
	if year := i.UTC().Year(); year < 0 || year > 9999 {
		return nil, fmt.Errorf("the year %d is outside 0000 to 9999", year)
	}
	return []byte(i.String()), nil
}

// UnmarshalText reads any RFC 3339 instant and normalises it.
func (i *Instant) UnmarshalText(text []byte) error {
	t, err := time.Parse(time.RFC3339Nano, string(text))
	if err != nil {
		return fmt.Errorf("%q is not an instant such as 2026-11-01T08:00:00Z", text)
	}
	if year := t.UTC().Year(); year < 0 || year > 9999 {
		return fmt.Errorf("%q is outside the years 0000 to 9999", text)
	}
	*i = NewInstant(t)
	return nil
}

// MarshalJSON writes the instant, or null. Without it, the method of time.Time
// would be taken.
func (i Instant) MarshalJSON() ([]byte, error) {
	if i.IsNull() {
		return []byte("null"), nil
	}
	text, err := i.MarshalText()
	if err != nil {
		return nil, err
	}
	return append(append([]byte{'"'}, text...), '"'), nil
}

// UnmarshalJSON reads any RFC 3339 instant and normalises it, or null.
func (i *Instant) UnmarshalJSON(value []byte) error {
	if string(value) == "null" {
		*i = *Null()
		return nil
	}
	text, err := jsontext.AppendUnquote(nil, value)
	if err != nil {
		return fmt.Errorf("an instant is a string: %w", err)
	}
	return i.UnmarshalText(text)
}
