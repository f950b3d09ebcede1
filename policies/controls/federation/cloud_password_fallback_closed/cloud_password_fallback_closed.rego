# METADATA
# title: No federated user can sign in past Okta with a password
# description: >-
#   The whitepaper's step A, and what it says of hash synchronisation and
#   pass-through authentication: with either only Entra's own MFA can be demanded.
#   Two settings make Entra check the password of a federated user itself. A
#   home-realm discovery policy with AllowCloudPasswordValidation does so for
#   password grants, for every application when it is the organisation's default
#   and otherwise for those it is on; it works where password hashes are
#   synchronised, but is judged without that, because hashes can be switched on at
#   any time. A staged rollout of hash synchronisation or pass-through
#   authentication takes its groups out of federation altogether. Hash
#   synchronisation by itself is no violation, since a federated domain does not
#   ask it; a note says that it is on. A rollout that moves users without a
#   password (certificates) is listed. A policy that nothing uses, and a rollout
#   without groups, let nobody past and are listed or passed over.
# related_resources:
#   - ref: https://learn.microsoft.com/entra/identity/enterprise-apps/home-realm-discovery-policy
#     description: Home Realm Discovery policy
#   - ref: https://learn.microsoft.com/entra/identity/hybrid/connect/how-to-connect-staged-rollout
#     description: Migrate to cloud authentication using Staged Rollout
# custom:
#   id: FED-004
#   severity: high
#   step: A
#   needs: [entra.home_realm_discovery_policies]
#   optional:
#     - entra.feature_rollout_policies
#     - entra.on_premises_synchronization
#   messages:
#     cloud_password_allowed: >-
#       Home-realm discovery policy '{policy}' lets federated users sign in to Entra
#       with a password (AllowCloudPasswordValidation is true).
#     rollout_by_password: >-
#       Staged rollout '{policy}' ({feature}) takes users out of federation: Entra
#       checks their passwords.
#     definition_unreadable: The definition of home-realm discovery policy '{policy}' cannot be read.
#     use_not_read: >-
#       Home-realm discovery policy '{policy}' allows cloud passwords, and nothing
#       shows whether any application uses it.
#     rollout_undecided: >-
#       Staged rollout '{policy}' ({feature}) may take users out of federation: its
#       state, its groups or its feature are not known.
#     rollouts_not_read: >-
#       Staged rollout was not read, so it cannot be told whether some federated
#       users sign in to Entra with a password.
#     allowed_but_unused: >-
#       Home-realm discovery policy '{policy}' allows cloud passwords; no application
#       uses it.
#     rollout_without_password: >-
#       Staged rollout '{policy}' ({feature}) lets users sign in past Okta without a
#       password.
#     hash_sync_on: >-
#       Password hashes are synchronised to Entra, so ending federation would be
#       enough to make passwords work there.
#   remediation:
#     text: >-
#       Take AllowCloudPasswordValidation out of the policy, or the policy off the
#       applications; end the staged rollout or empty its groups. Applications that
#       send a user's password to Entra stop working: move them to another flow
#       first.
#     powershell: |
#       Connect-MgGraph -Scopes Policy.ReadWrite.ApplicationConfiguration, Policy.ReadWrite.HybridAuthentication
#       Update-MgPolicyHomeRealmDiscoveryPolicy -HomeRealmDiscoveryPolicyId <id> -Definition @('{"HomeRealmDiscoveryPolicy":{"AllowCloudPasswordValidation":false}}')
#       Update-MgPolicyFeatureRolloutPolicy -FeatureRolloutPolicyId <id> -IsEnabled:$false
#     undo: |
#       Update-MgPolicyHomeRealmDiscoveryPolicy -HomeRealmDiscoveryPolicyId <id> -Definition @('<the definition as it was>')
#       Update-MgPolicyFeatureRolloutPolicy -FeatureRolloutPolicyId <id> -IsEnabled:$true
package controls.federation.cloud_password_fallback_closed

import data.lib.cloud_passwords
import data.lib.names

violations contains _policy(i, "cloud_password_allowed") if _home_realm[i] == ["allowed", "yes"]

unknown contains _policy(i, "use_not_read") if _home_realm[i] == ["allowed", "unread"]

notes contains _policy(i, "allowed_but_unused") if _home_realm[i] == ["allowed", "no"]

unknown contains _policy(i, "definition_unreadable") if {
	some i, ["unreadable", use] in _home_realm
	use != "no"
}

violations contains _rollout(i, "rollout_by_password") if _rollouts[i] == "password"

unknown contains _rollout(i, "rollout_undecided") if _rollouts[i] == "unread"

notes contains _rollout(i, "rollout_without_password") if _rollouts[i] == "other"

unknown contains {"key": "rollouts_not_read", "args": {}, "evidence": "entra.feature_rollout_policies"} if {
	not input.entra.feature_rollout_policies
}

notes contains {"key": "hash_sync_on", "args": {}} if {
	input.entra.on_premises_synchronization.features.passwordSyncEnabled == true
}

_policy(i, key) := {
	"key": key,
	"args": {"policy": _name(input.entra.home_realm_discovery_policies[i])},
	"resource": {
		"kind": "home_realm_discovery_policy",
		"id": input.entra.home_realm_discovery_policies[i].id,
		"name": _name(input.entra.home_realm_discovery_policies[i]),
	},
	"at": ["entra", "home_realm_discovery_policies", i, "definition"],
}

_rollout(i, key) := {
	"key": key,
	"args": {"policy": _name(policy), "feature": names.first(policy, ["feature"])},
	"resource": {"kind": "feature_rollout_policy", "id": policy.id, "name": _name(policy)},
	"at": ["entra", "feature_rollout_policies", i],
} if {
	policy := input.entra.feature_rollout_policies[i]
}

_home_realm := {i: [cloud_passwords.home_realm(policy), cloud_passwords.in_use(policy)] |
	some i, policy in input.entra.home_realm_discovery_policies
}

_rollouts := {i: cloud_passwords.rollout(policy) | some i, policy in input.entra.feature_rollout_policies}

_name(policy) := names.first(policy, ["displayName", "id"])
