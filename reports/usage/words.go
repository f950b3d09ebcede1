package usage

import (
	"cmp"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/impact"
	"github.com/seed-07732396/postern/policies/phrase"
)

// words are all that text and Markdown say, in one language. {name} is an argument.
type words struct {
	Code string

	// Verdicts, and what is put behind the first where not all is known.
	VerdictUsed, VerdictNotAll, VerdictUnknown, VerdictSafe string

	Title, Judged, ListMissing             string
	LogsHeading, NoWindow, Window          string
	DoorsHeading, DoorLine, DoorLineClosed string
	NotKnown                               string
	Reasons                                map[impact.Reason]string
	Doors                                  map[impact.Door]string
	Statuses                               map[string]string

	InUseHeading, InUseAdvice, ToKeep string
	OwnPolicy, DefaultPolicy          string
	ClientsHeading, ClientLine        string

	// A use is its title, what it came to, when and by what.
	Use, UseSeen                                string
	OktaDevice, OktaUnnamed, Unnamed, GrantedTo string
	Mailboxes, Successes, Refused, Entries      string
	Seen                                        string
	Outdated, Maybe, Unlisted                   string
	// Names are those that the analysis gives to clients without one.
	Names map[string]string

	// What a mailbox needs to go on.
	Removed, NeedPolicy, NeedFlags, NeedSwitch, NeedOkta, NeedEntra string

	RefusedHeading, RefusedText     string
	DevicesHeading, DevicesText     string
	LeftoversHeading, LeftoversText string
	More                            string
	LimitsHeading, LimitsText       string
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

// count is a number with its noun.
func (w *words) count(template string, n int) string { return w.say(template, "n", n) }

// door is the door's name for people.
func (w *words) door(d impact.Door) string { return cmp.Or(w.Doors[d], d.Title()) }

func english() *words {
	doors, reasons := map[impact.Door]string{}, map[impact.Reason]string{}
	for _, d := range impact.Doors() {
		doors[d] = d.Title()
	}
	for _, r := range impact.Reasons() {
		reasons[r] = r.Sentence()
	}
	names, statuses := map[string]string{}, map[string]string{}
	for _, name := range impact.Unnamed() {
		names[name] = name
	}
	for _, status := range []string{"collected", "attested", "partial", "denied", "failed", "unlicensed", "skipped", impact.NotCollected} {
		statuses[status] = status
	}
	return &words{
		Code:        "en",
		VerdictUsed: "IN USE: {n} {mailbox still gets|mailboxes still get} in by what would be closed", VerdictNotAll: ", and not all is known",
		VerdictUnknown: "NOT KNOWN: nobody was seen to use what would be closed, but not all is known",
		VerdictSafe:    "SAFE: nobody was seen to use what would be closed, and all is known",

		Title: "Who still uses the doors of {tenant}", Judged: "Snapshot of {collected}, {mailboxes} judged, {left} left out because nobody can sign in to them.",
		ListMissing: "The list of mailboxes is missing or not complete: others may be in use.",
		LogsHeading: "What the logs cover", NoWindow: "The snapshot does not say over which time the logs were read.",
		Window:       "The logs cover {since} to {until}; {n} {day was|days were} asked for.",
		DoorsHeading: "Doors", DoorLine: "safe to close now: {safe}, in use: {used}, not known: {unknown}",
		DoorLineClosed: "safe to close now: {safe}, in use: {used}, not known: {unknown}, closed: {closed}",
		NotKnown:       "not known: {reason} ({n})", Reasons: reasons, Doors: doors, Statuses: statuses,
		InUseHeading: "In use: {mailboxes}",
		InUseAdvice: "Best is a client that can do modern authentication. What has to go on as it is needs an exception: in Okta a " +
			"group of its own, left out of the rule that denies legacy clients, with a rule from its network zone.",
		ToKeep:    "to keep it - {need}",
		OwnPolicy: ", under its own authentication policy '{policy}'", DefaultPolicy: ", under the default authentication policy '{policy}'",
		ClientsHeading: "The clients that get in", ClientLine: "{client}: {mailboxes}, {successes}",
		Use: "{title}: {what}, by {client}", UseSeen: "{title}: {what}, last seen {when}, by {client}",
		OktaDevice: "Okta's legacy endpoint", OktaUnnamed: "Okta's legacy endpoint, protocol not named", Unnamed: "'{client}', protocol not named",
		GrantedTo: "{door} by '{app}'",
		Mailboxes: "{n} {mailbox|mailboxes}", Successes: "{n} {success|successes}", Refused: "{n} {attempt refused|attempts refused}",
		Entries: "{n} {entry|entries}", Seen: ", last seen {when}",
		Outdated: "{client}, which cannot do modern authentication", Maybe: "{client}, which may be able to do modern authentication",
		Unlisted: "{client} (in no list: evaluate)", Names: names,
		Removed:    "Microsoft has removed basic authentication here, and no authentication policy brings it back",
		NeedPolicy: "authentication policy '{policy}' of its own", NeedFlags: "an authentication policy of its own with {flags}",
		NeedSwitch: "{switch} on the mailbox", NeedOkta: "an exception in Okta", NeedEntra: "an exclusion in Conditional Access",
		RefusedHeading:   "Refused only: {mailboxes}",
		RefusedText:      "Somebody who is being sprayed, or whom an earlier change has stopped. None of this is a use.",
		DevicesHeading:   "Device registration: {mailboxes}",
		DevicesText:      "Windows joins devices through Okta's legacy endpoint. A rule that denies legacy clients stops it; Exchange's settings do not.",
		LeftoversHeading: "Without a mailbox: {n} {row|rows}",
		LeftoversText:    "These belong to no mailbox of the snapshot. Find out whose they are.",
		More:             "and {n} more: --verbose, or -f csv for all",
		LimitsHeading:    "What this does not show",
		LimitsText: "The logs show passwords. A client that uses the same protocol with a token does not appear, " +
			"so switching off ActiveSync, EWS or MAPI altogether can still stop somebody.",
	}
}

func dutch() *words {
	return &words{
		Code:        "nl",
		VerdictUsed: "IN GEBRUIK: {n} {mailbox komt|mailboxen komen} nog binnen langs wat dicht zou gaan", VerdictNotAll: ", en niet alles is bekend",
		VerdictUnknown: "NIET BEKEND: niemand is gezien langs wat dicht zou gaan, maar niet alles is bekend",
		VerdictSafe:    "VEILIG: niemand is gezien langs wat dicht zou gaan, en alles is bekend",
		Title:          "Wie de deuren van {tenant} nog gebruikt", Judged: "Momentopname van {collected}, {mailboxes} beoordeeld, {left} weggelaten omdat niemand zich eraan kan aanmelden.",
		ListMissing: "De lijst van mailboxen ontbreekt of is niet volledig: er kunnen andere in gebruik zijn.",
		LogsHeading: "Wat de logboeken beslaan", NoWindow: "De momentopname zegt niet over welke tijd de logboeken zijn gelezen.",
		Window:       "De logboeken beslaan {since} tot {until}; gevraagd: {n} {dag|dagen}.",
		DoorsHeading: "Deuren", DoorLine: "nu veilig te sluiten: {safe}, in gebruik: {used}, niet bekend: {unknown}",
		DoorLineClosed: "nu veilig te sluiten: {safe}, in gebruik: {used}, niet bekend: {unknown}, gesloten: {closed}",
		NotKnown:       "niet bekend: {reason} ({n})",
		Reasons: map[impact.Reason]string{
			impact.LogMissing:       "een logboek dat het zou tonen is niet tot het einde gelezen",
			impact.NoWindow:         "de momentopname zegt niet over welke tijd de logboeken zijn gelezen",
			impact.WindowShort:      "de logboeken beslaan minder tijd dan is gevraagd",
			impact.WindowOld:        "de logboeken eindigen meer dan een dag voor de momentopname",
			impact.ProtocolNotNamed: "de mailbox is in gebruik met een protocol dat geen logboek noemt",
			impact.Unplaced:         "verzoeken die bij Okta slaagden horen bij geen bekende mailbox",
			impact.NoName:           "de mailbox heeft geen naam om in het logboek van Okta te zoeken",
		},
		Doors: map[impact.Door]string{
			impact.SMTP: "SMTP AUTH", impact.POP: "POP", impact.IMAP: "IMAP", impact.ActiveSync: "Exchange ActiveSync", impact.EWS: "EWS",
			impact.MAPI: "MAPI", impact.PowerShell: "PowerShell", impact.Outlook: "Outlook-diensten", impact.Other: "Protocol niet genoemd",
			impact.PasswordGrant: "Wachtwoord voor token",
		},
		Statuses: map[string]string{
			"collected": "verzameld", "attested": "verklaard", "partial": "ten dele verzameld", "denied": "geweigerd", "failed": "mislukt",
			"unlicensed": "zonder licentie", "skipped": "overgeslagen", impact.NotCollected: "niet verzameld",
		},
		InUseHeading: "In gebruik: {mailboxes}",
		InUseAdvice: "Het beste is een client die moderne authenticatie kan. Wat moet blijven zoals het is heeft een uitzondering nodig: in Okta " +
			"een eigen groep, uitgezonderd van de regel die legacy clients weigert, met een regel vanuit haar eigen netwerkzone.",
		ToKeep:    "om het te behouden - {need}",
		OwnPolicy: ", onder een eigen authenticatiebeleid '{policy}'", DefaultPolicy: ", onder het standaardauthenticatiebeleid '{policy}'",
		ClientsHeading: "De clients die binnenkomen", ClientLine: "{client}: {mailboxes}, {successes}",
		Use: "{title}: {what}, met {client}", UseSeen: "{title}: {what}, laatst gezien {when}, met {client}",
		OktaDevice: "Okta's legacy eindpunt", OktaUnnamed: "Okta's legacy eindpunt, protocol niet genoemd", Unnamed: "'{client}', protocol niet genoemd",
		GrantedTo: "{door} door '{app}'",
		Mailboxes: "{n} {mailbox|mailboxen}", Successes: "{n} keer gelukt", Refused: "{n} {poging geweigerd|pogingen geweigerd}",
		Entries: "{n} {regel|regels}", Seen: ", laatst gezien {when}",
		Outdated: "{client}, die geen moderne authenticatie kan", Maybe: "{client}, die misschien moderne authenticatie kan",
		Unlisted: "{client} (in geen lijst: beoordeel hem)",
		Names: map[string]string{
			"a mail program on Linux or Unix": "een mailprogramma op Linux of Unix", "a client that does not name itself": "een client die zich niet noemt",
			"some other client": "een andere client",
		},
		Removed:    "Microsoft heeft basisauthenticatie hier weggehaald, en geen authenticatiebeleid brengt haar terug",
		NeedPolicy: "een eigen authenticatiebeleid '{policy}'", NeedFlags: "een eigen authenticatiebeleid met {flags}",
		NeedSwitch: "{switch} op de mailbox", NeedOkta: "een uitzondering in Okta", NeedEntra: "een uitzondering in voorwaardelijke toegang",
		RefusedHeading:   "Alleen geweigerd: {mailboxes}",
		RefusedText:      "Iemand op wie wachtwoorden worden geprobeerd, of die door een eerdere wijziging niet meer binnenkomt. Niets hiervan is gebruik.",
		DevicesHeading:   "Registratie van apparaten: {mailboxes}",
		DevicesText:      "Windows registreert apparaten via Okta's legacy eindpunt. Een regel die legacy clients weigert houdt dat tegen; de instellingen van Exchange niet.",
		LeftoversHeading: "Zonder mailbox: {n} {regel|regels}",
		LeftoversText:    "Deze horen bij geen mailbox van de momentopname. Zoek uit van wie zij zijn.",
		More:             "en nog {n}: --verbose, of -f csv voor alle",
		LimitsHeading:    "Wat dit niet laat zien",
		LimitsText: "De logboeken tonen wachtwoorden. Een client die hetzelfde protocol met een token gebruikt komt er niet in voor, " +
			"dus wie ActiveSync, EWS of MAPI helemaal uitzet kan nog steeds iemand tegenhouden.",
	}
}
