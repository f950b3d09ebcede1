package lib.log_windows_test

import data.lib.log_windows

test_long_enough if {
	log_windows.doubts(7, 7) == set()
	log_windows.doubts(30.5, 7) == set()
	log_windows.doubts(0, 0) == set()
}

test_too_short if {
	some doubt in log_windows.doubts(6.99, 7)
	doubt.key == "window_short"
	doubt.args == {"days": 6.99, "least": 7}
}

test_not_written_down if {
	some doubt in log_windows.doubts(null, 7)
	doubt.key == "window_unknown"
}
