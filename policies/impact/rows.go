package impact

import (
	"fmt"
	"iter"
	"math"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// A kind is what many rows of a log have in common.
type kind struct{ clientApp, protocol, userAgent, app string }

// A row is one of a log, as small as it can be kept: there may be millions.
type row struct {
	// id and user are numbers of texts, kind one of a kind.
	id, user, kind int32
	// first and last are seconds since 1970, noInstant for none.
	first, last       int64
	succeeded, failed int
}

const noInstant = math.MinInt64

// logged is a row as it is read.
type logged struct {
	kind
	user, userID        string
	succeeded, failed   int
	firstSeen, lastSeen string
}

// rowStore keeps the rows of one log.
type rowStore struct {
	rows   []row
	texts  table[string]
	kinds  table[kind]
	placed []bool
	// byID and byUser find rows by names in lower case.
	byID, byUser index
}

// table numbers values.
type table[T comparable] struct {
	numbers map[T]int32
	values  []T
}

func (t *table[T]) number(value T) int32 {
	n, known := t.numbers[value]
	if !known {
		if t.numbers == nil {
			t.numbers = map[T]int32{}
		}
		n = int32(len(t.values))
		t.numbers[value] = n
		t.values = append(t.values, value)
	}
	return n
}

// An index finds the rows of a name in their order.
type index struct {
	ends map[string][2]int32 // the first and the last
	next []int32             // of each row the next one of the same name, 0 for none
}

// add adds the next row.
func (x *index) add(name string) {
	i := int32(len(x.next))
	x.next = append(x.next, 0)
	key := strings.ToLower(strings.TrimSpace(name))
	if key == "" {
		return
	}
	ends, known := x.ends[key]
	if !known {
		if x.ends == nil {
			x.ends = map[string][2]int32{}
		}
		ends[0] = i
	} else {
		x.next[ends[1]] = i
	}
	ends[1] = i
	x.ends[key] = ends
}

// of gives the rows of a name in lower case.
func (x *index) of(key string) iter.Seq[int] {
	return func(yield func(int) bool) {
		ends, known := x.ends[key]
		if !known {
			return
		}
		for i := ends[0]; ; i = x.next[i] {
			if !yield(int(i)) || i == ends[1] {
				return
			}
		}
	}
}

// has reports whether there is a row of a name in lower case.
func (x *index) has(key string) bool {
	_, known := x.ends[key]
	return known
}

// take keeps the next row.
func (s *rowStore) take(list string, value []byte) error {
	var r struct {
		snapshot.SignIn
		UserName string `json:"user_name"`
	}
	if err := json.Unmarshal(value, &r); err != nil {
		return fmt.Errorf("read row %d of %s: %w", len(s.rows), list, err)
	}
	user := r.UserPrincipalName
	if list == requestList {
		user = r.UserName
	}
	s.rows = append(s.rows, row{
		id: s.texts.number(r.UserID), user: s.texts.number(user),
		kind:  s.kinds.number(kind{r.ClientApp, r.AuthenticationProtocol, r.UserAgent, r.App}),
		first: seconds(r.FirstSeen), last: seconds(r.LastSeen), succeeded: r.Succeeded, failed: r.Failed,
	})
	s.placed = append(s.placed, false)
	s.byUser.add(user)
	if list == signInList {
		s.byID.add(r.UserID)
	}
	return nil
}

func (s *rowStore) at(i int) logged {
	r := &s.rows[i]
	return logged{
		kind: s.kinds.values[r.kind], user: s.texts.values[r.user], userID: s.texts.values[r.id],
		succeeded: r.succeeded, failed: r.failed, firstSeen: text(r.first), lastSeen: text(r.last),
	}
}

// all gives the rows in their order.
func (s *rowStore) all(yield func(int, logged) bool) {
	for i := range s.rows {
		if !yield(i, s.at(i)) {
			return
		}
	}
}

// place gives the rows of some names that were not given for the same mailbox, which
// are then placed.
func (s *rowStore) place(found []logged, seen map[int]bool, rows iter.Seq[int]) []logged {
	for i := range rows {
		if !seen[i] {
			seen[i], s.placed[i] = true, true
			found = append(found, s.at(i))
		}
	}
	return found
}

func seconds(i *snapshot.Instant) int64 {
	if i == nil || i.IsNull() {
		return noInstant
	}
	return i.Unix()
}

func text(seconds int64) string {
	if seconds == noInstant {
		return ""
	}
	return snapshot.NewInstant(time.Unix(seconds, 0)).String()
}
