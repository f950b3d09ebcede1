package doors

import (
	"cmp"
	"strings"

	"github.com/seed-07732396/postern/policies/finding"
)

const notOffered = finding.AccessNotOffered

// words are all that a report of doors says, in one language. {name} is an argument.
type words struct {
	code string
	// By state, then for a report without mailboxes.
	verdicts  map[State][2]string
	nothing   [2]string
	personal  map[State]string
	mailbox   [2]string // one and many
	door      [2]string
	of        string
	scope     string
	missing   string
	absent    string
	open      string // heading of the open doors
	locks     string // heading of the others
	by        string
	and       string
	outcome   map[finding.AccessOutcome]string
	label     map[finding.AccessOutcome]string
	example   string
	more      string
	declared  string
	because   string
	lock      string
	noLock    string
	kinds     map[string]string
	stages    map[string]string
	stations  map[string]string
	clients   map[string]string
	app       string
	as        string
	from      string
	anywhere  string
	somewhere string
	on        string
	device    string
	risk      string
	userRisk  string
	assured   string
	via       map[string]string
	leftOut   map[string]string
	person    string
	changes   string
	unchanged string
	changed   string
	moved     string
	exit      map[State]string
	terms     map[string]string
	further   string
	exitLine  string
	before    string
	after     string
}

func wordsOf(l *finding.Language) *words {
	if l != nil && l.Code == "nl" {
		return dutch()
	}
	return english()
}

// fill puts arguments, in pairs of name and value, into a template.
func fill(template string, pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		pairs[i] = "{" + pairs[i] + "}"
	}
	return strings.NewReplacer(pairs...).Replace(template)
}

// term is the name of a protocol or method.
func (w *words) term(list []finding.AccessTerm, id string) string {
	if name, ok := w.terms[id]; ok {
		return name
	}
	for _, t := range list {
		if t.ID == id {
			return cmp.Or(t.Title, id)
		}
	}
	return id
}

// series is "a, b and c".
func (w *words) series(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + " " + w.and + " " + list[len(list)-1]
}

func counted(n int, forms [2]string) string {
	if n == 1 {
		return "1 " + forms[0]
	}
	return number(n) + " " + forms[1]
}

// named looks a word up, and gives the id itself where there is none.
func named(table map[string]string, id string) string { return cmp.Or(table[id], id) }

func english() *words {
	return &words{
		code: "en",
		verdicts: map[State][2]string{
			Open:       {"OPEN", "{share} can be entered without MFA, by {doors}."},
			Undecided:  {"UNDECIDED", "no door is known to be open, but {doors} may be, for {share}."},
			Incomplete: {"INCOMPLETE", "no door is known to be open, but evidence is missing: this is no proof."},
			Closed:     {"CLOSED", "nobody gets into any of {all} without MFA."},
		},
		nothing: [2]string{"INCOMPLETE", "no mailboxes were collected, so nothing can be said of any door."},
		personal: map[State]string{
			Open:       "whoever has the password of {who} gets into the mailbox without MFA, by {doors}.",
			Undecided:  "no door of {who} is known to be open, but {doors} may be.",
			Incomplete: "no door of {who} is known to be open, but evidence is missing: this is no proof.",
			Closed:     "nobody gets into the mailbox of {who} without MFA.",
		},
		mailbox: [2]string{"mailbox", "mailboxes"}, door: [2]string{"door", "doors"}, of: "{n} of {all}",
		scope: "Looked at: {what}.", missing: "Not collected, or not in full:", absent: "The ledger does not have it.",
		open: "Open doors", locks: "Other doors, and their locks", by: "by", and: "and",
		outcome: map[finding.AccessOutcome]string{
			finding.AccessNotOffered: "not offered", finding.AccessClosedAtExchange: "closed at Exchange",
			finding.AccessClosedAtIdentityProvider: "closed at the identity provider",
			finding.AccessClosedAfterSignIn:        "closed after sign-in", finding.AccessWithMFA: "with MFA",
			finding.AccessUndecided: "may be open", finding.AccessOpen: "open without MFA",
		},
		label:   map[finding.AccessOutcome]string{finding.AccessOpen: "OPEN", finding.AccessUndecided: "MAY BE OPEN"},
		example: "Example: {who}", more: "{who} and {n} more", declared: "Declared: {what}.",
		because: "Not known: ", lock: "Locks: {list}.", noLock: "No lock stands in the way.",
		kinds: map[string]string{
			"service": "Microsoft's own removal", "authentication_policy": "authentication policy",
			"mailbox_switch": "switch of the mailbox", "organisation_switch": "switch of the organisation",
			"okta_rules": "Okta's rules", "okta_account": "Okta account", "conditional_access": "Conditional Access that blocks",
			"conditional_access_grant": "Conditional Access that demands what cannot be given", "security_defaults": "security defaults",
		},
		stages: map[string]string{
			"before_password": "before the password", "identity_provider": "at the identity provider", "after_sign_in": "after sign-in",
		},
		stations: map[string]string{"okta": "at Okta", "entra": "at Entra"},
		clients: map[string]string{
			"web": "a browser", "modern": "a client with modern authentication", "legacy": "a legacy client",
			"entra_join": "a device that joins Entra", "certificate": "a client with a certificate",
			"browser": "a browser", "mobileAppsAndDesktopClients": "a mobile app or desktop client",
			"exchangeActiveSync": "an ActiveSync client", "other": "another legacy client",
		},
		app: "by the app {app}", as: "as {client}", from: "from {place}", anywhere: "anywhere",
		somewhere: "somewhere that only the vendor can tell", on: "on {platform}", device: "on a device that is {device}",
		risk: "at a risk of {risk}", userRisk: "with a user at a risk of {risk}", assured: "on a device that meets {policies}",
		via: map[string]string{
			"entra": "the password goes to Entra itself", "rollout": "the password goes to Entra, by a staged rollout",
			"home_realm": "the password goes to Entra, by a home-realm policy", "elsewhere": "the password goes to somebody else's identity provider",
		},
		leftOut: map[string]string{
			"account_disabled": "Nobody can sign in: the account is disabled.",
			"system_mailbox":   "Nobody can sign in: the mailbox belongs to Exchange itself.",
		},
		person: "{who}, door by door", changes: "What changed, mailbox by mailbox", unchanged: "No door changed for any mailbox.",
		changed: "{before} -> {after}: {share}", moved: "{both} are in both snapshots, {came} only in the later, {gone} only in the earlier.",
		exit: map[State]string{
			Open: "a door is open", Undecided: "no door is known to be open, but one may be",
			Incomplete: "no door is known to be open, but evidence is missing", Closed: "no door is open",
		},
		further: "And {n} more, which the formats json and csv list.", exitLine: "Exit status {code}: {why}.",
		before: "Before", after: "After",
	}
}
