package lib.verification_test

import data.lib.verification

_assurance(mode, constraints) := {"type": "ASSURANCE", "factorMode": mode, "constraints": constraints}

_chain(chains) := {"type": "AUTH_METHOD_CHAIN", "chains": chains}

_step(names) := {"authenticationMethods": [{"key": name, "method": name} | some name in names]}

_then(names, next) := object.union(_step(names), {"next": [next]})

test_intervals_of_assurance if {
	verification.intervals({"type": "ASSURANCE", "factorMode": "2FA", "reauthenticateIn": "PT2H"}) == {"PT2H"}
	verification.intervals({"type": "ASSURANCE", "factorMode": "2FA"}) == {""}
	verification.intervals({}) == {""}
}

test_constraint_interval_goes_before_but_not_for_the_other_factor if {
	half := object.union(_assurance("2FA", [{"knowledge": {"reauthenticateIn": "PT2H"}}]), {"reauthenticateIn": "PT43800H"})
	verification.intervals(half) == {"PT2H", "PT43800H"}
	whole := _assurance("2FA", [{"knowledge": {"reauthenticateIn": "PT2H"}, "possession": {"reauthenticateIn": "PT1H"}}])
	verification.intervals(whole) == {"PT2H", "PT1H"}
	single := object.union(_assurance("1FA", [{"possession": {"reauthenticateIn": "PT1H"}}]), {"reauthenticateIn": "PT43800H"})
	verification.intervals(single) == {"PT1H"}
	verification.intervals(object.union(single, {"constraints": single.constraints[0]})) == {"PT1H"}
	verification.intervals(object.remove(half, ["reauthenticateIn"])) == {"PT2H", ""}
	verification.intervals(object.union(_assurance("1FA", [{}]), {"reauthenticateIn": "PT1H"})) == {"PT1H"}
}

test_intervals_of_chains if {
	chain := _chain([_then(["password"], _step(["sms"]))])
	verification.intervals(object.union(chain, {"reauthenticateIn": "PT2H10M"})) == {"PT2H10M"}
	verification.intervals(chain) == {""}
	own := _chain([
		object.union(_then(["password"], object.union(_step(["sms"]), {"reauthenticateIn": "PT8H"})), {"reauthenticateIn": "PT1H"}),
		_step(["webauthn"]),
	])
	verification.intervals(own) == {"PT8H", "PT1H", ""}
	verification.intervals(_chain([])) == {""}
	verification.intervals(_chain(null)) == {""}
	root := object.union(_then(["password"], _step(["sms"])), {"reauthenticateIn": "PT1H"})
	verification.intervals(_chain([root])) == {"PT1H"}
}

test_longest_interval_decides if {
	half := object.union(_assurance("2FA", [{"knowledge": {"reauthenticateIn": "PT2H"}}]), {"reauthenticateIn": "P1D"})
	verification.longest(half) == {"text": "P1D", "seconds": 86400}
	verification.longest({"type": "ASSURANCE", "reauthenticateIn": "PT0S"}) == {"text": "PT0S", "seconds": 0}
	verification.longest(_chain([
		object.union(_step(["password"]), {"reauthenticateIn": "PT24H"}),
		object.union(_step(["sms"]), {"reauthenticateIn": "P1D"}),
		object.union(_step(["push"]), {"reauthenticateIn": "P1M"}),
	])) == {"text": "P1D", "seconds": 86400}
	verification.longest({}) == {"text": "", "seconds": 0}
}
