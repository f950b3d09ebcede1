package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/impact"
)

var (
	isTrue  = jsontext.Value("true")
	isFalse = jsontext.Value("false")
	isNull  = jsontext.Value("null")
)

// modernAuthentication is step B.
func (m *maker) modernAuthentication() {
	if found := m.open("MODERN-001"); len(found) > 0 {
		a := m.add("B", m.action("modern_authentication", "MODERN-001", m.say("modern_on"), found))
		a.Changes = []Change{{
			Op: Set, Kind: "OrganizationConfig", Property: "OAuth2ClientProfileEnabled", Value: isTrue,
			Was: m.config.Organisation["OAuth2ClientProfileEnabled"],
		}}
	}
	if found := m.open("MODERN-002"); len(found) > 0 {
		a := m.add("B", m.action("sharepoint_legacy", "MODERN-002", m.say("sharepoint_off"), found))
		a.Changes = []Change{{
			Op: Patch, URI: "/v1.0/admin/sharepoint/settings", Property: "isLegacyAuthProtocolsEnabled", Value: isFalse,
		}}
	}
}

// protocols is step C. EWS is left to be done by hand: who uses it with a token
// does not show in any log of the snapshot.
func (m *maker) protocols() {
	m.mailboxSwitch("pop", "PROTO-001", "PopEnabled", m.say("disable", "protocol", "POP"), impact.POP)
	m.mailboxSwitch("imap", "PROTO-002", "ImapEnabled", m.say("disable", "protocol", "IMAP"), impact.IMAP)
	m.mailboxSwitch("activesync", "PROTO-003", "ActiveSyncEnabled", m.say("disable", "protocol", "Exchange ActiveSync"), impact.ActiveSync)
	m.mailboxPlans()
	m.smtp()
	if found := m.members("PROTO-007"); len(found) > 0 {
		a := m.add("C", m.action("powershell", "PROTO-007", m.say("keep_from_powershell"), found))
		a.Text += " " + m.say("script_account")
		m.targets.members("powershell", found, impact.PowerShell)
		a.Changes = []Change{{Op: SetMailbox, Kind: "User", Property: "EXOModuleEnabled", Value: isFalse, Select: "powershell"}}
	}
}

// members are the open violations of a control that have mailboxes.
func (m *maker) members(id string) []*finding.Violation {
	return slices.DeleteFunc(m.open(id), func(v *finding.Violation) bool {
		return v.Members == nil || v.Members.Population() != "mailbox"
	})
}

func (m *maker) mailboxSwitch(name, id, property, title string, door impact.Door) {
	found := m.members(id)
	if len(found) == 0 {
		return
	}
	a := m.add("C", m.action(name, id, title, found))
	a.Text += " " + m.say("passwords_only", "protocol", door.Title())
	m.targets.members(name, found, door)
	a.Changes = []Change{{Op: SetMailbox, Kind: "CASMailbox", Property: property, Value: isFalse, Select: name}}
}

func (m *maker) mailboxPlans() {
	found := m.open("PROTO-004")
	if len(found) == 0 {
		return
	}
	a := m.add("C", m.action("mailbox_plans", "PROTO-004", m.say("plans_off"), found))
	for _, v := range found {
		protocols := finding.FormatArg(v.Args["protocols"])
		for _, p := range []struct{ name, property string }{{"POP", "PopEnabled"}, {"IMAP", "ImapEnabled"}} {
			if strings.Contains(protocols, p.name) && v.Resource.ID != "" {
				a.Changes = append(a.Changes, Change{
					Op: Set, Kind: "CASMailboxPlan", Identity: v.Resource.ID, Property: p.property, Value: isFalse,
				})
			}
		}
	}
}

// smtp closes SMTP AUTH: first what is in use, or may be, is held open mailbox by
// mailbox, then the organisation's switch, then the overrides that nobody needs.
func (m *maker) smtp() {
	found := m.members("PROTO-005")
	if len(found) == 0 {
		return
	}
	a := m.add("C", m.action("smtp", "PROTO-005", m.say("close_smtp"), found))
	if string(m.config.Transport["SmtpClientAuthenticationDisabled"]) != "true" {
		var inheriting []*finding.Violation
		for _, v := range found {
			if v.Key != "override" {
				inheriting = append(inheriting, v)
			}
		}
		m.targets.members("smtp_keep", inheriting, impact.SMTP)
		a.Changes = append(a.Changes,
			Change{Op: SetMailbox, Kind: "CASMailbox", Property: "SmtpClientAuthenticationDisabled", Value: isFalse, Select: "smtp_keep", Apart: true},
			Change{
				Op: Set, Kind: "TransportConfig", Property: "SmtpClientAuthenticationDisabled", Value: isTrue,
				Was: m.config.Transport["SmtpClientAuthenticationDisabled"],
			})
	}
	var overrides []*finding.Violation
	for _, v := range found {
		if v.Key == "override" {
			overrides = append(overrides, v)
		}
	}
	if len(overrides) > 0 {
		m.targets.members("smtp", overrides, impact.SMTP)
		a.Changes = append(a.Changes, Change{
			Op: SetMailbox, Kind: "CASMailbox", Property: "SmtpClientAuthenticationDisabled", Value: isNull, Select: "smtp",
		})
	}
}

// exchangeDoors are what an authentication policy closes.
func exchangeDoors() []impact.Door {
	return slices.DeleteFunc(impact.Doors(), func(d impact.Door) bool { return d == impact.PasswordGrant })
}

// settles is how many hours Exchange may take to act on an authentication policy.
const settles = 24

// pilot is how many mailboxes try the policy first.
const pilot = 10

// authenticationPolicies is step D at Exchange.
func (m *maker) authenticationPolicies() {
	exists := m.open("BASIC-001")
	standard := m.open("BASIC-002")
	weaker := append(m.members("BASIC-003"), m.members("BASIC-005")...)
	if len(exists)+len(standard)+len(weaker) == 0 {
		return
	}
	if !m.config.policiesKnown {
		m.ask(m.say("ask_policies"), m.say("ask_policies_how"), m.say("ask_policies_why"))
		for _, id := range []string{"BASIC-001", "BASIC-002", "BASIC-003", "BASIC-005"} {
			delete(m.handled, id)
		}
		return
	}
	name := m.createPolicy(exists)
	if len(standard) > 0 {
		m.keepInUse()
		a := m.add("D", m.action("pilot", "BASIC-002", m.say("pilot"), standard))
		a.Text = m.say("pilot_how", "n", pilot, "hours", settles)
		a.Undo = m.say("policy_back")
		a.After = []string{"modern_authentication", "blocking_policy"}
		m.targets.all("pilot", exchangeDoors()...)
		m.targets.limit["pilot"] = pilot
		m.targets.only["pilot"] = func(mailbox *impact.Mailbox) bool { return !mailbox.PolicyOwn }
		a.Changes = []Change{assign("pilot", name)}
	}
	m.assignOwn(name, weaker)
	if len(standard) > 0 {
		a := m.add("D", m.action("default_policy", "BASIC-002", m.say("make_default"), standard))
		a.After, a.WaitHours = []string{"modern_authentication", "blocking_policy", "keep_in_use", "pilot"}, settles
		a.Changes = []Change{{
			Op: Set, Kind: "OrganizationConfig", Property: "DefaultAuthenticationPolicy", Value: value(name),
			Was: m.config.Organisation["DefaultAuthenticationPolicy"],
		}}
		m.targets.gates["default_policy"] = func(mailbox *impact.Mailbox) bool {
			return !mailbox.PolicyOwn && markOf(mailbox, exchangeDoors()) == NotKnown
		}
	}
}

// createPolicy makes sure that a policy blocks, and gives its name.
func (m *maker) createPolicy(found []*finding.Violation) string {
	if name := m.config.blocking(); name != "" {
		return name
	}
	name := m.config.freeName("Block Basic Authentication")
	a := m.add("D", m.action("blocking_policy", "BASIC-001", m.say("blocking_policy"), found))
	a.Changes = []Change{{Op: CreatePolicy, Identity: name}}
	return name
}

func assign(mark, policy string) Change {
	return Change{Op: SetMailbox, Kind: "User", Property: "AuthenticationPolicy", Value: value(policy), Select: mark}
}

// keepInUse puts the mailboxes in use that the default would close under policies
// that let through what they use, so that the default does not stop them.
func (m *maker) keepInUse() {
	byFlags := map[string][]*impact.Mailbox{}
	var order []string
	for i := range m.in.Impact.InUse {
		mailbox := &m.in.Impact.InUse[i]
		var flags []string
		for _, need := range mailbox.Needs {
			flags = append(flags, need.Flags...)
		}
		if len(flags) == 0 || mailbox.PolicyOwn || m.targets.isBreakGlass(mailbox) {
			continue
		}
		slices.Sort(flags)
		key := strings.Join(slices.Compact(flags), " ")
		if byFlags[key] == nil {
			order = append(order, key)
		}
		byFlags[key] = append(byFlags[key], mailbox)
	}
	if len(order) == 0 {
		return
	}
	slices.Sort(order)
	a := m.add("D", &Action{
		Name: "keep_in_use", Controls: []string{"BASIC-002"}, Title: m.say("keep_in_use"),
		Text: m.say("keep_in_use_how"),
		Undo: m.say("keep_in_use_undo"),
	})
	for i, key := range order {
		mark := fmt.Sprintf("keep_%d", i+1)
		policy := m.config.allowingOnly(strings.Fields(key))
		if policy == "" {
			policy = m.config.freeName(fmt.Sprintf("Postern in use %d", i+1))
			a.Changes = append(a.Changes, Change{Op: CreatePolicy, Identity: policy, Flags: strings.Fields(key)})
		}
		m.targets.keep(mark, byFlags[key], exchangeDoors()...)
		change := assign(mark, policy)
		change.Apart = true
		a.Changes = append(a.Changes, change)
	}
}

// allowingOnly is the name of a policy that lets just these flags through, or empty.
func (c *configuration) allowingOnly(flags []string) string {
	for _, p := range c.Policies {
		fits := p.text("Name") != ""
		for _, flag := range impact.Other.Flags() {
			fits = fits && string(p[flag]) == fmt.Sprint(slices.Contains(flags, flag))
		}
		for name, v := range p {
			if strings.HasPrefix(name, flagPrefix) && name != logExport && !slices.Contains(flags, name) && string(v) != "false" {
				fits = false
			}
		}
		if fits {
			return p.text("Name")
		}
	}
	return ""
}

// assignOwn puts mailboxes with a weaker policy of their own under the one that
// blocks. Those without one of their own are the default's.
func (m *maker) assignOwn(policy string, weaker []*finding.Violation) {
	var own []*finding.Violation
	for _, v := range weaker {
		if v.Key != "none" && v.Key != "unread" {
			own = append(own, v)
		}
	}
	if len(own) == 0 {
		return
	}
	a := m.action("own_policy", "BASIC-003", m.say("own_policy"), nil)
	a.Controls = []string{"BASIC-003", "BASIC-005"}
	for _, v := range own {
		for _, id := range a.Controls {
			if _, known := m.control(id).Messages[v.Key]; known && m.has(id, v) {
				a.Findings = append(a.Findings, m.control(id).ViolationSentence(v))
			}
		}
	}
	a.Text = m.say("own_policy_how")
	a.Undo = m.say("policy_back")
	a.After = []string{"modern_authentication", "blocking_policy"}
	m.targets.members("own_policy", own, exchangeDoors()...)
	m.targets.only["own_policy"] = func(mailbox *impact.Mailbox) bool { return mailbox.PolicyOwn }
	a.Changes = []Change{assign("own_policy", policy)}
	m.add("D", a)
}

// has reports whether a violation is one of a control's.
func (m *maker) has(id string, v *finding.Violation) bool {
	for i := range m.in.Report.Results {
		r := &m.in.Report.Results[i]
		for j := range r.Violations {
			if r.Control == id && &r.Violations[j] == v {
				return true
			}
		}
	}
	return false
}
