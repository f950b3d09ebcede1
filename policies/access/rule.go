package access

import (
	"cmp"
	"math"
	"slices"
)

// rule is one rule of an Office 365 app's authentication policy.
type rule struct {
	index    int // in the policy's list, as the API gave it
	pointer  string
	id, name string
	priority float64 // NaN when Okta gave none
	// active: no for INACTIVE, maybe for anything but that and ACTIVE.
	active tri
	// catchAll: without any condition, so that it matches whatever gets there, as
	// the rule does that Okta keeps at the end; system says that it is that one.
	catchAll, system bool

	people  people
	where   where
	network network
	// anyClient: there is no condition on the client.
	anyClient         bool
	sureOf, mayBe     uint64 // clients
	platforms, aside  [2]uint64
	device            deviceCondition
	riskSure, riskMay uint64

	// access is denied or allowed; unclear ones are all outcomes. factors is what
	// is asked of clients that can be asked.
	access  string
	factors outcomes

	// doubts say why the rule cannot be decided for some requests; legacyDoubts and
	// otherDoubts for legacy clients and the others. capped: it cannot be decided
	// for any.
	doubts, legacyDoubts, otherDoubts []Reason
	capped                            bool
}

// deviceCondition is a condition on the device.
type deviceCondition struct {
	present   bool
	sure, may uint64 // devices
	// assurances are facts of which one has to be true; loose says that nobody can
	// tell.
	assurances []int
	loose      bool
}

// knownConditions are the conditions that readRule understands.
var knownConditions = []string{
	"people", "network", "office365Client", "platform", "device", "elCondition", "riskScore", "userType",
}

// readRule reads one rule. atlas knows the zones, assurances the device
// assurance policies.
func readRule(n node, index int, at string, atlas *atlas, assurances *numbering) *rule {
	r := &rule{
		index: index, pointer: at, id: n.get("id").string(), name: n.get("name").string(),
		active: oktaStatus(n.get("status")), priority: math.NaN(),
	}
	if p, ok := n.get("priority").number(); ok {
		r.priority = p
	}
	if r.active == maybe {
		r.doubt("status_unreadable", nil)
	}
	c := n.get("conditions")
	if !c.absent() && !c.object() {
		r.doubt("conditions_unreadable", nil)
	}
	r.people = readPeople(c.get("people"), c.get("userType"))
	var doubts []Reason
	r.where, r.network, doubts = atlas.network(c.get("network"))
	r.doubts = append(r.doubts, doubts...)
	r.readClients(c.get("office365Client"))
	r.readPlatforms(c.get("platform"))
	r.readDevice(c.get("device"), assurances)
	r.readRest(c)
	r.system = n.get("system").flag() == yes
	r.catchAll = c.blank() || r.system && r.unconditional()
	if r.anyClient && !r.catchAll {
		r.otherDoubts = append(r.otherDoubts, Reason{Key: "no_client_condition"})
	}
	r.readActions(n.get("actions").get("appSignOn"))
	return r
}

// doubt notes a reason why no request certainly matches the rule.
func (r *rule) doubt(key string, a args) {
	r.capped = true
	r.doubts = append(r.doubts, Reason{Key: key, Args: a})
}

// unconditional reports whether nothing narrows the rule.
func (r *rule) unconditional() bool {
	const every = 1<<platforms - 1
	c := &r.people
	return r.anyClient && c.everyone() && len(c.withoutGroups)+len(c.withoutUsers)+len(c.withoutKinds) == 0 &&
		len(r.where.sure) == 1 && len(r.where.sure[0].facts) == 0 && r.where.sure[0].atoms.count() == r.where.may[0].atoms.count() &&
		r.platforms[0] == every && r.aside[1] == 0 && !r.device.present && r.riskSure == 1<<risks-1 && len(r.doubts) == 0
}

// readClients reads the condition on the kind of client. Absent means any client.
func (r *rule) readClients(n node) {
	if n.absent() {
		r.anyClient = true
		// A legacy client surely matches such a rule. Of the others Okta writes that
		// only a password is asked of them there, which leaves open how it handles
		// them: see readRule.
		r.sureOf, r.mayBe = allClients, allClients
		return
	}
	list, ok := n.get("include").texts()
	if !ok || len(list) == 0 || strangeKeys(n, "include") {
		r.mayBe = allClients
		r.doubt("client_unreadable", nil)
		return
	}
	for _, value := range list {
		c, known := clientOf(value)
		if !known {
			r.mayBe = allClients
			reason := Reason{Key: "client_unknown", Args: args{"client": value}}
			r.legacyDoubts, r.otherDoubts = append(r.legacyDoubts, reason), append(r.otherDoubts, reason)
			continue
		}
		r.sureOf |= 1 << c
	}
	r.mayBe |= r.sureOf
}

func (r *rule) readPlatforms(n node) {
	const every = 1<<platforms - 1
	r.platforms, r.aside = [2]uint64{every, every}, [2]uint64{0, 0}
	if n.blank() {
		return
	}
	ok := n.object() && !strangeKeys(n, "include", "exclude")
	if !n.get("include").blank() {
		sure, may, read := platformSet(n.get("include"))
		r.platforms = [2]uint64{sure, may}
		ok = ok && read
	}
	if !n.get("exclude").blank() {
		sure, may, read := platformSet(n.get("exclude"))
		r.aside = [2]uint64{sure, may}
		ok = ok && read
	}
	if !ok {
		r.legacyDoubts = append(r.legacyDoubts, Reason{Key: "platform_unreadable"})
		r.otherDoubts = append(r.otherDoubts, Reason{Key: "platform_unreadable"})
	}
	if !n.object() || strangeKeys(n, "include", "exclude") {
		r.platforms, r.aside = [2]uint64{0, every}, [2]uint64{0, 0}
	}
}

func (r *rule) readDevice(n node, assurances *numbering) {
	const every = 1<<devices - 1
	d := &r.device
	d.sure, d.may = every, every
	if n.blank() {
		return
	}
	if !n.object() || strangeKeys(n, "registered", "managed", "assurance") {
		d.present, d.sure, d.loose = true, 0, true
	}
	if v := n.get("registered"); !v.absent() {
		d.present = true
		d.narrow(v.flag(), 1<<registered|1<<managed, 1<<unregistered)
	}
	if v := n.get("managed"); !v.absent() {
		d.present = true
		// managed: false may mean "not managed" or nothing at all.
		d.narrow(v.flag(), 1<<managed, 1<<registered)
	}
	if v := n.get("assurance"); !v.blank() {
		d.present = true
		ids, ok := v.get("include").texts()
		if !ok || len(ids) == 0 || strangeKeys(v, "include") {
			d.sure, d.loose = 0, true
		}
		for _, id := range ids {
			d.assurances = append(d.assurances, assurances.number(id))
		}
		slices.Sort(d.assurances)
		d.assurances = slices.Compact(d.assurances)
		if len(ids) > 0 { // only a registered device can prove anything
			d.sure &^= 1 << unregistered
			d.may &^= 1 << unregistered
		}
	}
	if d.loose {
		r.otherDoubts = append(r.otherDoubts, Reason{Key: "device_unreadable"})
	}
	if d.present {
		r.legacyDoubts = append(r.legacyDoubts, Reason{Key: "device_of_legacy_client"})
	}
}

// narrow applies one answer: true leaves the devices in when, false surely those
// in otherwise and possibly all, anything else may mean whatever.
func (d *deviceCondition) narrow(answer tri, when, otherwise uint64) {
	switch answer {
	case yes:
		d.sure &= when
		d.may &= when
	case no:
		d.sure &= otherwise
	default:
		d.sure, d.loose = 0, true
	}
}

func (r *rule) readRest(c node) {
	if el := c.get("elCondition"); !el.blank() && !(el.object() && el.get("condition").blank() && !strangeKeys(el, "condition")) {
		r.doubt("expression", nil)
	}
	ok := false
	if r.riskSure, r.riskMay, ok = riskSet(c.get("riskScore")); !ok {
		r.doubt("risk_unreadable", nil)
	}
	for _, key := range unknownKeys(c, knownConditions...) {
		r.doubt("condition_unknown", args{"condition": key})
	}
}

func (r *rule) readActions(n node) {
	r.access = n.get("access").string()
	r.factors = factors(n.get("verificationMethod"))
}

// outcome is what becomes of a request by a client that the rule decides.
func (r *rule) outcome(c client) outcomes {
	switch {
	case r.access == "DENY":
		return denied
	case r.access != "ALLOW":
		return denied | unclear
	case c == legacyClient:
		// Whatever the rule asks for: such a client cannot be asked.
		return oneFactor
	case r.anyClient && r.factors != oneFactor:
		// Of "any client" Okta writes that only a password is asked.
		return unclear
	}
	return r.factors
}

// order puts rules in the order in which Okta asks them: the lowest priority
// number first, the catch-all last. When a rule has no number the API's own order
// stands, which is the same.
func order(rules []*rule) {
	for _, r := range rules {
		if math.IsNaN(r.priority) {
			return
		}
	}
	slices.SortStableFunc(rules, func(a, b *rule) int {
		aLast, bLast := a.system && a.catchAll, b.system && b.catchAll
		switch {
		case aLast && !bLast:
			return 1
		case bLast && !aLast:
			return -1
		}
		return cmp.Compare(a.priority, b.priority)
	})
}

// numbering gives numbers to names in the order in which they come up.
type numbering struct {
	numbers map[string]int
	names   []string
}

func newNumbering() *numbering { return &numbering{numbers: make(map[string]int)} }

func (n *numbering) number(name string) int {
	i, ok := n.numbers[name]
	if !ok {
		i = len(n.names)
		n.numbers[name] = i
		n.names = append(n.names, name)
	}
	return i
}
