package controls.basic_auth.blocking_policy_exists_test

import data.controls.basic_auth.blocking_policy_exists as control

_flags := [
	"ActiveSync", "Autodiscover", "Imap", "Mapi", "OfflineAddressBook", "OutlookService", "Pop", "Powershell",
	"ReportingWebServices", "Rpc", "Smtp", "WebServices",
]

_policy(title, allowed) := object.union(
	{"Name": title, "Identity": title, "Guid": sprintf("guid-%s", [title])},
	{name: allows |
		some flag in _flags
		name := concat("", ["AllowBasicAuth", flag])
		allows := flag in allowed
	},
)

good := {"exchange": {"authentication_policies": [
	_policy("Old", {"Pop", "Smtp"}),
	object.union(_policy("Block", set()), {"AllowBasicAuthLogExport": true, "AllowBasicAuthRest": false}),
]}}

_replace(path, value) := [{"op": "replace", "path": concat("", ["/exchange/authentication_policies", path]), "value": value}]

mutations := array.concat(
	[
		{"name": "no policies", "patch": _replace("", [])},
		{"name": "Rest open", "patch": _replace("/1/AllowBasicAuthRest", true)},
		{"name": "null", "patch": _replace("/1/AllowBasicAuthImap", null)},
		{"name": "flag missing", "patch": [{"op": "remove", "path": "/exchange/authentication_policies/1/AllowBasicAuthImap"}]},
		{"name": "blocking policy gone", "patch": [{"op": "remove", "path": "/exchange/authentication_policies/1"}]},
	],
	[mutation |
		some flag in _flags
		mutation := {
			"name": sprintf("%s open", [flag]),
			"patch": _replace(concat("", ["/1/AllowBasicAuth", flag]), true),
		}
	],
)

_mutated(name) := json.patch(good, mutation.patch) if {
	some mutation in mutations
	mutation.name == name
}

_summary(rules) := {[entry.key, entry.args.policy, entry.args.flags] | some entry in rules}

_old := ["open", "Old", ["AllowBasicAuthPop", "AllowBasicAuthSmtp"]]

test_passes_when_one_policy_blocks_everything if {
	count(control.violations) == 0 with input as good
	count(control.unknown) == 0 with input as good
}

test_fails_when_there_is_no_policy if {
	found := control.violations with input as _mutated("no policies")
	found == {{
		"key": "no_policy",
		"args": {},
		"resource": {"kind": "authentication_policy"},
		"at": ["exchange", "authentication_policies"],
		"whole": ["exchange.authentication_policies"],
	}}
}

test_fails_when_every_policy_lets_something_through if {
	_summary(control.violations) == {_old} with input as _mutated("blocking policy gone")
	_summary(control.violations) == {_old, ["open", "Block", ["AllowBasicAuthRest"]]} with input as _mutated("Rest open")
	every flag in _flags {
		name := concat("", ["AllowBasicAuth", flag])
		found := control.violations with input as _mutated(sprintf("%s open", [flag]))
		_summary(found) == {_old, ["open", "Block", [name]]}
		{entry.at | some entry in found} == {["exchange", "authentication_policies", i] | some i in [0, 1]}
	}
}

test_fails_with_the_policy_as_the_subject if {
	found := control.violations with input as _mutated("blocking policy gone")
	{[entry.resource, entry.at] | some entry in found} == {[
		{"kind": "authentication_policy", "id": "guid-Old", "name": "Old"},
		["exchange", "authentication_policies", 0],
	]}
}

test_fails_when_a_policy_does_not_answer if {
	every name in ["null", "flag missing"] {
		_summary(control.violations) == {_old, ["silent", "Block", ["AllowBasicAuthImap"]]} with input as _mutated(name)
	}
}

test_unknown_when_only_a_strange_flag_is_open if {
	strange := json.patch(good, [{"op": "add", "path": "/exchange/authentication_policies/1/AllowBasicAuthHologram", "value": true}])
	_summary(control.unknown) == {["strange", "Block", ["AllowBasicAuthHologram"]]} with input as strange
	count(control.violations) == 0 with input as strange
	both := json.patch(strange, [{"op": "add", "path": "/exchange/authentication_policies/-", "value": _policy("Second", set())}])
	count(control.unknown) == 0 with input as both
}
