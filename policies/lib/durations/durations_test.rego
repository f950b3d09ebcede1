package lib.durations_test

import data.lib.durations

test_iso_reads_what_okta_writes if {
	cases := {
		"PT0S": 0,
		"PT2H": 7200,
		"PT2H10M": 7800,
		"PT43800H": 157680000,
		"P1D": 86400,
		"P2W": 1209600,
		"P1DT1H1M1S": 90061,
		"PT08H": 28800,
		"PT00S": 0,
	}
	every text, seconds in cases {
		durations.iso(text) == seconds
	}
}

test_iso_refuses_what_it_cannot_read if {
	every text in ["", "P", "PT", "P1DT", "P1Y", "P1M", "PT1.5H", "2H", "PT2", "pt2h", "-PT2H", " PT2H", "PT2H "] {
		not durations.iso(text)
	}
}

test_timespan_reads_what_microsoft_writes if {
	cases := {
		"1:00:00": 3600,
		"01:00:00": 3600,
		"8:00:00": 28800,
		"00:10:00": 600,
		"1.00:00:00": 86400,
		"10.01:01:01.5000000": 867661,
	}
	every text, seconds in cases {
		durations.timespan(text) == seconds
	}
}

test_timespan_refuses_what_it_cannot_read if {
	every text in ["", "8", "1.00", "until-revoked", "8:0:0", "1:00", "-1:00:00", "1.1:00:00:00"] {
		not durations.timespan(text)
	}
}

test_hours_become_seconds if durations.hours(12) == 43200
