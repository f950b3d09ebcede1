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
func newPin(tenant string, keys []uint64) *Pin {
	digests := digestsOf(tenant, keys)
	p := &Pin{Count: len(digests), Members: digestsHash(digests)}
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

// growth says how the subjects of today stand to those of the pin.
type growth struct {
	// grown: somebody is there who was not, or nobody can tell.
	grown bool
	// added are who, nil where that cannot be told; n is how many at least.
	added map[uint64]bool
	n     int
}

// compare holds the subjects of today, each once, against the pin. Whoever has left is
// no reason for a new decision.
func (p *Pin) compare(tenant string, keys []uint64) growth {
	if p == nil {
		return growth{}
	}
	if p.Each == nil {
		if len(keys) == p.Count && digestsHash(digestsOf(tenant, keys)) == p.Members {
			return growth{}
		}
		return growth{grown: true, n: max(0, len(keys)-p.Count)}
	}
	g := growth{added: map[uint64]bool{}}
	for _, key := range keys {
		if _, known := slices.BinarySearch(p.Each, digestText(digest(tenant, key))); !known {
			g.added[key] = true
		}
	}
	g.n = len(g.added)
	g.grown = g.n > 0
	return g
}
