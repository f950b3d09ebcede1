package access

import (
	"slices"

	"github.com/seed-07732396/postern/policies/finding"
)

// entry is one way for a user to prove who they are.
type entry struct {
	gate *gate
	// trusted: when Entra demands MFA, a claim that it was done can be believed.
	trusted bool
	// ways are the rules at Okta that let the user past with one factor; empty at
	// Entra, where a password does.
	ways []entryWay
	// via is how, for people: okta, entra, rollout, home_realm, elsewhere.
	via string
	// app is the label of the app instance at Okta; passage is the best of the ways.
	app     string
	passage *passage
	verdict *verdict
	crowd   int // at Okta
}

// entryWay is a way at Okta, seen from a door.
type entryWay struct {
	policy *policy
	rule   *rule // nil: no rule decides
	opens  tri
}

// entries lists the ways in which a user can prove who they are by a method.
// Whoever attacks picks one. domain is what the domain is called, in lower case.
func (v *evaluation) entries(c *class, domain string, m Method) []*entry {
	passive, active := v.routes(domain)
	r := active
	if m == Modern {
		r = passive
	}
	var list []*entry
	switch r.side {
	case sideManaged:
		return []*entry{managedEntry("entra", r, yes, nil)}
	case sideElsewhere:
		list = append(list, elsewhereEntry(r))
	case sideUnknown:
		list = append(list, elsewhereEntry(r))
		return list
	default:
		list = v.oktaEntries(c, r, m)
	}
	u := v.subjects[c]
	if m != Basic { // a staged rollout leaves legacy clients with the federation
		if answer, why := v.engine.entra.rolledOut(u); answer != no {
			list = append(list, managedEntry("rollout", r, answer, why))
		}
	}
	if m == PasswordGrant {
		if answer, why := v.engine.entra.cloudPassword(u); answer != no {
			list = append(list, managedEntry("home_realm", r, answer, why))
		}
	}
	return list
}

// managedEntry is a sign-in at Entra itself: a password is all that it asks before
// Conditional Access has its say.
func managedEntry(via string, r route, answer tri, why []Reason) *entry {
	g := &gate{without: answer, any: answer}
	if via == "entra" {
		g.step("domain_managed", r.pointer, args{"domain": r.domain})
	}
	for _, w := range why {
		g.steps = append(g.steps, finding.TraceStep{Key: w.Key, Args: w.Args, Pointer: w.Pointer})
	}
	if answer == maybe {
		g.doubts = why
	}
	return &entry{gate: g, trusted: true, via: via}
}

// elsewhereEntry is a sign-in with somebody whose rules were not collected.
func elsewhereEntry(r route) *entry {
	g := &gate{without: maybe, any: maybe, doubts: r.why}
	for _, w := range r.why {
		g.steps = append(g.steps, finding.TraceStep{Key: w.Key, Args: w.Args, Pointer: w.Pointer})
	}
	return &entry{gate: g, trusted: r.mfa == "rejectMfaByFederatedIdp", via: "elsewhere"}
}

// claimTrusted says whether Entra's demand for MFA holds behind Okta. When Entra
// asks itself it does; when it takes Okta's word, Okta has to be honest: Identity
// Engine says that it did MFA only if the rule asked for it, Classic Engine may say
// so when it did not.
func (o *org) claimTrusted(mfa string) bool {
	switch mfa {
	case "rejectMfaByFederatedIdp":
		return true
	case "acceptIfMfaDoneByFederatedIdp", "enforceMfaByFederatedIdp", "":
		return o.identityEngine == yes
	}
	return false
}

// oktaEntries are the sign-ins at the Okta org: through the app instance that
// serves the domain, and possibly through another of the tenant's.
func (v *evaluation) oktaEntries(c *class, r route, m Method) []*entry {
	o := v.engine.okta
	serving, others, doubts := o.serving(r, v.engine.entra.allCertificates())
	trusted := o.claimTrusted(r.mfa)
	if len(serving) == 0 {
		e := elsewhereEntry(route{domain: r.domain, pointer: r.pointer, why: doubts})
		e.trusted = trusted
		return []*entry{e}
	}
	var list []*entry
	for _, a := range serving {
		list = append(list, v.appEntry(c, a, r, m, trusted))
	}
	entries := []*entry{oneOf(list, doubts)}
	for _, a := range others {
		e := v.appEntry(c, a, r, m, trusted)
		if e.gate.any == no {
			continue
		}
		// Whether Entra takes the word of an instance that serves another domain
		// depends on a validation policy that is not collected.
		e.gate.doubt(Reason{Key: "other_instance", Args: args{"app": a.label}, Pointer: a.pointer})
		e.cap()
		entries = append(entries, e)
	}
	if o.appsPartial {
		unread := elsewhereEntry(route{why: []Reason{{Key: "apps_partial"}}})
		unread.trusted = trusted
		entries = append(entries, unread)
	}
	return entries
}

// cap makes a way less certain where the entry is.
func (e *entry) cap() {
	for i := range e.ways {
		e.ways[i].opens = min(e.ways[i].opens, maybe)
	}
}

// oneOf is the entry through exactly one of several app instances, nobody knows
// which.
func oneOf(list []*entry, doubts []Reason) *entry {
	best := list[0]
	same := true
	for _, e := range list[1:] {
		same = same && e.gate.without == best.gate.without && e.gate.any == best.gate.any
		if e.gate.without > best.gate.without || e.gate.without == best.gate.without && e.gate.any > best.gate.any {
			best = e
		}
	}
	if len(list) > 1 {
		for _, e := range list {
			if e != best {
				best.ways = append(best.ways, e.ways...)
			}
		}
	}
	if !same {
		best.gate.doubt(Reason{Key: "app_unclear"})
		best.cap()
	}
	for _, d := range doubts {
		if best.gate.any != no {
			best.gate.doubt(d)
			best.cap()
		}
	}
	return best
}

// allCertificates are the certificates with which Entra accepts tokens for any
// federated domain of the tenant.
func (e *entra) allCertificates() []string {
	var list []string
	for _, key := range e.configs.names() {
		configs, _ := e.configs.get(key).items()
		for _, c := range configs {
			for _, field := range []string{"signingCertificate", "nextSigningCertificate"} {
				if s := bare(c.get(field).string()); s != "" {
					list = append(list, s)
				}
			}
		}
	}
	return list
}

// serving finds the app instances of which one serves a domain, by their signing
// keys, and the others that serve some domain of the tenant, or may. The address does not
// help: the key in it is not in what Okta's API says of an app.
func (o *org) serving(r route, all []string) (serving, others []*app, doubts []Reason) {
	shares := func(a *app, certificates []string) bool {
		return slices.ContainsFunc(a.certificates, func(c string) bool { return slices.Contains(certificates, c) })
	}
	known := len(r.certificates) > 0
	for _, a := range o.apps {
		known = known && a.certificatesKnown
		if shares(a, r.certificates) {
			serving = append(serving, a)
		}
	}
	switch {
	case len(o.apps) == 0 && !o.collected:
		return nil, nil, []Reason{{Key: "okta_unread"}}
	case len(o.apps) == 0:
		return nil, nil, []Reason{{Key: "okta_app_missing"}}
	case len(serving) == 0:
		serving = o.apps
		if known {
			doubts = []Reason{{Key: "certificate_differs", Args: args{"domain": r.domain}, Pointer: r.pointer}}
		}
		return serving, nil, doubts
	}
	for _, a := range o.apps {
		if !slices.Contains(serving, a) && (shares(a, all) || !a.certificatesKnown) {
			others = append(others, a)
		}
	}
	return serving, others, nil
}

// appEntry is the sign-in through one app instance.
func (v *evaluation) appEntry(c *class, a *app, r route, m Method, trusted bool) *entry {
	g := &gate{without: yes, any: yes}
	e := &entry{gate: g, trusted: trusted, via: "okta", app: a.label}
	g.step("domain_federated", r.pointer, args{"domain": r.domain, "app": a.label})
	if v.refuses(g, c, a) {
		return e
	}
	e.verdict = &v.judgement.policies[a.policy.number]
	crowd := v.judgement.crowdOf[v.personOf[c]]
	e.crowd = crowd
	reached := &e.verdict.others[crowd]
	kind := modernClient
	if m != Modern {
		reached, kind = &e.verdict.legacy[crowd], legacyClient
	}
	g.without, g.any = min(g.without, reached.without), min(g.any, reached.any)
	for _, w := range reached.ways {
		e.ways = append(e.ways, entryWay{policy: a.policy, rule: a.policy.ruleOf(w.layer), opens: min(w.opens, g.without)})
	}
	if best := reached.best(); best != nil {
		e.passage = &best.best
	}
	t := tracer{judgement: v.judgement, verdict: e.verdict, person: v.people[v.personOf[c]], kind: kind}
	if reached.any == no {
		g.lock(Lock{Kind: LockOktaRules, Station: IdentityProvider, Stage: AtIdentityProvider, Name: t.deniers(reached), Pointer: a.policy.pointer})
		t.denied(g, reached)
		return e
	}
	t.trace(g, reached)
	return e
}

// ruleOf is the rule behind a layer, nil for none.
func (p *policy) ruleOf(layer int) *rule {
	if layer < layersBefore {
		return nil
	}
	return p.rules[layer-layersBefore]
}

// refuses asks whether Okta refuses the user before any rule.
func (v *evaluation) refuses(g *gate, c *class, a *app) bool {
	o := c.mailbox.Okta
	const at = aMailbox + "/okta"
	lock := Lock{Kind: LockOktaAccount, Station: IdentityProvider, Stage: AtIdentityProvider, Name: a.label}
	switch {
	case o == nil:
		g.doubt(Reason{Key: "okta_user_unknown"})
	case text(o.Status) == "SUSPENDED" || text(o.Status) == "DEPROVISIONED":
		g.step("okta_suspended", at, args{"status": text(o.Status)})
		g.lock(lock)
		return true
	case a.implicit:
	case o.Assigned && slices.Contains(o.Apps, a.id):
	case a.assignmentsKnown && (!o.Assigned || o.Apps != nil):
		g.step("okta_not_assigned", at, args{"app": a.label})
		g.lock(lock)
		return true
	default:
		g.doubt(Reason{Key: "okta_assignment_unknown", Args: args{"app": a.label}})
	}
	return false
}
