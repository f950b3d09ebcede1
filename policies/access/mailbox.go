package access

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// Mailbox is what is judged of one mailbox, in the shape of the snapshot's record;
// decoding takes what it knows and leaves the rest. Declared holds the declarations
// of the configuration about the user, such as break_glass.
type Mailbox struct {
	// ID is only compared with the ids that policies name.
	ID       string           `json:"id"`
	Domain   string           `json:"domain"`
	Declared []string         `json:"declared"`
	Exchange *mailboxExchange `json:"exchange"`
	Entra    *mailboxEntra    `json:"entra"`
	Okta     *mailboxOkta     `json:"okta"`
}

type mailboxExchange struct {
	ActiveSyncEnabled                jsontext.Value
	PopEnabled                       jsontext.Value
	ImapEnabled                      jsontext.Value
	MAPIEnabled                      jsontext.Value
	EwsEnabled                       jsontext.Value
	OWAEnabled                       jsontext.Value
	SmtpClientAuthenticationDisabled jsontext.Value
	RecipientTypeDetails             jsontext.Value
	AuthenticationPolicy             jsontext.Value
	RemotePowerShellEnabled          jsontext.Value
	EXOModuleEnabled                 jsontext.Value
	AccountDisabled                  jsontext.Value
}

type mailboxEntra struct {
	AccountEnabled        jsontext.Value `json:"accountEnabled"`
	UserType              jsontext.Value `json:"userType"`
	OnPremisesSyncEnabled jsontext.Value `json:"onPremisesSyncEnabled"`
	Groups                []string       `json:"groups"`
	Roles                 []string       `json:"roles"`
}

type mailboxOkta struct {
	Assigned bool           `json:"assigned"`
	Apps     []string       `json:"apps"`
	Status   jsontext.Value `json:"status"`
	UserType jsontext.Value `json:"user_type"`
	Groups   []string       `json:"groups"`
	Named    []string       `json:"named"`
}

// class is a set of mailboxes that nothing in the configuration tells apart.
type class struct {
	number, count, first int
	mailbox              *Mailbox
}

// Accumulator gathers mailboxes into classes, so that a million of them cost one
// entry for each way in which they differ. It is not safe for use by several
// goroutines.
type Accumulator struct {
	engine  *Engine
	classes []*class
	byKey   map[string]*class
	key     []byte
	// classOf is the number of the class, from 1, of what each Add was given; 0 where
	// nobody can sign in.
	classOf []uint32
	// leftOut counts the mailboxes that nobody can sign in to, by reason.
	leftOut map[LeftOutReason]int
}

// Add takes in n mailboxes that look like m, of which the first stands at index
// in the snapshot. It keeps m.
func (a *Accumulator) Add(m *Mailbox, index, n int) {
	if reason := m.leftOut(); reason != "" {
		a.leftOut[reason] += n
		a.classOf = append(a.classOf, 0)
		return
	}
	a.key = a.engine.key(a.key[:0], m)
	c := a.byKey[string(a.key)]
	if c == nil {
		c = &class{number: len(a.classes), first: index, mailbox: m}
		a.byKey[string(a.key)] = c
		a.classes = append(a.classes, c)
	}
	c.count += n
	a.classOf = append(a.classOf, uint32(c.number+1))
}

// AddJSON takes in n mailboxes as the snapshot has them. value is not kept.
func (a *Accumulator) AddJSON(value jsontext.Value, index, n int) error {
	m, err := ReadMailbox(value)
	if err != nil {
		return fmt.Errorf("access: read mailbox %d: %w", index, err)
	}
	a.Add(m, index, n)
	return nil
}

// ReadMailbox reads a mailbox as the snapshot has it. value is not kept.
func ReadMailbox(value jsontext.Value) (*Mailbox, error) {
	m := new(Mailbox)
	if err := json.Unmarshal(value, m); err != nil {
		return nil, err
	}
	return m, nil
}

// LeftOutReason says why a mailbox has no doors.
type LeftOutReason string

const (
	// AccountDisabled: nobody can sign in with the account.
	AccountDisabled LeftOutReason = "account_disabled"
	// SystemMailbox: it belongs to Exchange itself.
	SystemMailbox LeftOutReason = "system_mailbox"
)

// leftOut says why nobody can sign in to a mailbox, empty when somebody may.
func (m *Mailbox) leftOut() LeftOutReason {
	disabled := unread
	if m.Entra != nil {
		switch settingOf(m.Entra.AccountEnabled) {
		case off:
			return AccountDisabled
		case on:
			disabled = off // Entra is where accounts are disabled
		}
	}
	if x := m.Exchange; x != nil {
		if snapshot.IsSystemMailbox(text(x.RecipientTypeDetails)) {
			return SystemMailbox
		}
		if disabled == unread && settingOf(x.AccountDisabled) == on {
			return AccountDisabled
		}
	}
	return ""
}

// text is the text of a raw value, empty for anything else.
func text(v jsontext.Value) string {
	if v.Kind() != '"' {
		return ""
	}
	var s string
	if json.Unmarshal(v, &s) != nil {
		return ""
	}
	return s
}

// switches reads what Exchange looks at.
func (m *Mailbox) switches(at string) *switches {
	x := m.Exchange
	if x == nil {
		return &switches{at: at}
	}
	s := &switches{
		at:  at + "/exchange",
		pop: settingOf(x.PopEnabled), imap: settingOf(x.ImapEnabled), activeSync: settingOf(x.ActiveSyncEnabled),
		mapi: settingOf(x.MAPIEnabled), ews: settingOf(x.EwsEnabled), web: settingOf(x.OWAEnabled),
		smtpOff: settingOf(x.SmtpClientAuthenticationDisabled),
		shell:   settingOf(x.RemotePowerShellEnabled), module: settingOf(x.EXOModuleEnabled),
	}
	switch x.AuthenticationPolicy.Kind() {
	case 'n':
		s.policyKnown = true
	case '"':
		s.policy, s.policyKnown = text(x.AuthenticationPolicy), true
	}
	return s
}

// person reads what Okta's rules look at.
func (m *Mailbox) person() *person {
	o := m.Okta
	if o == nil {
		return &person{}
	}
	return &person{known: true, groups: o.Groups, named: o.Named, kind: text(o.UserType)}
}

// subject reads what Entra's policies look at.
func (m *Mailbox) subject(e *Engine) *subject {
	u := &subject{synced: maybe, read: e.memberships}
	if id := strings.ToLower(m.ID); e.named[id] {
		u.id = id
	}
	x := m.Entra
	if x == nil {
		return u
	}
	u.kind = text(x.UserType)
	switch settingOf(x.OnPremisesSyncEnabled) {
	case on:
		u.synced = yes
	case off, unset:
		u.synced = no
	}
	u.groups, u.groupsKnown = lower(x.Groups), x.Groups != nil
	u.roles, u.rolesKnown = lower(x.Roles), x.Roles != nil
	return u
}

func lower(list []string) []string {
	low := make([]string, len(list))
	for i, s := range list {
		low[i] = strings.ToLower(s)
	}
	return low
}

// key writes down all of a mailbox that makes a difference, so that two mailboxes
// with the same key have the same doors.
func (e *Engine) key(b []byte, m *Mailbox) []byte {
	part := func(values ...string) {
		for _, v := range values {
			b = append(append(b, v...), 0)
		}
		b = append(b, 1)
	}
	list := func(values []string, matters map[string]bool) {
		if values == nil {
			b = append(b, 2)
		}
		var kept []string
		for _, v := range values {
			if matters == nil || matters[strings.ToLower(v)] {
				kept = append(kept, v)
			}
		}
		slices.Sort(kept)
		part(kept...)
	}
	id := ""
	if low := strings.ToLower(m.ID); e.named[low] {
		id = low
	}
	part(strings.ToLower(m.Domain), id)
	list(m.Declared, nil)
	if x := m.Exchange; x != nil {
		for _, v := range []jsontext.Value{
			x.ActiveSyncEnabled, x.PopEnabled, x.ImapEnabled, x.MAPIEnabled, x.EwsEnabled, x.OWAEnabled,
			x.SmtpClientAuthenticationDisabled, x.AuthenticationPolicy, x.RemotePowerShellEnabled, x.EXOModuleEnabled,
		} {
			b = append(append(b, v...), 0)
		}
	}
	b = append(b, 3)
	if x := m.Entra; x != nil {
		part(string(x.UserType), string(x.OnPremisesSyncEnabled))
		list(x.Groups, e.entraGroups)
		list(x.Roles, e.entraRoles)
	}
	b = append(b, 3)
	if o := m.Okta; o != nil {
		b = append(b, byte('0'+certainly(o.Assigned)))
		list(o.Apps, nil)
		part(string(o.Status), string(o.UserType))
		list(o.Groups, e.oktaGroups)
		list(o.Named, e.oktaUsers)
	}
	return b
}
