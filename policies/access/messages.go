package access

import (
	"maps"

	"github.com/seed-07732396/postern/policies/finding"
)

// sentence makes the English sentence of a key.
func sentence(key string, a finding.Args) string {
	template, ok := english[key]
	if !ok {
		return key
	}
	return finding.Fill(template, a, 0, "")
}

// Sentence makes the English sentence of a step or a reason.
func Sentence(key string, a finding.Args) string { return sentence(key, a) }

// Messages are the sentences of reasons and steps in English, by key, with {name}
// for an argument. A writer in another language brings its own table.
func Messages() map[string]string { return maps.Clone(english) }

// english is never changed.
var english = map[string]string{
	// Exchange.
	"basic_removed":                 "Microsoft has removed basic authentication from this protocol.",
	"basic_being_removed":           "Microsoft was removing basic authentication tenant by tenant at that date.",
	"modern_auth_off":               "Modern authentication is off for the organisation: Outlook falls back to basic authentication, which closes nothing.",
	"no_authentication_policy":      "No authentication policy applies: the mailbox has none, and the organisation has no default.",
	"own_policy_allows":             "The mailbox's authentication policy '{policy}' lets basic authentication through for {protocol}.",
	"own_policy_blocks":             "The mailbox's authentication policy '{policy}' blocks basic authentication for {protocol}, before the password is checked.",
	"default_policy_allows":         "The default authentication policy '{policy}' lets basic authentication through for {protocol}.",
	"default_policy_blocks":         "The default authentication policy '{policy}' blocks basic authentication for {protocol}, before the password is checked.",
	"authentication_policy_unknown": "Which authentication policy the mailbox is under was not collected.",
	"authentication_policy_missing": "The authentication policy '{policy}' is named, and no policy has that name.",
	"authentication_policy_unread":  "The authentication policy '{policy}' was not collected.",
	"authentication_policy_silent":  "The authentication policy '{policy}' does not answer for {protocol}.",
	"switch_on":                     "{switch} is on for the mailbox.",
	"switch_off":                    "{switch} is off for the mailbox.",
	"switch_unread":                 "Exchange does not say how {switch} stands for the mailbox.",
	"graph_has_no_switch":           "No switch of Exchange keeps mail from Microsoft Graph.",
	"smtp_override_on":              "The mailbox itself turns SMTP AUTH on, whatever the organisation says.",
	"smtp_override_off":             "The mailbox itself turns SMTP AUTH off.",
	"smtp_organisation_on":          "SMTP AUTH is on for the organisation, and the mailbox inherits that.",
	"smtp_organisation_off":         "SMTP AUTH is off for the organisation, and the mailbox inherits that.",
	"smtp_organisation_unset":       "The mailbox inherits the organisation's switch for SMTP AUTH, and Exchange does not say how that stands.",
	"ews_retired":                   "Microsoft has retired EWS.",
	"ews_organisation_off":          "EWS is off for the organisation.",
	"ews_organisation_on":           "EWS is on for the organisation.",
	"ews_organisation_unset":        "Nobody has set EWS for the organisation, which leaves it on.",
	"ews_organisation_unread":       "Whether EWS is on for the organisation was not collected.",
	"ews_being_retired":             "Nobody has set EWS for the organisation, and Microsoft is turning it off tenant by tenant.",
	"ews_mailbox_unset":             "The mailbox leaves EWS to the organisation.",
	"ews_listed":                    "EWS admits only applications on a list; their ids are no secret, so whom the list stops cannot be told.",
	"ews_list_unread":               "The list of applications that EWS admits was not collected.",
	"ews_list_blank":                "EWS is on with a blank list of applications; Microsoft's pages do not agree whether that admits all or none.",
	"powershell_switches_differ":    "RemotePowerShellEnabled and EXOModuleEnabled say different things about the mailbox's user.",

	// Where users sign in.
	"domain_managed":          "Users of {domain} sign in with Entra itself: Okta is never asked.",
	"domain_federated":        "Users of {domain} sign in with Okta, through the app '{app}'.",
	"domains_unread":          "The domains were not collected.",
	"domain_unread":           "The domain with which the user signs in was not collected.",
	"domain_unknown":          "How users of {domain} sign in is not in what was collected.",
	"federation_unread":       "With whom {domain} is federated was not collected.",
	"federated_elsewhere":     "{domain} is federated with somebody other than Okta, whose rules were not collected.",
	"another_okta":            "{domain} is federated with {host}, which is not a host of the collected Okta org.",
	"rollout":                 "The staged rollout '{policy}' lets the user sign in with Entra itself, past Okta.",
	"rollout_nested":          "Whether the user is in a group of the staged rollout '{policy}' itself, or in a group in it, which does not count, was not collected.",
	"rollout_unread":          "Whether a staged rollout takes users past Okta was not collected.",
	"home_realm_allows":       "The home-realm policy '{policy}' lets Entra check a federated user's password itself, past Okta.",
	"home_realm_unread":       "Whether a home-realm policy lets Entra check federated users' passwords was not collected.",
	"hashes_unknown":          "Whether Entra has a hash of the user's password is not known.",
	"okta_unread":             "Okta's configuration was not collected.",
	"okta_app_missing":        "No active instance of the Office 365 app signs users in by federation, and yet the domain is federated with this Okta org.",
	"certificate_differs":     "The certificate with which {domain} is federated is not among the keys of any Office 365 app.",
	"apps_partial":            "Not all Office 365 apps of the Okta org were read: another one may let the user in.",
	"app_unclear":             "Which of several Office 365 apps serves the domain cannot be told, and their rules differ.",
	"other_instance":          "The app '{app}' serves another domain of the tenant, or may; whether Entra takes its word for this user cannot be told.",
	"okta_suspended":          "The Okta account is {status}.",
	"okta_not_assigned":       "The user is not assigned to the app '{app}', so Okta refuses.",
	"okta_user_unknown":       "What Okta knows of the user was not collected.",
	"okta_assignment_unknown": "Whether the user is assigned to the app '{app}' was not collected.",

	// Okta's rules.
	"blocklist_denies":        "A blocklist zone refuses the request before any rule.",
	"blocklist_unclear":       "A blocklist zone may refuse the request: it is switched off or cannot be read.",
	"rule_passed_over":        "Rule {priority} '{rule}' does not match ({because}).",
	"rule_may_decide":         "Rule {priority} '{rule}' may match; nobody can tell.",
	"rule_denies":             "Rule {priority} '{rule}' denies.",
	"rule_allows_one":         "Rule {priority} '{rule}' allows with one factor.",
	"rule_allows_legacy":      "Rule {priority} '{rule}' allows. It asks for more than a password, which a legacy client cannot be asked for.",
	"rule_allows_unclear":     "Rule {priority} '{rule}' allows, with one factor or two.",
	"rule_asks_two":           "Rule {priority} '{rule}' asks for two factors.",
	"no_rule_decides":         "No rule of '{policy}' certainly matches.",
	"no_rule_matches":         "No rule of '{policy}' certainly matches, and Okta's pages do not say what happens then.",
	"session_asks_one":        "Rule '{rule}' of the global session policy '{policy}' asks for no second factor.",
	"session_asks_two":        "Rule '{rule}' of the global session policy '{policy}' asks for a second factor.",
	"session_denies":          "Rule '{rule}' of the global session policy '{policy}' denies.",
	"session_unclear":         "Whether rule '{rule}' of the global session policy '{policy}' applies cannot be told.",
	"session_no_match":        "No rule of the global session policies certainly matches.",
	"session_unread":          "Okta's global session policies were not collected: they may ask for a second factor.",
	"classic_engine":          "Okta's Classic Engine does not show the app's sign-on rules.",
	"app_without_policy":      "The app '{app}' does not say which authentication policy it has.",
	"policy_not_listed":       "Okta's list of policies lacks policy {policy}, which the Office 365 app points at.",
	"policy_not_active":       "The authentication policy '{policy}' is not active.",
	"rules_not_collected":     "The rules of the authentication policy '{policy}' were not collected.",
	"rules_partial":           "Not all rules of the authentication policy '{policy}' could be read.",
	"too_complex":             "What rule {priority} '{rule}' decides was too much to work out exactly.",
	"rule_status_unreadable":  "Rule {priority} '{rule}' is neither active nor inactive.",
	"rule_access_unreadable":  "Rule {priority} '{rule}' neither allows nor denies.",
	"rule_factors_unclear":    "How many factors rule {priority} '{rule}' asks for cannot be told.",
	"rule_any_client_factors": "Rule {priority} '{rule}' has no client condition: Okta asks for a password only there, whatever the rule says.",

	"rule_conditions_unreadable":   "The conditions of rule {priority} '{rule}' cannot be read.",
	"rule_people_unreadable":       "Whom rule {priority} '{rule}' is for cannot be read.",
	"rule_users_and_groups":        "Rule {priority} '{rule}' names users and groups; whether it wants both or either is not documented.",
	"rule_group_unknown":           "Rule {priority} '{rule}' names the group '{group}', whose members were not collected.",
	"rule_okta_user_unknown":       "Rule {priority} '{rule}' names users, and what Okta knows of this one was not collected.",
	"rule_user_type_unknown":       "Rule {priority} '{rule}' has a condition on the user type, which was not collected.",
	"rule_network_unreadable":      "The network condition of rule {priority} '{rule}' cannot be read.",
	"rule_zone_missing":            "Rule {priority} '{rule}' names the zone {zone}, which does not exist.",
	"rule_zone_inactive":           "Rule {priority} '{rule}' names the zone '{zone}', which is switched off.",
	"rule_zone_unreadable":         "Rule {priority} '{rule}' names the zone '{zone}', which cannot be read in full.",
	"rule_zones_not_collected":     "Rule {priority} '{rule}' names zones, which were not collected.",
	"rule_client_unreadable":       "The client condition of rule {priority} '{rule}' cannot be read.",
	"rule_client_unknown":          "Rule {priority} '{rule}' names the kind of client '{client}', which nobody has documented.",
	"rule_no_client_condition":     "Rule {priority} '{rule}' has no client condition; how Okta handles a web or modern client there is not documented.",
	"rule_platform_unreadable":     "The platform condition of rule {priority} '{rule}' goes by a pattern or cannot be read.",
	"rule_device_unreadable":       "The device condition of rule {priority} '{rule}' cannot be read.",
	"rule_device_of_legacy_client": "Rule {priority} '{rule}' has a condition on the device, of which a legacy client shows nothing.",
	"rule_expression":              "Rule {priority} '{rule}' has a custom expression.",
	"rule_risk_unreadable":         "The risk condition of rule {priority} '{rule}' cannot be read.",
	"rule_condition_unknown":       "Rule {priority} '{rule}' has the condition '{condition}', which nobody has documented.",

	// Entra.
	"ca_blocks":                 "Conditional Access policy '{policy}' blocks.",
	"ca_starves":                "Conditional Access policy '{policy}' demands what such a sign-in cannot give.",
	"ca_demands_mfa":            "Conditional Access policy '{policy}' demands MFA.",
	"ca_not_for_user":           "Conditional Access policy '{policy}' leaves the user out.",
	"ca_not_everywhere":         "Conditional Access policy '{policy}' leaves out some platform, location or risk that such a sign-in can have.",
	"ca_report_only":            "Conditional Access policy '{policy}' would act, but only reports.",
	"ca_grant_unclear":          "What Conditional Access policy '{policy}' demands of such a sign-in cannot be told.",
	"ca_mfa_claim":              "Conditional Access policy '{policy}' demands MFA, but would believe the identity provider that it was done.",
	"ca_users_unknown":          "Whether Conditional Access policy '{policy}' is for the user cannot be told.",
	"ca_undecided":              "Whether Conditional Access policy '{policy}' applies cannot be told.",
	"ca_state":                  "Conditional Access policy '{policy}' is in an unknown state.",
	"ca_unsaid":                 "The snapshot does not say what Conditional Access policy '{policy}' has as '{condition}', which Graph always says.",
	"ca_condition":              "Conditional Access policy '{policy}' has the condition '{condition}', which cannot be decided here.",
	"ca_clients":                "Conditional Access policy '{policy}' names a kind of client that is not known.",
	"ca_platforms":              "Conditional Access policy '{policy}' names a platform that is not known.",
	"ca_risk":                   "Conditional Access policy '{policy}' names a level of risk that is not known.",
	"ca_locations_unreadable":   "The location condition of Conditional Access policy '{policy}' cannot be read.",
	"ca_location_unknown":       "Conditional Access policy '{policy}' names the location {location}, which was not collected.",
	"ca_trusted_addresses":      "Conditional Access policy '{policy}' speaks of all trusted locations, some of which Graph does not show.",
	"conditional_access_unread": "Not all Conditional Access policies were collected: one may stop this.",
	"security_defaults_block":   "Security defaults are on: they block legacy clients.",
	"security_defaults_ask":     "Security defaults are on: they ask for MFA when Microsoft thinks it needed.",
	"security_defaults_unread":  "Whether security defaults are on was not collected: they may stop this.",
	"reasons_of_first":          "What is named here is so for the first of these mailboxes; for the others it is the same with other names, too many to tell apart.",
	"addresses_differ":          "Okta lets this in from some addresses, Conditional Access from others, and none is known to be among both.",
}
