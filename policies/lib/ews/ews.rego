# METADATA
# title: Exchange Web Services and their retirement
# description: >-
#   Whether the organisation leaves EWS open, which depends on when one asks.
#   Until 2026-10-01 a switch that nobody set counts as on. From then on Microsoft
#   turns it off tenant by tenant, and a switch that is on admits only the listed
#   applications. On 2027-04-01 EWS is gone.
package lib.ews

_retirement_starts := "2026-10-01T00:00:00Z"

_retirement_ends := "2027-04-01T00:00:00Z"

# METADATA
# description: >-
#   How EWS stands at an instant: retired; off; listed (only the applications on a
#   list of ids); agents (only those on a list of user agents); open; or, where it
#   cannot be told, list_unread (on, and the list of ids was not collected),
#   list_blank (on with a blank list during the retirement, of which Microsoft's
#   pages do not agree whether it admits all or none), rollout (not set during the
#   retirement), unread (Exchange shows no switch). operation is null when the
#   list of ids was not collected.
access(organization, operation, instant) := "retired" if {
	instant >= _retirement_ends
} else := "off" if {
	organization.EwsEnabled == false
} else := "unread" if {
	not _answers(organization)
} else := "listed" if {
	organization.EwsEnabled == true
	_lists_applications(operation)
} else := "agents" if {
	organization.EwsApplicationAccessPolicy == "EnforceAllowList"
	not _lists_every_agent(organization)
} else := _undecided(organization, operation, instant)

_undecided(organization, operation, instant) := "list_unread" if {
	organization.EwsEnabled == true
	operation == null
} else := "open" if {
	instant < _retirement_starts
} else := "list_blank" if {
	organization.EwsEnabled == true
} else := "rollout"

# A star stands for any text, so that one alone lists whoever asks.
_lists_every_agent(organization) if {
	some agent in organization.EwsAllowList
	regex.match(`^\s*\*[\s*]*$`, agent)
}

_answers(organization) if organization.EwsEnabled in {true, null}

# A list, or one text with commas.
_lists_applications(operation) if {
	some id in operation.EwsAllowedAppIDs
	trim_space(id) != ""
}

_lists_applications(operation) if {
	is_string(operation.EwsAllowedAppIDs)
	some id in split(operation.EwsAllowedAppIDs, ",")
	trim_space(id) != ""
}

# METADATA
# description: Whether Exchange turns EWS off for the mailbox, under an organisation that leaves it on.
closed_for(mailbox) if mailbox.exchange.EwsEnabled == false
