package engine_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/engine"
)

// tenantPaths are the tenants of testdata.
func tenantPaths(t testing.TB) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("..", "..", "testdata", "tenants", "*", "snapshot.json"))
	if err != nil || len(paths) < 5 {
		t.Fatalf("%d tenants: %v", len(paths), err)
	}
	return paths
}

func readDocument(t testing.TB, path string) object {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var document object
	if err := json.Unmarshal(raw, &document); err != nil {
		t.Fatal(err)
	}
	return document
}

// A randomizer makes mailboxes out of the schema, with values that occur in a
// tenant and with others.
type randomizer struct {
	*rand.Rand
	defs object
	// seen are the values that stand at a dotted path of the tenant's mailboxes.
	seen map[string][]any
	// moments are the instants that matter.
	moments []string
}

func newRandomizer(t testing.TB, seed uint64, document object, moments []string) *randomizer {
	t.Helper()
	var schema object
	if err := json.Unmarshal(snapshot.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	r := &randomizer{rand.New(rand.NewPCG(seed, 7)), schema["$defs"].(object), map[string][]any{}, moments}
	boxes, _ := document["mailboxes"].([]any)
	for _, box := range boxes {
		r.collect("", box)
	}
	return r
}

func (r *randomizer) collect(path string, value any) {
	switch v := value.(type) {
	case object:
		for name, field := range v {
			r.collect(path+"."+name, field)
		}
	case []any:
		for _, item := range v {
			r.collect(path+"[]", item)
		}
	default:
		if !slices.Contains(r.seen[path], value) {
			r.seen[path] = append(r.seen[path], value)
		}
	}
}

// value makes a value by a schema node; absent says that there should be none.
func (r *randomizer) value(path string, node object) (value any, absent bool) {
	if ref, ok := node["$ref"].(string); ok {
		return r.value(path, r.defs[strings.TrimPrefix(ref, "#/$defs/")].(object))
	}
	if list, ok := node["anyOf"].([]any); ok {
		if r.IntN(8) == 0 {
			return nil, r.IntN(2) == 0
		}
		return r.value(path, list[0].(object))
	}
	if node["x-instant"] == true {
		return r.instant(), false
	}
	if node["x-count"] == true {
		return []int{0, 0, 1, 2, 700, -1}[r.IntN(6)], false
	}
	switch node["type"] {
	case "object":
		if path != "" && r.IntN(15) == 0 {
			return nil, true
		}
		return r.object(path, node), false
	case "array":
		list := []any{}
		for range r.IntN(4) {
			item, _ := r.value(path+"[]", node["items"].(object))
			list = append(list, item)
		}
		return list, r.IntN(10) == 0
	case "boolean":
		return r.IntN(2) == 0, false
	case "number", "integer":
		return r.IntN(3), false
	case "null":
		return nil, false
	}
	return r.text(path), false
}

func (r *randomizer) object(path string, node object) object {
	required := fmt.Sprint(node["required"])
	made := object{}
	properties := node["properties"].(object)
	for _, name := range sortedKeys(properties) {
		property := properties[name].(object)
		value, absent := r.value(path+"."+name, property)
		if absent && !strings.Contains(required, name) {
			continue
		}
		made[name] = value
	}
	return made
}

func (r *randomizer) text(path string) string {
	var texts []string
	for _, value := range r.seen[path] {
		if text, ok := value.(string); ok {
			texts = append(texts, text)
		}
	}
	slices.Sort(texts)
	if len(texts) == 0 || r.IntN(12) == 0 {
		return []string{"", "x", "Ünknown \"one\"", "SystemMailbox"}[r.IntN(4)]
	}
	return texts[r.IntN(len(texts))]
}

// instant makes one that lies at, beside or far from one of the moments.
func (r *randomizer) instant() string {
	at, err := time.Parse(time.RFC3339, r.moments[r.IntN(len(r.moments))])
	if err != nil {
		panic(err)
	}
	shift := []time.Duration{0, 0, time.Second, -time.Second, 24 * time.Hour, -24 * time.Hour, 200 * 24 * time.Hour, -200 * 24 * time.Hour}
	return snapshot.NewInstant(at.Add(shift[r.IntN(len(shift))])).String()
}

// mailboxes makes n of which many look alike: each follows one of some templates,
// in all but a few fields and in other instants.
func (r *randomizer) mailboxes(n int) []any {
	node := r.defs["mailbox"].(object)
	properties := node["properties"].(object)
	var templates []object
	for range 4 + r.IntN(20) {
		templates = append(templates, r.object("", node))
	}
	boxes := make([]any, n)
	for i := range boxes {
		box := clone(templates[r.IntN(len(templates))])
		for range r.IntN(3) {
			part := []string{"domain", "exchange", "entra", "okta"}[r.IntN(4)]
			if value, absent := r.value("."+part, properties[part].(object)); absent {
				delete(box, part)
			} else {
				box[part] = value
			}
		}
		r.moveInstants(box)
		box["id"] = fmt.Sprintf("00000000-0000-4000-8000-%012d", i)
		box["user_principal_name"] = fmt.Sprintf("user%d@example.com", i)
		boxes[i] = box
	}
	return boxes
}

func (r *randomizer) moveInstants(box object) {
	entra, ok := box["entra"].(object)
	if !ok {
		return
	}
	for _, name := range []string{"createdDateTime", "signInSessionsValidFromDateTime"} {
		if _, is := entra[name].(string); is && r.IntN(2) == 0 {
			entra[name] = r.instant()
		}
	}
}

// randomTenant is one of the tenants in testdata with everything collected, with
// other mailboxes and other declarations.
func randomTenant(t testing.TB, seed uint64, n int) (object, engine.Declarations) {
	t.Helper()
	paths := tenantPaths(t)
	document := readDocument(t, paths[seed%uint64(len(paths))])
	for _, line := range document["collection"].(object)["resources"].([]any) {
		line.(object)["status"] = "collected"
	}
	declared := engine.DefaultDeclarations()
	declared.EnforcedAt = "2026-09-01T12:00:00Z"
	r := newRandomizer(t, seed, document, momentsOf(document, declared))
	boxes := r.mailboxes(n)
	for range r.IntN(5) {
		box := boxes[r.IntN(n)].(object)
		declared.BreakGlass = append(declared.BreakGlass, engine.Account{ID: strings.ToUpper(box["id"].(string))})
		r.leaveOutside(box, document)
	}
	document["mailboxes"] = boxes
	r.nameUsers(document, boxes)
	r.logs(document, boxes, 2*n)
	return document, declared
}

// leaveOutside makes a mailbox one whose user signs in without Okta.
func (r *randomizer) leaveOutside(box, document object) {
	entra, _ := document["entra"].(object)
	domains, _ := entra["domains"].([]any)
	for _, item := range domains {
		if domain := item.(object); domain["authenticationType"] == "Managed" {
			box["domain"] = domain["id"]
		}
	}
	box["exchange"] = object{"RecipientTypeDetails": "UserMailbox"}
	box["entra"] = object{"accountEnabled": true, "groups": []any{}, "roles": []any{}}
}

// nameUsers lets Conditional Access policies leave some users out by their ids.
func (r *randomizer) nameUsers(document object, boxes []any) {
	entra, _ := document["entra"].(object)
	policies, _ := entra["conditional_access_policies"].([]any)
	for _, policy := range policies {
		conditions, _ := policy.(object)["conditions"].(object)
		users, ok := conditions["users"].(object)
		if !ok || r.IntN(2) == 0 {
			continue
		}
		users["excludeUsers"] = []any{boxes[r.IntN(len(boxes))].(object)["id"], boxes[r.IntN(len(boxes))].(object)["id"]}
	}
}

// momentsOf are the moments by the contract, worked out once more.
func momentsOf(document object, declared engine.Declarations) []string {
	parse := func(text string) time.Time {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			panic(err)
		}
		return at
	}
	collected, enforced := parse(document["collected_at"].(string)), parse(declared.EnforcedAt)
	return []string{
		snapshot.NewInstant(enforced).String(),
		snapshot.NewInstant(enforced.AddDate(0, 0, -90)).String(),
		snapshot.NewInstant(collected.Add(-24 * time.Hour)).String(),
		snapshot.NewInstant(collected).String(),
	}
}

func clone(from object) object {
	raw, err := json.Marshal(from)
	if err != nil {
		panic(err)
	}
	var to object
	if err := json.Unmarshal(raw, &to); err != nil {
		panic(err)
	}
	return to
}

func sortedKeys(m object) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
