package collectors

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// coverage says how the resources that fill a mailbox ended, by path.
type coverage map[string]snapshot.Status

// some tells whether anything of a path was read.
func (c coverage) some(path string) bool {
	return c[path] == snapshot.Collected || c[path] == snapshot.Partial
}

// whole tells whether a path was read to the end.
func (c coverage) whole(path string) bool { return c[path] == snapshot.Collected }

// userNames finds Okta's users by user name, lower case.
func (c *cards) userNames() map[string][]*login {
	names := make(map[string][]*login, len(c.okta))
	for _, l := range c.okta {
		for name := range l.names {
			key := strings.ToLower(name)
			if !slices.Contains(names[key], l) {
				names[key] = append(names[key], l)
			}
		}
	}
	return names
}

// mailbox makes the record of one card.
func (c *cards) mailbox(p *card, names map[string][]*login, read coverage) *snapshot.Mailbox {
	upn := p.upn()
	_, domain, _ := strings.Cut(upn, "@")
	return &snapshot.Mailbox{
		ID:                p.id,
		UserPrincipalName: upn,
		DisplayName:       p.displayName,
		Addresses:         slices.Sorted(slices.Values(p.addresses)),
		Domain:            strings.ToLower(domain),
		Exchange:          c.exchangePart(p, read),
		Entra:             c.entraPart(p, read),
		Okta:              c.oktaPart(upn, names, read),
	}
}

func (c *cards) exchangePart(p *card, read coverage) *snapshot.MailboxExchange {
	part := *p.mailbox
	if u := p.user; u != nil {
		part.RecipientTypeDetails = u.RecipientTypeDetails
		part.AuthenticationPolicy = u.AuthenticationPolicy
		part.RemotePowerShellEnabled = u.RemotePowerShellEnabled
		part.EXOModuleEnabled = u.EXOModuleEnabled
		part.AccountDisabled = u.AccountDisabled
	}
	if read.some(pathRoleGroups) {
		part.RoleGroups = c.namesOf(p.roleGroups)
	}
	return &part
}

// entraPart is nil for a mailbox whose user was not found. Where users were not
// read at all, what is known of groups and roles stands alone.
func (c *cards) entraPart(p *card, read coverage) *snapshot.MailboxEntra {
	if p.entra == nil && read.some(pathEntra) {
		return nil
	}
	part := &snapshot.MailboxEntra{}
	if p.entra != nil {
		part = p.entra.part()
	}
	if read.some(pathGroups) {
		part.Groups = c.namesOf(p.groups)
	}
	if read.some(pathRoles) {
		part.Roles = c.namesOf(p.roles)
	}
	if p.entra == nil && part.Groups == nil && part.Roles == nil {
		return nil
	}
	return part
}

func (e *entraCard) part() *snapshot.MailboxEntra {
	part := *e.shared
	if e.active {
		part.SignInActivity = &snapshot.SignInActivity{}
	}
	for i, at := range momentsOf(&part) {
		if at != nil && e.known&(1<<i) != 0 {
			moment := snapshot.NewInstant(time.Unix(e.moments[i], 0))
			*at = &moment
		}
	}
	return &part
}

// oktaPart finds the Okta user by user name. Two Okta users with one user name
// cannot be told apart by what Microsoft sees: nothing is claimed about either.
func (c *cards) oktaPart(upn string, names map[string][]*login, read coverage) *snapshot.MailboxOkta {
	if upn == "" || !read.some(pathOkta) {
		return nil
	}
	found := names[strings.ToLower(upn)]
	switch {
	case len(found) > 1:
		return nil
	case len(found) == 1:
		return c.assigned(found[0], upn, read)
	case read.whole(pathOkta):
		return &snapshot.MailboxOkta{Assigned: false}
	default:
		return nil
	}
}

func (c *cards) assigned(l *login, upn string, read coverage) *snapshot.MailboxOkta {
	var apps []uint32
	for name, list := range l.names {
		if strings.EqualFold(name, upn) {
			apps = append(apps, list...)
		}
	}
	part := &snapshot.MailboxOkta{Assigned: true, Apps: c.namesOf(apps), Status: l.status, UserType: l.userType}
	if read.some(pathOktaGroups) {
		part.Groups = c.namesOf(l.groups)
	}
	if l.named {
		part.Named = []string{l.id}
	}
	return part
}

// namesOf gives the names behind the numbers, each once and sorted; never nil.
func (c *cards) namesOf(numbers []uint32) []string {
	list := make([]string, len(numbers))
	for i, n := range numbers {
		list[i] = c.texts[n]
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// crossCheck compares what the services say about the same mailboxes, and counts
// what has no counterpart. It changes the lines of the ledger by path.
func (c *cards) crossCheck(lines map[string]*snapshot.Resource, read coverage) {
	if !read.some(pathMailboxes) {
		return // nothing to compare with: every user would be a leftover
	}
	boxes := lines[pathMailboxes]
	addCount(boxes, "repeated_rows", c.repeated)
	addCount(boxes, "rows_without_id", c.nameless)
	if c.nameless > 0 {
		demote(boxes, CodeBadAnswer, "some mailboxes came without an id and are left out")
	}
	addCount(lines[pathDomain], "rows_without_id", c.anonymous)
	c.countUsers(lines, read)
	c.countLogins(lines, read)
}

func (c *cards) countUsers(lines map[string]*snapshot.Resource, read coverage) {
	var userMailboxes, boxesUnknown, usersMissing, entraMissing, entraOnly, differ int
	for _, p := range c.people {
		switch {
		case p.mailbox == nil && p.userMailbox:
			boxesUnknown++
		case p.mailbox == nil && p.entra != nil:
			entraOnly++
		case p.mailbox != nil && p.user == nil:
			usersMissing++
		}
		if p.userMailbox {
			userMailboxes++
		}
		if p.mailbox != nil && p.entra == nil {
			entraMissing++
		}
		if p.entraUPN != "" && p.exchangeUPN != "" && !strings.EqualFold(p.entraUPN, p.exchangeUPN) {
			differ++
		}
	}
	if read.some(pathEntra) {
		addCount(lines[pathEntra], "without_mailbox", entraOnly)
		addCount(lines[pathMailboxes], "without_entra_user", entraMissing)
	}
	if !read.some(pathDomain) {
		return
	}
	addCount(lines[pathDomain], "user_mailboxes", userMailboxes)
	addCount(lines[pathDomain], "other_user_principal_name_in_entra", differ)
	addCount(lines[pathMailboxes], "without_exchange_user", usersMissing)
	addCount(lines[pathMailboxes], "user_mailboxes_without_row", boxesUnknown)
	if !read.whole(pathDomain) {
		return // the users are incomplete themselves; the difference is theirs
	}
	if userMailboxes != c.mailboxes || boxesUnknown > 0 {
		demote(lines[pathMailboxes], CodeCountMismatch, "the mailboxes listed and the users that have one differ in number")
	}
	if usersMissing > 0 {
		demote(lines[pathDomain], CodeCountMismatch, "some mailboxes have no row among the users")
	}
}

func (c *cards) countLogins(lines map[string]*snapshot.Resource, read coverage) {
	if !read.some(pathOkta) {
		return
	}
	upns := make(map[string]bool, c.mailboxes)
	for _, p := range c.people {
		if p.mailbox != nil {
			upns[strings.ToLower(p.upn())] = true
		}
	}
	matched, ambiguous, unmatched := 0, 0, 0
	for name, users := range c.userNames() {
		switch {
		case !upns[name]:
			unmatched++
		case len(users) > 1:
			ambiguous++
		default:
			matched++
		}
	}
	line := lines[pathOkta]
	addCount(line, "matched", matched)
	addCount(line, "ambiguous_user_names", ambiguous)
	addCount(line, "without_mailbox", unmatched)
}

// addCount writes a count into a line; zero is an answer as well.
func addCount(line *snapshot.Resource, name string, n int) {
	if line == nil {
		return
	}
	if line.Counts == nil {
		line.Counts = make(map[string]int)
	}
	line.Counts[name] += n
}

// demote makes a collected resource partial. One that was partial before keeps
// its reason.
func demote(line *snapshot.Resource, code, message string) {
	if line == nil || line.Status != snapshot.Collected {
		return
	}
	line.Status, line.Code, line.Message = snapshot.Partial, code, cmp.Or(line.Message, message)
}
