package access

import "slices"

// readFrequency reads a policy's sign-in frequency, if it has one that is switched
// on.
func (ca *conditionalAccess) readFrequency(n node, index int) (frequency, bool) {
	session := n.get("sessionControls").get("signInFrequency")
	if session.get("isEnabled").flag() != yes {
		return frequency{}, false
	}
	return frequency{policy: ca.read(n, index), state: n.get("state").string(), hours: frequencyHours(session)}, true
}

// frequency is a policy that lets people sign in again and again.
type frequency struct {
	policy *caPolicy
	state  string
	// hours is the interval, 0 for every time, nil when it cannot be read.
	hours *float64
}

func frequencyHours(n node) *float64 {
	hours := 0.0
	switch n.get("frequencyInterval").string() {
	case "everyTime":
		return &hours
	case "timeBased", "":
	default:
		return nil
	}
	value, ok := n.get("value").number()
	if !ok || value <= 0 {
		return nil
	}
	switch n.get("type").string() {
	case "hours":
		hours = value
	case "days":
		hours = 24 * value
	default:
		return nil
	}
	return &hours
}

// fact shows a frequency as controls see it.
func (f frequency) fact() Frequency {
	p := f.policy
	made := Frequency{
		Index: p.index, ID: p.id, Name: p.name, Hours: f.hours, Enforced: no.answer(),
		Mail:    certainly(p.apps.sure.has(appExchange)).answer(),
		Clients: certainly(p.clients[0]&(1<<caBrowser) != 0 && p.clients[0]&(1<<caApp) != 0).answer(),
	}
	switch f.state {
	case "enabled":
		made.Enforced = yes.answer()
	case "enabledForReportingButNotEnforced":
		made.Enforced = "reports"
	}
	limit := func(name string) {
		if !slices.Contains(made.Limits, name) {
			made.Limits = append(made.Limits, name)
		}
	}
	for _, name := range p.limits {
		if name != "applications" { // Mail answers for them
			limit(name)
		}
	}
	if p.users.unreadable {
		limit("users")
	}
	if p.platforms[0] != 1<<len(caPlatforms)-1 {
		limit("platforms")
	}
	for _, l := range p.leaves {
		switch l.kind {
		case "location":
			limit("locations")
		case "user", "group", "role", "guests":
			made.LeftOut = append(made.LeftOut, Excluded{Kind: l.kind, ID: l.id})
		}
	}
	return made
}
