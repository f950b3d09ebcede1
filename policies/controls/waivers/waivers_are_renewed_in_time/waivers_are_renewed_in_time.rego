# METADATA
# title: No waiver is about to end
# description: >-
#   A waiver that ends fails the gate from one day to the next. Whoever answers for
#   it hears of that in time to put the thing right, or to decide anew. How many
#   days before is set in postern.yaml (waivers.warn_days).
# related_resources:
#   - ref: https://csrc.nist.gov/glossary/term/plan_of_action_and_milestones
#     description: Plan of action and milestones (NIST)
# custom:
#   id: WAIVER-003
#   severity: info
#   step: waivers
#   needs: [waivers]
#   messages:
#     ends: The waiver '{waiver}' ({place}) of {owner} for {control} ends on {expires}.
#     none: There are no waivers in the file.
#   remediation:
#     text: >-
#       Put right what it waives before that day, or have the entry written again with
#       a later one.
package controls.waivers.waivers_are_renewed_in_time

violations contains violation if {
	some i, waiver in input.waivers.entries
	waiver.state == "holds"
	not _has_time(waiver)
	violation := {
		"key": "ends",
		"args": {
			"waiver": waiver.id, "place": waiver.place, "owner": waiver.owner,
			"control": waiver.control, "expires": waiver.expires,
		},
		"resource": {"kind": "waiver", "id": waiver.id},
		"at": ["waivers", "entries", i],
	}
}

not_applicable contains {"key": "none", "args": {}} if count(input.waivers.entries) == 0

_has_time(waiver) if waiver.days_left > input.waivers.warn_days
