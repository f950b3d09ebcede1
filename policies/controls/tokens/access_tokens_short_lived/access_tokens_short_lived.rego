# METADATA
# title: No token lifetime policy makes access tokens live longer
# description: >-
#   The whitepaper's step F: an access token that is out cannot be called back, so
#   whoever has one keeps access until it expires, revoked sessions or not. It gives
#   one hour as the default and ten minutes as the minimum.
#
#   What was decided where the documents are silent. Without a policy Entra picks 60
#   to 90 minutes, or up to 28 hours for clients and resources with continuous access
#   evaluation, which then hear of a revocation at once: both are Microsoft's default
#   and no violation. Every policy counts, the organisation's default or not, because
#   the snapshot does not say which applications have it. Refresh and session
#   lifetimes in such a policy have had no effect since 2021 and are not looked at.
# related_resources:
#   - ref: https://learn.microsoft.com/entra/identity-platform/configurable-token-lifetimes
#     description: Configurable token lifetimes
#   - ref: https://learn.microsoft.com/graph/api/resources/tokenlifetimepolicy
#     description: tokenLifetimePolicy
# custom:
#   id: TOKEN-002
#   severity: low
#   step: F
#   needs: [entra.token_lifetime_policies]
#   messages:
#     too_long: "The token lifetime policy '{policy}' lets access tokens live for {lifetime}, the limit is {limit} hours."
#     unreadable: "The definition of the token lifetime policy '{policy}' cannot be read."
#   remediation:
#     text: >-
#       Remove the policy, or give it a shorter AccessTokenLifetime. Clients ask for
#       tokens more often then; scripts that need longer ones renew them. The AzureAD
#       module of the whitepaper is retired.
#     powershell: |
#       Connect-MgGraph -Scopes Policy.ReadWrite.ApplicationConfiguration
#       Get-MgPolicyTokenLifetimePolicy | Format-List Id, DisplayName, Definition, IsOrganizationDefault
#       Update-MgPolicyTokenLifetimePolicy -TokenLifetimePolicyId <id> `
#         -Definition '{"TokenLifetimePolicy":{"Version":1,"AccessTokenLifetime":"01:00:00"}}'
#     undo: |
#       Update-MgPolicyTokenLifetimePolicy -TokenLifetimePolicyId <id> -Definition '<the definition as it was>'
package controls.tokens.access_tokens_short_lived

import data.lib.durations
import data.lib.names

violations contains _entry("too_long", i, {"lifetime": text, "limit": input.config.access_token_hours}) if {
	some i, policy in input.entra.token_lifetime_policies
	longest := max([durations.timespan(lifetime) | some lifetime in _lifetimes(policy)])
	longest > durations.hours(input.config.access_token_hours)
	text := min([lifetime | some lifetime in _lifetimes(policy); durations.timespan(lifetime) == longest])
}

unknown contains _entry("unreadable", i, {}) if {
	some i, policy in input.entra.token_lifetime_policies
	not _readable(policy)
}

_readable(policy) if {
	policy.definition[0]
	every text in policy.definition {
		_settings(text)
	}
	every lifetime in _lifetimes(policy) {
		durations.timespan(lifetime)
	}
}

# A definition is JSON inside a string.
_settings(text) := settings if {
	json.is_valid(text)
	settings := json.unmarshal(text).TokenLifetimePolicy
	is_object(settings)
}

# .NET does not mind how a name is spelt. What is no text is kept as text that is no
# time span.
_lifetimes(policy) := {_text(lifetime) |
	some text in policy.definition
	some name, lifetime in _settings(text)
	lower(name) == "accesstokenlifetime"
}

_text(value) := value if is_string(value)

else := json.marshal(value)

_entry(key, i, args) := {
	"key": key,
	"args": object.union({"policy": _name(policy)}, args),
	"resource": {"kind": "token_lifetime_policy", "id": policy.id, "name": _name(policy)},
	"at": ["entra", "token_lifetime_policies", i],
} if {
	policy := input.entra.token_lifetime_policies[i]
}

_name(policy) := names.first(policy, ["displayName", "id"])
