package runbook

import (
	"cmp"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/phrase"
	"github.com/seed-07732396/postern/policies/plan"
	"github.com/seed-07732396/postern/reports/internal/wording"
)

// words are all that the runbook says beside what stands in the plan, in one language.
// {name} is an argument.
type words struct {
	Code                                      string
	Title, Made, NothingOpen                  string
	VerdictOpen, VerdictFirst, VerdictUnknown string
	Step, WhyHere                             string
	Glass, Waived                             string
	FindOut                                   string
	Apart, ApartText, ApartSeen, ApartMore    string
	Action, ByHand                            string
	After, AfterHours                         string
	Script, Console                           string
	UndoOf, Undo, UndoScript, UndoRequest     string
	Counts, Gate                              string
	Set, SetWas, SetMailbox, SetApart         string
	CreatePolicy, CreateBlocking              string
	Patch, Create, Revoke                     string
	OktaTitle, OktaText, OktaConsole, NoOkta  string
	// Doors are the titles that are no names, by the id of the door.
	Doors map[string]string
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

func (w *words) door(id, title string) string { return cmp.Or(w.Doors[id], title) }

// step is the title of a step. Steps of somebody's own controls have theirs alone.
func (w *words) step(s *plan.Step) string {
	title := cmp.Or(wording.For(&finding.Language{Code: w.Code}).Steps[s.ID], s.Title)
	if len(s.ID) == 1 {
		return w.say(w.Step, "id", s.ID, "title", title)
	}
	return title
}

func english() *words {
	return &words{
		Code: "en", Title: "What is left to do for {tenant}",
		Made: "Made from the snapshot of {collected} ({file}). Postern changes nothing: a person carries this out. " +
			"The script is 'postern plan -f powershell=plan.ps1'; run it with -WhatIf first. It has a way back: -Undo.",
		NothingOpen: "NOTHING OPEN: no step is open, as far as the snapshot shows",
		VerdictOpen: "OPEN: {n} {step is|steps are} open", VerdictFirst: ", and {n} {thing has|things have} to be found out first",
		VerdictUnknown: "NOT KNOWN: no step is known to be open, but {n} {thing has|things have} to be found out",
		Step:           "Step {id}. {title}", WhyHere: "Why here: {why}",
		Glass: "Emergency accounts, never touched", Waived: "Waived, and left alone", FindOut: "Find out first",
		Apart:     "Set apart, because they are in use",
		ApartText: "The script leaves them as they are unless it is called with -IncludeInUse. 'postern impact' says what uses them.",
		ApartSeen: "{who}: {doors}, last seen {when}", ApartMore: "and {n} more: --verbose, or 'postern impact -f csv'",
		Action: "{id}. {title} ({controls})", ByHand: "{id}. {title} ({controls}), by hand",
		After: "Only after {ids}.", AfterHours: "Only after {ids}, and {n} hours later.",
		Script: "The script: {change}", Console: "In Okta's console: {path}",
		UndoOf: "The way back: {how}", Undo: "The way back:", UndoScript: "The way back: the script's -Undo, or by hand:",
		UndoRequest: "The way back, {title}:",
		Counts:      "Mailboxes that can be changed now: {ready}, set apart because in use: {used}, not known: {unknown}",
		Gate:        "This acts on the whole organisation, and of {n} {mailbox|mailboxes} it is not known whether {it is|they are} in use. The script does it with -IncludeUnknown only.",
		Set:         "sets {property} of {what} to {value}", SetWas: "sets {property} of {what} to {value} (in the snapshot: {was})",
		SetMailbox:   "sets {property} of {what} to {value} on each mailbox that can be changed",
		SetApart:     "sets {property} of {what} to {value} on each mailbox that is set apart",
		CreatePolicy: "creates the authentication policy '{name}' with {flags}", CreateBlocking: "creates the authentication policy '{name}', which blocks everything",
		Patch: "sets {property} at {uri} to {value}", Create: "creates '{name}' at {uri}, to report only", Revoke: "revokes the sessions of each mailbox's user",
		OktaTitle: "Okta's part of what is left for {tenant}",
		OktaText: "Send the requests in this order, with a token that may change policies, and stop at the first that fails. " +
			"Read the rules before and keep what they were: the way back below is what the snapshot of {collected} showed.",
		OktaConsole: "In the console: {path}", NoOkta: "There is no request to send.",
		Doors: map[string]string{
			"outlook_services": "Outlook services", "other": "Protocol not named", "password_grant": "Password grant",
		},
	}
}

func dutch() *words {
	return &words{
		Code: "nl", Title: "Wat er te doen blijft voor {tenant}",
		Made: "Gemaakt van de momentopname van {collected} ({file}). Postern wijzigt niets: een mens voert dit uit. " +
			"Het script is 'postern plan -f powershell=plan.ps1'; draai het eerst met -WhatIf. Het heeft een weg terug: -Undo.",
		NothingOpen: "NIETS OPEN: er staat geen stap open, voor zover de momentopname laat zien",
		VerdictOpen: "OPEN: {n} {stap staat|stappen staan} open", VerdictFirst: ", en {n} {ding moet|dingen moeten} eerst worden uitgezocht",
		VerdictUnknown: "NIET BEKEND: van geen stap staat vast dat hij open is, maar {n} {ding moet|dingen moeten} worden uitgezocht",
		Step:           "Stap {id}. {title}", WhyHere: "Waarom hier: {why}",
		Glass: "Noodaccounts, nooit aangeraakt", Waived: "Met ontheffing, en met rust gelaten", FindOut: "Zoek eerst uit",
		Apart:     "Apart gezet, omdat ze in gebruik zijn",
		ApartText: "Het script laat ze zoals ze zijn, tenzij het met -IncludeInUse wordt aangeroepen. 'postern impact' zegt wat ze gebruikt.",
		ApartSeen: "{who}: {doors}, laatst gezien {when}", ApartMore: "en nog {n}: --verbose, of 'postern impact -f csv'",
		Action: "{id}. {title} ({controls})", ByHand: "{id}. {title} ({controls}), met de hand",
		After: "Pas na {ids}.", AfterHours: "Pas na {ids}, en {n} uur later.",
		Script: "Het script: {change}", Console: "In de console van Okta: {path}",
		UndoOf: "De weg terug: {how}", Undo: "De weg terug:", UndoScript: "De weg terug: -Undo van het script, of met de hand:",
		UndoRequest: "De weg terug, {title}:",
		Counts:      "Mailboxen die nu kunnen worden gewijzigd: {ready}, apart gezet omdat ze in gebruik zijn: {used}, niet bekend: {unknown}",
		Gate:        "Dit werkt op de hele organisatie, en van {n} {mailbox|mailboxen} is niet bekend of {hij|ze} in gebruik {is|zijn}. Het script doet het alleen met -IncludeUnknown.",
		Set:         "zet {property} van {what} op {value}", SetWas: "zet {property} van {what} op {value} (in de momentopname: {was})",
		SetMailbox:   "zet {property} van {what} op {value} bij elke mailbox die kan worden gewijzigd",
		SetApart:     "zet {property} van {what} op {value} bij elke mailbox die apart is gezet",
		CreatePolicy: "maakt het authenticatiebeleid '{name}' met {flags}", CreateBlocking: "maakt het authenticatiebeleid '{name}', dat alles blokkeert",
		Patch: "zet {property} op {uri} op {value}", Create: "maakt '{name}' op {uri}, alleen om te rapporteren", Revoke: "trekt de sessies van de gebruiker van elke mailbox in",
		OktaTitle: "Okta's deel van wat er te doen blijft voor {tenant}",
		OktaText: "Verstuur de verzoeken in deze volgorde, met een token dat beleid mag wijzigen, en stop bij het eerste dat mislukt. " +
			"Lees de regels vooraf en bewaar wat zij waren: de weg terug hieronder is wat de momentopname van {collected} liet zien.",
		OktaConsole: "In de console: {path}", NoOkta: "Er is geen verzoek te versturen.",
		Doors: map[string]string{
			"outlook_services": "Outlook-diensten", "other": "Protocol niet genoemd", "password_grant": "Wachtwoord voor token",
		},
	}
}
