package access_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/policies/access"
)

// atExchange says what Exchange alone makes of a door: its locks by kind, or open,
// or the reasons why nobody can tell. Okta lets everybody in with a password.
func atExchange(t *testing.T, f *fixture, p access.Protocol, m access.Method) string {
	t.Helper()
	f.setRules(catchAll("ALLOW"))
	d := outcomeOf(t, f.evaluate(t), p, m, 0)
	switch d.Outcome {
	case access.Open:
		return "open"
	case access.Undecided:
		s := ""
		for _, r := range d.Reasons {
			s += "? " + r.Key + " "
		}
		return s[:len(s)-1]
	}
	s := ""
	for _, l := range d.Locks {
		s += fmt.Sprintf("%s/%s ", l.Kind, l.Stage)
	}
	return s[:len(s)-1]
}

func TestExchangesChain(t *testing.T) {
	const (
		policy       = "authentication_policy/before_password"
		own          = "mailbox_switch/after_sign_in"
		organisation = "organisation_switch/after_sign_in"
		service      = "service/before_password"
	)
	box := func(name string, value any) func(*fixture) {
		return func(f *fixture) { f.mailboxes[0]["exchange"].(obj)[name] = value }
	}
	without := func(name string) func(*fixture) {
		return func(f *fixture) { delete(f.mailboxes[0]["exchange"].(obj), name) }
	}
	organisationConfig := func(name string, value any) func(*fixture) {
		return func(f *fixture) { f.exchange["organization_config"].(obj)[name] = value }
	}
	at := func(date string) func(*fixture) { return func(f *fixture) { f.at = date } }
	all := func(list ...func(*fixture)) func(*fixture) {
		return func(f *fixture) {
			for _, c := range list {
				c(f)
			}
		}
	}
	policies := func(list ...obj) func(*fixture) {
		return func(f *fixture) { f.exchange["authentication_policies"] = list }
	}
	transport := func(v any) func(*fixture) {
		return func(f *fixture) { f.exchange["transport_config"] = obj{"SmtpClientAuthenticationDisabled": v} }
	}
	tests := []struct {
		name     string
		protocol access.Protocol
		method   access.Method
		change   func(*fixture)
		want     string
	}{
		// Authentication policies: the mailbox's own, else the default.
		{"the default policy blocks", access.POP, access.Basic, all(), policy},
		{"no default", access.POP, access.Basic, organisationConfig("DefaultAuthenticationPolicy", nil), "open"},
		{"an empty default", access.POP, access.Basic, organisationConfig("DefaultAuthenticationPolicy", ""), "open"},
		{"a default that names nothing", access.POP, access.Basic, organisationConfig("DefaultAuthenticationPolicy", "Gone"), "? authentication_policy_missing"},
		{"a policy of its own", access.POP, access.Basic, all(policies(authPolicy("Block Basic Authentication"), authPolicy("Mine", "Pop")), box("AuthenticationPolicy", "mine")), "open"},
		{"a policy of its own that blocks", access.POP, access.Basic, all(organisationConfig("DefaultAuthenticationPolicy", nil), box("AuthenticationPolicy", "Block Basic Authentication")), policy},
		{"whose policy was not collected", access.POP, access.Basic, without("AuthenticationPolicy"), "? authentication_policy_unknown"},
		{"policies not collected", access.POP, access.Basic, func(f *fixture) { delete(f.exchange, "authentication_policies") }, "? authentication_policy_unread"},
		{"a policy that does not answer", access.POP, access.Basic, func(f *fixture) {
			delete(f.exchange["authentication_policies"].([]obj)[0], "AllowBasicAuthPop")
		}, "? authentication_policy_silent"},
		{"another protocol's flag", access.IMAP, access.Basic, policies(authPolicy("Block Basic Authentication", "Pop")), policy},
		{"EWS goes by web services", access.EWS, access.Basic, policies(authPolicy("Block Basic Authentication", "WebServices")), "open"},
		{"MAPI by its older flag", access.MAPI, access.Basic, policies(authPolicy("Block Basic Authentication", "Rpc")), "open"},
		{"no policy stops a password grant", access.POP, access.PasswordGrant, all(), "open"},
		{"nor modern authentication", access.POP, access.Modern, all(), "open"},
		// Microsoft's removal.
		{"removed, and no policy", access.POP, access.Basic, all(at("2026-09-01T00:00:00Z"), organisationConfig("DefaultAuthenticationPolicy", nil)), service},
		{"removed, and a policy", access.POP, access.Basic, at("2026-09-01T00:00:00Z"), service + " " + policy},
		{"while it was being removed", access.POP, access.Basic, all(at("2022-12-01T00:00:00Z"), organisationConfig("DefaultAuthenticationPolicy", nil)), "? basic_being_removed"},
		{"before, in China", access.POP, access.Basic, all(at("2022-12-01T00:00:00Z"), organisationConfig("DefaultAuthenticationPolicy", nil), func(f *fixture) { f.cloud = "china" }), "open"},
		{"as published", access.POP, access.Basic, all(at("2026-09-01T00:00:00Z"), organisationConfig("DefaultAuthenticationPolicy", nil), func(f *fixture) { f.options.AsPublished = true }), "open"},
		{"SMTP AUTH is left", access.SMTP, access.Basic, all(at("2026-09-01T00:00:00Z"), organisationConfig("DefaultAuthenticationPolicy", nil)), "open"},
		// The mailbox's switches close a protocol to tokens as well.
		{"POP off", access.POP, access.PasswordGrant, box("PopEnabled", false), own},
		{"POP off and a policy", access.POP, access.Basic, box("PopEnabled", false), policy + " " + own},
		{"POP null", access.POP, access.PasswordGrant, box("PopEnabled", nil), "? switch_unread"},
		{"Outlook on the web off", access.Web, access.Modern, box("OWAEnabled", false), own},
		{"Graph has no switch", access.Graph, access.PasswordGrant, box("EwsEnabled", false), "open"},
		// SMTP AUTH.
		{"off for the organisation", access.SMTP, access.PasswordGrant, transport(true), organisation},
		{"overridden", access.SMTP, access.PasswordGrant, all(transport(true), box("SmtpClientAuthenticationDisabled", false)), "open"},
		{"overridden under a blocking policy", access.SMTP, access.Basic, all(transport(true), box("SmtpClientAuthenticationDisabled", false)), policy},
		{"off for the mailbox", access.SMTP, access.PasswordGrant, all(transport(false), box("SmtpClientAuthenticationDisabled", true)), own},
		{"not set anywhere", access.SMTP, access.PasswordGrant, transport(nil), "? smtp_organisation_unset"},
		{"override not collected", access.SMTP, access.PasswordGrant, without("SmtpClientAuthenticationDisabled"), "? switch_unread"},
		// EWS and its retirement.
		{"EWS of the organisation beats the mailbox", access.EWS, access.PasswordGrant, all(organisationConfig("EwsEnabled", false), box("EwsEnabled", true)), organisation},
		{"EWS off for the mailbox", access.EWS, access.PasswordGrant, all(organisationConfig("EwsEnabled", true), box("EwsEnabled", false)), own},
		{"EWS unset before the retirement", access.EWS, access.PasswordGrant, at("2026-09-30T00:00:00Z"), "open"},
		{"EWS unset during the retirement", access.EWS, access.PasswordGrant, at("2026-10-01T00:00:00Z"), "? ews_being_retired"},
		{"EWS on with a blank list during the retirement", access.EWS, access.PasswordGrant, all(at("2026-11-01T00:00:00Z"), organisationConfig("EwsEnabled", true)), "? ews_list_blank"},
		{"EWS on with a list", access.EWS, access.PasswordGrant, all(organisationConfig("EwsEnabled", true), func(f *fixture) {
			f.exchange["ews_operation_access"] = obj{"EwsAllowedAppIDs": "one,two"}
		}), "? ews_listed"},
		{"EWS retired", access.EWS, access.PasswordGrant, at("2027-04-01T00:00:00Z"), service},
		{"EWS as published", access.EWS, access.Modern, all(at("2027-04-01T00:00:00Z"), func(f *fixture) { f.options.AsPublished = true }), "open"},
		// PowerShell.
		{"PowerShell off", access.PowerShell, access.PasswordGrant, all(box("EXOModuleEnabled", false), box("RemotePowerShellEnabled", false)), own},
		{"PowerShell's older switch alone", access.PowerShell, access.PasswordGrant, all(without("EXOModuleEnabled"), box("RemotePowerShellEnabled", false)), own},
		{"PowerShell's switches differ", access.PowerShell, access.PasswordGrant, box("RemotePowerShellEnabled", false), "? powershell_switches_differ"},
		{"nothing collected of the mailbox", access.MAPI, access.Basic, func(f *fixture) { delete(f.mailboxes[0], "exchange") }, "? authentication_policy_unknown ? switch_unread"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := oneMailbox(whitepaper())
			f.at = "2020-06-01T00:00:00Z"
			test.change(f)
			if got := atExchange(t, f, test.protocol, test.method); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

// Whoever cannot sign in has no doors and is counted apart.
// Of two policies with one name, or two entries of one domain, the weaker counts,
// wherever it stands.
func TestTheWeakerOfTwoCounts(t *testing.T) {
	for _, last := range []bool{true, false} {
		f := whitepaper()
		policies := f.exchange["authentication_policies"].([]obj)
		open := merge(policies[0], obj{"AllowBasicAuthSmtp": true, "AllowBasicAuthImap": true})
		domains := f.entra["domains"].([]obj)
		managed := merge(domains[0], obj{"authenticationType": "Managed"})
		f.exchange["authentication_policies"], f.entra["domains"] = []obj{open, policies[0]}, append([]obj{managed}, domains...)
		if last {
			f.exchange["authentication_policies"], f.entra["domains"] = []obj{policies[0], open}, append(domains, managed)
		}
		f.options.AsPublished = true
		r := f.evaluate(t)
		d := outcomeOf(t, r, access.IMAP, access.Basic, 0)
		for _, l := range d.Locks {
			if l.Kind == access.LockAuthenticationPolicy {
				t.Errorf("IMAP is locked by %s", l.Name)
			}
		}
		if r.SignIns[0].Path != "managed" {
			t.Errorf("the user signs in by the path %s", r.SignIns[0].Path)
		}
	}
}

func TestLeftOut(t *testing.T) {
	f := whitepaper()
	f.mailboxes = append(f.mailboxes, mailbox("m4", "example.com"), mailbox("m5", "example.com"), mailbox("m6", "example.com"), mailbox("m7", "example.com"))
	f.mailboxes[3]["entra"].(obj)["accountEnabled"] = false
	delete(f.mailboxes[4], "entra")
	f.mailboxes[4]["exchange"].(obj)["AccountDisabled"] = true
	f.mailboxes[5]["exchange"].(obj)["RecipientTypeDetails"] = "DiscoveryMailbox"
	f.mailboxes[6]["exchange"].(obj)["AccountDisabled"] = true // but Entra, where accounts are disabled, says enabled
	r := f.evaluate(t)
	want := []access.LeftOut{{Reason: access.AccountDisabled, Mailboxes: 2}, {Reason: access.SystemMailbox, Mailboxes: 1}}
	if diff := cmp.Diff(want, r.LeftOut); diff != "" || r.Mailboxes != 4 {
		t.Errorf("%d mailboxes, left out (-want +got):\n%s", r.Mailboxes, diff)
	}
}

// What a mailbox plan opens on the next mailbox.
func TestNewMailboxes(t *testing.T) {
	f := whitepaper()
	f.exchange["authentication_policies"] = []obj{authPolicy("Block Basic Authentication", "Pop")}
	r := f.evaluate(t)
	if len(r.NewMailboxes) != 1 || r.NewMailboxes[0].Default != "yes" {
		t.Fatalf("plans %+v", r.NewMailboxes)
	}
	var open []string
	for _, d := range r.NewMailboxes[0].Doors {
		if d.Method == access.Basic && d.Passes != "no" {
			open = append(open, fmt.Sprintf("%s %s", d.Protocol, d.Passes))
		}
	}
	if want := []string{"pop yes"}; !slices.Equal(open, want) {
		t.Errorf("open by basic authentication: %v, want %v", open, want)
	}
}
