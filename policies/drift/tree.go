package drift

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/phrase"
)

type object = map[string]any

// A leaf is one value that differs between two trees.
type leaf struct {
	// path are the names from the section on; what stands in a list is "*".
	path []string
	// was and is are the values; added and removed are what a list of plain values
	// gained and lost instead.
	was, is        any
	added, removed []any
	// came and went: the value is on one side only.
	came, went bool
	// before and after are pointers.
	before, after string
	// owners are the objects of lists that it lies in, the outermost first, as they are
	// now, or were.
	owners []object
}

// kind is such as entra.domains, field the path below the innermost object of
// a list that it is about.
func (l *leaf) kind() string { return strings.Join(l.path[:min(2, len(l.path))], ".") }

func (l *leaf) field() string {
	names := l.path[min(2, len(l.path)):]
	for i := len(names) - 1; i >= 0; i-- {
		if names[i] == "*" {
			return strings.Join(names[i+1:], ".")
		}
	}
	return strings.Join(names, ".")
}

// whole reports whether a whole object of a list came or went.
func (l *leaf) whole() bool {
	_, isObject := l.value().(object)
	return (l.came || l.went) && isObject && l.path[len(l.path)-1] == "*"
}

func (l *leaf) value() any {
	if l.went {
		return l.was
	}
	return l.is
}

// owner is the innermost object that has a name.
func (l *leaf) owner() object {
	if len(l.owners) == 0 {
		return nil
	}
	return l.owners[len(l.owners)-1]
}

// A walker compares two trees.
type walker struct {
	leaves []leaf
	// dated counts the objects in which only noise differs.
	dated int
}

// noise reports a field that changes without anybody changing anything.
func noise(name string) bool {
	switch strings.ToLower(name) {
	case "lastupdated", "lastupdate", "lastupdatedby", "lastmembershipupdated", "modifieddatetime", "whenchanged", "whenchangedutc",
		"_links", "_embedded", "@odata.context", "@odata.etag", "exchangeversion", "consumedunits", "objectstate", "originatingserver":
		return true
	}
	return false
}

func (w *walker) compare(was, is any, at leaf) {
	oldObject, oldIs := was.(object)
	newObject, newIs := is.(object)
	if oldIs && newIs {
		w.objects(oldObject, newObject, at)
		return
	}
	oldList, oldIs := was.([]any)
	newList, newIs := is.([]any)
	switch {
	case oldIs && newIs:
		w.lists(oldList, newList, at)
	case !reflect.DeepEqual(was, is):
		at.was, at.is = was, is
		w.leaves = append(w.leaves, at)
	}
}

func (at leaf) below(name, before, after string) leaf {
	at.path = append(slices.Clone(at.path), name)
	at.before, at.after = at.before+"/"+escapePointer(before), at.after+"/"+escapePointer(after)
	return at
}

func escapePointer(name string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}

func (w *walker) objects(was, is object, at leaf) {
	found := len(w.leaves)
	quiet := false
	names := slices.Collect(maps.Keys(was))
	for name := range is {
		if _, both := was[name]; !both {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		old, hasOld := was[name]
		fresh, hasNew := is[name]
		if noise(name) {
			quiet = quiet || !reflect.DeepEqual(old, fresh)
			continue
		}
		below := at.below(name, name, name)
		switch {
		case hasOld && hasNew:
			w.compare(old, fresh, below)
		case hasNew:
			below.is, below.came, below.before = fresh, true, at.before
			w.leaves = append(w.leaves, below)
		default:
			below.was, below.went, below.after = old, true, at.after
			w.leaves = append(w.leaves, below)
		}
	}
	if quiet && len(w.leaves) == found {
		w.dated++
	}
}

// lists compares lists: of objects by what names them, of plain values as sets.
func (w *walker) lists(was, is []any, at leaf) {
	key, named := identifying(was, is)
	switch {
	case named:
		w.named(was, is, key, at)
	case plainValues(was) && plainValues(is):
		at.added, at.removed = without(is, was), without(was, is)
		if len(at.added)+len(at.removed) > 0 {
			at.was, at.is = was, is
			w.leaves = append(w.leaves, at)
		}
	default:
		at.added, at.removed = without(is, was), without(was, is)
		if !reflect.DeepEqual(was, is) && len(at.added)+len(at.removed) > 0 {
			at.was, at.is = was, is
			w.leaves = append(w.leaves, at)
		}
	}
}

// identifying finds the field by which all objects of both lists can be told apart.
func identifying(lists ...[]any) (string, bool) {
	if len(lists[0])+len(lists[1]) == 0 {
		return "", false
	}
	for _, key := range []string{"id", "kid", "Guid", "Identity", "Name", "DisplayName"} {
		ok := true
		for _, list := range lists {
			seen := map[string]bool{}
			for _, item := range list {
				o, _ := item.(object)
				id, isText := o[key].(string)
				if !isText || id == "" || seen[id] {
					ok = false
				}
				seen[id] = true
			}
		}
		if ok {
			return key, true
		}
	}
	return "", false
}

func (w *walker) named(was, is []any, key string, at leaf) {
	old := map[string]int{}
	for i, item := range was {
		old[item.(object)[key].(string)] = i
	}
	for i, item := range is {
		o := item.(object)
		index, known := old[o[key].(string)]
		below := at.below("*", strconv.Itoa(index), strconv.Itoa(i))
		below.owners = append(slices.Clone(at.owners), o)
		if known {
			delete(old, o[key].(string))
			w.compare(was[index], item, below)
			continue
		}
		below.is, below.came, below.before = item, true, at.before
		w.leaves = append(w.leaves, below)
	}
	for i, item := range was {
		o := item.(object)
		if index, gone := old[o[key].(string)]; gone && index == i {
			below := at.below("*", strconv.Itoa(i), strconv.Itoa(i))
			below.owners = append(slices.Clone(at.owners), o)
			below.was, below.went, below.after = item, true, at.after
			w.leaves = append(w.leaves, below)
		}
	}
}

func plainValues(list []any) bool {
	return !slices.ContainsFunc(list, func(v any) bool {
		switch v.(type) {
		case object, []any:
			return true
		}
		return false
	})
}

// without gives what one list has and the other does not.
func without(list, other []any) []any {
	var rest []any
	for _, v := range list {
		if !slices.ContainsFunc(other, func(o any) bool { return reflect.DeepEqual(o, v) }) {
			rest = append(rest, v)
		}
	}
	return rest
}

// nameOf is what people call an object.
func nameOf(o object) string {
	for _, key := range []string{"displayName", "DisplayName", "name", "Name", "label", "domain", "id", "Identity", "kid"} {
		if text, ok := o[key].(string); ok && text != "" {
			return text
		}
	}
	if profile, ok := o["profile"].(object); ok {
		return nameOf(profile)
	}
	return ""
}

// shownValue is a value for people.
func shownValue(v any) phrase.Phrase {
	switch value := v.(type) {
	case nil:
		return phrase.Of("not_set")
	case string:
		if value == "" {
			return phrase.Of("empty")
		}
		return phrase.Seq("'" + cut(value) + "'")
	case bool:
		if value {
			return phrase.Of("on")
		}
		return phrase.Of("off")
	case float64:
		return phrase.Seq(strconv.FormatFloat(value, 'f', -1, 64))
	case []any:
		if len(value) == 0 {
			return phrase.Of("empty_list")
		}
		parts := make([]phrase.Phrase, 0, len(value))
		for _, item := range value[:min(len(value), maxItems)] {
			parts = append(parts, shownValue(item))
		}
		if more := len(value) - maxItems; more > 0 {
			parts = append(parts, phrase.Of("more", "n", more))
		}
		return phrase.Join(parts, ", ")
	case object:
		if name := nameOf(value); name != "" {
			return phrase.Seq("'" + cut(name) + "'")
		}
		parts := make([]phrase.Phrase, 0, len(value))
		for _, key := range slices.Sorted(maps.Keys(value)) {
			if len(parts) == maxItems {
				parts = append(parts, phrase.Seq("…"))
				break
			}
			parts = append(parts, phrase.Seq(key+" ", shownValue(value[key])))
		}
		return phrase.Join(parts, ", ")
	}
	return phrase.Seq(cut(fmt.Sprint(v)))
}

// maxItems is how many items of a list are shown, maxName how much of a text.
const (
	maxItems = 8
	maxText  = 100
)

func cut(text string) string {
	if runes := []rune(text); len(runes) > maxText {
		return string(runes[:maxText-1]) + "…"
	}
	return text
}

func placeAt(doc *snapshot.Document, pointer string) *Place {
	for p := pointer; p != ""; p = p[:strings.LastIndexByte(p, '/')] {
		if at, ok := doc.Locate(p); ok {
			return &Place{Pointer: p, Line: at.StartLine}
		}
	}
	return nil
}
