# METADATA
# title: Whether logs were read for long enough
# description: >-
#   That something is in a log shows that it happens. That it is not there shows
#   nothing unless the log was read for long enough, up to the snapshot: a machine
#   that sends its mail on Mondays is not in the log of an hour.
package lib.log_windows

# METADATA
# description: >-
#   Why a log without entries proves nothing, as entries: too short a time, or a time
#   that nobody wrote down. days is how long the logs were read up to the snapshot.
doubts(days, least) := set() if {
	days >= least
} else := {{"key": "window_short", "args": {"days": days, "least": least}}} if {
	is_number(days)
} else := {{"key": "window_unknown", "args": {}}}
