package engine

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/finding"
)

// perMailbox is how paths name what each mailbox has.
const perMailbox = "mailboxes[]"

// A ledger tells how well a piece of evidence could be read. holds says whether
// the document has anything at a path; nil stands for a document without
// mailboxes.
type ledger struct {
	doc   *snapshot.Document
	holds func(path string) bool
	// states are those of the paths that were asked for.
	states map[string]state
}

func newLedger(doc *snapshot.Document, holds func(path string) bool) *ledger {
	return &ledger{doc: doc, holds: holds, states: map[string]state{}}
}

// A state is how well one piece of evidence could be read.
type state struct {
	evidence string
	// present says that a control can be evaluated on it.
	present bool
	// gaps are the reasons why it is not all there.
	gaps []gap
	// attested is what of it was not read: somebody has put it down by hand.
	attested []gap
}

// A gap is one reason why evidence is missing, in whole or in part.
type gap struct {
	// evidence is the path that is missing.
	evidence string
	// line is the ledger's line that tells why; nil when there is none.
	line *snapshot.Resource
}

// stateOf looks a declared path up. The ledger's lines for the longest prefix of
// the path serve it, and those for what lies below it; what each mailbox has
// needs the list of mailboxes too.
func (l *ledger) stateOf(path string) state {
	s, known := l.states[path]
	if !known {
		s = l.lookUp(path)
		l.states[path] = s
	}
	return s
}

func (l *ledger) lookUp(path string) state {
	s := state{evidence: path}
	own := l.filling(path)
	readable := false
	for _, line := range own {
		readable = readable || isWhole(line) || line.Status == snapshot.Partial
		s.addGap(path, line)
	}
	for i := range l.doc.Collection.Resources {
		line := &l.doc.Collection.Resources[i]
		if filled := partOf(path, line); filled != "" {
			s.addGap(filled, line)
		}
		if isBelow(path, perMailbox) && slices.Contains(line.Paths, "mailboxes") {
			s.addGap("mailboxes", line)
		}
	}
	s.present = l.present(path, own, readable)
	if s.present && len(own) == 0 {
		s.gaps = append(s.gaps, gap{evidence: path})
	}
	return s
}

// present reports whether the document has the evidence. A field that no mailbox
// has may still have been read, so for mailboxes the ledger's word counts.
func (l *ledger) present(path string, own []*snapshot.Resource, readable bool) bool {
	if !isBelow(path, perMailbox) {
		return l.has(path)
	}
	if _, listed := l.doc.Mailboxes(); !listed {
		return false
	}
	if len(own) > 0 {
		return readable
	}
	return l.holds != nil && l.holds(path)
}

// has reports whether the document has the resource that a path lies in. Fields
// within it are the vendor's: that one is missing is for the control to judge.
func (l *ledger) has(path string) bool {
	segments := strings.Split(path, ".")
	at := pointer(segments[:min(2, len(segments))])
	if _, stands := l.doc.Locate(at); stands {
		return true
	}
	_, laid := l.doc.Value(at) // by an attestation, over the file
	return laid
}

// filling gives the lines for the longest prefix of the path.
func (l *ledger) filling(path string) []*snapshot.Resource {
	longest := ""
	var lines []*snapshot.Resource
	for i := range l.doc.Collection.Resources {
		line := &l.doc.Collection.Resources[i]
		for _, filled := range line.Paths {
			if filled != path && !isBelow(path, filled) || len(filled) < len(longest) {
				continue
			}
			if len(filled) > len(longest) {
				longest, lines = filled, nil
			}
			lines = append(lines, line)
		}
	}
	return lines
}

// partOf gives what a line fills below the path: its name when it is one thing,
// the path itself when it is several, and nothing when it is none.
func partOf(path string, line *snapshot.Resource) string {
	part := ""
	for _, filled := range line.Paths {
		switch {
		case !isBelow(filled, path):
		case part == "":
			part = filled
		default:
			return path
		}
	}
	return part
}

// isBelow reports whether path lies below the other.
func isBelow(path, other string) bool {
	rest, ok := strings.CutPrefix(path, other)
	return ok && strings.HasPrefix(rest, ".")
}

// isWhole reports whether all of a resource is there, read or attested.
func isWhole(line *snapshot.Resource) bool {
	return line.Status == snapshot.Collected || line.Status == snapshot.Attested
}

func (s *state) addGap(evidence string, line *snapshot.Resource) {
	switch {
	case !isWhole(line):
		s.gaps = append(s.gaps, gap{evidence: evidence, line: line})
	case line.Status == snapshot.Attested:
		s.attested = append(s.attested, gap{evidence: evidence, line: line})
	}
}

// reasons says why the evidence is missing, in whole or in part.
func (s *state) reasons() []finding.Reason {
	if len(s.gaps) == 0 {
		return []finding.Reason{reason("not_collected", s.evidence, nil)}
	}
	list := make([]finding.Reason, len(s.gaps))
	for i, g := range s.gaps {
		list[i] = g.reason()
	}
	return list
}

// attestations says who has put down what was not read.
func (s *state) attestations() []finding.Reason {
	var list []finding.Reason
	for _, g := range s.attested {
		list = append(list, g.reason())
	}
	return list
}

func (g gap) reason() finding.Reason {
	if g.line == nil {
		return reason("partial", g.evidence, &snapshot.Resource{Message: "the ledger does not say how it was read."})
	}
	return reason(string(g.line.Status), g.evidence, g.line)
}

// reason makes one of the reasons that finding.StandardMessages knows.
func reason(key, evidence string, line *snapshot.Resource) finding.Reason {
	r := finding.Reason{Key: key, Evidence: evidence, Args: finding.Args{"evidence": evidence}}
	if line != nil {
		r.Source = line.Name
		r.Args["permission"] = line.Permission
		r.Args["message"] = closed(line)
	}
	return r
}

// closed gives the ledger's message as the end of a sentence.
func closed(line *snapshot.Resource) string {
	message := strings.TrimSpace(line.Message)
	switch {
	case message == "" && line.Code != "":
		message = fmt.Sprintf("the code was %s", line.Code)
	case message == "":
		message = "no reason was given"
	}
	if !strings.HasSuffix(message, ".") {
		message += "."
	}
	return message
}

// gathered makes one reason of those that rest on the same line of the ledger:
// one refused request can leave a control without five fields.
func gathered(reasons []finding.Reason) []finding.Reason {
	var list []finding.Reason
	at := map[string]int{}
	for _, r := range reasons {
		key := r.Key + "\n" + r.Source
		i, known := at[key]
		if !known || r.Source == "" {
			at[key] = len(list)
			list = append(list, r)
			continue
		}
		list[i].Args["evidence"] = fmt.Sprint(list[i].Args["evidence"], ", ", r.Evidence)
	}
	return list
}
