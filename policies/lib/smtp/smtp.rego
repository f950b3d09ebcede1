# METADATA
# title: SMTP AUTH, the protocol to which Microsoft left the password
# description: >-
#   Whether a mailbox can submit mail by SMTP AUTH. The mailbox's own switch beats
#   the organisation's in either direction; null inherits it; an absent one was
#   not read.
package lib.smtp

# The end of December 2026: what a switch that nobody set means changes.
_default_changes := "2027-01-01T00:00:00Z"

# METADATA
# description: >-
#   How SMTP AUTH stands for a mailbox at an instant: off; override when the
#   mailbox itself turns it on; organisation when it inherits a switch that is on;
#   not_set when it inherits one that nobody set, or default_changed when that may
#   mean either; unread when Exchange did not show its own.
switch(mailbox, transport, instant) := "override" if {
	mailbox.exchange.SmtpClientAuthenticationDisabled == false
} else := "off" if {
	mailbox.exchange.SmtpClientAuthenticationDisabled == true
} else := organisation(transport, instant) if {
	mailbox.exchange.SmtpClientAuthenticationDisabled == null
} else := "unread"

# METADATA
# description: How the organisation's switch stands, in the way of switch.
organisation(transport, instant) := "organisation" if {
	transport.SmtpClientAuthenticationDisabled == false
} else := "off" if {
	transport.SmtpClientAuthenticationDisabled == true
} else := "default_changed" if {
	instant >= _default_changes
} else := "not_set"

# METADATA
# description: >-
#   What a mailbox's switch (see switch) and its authentication policy (see
#   lib.authentication_policies) leave open to a password: closed, policy_unread
#   when the switch is not off and the policy was not read, else the switch. A
#   policy that was looked for and is not there closes nothing.
exposure(switch, effective) := "closed" if {
	switch == "off"
} else := "closed" if {
	effective.policy.AllowBasicAuthSmtp == false
} else := "policy_unread" if {
	effective.kind == "unread"
} else := switch
