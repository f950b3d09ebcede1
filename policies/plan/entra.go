package plan

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/impact"
)

const conditionalAccessURI = "/v1.0/identity/conditionalAccess/policies"

// maxExcluded is how many accounts in use are left out of a policy by name; for more
// somebody has to make a group.
const maxExcluded = 50

// conditionalAccess is step D's second line.
func (m *maker) conditionalAccess() {
	found, excluded, ok := m.forEverybody("BASIC-004")
	if !ok {
		return
	}
	a := m.action("conditional_access", "BASIC-004", m.say("block_legacy"), found)
	a.Text += " " + m.say("in_use_left_out")
	apart := 0
	for i := range m.in.Impact.InUse {
		mailbox := &m.in.Impact.InUse[i]
		if len(mailbox.Needs) == 0 || m.targets.isBreakGlass(mailbox) {
			continue
		}
		if apart++; apart <= maxExcluded {
			excluded = append(excluded, mailbox.ID)
		}
	}
	if apart > maxExcluded {
		m.ask(m.say("ask_group"), m.say("ask_group_how"), m.say("ask_group_why", "n", apart))
		excluded = excluded[:len(excluded)-maxExcluded]
	}
	a.Changes = []Change{{
		Op: Create, URI: conditionalAccessURI, Identity: "Block legacy authentication",
		Body: value(map[string]any{
			"displayName": "Block legacy authentication",
			"state":       "enabledForReportingButNotEnforced",
			"conditions": map[string]any{
				"clientAppTypes": []string{"exchangeActiveSync", "other"},
				"applications":   map[string]any{"includeApplications": []string{"All"}},
				"users":          map[string]any{"includeUsers": []string{"All"}, "excludeUsers": excluded},
			},
			"grantControls": map[string]any{"operator": "OR", "builtInControls": []string{"block"}},
		}),
	}}
	m.add("D", a)
}

// forEverybody gives a control's findings and who has to be left out of a policy
// that answers them. Without findings there is nothing to answer; without knowing
// whom to leave out, they are left to be done by hand.
func (m *maker) forEverybody(control string) (found []*finding.Violation, excluded []string, ok bool) {
	found = m.open(control)
	if len(found) == 0 {
		return nil, nil, false
	}
	excluded, ok = m.breakGlassIDs()
	if !ok {
		m.handled[control] = nil
	}
	return found, excluded, ok
}

// breakGlassIDs are the ids of the emergency accounts. Without knowing them no
// policy for everybody is made: it could lock everybody out.
func (m *maker) breakGlassIDs() (ids []string, ok bool) {
	title, text := m.say("ask_glass"), m.say("ask_glass_how")
	for _, q := range m.plan.FindOut {
		if q.Title == title {
			return nil, false
		}
	}
	if len(m.in.BreakGlass) == 0 {
		m.ask(title, text, m.say("ask_glass_none"))
		return nil, false
	}
	ids = []string{}
	for _, account := range m.in.BreakGlass {
		if account.ID == "" {
			m.ask(title, text, m.say("ask_glass_name", "name", account.UserPrincipalName))
			return nil, false
		}
		ids = append(ids, account.ID)
	}
	return ids, true
}

// tokens is step F. It looks at the steps before, so it comes after them.
func (m *maker) tokens() {
	m.tokenLifetimes()
	m.signInFrequency()
	found := m.members("TOKEN-001")
	before := m.names("B", "C", "D", "E")
	opens := m.fails("D", "E")
	if len(found) == 0 && !opens {
		return
	}
	a := m.action("revoke", "TOKEN-001", m.say("revoke"), found)
	a.After = before
	a.Undo = m.say("revoke_undo")
	if opens {
		a.Text += " " + m.say("revoke_everybody")
		a.WaitHours = settles
		m.targets.all("revoke")
	} else {
		m.targets.members("revoke", found)
	}
	a.Changes = []Change{{Op: Revoke, Select: "revoke"}}
	m.add("F", a)
}

func (m *maker) tokenLifetimes() {
	found := m.open("TOKEN-002", "too_long")
	if len(found) == 0 {
		return
	}
	a := m.action("token_lifetime", "TOKEN-002", m.say("shorten_tokens"), found)
	for _, v := range found {
		for _, p := range m.config.TokenPolicies {
			if p.text("id") != v.Resource.ID || v.Resource.ID == "" {
				continue
			}
			if definition, ok := shortened(p["definition"], m.in.AccessTokenHours); ok {
				a.Changes = append(a.Changes, Change{
					Op: Patch, URI: "/v1.0/policies/tokenLifetimePolicies/" + url.PathEscape(v.Resource.ID), Property: "definition",
					Value: definition, Was: p["definition"],
				})
			}
		}
	}
	if len(a.Changes) < len(found) {
		delete(m.handled, "TOKEN-002") // by hand, all of it
		return
	}
	m.add("F", a)
}

// shortened is a definition with another AccessTokenLifetime and all else as it is.
func shortened(definition jsontext.Value, hours float64) (jsontext.Value, bool) {
	var list []string
	if json.Unmarshal(definition, &list) != nil || len(list) != 1 {
		return nil, false
	}
	var parsed map[string]map[string]any
	if json.Unmarshal([]byte(list[0]), &parsed) != nil || parsed["TokenLifetimePolicy"] == nil {
		return nil, false
	}
	seconds := int(hours * 3600)
	two := func(n int) string { return strings.Repeat("0", 2-len(strconv.Itoa(n))) + strconv.Itoa(n) }
	if seconds < 600 || seconds >= 86400 { // Entra takes ten minutes to a day
		return nil, false
	}
	parsed["TokenLifetimePolicy"]["AccessTokenLifetime"] = two(seconds/3600) + ":" + two(seconds/60%60) + ":" + two(seconds%60)
	return value([]string{string(value(parsed))}), true
}

func (m *maker) signInFrequency() {
	found, excluded, ok := m.forEverybody("TOKEN-003")
	if !ok {
		return
	}
	hours := max(1, int(m.in.SignInFrequencyHours))
	unit, n := "hours", hours
	if hours%24 == 0 {
		unit, n = "days", hours/24
	}
	a := m.action("sign_in_frequency", "TOKEN-003", m.say("limit_sessions"), found)
	a.Changes = []Change{{
		Op: Create, URI: conditionalAccessURI, Identity: "Sign-in frequency for Office 365",
		Body: value(map[string]any{
			"displayName": "Sign-in frequency for Office 365",
			"state":       "enabledForReportingButNotEnforced",
			"conditions": map[string]any{
				"clientAppTypes": []string{"all"},
				"applications":   map[string]any{"includeApplications": []string{"Office365"}},
				"users":          map[string]any{"includeUsers": []string{"All"}, "excludeUsers": excluded},
			},
			"sessionControls": map[string]any{"signInFrequency": map[string]any{
				"isEnabled": true, "frequencyInterval": "timeBased", "type": unit, "value": n,
			}},
		}),
	}}
	m.add("F", a)
}

// inUseAtOkta are the accounts in use that an exception in Okta would be for.
func (m *maker) inUseAtOkta() []*impact.Mailbox {
	var list []*impact.Mailbox
	for i := range m.in.Impact.InUse {
		mailbox := &m.in.Impact.InUse[i]
		for _, need := range mailbox.Needs {
			if need.Okta && !m.targets.isBreakGlass(mailbox) {
				list = append(list, mailbox)
				break
			}
		}
	}
	return list
}
