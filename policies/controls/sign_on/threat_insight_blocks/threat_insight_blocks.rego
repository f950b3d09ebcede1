# METADATA
# title: Okta ThreatInsight blocks suspicious addresses
# description: >-
#   Okta checks the password before it asks the app's rules, so the deny rule of the
#   whitepaper's step E refuses a legacy client but does not stop the password
#   spraying that the whitepaper opens with, nor the lockouts that come of it.
#   ThreatInsight refuses requests from addresses that attack many orgs before the
#   password is looked at. Set to audit it only writes that down.
#
#   What was decided where the documents are silent. An action that Okta does not
#   document is not block and fails. Zones that are exempt are listed: no violation,
#   because an organisation's own proxies belong there. But exempt zones that are no
#   limit leave nothing to block: half of the internet or more, a whole country, a
#   provider, and Exchange Online's own addresses, from where Microsoft relays
#   everybody's passwords. The zone that Okta exempts without being asked counts too.
#   That an exception of the app's rules is for an exempt zone is no violation,
#   because the spraying comes from elsewhere.
# related_resources:
#   - ref: https://help.okta.com/oie/en-us/Content/Topics/Security/threat-insight/ti-index.htm
#     description: Okta ThreatInsight
#   - ref: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/ThreatInsight/
#     description: ThreatInsight API
# custom:
#   id: SIGNON-009
#   severity: medium
#   step: E
#   needs: [access, okta.threat_insight]
#   optional: [okta.zones]
#   messages:
#     disabled: ThreatInsight is off.
#     audit_only: ThreatInsight writes attacks down and lets them pass (action audit).
#     not_blocking: Okta does not say that ThreatInsight blocks (action '{action}').
#     exempt_wide: "ThreatInsight blocks next to nothing: {why}."
#     exempt_unclear: "Whether ThreatInsight blocks what matters cannot be told: {why}."
#     exempt_zones: "Network zones exempt from ThreatInsight: {zones}."
#   words:
#     not_set: not set
#     everywhere: the exempt zones cover much of the internet
#     country: an exempt zone is a whole country
#     provider: an exempt zone goes by provider
#     no_limit: an exempt zone limits nothing
#     exchange_online: an exempt zone holds Exchange Online's own addresses
#     list_unreadable: the list of exempt zones was not shown
#     zones_unread: not all network zones were read, and Okta may exempt one without being asked
#     zone_missing: an exempt zone does not exist
#     zone_inactive: an exempt zone that is switched off is wide
#     network_unreadable: an exempt zone cannot be read
#   remediation:
#     text: >-
#       Set ThreatInsight to log and enforce. Exempt the zones of your own proxies
#       first, and no others.
#     okta_console: >-
#       Security > General > Okta ThreatInsight settings > Edit > Log and enforce
#       security based on threat level > Save.
#     okta_api: |
#       POST /api/v1/threats/configuration
#       {"action": "block", "excludeZones": []}
#       excludeZones replaces the list: send the zones that shall stay exempt.
#     undo: |
#       POST /api/v1/threats/configuration
#       {"action": "audit", "excludeZones": []}
package controls.sign_on.threat_insight_blocks

violations contains _entry("disabled", {}) if _action == "none"

violations contains _entry("audit_only", {}) if _action == "audit"

violations contains _entry("not_blocking", {"action": _action}) if not _action in {"block", "audit", "none"}

violations contains _entry("exempt_wide", {"why": _words(_exempt.wide)}) if {
	_action == "block"
	count(_exempt.wide) > 0
}

unknown contains _entry("exempt_unclear", {"why": _words(_exempt.unclear)}) if {
	_action == "block"
	count(_exempt.unclear) > 0
}

notes contains {"key": "exempt_zones", "args": {"zones": count(_exempt.zones)}} if count(_exempt.zones) > 0

_exempt := input.access.threat_insight

_words(keys) := [_why[key] | some key in keys]

_why := {
	"everywhere": "word:everywhere",
	"country": "word:country",
	"provider": "word:provider",
	"no_limit": "word:no_limit",
	"exchange_online": "word:exchange_online",
	"list_unreadable": "word:list_unreadable",
	"zones_unread": "word:zones_unread",
	"zone_missing": "word:zone_missing",
	"zone_inactive": "word:zone_inactive",
	"network_unreadable": "word:network_unreadable",
}

_entry(key, args) := {
	"key": key,
	"args": args,
	"resource": {"kind": "okta_threat_insight"},
	"at": ["okta", "threat_insight"],
}

_action := input.okta.threat_insight.action if is_string(input.okta.threat_insight.action)

else := "word:not_set"
