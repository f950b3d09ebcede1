package policies_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/seed-07732396/postern/policies/finding"
)

// TestNothingIsHeldAgainstWhatWasNotRead makes each kind of evidence partial in
// turn, by leaving some of the good document out: a control that then fails holds
// somebody to something that may well be there. Where the ledger says that all was
// read, what is left out is really not there.
func TestNothingIsHeldAgainstWhatWasNotRead(t *testing.T) {
	tests := newRegoTests(t)
	judge := load(t)
	rests := 0
	for i, c := range judge.Controls() {
		var good object
		tests.eval(t, fmt.Sprintf("data.controls.%s.%s_test.good", c.Area, c.Slug), nil, &good)
		for _, path := range slices.Concat(c.Needs, c.Optional) {
			for n, less := range leavings(good, path) {
				t.Run(fmt.Sprint(c.ID, "/", path, "/", n), func(t *testing.T) {
					if got := &judged(t, judge, less, partly(path))[i]; got.Outcome == finding.Fail {
						t.Errorf("read in part: %s", describe(&c, got))
					}
					if judged(t, judge, less, ledger(nil))[i].Outcome == finding.Fail {
						rests++
					}
				})
			}
		}
	}
	if rests < 12 {
		t.Errorf("only %d times something that is not there was held against anybody", rests)
	}
}

// TestAFieldThatIsMissedByTheControlHidesNothing takes away each optional field of
// mailboxes that was read in part and leaves a pass a pass: without it, whatever was
// wrong must not come to be right. What only Entra's word made wrong, against
// Exchange's own, is right without that word.
func TestAFieldThatIsMissedByTheControlHidesNothing(t *testing.T) {
	tests := newRegoTests(t)
	judge := load(t)
	seen := 0
	for i, c := range judge.Controls() {
		for _, path := range c.Optional {
			field, ofMailbox := strings.CutPrefix(path, "mailboxes[].")
			field = strings.TrimSuffix(field, ".assigned") // whoever has a user in Okta has that
			e := tests.exports(t, &c)
			if !ofMailbox || judged(t, judge, e.Good, partly(path))[i].Outcome != finding.Pass {
				continue
			}
			for n, document := range e.Patched {
				mailboxes, _ := document["mailboxes"].([]any)
				if slices.ContainsFunc(mailboxes, contradicted) {
					continue
				}
				for _, mailbox := range mailboxes {
					lose(mailbox, strings.Split(field, "."))
				}
				got := &judged(t, judge, document, partly(path))[i]
				if got.Outcome != finding.Fail && got.Outcome != finding.Unknown {
					t.Errorf("%s without %s, mutation %q: %s", c.ID, path, e.Mutations[n].Name, describe(&c, got))
				}
				seen++
			}
		}
	}
	if seen < 30 {
		t.Errorf("only %d documents were judged", seen)
	}
}

// contradicted reports that Entra says of an account that Exchange calls disabled
// that it is enabled.
func contradicted(mailbox any) bool {
	of := mailbox.(object)
	exchange, _ := of["exchange"].(object)
	entra, _ := of["entra"].(object)
	return exchange["AccountDisabled"] == true && entra["accountEnabled"] == true
}

// lose takes away what stands at a path.
func lose(from any, parts []string) {
	in, _ := from.(object)
	if len(parts) > 1 {
		lose(in[parts[0]], parts[1:])
		return
	}
	delete(in, parts[0])
}

// partly is a ledger that says of what serves a path that it was read in part.
func partly(path string) []object {
	lines := ledger(nil)
	for _, line := range lines {
		if slices.Contains(serving(path), line["name"].(string)) {
			line["status"], line["message"] = "partial", "the second page could not be read"
		}
	}
	return lines
}

// leavings are copies of a document that each have less at a path: without one
// element of a list or of an object that lists by id, or without all.
func leavings(document object, path string) []object {
	parts := strings.Split(path, ".")
	if path == "access" {
		return nil // worked out by those who know what is partial
	}
	var all []object
	for n := -1; ; n++ {
		less := copied(document)
		took := false
		if parts[0] == "mailboxes[]" {
			mailboxes, _ := less["mailboxes"].([]any)
			for _, mailbox := range mailboxes {
				took = thin(mailbox, parts[1:], n) || took
			}
		} else {
			took = thin(less, parts, n)
		}
		if !took {
			return all
		}
		all = append(all, less)
	}
}

// thin leaves the n-th element out of what stands at a path, or all for -1. It
// reports whether there was one. Objects are taken for lists by id only where their
// values are lists.
func thin(from any, parts []string, n int) bool {
	in, ok := from.(object)
	if !ok {
		return false
	}
	if len(parts) > 1 {
		return thin(in[parts[0]], parts[1:], n)
	}
	switch list := in[parts[0]].(type) {
	case []any:
		switch {
		case n < 0 && len(list) > 0:
			in[parts[0]] = []any{}
		case n >= 0 && n < len(list):
			in[parts[0]] = slices.Delete(slices.Clone(list), n, n+1)
		default:
			return false
		}
	case object:
		ids := slices.Sorted(maps.Keys(list))
		switch {
		case len(ids) == 0 || !isList(list[ids[0]]):
			return false
		case n < 0:
			in[parts[0]] = object{}
		case n < len(ids):
			delete(list, ids[n])
		default:
			return false
		}
	default:
		return false
	}
	return true
}

func isList(value any) bool {
	_, ok := value.([]any)
	return ok
}

func copied(document object) object {
	text, _ := json.Marshal(document)
	copied := object{}
	_ = json.Unmarshal(text, &copied)
	return copied
}
