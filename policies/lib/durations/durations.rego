# METADATA
# title: Durations as vendors write them
# description: >-
#   Okta writes ISO 8601 durations (PT12H), Microsoft's token policies .NET time
#   spans (1.00:00:00). Both become seconds. A text that cannot be read has no
#   value here, so that the caller says unknown and never guesses.
package lib.durations

# METADATA
# description: >-
#   Seconds of an ISO 8601 duration of weeks, days, hours, minutes and seconds.
#   Years and months have no fixed length and are not read.
iso(text) := total if {
	# Outside the sum: a text that cannot be read must not add up to nothing.
	numbers := _numbers(text)
	total := sum([seconds |
		some i, number in numbers
		seconds := number * _unit_seconds[i]
	])
}

_unit_seconds := [604800, 86400, 3600, 60, 1]

_numbers(text) := [_number(part) | some part in array.slice(parts, 1, 6)] if {
	# The last letter must follow a digit, so that P, PT and P1DT are refused.
	regex.match(`\d[WDHMS]$`, text)
	[parts] := regex.find_all_string_submatch_n(`^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$`, text, 1)
}

_number("") := 0

_number(text) := to_number(_without_leading_zeros(text)) if text != ""

# to_number refuses 08.
_without_leading_zeros(text) := regex.replace(text, `^0+([0-9])`, "$1")

# METADATA
# description: >-
#   Seconds of a .NET time span, [days.]hours:minutes:seconds[.fraction]. The
#   fraction is cut off. A bare number, which .NET reads as days, is not read:
#   Microsoft does not document it for these policies.
timespan(text) := sum([seconds |
	some i, unit in [86400, 3600, 60, 1]
	seconds := _number(parts[i + 1]) * unit
]) if {
	[parts] := regex.find_all_string_submatch_n(`^(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2})(?:\.\d+)?$`, text, 1)
}

# METADATA
# description: A limit given in hours, in seconds.
hours(number) := number * 3600
