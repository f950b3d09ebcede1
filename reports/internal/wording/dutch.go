package wording

import "github.com/seed-07732396/postern/policies/finding"

// dutch keeps to ASCII in what the format text says, as English does.
func dutch() *Words {
	return &Words{
		Code: "nl",
		Outcomes: map[finding.Outcome]string{
			finding.Error: "storing", finding.Fail: "faalt", finding.Unknown: "onbekend",
			finding.NotApplicable: "niet van toepassing", finding.Pass: "voldoet",
		},
		Marks: map[finding.Outcome]string{
			finding.Error: "STORING", finding.Fail: "FAALT", finding.Unknown: "onbekend",
			finding.NotApplicable: "n.v.t.", finding.Pass: "voldoet",
		},
		Severities: map[finding.Severity]string{
			finding.Critical: "kritiek", finding.High: "hoog", finding.Medium: "midden", finding.Low: "laag", finding.Info: "info",
		},
		Steps: map[string]string{
			"A": "Federeer Office 365 met Okta", "B": "Zet moderne authenticatie aan", "C": "Zet verouderde protocollen uit",
			"D": "Zet basisauthenticatie uit", "E": "Stel het aanmeldbeleid van Okta in", "F": "Trek vernieuwingstokens in",
			"evidence": "Wat de logboeken laten zien", "access": "Het geheel: elke weg naar de post",
			"waivers": "Ontheffingen: waar de organisatie voorlopig mee leeft",
		},
		WaiverStates: map[finding.WaiverState]string{
			finding.WaiverHolds: "van kracht", finding.WaiverUnused: "ongebruikt", finding.WaiverExpired: "afgelopen", finding.WaiverTooFar: "voorbij de grens",
			finding.WaiverGrown: "vervallen door groei", finding.WaiverUndecided: "niet te zeggen", finding.WaiverNotJudged: "niet beoordeeld",
		},
		Statuses: map[string]string{
			"collected": "verzameld", "partial": "ten dele", "denied": "geweigerd", "failed": "mislukt",
			"unlicensed": "geen licentie", "skipped": "overgeslagen", "attested": "verklaard",
		},
		Advices: map[string]string{
			"denied":     "Verleen {permission}, zodat {endpoint} kan worden gelezen, en verzamel opnieuw.",
			"failed":     "Verzamel opnieuw; {endpoint} wordt gelezen met {permission}.",
			"partial":    "Verzamel opnieuw; {endpoint} wordt gelezen met {permission}.",
			"unlicensed": "Geen recht helpt hier: {endpoint} antwoordt alleen als de tenant er de licentie voor heeft.",
			"skipped":    "Verzamel dit ook: 'postern collect' leest het.",
		},
		CodeAdvices: map[string]string{
			"login_failed":  "Het aanmelden is mislukt, dus naar geen recht is gevraagd: herstel de aanmeldgegevens zoals het bericht van het register zegt, en verzamel opnieuw.",
			"login_refused": "De dienst nam het aanmelden niet aan: ga na of de aanmeldgegevens van deze tenant zijn, niet zijn verlopen en {permission} hebben, en verzamel opnieuw.",
		},
		Nouns: map[string]string{
			"access_policy_rule": "regel van het toegangsbeleid", "authentication_policy": "authenticatiebeleid",
			"cas_mailbox_plan": "mailboxplan", "conditional_access_exclusion": "uitzondering op voorwaardelijke toegang",
			"conditional_access_policies": "beleid voor voorwaardelijke toegang", "conditional_access_policy": "beleid voor voorwaardelijke toegang",
			"domain": "domein", "door": "deur", "feature_rollout_policy": "gefaseerde uitrol", "group": "groep",
			"home_realm_discovery_policy": "beleid voor de thuisrealm", "mailbox": "mailbox", "okta_access_rule": "regel van Okta",
			"okta_app": "app van Okta", "okta_request": "verzoek aan Okta", "okta_security_notifications": "beveiligingsmeldingen van Okta",
			"okta_threat_insight": "ThreatInsight van Okta", "organization_config": "organisatie-instelling",
			"sharepoint_settings": "SharePoint-instellingen", "sign_in": "aanmelding", "token_lifetime_policy": "beleid voor de levensduur van tokens",
			"user": "gebruiker", "waiver": "ontheffing",
		},
		Scope: "Beoordeeld zijn gebruikers die zich bij Exchange Online aanmelden. Rechten van toepassingen en " +
			"mailboxen op eigen servers vallen erbuiten.",
		Verdicts: VerdictWords{
			Fail: "FAALT", Incomplete: "ONVOLLEDIG", NotApplicable: "NIET VAN TOEPASSING", Pass: "VOLDOET", Empty: "LEEG",
			FailSentence:        "{n} van {controls} {faalt|falen} ({which})",
			IncompleteSentence:  "niets faalt, maar {n} van {controls} {kon|konden} niet worden beoordeeld: dit is geen voldoende",
			PassSentence:        "{n} van {controls} {voldoet|voldoen}",
			NoneApplies:         "geen enkele controle is op deze tenant van toepassing",
			NoControl:           "er is geen controle uitgevoerd",
			GateOff:             "de drempel staat uit (fail-on none)",
			BelowGate:           "geen enkele op of boven de drempel (fail-on {gate})",
			BelowGateButWaived:  "geen enkele zonder ontheffing op of boven de drempel (fail-on {gate})",
			BelowGateButKnown:   "geen enkele nieuwe op of boven de drempel (fail-on {gate})",
			Waived:              "{n} {bevinding|bevindingen} ontheven",
			SinceBaseline:       "sinds {date}: {new} nieuw, {changed} gewijzigd, {fixed} hersteld",
			NoLongerJudged:      "{n} niet meer te beoordelen",
			NothingChanged:      "sinds {date} is niets veranderd",
			NotJudged:           "{n} niet beoordeeld",
			PartlyNotApplicable: "{n} niet van toepassing",
			ExitEmpty:           "er was geen controle om uit te voeren, wat niets zegt over de tenant",
			ExitGate:            "een controle faalt op of boven de drempel (fail-on {gate})",
			ExitIncomplete:      "geen controle faalt op of boven de drempel (fail-on {gate}), maar niet alle konden worden beoordeeld",
			ExitClean:           "geen controle faalt op of boven de drempel (fail-on {gate}) en alle konden worden beoordeeld",
		},
		Phrases: PhraseWords{
			NoTenantName: "een tenant zonder naam", NoLedgerReason: "het bewijsregister noemt geen reden",
			AndMore: " en nog {n}", WithoutMailboxes: "zonder lijst van mailboxen", Mailboxes: "{n} {mailbox|mailboxen}", Controls: "{n} {controle|controles}", Counted: "{what} {n}",
			Waiver: "Ontheven tot en met {expires} door {owner}: {reason}", Ticket: " ({ticket})",
			New: "nieuw", Changed: "gewijzigd", Unchanged: "ongewijzigd", Came: "{n} erbij", Went: "{n} weg", NewWays: "nu ook {ways}", RemovedWays: "niet meer {ways}", Gone: "weg",
		},
		Page: dutchPage(),
		Lines: LineWords{
			WaivedMark: "ontheven: ", Fixed: "Hersteld: ", Waivers: "Ontheffingen: {file}, op {date}: {states}.", Baseline: "Vergeleken met {file} van {date}.",
			NoTitle: "(zonder titel)", Broke: "De controle is stukgelopen: ", NotKnown: "Niet bekend: ", Note: "Ter kennisgeving: ",
			Why: "Waarom: ", Fix: "Oplossing: ", PowerShell: "PowerShell:", Undo: "Terugdraaien:", Console: "In de console van Okta: ",
			API: "Met de API van Okta:", See: "Zie:",
			MoreViolations: "En nog {n} bevindingen, die in de json- en csv-rapporten staan.",
			MoreReasons:    "En nog {n} redenen, die in de json- en csv-rapporten staan.",
			MoreNotes:      "En nog {n} kanttekeningen, die in de json- en csv-rapporten staan.",
			MoreSteps:      "En nog {n} stappen, die in de json- en csv-rapporten staan.",
			WorstFirst:     "Wat het zwaarst weegt",
			NotJudgedFirst: "{n} {controle kon|controles konden} niet worden beoordeeld ({which}): wat niet bekend is, is geen voldoende.",
			Summary:        "Samenvatting", Controls: "Controles: ", Failed: "Gefaald: ", BrokeList: "Stukgelopen: ",
			Snapshot: "Momentopname: {file} ({source}), {mailboxes},", JudgedBy: "Beoordeeld door ", ScopeLabel: "Bereik: ",
			ExitStatus: "Afsluitcode {n}: ", LeftOpen: "wat het bewijs openlaat",
			Severity: "Ernst", Step: "Stap", Slug: "Naam", Needs: "Nodig", Optional: "Indien aanwezig", Answers: "Beantwoordt",
			CatalogueEnd: "{n} controles. 'postern controls ID' toont er een volledig.",
		},
	}
}
