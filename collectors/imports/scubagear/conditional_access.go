package scubagear

import (
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// conditionalAccessPolicy makes a policy what Graph answers. What the Graph SDK
// writes as an object of nulls is null in Graph: no grant controls, no locations.
// A policy without the parts that decide what it does is refused, and with it the
// section: one policy fewer is another tenant.
func conditionalAccessPolicy(v jsontext.Value) (jsontext.Value, error) {
	members, err := readObject(v)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"id", "state"} {
		if textOf(members[name]) == "" {
			return nil, fmt.Errorf("a policy has no %s", name)
		}
	}
	if conditions := members["conditions"]; conditions.Kind() != jsontext.KindBeginObject {
		return nil, fmt.Errorf("policy %s has no conditions", textOf(members["id"]))
	}
	for name, member := range members {
		if name == "displayName" {
			continue
		}
		if members[name], err = tidy(name, member); err != nil {
			return nil, fmt.Errorf("policy %s: %w", textOf(members["id"]), err)
		}
	}
	return json.Marshal(members, json.Deterministic(true))
}

// tidy rewrites one member of a policy, at any depth.
func tidy(name string, v jsontext.Value) (jsontext.Value, error) {
	switch {
	case isNull(v):
		return jsontext.Value("null"), nil
	case v.Kind() == jsontext.KindBeginObject:
		return tidyObject(v)
	case v.Kind() == jsontext.KindString && isList(name):
		// PowerShell writes a list of one as the element, and below its depth a
		// longer one with blanks between. No id and no keyword has a blank.
		if strings.ContainsAny(textOf(v), " \t\r\n") {
			return nil, fmt.Errorf("%s is a list that PowerShell wrote as one text", name)
		}
		return jsontext.Value("[" + string(v) + "]"), nil
	}
	return v, nil
}

func tidyObject(v jsontext.Value) (jsontext.Value, error) {
	members, err := readObject(v)
	if err != nil {
		return nil, err
	}
	something := false
	for name, member := range members {
		if members[name], err = tidy(name, member); err != nil {
			return nil, err
		}
		something = something || !isNull(members[name])
	}
	if !something {
		return jsontext.Value("null"), nil
	}
	return json.Marshal(members, json.Deterministic(true))
}

// isList tells the members of a policy that are lists of texts.
func isList(name string) bool {
	switch name {
	case "includeGuestsOrExternalUsers", "excludeGuestsOrExternalUsers":
		return false
	case "clientAppTypes", "builtInControls", "customAuthenticationFactors", "termsOfUse",
		"allowedCombinations", "signInRiskLevels", "userRiskLevels", "servicePrincipalRiskLevels":
		return true
	}
	return strings.HasPrefix(name, "include") || strings.HasPrefix(name, "exclude")
}
