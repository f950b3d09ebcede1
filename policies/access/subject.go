package access

import "slices"

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
}

func (u *subject) inGroup(id string) tri {
	switch {
	case slices.Contains(u.groups, id):
		return yes
	case !u.groupsKnown:
		return maybe
	}
	return no
}

func (u *subject) hasRole(id string) tri {
	switch {
	case slices.Contains(u.roles, id):
		return yes
	case !u.rolesKnown:
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
