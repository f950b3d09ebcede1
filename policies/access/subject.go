package access

import (
	"slices"
	"strings"
)

// subject is what Entra's policies can tell of a user.
type subject struct {
	// id is the user's id where a policy names it, else empty.
	id string
	// groups and roles are those that policies name and the user has; known says
	// whether they were collected.
	groups, roles           []string
	groupsKnown, rolesKnown bool
	// kind is Member, Guest or empty.
	kind string
	// synced: the user comes from an on-premises directory.
	synced tri
	// read says of which groups and roles all members were collected; nil: of all.
	read *memberships
}

// memberships says how well groups and roles in Entra could be read.
type memberships struct {
	// groups are the groups whose members were all read, where some group's were
	// not; nil otherwise.
	groups map[string]bool
	// rolesPartial: whoever has no role may have one.
	rolesPartial bool
}

func readMemberships(n node, l ledger) *memberships {
	m := &memberships{rolesPartial: l.partial("entra.role_members")}
	if l.partial("entra.group_members") {
		m.groups = make(map[string]bool)
		for _, id := range n.get("group_member_counts").names() {
			m.groups[strings.ToLower(id)] = true
		}
	}
	return m
}

func (u *subject) inGroup(id string) tri {
	switch {
	case slices.Contains(u.groups, id):
		return yes
	case !u.groupsKnown, u.read != nil && u.read.groups != nil && !u.read.groups[id]:
		return maybe
	}
	return no
}

func (u *subject) hasRole(id string) tri {
	switch {
	case slices.Contains(u.roles, id):
		return yes
	case !u.rolesKnown, u.read != nil && u.read.rolesPartial:
		return maybe
	}
	return no
}

// guest says whether the user is a guest. A member of the directory may come from
// outside too, but not with a mailbox here and a domain of the tenant.
func (u *subject) guest() tri {
	switch u.kind {
	case "Member":
		return no
	case "Guest":
		return yes
	}
	return maybe
}
