package access

import (
	"slices"
)

// exception measures how a rule is confined.
func (e *Engine) exception(p *policy, r *rule) *Exception {
	o := e.okta
	x := &Exception{Users: len(r.people.users), Device: r.device.present}
	x.Everyone = len(r.people.groups)+len(r.people.users) == 0
	note := func(key string) {
		if !slices.Contains(x.Unconfined, key) {
			x.Unconfined = append(x.Unconfined, key)
		}
	}
	if x.Everyone {
		note("everyone")
	}
	if r.people.unreadable {
		note("people_unreadable")
	}
	for _, id := range r.people.groups {
		g := o.exceptedGroup(p, id)
		if g.Everyone {
			note("everyone")
		}
		x.Groups = append(x.Groups, g)
	}
	switch {
	case r.network.anywhere:
		note("anywhere")
	case r.network.unreadable:
		note("network_unreadable")
	case len(r.network.include) == 0:
		note("outside_zones")
	}
	var all []span
	for _, id := range o.atlas.expand(r.network.include) {
		z, key := o.exceptedZone(id)
		x.Zones = append(x.Zones, z)
		if key != "" {
			note(key)
		}
		if z.Index >= 0 {
			all = append(all, o.atlas.zones[o.atlas.byID[id]].sure...)
		}
	}
	if newSpans(all).everywhere() {
		note("everywhere")
	}
	slices.Sort(x.Unconfined)
	return x
}

func (o *org) exceptedGroup(p *policy, id string) ExceptedGroup {
	g := ExceptedGroup{ID: id, Name: o.directory.label(id), Everyone: o.directory.groups[id].everyone}
	if n, ok := o.memberCounts.get(id).number(); ok {
		members := int(n)
		g.Members = &members
	}
	if assigned := o.assigned(p); g.Members != nil && assigned > 0 {
		share := float64(*g.Members) / float64(assigned)
		g.Share = &share
	}
	rules, _ := o.groupRules.items()
	for _, r := range rules {
		ids, _ := r.get("actions").get("assignUserToGroups").get("groupIds").texts()
		if oktaStatus(r.get("status")) != no && slices.Contains(ids, id) {
			g.FilledBy = append(g.FilledBy, r.get("name").string())
		}
	}
	return g
}

// assigned is how many users are assigned to the apps of a policy, 0 when that was
// not collected.
func (o *org) assigned(p *policy) int {
	total := 0.0
	for _, a := range o.apps {
		if a.policy == p {
			n, _ := o.assignments.get(a.id).get("users").number()
			total += n
		}
	}
	return int(total)
}

// exceptedZone measures a zone, and says what makes it no confinement.
func (o *org) exceptedZone(id string) (ExceptedZone, string) {
	i, known := o.atlas.byID[id]
	if !known {
		return ExceptedZone{ID: id, Index: -1, Limit: "unknown"}, "zone_missing"
	}
	z := &o.atlas.zones[i]
	made := z.measured()
	switch {
	case z.active != yes:
		return made, "zone_inactive"
	case z.loose:
		return made, "network_unreadable"
	}
	if key := z.wide(); key != "" {
		return made, key
	}
	if z.limit == "unknown" {
		return made, "no_limit"
	}
	return made, ""
}

// measured is what can be said of a zone in numbers.
func (z *zone) measured() ExceptedZone {
	return ExceptedZone{
		ID: z.id, Name: z.name, Index: z.index, Kind: z.kind, Limit: z.limit,
		Addresses4: z.sure.share4(), Addresses6: z.sure.share6(), ExchangeOnline: z.sure.meets(exchangeOnline()),
	}
}

// wide says what makes a zone more than some addresses, as a key of
// Exception.Unconfined; empty where nothing shows that it is.
func (z *zone) wide() string {
	switch {
	case z.limit == "country", z.limit == "provider":
		return z.limit
	case z.limit == "none":
		return "no_limit"
	case z.sure.everywhere(), z.proxies.everywhere():
		return "everywhere"
	case z.sure.meets(exchangeOnline()):
		return "exchange_online"
	}
	return ""
}

// expand replaces ALL_ZONES by the zones it names, if those are known.
func (a *atlas) expand(ids []string) []string {
	var list []string
	for _, id := range ids {
		if id != "ALL_ZONES" || a.unread {
			list = append(list, id)
			continue
		}
		for i := range a.zones {
			if z := &a.zones[i]; !z.blocks && !z.exempt {
				list = append(list, z.id)
			}
		}
	}
	return list
}

// limit says what a dynamic zone goes by.
func dynamicLimit(n node) string {
	asns, _ := n.get("asns").items()
	if included, isV2 := n.get("asns").get("include").items(); isV2 {
		asns = included
	}
	locations, _ := n.get("locations").items()
	if included, isV2 := n.get("locations").get("include").items(); isV2 {
		locations = included
	}
	switch {
	case len(asns) > 0:
		// A provider's network has as many tenants as the provider.
		return "provider"
	case len(locations) == 0:
		return "none"
	}
	for _, l := range locations {
		if l.get("region").blank() {
			return "country"
		}
	}
	return "region"
}
