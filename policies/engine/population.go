package engine

import (
	"cmp"
	"fmt"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/finding"
)

// mailboxes gathers the snapshot's mailboxes as they come, one at a time: what is
// judged of each, and apart from it who it is. It is the one place that knows
// that every mailbox is kept; whoever keeps fewer replaces it.
type mailboxes struct {
	reader   *reader
	without  *redaction
	declared *Declarations

	judged  []*ast.Term
	members []finding.Member
}

// add takes one mailbox in.
func (m *mailboxes) add(record *snapshot.Record) error {
	who := finding.Member{Line: record.Region.StartLine}
	m.reader.identity = func(field string, value jsontext.Value) error {
		switch field {
		case "id":
			return json.Unmarshal(value, &who.ID)
		case "user_principal_name":
			return json.Unmarshal(value, &who.Name)
		case "display_name":
			return json.Unmarshal(value, &who.DisplayName)
		}
		return nil
	}
	judged, err := m.reader.read(record.Value, m.without)
	m.reader.identity = nil
	if err != nil {
		return fmt.Errorf("read mailbox %d: %w", record.Index, err)
	}
	if m.declared.breakGlass(who.ID, who.Name) {
		fields := judged.Value.(ast.Object)
		fields.Insert(ast.StringTerm("declared"), ast.ArrayTerm(ast.StringTerm("break_glass")))
		settle(fields)
	}
	m.judged = append(m.judged, judged)
	m.members = append(m.members, who)
	return nil
}

// holds reports whether any mailbox has something at a path that starts with
// mailboxes[].
func (m *mailboxes) holds(path string) bool {
	for i := range m.judged {
		if m.has(i, path) {
			return true
		}
	}
	return false
}

// has reports whether mailbox i has something at a path that starts with
// mailboxes[].
func (m *mailboxes) has(i int, path string) bool {
	_, ok := at(m.judged[i], parsePath(path))
	return ok
}

// rows lists the members of one population, in the order of the snapshot.
type rows struct {
	// pointer is where the list stands.
	pointer string
	members []finding.Member
}

func (m *mailboxes) rows() *rows { return &rows{pointer: "/mailboxes", members: m.members} }

// evidencePopulations are the populations that lie in the evidence.
func evidencePopulations() []string { return []string{"sign_in", "okta_request"} }

// evidenceRows reads who the rows of an evidence list are about.
func evidenceRows(doc *snapshot.Document, population string) (*rows, error) {
	r := &rows{pointer: "/evidence/" + population + "s"}
	raw, ok := doc.Value(r.pointer)
	if !ok {
		return r, nil
	}
	var list []struct {
		UserID            string `json:"user_id"`
		UserPrincipalName string `json:"user_principal_name"`
		UserName          string `json:"user_name"`
	}
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, fmt.Errorf("check: read %s: %w", r.pointer, err)
	}
	r.members = make([]finding.Member, len(list))
	for i, row := range list {
		region, _ := doc.Locate(r.at(i))
		r.members[i] = finding.Member{ID: row.UserID, Name: cmp.Or(row.UserPrincipalName, row.UserName), Line: region.StartLine}
	}
	return r, nil
}

// at is the pointer of member i.
func (r *rows) at(i int) string { return r.pointer + "/" + strconv.Itoa(i) }

// pick lists the members at the indexes without copying them.
func (r *rows) pick(population string, indexes []int) *finding.Members {
	return finding.NewMembers(population, len(indexes), func(yield func(finding.Member) bool) {
		for _, i := range indexes {
			member := r.members[i]
			member.Pointer = r.at(i)
			if !yield(member) {
				return
			}
		}
	})
}
