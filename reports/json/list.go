package json

import (
	"cmp"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"iter"
	"slices"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/policies/finding"
)

// A list is a list of members that stays in the file.
type list struct {
	file io.ReaderAt
	size int64

	population string
	n          int
	// places are where the members 0, stride, 2*stride and so on start.
	places []int64
	// digest is that of the members.
	digest string
	// keyed says that somebody will ask for the members' keys.
	keyed bool
	keys  []uint64
	// skipped is set where nobody has looked at the members yet.
	skipped *skipped
}

// stride is small enough to find a single member at once, and large enough to make
// the places cost little.
const stride = 64

// add takes in the next member.
func (l *list) add(at int64) {
	if l.n%stride == 0 {
		l.places = append(l.places, at)
	}
	l.n++
}

// members are those of the report.
func (l *list) members() *finding.Members {
	roll := &finding.Roll{Read: l.read}
	if l.keyed {
		roll.Keys = l.allKeys
	}
	return finding.RollMembers(l.population, l.n, roll, func(yield func(int) bool) {
		for i := range l.n {
			if !yield(i) {
				return
			}
		}
	}).WithDigest(l.digest)
}

// allKeys gives the members' keys, nil where nobody asked for them. What was skipped
// is checked first.
func (l *list) allKeys() ([]uint64, error) {
	if l.skipped == nil {
		return l.keys, nil
	}
	return l.skipped.keysOf(l)
}

// read gives the members at some indexes.
func (l *list) read(indexes iter.Seq[int]) iter.Seq2[finding.Member, error] {
	return func(yield func(finding.Member, error) bool) {
		if _, err := l.allKeys(); err != nil {
			yield(finding.Member{}, err)
			return
		}
		r := &rereader{list: l}
		for index := range indexes {
			member, err := r.member(index)
			if err != nil {
				yield(finding.Member{}, fmt.Errorf("read the members of saved findings again: %w", err))
				return
			}
			if !yield(member, nil) {
				return
			}
		}
	}
}

// A rereader goes over a list that was read before.
type rereader struct {
	list *list
	// next is the member that stands at window, nil before the first.
	window *window
	next   int
}

var errChanged = errors.New("the file has changed")

// member gives the member at an index that is not before next.
func (r *rereader) member(index int) (finding.Member, error) {
	if place := index / stride; r.window == nil {
		r.window, r.next = newWindow(r.list.file, r.list.size, r.list.places[place]), place*stride
	} else if place*stride > r.next {
		r.window.seek(r.list.places[place])
		r.next = place * stride
	}
	for {
		c, err := r.window.peek()
		if err == nil && c == ',' {
			r.window.i++
			c, err = r.window.peek()
		}
		switch {
		case err != nil:
			return finding.Member{}, err
		case c != '{':
			return finding.Member{}, errChanged
		}
		r.next++
		if member, err := r.one(r.next > index); r.next > index || err != nil {
			return member, err
		}
	}
}

// one reads the member that stands here, or steps over it.
func (r *rereader) one(wanted bool) (finding.Member, error) {
	var found memberText
	end, err := r.window.whole(found.end)
	switch {
	case err != nil:
		return finding.Member{}, err
	case end == odd:
		return r.exactly()
	}
	text := r.window.text
	r.window.i = end
	if !wanted {
		return finding.Member{}, nil
	}
	return found.member(text)
}

// exactly reads a member that is not written as Write does it.
func (r *rereader) exactly() (member finding.Member, err error) {
	w := r.window
	dec := jsontext.NewDecoder(io.NewSectionReader(w.file, w.offset(), w.size-w.offset()))
	if err := json.UnmarshalDecode(dec, &member, json.RejectUnknownMembers(true)); err != nil {
		return member, errors.Join(errChanged, err)
	}
	w.seek(w.offset() + dec.InputOffset())
	return member, nil
}

// A memberText is where the parts of a member stand.
type memberText struct {
	id, name, displayName, pointer span
	line                           int
	seen                           uint8
}

// A span is a string with its quotes, or nothing.
type span struct{ start, end int }

const (
	seenID = 1 << iota
	seenName
	seenDisplayName
	seenPointer
	seenLine
)

// end gives where the member ends that starts at i.
func (m *memberText) end(text []byte, i int) int {
	*m = memberText{}
	if text[i] != '{' {
		return odd
	}
	if end := m.written(text, i); end != odd {
		return end
	}
	*m = memberText{}
	i = spaceEnd(text, i+1)
	if i < len(text) && text[i] == '}' {
		return i + 1
	}
	for {
		if i = m.field(text, i); i < 0 {
			return i
		}
		i = spaceEnd(text, i)
		if i >= len(text) {
			return short
		}
		switch text[i] {
		case '}':
			return i + 1
		case ',':
			i = spaceEnd(text, i+1)
		default:
			return odd
		}
	}
}

// written is end for a member in exactly the bytes in which Write has it, which is
// twice as fast; any other is odd.
func (m *memberText) written(text []byte, i int) int {
	for _, part := range [...]struct {
		name string
		into *span
		must bool
	}{
		{`{"id":`, &m.id, true}, {`,"name":`, &m.name, false}, {`,"display_name":`, &m.displayName, false}, {`,"pointer":`, &m.pointer, true},
	} {
		start := i + len(part.name)
		switch {
		case start > len(text):
			return short
		case string(text[i:start]) == part.name:
			if i = stringEnd(text, start); i < 0 {
				return i
			}
			*part.into = span{start, i}
		case part.must:
			return odd
		}
	}
	const line = `,"line":`
	if start := i + len(line); start > len(text) {
		return short
	} else if string(text[i:start]) == line {
		if m.line, i = countEnd(text, start); i < 0 {
			return i
		}
	}
	if text[i] != '}' {
		return odd
	}
	return i + 1
}

// field reads a field's name and value. A field that is not known, or there twice,
// is for the exact reader to tell of.
func (m *memberText) field(text []byte, i int) int {
	end := stringEnd(text, i)
	if end < 0 {
		return end
	}
	var bit uint8
	var value *span
	switch string(text[i+1 : end-1]) {
	case "id":
		bit, value = seenID, &m.id
	case "name":
		bit, value = seenName, &m.name
	case "display_name":
		bit, value = seenDisplayName, &m.displayName
	case "pointer":
		bit, value = seenPointer, &m.pointer
	case "line":
		bit = seenLine
	}
	if bit == 0 || m.seen&bit != 0 {
		return odd
	}
	m.seen |= bit
	if i = valueStart(text, end); i < 0 {
		return i
	}
	if value == nil {
		m.line, end = countEnd(text, i)
		return end
	}
	if end = stringEnd(text, i); end > 0 {
		*value = span{i, end}
	}
	return end
}

// valueStart steps over the colon behind a name.
func valueStart(text []byte, i int) int {
	i = spaceEnd(text, i)
	switch {
	case i >= len(text):
		return short
	case text[i] != ':':
		return odd
	}
	if i = spaceEnd(text, i+1); i >= len(text) {
		return short
	}
	return i
}

// member makes the member.
func (m *memberText) member(text []byte) (made finding.Member, err error) {
	made.Line = m.line
	for _, part := range []struct {
		at   span
		into *string
	}{{m.id, &made.ID}, {m.name, &made.Name}, {m.displayName, &made.DisplayName}, {m.pointer, &made.Pointer}} {
		value, failed := part.at.value(text)
		err = cmp.Or(err, failed)
		*part.into = string(value)
	}
	return made, err
}

// keys makes the keys of members; nil makes each anew. The same mailboxes stand in one list after the
// other, so it remembers by the line in the snapshot whose key it has made: to see that
// an id is the same again takes a tenth of making its key.
type keys struct {
	// lock is held by whoever goes over a list that was skipped.
	lock sync.Mutex
	seed maphash.Seed
	made []madeKey
}

// A madeKey is the key of an id that hashes to hash, which nobody can foresee.
type madeKey struct{ hash, key uint64 }

// mostMade bounds the memory, to 16 MB.
const mostMade = 1 << 20

// of is the member's key.
func (k *keys) of(m *memberText, text []byte) (uint64, error) {
	id, err := m.id.value(text)
	if len(id) == 0 && err == nil {
		id, err = m.name.value(text)
	}
	if err != nil || k == nil || m.line >= mostMade {
		return finding.KeyOf(id), err
	}
	if m.line >= len(k.made) {
		k.made = slices.Grow(k.made, m.line+1-len(k.made))[:m.line+1]
	}
	made, hash := &k.made[m.line], maphash.Bytes(k.seed, id)
	if made.hash != hash {
		*made = madeKey{hash, finding.KeyOf(id)}
	}
	return made.key, nil
}

// value is what the string stands for.
func (s span) value(text []byte) ([]byte, error) {
	if s.end == 0 {
		return nil, nil
	}
	inner := text[s.start+1 : s.end-1]
	for _, c := range inner {
		if c == '\\' {
			return jsontext.AppendUnquote(nil, text[s.start:s.end])
		}
	}
	return inner, nil
}
