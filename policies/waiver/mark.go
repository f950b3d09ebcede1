package waiver

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/seed-07732396/postern/policies/finding"
)

// mark marks the violations of a result. One of which waivers cover some members
// makes room for its parts: first what nobody has waived, which stays the violation
// that it was, then a part for each waiver. Where two cover the same member, the
// first in the file has it.
func (g *Gathering) mark(result *finding.Result) error {
	var marked []finding.Violation
	for k := range result.Violations {
		parts, err := g.parts(result, k)
		if err != nil {
			return err
		}
		marked = append(marked, parts...)
	}
	result.Violations = marked
	return nil
}

// A share is what one waiver takes of a violation.
type share struct {
	waiver *finding.Waiver
	cover  *cover
	n      int
}

func (g *Gathering) parts(result *finding.Result, k int) ([]finding.Violation, error) {
	v := result.Violations[k]
	shares := g.shares(result, k)
	if len(shares) == 0 {
		return []finding.Violation{v}, nil
	}
	if first := shares[0]; first.cover.all {
		v.Waiver = first.waiver
		return []finding.Violation{v}, nil
	}
	owner := func(index int) int {
		for i := range shares {
			if shares[i].cover.has(index) {
				return i
			}
		}
		return len(shares)
	}
	left := 0
	for index := range v.Members.Keys() {
		if who := owner(index); who < len(shares) {
			shares[who].n++
		} else {
			left++
		}
	}
	if err := v.Members.Err(); err != nil {
		return nil, err
	}
	var parts []finding.Violation
	if left > 0 {
		rest, err := g.part(&v, left, func(index int) bool { return owner(index) == len(shares) })
		if err != nil {
			return nil, err
		}
		parts = append(parts, rest)
	}
	for i, s := range shares {
		if s.n == 0 {
			continue
		}
		part, err := g.part(&v, s.n, func(index int) bool { return owner(index) == i })
		if err != nil {
			return nil, err
		}
		part.Waiver, part.PartOf, part.Fingerprint = s.waiver, v.Fingerprint, partFingerprint(v.Fingerprint, s.waiver.ID)
		parts = append(parts, part)
	}
	return parts, nil
}

// shares are the waivers that hold and are about a violation, up to the first that
// is about all of it.
func (g *Gathering) shares(result *finding.Result, k int) []share {
	var shares []share
	for _, m := range g.matches {
		c := m.covers[k]
		if m.result != result || m.state != finding.WaiverHolds || c == nil {
			continue
		}
		shown := m.w.shown(g.list.File)
		shares = append(shares, share{waiver: &shown, cover: c})
		if c.all {
			break
		}
	}
	return shares
}

// part is a violation of some of another's members. Its place is that of the first
// of them.
func (g *Gathering) part(whole *finding.Violation, n int, keep func(index int) bool) (finding.Violation, error) {
	part := *whole
	part.Members = whole.Members.Subset(n, keep)
	first := part.Members.First(1)
	if err := part.Members.Err(); err != nil {
		return part, err
	}
	if len(first) == 0 || first[0].Pointer == whole.Pointer || whole.Resource.ID != "" {
		return part, nil // it stands where it stood, or the cause has a place of its own
	}
	part.Pointer, part.Region, part.Snippet = first[0].Pointer, nil, ""
	if g.doc != nil {
		if at, ok := g.doc.Locate(part.Pointer); ok {
			region := finding.Region(at)
			part.Region = &region
		}
	}
	return part, nil
}

// partFingerprint identifies the part of a violation that a waiver covers.
func partFingerprint(whole, waiver string) string {
	sum := sha256.Sum256([]byte(whole + "\n" + waiver))
	return hex.EncodeToString(sum[:])[:32]
}
