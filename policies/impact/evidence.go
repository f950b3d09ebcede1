package impact

import (
	"cmp"
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

// evidence is what the logs show, by who it is about.
type evidence struct {
	signIns  []snapshot.SignIn
	requests []snapshot.OktaRequest
	// signInsByID and signInsByName, in lower case; requestsByName.
	signInsByID, signInsByName, requestsByName map[string][]int
	// placed marks the rows that belong to a mailbox.
	signInPlaced, requestPlaced []bool

	// entraGaps and oktaGaps say why the absence of a row in the log shows nothing.
	entraGaps, oktaGaps []Reason
	window              *snapshot.Window
	logs                []Log
	clients             *clients
}

func readEvidence(doc *snapshot.Document, days int) (*evidence, error) {
	var section snapshot.Evidence
	if raw, ok := doc.Section("evidence"); ok {
		if err := json.Unmarshal(raw, &section); err != nil {
			return nil, fmt.Errorf("impact: read section evidence of %s: %w", doc.Name, err)
		}
	}
	e := &evidence{
		signIns: section.SignIns, requests: section.OktaRequests, window: section.Window, clients: newClients(),
		signInsByID: map[string][]int{}, signInsByName: map[string][]int{}, requestsByName: map[string][]int{},
		signInPlaced: make([]bool, len(section.SignIns)), requestPlaced: make([]bool, len(section.OktaRequests)),
	}
	for i := range e.signIns {
		row := &e.signIns[i]
		add(e.signInsByID, row.UserID, i)
		add(e.signInsByName, row.UserPrincipalName, i)
	}
	for i := range e.requests {
		add(e.requestsByName, e.requests[i].UserName, i)
	}
	silent := windowGaps(section.Window, doc.CollectedAt, days)
	e.entraGaps = append(e.missing(doc, section.SignIns != nil, logInteractive, logNonInteractive), silent...)
	e.oktaGaps = append(e.missing(doc, section.OktaRequests != nil, logOkta), silent...)
	return e, nil
}

func add(to map[string][]int, name string, i int) {
	if key := strings.ToLower(strings.TrimSpace(name)); key != "" {
		to[key] = append(to[key], i)
	}
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
type rows struct {
	signIns  []*snapshot.SignIn
	requests []*snapshot.OktaRequest
}

func (r rows) succeeded() bool {
	return slices.ContainsFunc(r.signIns, func(s *snapshot.SignIn) bool { return s.Succeeded > 0 }) ||
		slices.ContainsFunc(r.requests, func(q *snapshot.OktaRequest) bool { return q.Succeeded > 0 })
}

// of finds a mailbox's rows. Entra's by its id, and by name too, because a name
// may have had another id before: better in use by mistake than closed by mistake.
// Okta's by name: the user principal name, or one of the addresses.
func (e *evidence) of(m *record) rows {
	var found rows
	seen := map[int]bool{}
	take := func(list []int) {
		for _, i := range list {
			if !seen[i] {
				seen[i], e.signInPlaced[i] = true, true
				found.signIns = append(found.signIns, &e.signIns[i])
			}
		}
	}
	take(e.signInsByID[strings.ToLower(m.ID)])
	take(e.signInsByName[strings.ToLower(strings.TrimSpace(m.UserPrincipalName))])
	if len(e.requests) == 0 {
		return found
	}
	asked := map[int]bool{}
	for name := range m.names() {
		for _, i := range e.requestsByName[name] {
			if !asked[i] {
				asked[i], e.requestPlaced[i] = true, true
				found.requests = append(found.requests, &e.requests[i])
			}
		}
	}
	return found
}

// leftovers are the rows that no mailbox took.
func (e *evidence) leftovers() []Leftover {
	list := []Leftover{}
	for i := range e.signIns {
		if row := &e.signIns[i]; !e.signInPlaced[i] {
			list = append(list, Leftover{row.UserPrincipalName, row.UserID, e.signInUse(row)})
		}
	}
	for i := range e.requests {
		if row := &e.requests[i]; !e.requestPlaced[i] {
			list = append(list, Leftover{row.UserName, row.UserID, e.requestUse(row)})
		}
	}
	return list
}

func (e *evidence) signInUse(row *snapshot.SignIn) Use {
	return Use{
		Door: doorOf(row.ClientApp, row.AuthenticationProtocol), Log: "entra", ClientApp: row.ClientApp, App: row.App,
		Client: e.clients.judge(row.UserAgent), Succeeded: row.Succeeded, Failed: row.Failed,
		FirstSeen: text(row.FirstSeen), LastSeen: text(row.LastSeen),
	}
}

func (e *evidence) requestUse(row *snapshot.OktaRequest) Use {
	return Use{
		Door: Other, Log: "okta", Client: e.clients.judge(row.UserAgent), Succeeded: row.Succeeded, Failed: row.Failed,
		FirstSeen: text(row.FirstSeen), LastSeen: text(row.LastSeen),
	}
}

func text(i *snapshot.Instant) string {
	if i == nil || i.IsNull() {
		return ""
	}
	return i.String()
}
