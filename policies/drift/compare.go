package drift

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/seed-07732396/postern/policies/finding"
)

// A TenantError says that two reports are of different tenants.
type TenantError struct {
	// Tenant is whose the report is, Baseline whose the baseline.
	Tenant, Baseline finding.Tenant
}

func (e *TenantError) Error() string {
	return fmt.Sprintf("the baseline is of tenant %s, the snapshot of tenant %s", shown(&e.Baseline), shown(&e.Tenant))
}

func shown(t *finding.Tenant) string {
	if t.InitialDomain == "" {
		return t.ID
	}
	return t.InitialDomain + " (" + t.ID + ")"
}

// Compare lays what has changed since the baseline on the report. The lists of
// members that it makes read from those of both reports, so what these read from must
// stay open. The error is a *TenantError, or that of reading members.
func Compare(report, baseline *finding.Report) error {
	if report.Tenant.ID != baseline.Tenant.ID {
		return &TenantError{Tenant: report.Tenant, Baseline: baseline.Tenant}
	}
	report.Baseline = &finding.Baseline{Snapshot: baseline.Snapshot, Access: baseline.Access}
	before := map[string]*finding.Result{}
	for i := range baseline.Results {
		before[baseline.Results[i].Control] = &baseline.Results[i]
	}
	for i := range report.Results {
		if err := compareResults(&report.Results[i], before[report.Results[i].Control]); err != nil {
			return fmt.Errorf("compare %s with the baseline: %w", report.Results[i].Control, err)
		}
	}
	return nil
}

// A whole is one violation as the evidence shows it, in the parts that waivers have
// made of it.
type whole struct {
	parts []*finding.Violation
}

// wholes puts the parts of violations together, in the order of the result.
func wholes(violations []finding.Violation) (map[string]*whole, []string) {
	all := map[string]*whole{}
	var order []string
	for i := range violations {
		v := &violations[i]
		key := cmp.Or(v.PartOf, v.Fingerprint)
		w := all[key]
		if w == nil {
			w = &whole{}
			all[key] = w
			order = append(order, key)
		}
		w.parts = append(w.parts, v)
	}
	return all, order
}

func compareResults(result, before *finding.Result) error {
	now, order := wholes(result.Violations)
	if before == nil {
		for _, w := range now {
			w.mark(finding.New)
		}
		return nil
	}
	result.Before = before.Outcome
	was, wasOrder := wholes(before.Violations)
	for _, key := range order {
		if was[key] == nil {
			now[key].mark(finding.New)
			continue
		}
		if err := now[key].compare(was[key]); err != nil {
			return err
		}
	}
	if !seesAll(result) {
		return nil
	}
	for _, key := range wasOrder {
		if now[key] != nil {
			continue
		}
		for _, part := range was[key].parts {
			gone := *part
			gone.State, gone.Drift = "", nil
			result.Fixed = append(result.Fixed, gone)
		}
	}
	return nil
}

// seesAll reports whether nothing about the control is unknown.
func seesAll(r *finding.Result) bool {
	return len(r.Unknowns) == 0 && r.Outcome != finding.Error && r.Outcome != finding.Unknown
}

func (w *whole) mark(state finding.State) {
	for _, part := range w.parts {
		part.State = state
	}
}

// compare says how the ways and the members stand to those of the baseline. Who came is told of
// the part that has them; who went, of the first.
func (w *whole) compare(was *whole) error {
	w.mark(finding.Unchanged)
	w.compareWays(was)
	if w.parts[0].Members == nil || was.parts[0].Members == nil {
		return nil // one resource, or it was one
	}
	if same, err := w.sameDigests(was); err != nil || same {
		return err
	}
	old, err := was.keys()
	if err != nil {
		return err
	}
	if same, err := w.has(old.keys); err != nil || same {
		return err
	}
	old.sort()
	for _, part := range w.parts {
		if err := came(part, old); err != nil {
			return err
		}
	}
	return w.went(was, old)
}

// compareWays says which ways came, of each part, and which went, of the first.
func (w *whole) compareWays(was *whole) {
	old := was.parts[0].Ways
	for i, part := range w.parts {
		came, went := namesWithout(part.Ways, old), namesWithout(old, part.Ways)
		if len(came) > 0 {
			drifted(part).NewWays = came
		}
		if len(went) > 0 && i == 0 {
			drifted(part).RemovedWays = went
		}
	}
}

// namesWithout is a new list.
func namesWithout(names, others []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return slices.Contains(others, name) })
}

// sameDigests reports whether each part has the members that it had, by the digests that
// were saved with their lists, which then nobody has to read. Without these it takes as
// much to make digests as to compare the members.
func (w *whole) sameDigests(was *whole) (bool, error) {
	if len(w.parts) != len(was.parts) {
		return false, nil
	}
	for i, part := range w.parts {
		if !was.parts[i].Members.Digested() {
			return false, nil
		}
		before, err := was.parts[i].Members.Digest()
		if err != nil {
			return false, err
		}
		now, err := part.Members.Digest()
		if err != nil || now != before {
			return false, err
		}
	}
	return true, nil
}

// has reports whether the members are those of the keys, in their order. Most
// violations stay as they are, and who looks for nobody needs no order by key.
func (w *whole) has(keys []uint64) (bool, error) {
	at := 0
	for _, part := range w.parts {
		for _, key := range part.Members.Keys() {
			if at == len(keys) || keys[at] != key {
				return false, nil
			}
			at++
		}
		if err := part.Members.Err(); err != nil {
			return false, err
		}
	}
	return at == len(keys), nil
}

// crowd is the keys of members, and which of them were met.
type crowd struct {
	keys []uint64
	met  bits
}

// keys gives the members' keys in their order.
func (w *whole) keys() (*crowd, error) {
	n := 0
	for _, part := range w.parts {
		n += part.Members.Len()
	}
	c := &crowd{keys: make([]uint64, 0, n)}
	for _, part := range w.parts {
		for _, key := range part.Members.Keys() {
			c.keys = append(c.keys, key)
		}
		if err := part.Members.Err(); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// sort puts the keys into the order in which they are looked for.
func (c *crowd) sort() {
	slices.Sort(c.keys)
	c.keys = slices.Compact(c.keys)
}
