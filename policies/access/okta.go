package access

import (
	"net/url"
	"path"
	"slices"
	"strings"
)

// org is what was collected of the Okta org that decides over sign-ins.
type org struct {
	collected bool
	// appsPartial: there may be app instances that were not read.
	appsPartial bool
	// identityEngine: yes, no for Classic Engine, maybe when Okta did not say.
	identityEngine tri
	atlas          *atlas
	directory      *directory
	assurances     *numbering
	apps           []*app
	policies       []*policy
	sessions       []*sessionRule
	// sessionsKnown: the global session policies were collected.
	sessionsKnown bool
	hosts         []string
	// What measures of exceptions are taken from.
	memberCounts, groupRules, assignments node
	// exempt names the zones that ThreatInsight leaves alone.
	exempt node
}

// app is an instance of the Office 365 app that signs people in by federation.
type app struct {
	index             int // in okta.apps
	id, label         string
	pointer           string
	policy            *policy
	certificates      []string
	certificatesKnown bool
	// assignmentsKnown: who is assigned to it was read in full.
	assignmentsKnown bool
	// implicit: Okta lets in people without an assignment.
	implicit bool
}

// policy is an authentication policy of an app, and its rules.
type policy struct {
	number            int // in org.policies
	index             int // in okta.access_policies, -1 when it is not there
	id, name, pointer string
	// rules are those that may be in force, in the order in which Okta asks them;
	// all are all of them, in the API's order.
	rules, all []*rule
	// unreadable says why the rules are not known, or not all of them.
	unreadable *Reason
}

// readOrg reads the section okta of the snapshot. ledger says how well each part
// could be read.
func readOrg(n node, orgURL string, ledger ledger) *org {
	o := &org{
		collected: n.object(), identityEngine: maybe, assurances: newNumbering(),
		directory:    newDirectory(n.get("groups")),
		memberCounts: n.get("group_member_counts"), groupRules: n.get("group_rules"), assignments: n.get("app_assignments"),
		exempt: n.get("threat_insight").get("excludeZones"),
	}
	switch n.get("organization").get("pipeline").string() {
	case "idx":
		o.identityEngine = yes
	case "v1":
		o.identityEngine = no
	}
	o.atlas = newAtlas(oktaZones(n.get("zones")), n.get("zones").absent() || ledger.partial("okta.zones"))
	o.appsPartial = ledger.partial("okta.apps")
	o.readHosts(n, orgURL)
	o.readApps(n, ledger)
	o.sessionsKnown = !n.get("sign_on_policies").absent() && !ledger.partial("okta.sign_on_policies")
	o.sessions = readSessions(n.get("sign_on_policies"), n.get("sign_on_policy_rules"), o.atlas)
	return o
}

// readHosts collects the names at which the org answers: its own, and the custom
// domains that Okta has verified.
func (o *org) readHosts(n node, orgURL string) {
	if u, err := url.Parse(orgURL); err == nil && u.Hostname() != "" {
		o.hosts = append(o.hosts, strings.ToLower(u.Hostname()))
	}
	domains, _ := n.get("domains").items()
	for _, d := range domains {
		if s := d.get("validationStatus").string(); s == "VERIFIED" || s == "COMPLETED" {
			o.hosts = append(o.hosts, strings.ToLower(d.get("domain").string()))
		}
	}
}

func (o *org) readApps(n node, ledger ledger) {
	items, _ := n.get("apps").items()
	for i, a := range items {
		// An instance that fills in a stored password federates nobody.
		if a.get("status").string() == "INACTIVE" || a.get("signOnMode").string() == "BROWSER_PLUGIN" {
			continue
		}
		made := &app{
			index: i, id: a.get("id").string(), label: a.get("label").string(), pointer: pointer("okta", "apps", i),
			implicit: a.get("settings").get("implicitAssignment").flag() == yes,
		}
		keys, known := n.get("app_keys").get(made.id).items()
		made.certificatesKnown = known && !ledger.partial("okta.app_keys")
		made.assignmentsKnown = !ledger.partial("okta.app_assignments") || o.assignments.has(made.id)
		for _, k := range keys {
			chain, _ := k.get("x5c").texts()
			for _, c := range chain {
				made.certificates = append(made.certificates, bare(c))
			}
		}
		made.policy = o.policyOf(n, a, ledger)
		o.apps = append(o.apps, made)
	}
}

// bare is a certificate's text without white space.
func bare(certificate string) string { return strings.Join(strings.Fields(certificate), "") }

// policyOf finds or reads the policy that an app's own link names.
func (o *org) policyOf(n, app node, ledger ledger) *policy {
	href := app.get("_links").get("accessPolicy").get("href").string()
	id := path.Base(href)
	if href == "" {
		p := &policy{index: -1, unreadable: &Reason{Key: "app_without_policy", Args: args{"app": app.get("label").string()}}}
		if o.identityEngine == no {
			p.unreadable = &Reason{Key: "classic_engine"}
		}
		return o.add(p)
	}
	if i := slices.IndexFunc(o.policies, func(p *policy) bool { return p.id == id && id != "" }); i >= 0 {
		return o.policies[i]
	}
	p := &policy{index: -1, id: id, name: id}
	policies, listed := n.get("access_policies").items()
	for i, q := range policies {
		if q.get("id").string() != id {
			continue
		}
		p.index, p.name, p.pointer = i, q.get("name").string(), pointer("okta", "access_policies", i)
		if oktaStatus(q.get("status")) != yes {
			p.unreadable = &Reason{Key: "policy_not_active", Args: args{"policy": p.name}, Pointer: p.pointer}
		}
	}
	if listed && p.index < 0 {
		p.unreadable = &Reason{Key: "policy_not_listed", Args: args{"policy": id}}
	}
	p.readRules(n.get("access_policy_rules").get(id), o)
	if p.unreadable == nil && ledger.partial("okta.access_policies") {
		p.unreadable = &Reason{Key: "rules_partial", Args: args{"policy": p.name}}
	}
	return o.add(p)
}

func (o *org) add(p *policy) *policy {
	p.number = len(o.policies)
	o.policies = append(o.policies, p)
	return p
}

func (p *policy) readRules(list node, o *org) {
	items, ok := list.items()
	switch {
	case ok:
	case o.identityEngine == no:
		p.unreadable = &Reason{Key: "classic_engine"}
	default:
		p.unreadable = &Reason{Key: "rules_not_collected", Args: args{"policy": p.name}}
	}
	for i, n := range items {
		r := readRule(n, i, pointer("okta", "access_policy_rules", p.id, i), o.atlas, o.assurances)
		p.all = append(p.all, r)
		if r.active != no {
			p.rules = append(p.rules, r)
		}
	}
	order(p.rules)
}
