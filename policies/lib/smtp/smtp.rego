# METADATA
# title: SMTP AUTH, the protocol to which Microsoft left the password
# description: >-
#   Whether a mailbox can submit mail by SMTP AUTH. The mailbox's own switch beats
#   the organisation's in either direction; null inherits it; an absent one was
#   not read.
package lib.smtp

# METADATA
# description: >-
#   How SMTP AUTH stands for a mailbox: off; override when the mailbox itself
#   turns it on; organisation when it inherits a switch that is on; not_set when
#   it inherits one that nobody set; unread when Exchange did not show its own.
switch(mailbox, transport) := "override" if {
	mailbox.exchange.SmtpClientAuthenticationDisabled == false
} else := "off" if {
	mailbox.exchange.SmtpClientAuthenticationDisabled == true
} else := organisation(transport) if {
	mailbox.exchange.SmtpClientAuthenticationDisabled == null
} else := "unread"

# METADATA
# description: How the organisation's switch stands, in the way of switch.
organisation(transport) := "organisation" if {
	transport.SmtpClientAuthenticationDisabled == false
} else := "off" if {
	transport.SmtpClientAuthenticationDisabled == true
} else := "not_set"

# METADATA
# description: >-
#   Whether an effective authentication policy (see lib.authentication_policies)
#   refuses passwords on SMTP AUTH, which leaves OAuth.
refuses_passwords(effective) if effective.policy.AllowBasicAuthSmtp == false
