# METADATA
# title: New mailboxes start without POP and IMAP
# description: >-
#   The whitepaper's step C. A mailbox plan decides what a mailbox gets when it is
#   created or licensed anew; it changes nothing on mailboxes that exist, which is
#   why PROTO-001 and PROTO-002 look at those. Exchange turns both protocols on in
#   its plans (IMAP not in the one for deskless workers), so without this the next
#   hire undoes the step. Every plan is judged, the default one or not, because a
#   licence picks the plan. Every licensed tenant has plans, so an empty list is
#   no good sign and makes the answer unknown.
# related_resources:
#   - ref: https://learn.microsoft.com/powershell/module/exchangepowershell/set-casmailboxplan
#     description: Set-CASMailboxPlan
# custom:
#   id: PROTO-004
#   severity: medium
#   step: C
#   needs: [exchange.cas_mailbox_plans]
#   messages:
#     enabled: "Mailbox plan '{plan}' gives new mailboxes these protocols: {protocols}."
#     not_set: >-
#       Mailbox plan '{plan}' does not say whether new mailboxes get these
#       protocols: {protocols}.
#     no_plans: Exchange shows no mailbox plan, though every licensed tenant has some.
#   remediation:
#     text: >-
#       Turn POP and IMAP off in every plan. Mailboxes that exist keep what they
#       have: see PROTO-001 and PROTO-002.
#     powershell: Get-CASMailboxPlan | Set-CASMailboxPlan -PopEnabled $false -ImapEnabled $false
#     undo: Set-CASMailboxPlan -Identity <plan> -PopEnabled $true -ImapEnabled $true
package controls.protocols.new_mailboxes_have_pop_imap_disabled

import data.lib.names

violations contains _violation(i, "enabled", protocols) if {
	some i, plan in input.exchange.cas_mailbox_plans
	protocols := [protocol | some protocol, field in _fields; plan[field] == true]
	count(protocols) > 0
}

violations contains _violation(i, "not_set", protocols) if {
	some i, plan in input.exchange.cas_mailbox_plans
	protocols := [protocol | some protocol, field in _fields; not _answers(plan, field)]
	count(protocols) > 0
}

unknown contains {"key": "no_plans", "args": {}, "evidence": "exchange.cas_mailbox_plans"} if {
	count(input.exchange.cas_mailbox_plans) == 0
}

_fields := {"IMAP": "ImapEnabled", "POP": "PopEnabled"}

_answers(plan, field) if plan[field] in {true, false}

_violation(i, key, protocols) := {
	"key": key,
	"args": {"plan": name, "protocols": protocols},
	"resource": {"kind": "cas_mailbox_plan", "id": identity, "name": name},
	"at": ["exchange", "cas_mailbox_plans", i],
} if {
	plan := input.exchange.cas_mailbox_plans[i]
	name := names.first(plan, ["DisplayName", "Name", "Identity"])
	identity := names.first(plan, ["Guid", "Identity", "Name"])
}
