package finding

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"iter"
	"slices"
	"sync"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Member is one subject of a violation of a population.
type Member struct {
	// ID is the vendor's stable id, Name the user principal name. Both come from
	// the tenant: hostile text.
	ID   string `json:"id"`
	Name string `json:"name,omitzero"`
	// DisplayName is for people.
	DisplayName string `json:"display_name,omitzero"`
	// Pointer and Line are its place in the snapshot.
	Pointer string `json:"pointer"`
	Line    int    `json:"line,omitzero"`
}

// Members lists a violation's members without holding them: there may be a
// million.
type Members struct {
	// Population is what they are: mailbox, sign_in or okta_request.
	population string
	n          int
	all        iter.Seq[Member]
	walked     *walked
	// roll is set where the members are picked from one by their indexes.
	roll    *Roll
	indexes iter.Seq[int]
	// digest is what was saved with the list, empty where it has to be made.
	digest string
}

// walked keeps the first error of all walks over a list.
type walked struct {
	lock sync.Mutex
	err  error
}

// NewMembers makes a list of n members of a population out of a sequence that
// can be walked any number of times and always gives the same n members.
func NewMembers(population string, n int, all iter.Seq[Member]) *Members {
	return &Members{population: population, n: n, all: all}
}

// ReadMembers is NewMembers for a sequence that reads the members from somewhere.
// It ends with an error if that fails, which Err then gives.
func ReadMembers(population string, n int, all iter.Seq2[Member, error]) *Members {
	w := &walked{}
	return &Members{population: population, n: n, walked: w, all: func(yield func(Member) bool) {
		seen := 0
		for member, err := range all {
			if err != nil {
				w.fail(err)
				return
			}
			if seen++; !yield(member) {
				return
			}
		}
		if seen != n {
			w.fail(fmt.Errorf("list members: %d of %d were there", seen, n))
		}
	}}
}

// A Roll is a population that is known by its indexes: who somebody is, is read
// only where it is asked for.
type Roll struct {
	// Read gives the members at some indexes, which come in ascending order. It ends
	// with an error if it fails.
	Read func(indexes iter.Seq[int]) iter.Seq2[Member, error]
	// Keys gives the members' keys by index. It is nil where they have to be read.
	Keys func() ([]uint64, error)
}

// RollMembers is ReadMembers for the n members of a roll at the given indexes,
// which come in ascending order and can be walked any number of times.
func RollMembers(population string, n int, roll *Roll, indexes iter.Seq[int]) *Members {
	m := ReadMembers(population, n, roll.Read(indexes))
	m.roll, m.indexes = roll, indexes
	return m
}

// Key tells members apart: it is the same for the same id, of whatever snapshot,
// and for the same name where there is no id. It is the beginning of a SHA-256, so
// among a million members two share one with a chance of one in thirty million. What is
// no UTF-8 counts as what JSON makes of it, or a saved member would have another key.
func (m *Member) Key() uint64 {
	id := cmp.Or(m.ID, m.Name)
	if !utf8.ValidString(id) {
		id = string([]rune(id))
	}
	var room [64]byte // for most ids, so that nothing is allocated
	return KeyOf(append(room[:0], id...))
}

// KeyOf is the key of a member with an id, or of one with a name and no id, in UTF-8.
func KeyOf(id []byte) uint64 {
	sum := sha256.Sum256(id)
	return binary.BigEndian.Uint64(sum[:])
}

// Keys gives the index and the key of each member, in the order of the snapshot.
// The index is that in a roll; elsewhere it is the member's place in the list.
func (m *Members) Keys() iter.Seq2[int, uint64] {
	if m.roll == nil || m.roll.Keys == nil {
		return m.readKeys
	}
	return func(yield func(int, uint64) bool) {
		keys, err := m.roll.Keys()
		if err != nil {
			m.walked.fail(err)
			return
		}
		for i := range m.indexes {
			if !yield(i, keys[i]) {
				return
			}
		}
	}
}

func (m *Members) readKeys(yield func(int, uint64) bool) {
	next, stop := func() (int, bool) { return 0, false }, func() {}
	if m.roll != nil {
		next, stop = iter.Pull(m.indexes)
	}
	defer stop()
	at := 0
	for member := range m.all {
		if m.roll != nil {
			at, _ = next()
		}
		if !yield(at, member.Key()) {
			return
		}
		at++
	}
}

// Rolled reports whether the indexes of Keys and Subset are those of a roll.
func (m *Members) Rolled() bool { return m.roll != nil }

// Subset gives the n members whose index, as in Keys, is to be kept.
func (m *Members) Subset(n int, keep func(index int) bool) *Members {
	if m.roll != nil {
		return RollMembers(m.population, n, m.roll, func(yield func(int) bool) {
			for i := range m.indexes {
				if keep(i) && !yield(i) {
					return
				}
			}
		})
	}
	part := NewMembers(m.population, n, func(yield func(Member) bool) {
		at := 0
		for member := range m.all {
			if keep(at) && !yield(member) {
				return
			}
			at++
		}
	})
	part.walked = m.walked
	return part
}

func (w *walked) fail(err error) {
	w.lock.Lock()
	defer w.lock.Unlock()
	w.err = cmp.Or(w.err, err)
}

// Err gives the first error that cut a walk short. What was written before it is
// not complete.
func (m *Members) Err() error {
	if m.walked == nil {
		return nil
	}
	m.walked.lock.Lock()
	defer m.walked.lock.Unlock()
	return m.walked.err
}

// Err gives the first error that cut a walk over any of the report's members short.
func (r *Report) Err() error {
	for i := range r.Results {
		for _, members := range r.Results[i].lists() {
			if members == nil {
				continue
			}
			if err := members.Err(); err != nil {
				return err
			}
		}
	}
	return nil
}

// lists are all lists of members in the result, some of them nil.
func (r *Result) lists() []*Members {
	var lists []*Members
	for _, violations := range [][]Violation{r.Violations, r.Fixed} {
		for i := range violations {
			lists = append(lists, violations[i].Members)
			if drift := violations[i].Drift; drift != nil {
				lists = append(lists, drift.NewMembers, drift.RemovedMembers)
			}
		}
	}
	for _, reasons := range [][]Reason{r.Unknowns, r.NotApplicable, r.Notes} {
		for i := range reasons {
			lists = append(lists, reasons[i].Members)
		}
	}
	return lists
}

// ListMembers makes a list of the given members.
func ListMembers(population string, list []Member) *Members {
	return NewMembers(population, len(list), slices.Values(list))
}

// Population is what the members are: mailbox, sign_in or okta_request.
func (m *Members) Population() string { return m.population }

// Len is how many members there are.
func (m *Members) Len() int { return m.n }

// All walks the members in the order of the snapshot.
func (m *Members) All() iter.Seq[Member] { return m.all }

// First returns at most n members, in the order of the snapshot.
func (m *Members) First(n int) []Member {
	list := make([]Member, 0, min(n, m.n))
	if n == 0 {
		return list
	}
	for member := range m.all {
		list = append(list, member)
		if len(list) == n {
			break
		}
	}
	return list
}

// MarshalJSONTo writes {"population", "count", "list", "digest"}, one member at a time.
func (m *Members) MarshalJSONTo(enc *jsontext.Encoder) error {
	head := []jsontext.Token{
		jsontext.BeginObject,
		jsontext.String("population"), jsontext.String(m.population),
		jsontext.String("count"), jsontext.Int(int64(m.n)),
		jsontext.String("list"), jsontext.BeginArray,
	}
	for _, token := range head {
		if err := enc.WriteToken(token); err != nil {
			return err
		}
	}
	digest := NewDigest()
	for member := range m.all {
		if err := json.MarshalEncode(enc, member); err != nil {
			return err
		}
		digest.Add(member.Key())
	}
	if err := m.Err(); err != nil {
		return err
	}
	for _, token := range []jsontext.Token{
		jsontext.EndArray, jsontext.String("digest"), jsontext.String(digest.String()), jsontext.EndObject,
	} {
		if err := enc.WriteToken(token); err != nil {
			return err
		}
	}
	return nil
}

// UnmarshalJSONFrom reads what MarshalJSONTo wrote.
func (m *Members) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	var saved struct {
		Population string   `json:"population"`
		Count      int      `json:"count"`
		List       []Member `json:"list"`
		Digest     string   `json:"digest"`
	}
	if err := json.UnmarshalDecode(dec, &saved); err != nil {
		return err
	}
	*m = *ListMembers(saved.Population, saved.List)
	if saved.Digest == "" {
		return nil
	}
	made, err := m.Digest()
	return cmp.Or(err, CheckDigest(saved.Digest, made))
}
