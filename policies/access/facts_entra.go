package access

import (
	"fmt"
	"strings"
)

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

// signInPaths counts the mailboxes by how their users sign in. When there are too
// many domains, those of further ones are put together, but for users of whom
// something is declared: controls ask for their domains.
func (v *evaluation) signInPaths() []SignInPath {
	var list []SignInPath
	numbers := make(map[string]int)
	apart, most := 0, v.engine.options.apart()
	for _, c := range v.classes {
		made := v.signInPath(c)
		key := made.key()
		if n, known := numbers[key]; known {
			list[n].take(c)
			continue
		}
		if len(made.Declared) == 0 {
			if apart >= most {
				made.Domain, made.Coarse = "", true
				key = made.key()
			} else {
				apart++
			}
		}
		n, known := numbers[key]
		if !known {
			n = len(list)
			numbers[key] = n
			list = append(list, made)
		}
		list[n].take(c)
	}
	return list
}

func (p *SignInPath) take(c *class) {
	p.Mailboxes += c.count
	p.behind.add(c.number)
}

func (v *evaluation) signInPath(c *class) SignInPath {
	passive, _ := v.routes(strings.ToLower(c.mailbox.Domain))
	crowd := v.coverage.crowdOf[v.subjectOf[c]]
	trusted := passive.side == sideManaged || v.engine.okta.claimTrusted(passive.mfa)
	modern, _ := v.coverage.gate(crowd, MAPI, Modern, trusted, "")
	grant, _ := v.coverage.gate(crowd, MAPI, PasswordGrant, trusted, "")
	return SignInPath{
		Path: passive.side.String(), Domain: strings.ToLower(c.mailbox.Domain), Declared: c.mailbox.Declared,
		First: c.first, Modern: modern.asks(), PasswordGrant: grant.asks(),
		Everywhere: v.coverage.everywhere(crowd, trusted),
	}
}

// key is what paths must have in common to be shown as one.
func (p SignInPath) key() string {
	return fmt.Sprintf("%s %q %t %q %s %s %s", p.Path, p.Domain, p.Coarse, p.Declared, p.Modern, p.PasswordGrant, p.Everywhere)
}

// everywhere says what policies ask of a user in browsers and apps, at the
// application where they ask the least.
func (c *coverage) everywhere(crowd int, trusted bool) string {
	g := &gate{without: no, any: no}
	for app := range c.space.axes[onApp].size {
		a := c.ask(question{crowd: crowd, clients: 1<<caBrowser | 1<<caApp, app: app, trusted: trusted})
		g.without, g.any = max(g.without, a.without), max(g.any, a.any)
	}
	return g.asks()
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
