package lib.authentication_policies_test

import data.lib.authentication_policies

_blocking := {
	"Name": "Block Basic Authentication",
	"Identity": "Block Basic Authentication",
	"Id": "Block Basic Authentication",
	"Guid": "5a3f0d6e-0000-4000-8000-000000000001",
	"DistinguishedName": "CN=Block Basic Authentication,CN=Auth Policies,DC=example",
	"AllowBasicAuthActiveSync": false,
	"AllowBasicAuthAutodiscover": false,
	"AllowBasicAuthImap": false,
	"AllowBasicAuthLogExport": true,
	"AllowBasicAuthMapi": false,
	"AllowBasicAuthOfflineAddressBook": false,
	"AllowBasicAuthOutlookService": false,
	"AllowBasicAuthPop": false,
	"AllowBasicAuthPowershell": false,
	"AllowBasicAuthReportingWebServices": false,
	"AllowBasicAuthRpc": false,
	"AllowBasicAuthSmtp": false,
	"AllowBasicAuthWebServices": false,
}

_with(field, value) := object.union(_blocking, {field: value})

test_a_policy_with_every_flag_false_blocks if {
	authentication_policies.verdict(_blocking) == "blocks"
	authentication_policies.verdict(_with("AllowBasicAuthRest", false)) == "blocks"
}

test_one_open_flag_opens_the_policy if {
	every flag in ["AllowBasicAuthPop", "AllowBasicAuthRest"] {
		policy := _with(flag, true)
		authentication_policies.verdict(policy) == "open"
		authentication_policies.reasons(policy, "open") == [flag]
	}
}

test_a_flag_without_an_answer_does_not_block if {
	every policy in [_with("AllowBasicAuthImap", null), json.remove(_blocking, ["/AllowBasicAuthImap"])] {
		authentication_policies.verdict(policy) == "silent"
		authentication_policies.reasons(policy, "silent") == ["AllowBasicAuthImap"]
	}
}

test_an_undocumented_flag_that_is_there_answers_or_is_silent if {
	policy := _with("AllowBasicAuthRest", null)
	authentication_policies.verdict(policy) == "silent"
	authentication_policies.reasons(policy, "silent") == ["AllowBasicAuthRest"]
}

test_an_open_flag_is_an_answer if authentication_policies.silent_flags(_with("AllowBasicAuthImap", true)) == []

test_an_unknown_open_flag_is_strange if {
	policy := _with("AllowBasicAuthHologram", true)
	authentication_policies.verdict(policy) == "strange"
	authentication_policies.reasons(policy, "strange") == ["AllowBasicAuthHologram"]
	authentication_policies.verdict(_with("AllowBasicAuthHologram", false)) == "blocks"
}

test_a_policy_is_found_by_each_of_its_names if {
	every field in ["Name", "Identity", "Id", "Guid", "DistinguishedName"] {
		reference := upper(_blocking[field])
		authentication_policies.find([{"Name": null}, _blocking], reference) == _blocking
	}
	not authentication_policies.find([_blocking], "Block")
}

test_of_policies_that_share_a_name_the_first_is_found if {
	first := {"Name": "Twice", "Guid": "1"}
	second := {"Name": "Other", "Id": "twice", "Guid": "2"}
	every reference in ["Twice", " TWICE "] {
		authentication_policies.find([{"Name": null}, first, second], reference) == first
		authentication_policies.find([second, first], reference) == second
	}
}

test_of_policies_that_share_a_name_one_that_is_open_is_found_first if {
	open := _with("AllowBasicAuthSmtp", true)
	authentication_policies.find([_blocking, open], "Block Basic Authentication") == open
	authentication_policies.find([open, _blocking], "Block Basic Authentication") == open
}

test_the_default_policy if {
	found := authentication_policies.default_policy({"DefaultAuthenticationPolicy": "Block Basic Authentication"}, [_blocking])
	found == {"kind": "policy", "policy": _blocking}
	gone := authentication_policies.default_policy({"DefaultAuthenticationPolicy": "Gone"}, [_blocking])
	gone == {"kind": "missing", "name": "Gone"}
	every organization in [{"DefaultAuthenticationPolicy": null}, {"DefaultAuthenticationPolicy": ""}] {
		authentication_policies.default_policy(organization, [_blocking]) == {"kind": "none"}
	}
	authentication_policies.default_policy({}, [_blocking]) == {"kind": "unread"}
}

_effective(own) := authentication_policies.effective(
	{"exchange": {"AuthenticationPolicy": own}},
	{"DefaultAuthenticationPolicy": "Block Basic Authentication"},
	[_blocking, {"Name": "Old"}],
)

test_a_mailbox_is_under_its_own_policy_or_the_default if {
	_effective("old") == {"kind": "policy", "policy": {"Name": "Old"}}
	_effective(null) == {"kind": "policy", "policy": _blocking}
	_effective("") == {"kind": "policy", "policy": _blocking}
	_effective("Gone") == {"kind": "missing", "name": "Gone"}
	authentication_policies.effective({"exchange": {}}, {}, [_blocking]) == {"kind": "unread"}
}

test_an_answer_is_judged_with_its_reasons if {
	open := _with("AllowBasicAuthPop", true)
	authentication_policies.judged({"kind": "policy", "policy": open}) == {
		"key": "open",
		"args": {"policy": "Block Basic Authentication", "flags": ["AllowBasicAuthPop"]},
	}
	authentication_policies.judged({"kind": "policy", "policy": _blocking}) == {
		"key": "blocks",
		"args": {"policy": "Block Basic Authentication", "flags": []},
	}
	authentication_policies.judged({"kind": "missing", "name": "Gone"}) == {"key": "missing", "args": {"policy": "Gone"}}
	authentication_policies.judged({"kind": "none"}) == {"key": "none", "args": {}}
	authentication_policies.judged({"kind": "unread"}) == {"key": "unread", "args": {}}
}

_on_smtp(policy) := authentication_policies.judged_on_smtp({"kind": "policy", "policy": policy})

test_smtp_is_judged_by_its_own_flag if {
	args := {"policy": "Block Basic Authentication"}
	_on_smtp(_with("AllowBasicAuthPop", true)) == {"key": "refused", "args": args}
	_on_smtp(_with("AllowBasicAuthSmtp", true)) == {"key": "allowed", "args": args}
	_on_smtp(_with("AllowBasicAuthSmtp", null)) == {"key": "not_set", "args": args}
	authentication_policies.judged_on_smtp({"kind": "none"}) == {"key": "none", "args": {}}
}

test_a_change_is_compared_as_a_moment if {
	moment := "2026-11-20T08:00:00Z"
	every text in [
		"2026-11-20T08:00:00.0000001+00:00",
		"2026-11-20T09:30:00+01:00",
		"2026-11-20T07:30:00.0000000-01:00",
		"2027-02-28T00:00:00Z",
		"2028-02-29T00:00:00Z",
		"2100-02-28T00:00:00Z",
		"2027-04-30T00:00:00Z",
	] {
		authentication_policies.changed_after({"WhenChanged": text}, moment)
	}
	every text in [
		"2026-11-20T08:00:00.0000000+00:00",
		"2026-11-20T08:30:00+01:00",
		"0001-01-01T00:00:00Z",
		"9999-12-31T23:59:59Z",
		"2027-02-29T00:00:00Z",
		"2100-02-29T00:00:00Z",
		"2027-04-31T00:00:00Z",
		"2027-12-32T00:00:00Z",
		"2027-12-00T00:00:00Z",
		"11/20/2027 8:00:00 AM",
		null,
		7,
	] {
		not authentication_policies.changed_after({"WhenChanged": text}, moment)
	}
	not authentication_policies.changed_after({}, moment)
	every field in ["WhenChangedUTC", "WhenChanged", "WhenCreatedUTC", "WhenCreated"] {
		authentication_policies.changed_after({field: "2026-11-20T08:00:01Z"}, moment)
	}
	authentication_policies.changed_after({"WhenChanged": "2000-02-29T00:00:00Z"}, "1999-12-31T00:00:00Z")
}
