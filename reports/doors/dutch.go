package doors

import "github.com/seed-07732396/postern/policies/finding"

func dutch() *words {
	return &words{
		code: "nl",
		verdicts: map[State][2]string{
			Open:       {"OPEN", "{share} kunnen zonder MFA worden betreden, door {doors}."},
			Undecided:  {"ONBESLIST", "van geen deur is bekend dat zij open is, maar {doors} kan of kunnen het zijn, voor {share}."},
			Incomplete: {"ONVOLLEDIG", "van geen deur is bekend dat zij open is, maar er ontbreekt bewijs: dit bewijst niets."},
			Closed:     {"GESLOTEN", "niemand komt zonder MFA in een van {all}."},
		},
		nothing: [2]string{"ONVOLLEDIG", "er zijn geen mailboxen verzameld, dus over geen deur valt iets te zeggen."},
		personal: map[State]string{
			Open:       "wie het wachtwoord van {who} heeft komt zonder MFA in de mailbox, door {doors}.",
			Undecided:  "van geen deur van {who} is bekend dat zij open is, maar {doors} kan of kunnen het zijn.",
			Incomplete: "van geen deur van {who} is bekend dat zij open is, maar er ontbreekt bewijs: dit bewijst niets.",
			Closed:     "niemand komt zonder MFA in de mailbox van {who}.",
		},
		mailbox: [2]string{"mailbox", "mailboxen"}, door: [2]string{"deur", "deuren"}, of: "{n} van {all}",
		scope: "Bekeken: {what}.", missing: "Niet verzameld, of niet volledig:", absent: "Het bewijsregister heeft het niet.",
		open: "Open deuren", locks: "Andere deuren, en hun sloten", by: "met", and: "en",
		outcome: map[finding.AccessOutcome]string{
			finding.AccessNotOffered: "bestaat niet", finding.AccessClosedAtExchange: "gesloten bij Exchange",
			finding.AccessClosedAtIdentityProvider: "gesloten bij de identiteitsprovider",
			finding.AccessClosedAfterSignIn:        "gesloten na aanmelding", finding.AccessWithMFA: "met MFA",
			finding.AccessUndecided: "misschien open", finding.AccessOpen: "open zonder MFA",
		},
		label:   map[finding.AccessOutcome]string{finding.AccessOpen: "OPEN", finding.AccessUndecided: "MISSCHIEN OPEN"},
		example: "Voorbeeld: {who}", more: "{who} en nog {n}", declared: "Opgegeven: {what}.",
		because: "Niet bekend: ", lock: "Sloten: {list}.", noLock: "Er staat geen slot in de weg.",
		kinds: map[string]string{
			"service": "door Microsoft zelf verwijderd", "authentication_policy": "authenticatiebeleid",
			"mailbox_switch": "schakelaar van de mailbox", "organisation_switch": "schakelaar van de organisatie",
			"okta_rules": "regels van Okta", "okta_account": "account bij Okta", "conditional_access": "voorwaardelijke toegang die blokkeert",
			"conditional_access_grant": "voorwaardelijke toegang die eist wat niet kan worden gegeven", "security_defaults": "standaardinstellingen voor beveiliging",
		},
		stages: map[string]string{
			"before_password": "vóór het wachtwoord", "identity_provider": "bij de identiteitsprovider", "after_sign_in": "na aanmelding",
		},
		stations: map[string]string{"okta": "bij Okta", "entra": "bij Entra"},
		clients: map[string]string{
			"web": "een browser", "modern": "een client met moderne authenticatie", "legacy": "een legacy client",
			"entra_join": "een apparaat dat lid wordt van Entra", "certificate": "een client met een certificaat",
			"browser": "een browser", "mobileAppsAndDesktopClients": "een mobiele app of bureaubladclient",
			"exchangeActiveSync": "een client met ActiveSync", "other": "een andere legacy client",
		},
		app: "via de app {app}", as: "als {client}", from: "vanaf {place}", anywhere: "elke plek",
		somewhere: "een plek die alleen de leverancier kent", on: "op {platform}", device: "op een apparaat dat {device} is",
		risk: "bij een risico van {risk}", userRisk: "met een gebruiker met een risico van {risk}", assured: "op een apparaat dat voldoet aan {policies}",
		via: map[string]string{
			"entra": "het wachtwoord gaat naar Entra zelf", "rollout": "het wachtwoord gaat naar Entra, door een gefaseerde uitrol",
			"home_realm": "het wachtwoord gaat naar Entra, door een home-realmbeleid", "elsewhere": "het wachtwoord gaat naar een andere identiteitsprovider",
		},
		leftOut: map[string]string{
			"account_disabled": "Niemand kan zich aanmelden: het account is uitgeschakeld.",
			"system_mailbox":   "Niemand kan zich aanmelden: de mailbox is van Exchange zelf.",
		},
		person: "{who}, deur voor deur", changes: "Wat veranderde, mailbox voor mailbox", unchanged: "Voor geen mailbox veranderde een deur.",
		changed: "{before} -> {after}: {share}", moved: "{both} staan in beide momentopnamen, {came} alleen in de latere, {gone} alleen in de eerdere.",
		exit: map[State]string{
			Open: "een deur is open", Undecided: "van geen deur is bekend dat zij open is, maar er kan er een open zijn",
			Incomplete: "van geen deur is bekend dat zij open is, maar er ontbreekt bewijs", Closed: "geen deur is open",
		},
		terms: map[string]string{
			"web": "Outlook op het web", "basic": "basisauthenticatie", "modern": "moderne authenticatie",
			"password_grant": "wachtwoord voor token",
		},
		further: "En nog {n}, die de formaten json en csv opsommen.", exitLine: "Exitstatus {code}: {why}.",
		before: "Voor", after: "Na",
	}
}
