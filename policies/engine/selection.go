package engine

import (
	"cmp"
	"slices"
	"strings"

	"github.com/seed-07732396/postern/policies/finding"
)

// choose keeps the controls that only names, if it names any, and drops those
// that skip names. A name is a control's id, an area or a step, in any case.
func choose(controls []*control, only, skip []string) ([]*control, error) {
	for _, name := range slices.Concat(only, skip) {
		if !slices.ContainsFunc(controls, func(c *control) bool { return c.goesBy(name) }) {
			return nil, &NameError{Name: name, Suggestion: suggest(name, controls)}
		}
	}
	var chosen []*control
	for _, c := range controls {
		if (len(only) == 0 || slices.ContainsFunc(only, c.goesBy)) && !slices.ContainsFunc(skip, c.goesBy) {
			chosen = append(chosen, c)
		}
	}
	if len(chosen) == 0 {
		return nil, ErrNoControls
	}
	return chosen, nil
}

func (c *control) goesBy(name string) bool {
	return slices.ContainsFunc(c.names(), func(own string) bool { return strings.EqualFold(own, name) })
}

func (c *control) names() []string {
	return []string{c.entry.ID, c.entry.Area, c.entry.Step, c.entry.Slug}
}

// suggest finds the known name that is nearest to one that is not, if it is near.
func suggest(name string, controls []*control) string {
	best, nearest := "", max(2, len(name)/3)+1
	for _, c := range controls {
		for _, own := range c.names() {
			if d := distance(strings.ToLower(name), strings.ToLower(own)); d < nearest && d < len(name) {
				best, nearest = own, d
			}
		}
	}
	return best
}

// distance counts the letters to add, to drop or to change.
func distance(a, b string) int {
	previous := make([]int, len(b)+1)
	for j := range previous {
		previous[j] = j
	}
	for i := range len(a) {
		current := make([]int, len(b)+1)
		current[0] = i + 1
		for j := range len(b) {
			change := previous[j]
			if a[i] != b[j] {
				change++
			}
			current[j+1] = min(change, previous[j+1]+1, current[j]+1)
		}
		previous = current
	}
	return previous[len(b)]
}

// sortControls puts controls in the order of the steps, then of their ids.
func sortControls(controls []*control) {
	place := map[string]int{}
	for i, step := range finding.Steps() {
		place[step.ID] = i
	}
	slices.SortFunc(controls, func(a, b *control) int {
		return cmp.Or(cmp.Compare(place[a.entry.Step], place[b.entry.Step]), cmp.Compare(a.entry.ID, b.entry.ID))
	})
}
