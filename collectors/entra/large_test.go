package entra_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/entra/entratest"
	"github.com/seed-07732396/postern/collectors/snapshot"
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

// Whoever sprays passwords chooses what the log says: the evidence stays bounded, and
// who got in stands in it by name.
func TestASprayDoesNotFloodTheEvidence(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	const bound, beyond, each = 50_000, 500, 5_000
	entry := func(user, agent string, code int) string {
		return fmt.Sprintf(`{"createdDateTime":"2026-10-20T08:00:00Z","userPrincipalName":%q,"userId":"id of %[1]s","clientAppUsed":"POP3","userAgent":%q,"status":{"errorCode":%d}}`, user, agent, code)
	}
	const path = "/v1.0/auditLogs/signIns"
	h := serve(t, contoso(), entratest.Options{})
	h.server.Fault(entratest.Fault{Path: path, Do: func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		from, _ := strconv.Atoi(r.URL.Query().Get("from"))
		to := min(from+each, bound+beyond)
		var list []string
		for i := from; i < to; i++ {
			list = append(list, entry(fmt.Sprintf("guess%d@contoso.example", i), fmt.Sprint("agent ", i), 50126))
		}
		next := fmt.Sprintf(`,"@odata.nextLink":"%s%s?from=%d"`, h.server.URL, path, to)
		if to == bound+beyond {
			next = ""
			list = append(list, entry("anna@contoso.example", "one more", 0), entry("anna@contoso.example", "another", 50126), entry("guess0@contoso.example", "agent 0", 50126))
		}
		w.Header().Set("Content-Type", "application/json")
		if _, err := fmt.Fprintf(w, `{"value":[%s]%s}`, strings.Join(list, ","), next); err != nil {
			t.Error(err)
		}
	}})
	out := h.collect(t)
	rows := map[string]snapshot.SignIn{}
	for _, row := range out.Snapshot.Evidence.SignIns {
		if row.Interactive {
			rows[row.UserPrincipalName] = row
		}
	}
	// One row more for all who are not told apart, and one for who got in.
	if len(rows) != bound+2 || rows[""].Failed != beyond || rows[""].UserID != "" {
		t.Errorf("%d rows, without a name %+v", len(rows), rows[""])
	}
	if got := rows["anna@contoso.example"]; got.Succeeded != 1 || got.Failed != 1 || got.UserAgent != "" {
		t.Errorf("%+v", got)
	}
	if got := rows["guess0@contoso.example"]; got.Failed != 2 || got.UserAgent != "agent 0" {
		t.Errorf("%+v", got)
	}
	if line := out.line(t, "entra.sign_ins"); line.Status != snapshot.Collected || line.Counts["sign_ins_not_told_apart"] != beyond+2 {
		t.Errorf("%+v", line)
	}
}
