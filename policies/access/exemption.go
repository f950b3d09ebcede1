package access

import "slices"

// Exemption is what Okta's ThreatInsight leaves alone: the zones that its
// configuration names, and the zone that Okta exempts by itself.
//
// https://help.okta.com/oie/en-us/content/topics/security/network/about-ip-exempt-zone.htm
type Exemption struct {
	Zones []ExceptedZone `json:"zones"`
	// Wide lists what makes it more than some addresses, as keys of
	// Exception.Unconfined: everywhere, country, provider, no_limit, exchange_online.
	Wide []string `json:"wide"`
	// Unclear lists why there may be more to it, as keys: list_unreadable,
	// zones_unread, zone_missing, zone_inactive, network_unreadable.
	Unclear []string `json:"unclear"`
}

// exemption measures what ThreatInsight leaves alone.
func (o *org) exemption() Exemption {
	var x Exemption
	note := func(to *[]string, key string) {
		if !slices.Contains(*to, key) {
			*to = append(*to, key)
		}
	}
	if o.atlas.unread {
		note(&x.Unclear, "zones_unread")
	}
	ids, ok := o.exempt.texts()
	if !ok || o.exempt.absent() {
		note(&x.Unclear, "list_unreadable")
	}
	var sure, maybe []span
	for _, id := range o.atlas.exempted(ids) {
		i, known := o.atlas.byID[id]
		if !known {
			x.Zones = append(x.Zones, ExceptedZone{ID: id, Index: -1, Limit: "unknown"})
			if !o.atlas.unread {
				note(&x.Unclear, "zone_missing")
			}
			continue
		}
		z := &o.atlas.zones[i]
		x.Zones = append(x.Zones, z.measured())
		maybe = append(maybe, z.sure...)
		wide := z.wide()
		switch {
		case z.active == yes && wide != "":
			note(&x.Wide, wide)
		case z.loose:
			note(&x.Unclear, "network_unreadable")
		case wide != "":
			note(&x.Unclear, "zone_inactive")
		}
		if z.active == yes {
			sure = append(sure, z.sure...)
		}
	}
	switch {
	case newSpans(sure).everywhere():
		note(&x.Wide, "everywhere")
	case newSpans(maybe).everywhere():
		note(&x.Unclear, "zone_inactive")
	}
	slices.Sort(x.Wide)
	slices.Sort(x.Unclear)
	return x
}

// exempted adds to some zones the one that Okta exempts by itself, where it holds
// anything.
func (a *atlas) exempted(ids []string) []string {
	list := slices.Clone(ids)
	for i := range a.zones {
		z := &a.zones[i]
		if z.exempt && (len(z.sure) > 0 || z.loose || z.symbolic) && !slices.Contains(list, z.id) {
			list = append(list, z.id)
		}
	}
	return list
}
