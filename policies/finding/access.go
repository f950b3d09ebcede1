package finding

// AccessMatrix says for each protocol and method what becomes of who tries to
// reach a mailbox that way, as the whitepaper's tables 1 and 2 draw it.
type AccessMatrix struct {
	// AsPublished leaves out what Microsoft has closed since the whitepaper.
	AsPublished bool `json:"as_published,omitzero"`
	// Mailboxes is how many mailboxes somebody can sign in to; LeftOut counts the
	// others by reason: account_disabled or system_mailbox.
	Mailboxes int            `json:"mailboxes"`
	LeftOut   map[string]int `json:"left_out,omitzero"`
	// Protocols are the rows and Methods the columns, in order.
	Protocols []AccessTerm `json:"protocols"`
	Methods   []AccessTerm `json:"methods"`
	// Cells are one for each row and column, row by row.
	Cells []AccessCell `json:"cells"`
}

// ProtocolTitle is the name for people of a protocol, or of a violation's way, which is
// one. What the matrix does not have, or where there is no matrix, keeps its id.
func (m *AccessMatrix) ProtocolTitle(id string) string {
	if m != nil {
		for _, term := range m.Protocols {
			if term.ID == id {
				return term.Title
			}
		}
	}
	return id
}

// AccessTerm is a protocol or a method.
type AccessTerm struct {
	// ID is such as pop or password_grant.
	ID string `json:"id"`
	// Title is its name for people, in English.
	Title string `json:"title"`
}

// AccessCell is one square of the matrix.
type AccessCell struct {
	Protocol string `json:"protocol"`
	Method   string `json:"method"`
	// Worst is the worst outcome of any mailbox.
	Worst AccessOutcome `json:"worst"`
	// Counts is how many mailboxes have each outcome, the worst first.
	Counts []AccessCount `json:"counts,omitzero"`
}

// AccessCount is a number of mailboxes.
type AccessCount struct {
	Outcome   AccessOutcome `json:"outcome"`
	Mailboxes int           `json:"mailboxes"`
}

// AccessOutcome is what becomes of a door.
type AccessOutcome string

// The outcomes of a door, the best closed first.
const (
	// AccessNotOffered: the protocol does not know the method.
	AccessNotOffered               AccessOutcome = "not_offered"
	AccessClosedAtExchange         AccessOutcome = "closed_at_exchange"
	AccessClosedAtIdentityProvider AccessOutcome = "closed_at_identity_provider"
	AccessClosedAfterSignIn        AccessOutcome = "closed_after_sign_in"
	// AccessWithMFA: somebody may get in, and nobody without a second factor.
	AccessWithMFA AccessOutcome = "allowed_with_mfa"
	// AccessUndecided: somebody may get in without a second factor; nobody can tell.
	AccessUndecided AccessOutcome = "undecided"
	// AccessOpen: somebody gets in without a second factor.
	AccessOpen AccessOutcome = "allowed_without_mfa"
)

// AccessOutcomes lists all outcomes of a door, the best closed first.
func AccessOutcomes() []AccessOutcome {
	return []AccessOutcome{
		AccessNotOffered, AccessClosedAtExchange, AccessClosedAtIdentityProvider,
		AccessClosedAfterSignIn, AccessWithMFA, AccessUndecided, AccessOpen,
	}
}

// Cell gives the square of a protocol and a method.
func (m *AccessMatrix) Cell(protocol, method string) (AccessCell, bool) {
	for _, cell := range m.Cells {
		if cell.Protocol == protocol && cell.Method == method {
			return cell, true
		}
	}
	return AccessCell{}, false
}

func (m *AccessMatrix) validate(at string) error {
	if m == nil {
		return nil
	}
	if len(m.Cells) != len(m.Protocols)*len(m.Methods) {
		return breach(at+"/cells", "%d cells for %d protocols and %d methods", len(m.Cells), len(m.Protocols), len(m.Methods))
	}
	for i, cell := range m.Cells {
		row, column := m.Protocols[i/len(m.Methods)], m.Methods[i%len(m.Methods)]
		if cell.Protocol != row.ID || cell.Method != column.ID {
			return breach(at+"/cells", "cell %d is %s by %s, its place is that of %s by %s", i, cell.Protocol, cell.Method, row.ID, column.ID)
		}
	}
	return nil
}
