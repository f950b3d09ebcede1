# METADATA
# title: Entra takes Okta's MFA for federated users
# description: >-
#   The whitepaper lets Okta demand the second factor. Where Entra demands one as
#   well, by Conditional Access or security defaults, it should take Okta's word
#   that it was given. With rejectMfaByFederatedIdp it asks again with its own
#   method: safe, and one prompt too many, which is how users learn to approve
#   prompts without thinking. A domain where the setting was never made follows
#   the old SupportsMfa flag, which Microsoft Graph does not show, so nothing can
#   be said. Where Entra asks no MFA of its members the setting has nothing to
#   decide. Every federated domain is judged, used or not, because the setting
#   waits for its first user.
# related_resources:
#   - ref: https://learn.microsoft.com/graph/api/resources/internaldomainfederation
#     description: federatedIdpMfaBehavior in Microsoft Graph
#   - ref: https://help.okta.com/oie/en-us/content/topics/apps/office365/use_okta_mfa_azure_ad_mfa.htm
#     description: Use Okta MFA to satisfy Entra ID MFA requirements
# custom:
#   id: FED-005
#   severity: low
#   step: A
#   needs:
#     - access
#     - entra.federation_configurations
#     - entra.conditional_access_policies
#   optional:
#     - entra.security_defaults
#     - entra.authentication_strengths
#   messages:
#     asks_twice: >-
#       Entra demands MFA and does not take Okta's for domain '{domain}'
#       (federatedIdpMfaBehavior is rejectMfaByFederatedIdp), so its users give two
#       second factors.
#     not_set: >-
#       Domain '{domain}' has no federatedIdpMfaBehavior; Entra then goes by an old
#       setting that Microsoft Graph does not show.
#     not_known: >-
#       Domain '{domain}' has a federatedIdpMfaBehavior that is not known:
#       {behaviour}.
#     demand_not_read: >-
#       It cannot be told whether Entra demands MFA: no policy that was read does,
#       and security defaults or an authentication strength were not read.
#     no_federated_domains: No domain is federated.
#     no_demand: Entra demands no MFA of its members, so there is nothing to agree on.
#   remediation:
#     text: >-
#       Let Entra take Okta's MFA, and let Okta send the claim: enforceMfaByFederatedIdp
#       sends a user without it back to Okta, acceptIfMfaDoneByFederatedIdp lets
#       Entra ask instead. Turn the claim on in Okta before the setting in Entra, or
#       users are sent back and forth.
#     powershell: Update-MgDomainFederationConfiguration -DomainId <domain> -InternalDomainFederationId <id> -FederatedIdpMfaBehavior enforceMfaByFederatedIdp
#     undo: Update-MgDomainFederationConfiguration -DomainId <domain> -InternalDomainFederationId <id> -FederatedIdpMfaBehavior rejectMfaByFederatedIdp
#     okta_console: >-
#       Applications > Applications > Microsoft Office 365 > Sign On > Edit > Okta
#       MFA from Azure AD > enable for this application.
package controls.federation.entra_and_okta_agree_on_mfa

violations contains _entry("asks_twice", domain, {}) if {
	_demand == "yes"
	some domain in _domains_with("rejectMfaByFederatedIdp")
}

unknown contains _entry("not_set", domain, {}) if {
	_demand == "yes"
	some domain in _domains_with(null)
}

unknown contains _entry("not_known", domain, {"behaviour": behaviour}) if {
	_demand == "yes"
	some behaviour in _behaviours
	not behaviour in ({"rejectMfaByFederatedIdp", null} | _agreeing)
	some domain in _domains_with(behaviour)
}

unknown contains {"key": "demand_not_read", "args": {}} if {
	_demand == "maybe"
	count(_behaviours - _agreeing) > 0
}

not_applicable contains {"key": "no_federated_domains", "args": {}} if count(_behaviours) == 0

not_applicable contains {"key": "no_demand", "args": {}} if _demand == "no"

_entry(key, domain, more) := {
	"key": key,
	"args": object.union({"domain": domain}, more),
	"resource": {"kind": "domain", "id": domain, "name": domain},
	"at": ["entra", "federation_configurations", domain],
}

_agreeing := {"acceptIfMfaDoneByFederatedIdp", "enforceMfaByFederatedIdp"}

_behaviours := {_behaviour(configuration) | some configuration in input.entra.federation_configurations[_]}

_domains_with(behaviour) := {domain |
	some domain, list in input.entra.federation_configurations
	some configuration in list
	_behaviour(configuration) == behaviour
}

_behaviour(configuration) := object.get(configuration, "federatedIdpMfaBehavior", null)

_demand := input.access.conditional_access.asks_members
