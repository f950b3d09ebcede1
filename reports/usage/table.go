package usage

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/policies/impact"
	"github.com/seed-07732396/postern/reports/internal/escape"
)

// mailboxes lists every mailbox without holding them.
type mailboxes struct {
	report *impact.Report
	inUse  bool
}

// MarshalJSONTo writes the list, one mailbox at a time.
func (l mailboxes) MarshalJSONTo(enc *jsontext.Encoder) error {
	if err := enc.WriteToken(jsontext.BeginArray); err != nil {
		return err
	}
	for m, err := range l.report.All() {
		if err != nil {
			return err
		}
		if l.inUse && len(m.Uses) == 0 {
			continue
		}
		if err := json.MarshalEncode(enc, m); err != nil {
			return err
		}
	}
	return enc.WriteToken(jsontext.EndArray)
}

// document is the report with every mailbox.
type document struct {
	Version int `json:"version"`
	*impact.Report
	Known     bool      `json:"known"`
	Mailboxes mailboxes `json:"all"`
}

func writeJSON(w io.Writer, r *impact.Report, o Options) error {
	safe := escape.NewJSONWriter(w)
	return json.MarshalWrite(safe, document{1, r, r.Known(), mailboxes{r, o.InUse}}, jsontext.WithIndent("  "), json.Deterministic(true))
}

func writeCSV(w io.Writer, r *impact.Report, o Options) error {
	out, words := csv.NewWriter(w), english()
	header := []string{
		"id", "user_principal_name", "display_name", "type", "state", "in_use", "not_known", "safe_to_close",
		"already_closed", "reasons", "succeeded", "failed", "last_seen", "clients", "cannot_do_modern_authentication",
		"authentication_policy", "to_keep_it",
	}
	if err := out.Write(header); err != nil {
		return err
	}
	for m, err := range r.All() {
		if err != nil {
			return err
		}
		if o.InUse && len(m.Uses) == 0 {
			continue
		}
		if err := out.Write(mailboxRow(m, words)); err != nil {
			return err
		}
	}
	for i := range r.Leftovers {
		l := &r.Leftovers[i]
		if o.InUse && l.Use.Succeeded == 0 {
			continue
		}
		if err := out.Write(leftoverRow(l)); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func mailboxRow(m *impact.Mailbox, words *words) []string {
	doors := map[impact.State][]string{}
	var why []string
	for _, d := range m.Doors {
		doors[d.State] = append(doors[d.State], string(d.Door))
		for _, reason := range d.Reasons {
			why = appendNew(why, string(reason))
		}
	}
	// Both logs may show the same sign-in, so they are not added to each other.
	succeeded, failed, last := map[string]int{}, map[string]int{}, ""
	var names, outdated, needs []string
	for _, list := range [][]impact.Use{m.Uses, m.Attempts} {
		for i := range list {
			u := &list[i]
			succeeded[u.Log] += u.Succeeded
			failed[u.Log] += u.Failed
			last = max(last, u.LastSeen)
			names = appendNew(names, u.Client.Name)
			if u.Client.Class == impact.Outdated {
				outdated = appendNew(outdated, u.Client.Name)
			}
		}
	}
	for i := range m.Needs {
		needs = append(needs, words.needLine(&m.Needs[i]))
	}
	list := func(items []string) string { return strings.Join(items, " ") }
	return cells(m.ID, m.UserPrincipalName, m.DisplayName, m.Type, string(m.State()), list(doors[impact.InUse]),
		list(doors[impact.NotKnown]), list(doors[impact.Safe]), list(doors[impact.Closed]), list(why),
		most(succeeded), most(failed), last, strings.Join(names, " / "), strings.Join(outdated, " / "),
		m.Policy, strings.Join(needs, " / "))
}

func most(byLog map[string]int) string {
	return strconv.Itoa(max(byLog["entra"], byLog["okta"]))
}

func leftoverRow(l *impact.Leftover) []string {
	u := &l.Use
	outdated := ""
	if u.Client.Class == impact.Outdated {
		outdated = u.Client.Name
	}
	return cells("", l.User, "", "", "no_mailbox", string(u.Door), "", "", "", "", strconv.Itoa(u.Succeeded),
		strconv.Itoa(u.Failed), u.LastSeen, u.Client.Name, outdated, "", "")
}

func cells(values ...string) []string {
	for i, v := range values {
		values[i] = escape.CSV(v)
	}
	return values
}

func appendNew(list []string, s string) []string {
	for _, have := range list {
		if have == s {
			return list
		}
	}
	return append(list, s)
}
