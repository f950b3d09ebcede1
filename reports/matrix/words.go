package matrix

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-07732396/postern/policies/finding"
)

// words are all that a matrix says, in one language.
type words struct {
	title, before, after string
	protocol             string
	terms                map[string]string
	state, place         map[finding.AccessOutcome]string
	of, all              string
	mailbox, mailboxes   string
	without              string
	leftOut              map[string]string
	opened, shut, other  string
	worse, better        string
	unchanged            string
	legend               map[finding.AccessOutcome]string
	asPublished, by      string
	wasNow               string
}

func (o *Options) words() *words {
	if o.Language == "nl" {
		return dutch()
	}
	return english()
}

func english() *words {
	return &words{
		title: "Who can reach the mail, by which door", before: "Before", after: "After",
		protocol: "Protocol",
		terms:    nil, // the matrix brings its English titles
		state: map[finding.AccessOutcome]string{
			finding.AccessNotOffered:               "Not offered",
			finding.AccessClosedAtExchange:         "Closed",
			finding.AccessClosedAtIdentityProvider: "Closed",
			finding.AccessClosedAfterSignIn:        "Closed",
			finding.AccessWithMFA:                  "With MFA",
			finding.AccessUndecided:                "Undecided",
			finding.AccessOpen:                     "Open",
		},
		place: map[finding.AccessOutcome]string{
			finding.AccessClosedAtExchange:         "at Exchange",
			finding.AccessClosedAtIdentityProvider: "at the identity provider",
			finding.AccessClosedAfterSignIn:        "after sign-in",
			finding.AccessWithMFA:                  "two factors",
			finding.AccessUndecided:                "may be open",
			finding.AccessOpen:                     "without MFA",
		},
		of: "of", all: "all", mailbox: "mailbox", mailboxes: "mailboxes",
		without: "left out",
		leftOut: map[string]string{
			"account_disabled": "account disabled",
			"system_mailbox":   "system mailbox",
		},
		opened: "newly open", shut: "no longer open", other: "changed", worse: "worse than before", better: "better than before",
		unchanged: "as before",
		legend: map[finding.AccessOutcome]string{
			finding.AccessClosedAtExchange: "closed, and where the lock sits",
			finding.AccessWithMFA:          "only with a second factor",
			finding.AccessUndecided:        "nobody can tell",
			finding.AccessOpen:             "open with a password alone",
		},
		asPublished: "As published: without what Microsoft has closed since the whitepaper.", by: "by",
		wasNow: "was %s, now %s",
	}
}

func dutch() *words {
	return &words{
		title: "Wie via welke deur bij de mail kan", before: "Voor", after: "Na",
		protocol: "Protocol",
		terms: map[string]string{
			"web": "Outlook op het web", "basic": "Basisauthenticatie", "modern": "Moderne authenticatie",
			"password_grant": "Wachtwoord voor token",
		},
		state: map[finding.AccessOutcome]string{
			finding.AccessNotOffered:               "Bestaat niet",
			finding.AccessClosedAtExchange:         "Gesloten",
			finding.AccessClosedAtIdentityProvider: "Gesloten",
			finding.AccessClosedAfterSignIn:        "Gesloten",
			finding.AccessWithMFA:                  "Met MFA",
			finding.AccessUndecided:                "Onbeslist",
			finding.AccessOpen:                     "Open",
		},
		place: map[finding.AccessOutcome]string{
			finding.AccessClosedAtExchange:         "bij Exchange",
			finding.AccessClosedAtIdentityProvider: "bij identiteitsprovider",
			finding.AccessClosedAfterSignIn:        "na aanmelding",
			finding.AccessWithMFA:                  "twee factoren",
			finding.AccessUndecided:                "misschien open",
			finding.AccessOpen:                     "zonder MFA",
		},
		of: "van", all: "alle", mailbox: "mailbox", mailboxes: "mailboxen",
		without: "niet meegeteld",
		leftOut: map[string]string{
			"account_disabled": "account uitgeschakeld",
			"system_mailbox":   "systeemmailbox",
		},
		opened: "nieuw open", shut: "niet meer open", other: "veranderd", worse: "slechter dan voorheen", better: "beter dan voorheen",
		unchanged: "als voorheen",
		legend: map[finding.AccessOutcome]string{
			finding.AccessClosedAtExchange: "gesloten, en waar het slot zit",
			finding.AccessWithMFA:          "alleen met een tweede factor",
			finding.AccessUndecided:        "niet te zeggen",
			finding.AccessOpen:             "open met alleen een wachtwoord",
		},
		asPublished: "Zoals gepubliceerd: zonder wat Microsoft sinds de whitepaper heeft gesloten.", by: "met",
		wasNow: "was %s, nu %s",
	}
}

// term is the name of a protocol or method.
func (w *words) term(t finding.AccessTerm) string {
	if name, ok := w.terms[t.ID]; ok {
		return name
	}
	if t.Title == "" {
		return t.ID
	}
	return t.Title
}

// outcome is the outcome in one phrase: "closed at Exchange".
func (w *words) outcome(o finding.AccessOutcome) string {
	state, ok := w.state[o]
	switch {
	case !ok:
		return string(o)
	case o == finding.AccessWithMFA || w.place[o] == "":
		return state
	case o == finding.AccessUndecided:
		return state + ", " + w.place[o]
	}
	return state + " " + w.place[o]
}

// number writes a count with spaces between the thousands, which no language takes
// for a decimal mark.
func (w *words) number(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + " " + digits[i:]
	}
	return digits
}

// share is "3 of 15", or "15" for all.
func (w *words) share(n, total int) string {
	if n == total {
		return w.number(n)
	}
	return w.number(n) + " " + w.of + " " + w.number(total)
}

// part is a share in few letters: "all", "3/15", or in large tenants "37%".
func (w *words) part(n, total, most int) string {
	if n == total {
		return w.all
	}
	text := w.number(n) + "/" + w.number(total)
	if len(text) <= most {
		return text
	}
	// Cut, so that less than all is never shown as all.
	if percent := n * 100 / total; percent > 0 {
		return strconv.Itoa(percent) + "%"
	}
	return "<1%"
}

// population is "1 mailbox" or "15 mailboxes".
func (w *words) population(n int) string {
	if n == 1 {
		return w.number(n) + " " + w.mailbox
	}
	return w.number(n) + " " + w.mailboxes
}

// shareOf is "3 of 15 mailboxes", or "15 mailboxes" for all.
func (w *words) shareOf(n, total int) string {
	if n == total {
		return w.population(n)
	}
	return w.number(n) + " " + w.of + " " + w.population(total)
}

// drift says what changed in a square, empty for nothing.
func (w *words) drift(d drift) string {
	if !d.known {
		switch {
		case d.worse:
			return w.worse
		case d.better:
			return w.better
		}
		return ""
	}
	var parts []string
	for _, part := range []struct {
		n    int
		word string
	}{{d.opened, w.opened}, {d.shut, w.shut}} {
		if part.n > 0 {
			parts = append(parts, w.number(part.n)+" "+part.word)
		}
	}
	if len(parts) == 0 && d.other > 0 {
		parts = append(parts, w.number(d.other)+" "+w.other)
	}
	return strings.Join(parts, ", ")
}

// left says which mailboxes have no doors: "2 left out: account disabled".
func (w *words) left(m *finding.AccessMatrix) string {
	var parts []string
	for _, reason := range slices.Sorted(maps.Keys(m.LeftOut)) {
		name, ok := w.leftOut[reason]
		if !ok {
			name = reason
		}
		parts = append(parts, w.number(m.LeftOut[reason])+" "+name)
	}
	if len(parts) == 0 {
		return ""
	}
	return w.without + ": " + strings.Join(parts, ", ")
}
