package plan

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/impact"
)

// targets are the mailboxes that actions are for, before it is known who is in use.
type targets struct {
	// number gives each mark its bit. Only a few have one, whatever the tenant.
	number map[string]int
	names  []string
	// wanted has a bit for each mark, by mailbox id.
	wanted map[string]uint64
	// kept has the one mark of a mailbox that is held open, by its id: there is one for
	// each set of doors in use, and so more than there are bits.
	kept map[string]string
	// doors are what a mark closes; state picks those that count for a mailbox.
	doors map[string][]impact.Door
	// only keeps a mark to mailboxes for which it holds, nil for all.
	only map[string]func(*impact.Mailbox) bool
	// gates pick the mailboxes that a change for everybody acts on, by the name of its
	// action: if it is not known whether they are in use, somebody has to decide.
	gates map[string]func(*impact.Mailbox) bool
	// limit is how many ready mailboxes a mark takes, 0 for all.
	limit map[string]int

	breakGlassIDs, breakGlassNames map[string]bool
}

func newTargets(accounts []Account) *targets {
	t := &targets{
		number: map[string]int{}, wanted: map[string]uint64{}, kept: map[string]string{}, doors: map[string][]impact.Door{},
		only: map[string]func(*impact.Mailbox) bool{}, limit: map[string]int{},
		gates:         map[string]func(*impact.Mailbox) bool{},
		breakGlassIDs: map[string]bool{}, breakGlassNames: map[string]bool{},
	}
	for _, a := range accounts {
		if a.ID != "" {
			t.breakGlassIDs[strings.ToLower(a.ID)] = true
		}
		if a.UserPrincipalName != "" {
			t.breakGlassNames[strings.ToLower(a.UserPrincipalName)] = true
		}
	}
	return t
}

// everybody is the id that stands for each mailbox that somebody can sign in to.
const everybody = "*"

// mark declares a mark, and what its action would close.
func (t *targets) mark(name string, doors ...impact.Door) uint64 {
	if _, known := t.number[name]; !known {
		t.number[name] = len(t.names)
		t.names = append(t.names, name)
		t.doors[name] = doors
	}
	return 1 << t.number[name]
}

// members wants the members of violations.
func (t *targets) members(name string, violations []*finding.Violation, doors ...impact.Door) {
	bit := t.mark(name, doors...)
	for _, v := range violations {
		if v.Members == nil || v.Members.Population() != "mailbox" {
			continue
		}
		for member := range v.Members.All() {
			t.wanted[member.ID] |= bit
		}
	}
}

// keep holds mailboxes open that doors would be closed for.
func (t *targets) keep(name string, mailboxes []*impact.Mailbox, doors ...impact.Door) {
	t.doors[name] = doors
	for _, mailbox := range mailboxes {
		t.kept[mailbox.ID] = name
	}
}

// all wants every mailbox.
func (t *targets) all(name string, doors ...impact.Door) {
	t.wanted[everybody] |= t.mark(name, doors...)
}

func (t *targets) isBreakGlass(m *impact.Mailbox) bool {
	return t.breakGlassIDs[strings.ToLower(m.ID)] || t.breakGlassNames[strings.ToLower(m.UserPrincipalName)]
}

// markOf says how a mailbox is a target of what closes some doors.
func markOf(m *impact.Mailbox, doors []impact.Door) Mark {
	mark := Ready
	for _, door := range doors {
		switch m.At(door).State {
		case impact.InUse:
			return InUse
		case impact.NotKnown:
			mark = NotKnown
		}
	}
	return mark
}

// pickTargets walks all mailboxes once and decides which are targets of what.
func (m *maker) pickTargets() error {
	t := m.targets
	taken := map[string]int{}
	unseen := len(t.wanted)
	if t.wanted[everybody] != 0 {
		unseen--
	}
	var unusable []string
	for mailbox, err := range m.in.Impact.All() {
		if err != nil {
			return fmt.Errorf("plan: look at the mailboxes: %w", err)
		}
		bits, wanted := t.wanted[mailbox.ID]
		if wanted {
			unseen--
		}
		m.countGates(mailbox)
		bits |= t.wanted[everybody]
		kept, isKept := t.kept[mailbox.ID]
		if bits == 0 && !isKept || t.isBreakGlass(mailbox) {
			continue
		}
		target := Target{ID: mailbox.ID, UserPrincipalName: mailbox.UserPrincipalName, Marks: map[string]Mark{}}
		for i, name := range t.names {
			if bits&(1<<i) == 0 || t.only[name] != nil && !t.only[name](mailbox) {
				continue
			}
			mark := markOf(mailbox, t.doors[name])
			if limit := t.limit[name]; limit > 0 && (mark != Ready || taken[name] >= limit) {
				continue
			}
			taken[name]++
			target.Marks[name] = mark
		}
		if isKept {
			target.Marks[kept] = markOf(mailbox, t.doors[kept])
		}
		switch {
		case len(target.Marks) == 0:
			continue
		case !usable(&target):
			unusable = append(unusable, mailbox.ID)
			continue
		}
		m.take(target)
	}
	m.missed(unseen, unusable)
	return nil
}

// countGates counts a mailbox at each change for everybody that would act on it
// blindly.
func (m *maker) countGates(mailbox *impact.Mailbox) {
	for name, acts := range m.targets.gates {
		if !acts(mailbox) || m.targets.isBreakGlass(mailbox) {
			continue
		}
		for _, list := range m.actions {
			for _, a := range list {
				if a.Name == name {
					a.Gate++
				}
			}
		}
	}
}

// take adds a target and counts it at its actions.
func (m *maker) take(target Target) {
	for name, mark := range target.Marks {
		for _, list := range m.actions {
			for _, a := range list {
				if a.selects(name) {
					a.count(mark)
				}
			}
		}
	}
	m.plan.Targets = append(m.plan.Targets, target)
}

// setApart lists the mailboxes that are in use.
func (m *maker) setApart() {
	for i := range m.in.Impact.InUse {
		mailbox := &m.in.Impact.InUse[i]
		if len(mailbox.Needs) == 0 || m.targets.isBreakGlass(mailbox) {
			continue
		}
		apart := Apart{
			ID: mailbox.ID, UserPrincipalName: mailbox.UserPrincipalName, Needs: mailbox.Needs, OktaUsers: mailbox.OktaUsers,
		}
		for _, need := range mailbox.Needs {
			apart.Doors = append(apart.Doors, need.Door)
		}
		for _, use := range mailbox.Uses {
			apart.LastSeen = max(apart.LastSeen, use.LastSeen)
		}
		m.plan.SetApart = append(m.plan.SetApart, apart)
	}
}

func (a *Action) selects(name string) bool {
	return slices.ContainsFunc(a.Changes, func(c Change) bool { return c.Select == name && !c.Apart })
}

func (a *Action) count(mark Mark) {
	switch mark {
	case Ready:
		a.Ready++
	case InUse:
		a.InUse++
	case NotKnown:
		a.NotKnown++
	}
}

// usable reports a mailbox that a script can name without doubt.
func usable(t *Target) bool {
	plain := func(r rune) bool {
		return r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
	}
	name := t.UserPrincipalName
	return t.ID != "" && len(t.ID) <= 64 && strings.IndexFunc(t.ID, func(r rune) bool { return !plain(r) }) < 0 &&
		strings.Contains(name, "@") && !strings.ContainsAny(name, "*\ufffd") &&
		strings.IndexFunc(name, func(r rune) bool { return !unicode.IsGraphic(r) || unicode.IsSpace(r) }) < 0
}

// missed asks after mailboxes that no action reaches.
func (m *maker) missed(unseen int, unusable []string) {
	if unseen > 0 {
		m.ask(m.say("ask_unseen"), m.say("ask_unseen_how"), m.say("ask_unseen_why", "n", unseen))
	}
	if len(unusable) > 0 {
		shown := unusable[:min(len(unusable), 20)]
		m.ask(m.say("ask_unusable"), m.say("ask_unusable_how"), m.say("ask_unusable_why", "n", len(unusable), "names", strings.Join(shown, ", ")))
	}
}
