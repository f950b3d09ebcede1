package html

import (
	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/help"
	"github.com/seed-07732396/postern/reports/internal/wording"
)

const (
	// maxInline is how many members of a list stand in the page itself, maxListed how
	// many the page holds of it, and maxInAll of all lists together. A page of a
	// million members would be of no use to anybody.
	maxInline = 100
	maxListed = 20_000
	maxInAll  = 100_000
)

// members is a list of members. The first stand in the page, the others in a block
// of data from which the script shows them.
type members struct {
	P *wording.PageWords
	// Count is such as "12 mailboxes".
	Count string
	N     int
	First []member
	// Rest are [name, display name, line].
	Rest [][3]any
	// ShowAll is the button's text, Left says how many the page does not hold.
	ShowAll, Left, NoScript string
}

type member struct {
	Name, Display string
	Line          int
}

// members walks a list once, and no further than the page has room.
func (b *builder) members(list *finding.Members) *members {
	if list == nil || list.Len() == 0 {
		return nil
	}
	w := &b.words.Page
	view := &members{P: w, N: list.Len(), Count: b.count(list.Len(), list.Population())}
	room := min(maxListed, max(b.left, maxInline))
	shown := 0
	for m := range list.All() {
		row := b.member(&m)
		if shown < maxInline {
			view.First = append(view.First, row)
		} else {
			view.Rest = append(view.Rest, [3]any{row.Name, row.Display, row.Line})
		}
		if shown++; shown == room {
			break
		}
	}
	if err := list.Err(); err != nil && b.err == nil {
		b.err = err
	}
	b.left -= shown
	if len(view.Rest) > 0 {
		view.ShowAll = fill(w.ShowAll, shown)
		view.NoScript = fill(w.MembersNoScript, view.N-len(view.First))
	}
	if left := list.Len() - shown; left > 0 {
		view.Left = fill(w.MembersLeft, left)
	}
	return view
}

func (b *builder) member(m *finding.Member) member {
	row := member{Name: bare(b.style.Member(m)), Display: name(m.DisplayName), Line: m.Line}
	if row.Display == row.Name {
		row.Display = ""
	}
	return row
}

// count is such as "12 mailboxes", in the report's language.
func (b *builder) count(n int, population string) string {
	for i := range b.report.Controls {
		if c := &b.report.Controls[i]; c.Language != nil {
			counting := finding.Control{Language: c.Language, Messages: map[string]string{"n": "{members}"}}
			return counting.Sentence("n", nil, n, population)
		}
	}
	return finding.CountNoun(n, population)
}

// linkable is a web address that may be a link, empty for anything else.
func linkable(s string) string {
	address, _ := help.Page(s)
	return address
}
