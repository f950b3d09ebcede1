# METADATA
# title: Which mailboxes the protocol controls speak of
# description: >-
#   User mailboxes, by the whitepaper's own filter (RecipientTypeDetails is
#   UserMailbox), and every other kind of mailbox whose account can sign in, such
#   as a shared or a room mailbox with an enabled account. System mailboxes have
#   no account to sign in with. Entra knows best whether an account is enabled; where
#   its word is missing, Exchange's own counts, and where that is missing too the
#   account is enabled, so that neither hides a mailbox.
package lib.mailboxes

# METADATA
# description: >-
#   Whether somebody can sign in to the mailbox. A mailbox of unknown kind counts,
#   so that a missing field never hides one.
counts(mailbox) if mailbox.exchange.RecipientTypeDetails == "UserMailbox"

counts(mailbox) if {
	not mailbox.exchange.RecipientTypeDetails == "UserMailbox"
	not is_system(mailbox)
	not _disabled(mailbox)
}

_disabled(mailbox) if mailbox.entra.accountEnabled == false

_disabled(mailbox) if {
	mailbox.exchange.AccountDisabled == true
	not mailbox.entra.accountEnabled == true
}

# METADATA
# description: Whether the mailbox belongs to Exchange itself.
is_system(mailbox) if mailbox.exchange.RecipientTypeDetails in _system

_system := {
	"ArbitrationMailbox",
	"AuditLogMailbox",
	"AuxAuditLogMailbox",
	"DiscoveryMailbox",
	"MonitoringMailbox",
	"SupervisoryReviewPolicyMailbox",
	"SystemMailbox",
}

# METADATA
# description: Whether Exchange answers a yes-or-no field of the mailbox, whichever way.
says(mailbox, field) if mailbox.exchange[field] in {true, false}

# METADATA
# description: >-
#   Whether a user signs in as the owner of the mailbox: it counts, and its account
#   is not known to be disabled, whatever kind of mailbox it is.
signs_in(mailbox) if {
	counts(mailbox)
	not _disabled(mailbox)
}

# METADATA
# description: >-
#   The domain, in lower case, that somebody signs in with as the owner of the mailbox.
#   Undefined when nobody does or the domain is not known.
sign_in_domain(mailbox) := lower(mailbox.domain) if {
	is_string(mailbox.domain)
	signs_in(mailbox)
}

# METADATA
# description: Whether the configuration declares the mailbox's user a break-glass account.
is_break_glass(mailbox) if "break_glass" in mailbox.declared
