package engine

import (
	"math"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// moments are the instants that matter to more than one control: input.moments.
// They are computed here because instants need a calendar, which controls do not
// have. A nil instant is not known.
type moments struct {
	// EnforcedAt is when the last door was closed. Sessions from before it may
	// have come in by a door that was still open.
	EnforcedAt *snapshot.Instant `json:"enforced_at"`
	// EnforcedFrom is where EnforcedAt comes from: config, baseline or last_change.
	EnforcedFrom *string `json:"enforced_from"`
	// IdleBefore is 90 days before EnforcedAt: the longest life of a refresh
	// token that nobody uses. Who shows no sign-in since has no session.
	IdleBefore *snapshot.Instant `json:"idle_before"`
	// SettledBefore is 24 hours before the snapshot: Exchange may take that long
	// to act on a changed policy.
	SettledBefore snapshot.Instant `json:"settled_before"`
	// EvidenceDays is how many days up to the snapshot the logs were read for: 0 where
	// they end more than SettledBefore ahead of it, nil where nothing says.
	EvidenceDays *float64 `json:"evidence_days"`
}

const (
	idleDays    = 90
	settleHours = 24
)

// newMoments computes the moments of a document. The moment of enforcement is
// what the declarations say. Without them it is the newest change of a rule of
// the Office 365 apps' access policies at Okta or of an authentication policy in
// Exchange: the two locks that the whitepaper sets before it revokes tokens. A
// change that is only cosmetic moves it too, which asks for one revocation too
// many, never for one too few; and an app that was moved to another policy leaves
// no trace in either list. The rules of an earlier snapshot tell both; nil says that
// there are none, and then declare the moment after such a move.
func newMoments(doc *snapshot.Document, declared *Declarations, earlier *Rules) (moments, error) {
	m := moments{SettledBefore: calendar(doc.CollectedAt.Add(-settleHours * time.Hour))}
	m.EvidenceDays = evidenceDays(doc, m.SettledBefore)
	enforced, from, ok, err := enforcement(doc, declared, earlier)
	if !ok || err != nil {
		return m, err
	}
	at := roundUp(enforced)
	idle := calendar(at.AddDate(0, 0, -idleDays))
	m.EnforcedAt, m.EnforcedFrom, m.IdleBefore = &at, &from, &idle
	return m, nil
}

func enforcement(doc *snapshot.Document, declared *Declarations, earlier *Rules) (at time.Time, from string, ok bool, err error) {
	switch {
	case declared.EnforcedAt != "":
		at, ok = parseInstant(declared.EnforcedAt)
		return at, "config", ok, nil
	case earlier == nil:
		at, ok = lastChange(doc)
		return at, "last_change", ok, nil
	}
	rules, err := RulesOf(doc)
	if err != nil {
		return at, "", false, err
	}
	at, from, ok = rules.since(earlier)
	return at, from, ok, nil
}

// evidenceDays measures the window of the logs, in hundredths of a day.
func evidenceDays(doc *snapshot.Document, settled snapshot.Instant) *float64 {
	raw, ok := doc.Value("/evidence/window")
	var window snapshot.Window
	if !ok || json.Unmarshal(raw, &window) != nil || window.Since.IsZero() || window.Until.Before(window.Since.Time) {
		return nil
	}
	days, until := 0.0, window.Until.Time
	if until.After(doc.CollectedAt.Time) {
		until = doc.CollectedAt.Time // nobody has read what had not happened
	}
	if !until.Before(settled.Time) {
		days = math.Max(0, math.Floor(until.Sub(window.Since.Time).Hours()/24*100)/100)
	}
	return &days
}

// texts gives the moments as controls see them, and when the snapshot was taken.
func (m *moments) texts(doc *snapshot.Document) []string {
	texts := []string{doc.CollectedAt.String()}
	if m.EnforcedAt != nil {
		texts = append(texts, m.EnforcedAt.String(), m.IdleBefore.String())
	}
	return append(texts, m.SettledBefore.String())
}

// roundUp gives the first whole second that is not before t. The document's own
// instants are cut to the second, and a moment that was cut too would let a
// session pass that began in the same second before it.
func roundUp(t time.Time) snapshot.Instant {
	cut := snapshot.NewInstant(t)
	if cut.Before(t) {
		cut = snapshot.NewInstant(t.Add(time.Second))
	}
	return calendar(cut.Time)
}

// calendar keeps an instant within the years that the document can write.
func calendar(t time.Time) snapshot.Instant {
	first := time.Date(0, time.January, 1, 0, 0, 0, 0, time.UTC)
	last := time.Date(9999, time.December, 31, 23, 59, 59, 0, time.UTC)
	switch {
	case t.Before(first):
		t = first
	case t.After(last):
		t = last
	}
	return snapshot.NewInstant(t)
}

// A dated object is one whose vendor says when it was last changed.
type dated struct {
	changed []string // the fields that say it, the first that is there counts
	system  string   // the field that marks what nobody has ever changed
}

// lastChange finds the newest change, if every change can be seen: both lists
// must have been read to the end, and each object in them must say when it was
// changed.
func lastChange(doc *snapshot.Document) (time.Time, bool) {
	rules, ok := readWhole[map[string][]map[string]jsontext.Value](doc, "okta.access_policy_rules")
	if !ok {
		return time.Time{}, false
	}
	policies, ok := readWhole[[]map[string]jsontext.Value](doc, "exchange.authentication_policies")
	if !ok {
		return time.Time{}, false
	}
	var newest time.Time
	see := func(objects []map[string]jsontext.Value, d dated) bool {
		for _, object := range objects {
			changed, ok := d.lastChange(object)
			if !ok {
				return false
			}
			if changed.After(newest) {
				newest = changed
			}
		}
		return true
	}
	for _, list := range rules {
		if !see(list, dated{changed: []string{"lastUpdated", "created"}, system: "system"}) {
			return time.Time{}, false
		}
	}
	if !see(policies, dated{changed: []string{"WhenChangedUTC", "WhenChanged", "WhenCreatedUTC", "WhenCreated"}}) {
		return time.Time{}, false
	}
	if newest.IsZero() {
		return time.Time{}, false
	}
	// What changed after the snapshot was taken is a clock that runs ahead.
	if newest.After(doc.CollectedAt.Time) {
		newest = doc.CollectedAt.Time
	}
	return newest, true
}

// lastChange is when the object was changed. The zero time stands for never: a
// rule that comes with the product and has no date, or the first year, which
// Microsoft writes for it.
func (d dated) lastChange(object map[string]jsontext.Value) (time.Time, bool) {
	for _, field := range d.changed {
		var text string
		if json.Unmarshal(object[field], &text) != nil || text == "" {
			continue
		}
		at, ok := parseInstant(text)
		if ok && at.Year() <= 1 {
			return time.Time{}, true
		}
		return at, ok
	}
	return time.Time{}, d.system != "" && string(object[d.system]) == "true"
}

// parseInstant reads an instant as vendors write it: RFC 3339 with any number of
// digits behind the second, or the same without a zone, which is UTC.
func parseInstant(text string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// readWhole decodes a resource that the ledger calls collected.
func readWhole[T any](doc *snapshot.Document, name string) (T, bool) {
	var into T
	state := newLedger(doc, nil).stateOf(name)
	raw, ok := doc.Value(pointer(strings.Split(name, ".")))
	if !ok || len(state.gaps) > 0 {
		return into, false
	}
	return into, json.Unmarshal(raw, &into) == nil
}

// momentsSchema is the schema of input.moments.
func momentsSchema() schemaNode {
	orNull := schemaNode{"anyOf": []any{schemaNode{"type": "string"}, schemaNode{"type": "null"}}}
	return schemaNode{"moments": schemaNode{
		"type": "object",
		"properties": schemaNode{
			"evidence_days":  schemaNode{"anyOf": []any{schemaNode{"type": "number"}, schemaNode{"type": "null"}}},
			"enforced_at":    orNull,
			"enforced_from":  orNull,
			"idle_before":    orNull,
			"settled_before": schemaNode{"type": "string"},
		},
	}}
}
