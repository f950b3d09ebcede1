# METADATA
# title: Modern authentication is enabled for Exchange Online
# description: >-
#   The whitepaper's step B. Only modern authentication can carry a second factor
#   or a sign-in at Okta; with it off, every Outlook falls back to a user name and
#   a password. Tenants created before 2017-08-01 have it off until somebody turns
#   it on. Turning it on does not turn basic authentication off: steps C to E do.
# related_resources:
#   - ref: https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/enable-or-disable-modern-authentication-in-exchange-online
#     description: Enable or disable modern authentication in Exchange Online
# custom:
#   id: MODERN-001
#   severity: high
#   step: B
#   needs: [exchange.organization_config]
#   messages:
#     disabled: Modern authentication is off for the whole organisation (OAuth2ClientProfileEnabled is false).
#     not_set: Exchange Online does not say that modern authentication is on (OAuth2ClientProfileEnabled is not set).
#   remediation:
#     text: >-
#       Turn modern authentication on. Clients that support it use it from their
#       next sign-in; older ones go on with a password until steps C to E.
#     powershell: Set-OrganizationConfig -OAuth2ClientProfileEnabled $true
#     undo: Set-OrganizationConfig -OAuth2ClientProfileEnabled $false
package controls.modern_auth.modern_auth_enabled

violations contains _violation("disabled") if {
	input.exchange.organization_config.OAuth2ClientProfileEnabled == false
}

violations contains _violation("not_set") if {
	not _answered
}

_answered if input.exchange.organization_config.OAuth2ClientProfileEnabled in {true, false}

_violation(key) := {
	"key": key,
	"args": {},
	"resource": {"kind": "organization_config"},
	"at": ["exchange", "organization_config", "OAuth2ClientProfileEnabled"],
}
