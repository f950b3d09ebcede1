package snapshot_test

import (
	"bytes"
	"fmt"
	"iter"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// largeDocument is a canonical document with n mailboxes.
func largeDocument(tb testing.TB, n int) []byte {
	tb.Helper()
	s, boxes := largeSnapshot(n)
	var b bytes.Buffer
	if err := snapshot.Write(&b, s, boxes); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// largeSnapshot has a little of everything, and n mailboxes such as a tenant in
// the middle of the change would have.
func largeSnapshot(n int) (*snapshot.Snapshot, iter.Seq2[*snapshot.Mailbox, error]) {
	at := snapshot.NewInstant(time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC))
	s := &snapshot.Snapshot{
		Version:     snapshot.Version,
		CollectedAt: at,
		Tenant:      snapshot.Tenant{ID: "1b2e3c4d-0000-4000-8000-000000000001", Name: "Größenwahn B.V.", Cloud: "public"},
		Collection: snapshot.Collection{Source: "live", Resources: []snapshot.Resource{{
			Name: "exchange.cas_mailboxes", Endpoint: "Get-EXOCasMailbox", Permission: "Exchange.ManageAsApp",
			Paths: []string{"mailboxes", "mailboxes[].exchange"}, Status: snapshot.Collected, Items: &n, CollectedAt: &at,
		}}},
		Exchange: &snapshot.Exchange{
			OrganizationConfig: snapshot.Object(`{"Name":"example","OAuth2ClientProfileEnabled":true}`),
		},
		Evidence: &snapshot.Evidence{},
	}
	return s, func(yield func(*snapshot.Mailbox, error) bool) {
		random := rand.New(rand.NewPCG(1, uint64(n)))
		for i := range n {
			if !yield(largeMailbox(i, random), nil) {
				return
			}
		}
	}
}

func largeMailbox(i int, random *rand.Rand) *snapshot.Mailbox {
	flag := func(one int) snapshot.Object {
		if random.IntN(one) == 0 {
			return snapshot.Object("true")
		}
		return snapshot.Object("false")
	}
	moment := snapshot.NewInstant(time.Date(2026, 1, 1, 0, 0, random.IntN(20_000_000), 0, time.UTC))
	return &snapshot.Mailbox{
		ID:                fmt.Sprintf("%08x-1111-4222-8333-%012x", i, random.Uint64()>>16),
		UserPrincipalName: fmt.Sprintf("user.number%d@example.com", i),
		DisplayName:       fmt.Sprintf("Zoë Müller-%d", i),
		Addresses:         []string{fmt.Sprintf("user%d@example.com", i), fmt.Sprintf("zoe.m%d@example.org", i)},
		Domain:            "example.com",
		Exchange: &snapshot.MailboxExchange{
			ActiveSyncEnabled: flag(3), PopEnabled: flag(50), ImapEnabled: flag(40), MAPIEnabled: flag(1),
			EwsEnabled: flag(2), OWAEnabled: flag(1), SmtpClientAuthenticationDisabled: snapshot.Object("null"),
			RecipientTypeDetails: snapshot.Object(`"UserMailbox"`), AuthenticationPolicy: snapshot.Object("null"),
			RemotePowerShellEnabled: flag(100),
		},
		Entra: &snapshot.MailboxEntra{
			AccountEnabled: flag(1), CreatedDateTime: &moment, SignInSessionsValidFromDate: &moment,
			SignInActivity: &snapshot.SignInActivity{LastSignIn: &moment, LastSuccessfulSignIn: &moment},
			Groups:         []string{"5b2e3c4d-0000-4000-8000-000000000001"}, Roles: []string{},
		},
		Okta: &snapshot.MailboxOkta{Assigned: true, Apps: []string{"0oa1example"}, Status: "ACTIVE", Groups: []string{"00g1", "00g2"}},
	}
}
