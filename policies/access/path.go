package access

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// entra is what was collected of Entra's configuration, Conditional Access apart.
type entra struct {
	domains []node
	// domainsKnown: some were collected; domainsPartial: there may be others.
	domainsKnown, domainsPartial bool
	configs                      node // federation configurations by domain
	homeRealm                    tri  // whether a home-realm policy lets Entra check passwords
	homeRealmWhy                 []Reason
	rollouts                     []rollout
	rolloutsKnown                bool
	// hashes: whether password hashes are synchronised.
	hashes tri
}

// rollout is an enabled staged rollout of cloud authentication with a password.
type rollout struct {
	name, pointer string
	everyone      bool
	// groups are its groups; mixed are those of them that Conditional Access names too:
	// of these the members of groups in them are known as members, whom staged rollout
	// does not move.
	groups []string
	mixed  map[string]bool
	// sure: it certainly moves its users to a password in the cloud.
	sure tri
}

// side says who signs a user in.
type side uint8

const (
	sideManaged   side = iota // Entra itself
	sideOkta                  // the collected Okta org
	sideElsewhere             // somebody whose rules were not collected
	sideUnknown               // nobody knows which
)

// route is how sign-ins of a domain's users go.
type route struct {
	side    side
	domain  string
	pointer string
	// why says what is not known, for sideElsewhere and sideUnknown.
	why []Reason
	// certificates with which Entra accepts tokens for the domain.
	certificates []string
	// mfa is federatedIdpMfaBehavior, and whether Entra's demand for MFA can be
	// relied upon with it.
	mfa string
}

func readEntra(n node, l ledger) *entra {
	e := &entra{configs: n.get("federation_configurations")}
	e.domains, e.domainsKnown = n.get("domains").items()
	e.domainsPartial = l.partial("entra.domains")
	e.readHashes(n)
	e.readHomeRealm(n.get("home_realm_discovery_policies"), l)
	e.readRollouts(n.get("feature_rollout_policies"), conditionalGroups(n.get("conditional_access_policies")), l)
	return e
}

// readHashes says whether password hashes are synchronised to the cloud. Graph
// shows an all-false object to tenants without any synchronisation, so a no counts
// only where there is some.
func (e *entra) readHashes(n node) {
	e.hashes = n.get("on_premises_synchronization").get("features").get("passwordSyncEnabled").flag()
	if e.hashes == no && n.get("organization").get("onPremisesSyncEnabled").flag() != yes {
		e.hashes = maybe
	}
}

// readHomeRealm looks for AllowCloudPasswordValidation: with it and synchronised
// hashes, Entra's token endpoint checks a federated user's password itself.
//
// https://learn.microsoft.com/entra/identity/enterprise-apps/home-realm-discovery-policy
func (e *entra) readHomeRealm(list node, l ledger) {
	items, ok := list.items()
	if !ok {
		e.homeRealm, e.homeRealmWhy = maybe, []Reason{{Key: "home_realm_unread"}}
		return
	}
	if l.partial("entra.home_realm_discovery_policies") {
		e.homeRealm, e.homeRealmWhy = maybe, []Reason{{Key: "home_realm_unread"}}
	}
	for i, p := range items {
		allowed := homeRealmAllows(p.get("definition"))
		used := certainly(p.get("isOrganizationDefault").flag() == yes)
		applies, known := p.get("appliesTo").items()
		if used == no && !(known && len(applies) == 0 && p.get("isOrganizationDefault").flag() == no) {
			used = maybe // for some applications, and nobody knows what those reach
		}
		answer := min(allowed, used)
		if answer != no {
			at := pointer("entra", "home_realm_discovery_policies", i)
			e.homeRealmWhy = append(e.homeRealmWhy, Reason{Key: "home_realm_allows", Args: args{"policy": p.get("displayName").string()}, Pointer: at})
		}
		e.homeRealm = max(e.homeRealm, answer)
	}
}

// homeRealmAllows reads a definition, which is JSON inside a string. A text that is
// no such policy decides nothing, and neither does one that says a thing twice.
func homeRealmAllows(definition node) tri {
	texts, ok := definition.texts()
	if !ok || len(texts) == 0 {
		return maybe
	}
	answer := no
	for _, text := range texts {
		answer = max(answer, textAllows(text))
	}
	return answer
}

func textAllows(text string) tri {
	n, err := parse(jsontext.Value(text))
	sections := n.anyCase("HomeRealmDiscoveryPolicy")
	if err != nil || len(sections) != 1 || !sections[0].isObject() {
		return maybe
	}
	switch flags := sections[0].anyCase("AllowCloudPasswordValidation"); len(flags) {
	case 0:
		return no
	case 1:
		return flags[0].flag()
	}
	return maybe
}

// conditionalGroups are the groups that Conditional Access policies name, in force or
// not: those whose members were read with the members of groups in them.
func conditionalGroups(policies node) map[string]bool {
	named := make(map[string]bool)
	items, _ := policies.items()
	for _, p := range items {
		users := p.get("conditions").get("users")
		for _, field := range []string{"includeGroups", "excludeGroups"} {
			ids, _ := users.get(field).texts()
			for _, id := range ids {
				named[strings.ToLower(id)] = true
			}
		}
	}
	return named
}

func (e *entra) readRollouts(list node, mixed map[string]bool, l ledger) {
	items, ok := list.items()
	e.rolloutsKnown = ok && !l.partial("entra.feature_rollout_policies")
	for i, p := range items {
		r := rollout{
			name: p.get("displayName").string(), pointer: pointer("entra", "feature_rollout_policies", i), mixed: mixed,
			everyone: p.get("isAppliedToOrganization").flag() == yes, sure: p.get("isEnabled").flag(),
		}
		switch p.get("feature").string() {
		case "passwordHashSync", "passthroughAuthentication":
		case "certificateBasedAuthentication", "emailAsAlternateId", "multiFactorAuthentication", "seamlessSso":
			continue // no password in the cloud by these alone
		default:
			r.sure = min(r.sure, maybe)
		}
		groups, known := p.get("appliesTo").items()
		for _, g := range groups {
			r.groups = append(r.groups, strings.ToLower(g.get("id").string()))
		}
		if whole := p.get("isAppliedToOrganization").flag(); whole == maybe || whole == no && !known {
			r.everyone, r.sure = true, min(r.sure, maybe)
		}
		if r.sure != no && (r.everyone || len(r.groups) > 0) {
			e.rollouts = append(e.rollouts, r)
		}
	}
}

// rolledOut says whether a user is in a staged rollout that has Entra check the
// password. It moves nobody who is not synchronised, and no legacy client.
//
// https://learn.microsoft.com/entra/identity/hybrid/connect/how-to-connect-staged-rollout
func (e *entra) rolledOut(u *subject) (tri, []Reason) {
	if u.synced == no {
		return no, nil
	}
	answer := no
	var why []Reason
	if !e.rolloutsKnown {
		answer, why = maybe, []Reason{{Key: "rollout_unread"}}
	}
	for _, r := range e.rollouts {
		member, nested := r.takes(u)
		if in := min(r.sure, member, u.synced); in != no {
			answer = max(answer, in)
			why = append(why, Reason{Key: "rollout", Args: args{"policy": r.name}, Pointer: r.pointer})
			if nested {
				why = append(why, Reason{Key: "rollout_nested", Args: args{"policy": r.name}, Pointer: r.pointer})
			}
		}
	}
	return answer, why
}

// takes says whether a user is among those whom a staged rollout moves. Groups in its
// groups do not count, so that of a group that Conditional Access names too, of which
// these were read as well, a member may be one who is not moved: nested then.
//
// https://learn.microsoft.com/graph/api/resources/featurerolloutpolicy
func (r *rollout) takes(u *subject) (member tri, nested bool) {
	member = certainly(r.everyone)
	for _, g := range r.groups {
		in := u.inGroup(g)
		if in == yes && r.mixed[g] && member != yes {
			in, nested = maybe, true
		}
		member = max(member, in)
	}
	return member, nested && member != yes
}

// cloudPassword says whether Entra's token endpoint checks a federated user's
// password because of a home-realm policy. Of a user from an on-premises directory
// only a synchronised hash is there to be checked; one who was made in the cloud, by
// Okta's provisioning say, may have got a password there.
func (e *entra) cloudPassword(u *subject) (tri, []Reason) {
	if e.homeRealm == no {
		return no, nil
	}
	hash := e.hashes
	if u.synced != yes {
		hash = maybe
	}
	answer := min(e.homeRealm, hash)
	if answer == no {
		return no, nil
	}
	why := slices.Clone(e.homeRealmWhy)
	if hash == maybe {
		why = append(why, Reason{Key: "hashes_unknown"})
	}
	return answer, why
}

// routes finds how users of a domain sign in: at the passive address with a
// browser, at the active one with a name and a password.
func (e *entra) routes(o *org, domain string) (passive, active route) {
	passive = route{domain: domain, side: sideUnknown}
	if !e.domainsKnown {
		passive.why = []Reason{{Key: "domains_unread"}}
		return passive, passive
	}
	if domain == "" {
		passive.why = []Reason{{Key: "domain_unread"}}
		return passive, passive
	}
	name := strings.ToLower(domain)
	index := e.listed(name)
	if index < 0 {
		passive.why = []Reason{{Key: "domain_unknown", Args: args{"domain": domain}}}
		return passive, passive
	}
	passive.pointer = pointer("entra", "domains", index)
	switch e.domains[index].get("authenticationType").string() {
	case "Managed":
		passive.side = sideManaged
		return passive, passive
	case "Federated":
		return e.federated(o, passive, name)
	}
	passive.why = []Reason{{Key: "domain_unknown", Args: args{"domain": domain}}}
	return passive, passive
}

// unlisted reports that a domain, in lower case, is for Entra nothing but a name.
func (e *entra) unlisted(name string) bool { return !e.domainsKnown || e.listed(name) < 0 }

// listed finds a domain, or the nearest above it, among those that Entra lists; -1
// for none. Where not all were read, one above it proves nothing.
func (e *entra) listed(name string) int {
	for {
		if index := e.domain(name); index >= 0 {
			return index
		}
		_, rest, ok := strings.Cut(name, ".")
		if !ok || e.domainsPartial || !strings.Contains(rest, ".") {
			return -1
		}
		name = rest
	}
}

// isRoot reports that Entra lists a domain as a root, with settings of its own.
func (e *entra) isRoot(name string) bool {
	i := e.domain(name)
	return i >= 0 && e.domains[i].get("isRoot").flag() == yes
}

func (e *entra) domain(name string) int {
	// Of several the first, but before all one that does not say Federated.
	first := -1
	for i, d := range e.domains {
		switch {
		case !strings.EqualFold(d.get("id").string(), name):
		case d.get("authenticationType").string() != "Federated":
			return i
		case first < 0:
			first = i
		}
	}
	return first
}

// federated reads the federation of a domain, or of the nearest domain above it,
// whose federation it inherits. A root domain inherits nothing.
func (e *entra) federated(o *org, r route, name string) (passive, active route) {
	for above := name; ; {
		for _, key := range e.configs.names() {
			list, _ := e.configs.get(key).items()
			if strings.EqualFold(key, above) && len(list) > 0 {
				r.pointer = pointer("entra", "federation_configurations", key, 0)
				return federatedBy(o, r, list[0])
			}
		}
		_, rest, ok := strings.Cut(above, ".")
		if !ok || !strings.Contains(rest, ".") || e.isRoot(above) {
			r.why = []Reason{{Key: "federation_unread", Args: args{"domain": r.domain}}}
			return r, r
		}
		above = rest
	}
}

func federatedBy(o *org, r route, config node) (passive, active route) {
	for _, field := range []string{"signingCertificate", "nextSigningCertificate"} {
		if c := bare(config.get(field).string()); c != "" {
			r.certificates = append(r.certificates, c)
		}
	}
	r.mfa = config.get("federatedIdpMfaBehavior").string()
	passive, active = r, r
	passive.to(o, config.get("passiveSignInUri").string())
	address := config.get("activeSignInUri").string()
	if address == "" {
		// Okta has its active endpoint all the same, and who wants a token for a
		// password can go there.
		address = config.get("passiveSignInUri").string()
	}
	active.to(o, address)
	return passive, active
}

// oktaPath is where every Okta org has the Office 365 app's endpoints. It proves
// nothing about whose org it is.
var oktaPath = regexp.MustCompile(`^/app/office365/[A-Za-z0-9_-]+/sso/wsfed/[A-Za-z0-9/_-]*$`)

func (r *route) to(o *org, address string) {
	u, err := url.Parse(strings.TrimSpace(address))
	switch {
	case err != nil || !strings.EqualFold(u.Scheme, "https") || u.User != nil || u.Port() != "" && u.Port() != "443" || !oktaPath.MatchString(u.EscapedPath()):
		r.side = sideElsewhere
		r.why = []Reason{{Key: "federated_elsewhere", Args: args{"domain": r.domain}, Pointer: r.pointer}}
	case !slices.Contains(o.hosts, strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")):
		r.side = sideElsewhere
		r.why = []Reason{{Key: "another_okta", Args: args{"domain": r.domain, "host": u.Hostname()}, Pointer: r.pointer}}
	default:
		r.side = sideOkta
	}
}
