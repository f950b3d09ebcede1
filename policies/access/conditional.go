package access

import (
	"maps"
	"strings"
)

// conditionalAccess is what was collected of Entra's Conditional Access and
// security defaults.
type conditionalAccess struct {
	policies []*caPolicy
	// idle are policies that only report.
	idle []*caPolicy
	// known: all policies were collected.
	known bool
	// defaults says whether security defaults are on.
	defaults tri
	// asksMembers: whether Entra asks anybody but guests for a second factor, be it
	// under conditions.
	asksMembers tri
	// limiting are the policies with a sign-in frequency, in force or not.
	limiting  []frequency
	strengths strengths
	atlas     *atlas
	apps      *numbering
}

// caPolicy is one Conditional Access policy that may be in force.
type caPolicy struct {
	index             int
	id, name, pointer string
	users             caUsers
	where             where
	apps              caApps
	clients           [2]uint64 // sure, may
	platforms         [2]uint64
	risks             [2][2]uint64 // of the sign-in, of the user
	// effect is what the policy makes of each kind of client.
	effect [caClients]effect
	// capped: it may apply to nobody, because of doubts.
	capped bool
	// filtered: it is for some devices only, or not for some.
	filtered bool
	doubts   []Reason
	// limits name the conditions that keep the policy from being for everything;
	// leaves is what it leaves out of that.
	limits []string
	leaves []leftOut
}

// caClient is a kind of client as Conditional Access knows it, split by whether
// somebody sits at it who can answer a question.
type caClient uint8

const (
	caBrowser caClient = iota
	caApp              // an app that signs in with a browser inside
	caGrant            // an app that hands in a password: no question can be asked
	// caOther is basic authentication that Exchange relays, caSync the same by
	// ActiveSync.
	caOther
	caSync
	// caSyncApp and caSyncGrant are ActiveSync with a token. Microsoft's pages say
	// both that it counts as an app and that the kind exchangeActiveSync has all use
	// of the protocol.
	caSyncApp
	caSyncGrant
	caClients
)

// effect is what the grant controls of a policy that applies ask of a request.
type effect uint8

const (
	// passes: nothing, or nothing that is a second factor.
	passes effect = iota
	// opaque: nobody can tell.
	opaque
	// demands a second factor, which the request can give.
	demands
	// starves: demands what such a request cannot give.
	starves
	// blocks.
	blocks
)

// The axes of Entra's space.
const (
	onSubject = iota
	onCAClient
	onApp
	onCAPlatform
	onSignInRisk
	onUserRisk
	onLocation
)

// caPlatforms are the platforms of Conditional Access; the last stands for what
// it does not know.
var caPlatforms = []string{"android", "iOS", "windows", "windowsPhone", "macOS", "linux", "unknown"}

// caRisks are the levels of risk.
var caRisks = []string{"none", "low", "medium", "high"}

// The applications that policies can tell apart; those that they name by id come
// behind.
const (
	appExchange = iota
	appGraph    // which carries mail, and which few policies can name
	appSuite    // the rest of Office 365
	appOther    // any other
	namedApps
)

const (
	exchangeOnlineID = "00000002-0000-0ff1-ce00-000000000000"
	graphID          = "00000003-0000-0000-c000-000000000000"
)

func readConditionalAccess(n node, l ledger) *conditionalAccess {
	ca := &conditionalAccess{apps: newNumbering(), strengths: readStrengths(n.get("authentication_strengths"))}
	locations := n.get("named_locations")
	ca.atlas = newAtlas(namedLocations(locations), locations.absent() || l.partial("entra.named_locations"))
	items, ok := n.get("conditional_access_policies").items()
	ca.known = ok && !l.partial("entra.conditional_access_policies")
	for _, p := range items {
		for _, list := range []string{"includeApplications", "excludeApplications"} {
			ids, _ := p.get("conditions").get("applications").get(list).texts()
			for _, id := range ids {
				if _, named := officeApp(id); !named && namesOneApp(id) {
					ca.apps.number(strings.ToLower(id))
				}
			}
		}
	}
	enabled := false
	for i, p := range items {
		if isDeleted(p) {
			continue
		}
		ca.asksMembers = max(ca.asksMembers, ca.strengths.askMembers(p))
		if f, limits := ca.readFrequency(p, i); limits {
			ca.limiting = append(ca.limiting, f)
		}
		switch p.get("state").string() {
		case "disabled":
		case "enabledForReportingButNotEnforced":
			ca.idle = append(ca.idle, ca.read(p, i))
		case "enabled":
			enabled = true
			ca.policies = append(ca.policies, ca.read(p, i))
		default:
			q := ca.read(p, i)
			q.doubt("ca_state")
			ca.policies = append(ca.policies, q)
		}
	}
	ca.defaults = n.get("security_defaults").get("isEnabled").flag()
	if ca.defaults == maybe && enabled {
		ca.defaults = no // Entra does not let both be on
	}
	ca.asksMembers = max(ca.asksMembers, ca.defaults)
	if !ca.known {
		ca.asksMembers = max(ca.asksMembers, maybe)
	}
	return ca
}

// isDeleted says that a policy lies in the recycle bin, whatever its state says. An
// instant before all others is how some writers say that there is none.
func isDeleted(policy node) bool {
	at := policy.get("deletedDateTime").string()
	return at != "" && !strings.HasPrefix(at, "0001-01-01")
}

// read reads one policy.
func (ca *conditionalAccess) read(n node, index int) *caPolicy {
	p := &caPolicy{
		index: index, id: n.get("id").string(), name: n.get("displayName").string(),
		pointer: pointer("entra", "conditional_access_policies", index),
	}
	if p.name == "" {
		p.name = p.id
	}
	c := n.get("conditions")
	p.limits, p.leaves = readLimits(c), readLeftOut(c)
	p.users = readCAUsers(c.get("users"))
	p.apps = ca.readApps(c.get("applications"))
	p.clients = p.list(c.get("clientAppTypes"), caClientSets, 1<<caClients-1, "ca_clients")
	p.readPlatforms(c.get("platforms"))
	p.risks[0] = p.levels(c.get("signInRiskLevels"))
	p.risks[1] = p.levels(c.get("userRiskLevels"))
	var doubts []Reason
	p.where, doubts = ca.location(c.get("locations"))
	for _, d := range doubts {
		about := args{"policy": p.name}
		maps.Copy(about, d.Args)
		p.doubts = append(p.doubts, Reason{Key: d.Key, Args: about, Pointer: p.pointer})
	}
	for _, key := range unknownKeys(c, "users", "applications", "clientAppTypes", "platforms", "locations", "signInRiskLevels", "userRiskLevels") {
		switch {
		case c.get(key).hollow():
		case key == "authenticationFlows" && otherFlows(c.get(key).get("transferMethods").string()):
			// For device code flow and the like alone, which nobody has to use.
			p.clients = [2]uint64{}
		case key == "authenticationFlows" && c.get(key).get("transferMethods").string() == "none":
		default: // a filter for devices, an insider's risk, service principals
			p.limits = append(p.limits, key)
			p.filtered = p.filtered || key == "devices" || key == "deviceStates"
			p.doubt("ca_condition", "condition", key)
		}
	}
	for _, name := range unsaid(c) {
		p.doubt("ca_unsaid", "condition", name)
	}
	if !n.get("partialEnablementStrategy").blank() {
		// In force for a part of the sign-ins, and nobody has written which.
		p.doubt("ca_condition", "condition", "partialEnablementStrategy")
		p.limits = append(p.limits, "partialEnablementStrategy")
	}
	for k := range caClient(caClients) {
		p.effect[k] = ca.strengths.grants(n.get("grantControls"), k)
	}
	return p
}

// otherFlows reports whether every way of carrying a sign-in from one device to
// another that a list names is known. Graph joins several with commas.
func otherFlows(methods string) bool {
	for method := range strings.SplitSeq(methods, ",") {
		if m := strings.TrimSpace(method); m != "deviceCodeFlow" && m != "authenticationTransfer" {
			return false
		}
	}
	return true
}

func (p *caPolicy) doubt(key string, more ...string) {
	a := args{"policy": p.name}
	for i := 0; i+1 < len(more); i += 2 {
		a[more[i]] = more[i+1]
	}
	p.capped = true
	p.doubts = append(p.doubts, Reason{Key: key, Args: a, Pointer: p.pointer})
}

// caClientSets says which kinds of clients a value of clientAppTypes names.
func caClientSets(value string) (sure, may uint64, known bool) {
	const tokens = 1<<caSyncApp | 1<<caSyncGrant
	switch value {
	case "all":
		return 1<<caClients - 1, 1<<caClients - 1, true
	case "browser":
		return 1 << caBrowser, 1 << caBrowser, true
	case "mobileAppsAndDesktopClients":
		return 1<<caApp | 1<<caGrant | tokens, 1<<caApp | 1<<caGrant | tokens, true
	case "exchangeActiveSync":
		return 1 << caSync, 1<<caSync | tokens, true
	case "easSupported": // once a part of exchangeActiveSync
		return 0, 1<<caSync | tokens, true
	case "other":
		return 1 << caOther, 1 << caOther, true
	}
	return 0, 0, false
}

// list adds up the sets that a list's values name. An empty list is nothing that
// Graph documents here, so it may mean everything.
func (p *caPolicy) list(n node, of func(string) (sure, may uint64, known bool), every uint64, key string) [2]uint64 {
	values, ok := n.texts()
	if !ok || len(values) == 0 {
		p.doubt(key)
		return [2]uint64{0, every}
	}
	var sets [2]uint64
	for _, v := range values {
		sure, may, known := of(v)
		if !known {
			p.doubts = append(p.doubts, Reason{Key: key, Args: args{"policy": p.name}, Pointer: p.pointer})
			may = every
		}
		sets[0], sets[1] = sets[0]|sure, sets[1]|may
	}
	return sets
}

func (p *caPolicy) readPlatforms(n node) {
	const every = 1<<7 - 1
	p.platforms = [2]uint64{every, every}
	if n.blank() {
		return
	}
	named := func(value string) (sure, may uint64, known bool) {
		if value == "all" {
			return every, every, true
		}
		for i, name := range caPlatforms[:len(caPlatforms)-1] {
			if name == value {
				return 1 << i, 1 << i, true
			}
		}
		return 0, 0, false
	}
	include := p.list(n.get("includePlatforms"), named, every, "ca_platforms")
	var exclude [2]uint64
	if !n.get("excludePlatforms").blank() {
		exclude = p.list(n.get("excludePlatforms"), named, every, "ca_platforms")
	}
	p.platforms = [2]uint64{include[0] &^ exclude[1], include[1] &^ exclude[0]}
	if strangeKeys(n, "includePlatforms", "excludePlatforms") {
		p.doubt("ca_platforms")
	}
}

// levels reads a condition on risk; without levels there is none.
func (p *caPolicy) levels(n node) [2]uint64 {
	every := uint64(1)<<len(caRisks) - 1
	if n.blank() {
		return [2]uint64{every, every}
	}
	return p.list(n, func(value string) (sure, may uint64, known bool) {
		for i, name := range caRisks {
			if name == value {
				return 1 << i, 1 << i, true
			}
		}
		return 0, 0, false
	}, every, "ca_risk")
}

// grants judges the grant controls for a kind of client. Legacy clients cannot be
// asked for MFA and pass on no device state, so that whatever is demanded of them
// stops them; only ActiveSync knows compliant devices.
//
// https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-conditions
func (known strengths) grants(n node, k caClient) effect {
	if n.blank() {
		return passes // session controls alone
	}
	var list []effect
	controls, ok := n.get("builtInControls").texts()
	if !ok {
		list = append(list, opaque)
	}
	for _, c := range controls {
		e := control(c, k)
		if e == blocks {
			return blocks
		}
		list = append(list, e)
	}
	if s := n.get("authenticationStrength"); !s.blank() {
		list = append(list, known.effect(s, k))
	}
	if !n.get("customAuthenticationFactors").blank() {
		list = append(list, unanswered(k, opaque))
	}
	if !n.get("termsOfUse").blank() {
		list = append(list, unanswered(k, passes))
	}
	if len(list) == 0 {
		return passes
	}
	result := list[0]
	for _, e := range list[1:] {
		switch n.get("operator").string() {
		case "AND":
			result = max(result, e)
		case "OR":
			result = min(result, e)
		default:
			if e != result {
				result = opaque
			}
		}
	}
	return result
}

// unanswered is the effect of a demand that needs somebody to answer: on clients
// where nobody can it starves the request, on the others it is as given. Of a
// password grant the pages say so for MFA only.
func unanswered(k caClient, answered effect) effect {
	switch k {
	case caBrowser, caApp, caSyncApp:
		return answered
	case caGrant, caSyncGrant:
		return opaque
	}
	return starves
}

func control(name string, k caClient) effect {
	switch name {
	case "block":
		return blocks
	case "mfa":
		return secondFactor(k)
	case "compliantDevice":
		if k == caSync {
			return opaque
		}
		return unanswered(k, passes)
	case "domainJoinedDevice", "approvedApplication", "compliantApplication":
		return unanswered(k, passes)
	}
	// passwordChange and riskRemediation go with a risk, whatever else is newer.
	return opaque
}

func secondFactor(k caClient) effect {
	if k == caBrowser || k == caApp || k == caSyncApp {
		return demands
	}
	return starves
}
