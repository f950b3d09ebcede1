package access

import (
	_ "embed"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/policies/finding"
)

//go:embed schema.json
var schema []byte

// Schema is the JSON Schema of a Result's JSON, which controls see as
// input.access.
func Schema() []byte { return append([]byte(nil), schema...) }

// Facts is the result as controls see it: the same bytes for the same result.
func (r *Result) Facts() (jsontext.Value, error) {
	return json.Marshal(r, json.Deterministic(true))
}

// Answer is yes, no or maybe, as facts write it.
type Answer string

func (t tri) answer() Answer { return Answer(t.String()) }

// Policy is one of Okta's authentication policies for Office 365, and what its
// rules truly decide.
type Policy struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// Index is its place in okta.access_policies, -1 when it is not there.
	Index int   `json:"index"`
	Apps  []App `json:"apps"`
	// Unreadable says why the rules are not known, or not all of them.
	Unreadable *Reason `json:"unreadable,omitzero"`
	// Mailboxes is how many mailboxes' users Okta lets use one of the apps, Assigned
	// how many users with a mailbox or without are assigned to them; null when that was
	// not collected.
	Mailboxes int  `json:"mailboxes"`
	Assigned  *int `json:"assigned"`
	// Rules are all rules, as the API lists them.
	Rules []Rule `json:"rules"`
	// Unmatched is what gets past because no rule decides.
	Unmatched Rule `json:"unmatched"`
	// Order says for groups of people which rule denies them legacy clients.
	Order []Order `json:"order"`
	// Excepted counts the mailboxes whose users exceptions for legacy clients name, by
	// the rules that do. It is empty where there are too many ways to put rules together.
	Excepted []Excepted `json:"excepted"`
}

// Excepted is a number of mailboxes whose users the same exceptions surely name.
type Excepted struct {
	// Rules are the indices of the rules.
	Rules     []int `json:"rules"`
	Mailboxes int   `json:"mailboxes"`
}

// App is an instance of the Office 365 app.
type App struct {
	ID    string `json:"id"`
	Label string `json:"label"`
	// Index is its place in okta.apps.
	Index int `json:"index"`
}

// Rule is one rule.
type Rule struct {
	ID   string `json:"id,omitzero"`
	Name string `json:"name,omitzero"`
	// Index is its place in the policy's list; Rank its place in the order in which
	// Okta asks, from 0, and -1 when Okta does not ask it.
	Index    int      `json:"index"`
	Rank     int      `json:"rank"`
	Priority *float64 `json:"priority,omitzero"`
	// Active is no for a rule that is switched off.
	Active Answer `json:"active"`
	System bool   `json:"system"`
	// CatchAll: nothing limits it.
	CatchAll bool   `json:"catch_all"`
	Access   string `json:"access,omitzero"`
	// Clients are the kinds of clients it is for, or may be; AnyClient says that it
	// has no condition on them.
	Clients   []string `json:"clients"`
	AnyClient bool     `json:"any_client"`
	// Factors is one, two or unclear: what it asks of clients that can be asked.
	Factors string `json:"factors,omitzero"`
	// Reached says whether any request by anybody can get as far; ShadowedBy are the
	// indices of the rules above that take what it could match.
	Reached    Answer `json:"reached"`
	ShadowedBy []int  `json:"shadowed_by"`
	// Legacy are the legacy requests that it lets past, Others the requests of other
	// clients that it lets past without a second factor.
	Legacy Passed `json:"legacy"`
	Others Passed `json:"others"`
	// Exception measures a rule that could let legacy clients in.
	Exception *Exception `json:"exception,omitzero"`
	// Doubts are conditions that nobody can decide.
	Doubts []Reason `json:"doubts"`
}

// Passed is what a rule lets past.
type Passed struct {
	// Opens: whether it lets anybody past, be it somebody made up.
	Opens Answer `json:"opens"`
	// Certain is how many mailboxes' users it surely lets past, Possible how many
	// more it may.
	Certain  int `json:"certain"`
	Possible int `json:"possible"`
	// Witness is one of them, or for nobody with a mailbox a made-up request; its
	// mailbox is -1 then.
	Witness *Witness `json:"witness,omitzero"`
	// Reasons say why it is not certain.
	Reasons []Reason `json:"reasons"`
	// Steps say how it came about.
	Steps []finding.TraceStep `json:"steps"`
}

// Order says which rule denies legacy clients to a group of people.
type Order struct {
	// Mailboxes is how many they are, First the place of the first.
	Mailboxes int `json:"mailboxes"`
	First     int `json:"first"`
	// Deny is the index of the first rule that denies them every legacy request, -1
	// for none. Above are the indices of the rules before it that could allow one.
	Deny  int   `json:"deny"`
	Above []int `json:"above"`
}

// Exception measures how a rule that could let legacy clients in is confined.
type Exception struct {
	// Everyone: neither a user nor a group limits it.
	Everyone bool `json:"everyone"`
	// Users is how many users it names, Unseen how many of them are not among those
	// whom Policy.Excepted counts.
	Users  int             `json:"users"`
	Unseen int             `json:"unseen"`
	Groups []ExceptedGroup `json:"groups"`
	Zones  []ExceptedZone  `json:"zones"`
	// Device: it has a condition on the device.
	Device bool `json:"device"`
	// Unconfined lists what makes its limits no confinement, as keys: everyone,
	// people_unreadable, anywhere, outside_zones, network_unreadable, zone_inactive,
	// zone_missing, everywhere, country, provider, no_limit, exchange_online.
	Unconfined []string `json:"unconfined"`
}

// ExceptedGroup is a group that an exception names.
type ExceptedGroup struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Everyone bool   `json:"everyone"`
	// Members is how many users it has, Share how many that is of those assigned to
	// the apps; null when not collected.
	Members *int     `json:"members"`
	Share   *float64 `json:"share"`
	// Unseen is how many of the members are not among those whom Policy.Excepted
	// counts; null when not collected.
	Unseen *int `json:"unseen"`
	// FilledBy are the names of the group rules that fill it.
	FilledBy []string `json:"filled_by"`
}

// ExceptedZone is a network zone that an exception names.
type ExceptedZone struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// Index is its place in okta.zones, -1 when it is not there.
	Index int    `json:"index"`
	Kind  string `json:"kind"`
	// Limit is what it goes by: addresses, region, country, provider, none or unknown.
	Limit string `json:"limit"`
	// Addresses4 and Addresses6 are the shares of all IPv4 and of all global IPv6
	// addresses that it lists.
	Addresses4 float64 `json:"addresses4"`
	Addresses6 float64 `json:"addresses6"`
	// ExchangeOnline: it holds addresses from which Exchange Online relays
	// everybody's requests.
	ExchangeOnline bool `json:"exchange_online"`
}

// ConditionalAccess is what Conditional Access makes of sign-ins.
type ConditionalAccess struct {
	// Collected: all policies were read.
	Collected        bool   `json:"collected"`
	SecurityDefaults Answer `json:"security_defaults"`
	// Legacy says of each kind of legacy client whether policies block it.
	Legacy []LegacyBlock `json:"legacy"`
	// LeftOut is what policies that block legacy clients leave out.
	LeftOut []Exclusion `json:"left_out"`
	// Policies are those that have to do with legacy clients.
	Policies []LegacyPolicy `json:"policies"`
	// AsksMembers: whether Entra, by a policy in force or by security defaults, asks
	// anybody but guests for a second factor, be it under conditions.
	AsksMembers Answer `json:"asks_members"`
	// Frequencies are the policies with a sign-in frequency, in force or not.
	Frequencies []Frequency `json:"frequencies"`
}

// Frequency is a policy that makes people sign in again.
type Frequency struct {
	// Index is its place in entra.conditional_access_policies.
	Index int    `json:"index"`
	ID    string `json:"id"`
	Name  string `json:"name"`
	// Enforced is yes, reports (it only reports) or no.
	Enforced Answer `json:"enforced"`
	// Hours is the interval, 0 for every time; null when it cannot be read.
	Hours *float64 `json:"hours"`
	// Mail: it is surely for Exchange Online. Clients: surely for browsers and apps.
	Mail    Answer `json:"mail"`
	Clients Answer `json:"clients"`
	// Limits are the other conditions that keep it from being for everything.
	Limits []string `json:"limits"`
	// LeftOut are the users, groups, roles and guests that it leaves out.
	LeftOut []Excluded `json:"left_out"`
}

// Excluded is somebody whom a policy leaves out.
type Excluded struct {
	// Kind is user, group, role or guests.
	Kind string `json:"kind"`
	ID   string `json:"id"`
}

// LegacyBlock says whether policies that block, together, stop one kind of legacy
// client: for whoever no policy names, and but for what Exclusions leave out.
type LegacyBlock struct {
	// Client is exchangeActiveSync, of which Exchange Online is the only application,
	// or other, here for all applications.
	Client  string `json:"client"`
	Blocked Answer `json:"blocked"`
	// Passes is a sign-in that is not blocked, or may not be, and Application one
	// that it reaches: exchange, office365, any, or an id.
	Passes      *EntraSignIn `json:"passes,omitzero"`
	Application string       `json:"application,omitzero"`
	Reasons     []Reason     `json:"reasons"`
}

// Exclusion is something that a policy which blocks legacy clients leaves out.
type Exclusion struct {
	// Policy is its place in entra.conditional_access_policies, PolicyID and Name
	// are its own.
	Policy   int    `json:"policy"`
	PolicyID string `json:"policy_id"`
	Name     string `json:"name"`
	// Kind is user, group, role, guests, application, platform or location.
	Kind string `json:"kind"`
	ID   string `json:"id"`
	// Open are the kinds of clients that no policy blocks there, Undecided those of
	// which nobody can tell. Whoever is in a group now is asked about, and whoever
	// may come into it.
	Open      []string `json:"open"`
	Undecided []string `json:"undecided"`
	// Mailboxes is how many mailboxes' users are left out and not blocked.
	Mailboxes int      `json:"mailboxes"`
	Reasons   []Reason `json:"reasons"`
}

// LegacyPolicy is what a policy is worth against legacy clients.
type LegacyPolicy struct {
	// Index is its place in entra.conditional_access_policies.
	Index int    `json:"index"`
	ID    string `json:"id"`
	Name  string `json:"name"`
	// Worth is blocks, stops (it demands what a legacy client cannot give), reports
	// (it would block, and only reports) or unclear.
	Worth string `json:"worth"`
	// Limits are the conditions that keep it from being for everything.
	Limits []string `json:"limits"`
}

// SignInPath is how the users of some mailboxes sign in.
type SignInPath struct {
	// Path is managed, okta, elsewhere or unknown.
	Path   string `json:"path"`
	Domain string `json:"domain"`
	// Coarse: there are too many domains to tell apart; Domain is empty.
	Coarse   bool     `json:"coarse,omitzero"`
	Declared []string `json:"declared"`
	// Mailboxes is how many, First the place of the first.
	Mailboxes int `json:"mailboxes"`
	First     int `json:"first"`
	// Modern and PasswordGrant say what Entra asks after the password: mfa, nothing,
	// undecided, or blocked.
	Modern        string `json:"modern"`
	PasswordGrant string `json:"password_grant"`
	// Everywhere is the same for browsers and apps at any application at all, and of
	// policies alone.
	Everywhere string `json:"everywhere"`
	// Behind is its number in the roster, behind those of the doors.
	Behind int `json:"behind"`

	behind behind
}

// NewMailbox is what a mailbox plan opens on the next mailbox, at Exchange.
type NewMailbox struct {
	Plan string `json:"plan"`
	// Index is its place in exchange.cas_mailbox_plans.
	Index   int    `json:"index"`
	Default Answer `json:"default"`
	// Doors are what Exchange makes of each protocol and method.
	Doors []ExchangeDoor `json:"doors"`
}

// ExchangeDoor is what Exchange alone makes of a protocol and a method.
type ExchangeDoor struct {
	Protocol Protocol `json:"protocol"`
	Method   Method   `json:"method"`
	Passes   Answer   `json:"passes"`
	Locks    []Lock   `json:"locks"`
	Reasons  []Reason `json:"reasons"`
}
