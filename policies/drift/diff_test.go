package drift_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/access"
	"github.com/seed-07732396/postern/policies/drift"
	"github.com/seed-07732396/postern/policies/finding"
)

type object = map[string]any

func tenant(t testing.TB, name string) object {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "testdata", "tenants", name, "snapshot.json"))
	if err != nil {
		t.Fatal(err)
	}
	var document object
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	return document
}

// between compares two snapshots.
func between(t testing.TB, before, after object) (*drift.Diff, error) {
	t.Helper()
	was, readBefore := side(t, before)
	is, readAfter := side(t, after)
	return drift.Between(was, is, drift.StartCensus(readBefore, readAfter))
}

func side(t testing.TB, document object) (drift.Side, drift.Reader) {
	t.Helper()
	text, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	read := func(visit func(*snapshot.Record) error) (*snapshot.Document, error) {
		return snapshot.Read("snapshot.json", bytes.NewReader(text), visit)
	}
	survey, err := access.NewSurvey(t.Context(), read, access.SurveyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return drift.Side{Survey: survey, Report: &finding.Report{Tenant: finding.Tenant{ID: "t"}}}, read
}

// find gives the value at a path of names; an element of a list is named by its name.
func find(t testing.TB, v any, path ...string) any {
	t.Helper()
	for _, name := range path {
		switch in := v.(type) {
		case object:
			if name == "*" {
				for _, only := range in {
					v = only
				}
				continue
			}
			v = in[name]
		case []any:
			i := slices.IndexFunc(in, func(item any) bool {
				o := item.(object)
				return slices.Contains([]any{o["name"], o["Name"], o["displayName"], o["id"], o["user_principal_name"]}, any(name))
			})
			if i < 0 {
				t.Fatalf("there is no %s of %v", name, path)
			}
			v = in[i]
		default:
			t.Fatalf("there is no %s of %v", name, path)
		}
	}
	return v
}

func set(path ...any) func(t testing.TB, d object) {
	return func(t testing.TB, d object) {
		names := []string{}
		for _, p := range path[:len(path)-2] {
			names = append(names, p.(string))
		}
		find(t, d, names...).(object)[path[len(path)-2].(string)] = path[len(path)-1]
	}
}

// TestSentences changes one thing of a tenant and looks for what is said of it, beside
// what the doors say.
func TestSentences(t *testing.T) {
	rules := []any{"okta", "access_policy_rules", "*"}
	rule := func(name string, rest ...any) func(testing.TB, object) {
		return set(append(append(slices.Clone(rules), name), rest...)...)
	}
	const deny, exception, mfa = "Deny legacy authentication", "Exception: scanners and ERP", "MFA for web and modern authentication"
	tests := []struct {
		name   string
		change func(t testing.TB, d object)
		class  drift.Class
		area   string
		want   string
	}{
		{"modern authentication", set("exchange", "organization_config", "OAuth2ClientProfileEnabled", false), drift.Weakened, "exchange", "modern authentication for the organisation was switched off"},
		{"SMTP AUTH", set("exchange", "transport_config", "SmtpClientAuthenticationDisabled", false), drift.Weakened, "exchange", "the organisation's lock on SMTP AUTH was switched off"},
		{"an authentication policy", set("exchange", "authentication_policies", "Block Basic Authentication", "AllowBasicAuthPop", true), drift.Weakened, "exchange", "basic authentication for Pop was switched on (authentication policy 'Block Basic Authentication')"},
		{"no default policy", set("exchange", "organization_config", "DefaultAuthenticationPolicy", nil), drift.Weakened, "exchange", "the default authentication policy was 'Block Basic Authentication', is not set"},
		{"what nobody knows", set("exchange", "organization_config", "AuditDisabled", true), drift.Changed, "exchange", "organization config, AuditDisabled was off, is on"},
		{"a new field", set("exchange", "organization_config", "BrandNew", "x"), drift.Changed, "exchange", "organization config, BrandNew was absent, is 'x'"},
		{"a policy that only reports", set("entra", "conditional_access_policies", "CA001 Block legacy authentication", "state", "disabled"), drift.Weakened, "conditional access", "Conditional Access policy 'CA001 Block legacy authentication', state was 'enabled', is 'disabled'"},
		{"an exclusion", func(t testing.TB, d object) {
			users := find(t, d, "entra", "conditional_access_policies", "CA001 Block legacy authentication", "conditions", "users").(object)
			users["excludeUsers"] = append(users["excludeUsers"].([]any), "some-user")
		}, drift.Weakened, "conditional access", "Conditional Access policy 'CA001 Block legacy authentication' now also leaves out 'some-user' (excludeUsers)"},
		{"security defaults", set("entra", "security_defaults", "isEnabled", true), drift.Strengthened, "conditional access", "security defaults was switched on"},
		{"a managed domain", set("entra", "domains", "kraanvogel-shipping.example", "authenticationType", "Managed"), drift.Weakened, "federation", "domain 'kraanvogel-shipping.example', authenticationType was 'Federated', is 'Managed'"},
		{"a rule that lets in now", rule(deny, "actions", "appSignOn", "access", "ALLOW"), drift.Weakened, "sign-on policy", "rule 'Deny legacy authentication' was 'DENY', is 'ALLOW'"},
		{"a rule that is off", rule(deny, "status", "INACTIVE"), drift.Weakened, "sign-on policy", "rule 'Deny legacy authentication' (DENY) was 'ACTIVE', is 'INACTIVE'"},
		{"one factor", rule(mfa, "actions", "appSignOn", "verificationMethod", "factorMode", "1FA"), drift.Weakened, "sign-on policy", "rule 'MFA for web and modern authentication' (ALLOW) asked for two factors, asks for one factor"},
		{"any client", rule(mfa, "conditions", "office365Client", nil), drift.Weakened, "sign-on policy", "rule 'MFA for web and modern authentication' (ALLOW) no longer asks which client it is: legacy clients match it as well"},
		{"legacy clients", rule(mfa, "conditions", "office365Client", "include", []any{"WEB", "MODERN_AUTH", "ACTIVE_SYNC"}), drift.Weakened, "sign-on policy", "rule 'MFA for web and modern authentication' (ALLOW) now also speaks of 'ACTIVE_SYNC' (office365Client)"},
		{"the order", func(t testing.TB, d object) {
			find(t, d, "okta", "access_policy_rules", "*", deny).(object)["priority"] = 0.0
			find(t, d, "okta", "access_policy_rules", "*", exception).(object)["priority"] = 1.0
		}, drift.Strengthened, "sign-on policy", "rule 'Deny legacy authentication' (DENY) moved above rule 'Exception: scanners and ERP' (ALLOW): legacy clients of everybody are now denied before they get in"},
		{"threat insight", set("okta", "threat_insight", "action", "audit"), drift.Weakened, "sign-on policy", "threat insight, action was 'block', is 'audit'"},
		{"a group that grew", set("okta", "group_member_counts", "00gPCdsQX4j6iA9WC5d7", 5000.0), drift.Changed, "groups", "grew from 2 to 5,000 members"},
		{"evidence that is gone", func(t testing.TB, d object) {
			delete(d["okta"].(object), "zones")
			find(t, d, "collection", "resources", "okta.zones").(object)["status"] = "denied"
		}, drift.Lost, "evidence", "okta.zones was collected, is denied: what became of it cannot be told"},
		{"a policy with its rules", func(t testing.TB, d object) {
			find(t, d, "okta", "access_policy_rules").(object)["rstOther"] = []any{object{
				"id": "rulOther", "name": "Let in", "status": "ACTIVE", "conditions": nil, "actions": object{"appSignOn": object{"access": "ALLOW"}},
			}}
		}, drift.Changed, "sign-on policy", "rule 'Let in' was added, which lets in any client of everybody"},
		{"a wider zone", func(t testing.TB, d object) {
			zone := find(t, d, "okta", "zones").([]any)[0].(object)
			for _, item := range find(t, d, "okta", "zones").([]any) {
				if o := item.(object); o["usage"] == "POLICY" && o["gateways"] != nil {
					zone = o
				}
			}
			zone["gateways"] = append(zone["gateways"].([]any), object{"type": "CIDR", "value": "203.0.113.0/24"})
		}, drift.Weakened, "zones", "was widened by '203.0.113.0/24'"},
		{"a mailbox's POP", func(t testing.TB, d object) {
			d["mailboxes"].([]any)[0].(object)["exchange"].(object)["PopEnabled"] = true
		}, drift.Weakened, "mailboxes", "1 mailbox gained POP"},
		{"mailboxes' SMTP AUTH", func(t testing.TB, d object) {
			for _, m := range d["mailboxes"].([]any)[:3] {
				m.(object)["exchange"].(object)["SmtpClientAuthenticationDisabled"] = false
			}
		}, drift.Weakened, "mailboxes", "gained SMTP AUTH"},
		{"a mailbox that went", func(t testing.TB, d object) { d["mailboxes"] = d["mailboxes"].([]any)[1:] }, drift.Changed, "mailboxes", "1 mailbox went"},
		{"a mailbox's new field", func(t testing.TB, d object) {
			d["mailboxes"].([]any)[0].(object)["exchange"].(object)["BrandNew"] = "x"
		}, drift.Changed, "mailboxes", "1 mailbox: exchange.BrandNew was absent, is 'x'"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			fresh := tenant(t, "demo")
			test.change(t, fresh)
			diff, err := between(t, tenant(t, "demo"), fresh)
			if err != nil {
				t.Fatal(err)
			}
			var told []string
			found := false
			for _, c := range diff.Changes {
				told = append(told, string(c.Class)+" ["+c.Area+"] "+c.Text)
				if strings.Contains(c.Text, test.want) {
					found = true
					if c.Class != test.class || c.Area != test.area {
						t.Errorf("it is %s in %q, want %s in %q", c.Class, c.Area, test.class, test.area)
					}
					if c.Area != "evidence" && (c.Before == nil && c.After == nil || c.After != nil && c.After.Line == 0) {
						t.Errorf("it stands nowhere: %+v", c)
					}
				}
			}
			if !found {
				t.Errorf("nobody says %q:\n%s", test.want, strings.Join(told, "\n"))
			}
			back, err := between(t, fresh, tenant(t, "demo"))
			if err != nil {
				t.Fatal(err)
			}
			if len(back.Changes) == 0 {
				t.Error("the way back is no change")
			}
		})
	}
}

// TestNothingHappened: a snapshot has not changed since itself, nor since one of which
// only dates, links and the order of the lists differ.
func TestNothingHappened(t *testing.T) {
	folders, err := filepath.Glob(filepath.Join("..", "..", "testdata", "tenants", "*", "snapshot.json"))
	if err != nil || len(folders) < 5 {
		t.Fatalf("%d tenants: %v", len(folders), err)
	}
	for _, path := range folders {
		name := filepath.Base(filepath.Dir(path))
		t.Run(name, func(t *testing.T) {
			other := tenant(t, name)
			for _, section := range []string{"entra", "okta", "exchange"} {
				shuffle(other[section])
			}
			diff, err := between(t, tenant(t, name), other)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]drift.Change{}, diff.Changes); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// shuffle turns lists of objects around and writes new dates, but leaves the lists
// alone whose order says something.
func shuffle(v any) {
	switch in := v.(type) {
	case object:
		for name, value := range in {
			if name == "lastUpdated" || name == "modifiedDateTime" || name == "WhenChangedUTC" {
				in[name] = "2026-11-20T07:59:59Z"
			}
			shuffle(value)
			if list, ok := value.([]any); ok && (name == "groups" || name == "domains" || name == "zones" || name == "authentication_policies") {
				slices.Reverse(list)
			}
		}
	case []any:
		for _, item := range in {
			shuffle(item)
		}
	}
}

// TestUnsortedMailboxes: what cannot be joined is refused, not half compared.
func TestUnsortedMailboxes(t *testing.T) {
	fresh := tenant(t, "demo")
	slices.Reverse(fresh["mailboxes"].([]any))
	if _, err := between(t, tenant(t, "demo"), fresh); err == nil || !strings.Contains(err.Error(), "order of the ids") {
		t.Errorf("error %v", err)
	}
}
