package plan

import (
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/impact"
)

// Plan is the work that is left.
type Plan struct {
	Version  int                  `json:"version"`
	Tool     finding.Tool         `json:"tool"`
	Tenant   finding.Tenant       `json:"tenant"`
	Snapshot finding.SnapshotInfo `json:"snapshot"`
	// MaxAgeHours is how old the snapshot may be when the plan is carried out.
	MaxAgeHours int `json:"max_age_hours"`
	// Steps are those that are open, in the order in which they must be done, then
	// what the logs and the whole still show.
	Steps []Step `json:"steps"`
	// FindOut are the questions to answer first.
	FindOut []Question `json:"find_out"`
	// SetApart are the mailboxes among the targets that are in use.
	SetApart []Apart `json:"set_apart"`
	// BreakGlass are the emergency accounts, by id and by name: never a target.
	BreakGlass []Account `json:"break_glass"`
	// Waived are violations that the organisation lives with.
	Waived []Waived `json:"waived,omitzero"`
	// Targets are the mailboxes that some action is for.
	Targets []Target `json:"targets"`
}

// Step is one of the whitepaper's steps, with what is left of it.
type Step struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	// Why says why it stands at this place in the order.
	Why     string   `json:"why"`
	Actions []Action `json:"actions"`
}

// Action is one piece of work. It has changes for a script, requests for Okta, or
// neither: then it is done by hand.
type Action struct {
	// ID is such as D3: the step and a number. Name is the same from plan to plan.
	ID   string `json:"id"`
	Name string `json:"name"`
	// Controls are the ids of the controls that it is for.
	Controls []string `json:"controls"`
	Title    string   `json:"title"`
	Text     string   `json:"text"`
	// Findings are the sentences of the violations: hostile text in them.
	Findings []string `json:"findings,omitzero"`
	// After are the names of actions that must be done before.
	After []string `json:"after,omitzero"`
	// WaitHours is how long to wait after those of them that a script does: Exchange
	// may take that long to act.
	WaitHours int `json:"wait_hours,omitzero"`

	Changes  []Change  `json:"changes,omitzero"`
	Requests []Request `json:"requests,omitzero"`
	// Ready, InUse and NotKnown count the targets: see Mark.
	Ready    int `json:"ready,omitzero"`
	InUse    int `json:"in_use,omitzero"`
	NotKnown int `json:"not_known,omitzero"`
	// Gate is how many mailboxes of which use is not known a change for the whole
	// organisation would also act on.
	Gate int `json:"gate,omitzero"`

	// Console is the path through Okta's console. PowerShell, Undo and API are the
	// control's own words, with placeholders, for what is done by hand.
	Console    string `json:"console,omitzero"`
	PowerShell string `json:"powershell,omitzero"`
	API        string `json:"api,omitzero"`
	Undo       string `json:"undo,omitzero"`
}

// ByHand reports an action that neither a script nor a request does.
func (a *Action) ByHand() bool { return len(a.Changes) == 0 && len(a.Requests) == 0 }

// Op says what a change does.
type Op string

// The operations.
const (
	// Set sets a property of one of Exchange's objects: Kind, Identity, Property,
	// Value.
	Set Op = "set"
	// SetMailbox does that to each target: Kind is CASMailbox or User.
	SetMailbox Op = "set_mailbox"
	// CreatePolicy creates the authentication policy Identity that allows Flags.
	CreatePolicy Op = "create_policy"
	// Patch sets a property of one of Graph's objects: URI, Property, Value.
	Patch Op = "patch"
	// Create posts Body to the collection at URI of Graph; Identity is its name.
	Create Op = "create"
	// Revoke revokes the sessions of each target.
	Revoke Op = "revoke"
)

// Change is one change that a script makes. Which fields it has, its Op says.
type Change struct {
	Op       Op     `json:"op"`
	Kind     string `json:"kind,omitzero"`
	Identity string `json:"identity,omitzero"`
	Property string `json:"property,omitzero"`
	// Value is JSON: a text, a number, true, false, null or a list of texts.
	Value jsontext.Value `json:"value,omitzero"`
	Flags []string       `json:"flags,omitzero"`
	URI   string         `json:"uri,omitzero"`
	Body  jsontext.Value `json:"body,omitzero"`
	// Was is what the snapshot shows. A script records what it finds itself.
	Was jsontext.Value `json:"was,omitzero"`
	// Select picks the targets: the name of an action's mark.
	Select string `json:"select,omitzero"`
	// Apart picks those that are in use, or of which that is not known: what keeps
	// a door open for them. It is not done where they are included.
	Apart bool `json:"apart,omitzero"`
}

// Request is one call of Okta's API. Names in braces in URL and Body are to be
// filled in; Fill says with what.
type Request struct {
	Title  string            `json:"title"`
	Method string            `json:"method"`
	URL    string            `json:"url"`
	Body   jsontext.Value    `json:"body,omitzero"`
	Fill   map[string]string `json:"fill,omitzero"`
	// Note is what to look at.
	Note string `json:"note,omitzero"`
	// Undo is the way back, in the order in which it is done.
	Undo []Request `json:"undo,omitzero"`
}

// Mark says how a mailbox is a target of an action.
type Mark string

// The marks.
const (
	// Ready: nobody would notice, for all that complete evidence shows.
	Ready Mark = "ready"
	// InUse: somebody uses what would be closed.
	InUse Mark = "in_use"
	// NotKnown: evidence is missing.
	NotKnown Mark = "not_known"
)

// Target is a mailbox and the actions it is a target of.
type Target struct {
	ID                string `json:"id"`
	UserPrincipalName string `json:"user_principal_name"`
	// Marks are by the name of the action.
	Marks map[string]Mark `json:"marks"`
}

// Apart is a mailbox in use, what uses it and what it needs.
type Apart struct {
	ID                string        `json:"id"`
	UserPrincipalName string        `json:"user_principal_name"`
	Doors             []impact.Door `json:"doors"`
	Needs             []impact.Need `json:"needs"`
	LastSeen          string        `json:"last_seen,omitzero"`
	// OktaUsers are the ids that Okta's log has for it.
	OktaUsers []string `json:"okta_users,omitzero"`
}

// Account is an emergency account. Either field may be empty.
type Account struct {
	ID                string `json:"id"`
	UserPrincipalName string `json:"user_principal_name"`
}

// Question is something to find out first.
type Question struct {
	// Control is the one that is not known, empty where it is something else.
	Control string `json:"control,omitzero"`
	Title   string `json:"title"`
	// Reasons say why; hostile text in them.
	Reasons []string `json:"reasons,omitzero"`
	// Text says how to find out.
	Text string `json:"text,omitzero"`
}

// Waived is a violation that is left alone.
type Waived struct {
	Control  string `json:"control"`
	Sentence string `json:"sentence"`
}

// Action finds an action by its name, nil if the plan has none.
func (p *Plan) Action(name string) *Action {
	for s := range p.Steps {
		for a := range p.Steps[s].Actions {
			if p.Steps[s].Actions[a].Name == name {
				return &p.Steps[s].Actions[a]
			}
		}
	}
	return nil
}

// Open reports whether any of the whitepaper's steps is open.
func (p *Plan) Open() bool { return len(p.Steps) > 0 }
