# METADATA
# title: Okta's Office 365 app signs users in by federation
# description: >-
#   The whitepaper's step A, seen from Okta. The app must be active and hand out
#   federation tokens, which Okta's API calls SAML_1_1 although the protocol is
#   WS-Federation. BROWSER_PLUGIN means Secure Web Authentication: Okta types in a
#   stored password, Entra checks it, and no rule of Okta's stands in the way of
#   whoever has that password. wsFedConfigureType proves nothing, since it reads
#   AUTO even there. An org may have several instances of the app: at least one
#   must be active, and each active one must federate; an inactive one is listed,
#   because it signs nobody in.
# related_resources:
#   - ref: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Application/
#     description: Applications in Okta's API
#   - ref: https://help.okta.com/oie/en-us/content/topics/apps/office365-deployment/configure-sso.htm
#     description: Configure single sign-on for Office 365 in Okta
# custom:
#   id: FED-002
#   severity: high
#   step: A
#   needs: [okta.apps]
#   messages:
#     no_app: The Okta org has no Office 365 app.
#     none_active: The Okta org has no active Office 365 app.
#     stored_password: >-
#       Office 365 app '{app}' signs users in with a stored password (signOnMode is
#       BROWSER_PLUGIN), not by federation.
#     other_mode: Office 365 app '{app}' does not sign users in by federation (signOnMode is {mode}).
#     inactive: Office 365 app '{app}' is not active (status {status}) and signs nobody in.
#   remediation:
#     text: >-
#       Set the app to WS-Federation and activate it. Users of a domain that Okta
#       federates are redirected from then on; test with one pilot domain first.
#     okta_console: >-
#       Applications > Applications > Microsoft Office 365 > Sign On > Edit >
#       WS-Federation. To activate the app: its status menu > Activate.
#     okta_api: |
#       GET /api/v1/apps?filter=name eq "office365"
#       PUT /api/v1/apps/{appId} with signOnMode SAML_1_1
#       POST /api/v1/apps/{appId}/lifecycle/activate
#     undo: >-
#       In the app's Sign On tab choose Secure Web Authentication again, after the
#       domain has been made managed in Entra.
package controls.federation.okta_app_signs_in_by_federation

import data.lib.names

violations contains {
	"key": "no_app",
	"args": {},
	"resource": {"kind": "okta_app"},
	"at": ["okta", "apps"],
	"whole": ["okta.apps"],
} if {
	count(input.okta.apps) == 0
}

violations contains {
	"key": "none_active",
	"args": {},
	"resource": {"kind": "okta_app"},
	"at": ["okta", "apps"],
	"whole": ["okta.apps"],
} if {
	count(input.okta.apps) > 0
	count(_active) == 0
}

violations contains _app(i, "stored_password", {}) if {
	some i in _active
	input.okta.apps[i].signOnMode == "BROWSER_PLUGIN"
}

violations contains _app(i, "other_mode", {"mode": mode}) if {
	some i in _active
	mode := names.first(input.okta.apps[i], ["signOnMode"])
	not mode in {"SAML_1_1", "BROWSER_PLUGIN"}
}

notes contains object.union(_app(i, "inactive", {"status": status}), {"at": ["okta", "apps", i, "status"]}) if {
	some i, app in input.okta.apps
	not app.status == "ACTIVE"
	status := names.first(app, ["status"])
}

_active := {i | some i, app in input.okta.apps; app.status == "ACTIVE"}

_app(i, key, args) := {
	"key": key,
	"args": object.union({"app": _name(input.okta.apps[i])}, args),
	"resource": {"kind": "okta_app", "id": input.okta.apps[i].id, "name": _name(input.okta.apps[i])},
	"at": ["okta", "apps", i, "signOnMode"],
}

_name(app) := names.first(app, ["label", "id"])
