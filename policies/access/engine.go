package access

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// Input is the configuration that the engine reads: the snapshot without its
// mailboxes. A nil section was not collected.
type Input struct {
	// CollectedAt decides what Microsoft had removed by then.
	CollectedAt time.Time
	// Cloud and OktaOrg are the tenant's.
	Cloud, OktaOrg string
	// Resources is the evidence ledger.
	Resources             []snapshot.Resource
	Entra, Exchange, Okta jsontext.Value
}

// FromDocument takes the input from a snapshot.
func FromDocument(d *snapshot.Document) Input {
	return Input{
		CollectedAt: d.CollectedAt.Time, Cloud: d.Tenant.Cloud, OktaOrg: d.Tenant.OktaOrg,
		Resources: d.Collection.Resources,
		Entra:     section(d, "entra"), Exchange: section(d, "exchange"), Okta: section(d, "okta"),
	}
}

// section is nil for one that was not collected, which is not an empty one.
func section(d *snapshot.Document, name string) jsontext.Value {
	if raw, collected := d.Section(name); collected {
		return raw
	}
	return nil
}

// Options says what to work out.
type Options struct {
	// AsPublished leaves out what Microsoft has changed since the whitepaper: its
	// removal of basic authentication and of EWS, and tokens for POP, IMAP and SMTP.
	AsPublished bool
	// Apart is how many doors of one protocol, method and outcome are told apart by
	// names, and how many ways to sign in by domains; from there on they are put
	// together, so that the result does not grow with the mailboxes. 0 is the usual
	// number. It changes no outcome and no number of mailboxes.
	Apart int
}

// Engine holds a configuration, ready to be asked about any mailbox. It does not
// change and may be used from several goroutines; an Accumulator may not.
type Engine struct {
	options  Options
	exchange *exchange
	entra    *entra
	ca       *conditionalAccess
	okta     *org
	// memberships says of which groups and roles in Entra all members are known.
	memberships *memberships

	// named are the ids of users that Entra's policies name; the others are the
	// groups and roles that any policy or rule names, so that nothing else tells
	// mailboxes apart.
	named, entraGroups, entraRoles, oktaGroups, oktaUsers map[string]bool
}

// New reads a configuration. The error says which section is no JSON; whatever
// else is unexpected in it makes answers less certain, never impossible.
func New(in Input, options Options) (*Engine, error) {
	e := &Engine{options: options}
	l := newLedger(in.Resources)
	var entra, exchange, okta node
	for _, section := range []struct {
		name string
		raw  jsontext.Value
		into *node
	}{{"entra", in.Entra, &entra}, {"exchange", in.Exchange, &exchange}, {"okta", in.Okta, &okta}} {
		n, err := parse(section.raw)
		if err != nil {
			return nil, fmt.Errorf("access: read section %s: %w", section.name, err)
		}
		*section.into = n
	}
	e.exchange = readExchange(exchange, l)
	e.exchange.cloud, e.exchange.at, e.exchange.asPublished = in.Cloud, in.CollectedAt, options.AsPublished
	e.entra = readEntra(entra, l)
	e.ca = readConditionalAccess(entra, l)
	e.memberships = readMemberships(entra, l)
	e.okta = readOrg(okta, in.OktaOrg, l)
	e.collectNames()
	return e, nil
}

// collectNames gathers what tells mailboxes apart.
func (e *Engine) collectNames() {
	e.named, e.entraGroups, e.entraRoles = map[string]bool{}, map[string]bool{}, map[string]bool{}
	e.oktaGroups, e.oktaUsers = map[string]bool{}, map[string]bool{}
	add := func(to map[string]bool, lists ...[]string) {
		for _, list := range lists {
			for _, s := range list {
				to[strings.ToLower(s)] = true
			}
		}
	}
	for _, p := range slices.Concat(e.ca.policies, e.ca.idle) {
		add(e.named, p.users.users, p.users.without)
		add(e.entraGroups, p.users.groups, p.users.withoutGroups)
		add(e.entraRoles, p.users.roles, p.users.withoutRoles)
	}
	for _, r := range e.entra.rollouts {
		add(e.entraGroups, r.groups)
	}
	for _, p := range e.okta.policies {
		for _, r := range p.rules {
			add(e.oktaGroups, r.people.groups, r.people.withoutGroups)
			add(e.oktaUsers, r.people.users, r.people.withoutUsers)
		}
	}
	for _, s := range e.okta.sessions {
		add(e.oktaGroups, s.groups.groups, s.groups.withoutGroups, s.people.groups, s.people.withoutGroups)
		add(e.oktaUsers, s.people.users, s.people.withoutUsers)
	}
}

// NamedUsers lists the ids of users that Entra's policies name, in lower case and
// sorted. Whoever hands over many mailboxes as one has to keep these apart.
func (e *Engine) NamedUsers() []string { return slices.Sorted(maps.Keys(e.named)) }

// NewAccumulator starts gathering mailboxes.
func (e *Engine) NewAccumulator() *Accumulator {
	return &Accumulator{engine: e, byKey: make(map[string]*class), leftOut: make(map[LeftOutReason]int)}
}
