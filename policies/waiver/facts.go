package waiver

import (
	_ "embed"
	"fmt"
	"path"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/policies/finding"
)

//go:embed schema.json
var schema []byte

// Schema returns the JSON Schema (2020-12) of the facts that controls see as
// input.waivers.
func Schema() []byte { return slices.Clone(schema) }

// facts are what controls see as input.waivers. Days are counted here, because
// controls have no calendar.
type facts struct {
	AsOf     string  `json:"as_of"`
	MaxDays  int     `json:"max_days"`
	WarnDays int     `json:"warn_days"`
	Entries  []entry `json:"entries"`
}

// entry is one waiver.
type entry struct {
	ID      string `json:"id"`
	Control string `json:"control"`
	Owner   string `json:"owner"`
	Expires string `json:"expires"`
	// Place is where it stands, as file:line.
	Place string              `json:"place"`
	State finding.WaiverState `json:"state"`
	// Problem says why an unused one cannot be about anything, empty where it could.
	Problem string `json:"problem"`
	// DaysLeft counts the days until its last one, negative where that is over.
	DaysLeft int `json:"days_left"`
	Covers   int `json:"covers"`
	// Pinned is for how many it was accepted, 0 where it is not pinned. Added is how
	// many have joined, as far as that can be told; Named says that they are listed.
	Pinned int  `json:"pinned"`
	Added  int  `json:"added"`
	Named  bool `json:"named"`
	// Joined says that somebody may have joined, Ways which ways have come.
	Joined bool     `json:"joined"`
	Ways   []string `json:"ways"`
}

// Facts are what there is to say about the waivers, once they were applied, after
// Schema.
func (g *Gathering) Facts() (jsontext.Value, error) {
	f := facts{
		AsOf: g.asOf.String(), MaxDays: g.options.Limits.MaxDays, WarnDays: g.options.Limits.WarnDays,
		Entries: make([]entry, len(g.matches)),
	}
	for i, m := range g.matches {
		e := entry{
			ID: m.w.ID, Control: m.w.Control, Owner: m.w.Owner, Expires: m.w.Expires.String(),
			Place: fmt.Sprintf("%s:%d", path.Base(g.list.File), m.w.Line),
			State: m.state, Problem: m.problem, DaysLeft: g.asOf.Until(m.w.Expires),
			Covers: len(m.keys), Added: m.growth.n, Named: m.growth.added != nil && m.growth.n > 0,
			Joined: m.growth.joined, Ways: []string{},
		}
		for _, w := range m.growth.ways {
			e.Ways = append(e.Ways, w.shown())
		}
		slices.Sort(e.Ways)
		if m.w.Pin != nil {
			e.Pinned = m.w.Pin.Count
		}
		f.Entries[i] = e
	}
	raw, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("write the facts about the waivers: %w", err)
	}
	return raw, nil
}
