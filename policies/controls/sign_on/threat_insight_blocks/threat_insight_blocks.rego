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
#   because an organisation's own proxies belong there.
# related_resources:
#   - ref: https://help.okta.com/oie/en-us/Content/Topics/Security/threat-insight/ti-index.htm
#     description: Okta ThreatInsight
#   - ref: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/ThreatInsight/
#     description: ThreatInsight API
# custom:
#   id: SIGNON-009
#   severity: medium
#   step: E
#   needs: [okta.threat_insight]
#   messages:
#     disabled: ThreatInsight is off.
#     audit_only: ThreatInsight writes attacks down and lets them pass (action audit).
#     not_blocking: Okta does not say that ThreatInsight blocks (action '{action}').
#     exempt_zones: "Network zones exempt from ThreatInsight: {zones}."
#   words:
#     not_set: not set
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

notes contains {"key": "exempt_zones", "args": {"zones": count(zones)}} if {
	zones := {zone | some zone in input.okta.threat_insight.excludeZones}
	count(zones) > 0
}

_entry(key, args) := {
	"key": key,
	"args": args,
	"resource": {"kind": "okta_threat_insight"},
	"at": ["okta", "threat_insight"],
}

_action := input.okta.threat_insight.action if is_string(input.okta.threat_insight.action)

else := "word:not_set"
