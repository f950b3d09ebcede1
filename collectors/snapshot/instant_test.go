package snapshot_test

import (
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// Absent, null and a moment are three answers.
func TestInstants(t *testing.T) {
	text := `{"id":"a","entra":{"createdDateTime":null,"signInSessionsValidFromDateTime":"0001-01-01T00:00:00Z","signInActivity":{"lastSignInDateTime":null}}}`
	m, err := snapshot.DecodeMailbox(jsontext.Value(text))
	if err != nil {
		t.Fatal(err)
	}
	if e := m.Entra; e.CreatedDateTime == nil || !e.CreatedDateTime.IsNull() ||
		e.SignInSessionsValidFromDate == nil || e.SignInSessionsValidFromDate.IsNull() ||
		e.SignInActivity.LastSignIn == nil || !e.SignInActivity.LastSignIn.IsNull() ||
		e.SignInActivity.LastSuccessfulSignIn != nil {
		t.Errorf("decoded as %+v, %+v", e, e.SignInActivity)
	}
	again, err := json.Marshal(m)
	if err != nil || string(again) != text {
		t.Errorf("got  %s (%v)\nwant %s", again, err, text)
	}

	for in, want := range map[string]string{
		`"2026-11-01T08:00:00Z"`:          "2026-11-01T08:00:00Z",
		`"2026-11-01T08:00:00.999+02:00"`: "2026-11-01T06:00:00Z",
		`"0001-01-01T00:00:00Z"`:          "0001-01-01T00:00:00Z",
		`"9999-12-31T23:59:59.9999999Z"`:  "9999-12-31T23:59:59Z",
		`"2026\u002d11-01T08:00:00Z"`:     "2026-11-01T08:00:00Z",
		`null`:                            "null",
		`"0000-01-01T00:00:00+01:00"`:     "error",
		`"9999-12-31T23:59:59-01:00"`:     "error",
		`"2026-11-01"`:                    "error",
		`"2026-13-01T08:00:00Z"`:          "error",
		`""`:                              "error",
		`5`:                               "error",
		`{}`:                              "error",
		`"2026-11-01T08:00:00Z and something more"`: "error",
	} {
		var i snapshot.Instant
		err := i.UnmarshalJSON([]byte(in))
		if got := i.String(); err == nil && got != want || (err != nil) != (want == "error") {
			t.Errorf("%s: got %s, %v", in, got, err)
			continue
		}
		if err != nil {
			continue
		}
		out, err := json.Marshal(i)
		if quoted := `"` + want + `"`; err != nil || string(out) != strings.ReplaceAll(quoted, `"null"`, "null") {
			t.Errorf("%s is written as %s, %v", in, out, err)
		}
	}
	if text, err := snapshot.Null().MarshalText(); err == nil {
		t.Errorf("null has the text %s", text)
	}
	if _, err := json.Marshal(snapshot.NewInstant(time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC))); err == nil {
		t.Error("the year 10,000 was written")
	}
}
