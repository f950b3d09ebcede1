package impact

import (
	"iter"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/finding"
)

// State is what closing a door would do to a mailbox.
type State string

// The states.
const (
	// InUse: somebody got in by it within the window.
	InUse State = "in_use"
	// NotKnown: the evidence does not allow to say.
	NotKnown State = "not_known"
	// Closed: the mailbox's own switch or its authentication policy has closed it.
	Closed State = "already_closed"
	// Safe: complete evidence shows no use.
	Safe State = "safe_to_close"
)

// Reason says why a state is not known.
type Reason string

// The reasons.
const (
	// LogMissing: a log that would show the use was not read, or not to the end.
	LogMissing Reason = "log_missing"
	// NoWindow: the snapshot does not say over which time the logs were read.
	NoWindow Reason = "no_window"
	// WindowShort: the logs cover less time than was asked for.
	WindowShort Reason = "window_short"
	// WindowOld: the logs end before the day of the snapshot.
	WindowOld Reason = "window_old"
	// ProtocolNotNamed: the mailbox is in use by a protocol that no log names.
	ProtocolNotNamed Reason = "protocol_not_named"
	// Unplaced: requests that succeeded at Okta belong to no known mailbox.
	Unplaced Reason = "unplaced_requests"
	// NoName: the mailbox has no name to look for in Okta's log.
	NoName Reason = "no_name"
)

// Reasons lists all reasons.
func Reasons() []Reason {
	return []Reason{LogMissing, NoWindow, WindowShort, WindowOld, ProtocolNotNamed, Unplaced, NoName}
}

// Sentence is the reason in words.
func (r Reason) Sentence() string {
	return map[Reason]string{
		LogMissing:       "a log that would show it was not read to the end",
		NoWindow:         "the snapshot does not say over which time the logs were read",
		WindowShort:      "the logs cover less time than was asked for",
		WindowOld:        "the logs end more than a day before the snapshot",
		ProtocolNotNamed: "the mailbox is in use by a protocol that no log names",
		Unplaced:         "requests that succeeded at Okta belong to no known mailbox",
		NoName:           "the mailbox has no name to look for in Okta's log",
	}[r]
}

// Use is what one client did at one door, added up over the window.
type Use struct {
	Door Door `json:"door"`
	// Log is entra or okta.
	Log string `json:"log"`
	// ClientApp and App are Entra's names, hostile text; Client is what the user
	// agent was taken for.
	ClientApp string `json:"client_app,omitzero"`
	App       string `json:"app,omitzero"`
	Client    Client `json:"client"`
	Succeeded int    `json:"succeeded"`
	Failed    int    `json:"failed"`
	// FirstSeen and LastSeen are instants in UTC, empty if the log had none. They
	// count attempts too.
	FirstSeen string `json:"first_seen,omitzero"`
	LastSeen  string `json:"last_seen,omitzero"`
}

// Need is what would let a mailbox in use go on while everything else is closed.
type Need struct {
	Door Door `json:"door"`
	// Flags are what an authentication policy of its own must allow; Policy is one
	// of the organisation's that allows just that, if there is one.
	Flags  []string `json:"flags,omitzero"`
	Policy string   `json:"policy,omitzero"`
	// Removed says that Microsoft has removed basic authentication from the protocol,
	// so that no policy can keep it.
	Removed bool `json:"removed,omitzero"`
	// Switch is the mailbox's own setting that has to stay as it says.
	Switch string `json:"switch,omitzero"`
	// Okta: the account has to be left out of Okta's rule that denies legacy clients,
	// and gets in by a rule of its own from a network zone.
	Okta bool `json:"okta,omitzero"`
	// ConditionalAccess: it has to be left out of the policy that blocks.
	ConditionalAccess bool `json:"conditional_access,omitzero"`
}

// DoorState is the state of one door for one mailbox.
type DoorState struct {
	Door    Door     `json:"door"`
	State   State    `json:"state"`
	Reasons []Reason `json:"reasons,omitzero"`
}

// Mailbox is one mailbox and what closing would do to it. Names are hostile text.
type Mailbox struct {
	ID                string `json:"id"`
	UserPrincipalName string `json:"user_principal_name,omitzero"`
	DisplayName       string `json:"display_name,omitzero"`
	// Type is Exchange's RecipientTypeDetails.
	Type string `json:"type,omitzero"`
	// Policy is the authentication policy that acts on it, empty for none or where
	// that is not known; PolicyOwn says that it has one of its own, so that the
	// default does not count.
	Policy    string `json:"policy,omitzero"`
	PolicyOwn bool   `json:"policy_own,omitzero"`
	// OktaUsers are the ids that Okta's log has for it.
	OktaUsers []string    `json:"okta_users,omitzero"`
	Doors     []DoorState `json:"doors"`
	// Uses succeeded at least once, Attempts never did, Devices are requests of
	// device registration.
	Uses     []Use  `json:"uses,omitzero"`
	Attempts []Use  `json:"attempts,omitzero"`
	Devices  []Use  `json:"devices,omitzero"`
	Needs    []Need `json:"needs,omitzero"`
}

// State is the worst over the mailbox's doors: in use, not known, safe, closed.
func (m *Mailbox) State() State {
	has := map[State]bool{}
	for _, d := range m.Doors {
		has[d.State] = true
	}
	for _, s := range []State{InUse, NotKnown, Safe} {
		if has[s] {
			return s
		}
	}
	return Closed
}

// At is the state of one door, NotKnown for one that was not asked for.
func (m *Mailbox) At(door Door) DoorState {
	for _, d := range m.Doors {
		if d.Door == door {
			return d
		}
	}
	return DoorState{Door: door, State: NotKnown}
}

// Tally counts the mailboxes at one door.
type Tally struct {
	Door     Door `json:"door"`
	Safe     int  `json:"safe_to_close"`
	InUse    int  `json:"in_use"`
	NotKnown int  `json:"not_known"`
	Closed   int  `json:"already_closed"`
	// Reasons say why NotKnown of them are not known; one mailbox may have several.
	Reasons map[Reason]int `json:"reasons,omitzero"`
}

// NotCollected is the status of a log that the ledger does not have.
const NotCollected = "not collected"

// Log is one log that the answer rests on, as the ledger has it.
type Log struct {
	Name   string `json:"name"`
	Status string `json:"status"`
	Items  *int   `json:"items,omitzero"`
	// Message says why it was not read, in the ledger's words: hostile text.
	Message string `json:"message,omitzero"`
}

// ClientTally counts who got in by one kind of client.
type ClientTally struct {
	Client
	Mailboxes int    `json:"mailboxes"`
	Succeeded int    `json:"succeeded"`
	LastSeen  string `json:"last_seen,omitzero"`
}

// Leftover is a row of a log that belongs to no mailbox of the snapshot.
type Leftover struct {
	User   string `json:"user"`
	UserID string `json:"user_id,omitzero"`
	Use    Use    `json:"use"`
}

// Report is who would notice.
type Report struct {
	Tenant      finding.Tenant `json:"tenant"`
	CollectedAt string         `json:"collected_at"`
	// Days is how long the logs have to be; Since and Until what they cover, empty
	// where the snapshot does not say.
	Days  int    `json:"days"`
	Since string `json:"since,omitzero"`
	Until string `json:"until,omitzero"`
	Logs  []Log  `json:"logs"`
	// Mailboxes is how many were judged, LeftOut how many nobody can sign in to.
	Mailboxes int `json:"mailboxes"`
	LeftOut   int `json:"left_out"`
	// MailboxesMissing says that the list of mailboxes is absent or not complete.
	MailboxesMissing bool    `json:"mailboxes_missing,omitzero"`
	Doors            []Tally `json:"doors"`
	// InUse, Attempted and Devices list the mailboxes with such rows, in the order
	// of the snapshot: of the doors that were asked about, and of protocols that no log
	// names. One with uses is not in Attempted.
	InUse     []Mailbox     `json:"in_use"`
	Attempted []Mailbox     `json:"attempted"`
	Devices   []Mailbox     `json:"devices,omitzero"`
	Clients   []ClientTally `json:"clients"`
	// Leftovers belong to no mailbox.
	Leftovers []Leftover `json:"leftovers"`

	analysis *analysis
}

// Known reports whether nothing was left open: each door of each mailbox is in
// use, closed or safe, the list of mailboxes is complete, and no request that
// succeeded is without a mailbox that it can be looked up for.
func (r *Report) Known() bool {
	if r.MailboxesMissing {
		return false
	}
	for _, t := range r.Doors {
		if t.NotKnown > 0 {
			return false
		}
	}
	return true
}

// Document is the snapshot without its mailboxes, as it was read.
func (r *Report) Document() *snapshot.Document { return r.analysis.document }

// All walks all mailboxes that were judged, in the order of the snapshot, by
// reading it again. A mailbox is valid until the next.
func (r *Report) All() iter.Seq2[*Mailbox, error] { return r.analysis.all }
