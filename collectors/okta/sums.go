package okta

import (
	"cmp"
	"slices"
	"time"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// One request leaves several entries in the log: the password was right, the
// rules were asked, a token was issued. They share a transaction. A request got
// in if something in it succeeded and nothing was refused: Okta checks the
// password before its rules, so a good password alone is not a way in.

// settled is how long after its last entry a transaction is taken to be over.
const settled = 10 * time.Minute

// maxRows bounds the rows. Whoever fails to sign in chooses the user agent, and the
// user name as well: beyond the bound agents are no longer told apart, nor are the
// names of those who failed.
const maxRows = 50_000

type sumKey struct{ user, agent string }

type transaction struct {
	key                sumKey
	userID, app        string
	succeeded, refused bool
	// counted says that one of its entries tells of the endpoint.
	counted bool
	last    snapshot.Instant
}

// sums adds up requests by user and user agent, without keeping the requests.
type sums struct {
	open  map[string]*transaction
	byKey map[sumKey]*snapshot.OktaRequest
	swept time.Time
	// counts says whether an entry tells of the endpoint; without one like that a
	// transaction is none of ours.
	counts func(*event) bool
	// merged counts the requests that are no longer told apart.
	merged int
}

func newSums() *sums {
	return &sums{open: map[string]*transaction{}, byKey: map[sumKey]*snapshot.OktaRequest{}, counts: func(*event) bool { return true }}
}

// add takes in one entry; entries come in the order of time.
func (s *sums) add(e *event) {
	at, _ := e.instant()
	id := e.Transaction.ID
	if id == "" {
		id = e.UUID
	}
	t := s.open[id]
	if t == nil {
		t = &transaction{}
		s.open[id] = t
	}
	t.last = at
	t.counted = t.counted || s.counts(e)
	if e.Actor.AlternateID != "" && e.Actor.AlternateID != "unknown" {
		t.key.user, t.userID = e.Actor.AlternateID, e.Actor.ID
	}
	if e.Client.UserAgent != nil && e.Client.UserAgent.Raw != "" {
		t.key.agent = e.Client.UserAgent.Raw
	}
	for _, target := range e.Target {
		if target.Type == "AppInstance" {
			t.app = target.ID
		}
	}
	switch e.Outcome.Result {
	case "SUCCESS", "ALLOW":
		t.succeeded = true
	case "FAILURE", "DENY", "ABANDONED":
		t.refused = true
	}
	if at.Sub(s.swept) > settled {
		s.sweep(at.Time.Add(-settled))
		s.swept = at.Time
	}
}

// sweep closes the transactions whose last entry is older than before.
func (s *sums) sweep(before time.Time) {
	for id, t := range s.open {
		if t.last.Before(before) {
			s.close(t)
			delete(s.open, id)
		}
	}
}

func (s *sums) close(t *transaction) {
	if !t.counted {
		return
	}
	row := s.row(t)
	if t.userID != "" && row.UserName != "" {
		row.UserID = t.userID
	}
	if t.app != "" {
		row.AppID = t.app
	}
	if t.gotIn() {
		row.Succeeded++
	} else {
		row.Failed++
	}
	at := t.last
	if row.FirstSeen == nil || at.Before(row.FirstSeen.Time) {
		row.FirstSeen = &at
	}
	if row.LastSeen == nil || at.After(row.LastSeen.Time) {
		row.LastSeen = &at
	}
}

func (t *transaction) gotIn() bool { return t.succeeded && !t.refused }

// row finds or makes the row that a transaction belongs to.
func (s *sums) row(t *transaction) *snapshot.OktaRequest {
	key := t.key
	if s.byKey[key] == nil && len(s.byKey) >= maxRows {
		s.merged++
		key.agent = ""
		if s.byKey[key] == nil && !t.gotIn() {
			key.user = ""
		}
	}
	row := s.byKey[key]
	if row == nil {
		row = &snapshot.OktaRequest{UserName: key.user, UserAgent: key.agent}
		s.byKey[key] = row
	}
	return row
}

// rows closes what is open and gives the sums, sorted.
func (s *sums) rows() []snapshot.OktaRequest {
	ids := sortedKeys(s.open)
	for _, id := range ids {
		s.close(s.open[id])
	}
	clear(s.open)
	rows := make([]snapshot.OktaRequest, 0, len(s.byKey))
	for _, row := range s.byKey {
		rows = append(rows, *row)
	}
	slices.SortFunc(rows, func(x, y snapshot.OktaRequest) int {
		return cmp.Or(cmp.Compare(x.UserName, y.UserName), cmp.Compare(x.UserAgent, y.UserAgent))
	})
	return rows
}
