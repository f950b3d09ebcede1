// Package doors writes who can reach the mail door by door: the matrix, then each
// door that is open or may be with an example of who gets in and the trace of who
// let them, then the locks of the others; for a whole tenant, for one person, or
// between two snapshots.
//
// Its types are plain: it must not know how a door is worked out, nor which doors
// ought to be closed. It finds the sentence of a step by its key, like the findings.
package doors

import (
	"cmp"
	"slices"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/matrix"
)

// Version is that of the JSON.
const Version = 1

// Report is who can reach the mail.
type Report struct {
	Version  int                  `json:"version"`
	Tool     finding.Tool         `json:"tool"`
	Tenant   finding.Tenant       `json:"tenant"`
	Snapshot finding.SnapshotInfo `json:"snapshot"`
	// Scope is what was looked at, where that is not everything.
	Scope Scope `json:"scope,omitzero"`
	// Missing are the ledger's lines of what the doors rest on and what was not
	// collected, or not in full. One that the ledger does not have has the status
	// absent.
	Missing []finding.LedgerEntry `json:"missing"`
	// Matrix is nil where the snapshot has no list of mailboxes.
	Matrix *finding.AccessMatrix `json:"matrix,omitzero"`
	// Open is how many mailboxes have an open door, Undecided how many more have one
	// that may be open.
	Open      int `json:"open_mailboxes"`
	Undecided int `json:"undecided_mailboxes"`
	// Doors are the worst first; for a person in the order of the matrix.
	Doors []Door `json:"doors"`
	// Person is whose doors they are, nil for everybody's.
	Person *Person `json:"person,omitzero"`
	// Before is what the snapshot was compared with, nil for nothing.
	Before *Before `json:"before,omitzero"`

	// Messages are the English sentences of the steps and reasons, by key.
	Messages map[string]string `json:"-"`
}

// Scope is what a report is limited to. Empty lists stand for all.
type Scope struct {
	Protocols []string `json:"protocols,omitzero"`
	Methods   []string `json:"methods,omitzero"`
	// OpenOnly leaves out the doors that are not open for anybody.
	OpenOnly bool `json:"open_only,omitzero"`
}

// Who is somebody with a mailbox. All of it comes from the tenant: hostile text.
type Who struct {
	ID                string `json:"id,omitzero"`
	UserPrincipalName string `json:"user_principal_name,omitzero"`
	DisplayName       string `json:"display_name,omitzero"`
	// Pointer and Region are where the mailbox stands in the snapshot.
	Pointer string          `json:"pointer,omitzero"`
	Region  *finding.Region `json:"region,omitzero"`
}

// name is what an administrator would look for.
func (w *Who) name() string {
	if w == nil {
		return ""
	}
	return cmp.Or(w.UserPrincipalName, w.DisplayName, w.ID, w.Pointer)
}

// Person is somebody whose doors are explained.
type Person struct {
	Who
	// LeftOut says why nobody can sign in: account_disabled or system_mailbox.
	LeftOut string `json:"left_out,omitzero"`
	// Declared are the declarations about the user.
	Declared []string `json:"declared,omitzero"`
}

// Door is one protocol and method, for all mailboxes for which it ends in the same
// way for the same reasons.
type Door struct {
	Protocol string                `json:"protocol"`
	Method   string                `json:"method"`
	Outcome  finding.AccessOutcome `json:"outcome"`
	// Mailboxes is how many, First the first of them.
	Mailboxes int      `json:"mailboxes"`
	First     *Who     `json:"first,omitzero"`
	Declared  []string `json:"declared,omitzero"`
	// Via says who takes the password: okta, entra, rollout, home_realm, elsewhere.
	Via []string `json:"via,omitzero"`
	// Witness is a sign-in of First's that gets in, or may; nil for a door that is not
	// open.
	Witness *Witness `json:"witness,omitzero"`
	// Reasons say why nobody can tell, Steps who decided, in the order in which a
	// request meets them. Locks each close the door by themselves.
	Reasons []Step `json:"reasons,omitzero"`
	Steps   []Step `json:"steps,omitzero"`
	Locks   []Lock `json:"locks,omitzero"`
}

// loose reports whether somebody gets in without a second factor, or may.
func (d *Door) loose() bool {
	return d.Outcome == finding.AccessOpen || d.Outcome == finding.AccessUndecided
}

// Witness is one sign-in.
type Witness struct {
	Requests []Request `json:"requests"`
}

// Request is what one station sees of a sign-in. Empty fields stand for any value.
type Request struct {
	// At is okta or entra.
	At       string   `json:"at"`
	App      string   `json:"app,omitzero"`
	Client   string   `json:"client"`
	Anywhere bool     `json:"anywhere"`
	Address  string   `json:"address,omitzero"`
	Zones    []string `json:"zones,omitzero"`
	Platform string   `json:"platform,omitzero"`
	Device   string   `json:"device,omitzero"`
	// Risk is that of the sign-in, UserRisk that of the user.
	Risk     string `json:"risk,omitzero"`
	UserRisk string `json:"user_risk,omitzero"`
	// Assurances are device assurance policies that the device has to meet.
	Assurances []string `json:"assurances,omitzero"`
}

// Step is a step of a trace, or a reason. Text is its English sentence.
type Step struct {
	Key     string          `json:"key"`
	Args    finding.Args    `json:"args,omitzero"`
	Text    string          `json:"text"`
	Pointer string          `json:"pointer,omitzero"`
	Region  *finding.Region `json:"region,omitzero"`
}

// Lock is something that closes a door by itself. Kind, Station and Stage are those
// of the access facts.
type Lock struct {
	Kind    string          `json:"kind"`
	Station string          `json:"station"`
	Stage   string          `json:"stage"`
	Name    string          `json:"name,omitzero"`
	Pointer string          `json:"pointer,omitzero"`
	Region  *finding.Region `json:"region,omitzero"`
}

// Before is the snapshot with which another was compared.
type Before struct {
	Snapshot finding.SnapshotInfo  `json:"snapshot"`
	Missing  []finding.LedgerEntry `json:"missing"`
	Matrix   *finding.AccessMatrix `json:"matrix,omitzero"`
	// Changes are how the doors of single mailboxes changed.
	Changes []Change `json:"changes"`
	// Both is how many mailboxes have doors in both snapshots, Came only in the later,
	// Gone only in the earlier.
	Both int `json:"both"`
	Came int `json:"came"`
	Gone int `json:"gone"`
}

// Change is a change, and the first mailbox of it.
type Change struct {
	matrix.Change
	First *Who `json:"first,omitzero"`
}

// changes are those for the matrix.
func (b *Before) changes() []matrix.Change {
	list := []matrix.Change{}
	for _, c := range b.Changes {
		list = append(list, c.Change)
	}
	return list
}

// State is what a report comes to.
type State string

// The states, the worst first.
const (
	// Open: somebody gets in without a second factor.
	Open State = "open"
	// Undecided: nobody is known to, but somebody may.
	Undecided State = "undecided"
	// Incomplete: no door is known to be open, but evidence is missing.
	Incomplete State = "incomplete"
	// Closed: nobody gets in without a second factor.
	Closed State = "closed"
)

// State is what the report comes to, within its scope.
func (r *Report) State() State {
	switch {
	case r.Open > 0:
		return Open
	case r.Undecided > 0:
		return Undecided
	case len(r.Missing) > 0 || r.Matrix == nil:
		return Incomplete
	}
	return Closed
}

// SortWorstFirst puts doors in the order in which they should be looked at: what is
// open, what may be, then the rest; the most mailboxes first.
func SortWorstFirst(list []Door) {
	outcomes := finding.AccessOutcomes()
	slices.SortStableFunc(list, func(a, b Door) int {
		return cmp.Or(
			slices.Index(outcomes, b.Outcome)-slices.Index(outcomes, a.Outcome),
			b.Mailboxes-a.Mailboxes,
		)
	})
}
