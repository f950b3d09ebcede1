package finding

// State says how a violation stands to the baseline.
type State string

// The states. A violation has none where there is no baseline.
const (
	// New: the baseline does not have it.
	New State = "new"
	// Changed: the baseline has it, with other members or ways.
	Changed State = "changed"
	// Unchanged: the baseline has it as it is.
	Unchanged State = "unchanged"
)

// Baseline is what a report was compared with.
type Baseline struct {
	Snapshot SnapshotInfo `json:"snapshot"`
	// Access is the baseline's access matrix, if it is known.
	Access *AccessMatrix `json:"access,omitzero"`
}

// Drift says how a violation's members and ways stand to those in the baseline.
type Drift struct {
	// Added and Removed count the members that came and went.
	Added   int `json:"added"`
	Removed int `json:"removed"`
	// NewMembers are those that came, RemovedMembers those that went, nil where
	// there are none. Places of the latter are in the baseline's snapshot.
	NewMembers     *Members `json:"new_members,omitzero"`
	RemovedMembers *Members `json:"removed_members,omitzero"`
	// NewWays are the violation's ways that came, RemovedWays those that went.
	NewWays     []string `json:"new_ways,omitzero"`
	RemovedWays []string `json:"removed_ways,omitzero"`
}

// Worse reports whether the violation is new or has new members or ways. One that nobody
// compared is worse, so that a slip never hides a finding.
func (v *Violation) Worse() bool {
	return v.State == New || v.State == "" || v.Drift != nil && (v.Drift.Added > 0 || len(v.Drift.NewWays) > 0)
}

func (s State) validate(at string) error {
	switch s {
	case "", New, Changed, Unchanged:
		return nil
	}
	return breach(at, "%q is no state", string(s))
}
