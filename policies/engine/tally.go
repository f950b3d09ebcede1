package engine

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/population"
)

// A tally is what one control says, put together from what it says of each batch.
// The order of the batches has no influence on it.
type tally struct {
	lock   sync.Mutex
	causes map[string]map[population.Sum]*cause // by rule and by what makes two the same
	// everywhere are the rules of which only that counts which is said of every batch,
	// batches how many there were.
	everywhere map[string]bool
	batches    int
	err        error
	errAt      uint32
}

// A cause is what members of a population have in common: the key of a message
// and its arguments. An entry that is about no member is a cause by itself.
type cause struct {
	entry
	// members are the units of mailboxes or of the rows of a log, or the classes of the
	// mailboxes behind something.
	members set
	// batches is of how many batches it was said, last the number of the last.
	batches, last int
	// canonical is the text of the arguments, for sorting.
	canonical string
}

// take takes in what the control says of batches, which are given by what an entry
// calls a member. at is the place of what was judged, for the order of errors.
func (t *tally) take(v verdict, batches map[string]*batch, at uint32) {
	t.lock.Lock()
	defer t.lock.Unlock()
	if v.err != nil {
		if t.err == nil || at < t.errAt {
			t.err, t.errAt = v.err, at
		}
		return
	}
	t.batches++
	for rule, entries := range v.entries {
		if t.causes == nil {
			t.causes = map[string]map[population.Sum]*cause{}
		}
		byKey := t.causes[rule]
		if byKey == nil {
			byKey = map[population.Sum]*cause{}
			t.causes[rule] = byKey
		}
		for _, e := range entries {
			key := population.SumOf([]byte(e.cause())) // there may be as many as mailboxes
			c := byKey[key]
			if c == nil {
				c = &cause{entry: e}
				byKey[key] = c
			} else if compareArgs(e.args, c.args) < 0 {
				c.entry = e // the same whichever batch comes first
			}
			if c.last != t.batches {
				c.last = t.batches
				c.batches++
			}
			if e.population != "" {
				c.members.add(batches[e.population].first + uint32(e.index))
			}
		}
	}
}

// broken reports whether the control has broken.
func (t *tally) broken() bool {
	t.lock.Lock()
	defer t.lock.Unlock()
	return t.err != nil
}

// draw takes a rule's causes out, without what is said of the given units, in an order
// that is always the same. There may be more of them than mailboxes, so they are not
// held twice.
func (t *tally) draw(rule string, without set) []*cause {
	list := make([]*cause, 0, len(t.causes[rule]))
	for _, c := range t.causes[rule] {
		if c.population == "mailbox" {
			c.members.remove(without)
		}
		if t.everywhere[rule] && c.batches < t.batches {
			continue
		}
		if c.population == "" || c.members.len() > 0 {
			c.canonical = canonical(c.args)
			list = append(list, c)
		}
	}
	delete(t.causes, rule)
	slices.SortFunc(list, compareCauses)
	return list
}

// cause tells entries apart that are not about members of one cause.
func (e *entry) cause() string {
	if e.population == "" {
		return fmt.Sprintf("%#v", *e)
	}
	return e.population + "\x00" + e.key + "\x00" + e.evidence + "\x00" + strings.Join(e.whole, " ") + "\x00" + canonical(e.args)
}

func compareCauses(a, b *cause) int {
	first := cmp.Or(
		cmp.Compare(a.key, b.key),
		cmp.Compare(a.resource.Kind, b.resource.Kind),
		cmp.Compare(a.resource.ID, b.resource.ID),
		cmp.Compare(a.resource.Name, b.resource.Name),
		cmp.Compare(a.canonical, b.canonical),
	)
	if first != 0 {
		return first // what follows takes long, and hardly ever decides
	}
	return cmp.Or(
		slices.Compare(a.at, b.at),
		cmp.Compare(a.population, b.population),
		cmp.Compare(a.evidence, b.evidence),
		compareArgs(a.args, b.args),
		cmp.Compare(a.cause(), b.cause()),
	)
}

// compareArgs orders arguments as OPA orders them, name by name.
func compareArgs(a, b finding.Args) int {
	namesA, namesB := slices.Sorted(maps.Keys(a)), slices.Sorted(maps.Keys(b))
	for i := range min(len(namesA), len(namesB)) {
		if c := cmp.Or(cmp.Compare(namesA[i], namesB[i]), compareValues(a[namesA[i]], b[namesB[i]])); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(namesA), len(namesB))
}

func compareValues(a, b any) int {
	if c := cmp.Compare(rank(a), rank(b)); c != 0 {
		return c
	}
	switch x := a.(type) {
	case bool:
		if x == b.(bool) {
			return 0
		} else if x {
			return 1
		}
		return -1
	case float64:
		return cmp.Compare(x, b.(float64))
	case string:
		return cmp.Compare(x, b.(string))
	case []any:
		return slices.CompareFunc(x, b.([]any), compareValues)
	}
	return 0
}

// rank is the order of the kinds of values.
func rank(v any) int {
	switch v.(type) {
	case bool:
		return 1
	case float64:
		return 2
	case string:
		return 3
	case []any:
		return 4
	}
	return 0
}
