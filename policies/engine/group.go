package engine

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-07732396/postern/policies/finding"
)

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
