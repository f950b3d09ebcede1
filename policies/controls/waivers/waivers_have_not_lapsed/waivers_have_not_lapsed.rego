# METADATA
# title: No waiver has lapsed
# description: >-
#   A waiver is a decision for a time, and for what somebody looked at. When its last
#   day is over, or when a pinned one is about more people than those for whom it was
#   accepted, or about the same people by more protocols, it waives nothing any more:
#   what it was about is a finding again, all of it, until somebody decides anew.
#   Whoever has left, and a protocol that was closed, is no reason for that.
#   Days are counted to the later of today and the day of the snapshot.
# related_resources:
#   - ref: https://csrc.nist.gov/glossary/term/plan_of_action_and_milestones
#     description: Plan of action and milestones (NIST)
# custom:
#   id: WAIVER-002
#   severity: medium
#   step: waivers
#   needs: [waivers]
#   messages:
#     expired: The waiver '{waiver}' ({place}) of {owner} for {control} ended on {expires}.
#     grown: The waiver '{waiver}' ({place}) of {owner} for {control} was accepted for {pinned}. Since then {added} joined, as listed here.
#     grown_unnamed: The waiver '{waiver}' ({place}) of {owner} for {control} was accepted for {pinned}; others are among the {covers} whom it concerns now.
#     widened: The waiver '{waiver}' ({place}) of {owner} for {control} was accepted for less. Since then it came to be about {ways} as well.
#     grown_and_widened: The waiver '{waiver}' ({place}) of {owner} for {control} was accepted for {pinned}. Since then {added} joined, as listed here, and it came to be about {ways} as well.
#     grown_unnamed_and_widened: The waiver '{waiver}' ({place}) of {owner} for {control} was accepted for {pinned}; others are among the {covers} whom it concerns now, and it came to be about {ways} as well.
#     none: There are no waivers in the file.
#   remediation:
#     text: >-
#       Put right what it waives. If the organisation still has to live with it, look
#       at whom and what it concerns now, take the entry out and have it written again
#       with 'postern waive', for the people and protocols that are there today.
package controls.waivers.waivers_have_not_lapsed

violations contains _entry(i, waiver, "expired") if {
	some i, waiver in input.waivers.entries
	waiver.state == "expired"
}

violations contains _entry(i, waiver, _key(waiver)) if {
	some i, waiver in input.waivers.entries
	waiver.state == "grown"
}

not_applicable contains {"key": "none", "args": {}} if count(input.waivers.entries) == 0

default _key(_) := "grown_unnamed"

_key(waiver) := _keys[count(waiver.ways) > 0][waiver.joined][waiver.named]

# By whether it was widened, whether somebody joined, and whether they can be named.
_keys := {
	true: {
		true: {true: "grown_and_widened", false: "grown_unnamed_and_widened"},
		false: {true: "widened", false: "widened"},
	},
	false: {true: {true: "grown", false: "grown_unnamed"}},
}

_entry(i, waiver, key) := {
	"key": key,
	"args": {
		"waiver": waiver.id,
		"place": waiver.place,
		"owner": waiver.owner,
		"control": waiver.control,
		"expires": waiver.expires,
		"pinned": waiver.pinned,
		"added": waiver.added,
		"covers": waiver.covers,
		"ways": waiver.ways,
	},
	"resource": {"kind": "waiver", "id": waiver.id},
	"at": ["waivers", "entries", i],
}
