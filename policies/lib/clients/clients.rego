# METADATA
# title: What mail clients call themselves
# description: >-
#   Entra names the kind of client of a sign-in, and the client names itself in its
#   user agent. Both are read into classes: no user agent leaves here as it stands,
#   because it is text that anybody can write and can hold a person's name.
package lib.clients

# METADATA
# description: >-
#   Whether the sign-in came by basic authentication: Entra's two names for modern
#   clients and an empty name are modern, everything else is not. A name that comes
#   up tomorrow counts as legacy.
legacy(sign_in) if not _modern(sign_in)

_modern(sign_in) if {
	lower(trim_space(sign_in.client_app)) in {"browser", "mobile apps and desktop clients", ""}
}

# METADATA
# description: >-
#   Whether an application sent the user's password to Entra itself. Such a sign-in
#   passes for a modern client and cannot do MFA either.
password_grant(sign_in) if lower(sign_in.authentication_protocol) == "ropc"

# METADATA
# description: >-
#   Whether the user agent is that of Windows when it joins a device to Entra or
#   renews its primary token: it uses Okta's WS-Trust endpoint by design.
device_registration(user_agent) if contains(lower(user_agent), "windows-azuread-authentication-provider")

# METADATA
# description: >-
#   What the whitepaper's tables 3 to 5 say of a user agent, as {class, client}.
#   class: outdated (cannot do modern authentication), maybe, modern, device (see
#   device_registration) or unlisted (in no table). client is the name of a product,
#   which is the same in all languages, with at most a version, or a word: both from
#   lists of our own.
judge(user_agent) := {"class": "device", "client": "Windows-AzureAD-Authentication-Provider"} if device_registration(user_agent)

else := _listed(_families[min(_matching(user_agent))], user_agent) if count(_matching(user_agent)) > 0

else := {"class": "unlisted", "client": "word:no_user_agent"} if trim_space(user_agent) == ""

else := {"class": "unlisted", "client": _known_names[min(_named(user_agent))]} if count(_named(user_agent)) > 0

else := {"class": "unlisted", "client": "word:unlisted_user_agent"}

_matching(user_agent) := [i | some i, family in _families; regex.match(family.pattern, user_agent)]

_listed(family, user_agent) := {
	"class": _class(family, version),
	"client": sprintf(family.client, [version]),
} if {
	version := _version(family.pattern, user_agent)
}

else := {"class": family.above, "client": family.client}

_version(pattern, user_agent) := to_number(regex.replace(digits, `^0+([0-9])`, "$1")) if {
	[[_, digits]] := regex.find_all_string_submatch_n(pattern, user_agent, 1)
}

_class(family, version) := "outdated" if version <= family.outdated

else := "maybe" if version == object.get(family, "maybe", -1)

else := family.above

# The first that matches counts. outdated is the last version that cannot do modern
# authentication, maybe the one the sources differ on (or that needs a setting, as
# Outlook 2013 does), above what the tables say of later ones. Versions are the
# product's own, put in the place of %d: Outlook 14 is Outlook 2010, 15 is 2013, 16 is 2016 and later.
_families := [
	# Outlook 2011 is 14; Outlook 2016 for Mac began with 15.
	{"pattern": `(?i)macoutlook/(\d{1,4})`, "client": "Outlook for Mac %d", "outdated": 14, "above": "modern"},
	{"pattern": `(?i)\bentourage/(\d{1,4})`, "client": "Entourage %d", "outdated": 9999, "above": "outdated"},
	{"pattern": `(?i)outlook-(?:ios|android)`, "client": "Outlook for iOS and Android", "above": "modern"},
	{
		"pattern": `(?i)microsoft outlook[ /](\d{1,4})`,
		"client": "Outlook for Windows %d", "outdated": 14, "maybe": 15, "above": "modern",
	},
	{
		"pattern": `(?i)^microsoft office/(\d{1,4})`,
		"client": "Microsoft Office %d", "outdated": 14, "maybe": 15, "above": "modern",
	},
	# ActiveSync gives the build: 1507.77 is 15G77, which is iOS 11.
	{
		"pattern": `(?i)^apple-i(?:phone|pad|pod)\w*/(\d{1,2})\d{2}\.`,
		"client": "iOS Mail (build %d)", "outdated": 14, "above": "modern",
	},
	{"pattern": `(?i)^ios/(\d{1,4})`, "client": "iOS Mail (iOS %d)", "outdated": 10, "above": "modern"},
	# Table 5 tested 10.13 only: later systems are in no table.
	{
		"pattern": `(?i)^mac ?os(?: x)?/10\.(\d{1,4})`,
		"client": "macOS Mail (macOS 10.%d)", "outdated": 13, "above": "unlisted",
	},
	{"pattern": `(?i)^macos/(\d{1,4})`, "client": "macOS Mail (macOS %d)", "outdated": -1, "above": "unlisted"},
	{
		"pattern": `(?i)^android(?:-eas)?/(\d{1,4})`,
		"client": "Android Mail (Android %d)", "outdated": 8, "above": "unlisted",
	},
	{"pattern": `(?i)^msft-win-4/10\.`, "client": "Windows 10 Mail", "above": "modern"},
	# Table 5 gives no version, and these have learnt modern authentication since.
	{
		"pattern": `(?i)\b(?:evolution|kmail|kontact)/|linux.*thunderbird/`,
		"client": "word:unix_mail", "above": "maybe",
	},
]

_named(user_agent) := [i | some i, name in _known_names; contains(lower(user_agent), lower(name))]

# Programs in no table that say enough by their name.
_known_names := [
	"BAV2ROPC", "CBAInPROD", "CBAInTAR", "python-requests", "okhttp", "curl",
	"PowerShell", "Thunderbird", "MSFT-WIN-3", "MSFT-WP", "Samsung", "Mozilla",
]
