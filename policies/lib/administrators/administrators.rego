# METADATA
# title: Who administers Exchange Online
# description: >-
#   A user administers Exchange through an Entra role that reaches into it, or
#   through any of Exchange's administrative role groups. Roles that are held
#   permanently or are active now count; a role that could be activated does not.
package lib.administrators

# Template ids of the Entra roles that Microsoft's pages name as giving Exchange
# Online PowerShell something to do.
_roles := {
	"62e90394-69f5-4237-9190-012177145e10", # Global Administrator
	"29232cdf-9323-42fd-ade2-1d097af3e4de", # Exchange Administrator
	"31392ffb-586c-42d1-9346-e59415a2cc4e", # Exchange Recipient Administrator
	"f2ef992c-3afb-46b9-b7cf-a126ee74c451", # Global Reader
	"17315797-102d-40b4-93e0-432062caca18", # Compliance Administrator
	"194ae4cb-b126-40b2-bd5b-6091b380977d", # Security Administrator
	"5d6b6bb7-de71-4623-b4af-96380a352509", # Security Reader
	"729827e3-9c14-49f7-bb1b-9608f156bbb8", # Helpdesk Administrator
}

# METADATA
# description: >-
#   Whether the mailbox's user administers Exchange: yes, no, or unread when the
#   roles or the role groups that were read show none and the others are missing.
administers(mailbox) := "yes" if {
	some role in mailbox.entra.roles
	lower(role) in _roles
} else := "yes" if {
	count(mailbox.exchange.role_groups) > 0
} else := "no" if {
	is_array(mailbox.entra.roles)
	is_array(mailbox.exchange.role_groups)
} else := "unread"

# METADATA
# description: >-
#   Whether the mailbox's user can use Exchange Online PowerShell: enabled, off, or
#   not_set. Exchange shows the switch under an old and a new name; on under
#   either is on.
powershell(mailbox) := "enabled" if {
	true in _switches(mailbox)
} else := "off" if {
	false in _switches(mailbox)
} else := "not_set"

_switches(mailbox) := {mailbox.exchange[field] | some field in ["RemotePowerShellEnabled", "EXOModuleEnabled"]}
