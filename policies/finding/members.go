package finding

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"sync"

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

// MarshalJSONTo writes {"population", "count", "list"}, one member at a time.
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
	for member := range m.all {
		if err := json.MarshalEncode(enc, member); err != nil {
			return err
		}
	}
	if err := m.Err(); err != nil {
		return err
	}
	if err := enc.WriteToken(jsontext.EndArray); err != nil {
		return err
	}
	return enc.WriteToken(jsontext.EndObject)
}

// UnmarshalJSONFrom reads what MarshalJSONTo wrote.
func (m *Members) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	var saved struct {
		Population string   `json:"population"`
		Count      int      `json:"count"`
		List       []Member `json:"list"`
	}
	if err := json.UnmarshalDecode(dec, &saved); err != nil {
		return err
	}
	*m = *ListMembers(saved.Population, saved.List)
	return nil
}
