# METADATA
# title: Users get a mail when somebody signs in from a new device
# description: >-
#   The whitepaper leans on Okta's mail about a sign-in from a new device or browser:
#   it is how users learn that somebody else has their password. Okta sends none for
#   requests with basic authentication (the whitepaper's limitation E), so the mail
#   watches the modern door only and is one more reason to close the legacy one.
#
#   What was decided where the documents are silent. The switch can only be read from
#   a private endpoint of the admin host, which takes an SSWS token and can change or
#   refuse at any time: when it was not read, the System Log answers instead. A mail
#   sent within the last day before the snapshot shows that the switch is on; one
#   before that shows that it was. The switch is for the default brand only: other
#   brands have an audience in the mail template, which is not read.
# related_resources:
#   - ref: https://help.okta.com/oie/en-us/Content/Topics/Security/healthinsight/notifications-signon.htm
#     description: New sign-on notifications
#   - ref: https://help.okta.com/oie/en-us/Content/Topics/Security/Security_General.htm
#     description: General security settings
# custom:
#   id: SIGNON-008
#   severity: medium
#   step: E
#   needs: []
#   optional: [okta.security_notifications, evidence.new_device_mails]
#   messages:
#     disabled: The mail about a sign-in from a new device is switched off.
#     not_set: Okta does not say whether the mail about a sign-in from a new device is on.
#     not_read: Whether the mail about a sign-in from a new device is on was not read, nor which mails Okta sent.
#     none_sent: Whether the mail about a sign-in from a new device is on was not read, and the System Log shows no such mail.
#     sent_earlier: Whether the mail about a sign-in from a new device is on was not read; such mails were sent, but none within a day before the snapshot.
#     sent: The setting was not read, but such mails were sent within a day before the snapshot.
#     none_seen: The setting is on, but the System Log shows no such mail in its window.
#     legacy: Requests with basic authentication never cause such a mail, whatever the setting.
#   remediation:
#     text: >-
#       Switch the notification on, and tell users what to do when they get one they
#       do not expect. Where other brands than the default one are in use, set the
#       audience of their new sign-on mail template to all users.
#     okta_console: >-
#       Security > General > Security notification emails > New sign-on notification
#       email > Enabled. Other brands: Customizations > Brands > the brand > Emails >
#       New sign-on notification > Settings > All users.
#     okta_api: |
#       The switch has no public API. For the templates of a brand:
#       PUT /api/v1/brands/{brandId}/templates/email/{templateName}/settings
#       {"recipients": "ALL_USERS"}
#     undo: Security > General > Security notification emails > New sign-on notification email > Disabled
package controls.sign_on.new_device_mail_sent

violations contains _entry("disabled") if input.okta.security_notifications.sendEmailForNewDeviceEnabled == false

violations contains _entry("not_set") if {
	input.okta.security_notifications
	not _answered
}

unknown contains _unread("not_read") if {
	not input.okta.security_notifications
	not input.evidence.new_device_mails
}

unknown contains _unread("none_sent") if {
	not input.okta.security_notifications
	input.evidence.new_device_mails
	not _ever
}

unknown contains _unread("sent_earlier") if {
	not input.okta.security_notifications
	_ever
	not _recently
}

notes contains {"key": "sent", "args": {}} if {
	not input.okta.security_notifications
	_recently
}

notes contains {"key": "none_seen", "args": {}} if {
	input.okta.security_notifications.sendEmailForNewDeviceEnabled == true
	input.evidence.new_device_mails.sent == 0
}

notes contains {"key": "legacy", "args": {}}

_ever if input.evidence.new_device_mails.sent > 0

_recently if {
	_ever
	input.evidence.new_device_mails.last_sent_at >= input.moments.settled_before
}

_answered if input.okta.security_notifications.sendEmailForNewDeviceEnabled in {true, false}

_entry(key) := {
	"key": key,
	"args": {},
	"resource": {"kind": "okta_security_notifications"},
	"at": ["okta", "security_notifications"],
}

_unread(key) := {"key": key, "args": {}, "evidence": "okta.security_notifications"}
