package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/access"
	"github.com/seed-07732396/postern/policies/population"
	"github.com/seed-07732396/postern/reports/doors"
)

// person explains the doors of the one person that --user names.
func (r *accessRun) person(ctx context.Context) (*doors.Report, error) {
	search := &userSearch{asked: r.plan.user}
	doc, err := mailboxesOnly(r.later.Stream)(func(record *snapshot.Record) error {
		search.look(record)
		return ctx.Err()
	})
	if err != nil {
		return nil, err
	}
	if _, listed := doc.Mailboxes(); !listed {
		return nil, withHint(fmt.Errorf("find %q: the snapshot has no list of mailboxes", r.plan.user), "collect them: exchange.cas_mailboxes and entra.users")
	}
	found, err := search.found()
	if err != nil {
		return nil, err
	}
	engine, err := access.New(access.FromDocument(doc), r.plan.options)
	if err != nil {
		return nil, err
	}
	mailbox, err := access.ReadMailbox(found.record)
	if err != nil {
		return nil, fmt.Errorf("read mailbox %d: %w", found.place, err)
	}
	// What a record says of itself is no declaration.
	mailbox.Declared = r.plan.declared.Of(found.who)
	all := engine.NewAccumulator()
	all.Add(mailbox, found.place, 1)
	result := engine.Evaluate(all)
	report := r.plan.reportOf(doc, result, true, func(int) (population.Identity, bool) { return found.who, true })
	report.Person = &doors.Person{Who: *whoOf(doc, found.place, found.who, true), Declared: mailbox.Declared}
	if len(result.LeftOut) > 0 {
		report.Person.LeftOut = string(result.LeftOut[0].Reason)
	}
	report.Doors = inMatrixOrder(report.Doors)
	if class, ok := all.Class(mailbox); ok {
		switch r.plan.worst(result.Outcomes(class)) {
		case access.Open:
			report.Open = 1
		case access.Undecided:
			report.Undecided = 1
		}
	}
	return report, nil
}

// inMatrixOrder sorts doors by protocol, then by method.
func inMatrixOrder(list []doors.Door) []doors.Door {
	protocols, methods := ids(access.Protocols()), ids(access.Methods())
	slices.SortStableFunc(list, func(a, b doors.Door) int {
		return cmp.Or(
			slices.Index(protocols, a.Protocol)-slices.Index(protocols, b.Protocol),
			slices.Index(methods, a.Method)-slices.Index(methods, b.Method),
		)
	})
	return list
}

// userSearch looks for a mailbox among all, and remembers those that come near.
type userSearch struct {
	asked string
	// hits are by id, by user principal name, and by address: the first kind that has
	// any counts.
	hits [3][]userHit
	near []nearUser
}

type userHit struct {
	place  int
	who    population.Identity
	record jsontext.Value
}

// nearUser is a name like the one that was asked for, with how far it is.
type nearUser struct {
	name     string
	distance int
}

const (
	byID = iota
	byName
	byAddress
)

// maxNear is how many names are suggested.
const maxNear = 3

func (s *userSearch) look(record *snapshot.Record) {
	who, ok := population.Identify(record.Value)
	if !ok {
		return
	}
	kind := -1
	switch {
	case strings.EqualFold(who.ID, s.asked):
		kind = byID
	case strings.EqualFold(who.UserPrincipalName, s.asked):
		kind = byName
	case hasAddress(record.Value, s.asked):
		kind = byAddress
	}
	if kind >= 0 {
		s.hits[kind] = append(s.hits[kind], userHit{record.Index, who, slices.Clone(record.Value)})
		return
	}
	s.compare(cmp.Or(who.UserPrincipalName, who.ID))
}

// hasAddress reports whether a mailbox has a mail address. Most records are passed
// over without being decoded.
func hasAddress(record jsontext.Value, address string) bool {
	if !strings.Contains(address, "@") {
		return false
	}
	if bytes.IndexByte(record, '\\') < 0 && !bytes.Contains(bytes.ToLower(record), []byte(strings.ToLower(address))) {
		return false
	}
	var box struct {
		Addresses []string `json:"addresses"`
	}
	if json.Unmarshal(record, &box) != nil {
		return false
	}
	return slices.ContainsFunc(box.Addresses, func(s string) bool {
		// Exchange writes the kind of an address before it: smtp:, and SMTP: for the
		// first.
		if kind, rest, ok := strings.Cut(s, ":"); ok && strings.EqualFold(kind, "smtp") {
			s = rest
		}
		return strings.EqualFold(s, address)
	})
}

// compare remembers a name that is like the one that was asked for.
func (s *userSearch) compare(name string) {
	distance := unlike(strings.ToLower(s.asked), strings.ToLower(name))
	if distance < 0 {
		return
	}
	s.near = append(s.near, nearUser{name, distance})
	slices.SortStableFunc(s.near, func(a, b nearUser) int { return a.distance - b.distance })
	s.near = s.near[:min(len(s.near), maxNear)]
}

// unlike says how far two names are apart, -1 when they have little in common: by
// the part before the @, in which one may hold the other, or by a few letters of the
// whole.
func unlike(asked, name string) int {
	const slips = 3
	if d := letters(asked, name, slips); d <= slips {
		return d
	}
	short, _, _ := strings.Cut(asked, "@")
	local, _, _ := strings.Cut(name, "@")
	switch {
	case len(short) < 3 || len(local) < 3:
		return -1
	case short == local:
		return slips
	case strings.Contains(local, short) || strings.Contains(short, local):
		return slips + 1
	case letters(short, local, slips-1) < slips:
		return slips + 2
	}
	return -1
}

// letters counts the letters to change, add or take away to make b of a; any number
// above most is most+1.
func letters(a, b string, most int) int {
	if len(a)-len(b) > most || len(b)-len(a) > most {
		return most + 1
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		above, best := row[0], i+1
		row[0] = i + 1
		for j := range len(b) {
			cost := above
			if a[i] != b[j] {
				cost = 1 + min(above, row[j], row[j+1])
			}
			above, row[j+1] = row[j+1], cost
			best = min(best, cost)
		}
		if best > most {
			return most + 1
		}
	}
	return min(row[len(b)], most+1)
}

// found gives the one mailbox that was asked for.
func (s *userSearch) found() (userHit, error) {
	for _, hits := range s.hits {
		switch {
		case len(hits) == 1:
			return hits[0], nil
		case len(hits) > 1:
			var names []string
			for _, hit := range hits[:min(len(hits), 5)] {
				names = append(names, cmp.Or(hit.who.UserPrincipalName, hit.who.ID)+" ("+hit.who.ID+")")
			}
			return userHit{}, usageErrorf("name one of them by its id: "+strings.Join(names, ", "), "%d mailboxes go by %q", len(hits), s.asked)
		}
	}
	hint := "give a user principal name, a mail address or an id that is in the snapshot"
	if len(s.near) > 0 {
		var names []string
		for _, n := range s.near {
			names = append(names, n.name)
		}
		hint = "did you mean " + strings.Join(names, ", ") + "?"
	}
	return userHit{}, usageErrorf(hint, "no mailbox goes by %q", s.asked)
}
