package access

import "slices"

// person is what Okta's rules can tell of a user.
type person struct {
	// known: Okta's side of the mailbox was collected.
	known bool
	// groups are the groups that rules name and the user is in; nil when they were
	// not collected.
	groups []string
	// named is the user's own id, where a rule names it.
	named []string
	// kind is the id of the user type, empty when it was not collected.
	kind string
}

// directory says of which Okta groups the members were collected.
type directory struct {
	groups map[string]group
}

type group struct {
	name string
	// everyone: Okta's own group of all users.
	everyone bool
}

func newDirectory(list node) *directory {
	d := &directory{groups: make(map[string]group)}
	items, _ := list.items()
	for _, n := range items {
		name := n.get("profile").get("name").string()
		d.groups[n.get("id").string()] = group{
			name:     name,
			everyone: n.get("type").string() == "BUILT_IN" && name == "Everyone",
		}
	}
	return d
}

// collected reports that the members of a group were.
func (d *directory) collected(id string) bool {
	_, ok := d.groups[id]
	return ok
}

// in says whether a person is in a group. A group whose members were not
// collected (a deleted one, say) may hold anybody.
func (d *directory) in(p *person, id string) tri {
	if slices.Contains(p.groups, id) {
		return yes
	}
	switch {
	case d.groups[id].everyone:
		return yes
	case !d.collected(id) || !p.known || p.groups == nil:
		return maybe
	}
	return no
}

// label is a group's name, or its id.
func (d *directory) label(id string) string {
	if g := d.groups[id]; g.name != "" {
		return g.name
	}
	return id
}

// people is a rule's condition on who asks.
type people struct {
	groups, users               []string // included
	withoutGroups, withoutUsers []string
	// kinds and withoutKinds are ids of user types.
	kinds, withoutKinds []string
	unreadable          bool
}

// everyone reports whether the condition leaves nobody out by inclusion.
func (c *people) everyone() bool {
	return len(c.groups)+len(c.users)+len(c.kinds) == 0 && !c.unreadable
}

func readPeople(who, userType node) people {
	var c people
	lists := func(n node, include, exclude *[]string) {
		if n.blank() {
			return
		}
		var ok1, ok2 bool
		*include, ok1 = n.get("include").texts()
		*exclude, ok2 = n.get("exclude").texts()
		if !n.object() || !ok1 || !ok2 || strangeKeys(n, "include", "exclude") {
			c.unreadable = true
		}
	}
	lists(who.get("groups"), &c.groups, &c.withoutGroups)
	lists(who.get("users"), &c.users, &c.withoutUsers)
	lists(userType, &c.kinds, &c.withoutKinds)
	if !who.blank() && (!who.object() || strangeKeys(who, "groups", "users")) {
		c.unreadable = true
	}
	return c
}

// match says whether the condition is met by a person.
func (c *people) match(d *directory, p *person) tri {
	if c.unreadable {
		return maybe
	}
	included := yes
	switch {
	case len(c.groups) > 0 && len(c.users) > 0:
		// Whether Okta wants both or either, its pages do not say.
		groups, users := d.inAny(p, c.groups), p.isAny(c.users)
		included = max(groups, users)
		if groups != users {
			included = min(included, maybe)
		}
	case len(c.groups) > 0:
		included = d.inAny(p, c.groups)
	case len(c.users) > 0:
		included = p.isAny(c.users)
	}
	excluded := max(d.inAny(p, c.withoutGroups), p.isAny(c.withoutUsers))
	kind := yes
	if len(c.kinds) > 0 {
		kind = p.kindIn(c.kinds)
	}
	return min(included, excluded.not(), kind, p.kindIn(c.withoutKinds).not())
}

// doubts says why match is maybe.
func (c *people) doubts(d *directory, p *person) []Reason {
	var list []Reason
	if c.unreadable {
		return []Reason{{Key: "people_unreadable"}}
	}
	if len(c.groups) > 0 && len(c.users) > 0 && d.inAny(p, c.groups) != p.isAny(c.users) {
		list = append(list, Reason{Key: "users_and_groups"})
	}
	for _, id := range append(slices.Clone(c.groups), c.withoutGroups...) {
		if d.in(p, id) == maybe {
			list = append(list, Reason{Key: "group_unknown", Args: args{"group": d.label(id)}})
		}
	}
	if !p.known && len(c.users)+len(c.withoutUsers) > 0 {
		list = append(list, Reason{Key: "okta_user_unknown"})
	}
	if p.kind == "" && len(c.kinds)+len(c.withoutKinds) > 0 {
		list = append(list, Reason{Key: "user_type_unknown"})
	}
	return list
}

func (d *directory) inAny(p *person, ids []string) tri {
	answer := no
	for _, id := range ids {
		answer = max(answer, d.in(p, id))
	}
	return answer
}

func (p *person) isAny(ids []string) tri {
	switch {
	case len(ids) == 0:
		return no
	case !p.known:
		return maybe
	}
	return certainly(slices.ContainsFunc(ids, func(id string) bool { return slices.Contains(p.named, id) }))
}

func (p *person) kindIn(ids []string) tri {
	switch {
	case len(ids) == 0:
		return no
	case p.kind == "":
		return maybe
	}
	return certainly(slices.Contains(ids, p.kind))
}
