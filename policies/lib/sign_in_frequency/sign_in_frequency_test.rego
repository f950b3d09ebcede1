package lib.sign_in_frequency_test

import data.lib.sign_in_frequency

_policy := {
	"id": "1",
	"state": "enabled",
	"conditions": {
		"clientAppTypes": ["all"],
		"users": {"includeUsers": ["All"], "excludeUsers": ["glass"]},
		"applications": {"includeApplications": ["All"], "excludeApplications": []},
		"platforms": null,
		"locations": null,
	},
	"sessionControls": {"signInFrequency": {
		"isEnabled": true,
		"type": "days",
		"value": 7,
		"frequencyInterval": "timeBased",
	}},
}

_with(path, value) := json.patch(_policy, [{"op": "add", "path": path, "value": value}])

_shortfalls(policy) := sign_in_frequency.shortfalls(policy, 168, ["Glass"])

test_set_only_when_switched_on if {
	sign_in_frequency.set(_policy)
	not sign_in_frequency.set(_with("/sessionControls/signInFrequency/isEnabled", false))
	not sign_in_frequency.set(_with("/sessionControls", null))
}

test_policy_for_all_and_everything_has_no_shortfall if {
	good := [
		_policy,
		_with("/sessionControls/signInFrequency", {"isEnabled": true, "frequencyInterval": "everyTime", "value": null}),
		_with("/sessionControls/signInFrequency", {"isEnabled": true, "type": "hours", "value": 168}),
		_with("/conditions/applications/includeApplications", ["Office365"]),
		_with("/conditions/applications/includeApplications", ["00000002-0000-0ff1-ce00-000000000000"]),
		_with("/conditions/applications/excludeApplications", ["11111111-1111-1111-1111-111111111111"]),
		_with("/conditions/clientAppTypes", ["browser", "mobileAppsAndDesktopClients"]),
		_with("/conditions/platforms", {"includePlatforms": ["all"], "excludePlatforms": []}),
		_with("/conditions/locations", {"includeLocations": ["All"], "excludeLocations": []}),
		_with("/conditions/users/excludeGuestsOrExternalUsers", {"guestOrExternalUserTypes": "b2bCollaborationGuest"}),
	]
	every policy in good {
		_shortfalls(policy) == set()
	}
}

test_each_shortfall_is_named if {
	cases := [
		[_with("/state", "enabledForReportingButNotEnforced"), "it is report-only"],
		[_with("/state", "disabled"), "it is switched off"],
		[object.remove(_policy, ["state"]), "it is switched off"],
		[object.remove(_policy, ["sessionControls"]), "its interval is too long or cannot be read"],
		[_with("/sessionControls/signInFrequency/value", 8), "its interval is too long or cannot be read"],
		[_with("/sessionControls/signInFrequency/value", null), "its interval is too long or cannot be read"],
		[_with("/sessionControls/signInFrequency/type", "weeks"), "its interval is too long or cannot be read"],
		[_with("/sessionControls/signInFrequency/frequencyInterval", "unknownFutureValue"), "its interval is too long or cannot be read"],
		[_with("/conditions/users/includeUsers", ["1"]), "it is not for all users"],
		[_with("/conditions/users/excludeUsers", ["2"]), "it leaves users out"],
		[_with("/conditions/users/excludeGroups", ["glass"]), "it leaves users out"],
		[_with("/conditions/applications/includeApplications", ["other"]), "it is not for Exchange Online"],
		[_with("/conditions/applications/excludeApplications", ["Office365"]), "it is not for Exchange Online"],
		[_with("/conditions/clientAppTypes", ["browser"]), "it is not for browsers and apps alike"],
		[_with("/conditions/platforms", {"includePlatforms": ["iOS"]}), "it is limited to some platforms"],
		[_with("/conditions/platforms", {"includePlatforms": ["all"], "excludePlatforms": ["iOS"]}), "it is limited to some platforms"],
		[_with("/conditions/locations", {"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]}), "it is limited to some locations"],
		[_with("/conditions/signInRiskLevels", ["high"]), "it has the condition signInRiskLevels"],
	]
	every example in cases {
		_shortfalls(example[0]) == {example[1]}
	}
}
