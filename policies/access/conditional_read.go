package access

import (
	"regexp"
	"slices"
	"strings"
)

// caUsers is a policy's condition on who signs in.
type caUsers struct {
	everyone              bool
	users, without        []string
	groups, withoutGroups []string
	roles, withoutRoles   []string
	guests, withoutGuests bool
	unreadable            bool
}

func readCAUsers(n node) caUsers {
	var u caUsers
	read := func(name string) []string {
		list, ok := n.get(name).texts()
		u.unreadable = u.unreadable || !ok
		for i, s := range list {
			list[i] = strings.ToLower(s)
		}
		return list
	}
	for _, id := range read("includeUsers") {
		switch id {
		case "all":
			u.everyone = true
		case "none":
			// names nobody
		case "guestsorexternalusers":
			u.guests = true
		default:
			u.users = append(u.users, id)
		}
	}
	for _, id := range read("excludeUsers") {
		if id == "guestsorexternalusers" {
			u.withoutGuests = true
			continue
		}
		u.without = append(u.without, id)
	}
	u.groups, u.withoutGroups = read("includeGroups"), read("excludeGroups")
	u.roles, u.withoutRoles = read("includeRoles"), read("excludeRoles")
	u.guests = u.guests || !n.get("includeGuestsOrExternalUsers").blank()
	u.withoutGuests = u.withoutGuests || !n.get("excludeGuestsOrExternalUsers").blank()
	u.unreadable = u.unreadable || n.blank() || strangeKeys(n, "includeUsers", "excludeUsers", "includeGroups", "excludeGroups",
		"includeRoles", "excludeRoles", "includeGuestsOrExternalUsers", "excludeGuestsOrExternalUsers")
	return u
}

// unsaid lists what Graph always says of a policy's conditions and these do not: a
// copy without it may be of a policy that leaves somebody or something out.
func unsaid(conditions node) (list []string) {
	for _, part := range []struct {
		of    string
		names []string
	}{
		{"", []string{"platforms", "locations", "signInRiskLevels", "userRiskLevels"}},
		{"users", []string{"excludeUsers", "excludeGroups", "excludeRoles"}},
		{"applications", []string{"excludeApplications"}},
	} {
		in := conditions
		if part.of != "" {
			in = conditions.get(part.of)
		}
		for _, name := range part.names {
			if !in.has(name) {
				list = append(list, name)
			}
		}
	}
	return list
}

// match says whether the policy is for a user. A condition on guests speaks of
// kinds of guests, so that of a guest it can say maybe only.
func (c *caUsers) match(u *subject) tri {
	if c.unreadable {
		return maybe
	}
	among := func(users, groups, roles []string, guests bool) tri {
		answer := certainly(u.id != "" && slices.Contains(users, u.id))
		for _, g := range groups {
			answer = max(answer, u.inGroup(g))
		}
		for _, r := range roles {
			answer = max(answer, u.hasRole(r))
		}
		if guests {
			answer = max(answer, min(u.guest(), maybe))
		}
		return answer
	}
	included := among(c.users, c.groups, c.roles, c.guests)
	if c.everyone {
		included = yes
	}
	return min(included, among(c.without, c.withoutGroups, c.withoutRoles, c.withoutGuests).not())
}

// caApps is a policy's condition on the application: the values of the axis that
// it surely names, and may name.
type caApps struct{ sure, may set }

// officeApp gives the value of the axis for an id that stands for a part of Office
// 365. Whether a policy for Exchange Online also holds for mail by Graph,
// Microsoft's pages do not say.
func officeApp(id string) (sure []int, known bool) {
	switch {
	case id == "Office365":
		return []int{appExchange, appSuite}, true
	case strings.EqualFold(id, exchangeOnlineID):
		return []int{appExchange}, true
	case strings.EqualFold(id, graphID):
		return nil, true
	}
	return nil, false
}

// guid is the form of an application's id.
var guid = regexp.MustCompile(`(?i)^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// namesOneApp reports whether an id stands for one application, or for some that
// carry no mail. Whatever else Graph gives may stand for anything.
func namesOneApp(id string) bool { return guid.MatchString(id) || id == "MicrosoftAdminPortals" }

func (ca *conditionalAccess) readApps(n node) caApps {
	size := namedApps + len(ca.apps.names)
	include, mayInclude, ok1 := ca.appSets(n.get("includeApplications"), size)
	exclude, mayExclude, ok2 := ca.appSets(n.get("excludeApplications"), size)
	a := caApps{include.without(mayExclude), mayInclude.without(exclude)}
	contexts := n.get("includeAuthenticationContextClassReferences")
	switch {
	case !ok1 || !ok2 || !n.get("applicationFilter").blank() || strangeKeys(n, "includeApplications", "excludeApplications",
		"applicationFilter", "includeUserActions", "includeAuthenticationContextClassReferences"):
		a = caApps{newSet(size), fullSet(size)}
	case !contexts.blank():
		// Asked for by an application in the middle of a session, if at all.
		a.may = fullSet(size)
	}
	return a
}

func (ca *conditionalAccess) appSets(list node, size int) (sure, may set, ok bool) {
	sure, may = newSet(size), newSet(size)
	ids, ok := list.texts()
	for _, id := range ids {
		if id == "All" {
			return fullSet(size), fullSet(size), ok
		}
		if id == "None" {
			continue
		}
		if named, office := officeApp(id); office {
			for _, a := range named {
				sure.add(a)
				may.add(a)
			}
			may.add(appGraph)
			continue
		}
		if !namesOneApp(id) {
			may = fullSet(size)
			continue
		}
		i := namedApps + ca.apps.number(strings.ToLower(id))
		sure.add(i)
		may.add(i)
	}
	return sure, may, ok
}

// namedLocations reads Entra's named locations.
func namedLocations(list node) []zone {
	items, _ := list.items()
	var zones []zone
	for i, n := range items {
		z := zone{
			id: strings.ToLower(n.get("id").string()), name: n.get("displayName").string(), kind: n.get("@odata.type").string(),
			pointer: pointer("entra", "named_locations", i), active: yes,
			exempt: n.get("isTrusted").flag() == yes, // of the trusted ones
		}
		ranges, isIP := n.get("ipRanges").items()
		switch {
		case isIP:
			var all []span
			for _, r := range ranges {
				s, ok := parseSpan(r.get("cidrAddress").string())
				z.loose = z.loose || !ok
				if ok {
					all = append(all, s)
				}
			}
			z.sure = newSpans(all)
		case !n.get("countriesAndRegions").absent(), strings.HasSuffix(z.kind, "compliantNetworkNamedLocation"):
			z.symbolic = true
		default:
			z.loose = true
		}
		zones = append(zones, z)
	}
	return zones
}

// location reads a policy's condition on the location.
func (ca *conditionalAccess) location(n node) (where, []Reason) {
	a := ca.atlas
	if n.blank() {
		return a.anywhere(), nil
	}
	include, ok1 := n.get("includeLocations").texts()
	exclude, ok2 := n.get("excludeLocations").texts()
	if !ok1 || !ok2 || len(include) == 0 || strangeKeys(n, "includeLocations", "excludeLocations") {
		return a.unclear(), []Reason{{Key: "ca_locations_unreadable"}}
	}
	w, doubts := a.anywhere(), []Reason(nil)
	if !slices.Contains(include, "All") {
		var refs []ref
		refs, doubts = ca.refer(include)
		w = a.in(refs)
	}
	if len(exclude) > 0 {
		if slices.Contains(exclude, "All") {
			return where{}, doubts
		}
		refs, d := ca.refer(exclude)
		w, doubts = w.both(a.out(refs)), append(doubts, d...)
	}
	return w, doubts
}

// refer looks up named locations. AllTrusted also stands for the addresses trusted
// for MFA in the older settings, which Graph does not show.
func (ca *conditionalAccess) refer(ids []string) (refs []ref, doubts []Reason) {
	for _, id := range ids {
		if id == "AllTrusted" {
			for i := range ca.atlas.zones {
				if z := &ca.atlas.zones[i]; z.exempt {
					refs = append(refs, ref{i, certain})
				}
			}
			refs = append(refs, ref{-1, unbounded})
			doubts = append(doubts, Reason{Key: "ca_trusted_addresses"})
			continue
		}
		i, known := ca.atlas.byID[strings.ToLower(id)]
		if !known {
			refs = append(refs, ref{-1, unbounded})
			doubts = append(doubts, Reason{Key: "ca_location_unknown", Args: args{"location": id}})
			continue
		}
		refs = append(refs, ref{i, certain})
	}
	return refs, doubts
}
