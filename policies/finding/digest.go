package finding

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
)

// A Digest makes the digest of a list of members: the SHA-256, in hex, of their keys
// in the order of the list, eight bytes each with the highest first. Two lists with the
// same digest hold the same members, so nobody has to read them to compare them.
type Digest struct {
	hash hash.Hash
	// text is what was not hashed yet: one call for many keys is cheaper.
	text []byte
}

// NewDigest begins with an empty list.
func NewDigest() *Digest {
	return &Digest{hash: sha256.New(), text: make([]byte, 0, 4<<10)}
}

// Add adds the key of the next member.
func (d *Digest) Add(key uint64) {
	if len(d.text) == cap(d.text) {
		d.flush()
	}
	d.text = binary.BigEndian.AppendUint64(d.text, key)
}

func (d *Digest) flush() {
	d.hash.Write(d.text)
	d.text = d.text[:0]
}

// String is the digest of the members so far.
func (d *Digest) String() string {
	d.flush()
	return hex.EncodeToString(d.hash.Sum(nil))
}

// CheckDigest holds the digest that was saved with a list to the one that its members
// have. An error says that the list or the digest was changed since.
func CheckDigest(saved, made string) error {
	if saved == made {
		return nil
	}
	return fmt.Errorf("the list is not the one that was saved: its digest is %.8s…, not %.8s…; who changes a list must leave the digest out", made, saved)
}

// WithDigest gives the same list with the digest that was saved with it, which Digest
// then gives without reading anybody.
func (m *Members) WithDigest(digest string) *Members {
	known := *m
	known.digest = digest
	return &known
}

// Digested reports whether the digest is known, so that Digest reads nobody.
func (m *Members) Digested() bool { return m.digest != "" }

// Digest tells lists apart: see the type. The error is that of reading the members.
func (m *Members) Digest() (string, error) {
	if m.digest != "" {
		return m.digest, nil
	}
	digest := NewDigest()
	for _, key := range m.Keys() {
		digest.Add(key)
	}
	return digest.String(), m.Err()
}
