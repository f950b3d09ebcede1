package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/impact"
)

// object is a vendor's object with its fields as they stand.
type object map[string]jsontext.Value

func (o object) text(name string) string {
	var s string
	if o[name].Kind() != jsontext.KindString || json.Unmarshal(o[name], &s) != nil {
		return ""
	}
	return s
}

// configuration is what plans read of a snapshot.
type configuration struct {
	Organisation object
	Transport    object
	Policies     []object
	// policiesKnown says that the list of authentication policies is there.
	policiesKnown bool
	TokenPolicies []object
	Apps          []object
	Rules         map[string][]object
	ThreatInsight object
}

func readConfiguration(doc *snapshot.Document) (*configuration, error) {
	var exchange struct {
		Organisation object   `json:"organization_config"`
		Transport    object   `json:"transport_config"`
		Policies     []object `json:"authentication_policies"`
	}
	var entra struct {
		TokenPolicies []object `json:"token_lifetime_policies"`
	}
	var okta struct {
		Apps          []object            `json:"apps"`
		Rules         map[string][]object `json:"access_policy_rules"`
		ThreatInsight object              `json:"threat_insight"`
	}
	for name, into := range map[string]any{"exchange": &exchange, "entra": &entra, "okta": &okta} {
		raw, ok := doc.Section(name)
		if !ok {
			continue
		}
		if err := json.Unmarshal(raw, into); err != nil {
			return nil, fmt.Errorf("plan: read section %s of %s: %w", name, doc.Name, err)
		}
	}
	return &configuration{
		Organisation: exchange.Organisation, Transport: exchange.Transport, Policies: exchange.Policies,
		policiesKnown: exchange.Policies != nil, TokenPolicies: entra.TokenPolicies,
		Apps: okta.Apps, Rules: okta.Rules, ThreatInsight: okta.ThreatInsight,
	}, nil
}

const (
	flagPrefix = "AllowBasicAuth"
	// logExport is no mail protocol.
	logExport = "AllowBasicAuthLogExport"
)

// blocks reports an authentication policy that refuses basic authentication on every
// protocol, with no flag that nobody knows.
func blocks(policy object) bool {
	for _, flag := range impact.Other.Flags() {
		if string(policy[flag]) != "false" {
			return false
		}
	}
	for name, value := range policy {
		if strings.HasPrefix(name, flagPrefix) && name != logExport && string(value) != "false" {
			return false
		}
	}
	return true
}

// answersTo reports whether Exchange calls the policy by that name.
func answersTo(policy object, name string) bool {
	for _, field := range []string{"Name", "Identity", "Id", "Guid", "DistinguishedName"} {
		if strings.EqualFold(policy.text(field), strings.TrimSpace(name)) && name != "" {
			return true
		}
	}
	return false
}

// blocking is the name of a policy that blocks: the default one if it does. It is
// empty if there is none.
func (c *configuration) blocking() string {
	standard := c.Organisation.text("DefaultAuthenticationPolicy")
	found := ""
	for _, p := range c.Policies {
		if !blocks(p) || p.text("Name") == "" {
			continue
		}
		if answersTo(p, standard) {
			return p.text("Name")
		}
		if found == "" {
			found = p.text("Name")
		}
	}
	return found
}

// freeName is a name that no policy has yet.
func (c *configuration) freeName(name string) string {
	taken := func(n string) bool {
		return slices.ContainsFunc(c.Policies, func(p object) bool { return answersTo(p, n) })
	}
	for candidate, i := name, 2; ; i++ {
		if !taken(candidate) {
			return candidate
		}
		candidate = fmt.Sprintf("%s %d", name, i)
	}
}

// value makes JSON of a Go value that has some.
func value(v any) jsontext.Value {
	text, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		panic(fmt.Sprintf("plan: a value of ours is no JSON: %v", err))
	}
	return text
}
