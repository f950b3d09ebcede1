package changes

import (
	"github.com/seed-07732396/postern/policies/drift"
	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/phrase"
)

// words are all that this package says, in one language. {name} is an argument.
type words struct {
	Code     string
	Verdicts map[drift.Class]string
	Classes  map[drift.Class]string
	// Areas are the headings, by drift.Areas.
	Areas                        map[string]string
	NothingFound, NothingChanged string
	FindingsOnly                 string
	From                         string
	Title, FromFiles             string
	Dated, More                  string
}

func wordsOf(l *finding.Language) *words {
	if l != nil && l.Code == "nl" {
		return dutch()
	}
	return english()
}

// say puts arguments into a text: names and values in turn.
func (w *words) say(template string, args ...any) string {
	return phrase.Fill(w.Code, template, args...)
}

func english() *words {
	return &words{
		Code: "en",
		Verdicts: map[drift.Class]string{
			drift.Weakened: "{n} weakened", drift.Lost: "{n} cannot be told", drift.Changed: "{n} changed", drift.Strengthened: "{n} strengthened",
		},
		Classes: map[drift.Class]string{
			drift.Weakened: "weakened", drift.Lost: "lost", drift.Changed: "changed", drift.Strengthened: "strengthened",
		},
		Areas: map[string]string{
			"doors": "Doors", "findings": "Findings", "evidence": "Evidence", "federation": "Federation", "exchange": "Exchange",
			"conditional access": "Conditional access", "sign-on policy": "Sign-on policy", "zones": "Zones", "groups": "Groups",
			"mailboxes": "Mailboxes", "other configuration": "Other configuration",
		},
		NothingFound: "No finding has changed.", NothingChanged: "Nothing has changed.",
		FindingsOnly: "Saved findings were compared: what changed in the configuration without a finding, they do not tell.",
		From:         "{tenant}, from {before} to {after}",
		Title:        "Postern: what has changed", FromFiles: "{tenant}, from {old} ({before}) to {new} ({after})",
		Dated: "{n} more only {carries|carry} a new date.", More: "And {n} more, which 'postern diff -f json' lists.",
	}
}

func dutch() *words {
	return &words{
		Code: "nl",
		Verdicts: map[drift.Class]string{
			drift.Weakened: "{n} verzwakt", drift.Lost: "{n} niet te zeggen", drift.Changed: "{n} gewijzigd", drift.Strengthened: "{n} versterkt",
		},
		Classes: map[drift.Class]string{
			drift.Weakened: "verzwakt", drift.Lost: "verloren", drift.Changed: "gewijzigd", drift.Strengthened: "versterkt",
		},
		Areas: map[string]string{
			"doors": "Deuren", "findings": "Bevindingen", "evidence": "Bewijs", "federation": "Federatie", "exchange": "Exchange",
			"conditional access": "Voorwaardelijke toegang", "sign-on policy": "Aanmeldbeleid", "zones": "Zones", "groups": "Groepen",
			"mailboxes": "Mailboxen", "other configuration": "Overige configuratie",
		},
		NothingFound: "Geen bevinding is gewijzigd.", NothingChanged: "Er is niets gewijzigd.",
		FindingsOnly: "Er zijn bewaarde bevindingen vergeleken: wat er in de configuratie zonder bevinding is gewijzigd, vertellen zij niet.",
		From:         "{tenant}, van {before} tot {after}",
		Title:        "Postern: wat er is gewijzigd", FromFiles: "{tenant}, van {old} ({before}) tot {new} ({after})",
		Dated: "Nog {n} {heeft|hebben} alleen een nieuwe datum.", More: "En nog {n}, die 'postern diff -f json' opsomt.",
	}
}
