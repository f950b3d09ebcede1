package engine_test

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-07732396/postern/policies/access"
	"github.com/seed-07732396/postern/policies/finding"
)

// TestGoodTenantReadInPart takes a tenant that every control passes, and for each
// line of its ledger leaves out what that line fills, one element or all of it, and
// says so: nothing may fail, for what is missing may well be there.
func TestGoodTenantReadInPart(t *testing.T) {
	judge := load(t, houseOptions())
	path := filepath.Join("..", "..", "testdata", "tenants", "spotless", "snapshot.json")
	tried := 0
	for i, item := range readDocument(t, path)["collection"].(object)["resources"].([]any) {
		name := item.(object)["name"].(string)
		for _, status := range []string{"partial", "denied"} {
			for n := range 3 {
				document := readDocument(t, path)
				line := document["collection"].(object)["resources"].([]any)[i].(object)
				line["status"], line["message"] = status, "the test took it away"
				took := false
				for _, filled := range line["paths"].([]any) {
					took = takeAway(document, filled.(string), status == "denied", n) || took
				}
				if !took {
					continue
				}
				tried++
				in := input(t, document)
				in.Access = access.NewGathering(access.Options{})
				report := check(t, judge, in)
				for k := range report.Results {
					r, c := &report.Results[k], &report.Controls[k]
					if r.Outcome == finding.Fail || r.Outcome == finding.Error {
						t.Errorf("%s %s, %d: %s: %s %s", name, status, n, c.ID, r.Error, sentences(c, r))
					}
				}
			}
		}
	}
	if tried < 60 {
		t.Errorf("only %d readings were tried", tried)
	}
}

func sentences(c *finding.Control, r *finding.Result) string {
	var list []string
	for i := range r.Violations {
		list = append(list, c.ViolationSentence(&r.Violations[i]))
	}
	return strings.Join(list, "\n  ")
}

// takeAway takes away what stands at a path: in whole, or of a list or an object
// that lists by id the first, the last or all elements, as n says.
func takeAway(document object, path string, whole bool, n int) bool {
	rest, each := strings.CutPrefix(path, "mailboxes[].")
	parts := strings.Split(rest, ".")
	if !each {
		return takeFrom(document, parts, whole, n)
	}
	took := false
	for i, box := range document["mailboxes"].([]any) {
		if i%2 == n%2 || whole && n == 2 { // some of them, or all
			took = takeFrom(box, parts, whole || len(parts) == 1, n) || took
		}
	}
	return took
}

func takeFrom(from any, parts []string, whole bool, n int) bool {
	in, ok := from.(object)
	if !ok {
		return false
	}
	if len(parts) > 1 {
		return takeFrom(in[parts[0]], parts[1:], whole, n)
	}
	value, there := in[parts[0]]
	if !there || parts[0] == "mailboxes" {
		return false
	}
	if whole {
		delete(in, parts[0])
		return n == 0 || n == 2
	}
	switch list := value.(type) {
	case []any:
		switch {
		case len(list) == 0:
			return false
		case n == 0:
			in[parts[0]] = list[1:]
		case n == 1:
			in[parts[0]] = list[:len(list)-1]
		default:
			in[parts[0]] = []any{}
		}
		return true
	case object:
		ids := slices.Sorted(maps.Keys(list))
		if len(ids) == 0 || !listsByID(list) {
			return false
		}
		switch n {
		case 0:
			delete(list, ids[0])
		case 1:
			delete(list, ids[len(ids)-1])
		default:
			in[parts[0]] = object{}
		}
		return true
	}
	return false
}

// listsByID tells an object that lists by id from one resource.
func listsByID(list object) bool {
	for _, value := range list {
		if _, is := value.([]any); !is {
			return false
		}
	}
	return true
}
