# METADATA
# title: SharePoint Online refuses legacy authentication
# description: >-
#   The whitepaper's step B. The first behaviour it promises is that all access to
#   Office 365 uses modern authentication, not only access to mail. With
#   isLegacyAuthProtocolsEnabled on, SharePoint and OneDrive take clients that
#   cannot carry a second factor. The same password opens mail and files, so a
#   door there lets passwords be tried for both. A setting that SharePoint does not
#   show counts as a violation, because SharePoint's own default is on.
# related_resources:
#   - ref: https://learn.microsoft.com/graph/api/resources/sharepointsettings
#     description: sharepointSettings in Microsoft Graph
#   - ref: https://learn.microsoft.com/powershell/module/sharepoint-online/set-spotenant
#     description: Set-SPOTenant
# custom:
#   id: MODERN-002
#   severity: medium
#   step: B
#   needs: [sharepoint.settings]
#   messages:
#     enabled: SharePoint Online accepts legacy authentication (isLegacyAuthProtocolsEnabled is true).
#     not_set: SharePoint Online does not say that legacy authentication is off (isLegacyAuthProtocolsEnabled is not set).
#   remediation:
#     text: >-
#       Turn legacy authentication off in SharePoint. Office 2010, old OneDrive
#       clients and scripts that pass a user name and a password stop working.
#     powershell: |
#       Connect-SPOService -Url https://<tenant>-admin.sharepoint.com
#       Set-SPOTenant -LegacyAuthProtocolsEnabled $false
#     undo: Set-SPOTenant -LegacyAuthProtocolsEnabled $true
package controls.modern_auth.sharepoint_legacy_auth_disabled

violations contains _violation("enabled") if {
	input.sharepoint.settings.isLegacyAuthProtocolsEnabled == true
}

violations contains _violation("not_set") if {
	not _answered
}

_answered if input.sharepoint.settings.isLegacyAuthProtocolsEnabled in {true, false}

_violation(key) := {
	"key": key,
	"args": {},
	"resource": {"kind": "sharepoint_settings"},
	"at": ["sharepoint", "settings", "isLegacyAuthProtocolsEnabled"],
}
