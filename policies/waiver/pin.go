package waiver

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"

	"github.com/seed-07732396/postern/policies/finding"
)

// MaxPinned is up to how many subjects a pin says of each that it was there. Above
// it, it says how many they were and what they hash to, and a waiver that lapses
// cannot say who was added.
const MaxPinned = 1000

// A Pin is who a waiver was accepted for, and the ways in which they departed from the
// good state, without a name: ids are hashed together with the tenant's, so the file
// tells nobody who they are who does not have the list of all ids anyway.
type Pin struct {
	// Count is how many they were, Members the SHA-256 of all of them in hex.
	Count   int
	Members string
	// Each is one digest for each of them, nil where they are too many.
	Each []string
	// Ways are the ways of what was found, in order: the first digits of its
	// fingerprint, and the way. nil where nothing that was found had any.
	Ways []string
}

// newPin pins subjects by their keys, and the ways of what they were found by.
func newPin(tenant string, keys []uint64, ways []way) *Pin {
	digests := digestsOf(tenant, keys)
	p := &Pin{Count: len(digests), Members: digestsHash(digests)}
	for _, w := range ways {
		p.Ways = append(p.Ways, w.pinned())
	}
	slices.Sort(p.Ways)
	if len(digests) <= MaxPinned {
		p.Each = make([]string, len(digests))
		for i, d := range digests {
			p.Each[i] = digestText(d)
		}
	}
	return p
}

// digestsOf gives the digests of all keys, sorted, which is also the order of their
// texts.
func digestsOf(tenant string, keys []uint64) []uint64 {
	digests := make([]uint64, len(keys))
	for i, key := range keys {
		digests[i] = digest(tenant, key)
	}
	slices.Sort(digests)
	return digests
}

// digestsHash is the SHA-256 of the texts of sorted digests, one a line, in hex.
func digestsHash(digests []uint64) string {
	h := sha256.New()
	var line [17]byte
	for _, d := range digests {
		h.Write(append(appendDigest(line[:0], d), '\n'))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// digest stands for one subject of one tenant.
func digest(tenant string, key uint64) uint64 {
	var room [128]byte
	text := append(append(append(room[:0], "postern pin\n"...), tenant...), '\n')
	sum := sha256.Sum256(binary.BigEndian.AppendUint64(text, key))
	return binary.BigEndian.Uint64(sum[:])
}

// digestText is a digest as it stands in the file: 16 hex digits.
func digestText(d uint64) string { return string(appendDigest(nil, d)) }

func appendDigest(dst []byte, d uint64) []byte {
	var bytes [8]byte
	binary.BigEndian.PutUint64(bytes[:], d)
	return hex.AppendEncode(dst, bytes[:])
}

// A way is one way of a violation, such as a protocol that a cause opens.
type way struct{ fingerprint, resource, name string }

// waysOf are those of a violation. Which of its members departs in which way it does
// not say, so that they are those of each.
func waysOf(v *finding.Violation) []way {
	var list []way
	for _, name := range v.Ways {
		list = append(list, way{cmp.Or(v.PartOf, v.Fingerprint), cmp.Or(v.Resource.ID, v.Resource.Name), name})
	}
	return list
}

// pinned is a way as it stands in the file.
func (w way) pinned() string { return w.fingerprint[:min(16, len(w.fingerprint))] + " " + w.name }

// shown is a way for people: "smtp (basic_exchange)".
func (w way) shown() string {
	if w.resource == "" {
		return w.name
	}
	return w.name + " (" + w.resource + ")"
}

// growth says how the subjects of today stand to those of the pin.
type growth struct {
	// joined: somebody is there who was not, or nobody can tell.
	joined bool
	// added are who, nil where that cannot be told; n is how many at least.
	added map[uint64]bool
	n     int
	// ways are those that came.
	ways []way
}

// grown: the waiver is about more than it was accepted for, or nobody can tell.
func (g *growth) grown() bool { return g.joined || len(g.ways) > 0 }

// compare holds the subjects of today, each once, and their ways against the pin.
// Whoever has left, and a way that is closed, is no reason for a new decision. A pin
// that was written without ways was accepted for none.
func (p *Pin) compare(tenant string, keys []uint64, ways []way) growth {
	if p == nil {
		return growth{}
	}
	g := p.compareSubjects(tenant, keys)
	for _, w := range ways {
		if _, known := slices.BinarySearch(p.Ways, w.pinned()); !known {
			g.ways = append(g.ways, w)
		}
	}
	return g
}

func (p *Pin) compareSubjects(tenant string, keys []uint64) growth {
	if p.Each == nil {
		if len(keys) == p.Count && digestsHash(digestsOf(tenant, keys)) == p.Members {
			return growth{}
		}
		return growth{joined: true, n: max(0, len(keys)-p.Count)}
	}
	g := growth{added: map[uint64]bool{}}
	for _, key := range keys {
		if _, known := slices.BinarySearch(p.Each, digestText(digest(tenant, key))); !known {
			g.added[key] = true
		}
	}
	g.n = len(g.added)
	g.joined = g.n > 0
	return g
}
