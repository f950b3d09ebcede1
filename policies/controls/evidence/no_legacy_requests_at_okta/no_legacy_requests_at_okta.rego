# METADATA
# title: No request at Okta's legacy endpoint succeeds
# description: >-
#   A federated user's password reaches Okta by two doors: the passive one, a browser
#   with MFA, and the active one (WS-Trust), to which Microsoft passes the user name
#   and password of a client with basic authentication on. A success there is a
#   sign-in without MFA: the rules of the whitepaper's step E let it through.
#
#   What was decided where the documents are silent. Windows uses the same endpoint
#   to join a device to Entra and to renew its token; requests with its user agent are
#   listed and no violation by themselves. A user agent is text that anybody can
#   write, so look at where they come from. Refused requests are listed by what they
#   call themselves: many users with one client in a short time is password spraying,
#   and Okta has checked each password before a rule refused it. User agents are
#   shown as a class of client, never as they stand. A log without successes shows
#   something only when it was read for as long as is declared, up to the snapshot.
# related_resources:
#   - ref: https://sec.okta.com/articles/2021/09/auditing-your-okta-org-legacy-authentication
#     description: Auditing your Okta org for legacy authentication
#   - ref: https://help.okta.com/oie/en-us/Content/Topics/Apps/Office365/custom-client-filter.htm
#     description: Custom client filter, Windows-AzureAD-Authentication-Provider
# custom:
#   id: EVID-002
#   severity: high
#   step: evidence
#   needs: [evidence.okta_requests]
#   messages:
#     succeeded: "{members} by {client} {shows|show} that a password alone was accepted at Okta's legacy endpoint."
#     device_registration: "{members} at Okta's legacy endpoint succeeded and {calls itself|call themselves} Windows device registration. Anybody can write that: check that they come from your own devices."
#     attempted: "{members} by {client} {was|were} refused at Okta's legacy endpoint."
#     window_short: The logs were read for {days} days up to the snapshot; to show that something does not happen, {least} days are asked for.
#     window_unknown: For how long the logs were read is not in the snapshot, so that what is not in them proves nothing.
#   words:
#     no_user_agent: a client that does not name itself
#     unlisted_user_agent: some other client
#     unix_mail: a mail program on Linux or Unix
#   remediation:
#     text: >-
#       Find out which client it is and move it to modern authentication, or into an
#       exception for its account and its network zone. Put the rule that denies legacy
#       clients above every rule that allows them. Reset the password of a user who
#       does not know the client. Against spraying let ThreatInsight block.
#     okta_console: >-
#       Reports > System Log, search for
#       debugContext.debugData.requestUri eq "/app/office365/{key}/sso/wsfed/active"
#     okta_api: |
#       GET /api/v1/logs?since={instant}&until={instant}&limit=1000&filter=debugContext.debugData.requestUri eq "/app/office365/{key}/sso/wsfed/active"
#       key is in the domain's sign-in URI at Entra: Get-MgDomainFederationConfiguration
package controls.evidence.no_legacy_requests_at_okta

import data.lib.clients
import data.lib.log_windows

violations contains {"key": "succeeded", "args": {"client": judged.client}, "okta_request": i} if {
	some i, judged in _judged
	judged.class != "device"
	_succeeded(i)
}

unknown contains doubt if {
	some doubt in log_windows.doubts(input.moments.evidence_days, input.config.least_evidence_days)
}

notes contains {"key": "device_registration", "args": {}, "okta_request": i} if {
	some i, judged in _judged
	judged.class == "device"
	_succeeded(i)
}

notes contains {"key": "attempted", "args": {"client": judged.client}, "okta_request": i} if {
	some i, judged in _judged
	not _succeeded(i)
	input.evidence.okta_requests[i].failed > 0
}

_judged := {i: clients.judge(request.user_agent) |
	some i, request in input.evidence.okta_requests
}

_succeeded(i) if input.evidence.okta_requests[i].succeeded > 0
