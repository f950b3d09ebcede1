package waiver

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
)

// MaxPinned is up to how many subjects a pin says of each that it was there. Above
// it, it says how many they were and what they hash to, and a waiver that lapses
// cannot say who was added.
const MaxPinned = 1000

// A Pin is who a waiver was accepted for, without a name: ids are hashed together
// with the tenant's, so the file tells nobody who they are who does not have the
// list of all ids anyway.
type Pin struct {
	// Count is how many they were, Members the SHA-256 of all of them in hex.
	Count   int
	Members string
	// Each is one digest for each of them, nil where they are too many.
	Each []string
}

// newPin pins subjects by their keys.
func newPin(tenant string, keys map[uint64]bool) *Pin {
	digests := make([]string, 0, len(keys))
	for key := range keys {
		digests = append(digests, digest(tenant, key))
	}
	slices.Sort(digests)
	p := &Pin{Count: len(digests), Members: digestsHash(digests)}
	if len(digests) <= MaxPinned {
		p.Each = digests
	}
	return p
}

// digestsHash is the SHA-256 of sorted digests, in hex.
func digestsHash(digests []string) string {
	h := sha256.New()
	for _, d := range digests {
		h.Write([]byte(d + "\n"))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// digest is 16 hex digits for one subject of one tenant.
func digest(tenant string, key uint64) string {
	text := append([]byte("postern pin\n"+tenant+"\n"), binary.BigEndian.AppendUint64(nil, key)...)
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// growth says how the subjects of today stand to those of the pin.
type growth struct {
	// grown: somebody is there who was not, or nobody can tell.
	grown bool
	// added are who, nil where that cannot be told; n is how many at least.
	added map[uint64]bool
	n     int
}

// compare holds the subjects of today against the pin. Whoever has left is no
// reason for a new decision.
func (p *Pin) compare(tenant string, keys map[uint64]bool) growth {
	if p == nil {
		return growth{}
	}
	if p.Each == nil {
		if newPin(tenant, keys).Members == p.Members {
			return growth{}
		}
		return growth{grown: true, n: max(0, len(keys)-p.Count)}
	}
	g := growth{added: map[uint64]bool{}}
	for key := range keys {
		if _, known := slices.BinarySearch(p.Each, digest(tenant, key)); !known {
			g.added[key] = true
		}
	}
	g.n = len(g.added)
	g.grown = g.n > 0
	return g
}
