package engine

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-07732396/postern/policies/finding"
)

// A cause is what members of a population have in common: the key of a message
// and its arguments. An entry that is about no member is a cause by itself.
type cause struct {
	entry
	// indexes are the members, sorted.
	indexes []int
}

// group gathers the members that share a cause. The order of the entries has no
// influence on the result.
func group(entries []entry) []cause {
	var causes []cause
	byKey := map[string]int{}
	for _, e := range entries {
		if e.population == "" {
			causes = append(causes, cause{entry: e})
			continue
		}
		key := e.population + "\x00" + e.key + "\x00" + e.evidence + "\x00" + canonical(e.args)
		at, known := byKey[key]
		if !known {
			at = len(causes)
			byKey[key] = at
			causes = append(causes, cause{entry: e})
		}
		causes[at].indexes = append(causes[at].indexes, e.index)
	}
	for i := range causes {
		slices.Sort(causes[i].indexes)
		causes[i].indexes = slices.Compact(causes[i].indexes)
	}
	slices.SortStableFunc(causes, compareCauses)
	return causes
}

func compareCauses(a, b cause) int {
	return cmp.Or(
		cmp.Compare(a.key, b.key),
		cmp.Compare(a.resource.Kind, b.resource.Kind),
		cmp.Compare(a.resource.ID, b.resource.ID),
		cmp.Compare(a.resource.Name, b.resource.Name),
		cmp.Compare(canonical(a.args), canonical(b.args)),
		slices.Compare(a.at, b.at),
		cmp.Compare(a.population, b.population),
		cmp.Compare(a.evidence, b.evidence),
	)
}

// canonical writes arguments so that equal ones are equal texts and others are
// not. Lists are taken as sets: their order may be the snapshot's.
func canonical(args finding.Args) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(args)) {
		b.WriteString(strconv.Quote(name) + ":")
		writeCanonical(&b, args[name])
	}
	return b.String()
}

func writeCanonical(b *strings.Builder, value any) {
	switch v := value.(type) {
	case string:
		b.WriteString(strconv.Quote(v))
	case []any:
		b.WriteByte('[')
		for _, item := range sorted(v) {
			writeCanonical(b, item)
			b.WriteByte(',')
		}
		b.WriteByte(']')
	default:
		b.WriteString(finding.FormatArg(v))
	}
}

// sorted gives a list's items in an order of their own.
func sorted(list []any) []any {
	text := func(item any) string {
		var b strings.Builder
		writeCanonical(&b, item)
		return b.String()
	}
	return slices.SortedStableFunc(slices.Values(list), func(a, b any) int { return cmp.Compare(text(a), text(b)) })
}

// fingerprint identifies a violation whatever order its lists are in.
func fingerprint(tenant, control string, v *finding.Violation) string {
	same := *v
	same.Args = maps.Clone(v.Args)
	for name, value := range same.Args {
		if list, ok := value.([]any); ok {
			same.Args[name] = sorted(list)
		}
	}
	return finding.Fingerprint(tenant, control, &same)
}
