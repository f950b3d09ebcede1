# METADATA
# title: No waiver ends further ahead than the limit allows
# description: >-
#   A waiver without an end is a change of policy that nobody has written down. The
#   limit is set in postern.yaml (waivers.max_days, half a year without it). A
#   waiver beyond it waives nothing until its date is put right: a limit that only
#   warns is none.
# related_resources:
#   - ref: https://csrc.nist.gov/glossary/term/plan_of_action_and_milestones
#     description: Plan of action and milestones (NIST)
# custom:
#   id: WAIVER-004
#   severity: medium
#   step: waivers
#   needs: [waivers]
#   messages:
#     too_far: The waiver '{waiver}' ({place}) of {owner} for {control} would end on {expires}, more than {limit} days ahead, so it waives nothing.
#     none: There are no waivers in the file.
#   remediation:
#     text: >-
#       Choose an earlier day, and decide anew when it comes. What the organisation
#       means to live with for good belongs into the declarations in postern.yaml,
#       where there is one for it.
package controls.waivers.waivers_end_within_the_limit

violations contains violation if {
	some i, waiver in input.waivers.entries
	waiver.state == "too_far"
	violation := {
		"key": "too_far",
		"args": {
			"waiver": waiver.id, "place": waiver.place, "owner": waiver.owner,
			"control": waiver.control, "expires": waiver.expires, "limit": input.waivers.max_days,
		},
		"resource": {"kind": "waiver", "id": waiver.id},
		"at": ["waivers", "entries", i],
	}
}

not_applicable contains {"key": "none", "args": {}} if count(input.waivers.entries) == 0
