package collectors

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// cards is the card index in which rows of three services become mailboxes. It
// holds one compact card a person: the settings, of which there are few
// combinations, are shared between all cards that have them, and names of groups
// are numbers. Rows may come in any order.
type cards struct {
	people    map[string]*card  // by lower-case id
	okta      map[string]*login // by Okta id
	mailboxes int               // cards that are mailboxes
	repeated  int               // mailbox rows that came twice
	nameless  int               // mailbox rows without any id
	anonymous int               // user rows without any id

	settings map[string]*snapshot.MailboxExchange
	flags    map[string]*snapshot.MailboxEntra
	names    map[string]uint32 // of groups, roles and apps
	texts    []string          // by number
}

// card is what is known of one person.
type card struct {
	id          string
	displayName string
	addresses   []string
	entraUPN    string
	exchangeUPN string

	mailbox *snapshot.MailboxExchange // Get-CASMailbox; nil: no mailbox
	user    *snapshot.MailboxExchange // Get-User
	entra   *entraCard
	// userMailbox: Get-User says that the person has a mailbox here.
	userMailbox bool

	groups, roles, roleGroups []uint32
}

// entraCard is a user's own fields: what people share, and the instants.
type entraCard struct {
	shared *snapshot.MailboxEntra
	// moments are Unix seconds in the order of momentsOf; known has their bits.
	moments [5]int64
	known   uint8
	// active says that the activity was read, even if it shows nothing.
	active bool
}

// login is an Okta user.
type login struct {
	id          string
	names       map[string][]uint32 // apps by user name, as Okta spells it
	status      string
	userType    string
	groups      []uint32
	named       bool
	assignments int
}

func newCards() *cards {
	return &cards{
		people: make(map[string]*card), okta: make(map[string]*login),
		settings: make(map[string]*snapshot.MailboxExchange), flags: make(map[string]*snapshot.MailboxEntra),
		names: make(map[string]uint32),
	}
}

// person finds or makes the card for an id; nil when there is no id at all.
func (c *cards) person(id, guid string) *card {
	id = cmp.Or(id, guid)
	if id == "" {
		return nil
	}
	key := strings.ToLower(id)
	p := c.people[key]
	if p == nil {
		p = &card{id: id}
		c.people[key] = p
	}
	return p
}

func (c *cards) number(text string) uint32 {
	n, ok := c.names[text]
	if !ok {
		n = uint32(len(c.texts))
		c.names[text] = n
		c.texts = append(c.texts, text)
	}
	return n
}

func (c *cards) add(row Row) {
	switch row := row.(type) {
	case *CASMailbox:
		c.addMailbox(row)
	case *ExchangeUser:
		c.addExchangeUser(row)
	case *EntraUser:
		c.addEntraUser(row)
	case *OktaUser:
		c.addOktaUser(row)
	case *Membership:
		c.addMembership(row)
	}
}

func (c *cards) addMailbox(row *CASMailbox) {
	p := c.person(row.ID, row.GUID)
	switch {
	case p == nil:
		c.nameless++
		return
	case p.mailbox != nil:
		c.repeated++
	default:
		c.mailboxes++
	}
	p.id = cmp.Or(row.ID, row.GUID) // as Exchange spells it
	p.displayName = cmp.Or(row.DisplayName, p.displayName)
	p.addresses = slices.Clone(row.Addresses)
	p.mailbox = c.shareSettings(row.Exchange)
}

func (c *cards) addExchangeUser(row *ExchangeUser) {
	p := c.person(row.ID, row.GUID)
	if p == nil {
		c.anonymous++
		return
	}
	p.exchangeUPN = row.UserPrincipalName
	p.displayName = cmp.Or(p.displayName, row.DisplayName)
	p.user = c.shareSettings(row.Exchange)
	p.userMailbox = row.RecipientType == "UserMailbox"
}

func (c *cards) addEntraUser(row *EntraUser) {
	p := c.person(row.ID, "")
	if p == nil {
		c.anonymous++
		return
	}
	p.entraUPN = row.UserPrincipalName
	p.displayName = cmp.Or(p.displayName, row.DisplayName)
	p.entra = c.entraCard(row.Entra)
}

func (c *cards) addOktaUser(row *OktaUser) {
	l := c.login(row.ID)
	if l.names == nil {
		l.names = make(map[string][]uint32, 1)
	}
	l.assignments++
	l.names[row.UserName] = append(l.names[row.UserName], c.number(row.App))
	l.status = c.texts[c.number(cmp.Or(row.Status, l.status))]
	l.userType = c.texts[c.number(cmp.Or(row.UserType, l.userType))]
	l.named = l.named || row.Named
}

func (c *cards) login(id string) *login {
	l := c.okta[id]
	if l == nil {
		l = &login{id: id}
		c.okta[id] = l
	}
	return l
}

func (c *cards) addMembership(row *Membership) {
	group := c.number(row.Group)
	if row.Kind == OktaGroup {
		l := c.login(row.Member)
		l.groups = append(l.groups, group)
		return
	}
	p := c.person(row.Member, "")
	if p == nil {
		c.anonymous++
		return
	}
	switch row.Kind {
	case EntraGroup:
		p.groups = append(p.groups, group)
	case EntraRole:
		p.roles = append(p.roles, group)
	case ExchangeRoleGroup:
		p.roleGroups = append(p.roleGroups, group)
	}
}

// shareSettings gives the one copy of a combination of settings.
func (c *cards) shareSettings(s snapshot.MailboxExchange) *snapshot.MailboxExchange {
	key, err := json.Marshal(s)
	if err != nil { // a value that is no JSON: keep it as it is, the writer will tell
		return &s
	}
	shared := c.settings[string(key)]
	if shared == nil {
		shared = new(snapshot.MailboxExchange)
		if err := json.Unmarshal(key, shared); err != nil {
			return &s
		}
		c.settings[string(key)] = shared
	}
	return shared
}

func (c *cards) entraCard(e snapshot.MailboxEntra) *entraCard {
	var made entraCard
	for i, at := range momentsOf(&e) {
		if at != nil && *at != nil {
			made.moments[i] = (*at).Unix()
			made.known |= 1 << i
		}
	}
	made.active = e.SignInActivity != nil
	flags := snapshot.MailboxEntra{
		AccountEnabled: e.AccountEnabled, UserType: e.UserType, OnPremisesSyncEnabled: e.OnPremisesSyncEnabled,
	}
	key := string(flags.AccountEnabled) + "\n" + string(flags.UserType) + "\n" + string(flags.OnPremisesSyncEnabled)
	shared := c.flags[key]
	if shared == nil {
		shared = &snapshot.MailboxEntra{
			AccountEnabled: flags.AccountEnabled.Clone(), UserType: flags.UserType.Clone(),
			OnPremisesSyncEnabled: flags.OnPremisesSyncEnabled.Clone(),
		}
		c.flags[key] = shared
	}
	made.shared = shared
	return &made
}

// momentsOf lists where a user's instants stand; nil where there is no place.
func momentsOf(e *snapshot.MailboxEntra) [5]**snapshot.Instant {
	list := [5]**snapshot.Instant{&e.CreatedDateTime, &e.SignInSessionsValidFromDate}
	if a := e.SignInActivity; a != nil {
		list[2], list[3], list[4] = &a.LastSignIn, &a.LastNonInteractiveSignIn, &a.LastSuccessfulSignIn
	}
	return list
}

// upn is the name the person signs in with. Entra decides that; Exchange's copy
// stands in where Entra was not read.
func (p *card) upn() string { return cmp.Or(p.entraUPN, p.exchangeUPN) }

// sorted lists the mailboxes by id.
func (c *cards) sorted() []*card {
	list := make([]*card, 0, c.mailboxes)
	for p := range maps.Values(c.people) {
		if p.mailbox != nil {
			list = append(list, p)
		}
	}
	slices.SortFunc(list, func(a, b *card) int { return cmp.Compare(a.id, b.id) })
	return list
}

// mailboxesBy walks the joined mailboxes, sorted by id, making one at a time.
// The same sequence can be walked again.
func (c *cards) mailboxesBy(read coverage) iter.Seq2[*snapshot.Mailbox, error] {
	list, names := c.sorted(), c.userNames()
	return func(yield func(*snapshot.Mailbox, error) bool) {
		for _, p := range list {
			if !yield(c.mailbox(p, names, read), nil) {
				return
			}
		}
	}
}
