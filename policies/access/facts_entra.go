package access

import (
	"reflect"
	"slices"
	"strings"
)

// conditionalAccess measures what Conditional Access covers.
func (v *evaluation) conditionalAccess() ConditionalAccess {
	ca := v.engine.ca
	made := ConditionalAccess{Collected: ca.known, SecurityDefaults: ca.defaults.answer()}
	for _, k := range []caClient{caSync, caOther} {
		for _, c := range v.covers(k) {
			i := slices.IndexFunc(made.Legacy, c.like)
			if i < 0 {
				made.Legacy = append(made.Legacy, c)
				continue
			}
			made.Legacy[i].Mailboxes += c.Mailboxes
		}
	}
	return made
}

// like reports that two covers differ in their users only.
func (c Cover) like(d Cover) bool {
	c.Mailboxes, c.First, d.Mailboxes, d.First = 0, 0, 0, 0
	return reflect.DeepEqual(c, d)
}

// covers measures one kind of legacy client for all users: by crowd, and within it
// by what was declared of them.
func (v *evaluation) covers(k caClient) []Cover {
	type key struct {
		crowd    int
		declared string
	}
	var list []Cover
	numbers := make(map[key]int)
	add := func(crowd int, declared []string, count, first int, anyone bool) {
		id := key{crowd, strings.Join(declared, "\x00")}
		i, known := numbers[id]
		if !known {
			i = len(list)
			numbers[id] = i
			c := v.coverage.legacy(crowd, k)
			c.First, c.Declared = first, declared
			list = append(list, c)
		}
		if anyone {
			if list[i].Mailboxes == 0 {
				list[i].Anyone = true
			}
			return
		}
		list[i].Mailboxes += count
	}
	for _, c := range v.classes {
		add(v.coverage.crowdOf[v.subjectOf[c]], c.mailbox.Declared, c.count, c.first, false)
	}
	add(v.coverage.crowdOf[v.passers], nil, 0, -1, true)
	return list
}

// legacy says what becomes of a crowd's sign-ins by one kind of legacy client.
func (c *coverage) legacy(crowd int, k caClient) Cover {
	start := slices.Clone(c.space.whole)
	one := newSet(len(c.crowds))
	one.add(crowd)
	c.space.limit(start, onSubject, one)
	c.space.limit(start, onCAClient, set{1 << k})
	if k == caSync {
		exchange := newSet(c.space.axes[onApp].size)
		exchange.add(appExchange)
		c.space.limit(start, onApp, exchange)
	}
	var blocking, sure, may []box
	made := Cover{Client: k.String()}
	for i, p := range c.ca.policies {
		l := c.regions[i]
		switch p.effect[k] {
		case blocks:
			blocking = append(blocking, l.sure...)
			if c.space.meetsAny(start, l.sure) {
				made.Policies = append(made.Policies, p.index)
			}
			fallthrough
		case starves:
			sure, may = append(sure, l.sure...), append(may, l.may...)
		case opaque, demands:
			may = append(may, l.may...)
		}
	}
	hole, free := c.space.find(start, may, maxCuts)
	if free != yes {
		if hole, free = c.space.find(start, sure, maxCuts); free == yes {
			free = maybe
		}
	}
	_, unblocked := c.space.find(start, blocking, maxCuts)
	switch {
	case unblocked == no:
		made.Outcome = "blocked"
	case free == no:
		made.Outcome = "stopped"
	case free == yes && c.ca.known:
		made.Outcome = "open"
	default:
		made.Outcome = "undecided"
		if !c.ca.known {
			made.Reasons = []Reason{{Key: "conditional_access_unread"}}
		}
		if hole != nil {
			made.Reasons = append(made.Reasons, c.doubts(question{crowd: crowd}, k, hole)...)
		}
		made.Reasons = tidy(made.Reasons)
	}
	if hole != nil && free != no {
		made.Passes = c.signIn(&answer{client: k, hole: hole})
		made.Application = c.application(hole)
	}
	return made
}

// application names an application among those of a box.
func (c *coverage) application(b box) string {
	apps := c.space.on(b, onApp)
	switch i := apps.first(); {
	case apps.count() == c.space.axes[onApp].size:
		return "any"
	case i == appExchange:
		return "exchange"
	case i == appGraph:
		return "graph"
	case i == appSuite:
		return "office365"
	case i == appOther:
		return "other"
	default:
		return c.ca.apps.names[i-namedApps]
	}
}

// signInPaths counts the mailboxes by how their users sign in.
func (v *evaluation) signInPaths() []SignInPath {
	var list []SignInPath
	for _, c := range v.classes {
		passive, _ := v.routes(strings.ToLower(c.mailbox.Domain))
		crowd := v.coverage.crowdOf[v.subjectOf[c]]
		trusted := passive.side == sideManaged || v.engine.okta.claimTrusted(passive.mfa)
		modern, _ := v.coverage.gate(crowd, MAPI, Modern, trusted, "")
		grant, _ := v.coverage.gate(crowd, MAPI, PasswordGrant, trusted, "")
		made := SignInPath{
			Path: passive.side.String(), Domain: strings.ToLower(c.mailbox.Domain), Declared: c.mailbox.Declared,
			First: c.first, Modern: modern.asks(), PasswordGrant: grant.asks(),
		}
		i := slices.IndexFunc(list, func(p SignInPath) bool {
			return p.Path == made.Path && p.Domain == made.Domain && slices.Equal(p.Declared, made.Declared) &&
				p.Modern == made.Modern && p.PasswordGrant == made.PasswordGrant
		})
		if i < 0 {
			i = len(list)
			list = append(list, made)
		}
		list[i].Mailboxes += c.count
	}
	return list
}

// String is the name that facts use.
func (s side) String() string { return [...]string{"managed", "okta", "elsewhere", "unknown"}[s] }

// asks says what Entra asks after the password.
func (g *gate) asks() string {
	switch {
	case g.any == no:
		return "blocked"
	case g.without == yes:
		return "nothing"
	case g.without == no:
		return "mfa"
	}
	return "undecided"
}

// newMailboxes says what each mailbox plan opens at Exchange.
func (e *Engine) newMailboxes() []NewMailbox {
	items, _ := e.exchange.plans.items()
	var list []NewMailbox
	for i, n := range items {
		s := &switches{
			at:  pointer("exchange", "cas_mailbox_plans", i),
			pop: n.setting("PopEnabled"), imap: n.setting("ImapEnabled"), activeSync: n.setting("ActiveSyncEnabled"),
			mapi: n.setting("MAPIEnabled"), ews: n.setting("EwsEnabled"), web: n.setting("OWAEnabled"),
			// Of these a plan says nothing; Exchange's own defaults are no override, and
			// PowerShell for everybody.
			smtpOff: unset, module: on, policyKnown: true,
		}
		made := NewMailbox{Plan: n.get("Name").string(), Index: i, Default: n.get("IsDefault").flag().answer()}
		for _, p := range Protocols() {
			for _, m := range Methods() {
				if p.Offers(m, e.options.AsPublished) {
					g := e.exchange.gate(s, p, m)
					made.Doors = append(made.Doors, ExchangeDoor{p, m, g.any.answer(), g.locks, tidy(g.doubts)})
				}
			}
		}
		list = append(list, made)
	}
	return list
}
