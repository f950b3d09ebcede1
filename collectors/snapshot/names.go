package snapshot

import (
	"bytes"
	"strconv"
)

// names remembers the names of an object's members, to notice one that stands
// there twice. The decoder could do that too, and takes a fifth of its time for
// it: it does not know that most names are listed in the schema. The zero value
// is ready for use.
type names struct {
	// listed has a bit for each of the first 64 listed members.
	listed uint64
	// others are the other names without quotes and escapes; byName finds one of
	// them once they are many.
	others [][]byte
	byName map[string]bool
}

// maxFewNames is up to how many names are compared one by one.
const maxFewNames = 16

// again notes a name and reports whether it was there before. i is the number of
// a listed member, else -1.
func (n *names) again(i int, quoted []byte) bool {
	if 0 <= i && i < 64 {
		before := n.listed&(1<<i) != 0
		n.listed |= 1 << i
		return before
	}
	name := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(name, '\\') >= 0 {
		name = []byte(unquote(quoted))
	}
	if n.byName == nil {
		for _, other := range n.others {
			if bytes.Equal(other, name) {
				return true
			}
		}
		n.others = append(n.others, name)
		if len(n.others) <= maxFewNames {
			return false
		}
		n.byName = make(map[string]bool)
		for _, other := range n.others {
			n.byName[string(other)] = true
		}
		return false
	}
	before := n.byName[string(name)]
	n.byName[string(name)] = true
	return before
}

// twice is the fault of a name that stands in an object a second time.
func twice(offset int, name string) *fault {
	return &fault{
		offset:  offset,
		problem: "the key " + strconv.Quote(shorten(name, shownBytes)) + " stands here a second time",
		hint:    "JSON readers differ on which of the two counts: take one away",
	}
}
