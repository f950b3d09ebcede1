# METADATA
# title: No sign-in by a legacy client succeeds
# description: >-
#   The blog has an operator filter Entra's sign-in log for every client but browsers,
#   mobile apps and desktop clients: what is left came by basic authentication. One
#   that succeeded got into the mail with a password and no second factor, whatever
#   the configuration says. This is the test of steps B to E together.
#
#   What was decided where the documents are silent. Legacy is every name of a client
#   but Entra's two modern ones and an empty one, upper or lower case. A password
#   grant (protocol ropc) passes for a modern client and is legacy all the same: the
#   application sends the password. Interactive and non-interactive sign-ins both
#   count, because POP and IMAP show in the latter only. An attempt that failed is no
#   success: it is listed, it says who is being sprayed or whom the change has
#   stopped. An exception that the whitepaper provides for, such as a ticket system in
#   its network zone, succeeds too and is shown: waive it by name, so that a second
#   one is seen. The log needs a premium licence and goes back 30 days at most. A log
#   without successes shows something only when it was read for as long as is declared
#   (a week without a declaration, so that each weekday is in it), up to the snapshot.
# related_resources:
#   - ref: https://learn.microsoft.com/entra/identity/conditional-access/policy-block-legacy-authentication
#     description: Block legacy authentication
#   - ref: https://learn.microsoft.com/graph/api/resources/signin
#     description: signIn resource type, clientAppUsed
# custom:
#   id: EVID-001
#   severity: high
#   step: evidence
#   needs: [evidence.sign_ins]
#   messages:
#     succeeded: "{members} by '{client}' {shows|show} that basic authentication succeeded."
#     password_grant: "{members} by the application '{app}' {shows|show} that a password grant succeeded."
#     attempted: "{members} by '{client}' {shows|show} attempts with basic authentication; none succeeded."
#     password_grant_attempted: "{members} by the application '{app}' {shows|show} attempts at a password grant; none succeeded."
#     window_short: The logs were read for {days} days up to the snapshot; to show that something does not happen, {least} days are asked for.
#     window_unknown: For how long the logs were read is not in the snapshot, so that what is not in them proves nothing.
#   remediation:
#     text: >-
#       Find out what signs in: the application, the user agent and the user are in the
#       log. Move it to modern authentication, or to an exception for its account and
#       its network zone. Then close what let it in: the authentication policy of step
#       D and the rules of step E. Reset the password of a user who does not know it.
#     powershell: |
#       Connect-MgGraph -Scopes AuditLog.Read.All
#       Get-MgAuditLogSignIn -All -Filter "status/errorCode eq 0 and clientAppUsed ne 'Browser' and clientAppUsed ne 'Mobile Apps and Desktop clients'" |
#         Select-Object CreatedDateTime, UserPrincipalName, ClientAppUsed, AppDisplayName, IpAddress
#       # Non-interactive sign-ins, where POP and IMAP are:
#       Get-MgBetaAuditLogSignIn -All -Filter "signInEventTypes/any(t: t eq 'nonInteractiveUser') and status/errorCode eq 0"
package controls.evidence.no_legacy_sign_ins_succeed

import data.lib.clients
import data.lib.log_windows
import data.lib.names

violations contains {"key": judged.key, "args": judged.args, "sign_in": i} if {
	some i, judged in _legacy
	_succeeded(i)
}

unknown contains doubt if {
	some doubt in log_windows.doubts(input.moments.evidence_days, input.config.least_evidence_days)
}

notes contains {"key": _attempt[judged.key], "args": judged.args, "sign_in": i} if {
	some i, judged in _legacy
	not _succeeded(i)
	input.evidence.sign_ins[i].failed > 0
}

_legacy := {i: judged |
	some i, sign_in in input.evidence.sign_ins
	judged := _judge(sign_in)
}

_judge(sign_in) := {"key": "succeeded", "args": {"client": sign_in.client_app}} if clients.legacy(sign_in)

else := {"key": "password_grant", "args": {"app": names.first(sign_in, ["app"])}} if clients.password_grant(sign_in)

_attempt := {"succeeded": "attempted", "password_grant": "password_grant_attempted"}

_succeeded(i) if input.evidence.sign_ins[i].succeeded > 0
