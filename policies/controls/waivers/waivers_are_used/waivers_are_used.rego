# METADATA
# title: Every waiver is about something that is found
# description: >-
#   A waiver that matches nothing is left over from what was put right, or has a
#   slip in it and does not do what was meant. Either way it lies in wait: when the
#   finding comes back, nobody has decided on it anew. Where evidence is missing
#   nobody can say whether the waiver is still needed, so that is unknown.
# related_resources:
#   - ref: https://csrc.nist.gov/glossary/term/plan_of_action_and_milestones
#     description: Plan of action and milestones (NIST)
# custom:
#   id: WAIVER-001
#   severity: low
#   step: waivers
#   needs: [waivers]
#   messages:
#     unused: The waiver '{waiver}' ({place}) is about nothing that {control} finds.
#     no_control: The waiver '{waiver}' ({place}) names the control '{control}', which there is not.
#     no_group: The waiver '{waiver}' ({place}) names a group that the snapshot does not know, so it waives nothing.
#     ambiguous_group: The waiver '{waiver}' ({place}) names a group by a name that several have, so it waives nothing.
#     undecided: Whether the waiver '{waiver}' ({place}) is still about something cannot be said, because evidence for {control} is missing.
#     none: There are no waivers in the file.
#   remediation:
#     text: >-
#       Take the entry out, or correct its control and its scope. A group is best
#       named by its id. A snapshot knows the groups that policies and rules name;
#       for others name the users or the cause.
package controls.waivers.waivers_are_used

violations contains _entry(i, waiver, "unused") if {
	some i, waiver in input.waivers.entries
	not _used(waiver)
	not waiver.state == "undecided"
	not _slip(waiver)
}

violations contains _entry(i, waiver, waiver.problem) if {
	some i, waiver in input.waivers.entries
	_slip(waiver)
}

unknown contains {"key": "undecided", "args": _args(waiver)} if {
	some waiver in input.waivers.entries
	waiver.state == "undecided"
}

not_applicable contains {"key": "none", "args": {}} if count(input.waivers.entries) == 0

_used(waiver) if waiver.state in {"holds", "expired", "too_far", "grown", "not_judged"}

_slip(waiver) if waiver.problem in {"no_control", "no_group", "ambiguous_group"}

_entry(i, waiver, key) := {
	"key": key,
	"args": _args(waiver),
	"resource": {"kind": "waiver", "id": waiver.id},
	"at": ["waivers", "entries", i],
}

_args(waiver) := {"waiver": waiver.id, "place": waiver.place, "control": waiver.control}
