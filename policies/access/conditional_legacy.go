package access

import (
	"slices"
	"strings"
)

// leftOut is something that a policy's conditions leave out: a user, group, role,
// application, platform or location by its id, or guests.
type leftOut struct{ kind, id string }

// same reports that both leave out the same. Entra compares ids without regard to
// case.
func (l leftOut) same(o leftOut) bool { return l.kind == o.kind && strings.EqualFold(l.id, o.id) }

// exclusions are the lists of what conditions leave out.
var exclusions = []struct{ condition, list, kind string }{
	{"users", "excludeUsers", "user"},
	{"users", "excludeGroups", "group"},
	{"users", "excludeRoles", "role"},
	{"applications", "excludeApplications", "application"},
	{"platforms", "excludePlatforms", "platform"},
	{"locations", "excludeLocations", "location"},
}

// readLeftOut reads what a policy's conditions leave out.
func readLeftOut(conditions node) []leftOut {
	var list []leftOut
	for _, e := range exclusions {
		ids, _ := conditions.get(e.condition).get(e.list).texts()
		for _, id := range ids {
			l := leftOut{e.kind, id}
			if e.kind == "user" && strings.EqualFold(id, "GuestsOrExternalUsers") {
				l = leftOut{"guests", id}
			}
			list = append(list, l)
		}
	}
	guests := conditions.get("users").get("excludeGuestsOrExternalUsers")
	if !guests.blank() {
		list = append(list, leftOut{"guests", guests.get("guestOrExternalUserTypes").string()})
	}
	return list
}

// readLimits names the conditions that are not for everything, but for those that
// read notes itself because it cannot decide them.
func readLimits(conditions node) []string {
	var limits []string
	for _, c := range []struct{ condition, list, all string }{
		{"users", "includeUsers", "All"},
		{"applications", "includeApplications", "All"},
		{"platforms", "includePlatforms", "all"},
		{"locations", "includeLocations", "All"},
	} {
		n := conditions.get(c.condition)
		list, _ := n.get(c.list).texts()
		must := c.condition == "users" || c.condition == "applications"
		if (must || !n.blank()) && !slices.Contains(list, c.all) {
			limits = append(limits, c.condition)
		}
	}
	for _, name := range []string{"signInRiskLevels", "userRiskLevels"} {
		if !conditions.get(name).blank() {
			limits = append(limits, name)
		}
	}
	return limits
}

// outsiders makes up users for what policies leave out: one in each group, one with
// each role, one guest, and one for each user. Of what else they are nothing is
// known.
func (ca *conditionalAccess) outsiders() ([]leftOut, []*subject) {
	var kinds []leftOut
	var list []*subject
	for _, p := range ca.policies {
		for _, l := range p.leaves {
			if slices.ContainsFunc(kinds, l.same) {
				continue
			}
			u := &subject{kind: "Member", synced: maybe}
			switch l.kind {
			case "user":
				u.id, u.kind = strings.ToLower(l.id), ""
			case "group":
				u.groups = []string{strings.ToLower(l.id)}
			case "role":
				u.roles = []string{strings.ToLower(l.id)}
			case "guests":
				u.kind = "Guest"
			default:
				continue
			}
			kinds, list = append(kinds, l), append(list, u)
		}
	}
	return kinds, list
}

// among says whether a user is among those left out.
func (l leftOut) among(u *subject) tri {
	id := strings.ToLower(l.id)
	switch l.kind {
	case "user":
		return certainly(u.id == id)
	case "group":
		return u.inGroup(id)
	case "role":
		return u.hasRole(id)
	case "guests":
		return u.guest()
	}
	return no
}
