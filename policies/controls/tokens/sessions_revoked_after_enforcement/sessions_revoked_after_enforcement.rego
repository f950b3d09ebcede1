# METADATA
# title: Every user's sessions were revoked after the rules were enforced
# description: >-
#   The whitepaper's step F. A refresh token lives for 90 days and is renewed without
#   a new sign-in, so whoever got one before the rules of step E goes on without MFA.
#   That is why this step comes last: revoking first only hands out new tokens under
#   the old rules. An access token that is out already lives until it expires.
#
#   What was decided where the documents are silent. The moment of enforcement is the
#   configuration's; or else, with an earlier snapshot as the baseline that shows
#   rules which admit the same, their last change there; or else the last change of
#   the rules, cosmetic or not. A user is in order if signInSessionsValidFromDateTime
#   is not before it or if the account was made after it. A user whose sign-in activity shows nothing in the 90 days before it has no
#   live token; activity that was not read or has no licence counts as a session. A
#   disabled account is listed and no violation: Entra redeems no token for it, but
#   old ones live again when it is enabled. Break-glass accounts are no exception.
# related_resources:
#   - ref: https://learn.microsoft.com/entra/identity/users/users-revoke-access
#     description: Revoke user access in Microsoft Entra ID
#   - ref: https://learn.microsoft.com/graph/api/user-revokesigninsessions
#     description: revokeSignInSessions
# custom:
#   id: TOKEN-001
#   severity: high
#   step: F
#   needs: ["mailboxes[].entra.accountEnabled", "mailboxes[].entra.signInSessionsValidFromDateTime"]
#   optional: ["mailboxes[].entra.createdDateTime", "mailboxes[].entra.signInActivity"]
#   messages:
#     not_revoked: The sessions of {members} were last revoked before the rules were enforced, so tokens from before them still work.
#     not_set: Entra does not say from when on the sessions of {members} {is|are} valid.
#     idle: The sessions of {members} were not revoked after the rules were enforced, but the accounts had not signed in for 90 days before that.
#     account_disabled: The sessions of {members} were not revoked after the rules were enforced; the accounts are disabled. Revoke them before they are enabled again.
#     moment_from_last_change: The moment of enforcement is taken from the last change of the rules. Set enforced_at in postern.yaml if it was another.
#     moment_from_baseline: The moment of enforcement is the last change of the rules before the baseline, since when they admit the same. Set enforced_at in postern.yaml if it was another.
#     no_moment: When the rules were enforced is not known. Set enforced_at in postern.yaml.
#     no_mailboxes: The tenant has no mailboxes.
#   remediation:
#     text: >-
#       Revoke the sessions of all users, once the rules of steps D and E are in force.
#       Everybody signs in again on every device, so announce it. The AzureAD module
#       of the whitepaper is retired; its Revoke-AzureADUserAllRefreshToken is now
#       Revoke-MgUserSignInSession.
#     powershell: |
#       Connect-MgGraph -Scopes User.Read.All, User.RevokeSessions.All
#       Get-MgUser -All -Property Id |
#         ForEach-Object { Revoke-MgUserSignInSession -UserId $_.Id }
#       # One user, from Exchange Online:
#       Set-User -Identity <user> -STSRefreshTokensValidFrom $([System.DateTime]::UtcNow)
#     undo: A revocation cannot be undone; users get new tokens at their next sign-in.
package controls.tokens.sessions_revoked_after_enforcement

violations contains {"key": _cause(mailbox), "args": {}, "mailbox": i} if {
	some i, mailbox in _unrevoked
	not _excuse(mailbox)
}

notes contains {"key": _excuse(mailbox), "args": {}, "mailbox": i} if {
	some i, mailbox in _unrevoked
}

notes contains {"key": "moment_from_last_change", "args": {}} if input.moments.enforced_from == "last_change"

notes contains {"key": "moment_from_baseline", "args": {}} if input.moments.enforced_from == "baseline"

unknown contains {"key": "no_moment", "args": {}} if not _enforced

not_applicable contains {"key": "no_mailboxes", "args": {}} if count(input.mailboxes) == 0

_enforced if is_string(input.moments.enforced_at)

_unrevoked := {i: mailbox |
	_enforced
	some i, mailbox in input.mailboxes
	not _revoked(mailbox)
	not _new(mailbox)
}

# Instants are texts whose order is that of time; null is no text and no instant.
_revoked(mailbox) if mailbox.entra.signInSessionsValidFromDateTime >= input.moments.enforced_at

_new(mailbox) if mailbox.entra.createdDateTime >= input.moments.enforced_at

_cause(mailbox) := "not_revoked" if is_string(mailbox.entra.signInSessionsValidFromDateTime)

else := "not_set"

_excuse(mailbox) := "account_disabled" if mailbox.entra.accountEnabled == false

else := "idle" if {
	is_string(input.moments.idle_before)
	activity := mailbox.entra.signInActivity
	every field in ["lastSignInDateTime", "lastNonInteractiveSignInDateTime", "lastSuccessfulSignInDateTime"] {
		_before(object.get(activity, field, null), input.moments.idle_before)
	}
}

_before(null, _)

_before(moment, limit) if moment < limit
