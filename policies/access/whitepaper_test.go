package access_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/policies/access"
)

// figure draws the whitepaper's matrix: its six protocols by its two methods.
func figure(r *access.Result) map[access.Protocol][2]access.Outcome {
	figure := map[access.Protocol][2]access.Outcome{}
	for _, c := range r.Matrix() {
		if !c.Protocol.InWhitepaper() || c.Method == access.PasswordGrant {
			continue
		}
		row := figure[c.Protocol]
		row[slices.Index(access.Methods(), c.Method)] = c.Worst
		figure[c.Protocol] = row
	}
	return figure
}

func TestUntouchedTenantGivesTheFirstFigure(t *testing.T) {
	f := untouched()
	f.at = "2026-11-20T00:00:00Z"
	f.options.AsPublished = true
	legacy := [2]access.Outcome{access.Open, access.NotOffered}
	both := [2]access.Outcome{access.Open, access.Open}
	want := map[access.Protocol][2]access.Outcome{
		access.POP: legacy, access.IMAP: legacy,
		access.ActiveSync: both, access.EWS: both, access.MAPI: both, access.PowerShell: both,
	}
	if diff := cmp.Diff(want, figure(f.evaluate(t))); diff != "" {
		t.Errorf("the whitepaper's figure 1 (-want +got):\n%s", diff)
	}
}

func TestUntouchedTenantTodayIsOpenForPasswordGrantsAndSMTP(t *testing.T) {
	f := untouched()
	f.at = "2026-09-01T00:00:00Z"
	for _, c := range f.evaluate(t).Matrix() {
		want := access.Open
		switch {
		case c.Protocol == access.Web && c.Method == access.Basic, c.Protocol == access.Graph && c.Method == access.Basic:
			want = access.NotOffered
		case c.Method == access.Basic && c.Protocol != access.SMTP:
			want = access.ClosedAtExchange // by Microsoft
		}
		if c.Worst != want {
			t.Errorf("%s by %s: %s, want %s", c.Protocol, c.Method, c.Worst, want)
		}
	}
}

func TestWhitepapersConfigurationGivesTheSecondFigure(t *testing.T) {
	for _, asPublished := range []bool{true, false} {
		f := whitepaper()
		f.at = "2026-09-01T00:00:00Z"
		f.options.AsPublished = asPublished
		legacy := [2]access.Outcome{access.ClosedAtExchange, access.NotOffered}
		if !asPublished { // today POP and IMAP take tokens
			legacy[1] = access.WithMFA
		}
		both := [2]access.Outcome{access.ClosedAtExchange, access.WithMFA}
		want := map[access.Protocol][2]access.Outcome{
			access.POP: legacy, access.IMAP: legacy,
			access.ActiveSync: both, access.EWS: both, access.MAPI: both, access.PowerShell: both,
		}
		r := f.evaluate(t)
		if diff := cmp.Diff(want, figure(r)); diff != "" {
			t.Errorf("as published %t: the whitepaper's figure 2 (-want +got):\n%s", asPublished, diff)
		}
		for _, d := range r.Doors {
			if d.Method != access.Modern && d.Outcome != access.NotOffered && !d.Outcome.Closed() {
				t.Errorf("%s by %s is %s", d.Protocol, d.Method, d.Outcome)
			}
		}
	}
}

// Each of the whitepaper's two steps is a lock of its own.
func TestWhitepapersLocksAreCountedEach(t *testing.T) {
	f := whitepaper() // of 2020: Microsoft had removed nothing
	for _, d := range f.evaluate(t).Doors {
		if d.Method != access.Basic || d.Outcome == access.NotOffered {
			continue
		}
		want := []access.Lock{
			{Kind: access.LockAuthenticationPolicy, Station: access.Exchange, Stage: access.BeforePassword, Name: "Block Basic Authentication", Pointer: "/exchange/authentication_policies/0"},
			{Kind: access.LockOktaRules, Station: access.IdentityProvider, Stage: access.AtIdentityProvider, Name: "Deny legacy", Pointer: "/okta/access_policies/0"},
		}
		if diff := cmp.Diff(want, d.Locks); diff != "" {
			t.Errorf("%s: locks (-want +got):\n%s", d.Protocol, diff)
		}
	}
}

func TestOktasShippedDefaultIsClosed(t *testing.T) {
	f := whitepaper()
	f.exchange["organization_config"].(obj)["DefaultAuthenticationPolicy"] = nil
	f.setRules(allow("Allow Web and Modern Auth", 1, "WEB", "MODERN_AUTH"), catchAll("DENY"))
	r := f.evaluate(t)
	for _, d := range r.Doors {
		want := access.ClosedAtIdentityProvider
		switch {
		case d.Outcome == access.NotOffered:
			continue
		case d.Method == access.Modern:
			want = access.WithMFA
		}
		if d.Outcome != want {
			t.Errorf("%s by %s is %s, want %s", d.Protocol, d.Method, d.Outcome, want)
		}
	}
}

// loose lists the doors through which somebody gets, or may get, without a second
// factor: "protocol method outcome mailboxes".
func loose(r *access.Result) []string {
	var list []string
	for _, d := range r.Doors {
		if d.Outcome == access.Open || d.Outcome == access.Undecided {
			list = append(list, fmt.Sprintf("%s %s %s %d", d.Protocol, d.Method, d.Outcome, d.Mailboxes))
		}
	}
	return list
}

// onlyMAPI leaves one protocol on, so that a hole shows in few doors: MAPI, and
// Graph, which nothing switches off.
func onlyMAPI(f *fixture) *fixture {
	for _, m := range f.mailboxes {
		x := m["exchange"].(obj)
		for _, name := range []string{"PopEnabled", "ImapEnabled", "ActiveSyncEnabled", "EwsEnabled", "OWAEnabled", "RemotePowerShellEnabled", "EXOModuleEnabled"} {
			x[name] = false
		}
	}
	f.exchange["transport_config"].(obj)["SmtpClientAuthenticationDisabled"] = true
	f.at = "2026-09-01T00:00:00Z"
	return f
}

// leftover is the whitepaper's layout with an old rule for legacy clients below,
// which only the deny rule keeps from letting them in.
func leftover() *fixture {
	f := onlyMAPI(whitepaper())
	f.setRules(
		deny("Deny legacy", 0, "ACTIVE_SYNC"),
		allow("MFA for modern", 1, "WEB", "MODERN_AUTH"),
		allow("Old phones", 2, "ACTIVE_SYNC"),
		catchAll("DENY"),
	)
	return f
}

// exchangeOnly is a tenant whose legacy doors only Exchange keeps shut.
func exchangeOnly() *fixture {
	f := whitepaper()
	f.setRules(allow("MFA for modern", 1, "WEB", "MODERN_AUTH"), allow("Old phones", 2, "ACTIVE_SYNC"), catchAll("DENY"))
	// Password grants are none of Exchange's business: Conditional Access stops them.
	f.entra["conditional_access_policies"] = []obj{conditional("MFA", "enabled", []string{"mobileAppsAndDesktopClients"}, "mfa")}
	f.at = "2026-09-01T00:00:00Z"
	return f
}

func conditional(name, state string, clients []string, control string) obj {
	return obj{
		"id": name, "displayName": name, "state": state,
		"conditions": obj{
			"clientAppTypes": clients, "applications": obj{"includeApplications": []string{"All"}},
			"users": obj{"includeUsers": []string{"All"}},
		},
		"grantControls": obj{"operator": "OR", "builtInControls": []string{control}},
	}
}

func (f *fixture) rules() []obj { return f.okta["access_policy_rules"].(obj)["pol"].([]obj) }

// Each single mistake opens the door it should and no other, and the witness names
// the mailbox, the place and the rule.
func TestSingleMistakes(t *testing.T) {
	const grants = "mapi password_grant allowed_without_mfa %d, graph password_grant allowed_without_mfa %d"
	tests := []struct {
		name    string
		base    func() *fixture
		mistake func(*fixture)
		want    string
		// of the first open door
		mailbox int
		from    string
		step    string
	}{
		{"deny rule below the allow", leftover, func(f *fixture) {
			f.rules()[0]["priority"] = 3
		}, fmt.Sprintf(grants, 3, 3), 0, "anywhere", "Rule 2 'Old phones' allows. It asks for more than a password"},
		{"deny rule scoped to one group", leftover, func(f *fixture) {
			with(f.rules()[0], inGroups([]string{"few"}, nil))
		}, fmt.Sprintf(grants, 2, 2), 0, "anywhere", "Rule 0 'Deny legacy' does not match (people)."},
		{"exclusion of a group of one", leftover, func(f *fixture) {
			with(f.rules()[0], inGroups(nil, []string{"few"}))
		}, fmt.Sprintf(grants, 1, 1), 2, "anywhere", "Rule 0 'Deny legacy' does not match (people)."},
		{"inactive deny rule", leftover, func(f *fixture) {
			f.rules()[0]["status"] = "INACTIVE"
		}, fmt.Sprintf(grants, 3, 3), 0, "anywhere", "Rule 2 'Old phones' allows."},
		{"zone of everything", leftover, func(f *fixture) {
			f.okta["zones"] = []obj{ipZone("office", "0.0.0.0/0", "::/0")}
			f.rules()[2]["priority"] = -1
			with(f.rules()[2], inZone("office"))
		}, fmt.Sprintf(grants, 3, 3), 0, "anywhere", "Rule -1 'Old phones' allows."},
		{"zone of everything in two halves", leftover, func(f *fixture) {
			f.okta["zones"] = []obj{ipZone("office", "0.0.0.0/1", "128.0.0.0/1", "::/1", "8000::/1")}
			f.rules()[2]["priority"] = -1
			with(f.rules()[2], inZone("office"))
		}, fmt.Sprintf(grants, 3, 3), 0, "anywhere", "Rule -1 'Old phones' allows."},
		{"exception for one address", leftover, func(f *fixture) {
			f.rules()[2]["priority"] = -1
			with(f.rules()[2], inZone("office"))
		}, fmt.Sprintf(grants, 3, 3), 0, "192.0.2.7 (office)", "Rule -1 'Old phones' allows."},
		{"allow without client condition", leftover, func(f *fixture) {
			f.rules()[0]["status"] = "INACTIVE"
			f.rules()[2]["status"] = "INACTIVE"
			delete(f.rules()[1]["conditions"].(obj), "office365Client")
		}, "mapi modern undecided 3, " + fmt.Sprintf("mapi password_grant allowed_without_mfa %d, graph modern undecided 3, graph password_grant allowed_without_mfa %d", 3, 3),
			0, "anywhere", "Rule 1 'MFA for modern' may match"},
		{"deny rule limited to platforms", leftover, func(f *fixture) {
			with(f.rules()[0], obj{"platform": obj{"include": []obj{{"type": "MOBILE", "os": obj{"type": "ANY"}}}}})
		}, fmt.Sprintf(grants, 3, 3), 0, "anywhere", "Rule 0 'Deny legacy' does not match (platform)."},
		{"catch-all that allows", leftover, func(f *fixture) {
			f.rules()[0]["status"] = "INACTIVE"
			f.rules()[2]["status"] = "INACTIVE"
			f.rules()[3]["actions"].(obj)["appSignOn"].(obj)["access"] = "ALLOW"
		}, "mapi modern allowed_without_mfa 3, mapi password_grant allowed_without_mfa 3, graph modern allowed_without_mfa 3, graph password_grant allowed_without_mfa 3",
			0, "anywhere", "Rule 99 'Catch-all Rule' allows with one factor."},
		{"second instance of the app", leftover, func(f *fixture) {
			f.entra["domains"] = append(f.entra["domains"].([]obj), obj{"id": "example.org", "authenticationType": "Federated"})
			f.entra["federation_configurations"].(obj)["example.org"] = federation("CERT2")
			f.okta["apps"] = append(f.okta["apps"].([]obj), app("app2", "pol2"))
			f.okta["app_keys"].(obj)["app2"] = []obj{{"x5c": []string{"CERT2"}}}
			f.okta["access_policies"] = append(f.okta["access_policies"].([]obj), obj{"id": "pol2", "name": "New", "status": "ACTIVE"})
			f.okta["access_policy_rules"].(obj)["pol2"] = []obj{allow("New app", 0, "ACTIVE_SYNC"), allow("New MFA", 1, "WEB", "MODERN_AUTH"), catchAll("DENY")}
			f.mailboxes[1]["domain"] = "example.org"
			f.mailboxes[1]["okta"].(obj)["apps"] = []string{"app2"}
		}, fmt.Sprintf(grants, 1, 1), 1, "anywhere", "Rule 0 'New app' allows."},
		{"user left on a managed domain", leftover, func(f *fixture) {
			f.mailboxes[1]["domain"] = "example.onmicrosoft.com"
		}, "mapi modern allowed_without_mfa 1, mapi password_grant allowed_without_mfa 1, graph modern allowed_without_mfa 1, graph password_grant allowed_without_mfa 1",
			1, "anywhere", "Users of example.onmicrosoft.com sign in with Entra itself"},
		{"default policy that blocks all but SMTP", exchangeOnly, func(f *fixture) {
			f.exchange["authentication_policies"] = []obj{authPolicy("Block Basic Authentication", "Smtp")}
		}, "smtp basic allowed_without_mfa 3", 0, "anywhere", "The default authentication policy 'Block Basic Authentication' lets basic authentication through for SMTP AUTH."},
		{"one mailbox overrides SMTP AUTH", func() *fixture {
			f := exchangeOnly()
			f.exchange["authentication_policies"] = []obj{authPolicy("Block Basic Authentication", "Smtp")}
			f.exchange["transport_config"].(obj)["SmtpClientAuthenticationDisabled"] = true
			return f
		}, func(f *fixture) {
			f.mailboxes[1]["exchange"].(obj)["SmtpClientAuthenticationDisabled"] = false
		}, "smtp basic allowed_without_mfa 1", 1, "anywhere", "The mailbox itself turns SMTP AUTH on, whatever the organisation says."},
		{"report-only block in Conditional Access", func() *fixture {
			f := leftover()
			f.rules()[0]["status"] = "INACTIVE"
			f.entra["conditional_access_policies"] = []obj{conditional("Block grants", "enabled", []string{"mobileAppsAndDesktopClients"}, "mfa")}
			return f
		}, func(f *fixture) {
			f.entra["conditional_access_policies"].([]obj)[0]["state"] = "enabledForReportingButNotEnforced"
		}, fmt.Sprintf(grants, 3, 3), 0, "anywhere", "Conditional Access policy 'Block grants' would act, but only reports."},
		{"staged rollout for one group", leftover, func(f *fixture) {
			f.entra["feature_rollout_policies"] = []obj{{"displayName": "Pilot", "feature": "passwordHashSync", "isEnabled": true, "isAppliedToOrganization": false, "appliesTo": []obj{{"id": "PILOT"}}}}
			f.mailboxes[2]["entra"].(obj)["groups"] = []string{"pilot"}
			f.mailboxes[2]["entra"].(obj)["onPremisesSyncEnabled"] = true
		}, "mapi modern allowed_without_mfa 1, mapi password_grant allowed_without_mfa 1, graph modern allowed_without_mfa 1, graph password_grant allowed_without_mfa 1",
			2, "anywhere", "The staged rollout 'Pilot' lets the user sign in with Entra itself, past Okta."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := test.base()
			if before := loose(f.evaluate(t)); len(before) > 0 {
				t.Fatalf("the tenant is open before the mistake: %v", before)
			}
			test.mistake(f)
			r := f.evaluate(t)
			if diff := cmp.Diff(test.want, strings.Join(loose(r), ", ")); diff != "" {
				t.Fatalf("open doors (-want +got):\n%s", diff)
			}
			i := slices.IndexFunc(r.Doors, func(d access.Door) bool { return d.Witness != nil })
			d := r.Doors[i]
			if d.Witness.Mailbox != test.mailbox {
				t.Errorf("the witness is mailbox %d, want %d", d.Witness.Mailbox, test.mailbox)
			}
			place := from(d.Witness.Entra.Anywhere, d.Witness.Entra.Address, d.Witness.Entra.Locations)
			if o := d.Witness.Okta; o != nil {
				place = from(o.Anywhere, o.Address, o.Zones)
			}
			if place != test.from {
				t.Errorf("the witness comes from %q, want %q", place, test.from)
			}
			var told []string
			for _, s := range d.Steps {
				told = append(told, access.Sentence(s.Key, s.Args))
			}
			if !slices.ContainsFunc(told, func(s string) bool { return strings.HasPrefix(s, test.step) }) {
				t.Errorf("no step says %q, but\n%s", test.step, strings.Join(told, "\n"))
			}
		})
	}
}

// The result is the same value, and the same bytes, however often one asks.
func TestSameBytesTwice(t *testing.T) {
	f := leftover()
	f.rules()[0]["status"] = "INACTIVE"
	var first []byte
	for range 20 {
		facts, err := f.evaluate(t).Facts()
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = facts
		}
		if string(first) != string(facts) {
			t.Fatal("two results of one tenant differ")
		}
	}
	if !json.Valid(first) {
		t.Fatal("no JSON")
	}
}

// from says where a request has to come from.
func from(anywhere bool, address string, zones []string) string {
	switch {
	case anywhere:
		return "anywhere"
	case len(zones) > 0 && address != "":
		return address + " (" + strings.Join(zones, ", ") + ")"
	case len(zones) > 0:
		return strings.Join(zones, ", ")
	}
	return address
}
