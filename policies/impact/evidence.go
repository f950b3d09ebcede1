package impact

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// The logs, by their names in the ledger.
const (
	logInteractive    = "entra.sign_ins"
	logNonInteractive = "entra.non_interactive_sign_ins"
	logOkta           = "okta.requests"
)

// The lists of evidence that hold their rows.
const (
	signInList  = "sign_ins"
	requestList = "okta_requests"
)

// evidence is what the logs show.
type evidence struct {
	signIns, requests rowStore

	// entraGaps and oktaGaps say why the absence of a row in the log shows nothing.
	entraGaps, oktaGaps []Reason
	window              *snapshot.Window
	logs                []Log
	clients             *clients
}

func newEvidence() *evidence { return &evidence{clients: newClients()} }

// readEvidence reads a snapshot and keeps what its logs show.
func readEvidence(source Source, days int) (*evidence, *snapshot.Document, error) {
	e := newEvidence()
	doc, err := source(e.take)
	if err != nil {
		return nil, nil, err
	}
	return e, doc, e.settle(doc, days)
}

// take keeps a record if it is a row of a log.
func (e *evidence) take(r *snapshot.Record) error {
	switch r.List {
	case signInList:
		return e.signIns.take(r.List, r.Value)
	case requestList:
		return e.requests.take(r.List, r.Value)
	}
	return nil
}

// settle takes the rows that the document has kept, and says what the logs cover. All
// other rows have been taken.
func (e *evidence) settle(doc *snapshot.Document, days int) (err error) {
	var section struct {
		Window *snapshot.Window `json:"window"`
	}
	if raw, ok := doc.Section("evidence"); ok {
		err = errors.Join(json.Unmarshal(raw, &section), doc.VisitRows(signInList, e.take), doc.VisitRows(requestList, e.take))
	}
	if err != nil {
		return fmt.Errorf("impact: read section evidence of %s: %w", doc.Name, err)
	}
	e.window = section.Window
	_, signIns := doc.Rows(signInList)
	_, requests := doc.Rows(requestList)
	silent := windowGaps(section.Window, doc.CollectedAt, days)
	e.entraGaps = append(e.missing(doc, signIns, logInteractive, logNonInteractive), silent...)
	e.oktaGaps = append(e.missing(doc, requests, logOkta), silent...)
	return nil
}

// missing reports whether one of the logs was not read to the end: only a line of
// the ledger that says so counts, beside the rows themselves.
func (e *evidence) missing(doc *snapshot.Document, present bool, names ...string) []Reason {
	complete := present
	for _, name := range names {
		l := Log{Name: name, Status: NotCollected}
		for _, r := range doc.Collection.Resources {
			if r.Name == name {
				l = Log{Name: name, Status: string(r.Status), Items: r.Items, Message: cmp.Or(r.Message, r.Code)}
			}
		}
		if l.Status != string(snapshot.Collected) {
			complete = false
		}
		e.logs = append(e.logs, l)
	}
	if complete {
		return nil
	}
	return []Reason{LogMissing}
}

// latest is how long before the snapshot the logs may end: what happened since
// would not show.
const latest = 24 * time.Hour

func windowGaps(w *snapshot.Window, collected snapshot.Instant, days int) []Reason {
	if w == nil {
		return []Reason{NoWindow}
	}
	var gaps []Reason
	if w.Until.Sub(w.Since.Time) < time.Duration(days)*24*time.Hour {
		gaps = append(gaps, WindowShort)
	}
	if collected.Sub(w.Until.Time) > latest {
		gaps = append(gaps, WindowOld)
	}
	return gaps
}

// rows are what the logs have about one mailbox.
type rows struct{ signIns, requests []logged }

func (r rows) succeeded() bool {
	got := func(row logged) bool { return row.succeeded > 0 }
	return slices.ContainsFunc(r.signIns, got) || slices.ContainsFunc(r.requests, got)
}

// of finds a mailbox's rows. Entra's by its id, and by name too, because a name
// may have had another id before: better in use by mistake than closed by mistake.
// Okta's by name: the user principal name, or one of the addresses.
func (e *evidence) of(m *record) rows {
	var found rows
	seen := map[int]bool{}
	found.signIns = e.signIns.place(found.signIns, seen, e.signIns.byID.of(strings.ToLower(m.ID)))
	found.signIns = e.signIns.place(found.signIns, seen, e.signIns.byUser.of(strings.ToLower(strings.TrimSpace(m.UserPrincipalName))))
	if len(e.requests.rows) == 0 {
		return found
	}
	asked := map[int]bool{}
	for name := range m.names() {
		found.requests = e.requests.place(found.requests, asked, e.requests.byUser.of(name))
	}
	return found
}

// leftovers are the rows that no mailbox took, and that may be of a door that was asked
// about.
func (a *analysis) leftovers() []Leftover {
	list, e := []Leftover{}, a.evidence
	for i, row := range e.signIns.all {
		if !e.signIns.placed[i] {
			if use := e.signInUse(row); a.asked(use.Door) {
				list = append(list, Leftover{row.user, row.userID, use})
			}
		}
	}
	for i, row := range e.requests.all {
		if !e.requests.placed[i] {
			list = append(list, Leftover{row.user, row.userID, e.requestUse(row)})
		}
	}
	return list
}

func (e *evidence) signInUse(row logged) Use {
	return Use{
		Door: doorOf(row.clientApp, row.protocol), Log: "entra", ClientApp: row.clientApp, App: row.app,
		Client: e.clients.judge(row.userAgent), Succeeded: row.succeeded, Failed: row.failed,
		FirstSeen: row.firstSeen, LastSeen: row.lastSeen,
	}
}

func (e *evidence) requestUse(row logged) Use {
	return Use{
		Door: Other, Log: "okta", Client: e.clients.judge(row.userAgent), Succeeded: row.succeeded, Failed: row.failed,
		FirstSeen: row.firstSeen, LastSeen: row.lastSeen,
	}
}
