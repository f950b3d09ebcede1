// Package oktapart takes what one snapshot knows of Okta into another one, for
// when no machine reaches both services.
//
// It knows the document and nothing else: no vendor API, no control. What it
// cannot bring together it takes away or calls partial; it never fills in.
package oktapart

import (
	"fmt"
	"iter"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// CodeNotJoined stands in the ledger beside what was read of Okta's users and could
// not be brought together with the mailboxes. It is stable.
const CodeNotJoined = "not_joined"

// Part is what a snapshot holds of Okta.
type Part struct {
	name      string
	doc       *snapshot.Document
	okta      *snapshot.Okta
	evidence  *snapshot.Evidence
	lines     []snapshot.Resource
	mailboxes map[string]*snapshot.MailboxOkta // by lower-case id; nil without mailboxes
}

// Read takes the part out of the snapshot at path.
func Read(path string) (*Part, error) {
	p := &Part{name: path, mailboxes: map[string]*snapshot.MailboxOkta{}}
	doc, err := snapshot.ReadFile(path, func(r *snapshot.Record) error {
		var m snapshot.Mailbox
		if err := json.Unmarshal(r.Value, &m); err != nil {
			return fmt.Errorf("read mailbox %d of %s: %w", r.Index, path, err)
		}
		p.mailboxes[strings.ToLower(m.ID)] = m.Okta
		return nil
	})
	if err != nil {
		return nil, err
	}
	p.doc = doc
	if _, listed := doc.Mailboxes(); !listed {
		p.mailboxes = nil
	}
	for _, line := range doc.Collection.Resources {
		if strings.HasPrefix(line.Name, "okta.") {
			p.lines = append(p.lines, line)
		}
	}
	raw, ok := doc.Section("okta")
	if !ok || len(p.lines) == 0 {
		return nil, &snapshot.Error{File: path, Problem: "holds nothing of Okta",
			Hint: "collect it where Okta can be reached: postern collect --tenant-id … --okta-org … --skip-resource entra,exchange,sharepoint -o okta.json"}
	}
	if err := json.Unmarshal(raw, &p.okta); err != nil {
		return nil, fmt.Errorf("read %s: /okta: %w", path, err)
	}
	if raw, ok := doc.Section("evidence"); ok {
		if err := json.Unmarshal(raw, &p.evidence); err != nil {
			return nil, fmt.Errorf("read %s: /evidence: %w", path, err)
		}
	}
	return p, nil
}

// CollectedAt is when the part was collected.
func (p *Part) CollectedAt() snapshot.Instant { return p.doc.CollectedAt }

// Joined tells whether the part says of each mailbox what Okta knows of its user.
func (p *Part) Joined() bool { return p.mailboxes != nil }

// Into lays the part into a snapshot that knows nothing of Okta, and gives its
// mailboxes with what the part knows of them. The snapshot's time becomes the older
// of the two: what it shows was so since then at best. mailboxes may be nil.
func (p *Part) Into(s *snapshot.Snapshot, mailboxes iter.Seq2[*snapshot.Mailbox, error]) (iter.Seq2[*snapshot.Mailbox, error], error) {
	if !strings.EqualFold(p.doc.Tenant.ID, s.Tenant.ID) {
		return nil, &snapshot.Error{File: p.name, Field: "/tenant/id",
			Problem: fmt.Sprintf("is of tenant %s, and the import is of tenant %s", p.doc.Tenant.ID, s.Tenant.ID),
			Hint:    "take the Okta part from a snapshot of the same tenant"}
	}
	if err := p.layEvidence(s); err != nil {
		return nil, err
	}
	s.Okta = p.okta
	s.Tenant.OktaOrg = p.doc.Tenant.OktaOrg
	if p.doc.CollectedAt.Before(s.CollectedAt.Time) {
		s.CollectedAt = p.doc.CollectedAt
	}
	kept := s.Collection.Resources[:0:0]
	for _, line := range s.Collection.Resources {
		if !strings.HasPrefix(line.Name, "okta.") {
			kept = append(kept, line)
		}
	}
	for _, line := range p.lines {
		kept = append(kept, p.lineOf(line))
	}
	s.Collection.Resources = kept
	if mailboxes == nil {
		return nil, nil
	}
	return p.join(mailboxes), nil
}

// lineOf is a line of the ledger as it holds for the mailboxes of the import.
func (p *Part) lineOf(line snapshot.Resource) snapshot.Resource {
	if p.Joined() || line.Status != snapshot.Collected {
		return line
	}
	for _, path := range line.Paths {
		if strings.HasPrefix(path, "mailboxes[]") {
			line.Status, line.Code = snapshot.Partial, CodeNotJoined
			line.Message = "it comes from another snapshot, which has no mailboxes to say whose it is"
			break
		}
	}
	return line
}

// layEvidence brings the logs together. They count for the time that both cover.
func (p *Part) layEvidence(s *snapshot.Snapshot) error {
	if p.evidence == nil || p.evidence.OktaRequests == nil && p.evidence.NewDeviceMails == nil {
		return nil
	}
	if s.Evidence == nil {
		s.Evidence = &snapshot.Evidence{}
	}
	s.Evidence.OktaRequests, s.Evidence.NewDeviceMails = p.evidence.OktaRequests, p.evidence.NewDeviceMails
	ours, theirs := s.Evidence.Window, p.evidence.Window
	switch {
	case theirs == nil:
		return nil
	case ours == nil:
		s.Evidence.Window = theirs
		return nil
	}
	both := *ours
	if theirs.Since.After(both.Since.Time) {
		both.Since = theirs.Since
	}
	if theirs.Until.Before(both.Until.Time) {
		both.Until = theirs.Until
	}
	if !both.Since.Before(both.Until.Time) {
		return &snapshot.Error{File: p.name, Field: "/evidence/window", Problem: "its logs and those of the import have no day in common",
			Hint: "collect both sides within a few days of each other"}
	}
	s.Evidence.Window = &both
	return nil
}

func (p *Part) join(mailboxes iter.Seq2[*snapshot.Mailbox, error]) iter.Seq2[*snapshot.Mailbox, error] {
	return func(yield func(*snapshot.Mailbox, error) bool) {
		for m, err := range mailboxes {
			if err == nil {
				m.Okta = p.mailboxes[strings.ToLower(m.ID)]
			}
			if !yield(m, err) {
				return
			}
		}
	}
}
