package collectors_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/snapshot"
)

// part is one resource's contribution to the join: its rows, and how it ends.
type part struct {
	offer collectors.Offer
	rows  []collectors.Row
	err   error
}

func casPart(rows ...collectors.Row) part {
	return part{offer: offer("exchange.cas_mailboxes", "mailboxes", "mailboxes[].exchange"), rows: rows}
}

func usersPart(rows ...collectors.Row) part {
	return part{offer: offer("exchange.users", "mailboxes[].domain", "mailboxes[].exchange.AuthenticationPolicy"), rows: rows}
}

func roleGroupsPart(rows ...collectors.Row) part {
	return part{offer: offer("exchange.role_groups", "exchange.role_groups", "mailboxes[].exchange.role_groups"), rows: rows}
}

func entraPart(rows ...collectors.Row) part {
	return part{offer: offer("entra.users", "mailboxes[].entra"), rows: rows}
}

func groupsPart(rows ...collectors.Row) part {
	return part{offer: offer("entra.group_members", "mailboxes[].entra.groups"), rows: rows}
}

func rolesPart(rows ...collectors.Row) part {
	return part{offer: offer("entra.role_members", "mailboxes[].entra.roles"), rows: rows}
}

func oktaPart(rows ...collectors.Row) part {
	return part{offer: offer("okta.app_assignments", "mailboxes[].okta"), rows: rows}
}

func oktaGroupsPart(rows ...collectors.Row) part {
	return part{offer: offer("okta.groups", "mailboxes[].okta.groups"), rows: rows}
}

// join runs the parts through one collector and returns the mailboxes.
func join(t *testing.T, parts ...part) (*collectors.Result, []snapshot.Mailbox) {
	t.Helper()
	var offers []collectors.Offer
	for _, p := range parts {
		offers = append(offers, p.offer)
	}
	result := run(t, t.Context(), options(), &script{"all", offers, func(ctx context.Context, s *collectors.Sink) error {
		for _, p := range parts {
			s.Do(ctx, p.offer.Name, func(_ context.Context, r *collectors.Recorder) error {
				r.Add(p.rows...)
				r.Page(len(p.rows))
				return p.err
			})
		}
		return nil
	}})
	if result.Mailboxes() == nil {
		return result, nil
	}
	list := []snapshot.Mailbox{}
	for m, err := range result.Mailboxes() {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, *m)
	}
	if len(list) != result.MailboxCount() {
		t.Errorf("walked %d mailboxes, MailboxCount says %d", len(list), result.MailboxCount())
	}
	return result, list
}

var (
	yes  = object("true")
	no   = object("false")
	null = object("null")
)

func moment(text string) *snapshot.Instant {
	var at snapshot.Instant
	if err := at.UnmarshalText([]byte(text)); err != nil {
		panic(err)
	}
	return &at
}

func TestOneRecordAMailbox(t *testing.T) {
	parts := []part{
		casPart(
			&collectors.CASMailbox{
				ID: "AAAA", DisplayName: "Ann", Addresses: []string{"smtp:z@x", "SMTP:ann@x"},
				Exchange: snapshot.MailboxExchange{PopEnabled: yes, ImapEnabled: no, EwsEnabled: null},
			},
			&collectors.CASMailbox{ID: "bbbb", DisplayName: "Bob", Exchange: snapshot.MailboxExchange{PopEnabled: no}},
		),
		usersPart(
			&collectors.ExchangeUser{
				ID: "aaaa", UserPrincipalName: "Ann@Contoso.com", RecipientType: "UserMailbox",
				Exchange: snapshot.MailboxExchange{AuthenticationPolicy: object(`"Block"`), RemotePowerShellEnabled: yes, AccountDisabled: no},
			},
			&collectors.ExchangeUser{ID: "bbbb", UserPrincipalName: "bob@contoso.com", RecipientType: "UserMailbox"},
			&collectors.ExchangeUser{ID: "cccc", UserPrincipalName: "guest@contoso.com", RecipientType: "MailUser"},
		),
		roleGroupsPart(&collectors.Membership{Kind: collectors.ExchangeRoleGroup, Group: "Organization Management", Member: "aaaa"}),
		entraPart(
			&collectors.EntraUser{
				ID: "aaaa", UserPrincipalName: "ann@contoso.com", DisplayName: "Ann A",
				Entra: snapshot.MailboxEntra{
					AccountEnabled: yes, UserType: object(`"Member"`), OnPremisesSyncEnabled: null,
					CreatedDateTime: moment("2020-01-01T00:00:00Z"), SignInSessionsValidFromDate: moment("0001-01-01T00:00:00Z"),
					SignInActivity: &snapshot.SignInActivity{LastNonInteractiveSignIn: moment("2026-10-01T01:02:03Z")},
				},
			},
			&collectors.EntraUser{ID: "dddd", UserPrincipalName: "nobody@contoso.com"},
		),
		groupsPart(
			&collectors.Membership{Kind: collectors.EntraGroup, Group: "g2", Member: "aaaa"},
			&collectors.Membership{Kind: collectors.EntraGroup, Group: "g1", Member: "aaaa"},
			&collectors.Membership{Kind: collectors.EntraGroup, Group: "g1", Member: "aaaa"},
		),
		rolesPart(&collectors.Membership{Kind: collectors.EntraRole, Group: "r1", Member: "aaaa"}),
		oktaPart(
			&collectors.OktaUser{ID: "00u1", UserName: "ANN@contoso.com", App: "0oa2", Status: "ACTIVE", UserType: "oty1", Named: true},
			&collectors.OktaUser{ID: "00u1", UserName: "ann@contoso.com", App: "0oa1"},
			&collectors.OktaUser{ID: "00u9", UserName: "left@contoso.com", App: "0oa1"},
		),
		oktaGroupsPart(&collectors.Membership{Kind: collectors.OktaGroup, Group: "00g1", Member: "00u1"}),
	}
	want := []snapshot.Mailbox{
		{
			ID: "AAAA", UserPrincipalName: "ann@contoso.com", DisplayName: "Ann", Domain: "contoso.com",
			Addresses: []string{"SMTP:ann@x", "smtp:z@x"},
			Exchange: &snapshot.MailboxExchange{
				PopEnabled: yes, ImapEnabled: no, EwsEnabled: null,
				AuthenticationPolicy: object(`"Block"`), RemotePowerShellEnabled: yes, AccountDisabled: no,
				RoleGroups: []string{"Organization Management"},
			},
			Entra: &snapshot.MailboxEntra{
				AccountEnabled: yes, UserType: object(`"Member"`), OnPremisesSyncEnabled: null,
				CreatedDateTime: moment("2020-01-01T00:00:00Z"), SignInSessionsValidFromDate: moment("0001-01-01T00:00:00Z"),
				SignInActivity: &snapshot.SignInActivity{LastNonInteractiveSignIn: moment("2026-10-01T01:02:03Z")},
				Groups:         []string{"g1", "g2"}, Roles: []string{"r1"},
			},
			Okta: &snapshot.MailboxOkta{
				Assigned: true, Apps: []string{"0oa1", "0oa2"}, Status: "ACTIVE", UserType: "oty1",
				Groups: []string{"00g1"}, Named: []string{"00u1"},
			},
		},
		{
			ID: "bbbb", UserPrincipalName: "bob@contoso.com", DisplayName: "Bob", Domain: "contoso.com",
			Exchange: &snapshot.MailboxExchange{PopEnabled: no, RoleGroups: []string{}},
			Okta:     &snapshot.MailboxOkta{Assigned: false},
		},
	}
	// Rows of the services come in any order.
	for shift := range parts {
		turned := append(append([]part{}, parts[shift:]...), parts[:shift]...)
		result, got := join(t, turned...)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("shift %d (-want +got):\n%s", shift, diff)
		}
		counts := map[string]map[string]int{
			"exchange.cas_mailboxes": {
				"repeated_rows": 0, "rows_without_id": 0, "without_entra_user": 1,
				"without_exchange_user": 0, "user_mailboxes_without_row": 0,
			},
			"exchange.users":       {"rows_without_id": 0, "user_mailboxes": 2, "other_user_principal_name_in_entra": 0},
			"entra.users":          {"without_mailbox": 1},
			"okta.app_assignments": {"matched": 1, "ambiguous_user_names": 0, "without_mailbox": 1},
		}
		for name, want := range counts {
			got := line(t, result, name)
			if diff := cmp.Diff(want, got.Counts); diff != "" {
				t.Errorf("shift %d: counts of %s (-want +got):\n%s", shift, name, diff)
			}
			if got.Status != snapshot.Collected {
				t.Errorf("%s: %s (%s)", name, got.Status, got.Code)
			}
		}
	}
}

func TestWhatWasNotReadIsAbsent(t *testing.T) {
	box := &collectors.CASMailbox{ID: "a", Exchange: snapshot.MailboxExchange{PopEnabled: no}}
	user := &collectors.ExchangeUser{ID: "a", UserPrincipalName: "a@x.com", RecipientType: "UserMailbox"}
	denied := &collectors.Error{Code: collectors.CodeDenied, Problem: "403"}
	failing := func(p part, err error) part { p.err = err; return p }
	tests := []struct {
		name  string
		parts []part
		want  []snapshot.Mailbox
	}{
		{"no mailboxes", []part{casPart()}, []snapshot.Mailbox{}},
		{"mailboxes denied", []part{failing(casPart(), denied), entraPart(&collectors.EntraUser{ID: "a"})}, nil},
		{"mailboxes cut off", []part{failing(casPart(box), denied)},
			[]snapshot.Mailbox{{ID: "a", Exchange: &snapshot.MailboxExchange{PopEnabled: no}}}},
		{"assignments cut off", []part{casPart(box), usersPart(user), failing(oktaPart(&collectors.OktaUser{ID: "u", UserName: "b@x.com"}), denied)},
			[]snapshot.Mailbox{{ID: "a", UserPrincipalName: "a@x.com", Domain: "x.com", Exchange: &snapshot.MailboxExchange{PopEnabled: no}}}},
		{"users denied, groups read", []part{casPart(box), failing(entraPart(), denied), groupsPart()},
			[]snapshot.Mailbox{{ID: "a", Exchange: &snapshot.MailboxExchange{PopEnabled: no}, Entra: &snapshot.MailboxEntra{Groups: []string{}}}}},
		{"user not found, groups read", []part{casPart(box), entraPart(), groupsPart()},
			[]snapshot.Mailbox{{ID: "a", Exchange: &snapshot.MailboxExchange{PopEnabled: no}}}},
		{"groups denied", []part{casPart(box), entraPart(&collectors.EntraUser{ID: "a"}), failing(groupsPart(), denied)},
			[]snapshot.Mailbox{{ID: "a", Exchange: &snapshot.MailboxExchange{PopEnabled: no}, Entra: &snapshot.MailboxEntra{}}}},
		{"no id but a Guid", []part{casPart(&collectors.CASMailbox{GUID: "9-9"})},
			[]snapshot.Mailbox{{ID: "9-9", Exchange: &snapshot.MailboxExchange{}}}},
		{"two Okta users with one name", []part{casPart(box), usersPart(user), oktaPart(
			&collectors.OktaUser{ID: "1", UserName: "a@x.com", App: "p"}, &collectors.OktaUser{ID: "2", UserName: "A@X.COM", App: "p"})},
			[]snapshot.Mailbox{{ID: "a", UserPrincipalName: "a@x.com", Domain: "x.com", Exchange: &snapshot.MailboxExchange{PopEnabled: no}}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, got := join(t, tt.parts...)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestCountsThatDiffer(t *testing.T) {
	box := func(id string) collectors.Row { return &collectors.CASMailbox{ID: id} }
	user := func(id string) collectors.Row {
		return &collectors.ExchangeUser{ID: id, RecipientType: "UserMailbox"}
	}
	tests := []struct {
		name                 string
		boxes, users         []collectors.Row
		boxesWant, usersWant snapshot.Status
	}{
		{"equal", []collectors.Row{box("a"), box("b")}, []collectors.Row{user("b"), user("a")}, snapshot.Collected, snapshot.Collected},
		{"a mailbox is missing", []collectors.Row{box("a")}, []collectors.Row{user("b"), user("a")}, snapshot.Partial, snapshot.Collected},
		{"a user is missing", []collectors.Row{box("a"), box("b")}, []collectors.Row{user("b")}, snapshot.Partial, snapshot.Partial},
		{"as many, but others", []collectors.Row{box("a")}, []collectors.Row{user("b")}, snapshot.Partial, snapshot.Partial},
		{"a row twice", []collectors.Row{box("a"), box("a")}, []collectors.Row{user("a")}, snapshot.Collected, snapshot.Collected},
		{"a row without an id", []collectors.Row{box("a"), box("")}, []collectors.Row{user("a")}, snapshot.Partial, snapshot.Collected},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			result, _ := join(t, casPart(tt.boxes...), usersPart(tt.users...))
			boxes, users := line(t, result, "exchange.cas_mailboxes"), line(t, result, "exchange.users")
			if boxes.Status != tt.boxesWant || users.Status != tt.usersWant {
				t.Errorf("mailboxes %s %v, users %s %v", boxes.Status, boxes.Counts, users.Status, users.Counts)
			}
			if boxes.Status == snapshot.Partial && (boxes.Code == "" || boxes.Message == "") {
				t.Errorf("partial without a reason: %+v", boxes)
			}
		})
	}
}

// The cards of people must stay smaller than their lines in the document.
func TestCardsAreCompact(t *testing.T) {
	const people = 20_000
	rows := func(yield func(cas, user, entra collectors.Row)) {
		for i := range people {
			id := fmt.Sprintf("%08x-0000-4000-8000-000000000000", i)
			upn := fmt.Sprintf("person.%d@contoso.com", i)
			yield(
				&collectors.CASMailbox{ID: id, DisplayName: "Person", Addresses: []string{"SMTP:" + upn},
					Exchange: snapshot.MailboxExchange{PopEnabled: yes, ImapEnabled: no, ActiveSyncEnabled: yes, MAPIEnabled: yes, OWAEnabled: yes, EwsEnabled: null}},
				&collectors.ExchangeUser{ID: id, UserPrincipalName: upn, RecipientType: "UserMailbox", Exchange: snapshot.MailboxExchange{AuthenticationPolicy: object(`"Block"`)}},
				&collectors.EntraUser{ID: id, UserPrincipalName: upn, Entra: snapshot.MailboxEntra{AccountEnabled: yes, CreatedDateTime: moment("2020-01-01T00:00:00Z")}})
		}
	}
	held := heap()
	offers := []collectors.Offer{casPart().offer, usersPart().offer, entraPart().offer}
	result := run(t, t.Context(), options(), &script{"all", offers, func(ctx context.Context, s *collectors.Sink) error {
		s.DoAll(ctx, []string{offers[0].Name, offers[1].Name, offers[2].Name}, func(_ context.Context, r []*collectors.Recorder) error {
			rows(func(cas, user, entra collectors.Row) { r[0].Add(cas); r[1].Add(user); r[2].Add(entra) })
			return nil
		})
		return nil
	}})
	perPerson := (heap() - held) / people
	var file counter
	if err := snapshot.Write(&file, result.Snapshot, result.Mailboxes()); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes held a mailbox, %d bytes written", perPerson, int64(file)/people)
	if perPerson > 1000 {
		t.Errorf("%d bytes held a mailbox; the row in the document has %d", perPerson, int64(file)/people)
	}
}
