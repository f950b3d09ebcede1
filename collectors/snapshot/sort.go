package snapshot

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Nothing here changes what it is given: each function sorts a copy.

func sortedCollection(c Collection) Collection {
	c.Resources = slices.Clone(c.Resources)
	slices.SortStableFunc(c.Resources, func(a, b Resource) int {
		return cmp.Or(
			cmp.Compare(a.Name, b.Name),
			cmp.Compare(a.Endpoint, b.Endpoint),
			cmp.Compare(a.Status, b.Status),
			cmp.Compare(a.Message, b.Message))
	})
	return c
}

// sortedSection sorts the lists of vendor objects in a section, which is a
// pointer to a struct of them; anything else it gives back. pointer is for errors.
func sortedSection(pointer string, section any) (any, error) {
	from := reflect.ValueOf(section)
	if from.Kind() != reflect.Pointer {
		return section, nil
	}
	from = from.Elem()
	to := reflect.New(from.Type())
	to.Elem().Set(from)
	for i := range from.NumField() {
		field := from.Type().Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		sorted, err := sortedField(pointer+"/"+name, from.Field(i).Interface(), ordersByPriority[name])
		if err != nil {
			return nil, err
		}
		if sorted != nil {
			to.Elem().Field(i).Set(reflect.ValueOf(sorted))
		}
	}
	return to.Interface(), nil
}

// ordersByPriority names the lists whose order means something to the vendor:
// the first rule that matches wins.
var ordersByPriority = map[string]bool{"access_policy_rules": true, "sign_on_policy_rules": true}

// sortedField gives nil for a field that has no order of its own.
func sortedField(pointer string, field any, byPriority bool) (any, error) {
	switch field := field.(type) {
	case []Object:
		return sortedObjects(pointer, field, byPriority)
	case map[string][]Object:
		if field == nil {
			return nil, nil
		}
		sorted := make(map[string][]Object, len(field))
		for key, list := range field {
			var err error
			if sorted[key], err = sortedObjects(pointer+"/"+escapeToken(key), list, byPriority); err != nil {
				return nil, err
			}
		}
		return sorted, nil
	case map[string]AppAssignments:
		if field == nil {
			return nil, nil
		}
		sorted := make(map[string]AppAssignments, len(field))
		for key, a := range field {
			a.Groups = sortedStrings(a.Groups)
			sorted[key] = a
		}
		return sorted, nil
	}
	return nil, nil
}

// identifying are the members that tell one vendor object of a list from the
// others, the most stable first: ids of Graph and Okta, of Okta's keys, of
// Exchange's objects, and names where there is nothing else.
var identifying = [...]string{
	"id", "kid", "skuId", "roleTemplateId", "Guid", "Id", "Identity", "DomainName", "domain", "Name", "name",
}

// canonicalText gives a vendor object one form: members by name, no needless
// escapes, the digits of its numbers as they came.
var canonicalText = json.JoinOptions(
	jsontext.AllowDuplicateNames(false),
	jsontext.AllowInvalidUTF8(false),
	jsontext.PreserveRawStrings(false),
	jsontext.ReorderRawObjects(true),
)

// sortKey is what a vendor object is sorted by.
type sortKey struct {
	priority float64
	id       string
	object   Object
}

func sortedObjects(pointer string, list []Object, byPriority bool) ([]Object, error) {
	if list == nil {
		return nil, nil
	}
	keys := make([]sortKey, len(list))
	for i, object := range list {
		canonical, err := jsontext.AppendFormat(nil, object, canonicalText)
		if err != nil {
			return nil, decodeError(fmt.Sprintf("%s/%d", pointer, i), err)
		}
		keys[i] = sortKey{id: objectID(canonical), object: canonical}
		if byPriority {
			keys[i].priority = objectPriority(canonical)
		}
	}
	slices.SortFunc(keys, func(a, b sortKey) int {
		return cmp.Or(
			cmp.Compare(a.priority, b.priority),
			cmp.Compare(a.id, b.id),
			bytes.Compare(a.object, b.object))
	})
	sorted := make([]Object, len(keys))
	for i := range keys {
		sorted[i] = keys[i].object
	}
	return sorted, nil
}

func objectID(object Object) string {
	for _, name := range identifying {
		if value := memberOf(object, name); value.Kind() == jsontext.KindString {
			return unquote(value)
		}
	}
	return ""
}

// objectPriority gives a rule without a priority the last place.
func objectPriority(object Object) float64 {
	priority, err := strconv.ParseFloat(string(memberOf(object, "priority")), 64)
	if err != nil {
		return math.Inf(1)
	}
	return priority
}

// memberOf gives an object's member, nil if it has none.
func memberOf(object Object, name string) jsontext.Value {
	if object.Kind() != jsontext.KindBeginObject {
		return nil
	}
	c := cursor{text: object}
	if _, ok := c.enterMember(name); !ok {
		return nil
	}
	start := c.i
	c.skip()
	return jsontext.Value(object[start:c.i])
}

func sortedSignIns(list []SignIn) []SignIn {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b SignIn) int {
		return cmp.Or(
			cmp.Compare(a.UserPrincipalName, b.UserPrincipalName),
			cmp.Compare(a.UserID, b.UserID),
			cmp.Compare(a.ClientApp, b.ClientApp),
			cmp.Compare(a.AuthenticationProtocol, b.AuthenticationProtocol),
			compareBool(a.Interactive, b.Interactive),
			cmp.Compare(a.UserAgent, b.UserAgent),
			cmp.Compare(a.App, b.App),
			cmp.Compare(a.Succeeded, b.Succeeded),
			cmp.Compare(a.Failed, b.Failed),
			compareInstant(a.FirstSeen, b.FirstSeen),
			compareInstant(a.LastSeen, b.LastSeen))
	})
	return list
}

func sortedOktaRequests(list []OktaRequest) []OktaRequest {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b OktaRequest) int {
		return cmp.Or(
			cmp.Compare(a.UserName, b.UserName),
			cmp.Compare(a.UserID, b.UserID),
			cmp.Compare(a.UserAgent, b.UserAgent),
			cmp.Compare(a.AppID, b.AppID),
			cmp.Compare(a.Succeeded, b.Succeeded),
			cmp.Compare(a.Failed, b.Failed),
			compareInstant(a.FirstSeen, b.FirstSeen),
			compareInstant(a.LastSeen, b.LastSeen))
	})
	return list
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// compareInstant puts an absent instant first.
func compareInstant(a, b *Instant) int {
	switch {
	case a == nil || b == nil:
		return compareBool(a != nil, b != nil)
	}
	return a.Compare(b.Time)
}

func sortedMailbox(m *Mailbox) *Mailbox {
	sorted := *m
	sorted.Addresses = sortedStrings(m.Addresses)
	if m.Exchange != nil {
		exchange := *m.Exchange
		exchange.RoleGroups = sortedStrings(exchange.RoleGroups)
		sorted.Exchange = &exchange
	}
	if m.Entra != nil {
		entra := *m.Entra
		entra.Groups, entra.Roles = sortedStrings(entra.Groups), sortedStrings(entra.Roles)
		sorted.Entra = &entra
	}
	if m.Okta != nil {
		okta := *m.Okta
		okta.Apps, okta.Groups, okta.Named = sortedStrings(okta.Apps), sortedStrings(okta.Groups), sortedStrings(okta.Named)
		sorted.Okta = &okta
	}
	return &sorted
}

// sortedStrings keeps nil, which is absent, apart from empty.
func sortedStrings(list []string) []string {
	if slices.IsSorted(list) {
		return list
	}
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}
