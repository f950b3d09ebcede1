package impact

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/finding"
)

// Source reads a snapshot from its start, as often as it is called: the Stream
// method of a snapshot.File, which keeps no rows of the logs, or its Read method.
type Source func(visit func(*snapshot.Record) error) (*snapshot.Document, error)

// Options say what is asked.
type Options struct {
	// Days is how long the logs have to be for their silence to count.
	Days int
	// Doors are the ones that are asked about, nil for all.
	Doors []Door
}

// analysis judges mailboxes one by one.
type analysis struct {
	source   Source
	document *snapshot.Document
	doors    []Door
	evidence *evidence
	locks    *locks
	// unplaced says that a request that succeeded at Okta has no mailbox. It is
	// known once all mailboxes were seen.
	unplaced bool
	// quiet are the mailboxes of which no log has anything.
	quiet *quiet
}

// Analyze reads a snapshot once; twice more where its sections and logs do not stand
// before its mailboxes. Memory grows with the rows of the logs, by some fifty bytes and what the report says of
// them, and with what tells mailboxes apart, not with how many there are.
func Analyze(source Source, options Options) (*Report, error) {
	a := &analysis{source: source, doors: options.Doors, evidence: newEvidence()}
	if a.doors == nil {
		a.doors = Doors()
	}
	var counted *counting
	doc, err := source(func(r *snapshot.Record) error {
		if r.List != "" {
			return a.evidence.take(r)
		}
		if counted == nil {
			err := errors.Join(a.evidence.settle(r.Before, options.Days), a.prepare(r.Before))
			if err != nil {
				return err
			}
			counted = a.begin(r.Before, options.Days)
		}
		m, err := a.judgeRecord(r)
		if err == nil && m != nil {
			counted.add(m)
		}
		return err
	})
	if err == nil && (counted == nil || !doc.MailboxesLast()) {
		if a.evidence, doc, err = readEvidence(source, options.Days); err == nil {
			counted, err = a.count(doc, options.Days)
		}
	}
	if err == nil && a.leavesUnplaced() {
		a.unplaced, a.quiet = true, newQuiet()
		counted.leaveOpen()
	}
	if err != nil {
		return nil, err
	}
	a.document = doc
	return counted.finish(doc), nil
}

// prepare reads what decides over mailboxes beside the logs.
func (a *analysis) prepare(doc *snapshot.Document) (err error) {
	a.document, a.quiet = doc, newQuiet()
	if a.locks, err = readLocks(doc); err != nil {
		return fmt.Errorf("impact: read the configuration in %s: %w", doc.Name, err)
	}
	return nil
}

// count judges all mailboxes and adds them up.
func (a *analysis) count(doc *snapshot.Document, days int) (*counting, error) {
	if err := a.prepare(doc); err != nil {
		return nil, err
	}
	counted := a.begin(doc, days)
	for m, err := range a.all {
		if err != nil {
			return nil, err
		}
		counted.add(m)
	}
	return counted, nil
}

// leavesUnplaced reports a request that succeeded at Okta and belongs to none of
// the mailboxes that were judged.
func (a *analysis) leavesUnplaced() bool {
	for i, row := range a.evidence.requests.all {
		if !a.evidence.requests.placed[i] && row.succeeded > 0 && a.evidence.clients.judge(row.userAgent).Class != Device {
			return true
		}
	}
	return false
}

// begin starts to count. The document may end before its mailboxes.
func (a *analysis) begin(doc *snapshot.Document, days int) *counting {
	r := &Report{
		Tenant: finding.Tenant{
			ID: doc.Tenant.ID, Name: doc.Tenant.Name, InitialDomain: doc.Tenant.InitialDomain,
			Cloud: doc.Tenant.Cloud, OktaOrg: doc.Tenant.OktaOrg,
		},
		CollectedAt: doc.CollectedAt.String(), Days: days, Logs: a.evidence.logs,
		InUse: []Mailbox{}, Attempted: []Mailbox{}, Clients: []ClientTally{},
		analysis: a,
	}
	if w := a.evidence.window; w != nil {
		r.Since, r.Until = w.Since.String(), w.Until.String()
	}
	for _, resource := range doc.Collection.Resources {
		if slices.Contains(resource.Paths, "mailboxes") && resource.Status != snapshot.Collected {
			r.MailboxesMissing = true
		}
	}
	for _, door := range a.doors {
		r.Doors = append(r.Doors, Tally{Door: door})
	}
	return &counting{report: r, clients: map[Client]*ClientTally{}}
}

// errStop ends a walk whose consumer has seen enough.
var errStop = errors.New("seen enough")

// all judges the mailboxes that somebody can sign in to.
func (a *analysis) all(yield func(*Mailbox, error) bool) {
	_, err := a.source(func(r *snapshot.Record) error {
		if r.List != "" {
			return nil
		}
		m, err := a.judgeRecord(r)
		if err != nil {
			return err
		}
		if m != nil && !yield(m, nil) {
			return errStop
		}
		return nil
	})
	if err != nil && !errors.Is(err, errStop) {
		yield(nil, err)
	}
}

// judgeRecord judges the mailbox of a record.
func (a *analysis) judgeRecord(r *snapshot.Record) (*Mailbox, error) {
	m, err := a.judge(r.Value)
	if err != nil {
		return nil, fmt.Errorf("impact: read mailbox %d of %s: %w", r.Index, a.document.Name, err)
	}
	return m, nil
}

// judge judges one mailbox; nil for one that nobody can sign in to, unless the logs
// say that somebody did.
func (a *analysis) judge(value jsontext.Value) (*Mailbox, error) {
	key, who, quiet := a.quiet.look(a.evidence, value)
	if outline, known := a.quiet.seen[string(key)]; quiet && known {
		return outline.of(who), nil
	}
	m, err := a.judgeAlone(value)
	if err == nil && quiet {
		a.quiet.remember(key, m)
	}
	return m, err
}

func (a *analysis) judgeAlone(value jsontext.Value) (*Mailbox, error) {
	record, err := readRecord(value)
	if err != nil {
		return nil, err
	}
	found := a.evidence.of(record)
	if !record.signsIn() && !found.succeeded() {
		return nil, nil
	}
	m := &Mailbox{
		ID: record.ID, UserPrincipalName: record.UserPrincipalName, DisplayName: record.DisplayName,
		Type: str(record.Exchange.Type),
	}
	acting, own := a.locks.of(record)
	if m.PolicyOwn = own; acting != nil {
		m.Policy = acting.name
	}
	used := a.sort(m, found)
	for _, door := range a.doors {
		m.Doors = append(m.Doors, a.state(record, door, used, acting))
	}
	a.needs(m, !a.locks.managed[strings.ToLower(record.Domain)])
	return m, nil
}

// sort puts a mailbox's rows where they belong, and gives the doors that were used.
func (a *analysis) sort(m *Mailbox, found rows) map[Door]bool {
	used := map[Door]bool{}
	agents := map[string]bool{}
	keep := func(list *[]Use, use Use) {
		if a.asked(use.Door) {
			*list = append(*list, use)
		}
	}
	for _, row := range found.signIns {
		use := a.evidence.signInUse(row)
		if row.succeeded <= 0 {
			keep(&m.Attempts, use)
			continue
		}
		agents[row.userAgent] = true
		keep(&m.Uses, use)
		used[use.Door] = true
	}
	for _, row := range found.requests {
		if row.userID != "" && !slices.Contains(m.OktaUsers, row.userID) {
			m.OktaUsers = append(m.OktaUsers, row.userID)
		}
		use := a.evidence.requestUse(row)
		switch {
		case use.Client.Class == Device:
			keep(&m.Devices, use)
		case row.succeeded <= 0:
			keep(&m.Attempts, use)
		case agents[row.userAgent]:
			// Entra's log tells the same use by its protocol.
		default:
			keep(&m.Uses, use)
			used[Other] = true
		}
	}
	return used
}

// asked reports whether a use may be one of a door that was asked about. Of a protocol
// that no log names nobody can tell.
func (a *analysis) asked(door Door) bool { return door == Other || slices.Contains(a.doors, door) }

func (a *analysis) state(m *record, door Door, used map[Door]bool, acting *policy) DoorState {
	d := DoorState{Door: door, State: Safe}
	switch {
	case used[door]:
		d.State = InUse
		return d
	case a.locks.switchedOff(m, door), door != PasswordGrant && acting.blocks(door.Flags()):
		d.State = Closed
		return d
	}
	d.Reasons = a.gaps(m, door, used)
	if len(d.Reasons) > 0 {
		d.State = NotKnown
	}
	return d
}

// gaps say why the silence of the logs shows nothing for a door.
func (a *analysis) gaps(m *record, door Door, used map[Door]bool) []Reason {
	gaps := slices.Clone(a.evidence.entraGaps)
	if !door.AtExchange() {
		gaps = append(gaps, a.evidence.oktaGaps...)
		if a.unplaced {
			gaps = append(gaps, Unplaced)
		}
		if m.UserPrincipalName == "" {
			gaps = append(gaps, NoName)
		}
	}
	if used[Other] && door != Other {
		gaps = append(gaps, ProtocolNotNamed)
	}
	slices.Sort(gaps)
	return slices.Compact(gaps)
}

// needs say what would let the mailbox go on. okta says that its user may meet Okta.
func (a *analysis) needs(m *Mailbox, okta bool) {
	for _, d := range m.Doors {
		if d.State != InUse {
			continue
		}
		need := Need{Door: d.Door, Okta: okta, ConditionalAccess: true}
		if need.Flags = d.Door.Flags(); len(need.Flags) > 0 {
			need.Removed = a.locks.removed && d.Door != SMTP
			for i := range a.locks.policies {
				if a.locks.policies[i].allowsOnly(need.Flags) {
					need.Policy = a.locks.policies[i].name
				}
			}
		}
		need.Switch = map[Door]string{
			SMTP: "SmtpClientAuthenticationDisabled $false", POP: "PopEnabled $true", IMAP: "ImapEnabled $true",
			ActiveSync: "ActiveSyncEnabled $true", EWS: "EwsEnabled $true", MAPI: "MAPIEnabled $true",
		}[d.Door]
		m.Needs = append(m.Needs, need)
	}
}

// counting adds the mailboxes up.
type counting struct {
	report  *Report
	clients map[Client]*ClientTally
}

func (c *counting) add(m *Mailbox) {
	c.report.Mailboxes++
	for i, d := range m.Doors {
		c.report.Doors[i].add(d)
	}
	switch {
	case len(m.Uses) > 0:
		c.report.InUse = append(c.report.InUse, *m)
	case len(m.Attempts) > 0:
		c.report.Attempted = append(c.report.Attempted, *m)
	}
	if len(m.Devices) > 0 {
		c.report.Devices = append(c.report.Devices, *m)
	}
	c.addClients(m)
}

// leaveOpen makes of what was counted what it is where a request is left over that could
// be anybody's: that is known when all mailboxes were counted.
func (c *counting) leaveOpen() {
	for i := range c.report.Doors {
		t := &c.report.Doors[i]
		if n := t.Safe + t.NotKnown; n > 0 && !t.Door.AtExchange() {
			t.Safe, t.NotKnown = 0, n
			if t.Reasons == nil {
				t.Reasons = map[Reason]int{}
			}
			t.Reasons[Unplaced] = n
		}
	}
	for _, list := range [][]Mailbox{c.report.InUse, c.report.Attempted, c.report.Devices} {
		for i := range list {
			list[i].leaveOpen()
		}
	}
}

func (m *Mailbox) leaveOpen() {
	m.Doors = slices.Clone(m.Doors) // one may stand in two lists
	for i := range m.Doors {
		d := &m.Doors[i]
		if d.Door.AtExchange() || d.State != Safe && d.State != NotKnown {
			continue
		}
		d.State, d.Reasons = NotKnown, append(slices.Clone(d.Reasons), Unplaced)
		slices.Sort(d.Reasons)
		d.Reasons = slices.Compact(d.Reasons)
	}
}

func (t *Tally) add(d DoorState) {
	switch d.State {
	case Safe:
		t.Safe++
	case InUse:
		t.InUse++
	case Closed:
		t.Closed++
	default:
		t.NotKnown++
		if t.Reasons == nil {
			t.Reasons = map[Reason]int{}
		}
		for _, reason := range d.Reasons {
			t.Reasons[reason]++
		}
	}
}

func (c *counting) addClients(m *Mailbox) {
	seen := map[Client]bool{}
	for _, use := range m.Uses {
		t := c.clients[use.Client]
		if t == nil {
			t = &ClientTally{Client: use.Client}
			c.clients[use.Client] = t
		}
		if !seen[use.Client] {
			seen[use.Client] = true
			t.Mailboxes++
		}
		t.Succeeded += use.Succeeded
		t.LastSeen = max(t.LastSeen, use.LastSeen)
	}
}

// finish lists the clients, those that cannot do modern authentication first, and says
// what was left out.
func (c *counting) finish(doc *snapshot.Document) *Report {
	total, listed := doc.Mailboxes()
	c.report.LeftOut = total - c.report.Mailboxes
	c.report.MailboxesMissing = c.report.MailboxesMissing || !listed
	c.report.Leftovers = c.report.analysis.leftovers()
	order := []Class{Outdated, Maybe, Unlisted, Modern, Device}
	for _, t := range slices.SortedFunc(maps.Values(c.clients), func(a, b *ClientTally) int {
		return cmp.Or(slices.Index(order, a.Class)-slices.Index(order, b.Class), b.Mailboxes-a.Mailboxes, cmp.Compare(a.Name, b.Name))
	}) {
		c.report.Clients = append(c.report.Clients, *t)
	}
	return c.report
}
