package entra_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/entra/entratest"
)

// crowd makes users as they are asked for.
type crowd int

func (c crowd) Len() int { return int(c) }

func (c crowd) At(i int) json.RawMessage {
	return raw(fmt.Sprintf(`{"id":%q,"userPrincipalName":"user.%d@contoso.example","displayName":"User %d","accountEnabled":true,`+
		`"userType":"Member","createdDateTime":"2020-01-01T00:00:00Z","signInSessionsValidFromDateTime":"2026-10-01T06:00:00Z"}`, userID(i), i, i))
}

// everybody is a group of all of them.
func everybody(n int) []entratest.Member {
	list := make([]entratest.Member, n)
	for i := range list {
		list[i] = entratest.Member{Type: "#microsoft.graph.user", ID: userID(i)}
	}
	return list
}

func TestManyUsers(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	const n = crowdSize
	tenant := contoso()
	tenant.Collections["users"] = crowd(n)
	tenant.Members[groupID] = everybody(n)
	h := serve(t, tenant, entratest.Options{})
	ids := make(boxes, n)
	for i := range ids {
		ids[i] = userID(i)
	}
	h.others = []collectors.Collector{ids}
	began := time.Now()
	out := h.collect(t)
	out.wantOnly(t, nil)
	if out.MailboxCount() != n || out.Snapshot.Entra.GroupMemberCounts[groupID] != n {
		t.Errorf("%d mailboxes, %v members", out.MailboxCount(), out.Snapshot.Entra.GroupMemberCounts)
	}
	if got := *out.line(t, "entra.users").Items; got != n {
		t.Errorf("%d users", got)
	}
	// Pages of 500 users and 999 members, the last ones not full; and what the
	// small tenant takes beside its users and that group.
	least := (n+499)/500 + (n+998)/999
	if got := len(out.requests); got > least+25 {
		t.Errorf("%d requests", got)
	}
	t.Logf("%d requests in %v", len(out.requests), time.Since(began).Round(time.Millisecond))
}
