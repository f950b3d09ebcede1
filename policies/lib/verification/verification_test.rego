package lib.verification_test

import data.lib.verification

_assurance(mode, constraints) := {"type": "ASSURANCE", "factorMode": mode, "constraints": constraints}

_chain(chains) := {"type": "AUTH_METHOD_CHAIN", "chains": chains}

_step(names) := {"authenticationMethods": [{"key": name, "method": name} | some name in names]}

_then(names, next) := object.union(_step(names), {"next": [next]})

_verified := {"possession": {"required": true, "userVerification": "REQUIRED"}}

_answer(method) := verification.two_factors(method).answer

_reason(method) := verification.two_factors(method).reason

test_two_factor_mode_is_enough_by_itself if {
	_answer({"type": "ASSURANCE", "factorMode": "2FA"}) == "yes"
	_answer(_assurance("2FA", [{"possession": {"deviceBound": "REQUIRED"}}])) == "yes"
}

test_one_factor_mode_is_one_factor_without_user_verification if {
	weak := [[], null, [{"knowledge": {"types": ["password"]}}], [{"possession": {"userVerification": "OPTIONAL"}}], [{}]]
	every constraints in weak {
		_answer(_assurance("1FA", constraints)) == "no"
		_reason(_assurance("1FA", constraints)) == "one_factor"
	}
	_answer({"type": "ASSURANCE", "factorMode": "1FA"}) == "no"
	_answer(_assurance("1FA", [{"possession": {"required": true}, "knowledge": null}])) == "no"
	_answer(_assurance("1FA", [{"possession": {"required": true}, "knowledge": {"required": false}}])) == "no"
}

test_one_factor_mode_needs_user_verification_in_every_alternative if {
	_answer(_assurance("1FA", [_verified])) == "yes"
	_answer(_assurance("1FA", _verified)) == "yes"
	_answer(_assurance("1FA", [_verified, _verified])) == "yes"
	_answer(_assurance("1FA", [_verified, {"knowledge": {}}])) == "no"
}

test_what_nothing_documents_is_unknown if {
	undecidable := [
		_assurance("1FA", [{"possession": {"required": false, "userVerification": "REQUIRED"}}]),
		_assurance("1FA", [{"possession": {"required": true}, "knowledge": {"required": true}}]),
		_assurance("3FA", []),
		{"type": "SOMETHING_NEW", "factorMode": "1FA"},
		_chain([{"authenticationMethods": []}]),
		_chain([{"authenticationMethods": {"key": "okta_password", "method": "password"}}]),
		{"type": "ASSURANCE"},
		{"type": "SOMETHING_NEW", "factorMode": "2FA"},
		{},
		_chain([]),
		_chain(null),
		_chain([{}]),
		_chain([_step(["idp"])]),
		_chain([_then(["password"], _step(["idp"]))]),
		_chain([_then(["password"], _step(["something_new"]))]),
		_chain([{"authenticationMethods": [{"key": "x"}], "next": [_step(["sms"])]}]),
	]
	every method in undecidable {
		_answer(method) == "unknown"
	}
	_reason({"type": "ID_PROOFING", "id": "x"}) == "id_proofing"
	_answer({"type": "ID_PROOFING", "id": "x"}) == "unknown"
}

test_chain_of_two_factor_types_is_enough if {
	strong := [
		_chain([_then(["password"], _step(["sms", "push"]))]),
		_chain([_then(["PASSWORD"], _step(["WEBAUTHN"]))]),
		_chain([_then(["password"], _then(["security_question"], _step(["otp"])))]),
		_chain([{"authenticationMethods": [{"key": "okta_verify", "method": "signed_nonce", "userVerification": "REQUIRED"}]}]),
		_chain([{"authenticationMethods": [{"key": "external_idp", "method": "idp", "userVerification": "REQUIRED"}]}]),
	]
	every method in strong {
		_answer(method) == "yes"
	}
}

test_every_alternative_of_a_chain_counts if {
	weak := [
		_chain([_step(["password"])]),
		_chain([_then(["password"], _step(["security_question"]))]),
		_chain([_then(["sms"], _step(["push"]))]),
		_chain([_then(["password"], {"authenticationMethods": []})]),
		# Whoever picks sms first and push second stays within possession.
		_chain([_then(["password", "sms"], _step(["push"]))]),
		_chain([_then(["password"], _step(["sms"])), _step(["webauthn"])]),
		# The method that verifies the user is one of two.
		_chain([{"authenticationMethods": [
			{"key": "okta_verify", "method": "signed_nonce", "userVerification": "REQUIRED"},
			{"key": "okta_password", "method": "password"},
		]}]),
		# One weak alternative is enough, whatever the other is.
		_chain([_step(["idp"]), _step(["password"])]),
	]
	every method in weak {
		_answer(method) == "no"
		_reason(method) == "chain_one_factor"
	}
}

test_choice_that_never_stays_within_one_type_is_strong if {
	_answer(_chain([_then(["password"], _then(["sms", "security_question"], _step(["push"])))])) == "yes"
}

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
