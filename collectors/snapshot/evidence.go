package snapshot

import (
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// rows are what is remembered of a population in evidence. There is no bound to how
// many there are.
type rows struct {
	// member is where the list stands, with its name.
	member span
	spans  spans
	// offsets are where the rows start in the section's text. There are none where
	// the rows were handed over.
	offsets []uint32
}

// An anchor is a place within a section's text that is known without walking there.
type anchor struct {
	offset int
	at     place
}

// evidencePopulations are the members of evidence that hold a row a user.
var evidencePopulations = [...]string{"sign_ins", "okta_requests"}

// evidence reads the section whose lists may be long, row by row: rows that are
// handed over are not kept.
func (s *scanner) evidence(start place, r *rule) error {
	const pointer = "/evidence"
	kind, err := s.peek(pointer, maxSections-s.kept)
	if err != nil {
		return err
	}
	if kind != jsontext.KindBeginObject {
		return s.fault(pointer, mismatch(r, kind), hintSchema)
	}
	kept := section{name: "evidence", value: s.at, rows: map[string]*rows{}, anchors: map[string]anchor{}}
	s.text, s.copying = []byte{}, true
	if err := s.token(); err != nil {
		return err
	}
	if err := s.evidenceMembers(&kept, r.object); err != nil {
		return err
	}
	if err := s.token(); err != nil {
		return err
	}
	kept.member, kept.raw = newSpan(start, s.at), s.text
	s.kept += int64(len(s.text))
	s.text, s.copying = nil, false
	s.keep(kept)
	return nil
}

func (s *scanner) evidenceMembers(kept *section, o *objectRule) error {
	const pointer = "/evidence"
	missing := o.required
	var seen names
	for {
		kind, err := s.peek(pointer, maxString)
		if err != nil {
			return err
		}
		if kind == jsontext.KindEndObject {
			break
		}
		at := anchor{len(s.text), s.at}
		quoted, err := s.value()
		if err != nil {
			return s.failure(pointer, err)
		}
		name := unquote(quoted)
		i, below := o.find(quoted)
		if seen.again(i, slices.Clone(quoted)) {
			return s.broken(pointer, at.at, nil, twice(0, name).within(name))
		}
		if i >= 0 {
			missing &^= 1 << i
		}
		kept.anchors[name] = at
		if slices.Contains(evidencePopulations[:], name) {
			kept.rows[name], err = s.rows(name, at.at, below)
		} else {
			err = s.evidenceMember(pointer+"/"+escapeToken(name), below)
		}
		if err != nil {
			return err
		}
	}
	if missing != 0 {
		return s.broken(pointer, kept.value, nil, o.missing(0, missing))
	}
	return nil
}

// room is how many bytes of sections may still be kept.
func (s *scanner) room() int64 { return maxSections - s.kept - int64(len(s.text)) }

func (s *scanner) evidenceMember(pointer string, r *rule) error {
	if _, err := s.peek(pointer, s.room()); err != nil {
		return err
	}
	at := s.at
	raw, err := s.value()
	if err != nil {
		return s.failure(pointer, err)
	}
	if f := check(raw, r, 2); f != nil {
		return s.broken(pointer, at, raw, f)
	}
	return nil
}

// rows reads a population. Its rows are kept, or handed over.
func (s *scanner) rows(list string, start place, r *rule) (*rows, error) {
	pointer := "/evidence/" + list
	kind, err := s.peek(pointer, s.room())
	if err != nil {
		return nil, err
	}
	if kind != jsontext.KindBeginArray {
		return nil, s.fault(pointer, mismatch(r, kind), hintSchema)
	}
	if err := s.token(); err != nil {
		return nil, err
	}
	s.copying = !s.handOver
	if s.handOver {
		s.doc.begun = true
	}
	all := &rows{}
	record := Record{List: list, Before: s.doc}
	for ; ; record.Index++ {
		kind, err := s.peek(pointer, min(maxMailbox, s.room()))
		if err != nil {
			return nil, err
		}
		if kind == jsontext.KindEndArray {
			break
		}
		if err := s.row(all, &record, pointer, r.array.items); err != nil {
			return nil, err
		}
	}
	s.copying = true
	if err := s.token(); err != nil {
		return nil, err
	}
	all.member = newSpan(start, s.at)
	return all, nil
}

func (s *scanner) row(all *rows, record *Record, pointer string, r *rule) error {
	start, offset := s.at, len(s.text)
	raw, err := s.value()
	if err != nil {
		return s.failure(pointer+"/"+strconv.Itoa(record.Index), err)
	}
	if f := check(raw, r, 3); f != nil {
		return s.broken(pointer+"/"+strconv.Itoa(record.Index), start, raw, f)
	}
	where := newSpan(start, s.at)
	all.spans.add(where)
	if !s.handOver {
		all.offsets = append(all.offsets, uint32(offset))
		return nil
	}
	return s.give(record, raw, where)
}

// Rows says how many rows a list of evidence has, sign_ins or okta_requests, kept or
// handed over. ok is false when the document has no such list.
func (d *Document) Rows(list string) (n int, ok bool) {
	s, ok := d.section("evidence")
	if !ok || s.rows[list] == nil {
		return 0, false
	}
	return s.rows[list].spans.n, true
}

// RowsKept reports whether the rows of evidence are in the document: Stream hands
// them over instead.
func (d *Document) RowsKept() bool { return !d.handedOver }

// VisitRows hands over the rows of a list of evidence that the document has kept, in
// the order of the file. Their Offset is that in the value of Section("evidence").
// An error of visit is returned as it is.
func (d *Document) VisitRows(list string, visit func(*Record) error) error {
	s, ok := d.section("evidence")
	if !ok || s.rows[list] == nil {
		return nil
	}
	record := Record{List: list, Before: d}
	for i, offset := range s.rows[list].offsets {
		c := cursor{text: s.raw, i: int(offset)}
		c.skip()
		record.Index, record.Offset, record.Value = i, int64(offset), s.raw[offset:c.i:c.i]
		record.Region = s.rows[list].spans.at(i).region()
		if err := visit(&record); err != nil {
			return err
		}
	}
	return nil
}

// locateRow gives the region of a row, or of what lies in one, as far as it is
// known: of a row that was handed over the inside is not.
func (s *section) locateRow(tokens []string) (region Region, located bool) {
	if len(tokens) == 0 || s.rows[tokens[0]] == nil {
		return Region{}, false
	}
	list := s.rows[tokens[0]]
	if len(tokens) == 1 {
		return list.member.region(), true
	}
	i, ok := arrayIndex(tokens[1])
	if !ok || i >= list.spans.n || len(tokens) > 2 && i < len(list.offsets) {
		return Region{}, false
	}
	return list.spans.at(i).region(), true
}

// enterRow gives where a row starts that was kept.
func (s *section) enterRow(list *rows, token string) (anchor, bool) {
	i, ok := arrayIndex(token)
	if !ok || i >= len(list.offsets) {
		return anchor{}, false
	}
	return anchor{int(list.offsets[i]), list.spans.at(i).start}, true
}
