package lib.conditional_access_test

import data.lib.conditional_access

# One policy for everybody, everywhere, in Graph's shape.
_everybody := {
	"id": "p1",
	"displayName": "Everybody",
	"state": "enabled",
	"conditions": {
		"clientAppTypes": ["exchangeActiveSync", "other"],
		"applications": {
			"includeApplications": ["All"],
			"excludeApplications": [],
			"includeUserActions": [],
			"includeAuthenticationContextClassReferences": [],
			"applicationFilter": null,
		},
		"users": {
			"includeUsers": ["All"],
			"excludeUsers": [],
			"includeGroups": [],
			"excludeGroups": [],
			"includeRoles": [],
			"excludeRoles": [],
			"includeGuestsOrExternalUsers": null,
			"excludeGuestsOrExternalUsers": null,
		},
		"platforms": null,
		"locations": null,
		"devices": null,
		"clientApplications": null,
		"authenticationFlows": null,
		"insiderRiskLevels": null,
		"signInRiskLevels": [],
		"userRiskLevels": [],
		"servicePrincipalRiskLevels": [],
	},
	"grantControls": {"operator": "OR", "builtInControls": ["block"], "authenticationStrength": null},
}

_set(policy, path, value) := json.patch(policy, [{"op": "add", "path": path, "value": value}])

_conditions(path, value) := _set(_everybody, concat("", ["/conditions/", path]), value)

test_a_policy_for_everybody_has_no_limits if {
	conditional_access.limits(_everybody) == []
	unset := {
		"devices": {"deviceFilter": {"mode": null, "rule": null}, "includeDevices": []},
		"locations": {"includeLocations": null, "excludeLocations": null},
		"platforms": {"includePlatforms": [], "excludePlatforms": []},
		"authenticationFlows": {"@odata.type": "#microsoft.graph.conditionalAccessAuthenticationFlows", "transferMethods": ""},
		"users@odata.context": "https://graph.example",
		"applications": object.union(_everybody.conditions.applications, {"applicationFilter@odata.context": "https://graph.example"}),
	}
	conditional_access.limits(_set(_everybody, "/conditions", object.union(_everybody.conditions, unset))) == []
	conditional_access.limits(_conditions("platforms", {"includePlatforms": ["all"], "excludePlatforms": []})) == []
	conditional_access.limits(_conditions("locations", {"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]})) == []
}

test_every_condition_that_narrows_is_named if {
	narrowed := {
		"users": {"includeUsers": ["u1"]},
		"applications": {"includeApplications": ["Office365"]},
		"platforms": {"includePlatforms": ["iOS"]},
		"locations": {"includeLocations": ["AllTrusted"]},
		"signInRiskLevels": ["high"],
		"userRiskLevels": ["high"],
		"servicePrincipalRiskLevels": ["high"],
		"insiderRiskLevels": "elevated",
		"devices": {"deviceFilter": {"mode": "include", "rule": "device.isCompliant -eq True"}},
		"clientApplications": {"includeServicePrincipals": ["ServicePrincipalsInMyTenant"]},
		"authenticationFlows": {"transferMethods": "deviceCodeFlow"},
		"somethingNew": {"hours": 8},
		"somethingElse": {"strict": true},
	}
	every name, value in narrowed {
		conditional_access.limits(_conditions(name, value)) == [name]
	}
	every name in ["includeUserActions", "includeAuthenticationContextClassReferences"] {
		path := concat("/", ["applications", name])
		conditional_access.limits(_conditions(path, ["c1"])) == [name]
	}
	filter := _conditions("applications/applicationFilter", {"mode": "exclude", "rule": "x"})
	conditional_access.limits(filter) == ["applicationFilter"]
}

test_a_policy_without_conditions_takes_in_nobody if {
	every policy in [{"state": "enabled"}, {"conditions": null}, {"conditions": {"users": null, "applications": null}}] {
		conditional_access.limits(policy) == ["applications", "users"]
	}
}
