# METADATA
# title: No mail client is in use that cannot do modern authentication
# description: >-
#   The whitepaper's tables 3 to 5 say which mail clients can do modern authentication.
#   One that cannot stops working when the door closes (its expected behaviour B), so
#   this tells an operator whom the change will stop, or, while it still gets in, that
#   the door is open.
#
#   What was decided where the documents are silent. Outdated are Outlook 2010 (14) and
#   older on Windows, Outlook 2011 (14) and Entourage on the Mac, and the mail programs
#   that came with iOS 10, macOS 10.13, Android 8 and older. On Outlook 2013 (15) the
#   sources differ, because it needs a registry setting: maybe. Mail programs on Linux
#   and Unix are in table 5 without a version and have learnt it since: maybe. A client
#   in no table is unlisted and, as the whitepaper asks, to be evaluated. Only a client
#   that got in is a violation; one that was refused may be a user whom the change has
#   stopped or somebody who spoofs a user agent, and is listed. What a client calls
#   itself is text that anybody can write: it is shown as a product of ours with a
#   version, never as it stands. Logs without such a client show something only when
#   they were read for as long as is declared, up to the snapshot.
# related_resources:
#   - ref: https://learn.microsoft.com/microsoft-365/enterprise/modern-auth-for-office-2013-and-2016
#     description: How modern authentication works for Office client apps
#   - ref: https://www.okta.com/resources/whitepaper/securing-office-365-with-okta/
#     description: Securing Office 365 with Okta, tables 3 to 5
# custom:
#   id: EVID-003
#   severity: low
#   step: evidence
#   needs: [evidence.sign_ins, evidence.okta_requests]
#   messages:
#     outdated: "{members} {is|are} by {client}, which cannot do modern authentication."
#     refused: "{members} {is|are} by {client}, which cannot do modern authentication; they were refused."
#     maybe: "{members} {is|are} by {client}, which may be able to do modern authentication: it depends on its settings or its version."
#     unlisted: "{members} {is|are} by {client}, which is in no list: evaluate whether it can do modern authentication."
#     window_short: The logs were read for {days} days up to the snapshot; to show that something does not happen, {least} days are asked for.
#     window_unknown: For how long the logs were read is not in the snapshot, so that what is not in them proves nothing.
#   words:
#     no_user_agent: a client that does not name itself
#     unlisted_user_agent: some other client
#     unix_mail: a mail program on Linux or Unix
#   remediation:
#     text: >-
#       Tell the users listed and give them a client that can: Outlook 2016 or later on
#       Windows and Mac, Outlook for iOS and Android, or the browser. Outlook 2013 needs
#       EnableADAL and Version set to 1. Then close the door.
#     powershell: |
#       # Outlook 2013, for the signed-in user of a computer:
#       New-Item -Force HKCU:\SOFTWARE\Microsoft\Office\15.0\Common\Identity
#       Set-ItemProperty HKCU:\SOFTWARE\Microsoft\Office\15.0\Common\Identity -Name EnableADAL -Type DWord -Value 1
#       Set-ItemProperty HKCU:\SOFTWARE\Microsoft\Office\15.0\Common\Identity -Name Version -Type DWord -Value 1
#     undo: |
#       Remove-ItemProperty HKCU:\SOFTWARE\Microsoft\Office\15.0\Common\Identity -Name EnableADAL, Version
package controls.evidence.no_outdated_clients_seen

import data.lib.clients
import data.lib.log_windows

violations contains {"key": "outdated", "args": {"client": judged.client}, "sign_in": i} if {
	some i, judged in _sign_ins
	judged.class == "outdated"
	input.evidence.sign_ins[i].succeeded > 0
}

violations contains {"key": "outdated", "args": {"client": judged.client}, "okta_request": i} if {
	some i, judged in _okta_requests
	judged.class == "outdated"
	input.evidence.okta_requests[i].succeeded > 0
}

unknown contains doubt if {
	some doubt in log_windows.doubts(input.moments.evidence_days, input.config.least_evidence_days)
}

notes contains {"key": _note(judged.class, input.evidence.sign_ins[i]), "args": {"client": judged.client}, "sign_in": i} if {
	some i, judged in _sign_ins
}

notes contains {
	"key": _note(judged.class, input.evidence.okta_requests[i]),
	"args": {"client": judged.client},
	"okta_request": i,
} if {
	some i, judged in _okta_requests
}

# A sign-in that Entra calls modern shows by itself that its client can do it.
_sign_ins := {i: clients.judge(object.get(sign_in, "user_agent", "")) |
	some i, sign_in in input.evidence.sign_ins
	clients.legacy(sign_in)
}

_okta_requests := {i: clients.judge(request.user_agent) |
	some i, request in input.evidence.okta_requests
}

# Modern clients and device registration are no news here.
_note("outdated", row) := "refused" if not _succeeded(row)

_note("maybe", _) := "maybe"

_note("unlisted", _) := "unlisted"

_succeeded(row) if row.succeeded > 0
