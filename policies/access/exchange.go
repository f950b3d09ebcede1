package access

import (
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// exchange is what was collected of Exchange Online's configuration.
type exchange struct {
	// policies are the authentication policies; policiesKnown: all were collected.
	policies      []*authenticationPolicy
	policiesKnown bool
	// standard is the policy of mailboxes without one of their own.
	standard assignment
	// organisation, operation and transport are the cmdlets' answers.
	organisation, operation, transport node
	plans                              node

	cloud       string
	at          time.Time
	asPublished bool
}

// authenticationPolicy is an authentication policy of Exchange.
type authenticationPolicy struct {
	name, pointer string
	names         []string // by which Exchange refers to it, in lower case
	node          node
}

// assignment is a policy that somebody is under.
type assignment struct {
	policy *authenticationPolicy
	// missing is a name that no policy has.
	missing string
	// unknown: not collected.
	unknown bool
}

func readExchange(n node, l ledger) *exchange {
	x := &exchange{
		organisation: n.get("organization_config"), operation: n.get("ews_operation_access"),
		transport: n.get("transport_config"), plans: n.get("cas_mailbox_plans"),
	}
	items, ok := n.get("authentication_policies").items()
	x.policiesKnown = ok && !l.partial("exchange.authentication_policies")
	for i, p := range items {
		a := &authenticationPolicy{name: p.get("Name").string(), pointer: pointer("exchange", "authentication_policies", i), node: p}
		for _, field := range []string{"Name", "Identity", "Id", "Guid", "DistinguishedName"} {
			if s := p.get(field).string(); s != "" {
				a.names = append(a.names, strings.ToLower(s))
			}
		}
		x.policies = append(x.policies, a)
	}
	x.standard = assignment{unknown: true}
	if x.organisation.has("DefaultAuthenticationPolicy") {
		x.standard = x.find(x.organisation.get("DefaultAuthenticationPolicy").string())
	}
	return x
}

// find looks up a policy by any of its names; the empty name is no policy.
func (x *exchange) find(name string) assignment {
	key := strings.ToLower(strings.TrimSpace(name))
	if key == "" {
		return assignment{}
	}
	found := assignment{missing: name}
	for _, p := range x.policies {
		// Of several the first, but before all one that leaves something open.
		if slices.Contains(p.names, key) && (found.policy == nil || found.policy.blocksAll() && !p.blocksAll()) {
			found = assignment{policy: p}
		}
	}
	return found
}

// blocksAll reports whether every flag of the policy blocks.
func (p *authenticationPolicy) blocksAll() bool {
	return !slices.ContainsFunc(p.node.names(), func(name string) bool {
		return strings.HasPrefix(name, "AllowBasicAuth") && name != "AllowBasicAuthLogExport" && p.node.get(name).flag() != no
	})
}

// setting is a vendor's yes or no with its four answers.
type setting uint8

const (
	unread setting = iota // the field is absent
	unset                 // null
	off
	on
)

func settingOf(v jsontext.Value) setting {
	switch string(v) {
	case "true":
		return on
	case "false":
		return off
	case "null":
		return unset
	}
	return unread
}

func (n node) setting(name string) setting {
	switch v := n.get(name).value.(type) {
	case bool:
		if v {
			return on
		}
		return off
	case nil:
		if n.has(name) {
			return unset
		}
	}
	return unread
}

// switches are the settings of one mailbox that Exchange looks at.
type switches struct {
	at string // pointer to the mailbox's part

	pop, imap, activeSync, mapi, ews, web setting
	smtpOff                               setting
	shell, module                         setting
	// policy is the own authentication policy; policyKnown: it was collected.
	policy      string
	policyKnown bool
}

// Flags are the flags of an authentication policy that let a protocol's basic
// authentication through. Outlook's MAPI has two: MAPI over HTTP, and Outlook
// Anywhere before it.
func (p Protocol) Flags() []string {
	switch p {
	case POP:
		return []string{"AllowBasicAuthPop"}
	case IMAP:
		return []string{"AllowBasicAuthImap"}
	case ActiveSync:
		return []string{"AllowBasicAuthActiveSync"}
	case EWS:
		return []string{"AllowBasicAuthWebServices"}
	case MAPI:
		return []string{"AllowBasicAuthMapi", "AllowBasicAuthRpc"}
	case PowerShell:
		return []string{"AllowBasicAuthPowershell"}
	case SMTP:
		return []string{"AllowBasicAuthSmtp"}
	}
	return nil
}

// gate asks Exchange about a protocol and a method.
func (x *exchange) gate(s *switches, p Protocol, m Method) *gate {
	g := &gate{without: yes, any: yes}
	switch {
	case m == Basic:
		x.basic(g, s, p)
	case m == Modern && p == MAPI && x.organisation.setting("OAuth2ClientProfileEnabled") == off:
		g.step("modern_auth_off", "/exchange/organization_config/OAuth2ClientProfileEnabled", nil)
	}
	switch p {
	case SMTP:
		x.smtp(g, s)
	case EWS:
		x.webServices(g, s)
	case PowerShell:
		x.powerShell(g, s)
	case Graph:
		g.step("graph_has_no_switch", "", nil)
	default:
		name, value := s.switchOf(p)
		g.mailboxSwitch(s, name, value)
	}
	return g
}

// basic asks what stands before the password: Microsoft's own removal, and the
// authentication policy.
func (x *exchange) basic(g *gate, s *switches, p Protocol) {
	if p != SMTP && !x.asPublished {
		switch basicRemoved(x.cloud, x.at) {
		case yes:
			g.step("basic_removed", "", nil)
			g.lock(Lock{Kind: LockService, Station: Exchange, Stage: BeforePassword})
		case maybe:
			g.doubt(Reason{Key: "basic_being_removed"})
		}
	}
	a, own := x.standard, false
	switch {
	case !s.policyKnown:
		a = assignment{unknown: true}
	case strings.TrimSpace(s.policy) != "":
		a, own = x.find(s.policy), true
	}
	switch {
	case a.unknown:
		g.doubt(Reason{Key: "authentication_policy_unknown"})
	case a.policy != nil:
		x.underPolicy(g, a.policy, own, p)
	case a.missing != "" && x.policiesKnown:
		g.doubt(Reason{Key: "authentication_policy_missing", Args: args{"policy": a.missing}})
	case a.missing != "":
		g.doubt(Reason{Key: "authentication_policy_unread", Args: args{"policy": a.missing}})
	default:
		g.step("no_authentication_policy", "/exchange/organization_config/DefaultAuthenticationPolicy", nil)
	}
}

func (x *exchange) underPolicy(g *gate, p *authenticationPolicy, own bool, protocol Protocol) {
	allowed := no
	key := "default_policy"
	if own {
		key = "own_policy"
	}
	for _, flag := range protocol.Flags() {
		allowed = max(allowed, p.node.get(flag).flag())
	}
	a := args{"policy": p.name, "protocol": protocol.Title()}
	switch allowed {
	case no:
		g.step(key+"_blocks", p.pointer, a)
		g.lock(Lock{Kind: LockAuthenticationPolicy, Station: Exchange, Stage: BeforePassword, Name: p.name, Pointer: p.pointer})
	case yes:
		g.step(key+"_allows", p.pointer, a)
	default:
		g.doubt(Reason{Key: "authentication_policy_silent", Args: a, Pointer: p.pointer})
	}
}

// switchOf is the mailbox's own switch for a protocol.
func (s *switches) switchOf(p Protocol) (string, setting) {
	switch p {
	case POP:
		return "PopEnabled", s.pop
	case IMAP:
		return "ImapEnabled", s.imap
	case ActiveSync:
		return "ActiveSyncEnabled", s.activeSync
	case MAPI:
		return "MAPIEnabled", s.mapi
	case Web:
		return "OWAEnabled", s.web
	}
	return "", unread
}

func (g *gate) mailboxSwitch(s *switches, name string, value setting) {
	switch value {
	case on:
		g.step("switch_on", s.at, args{"switch": name})
	case off:
		g.step("switch_off", s.at, args{"switch": name})
		g.lock(Lock{Kind: LockMailboxSwitch, Station: Exchange, Stage: AfterSignIn, Name: name})
	default:
		g.doubt(Reason{Key: "switch_unread", Args: args{"switch": name}})
	}
}

// smtp: the mailbox's own switch beats the organisation's in either direction, and
// null inherits it. It turns off the protocol, so no token helps either.
func (x *exchange) smtp(g *gate, s *switches) {
	const name = "SmtpClientAuthenticationDisabled"
	at := "/exchange/transport_config/" + name
	switch s.smtpOff {
	case off:
		g.step("smtp_override_on", s.at, nil)
	case on:
		g.step("smtp_override_off", s.at, nil)
		g.lock(Lock{Kind: LockMailboxSwitch, Station: Exchange, Stage: AfterSignIn, Name: name})
	case unset:
		switch x.transport.setting(name) {
		case off:
			g.step("smtp_organisation_on", at, nil)
		case on:
			g.step("smtp_organisation_off", at, nil)
			g.lock(Lock{Kind: LockOrganisationSwitch, Station: Exchange, Stage: AfterSignIn, Name: name, Pointer: at})
		default:
			g.doubt(Reason{Key: "smtp_organisation_unset"})
		}
	default:
		g.doubt(Reason{Key: "switch_unread", Args: args{"switch": name}})
	}
}

// webServices: the organisation's switch beats the mailbox's when it is off. What
// Microsoft's retirement makes of it depends on the date.
func (x *exchange) webServices(g *gate, s *switches) {
	const at = "/exchange/organization_config/EwsEnabled"
	retired := ewsRetired(x.at)
	if x.asPublished {
		retired = no
	}
	if retired == yes {
		g.step("ews_retired", "", nil)
		g.lock(Lock{Kind: LockService, Station: Exchange, Stage: BeforePassword})
	}
	switch x.organisation.setting("EwsEnabled") {
	case off:
		g.step("ews_organisation_off", at, nil)
		g.lock(Lock{Kind: LockOrganisationSwitch, Station: Exchange, Stage: AfterSignIn, Name: "EwsEnabled", Pointer: at})
	case on:
		g.step("ews_organisation_on", at, nil)
		x.webServicesList(g, retired)
	case unset:
		if retired == maybe {
			g.doubt(Reason{Key: "ews_being_retired", Pointer: at})
		} else {
			g.step("ews_organisation_unset", at, nil)
		}
	default:
		g.doubt(Reason{Key: "ews_organisation_unread"})
	}
	if s.ews == unset { // inherits
		g.step("ews_mailbox_unset", s.at, nil)
		return
	}
	g.mailboxSwitch(s, "EwsEnabled", s.ews)
}

// webServicesList: a list of application ids keeps out whoever has none of them.
// An id is no secret, so nobody can tell whom the list stops. A list of user agents
// stops nobody who can type one.
func (x *exchange) webServicesList(g *gate, retired tri) {
	switch {
	case !x.operation.get("EwsAllowedAppIDs").blank():
		g.doubt(Reason{Key: "ews_listed", Pointer: "/exchange/ews_operation_access/EwsAllowedAppIDs"})
	case retired == maybe && x.operation.absent():
		g.doubt(Reason{Key: "ews_list_unread"})
	case retired == maybe:
		g.doubt(Reason{Key: "ews_list_blank", Pointer: "/exchange/ews_operation_access"})
	}
}

// powerShell: EXOModuleEnabled is the switch of today, RemotePowerShellEnabled that
// of the whitepaper's days. Where they differ nobody can tell which counts.
func (x *exchange) powerShell(g *gate, s *switches) {
	switch {
	case s.module == s.shell || s.shell == unread || s.shell == unset:
		g.mailboxSwitch(s, "EXOModuleEnabled", s.module)
	case s.module == unread || s.module == unset:
		g.mailboxSwitch(s, "RemotePowerShellEnabled", s.shell)
	default:
		g.doubt(Reason{Key: "powershell_switches_differ"})
	}
}
