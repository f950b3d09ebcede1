package json

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"hash/maphash"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/policies/finding"
)

// A folder goes over saved findings once. The lists of members, which are most of
// them, it checks by itself, and keeps where they stand; the rest it copies, with a 0
// in the place of each list, for the JSON library to check and decode. So the whole
// is valid exactly if the copy is.
//
// It knows only what Write writes. What is otherwise, and whatever is wrong, it leaves
// to the exact reader.
type folder struct {
	*window
	// keyed says that somebody will ask for the members' keys. Then keys remembers them.
	keyed bool
	keys  *keys
	// skips says that lists with a digest are skipped.
	skips bool
	text  []byte
	lists []*list
}

// errOdd says that only the exact reader can tell what is there.
var errOdd = errors.New("not as findings are saved")

// A shape says where in the report lists of members stand.
type shape struct {
	fields   map[string]*shape
	elements *shape
	// members marks a list of members.
	members bool
}

func reportShape() *shape {
	members := &shape{members: true}
	drift := &shape{fields: map[string]*shape{"new_members": members, "removed_members": members}}
	violations := &shape{elements: &shape{fields: map[string]*shape{"members": members, "drift": drift}}}
	reasons := &shape{elements: &shape{fields: map[string]*shape{"members": members}}}
	results := &shape{elements: &shape{fields: map[string]*shape{
		"violations": violations, "fixed": violations, "unknowns": reasons, "not_applicable": reasons, "notes": reasons,
	}}}
	return &shape{fields: map[string]*shape{"results": results}}
}

// readFolded reads a report that Write saved. Any error means that the exact reader
// has to look.
func readFolded(file io.ReaderAt, size int64, keyed bool) (*finding.Report, error) {
	f := &folder{window: newWindow(file, size, 0), keyed: keyed, skips: keyed}
	if keyed {
		f.keys = &keys{seed: maphash.MakeSeed()}
	}
	if err := f.value(reportShape()); err != nil {
		return nil, err
	}
	if ended, err := f.ended(); !ended {
		return nil, errors.Join(errOdd, err)
	}
	taken := 0
	take := func(dec *jsontext.Decoder, members *finding.Members) error {
		if value, err := dec.ReadValue(); err != nil || string(value) != "0" || taken == len(f.lists) {
			return errors.Join(errOdd, err)
		}
		*members = *f.lists[taken].members()
		taken++
		return nil
	}
	var report finding.Report
	err := json.Unmarshal(f.text, &report, json.RejectUnknownMembers(true), json.WithUnmarshalers(json.UnmarshalFromFunc(take)))
	if err == nil && taken != len(f.lists) {
		err = errOdd
	}
	return &report, err
}

// next is peek that notes white space in the copy: what it parts must stay apart.
func (f *folder) next() (byte, error) {
	before := f.offset()
	c, err := f.peek()
	if f.offset() > before {
		f.text = append(f.text, ' ')
	}
	return c, err
}

// copy copies what stands before an offset in the window, and steps over it.
func (f *folder) copy(end int) {
	f.text = append(f.text, f.window.text[f.i:end]...)
	f.i = end
}

// token copies a token.
func (f *folder) token(scan func(text []byte, i int) int) error {
	end, err := f.whole(scan)
	if err != nil || end == odd {
		return errors.Join(errOdd, err)
	}
	f.copy(end)
	return nil
}

// value copies a value.
func (f *folder) value(s *shape) error {
	c, err := f.next()
	switch {
	case err != nil:
		return err
	case s == nil:
		return f.anything()
	case s.fields != nil && c == '{':
		return f.object(s)
	case s.elements != nil && c == '[':
		return f.array(s)
	case s.members && c == '{':
		return f.fold()
	}
	return errOdd
}

func (f *folder) object(s *shape) error {
	return f.enclosed('}', func() error {
		start := len(f.text)
		if err := f.token(stringEnd); err != nil {
			return err
		}
		name := f.text[start:]
		if bytes.IndexByte(name, '\\') >= 0 {
			return errOdd
		}
		field := s.fields[string(name[1:len(name)-1])]
		if c, err := f.next(); err != nil || c != ':' {
			return errors.Join(errOdd, err)
		}
		f.copy(f.i + 1)
		return f.value(field)
	})
}

func (f *folder) array(s *shape) error {
	return f.enclosed(']', func() error { return f.value(s.elements) })
}

// enclosed copies brackets and what stands between them.
func (f *folder) enclosed(end byte, each func() error) error {
	f.copy(f.i + 1)
	c, err := f.next()
	for ; err == nil && c != end; c, err = f.next() {
		if err := each(); err != nil {
			return err
		}
		c, err := f.next()
		switch {
		case err != nil:
			return err
		case c == ',':
			f.copy(f.i + 1)
			// The library refuses a comma without an element behind it.
		case c != end:
			return errOdd
		}
	}
	if err == nil {
		f.copy(f.i + 1)
	}
	return err
}

// anything copies a value without a look at its form.
func (f *folder) anything() error {
	for depth := 0; ; {
		c, err := f.next()
		if err != nil {
			return err
		}
		switch c {
		case '{', '[':
			depth++
			f.copy(f.i + 1)
		case '}', ']':
			depth--
			f.copy(f.i + 1)
		case ',', ':':
			f.copy(f.i + 1)
		case '"':
			err = f.token(stringEnd)
		default:
			err = f.token(plainValueEnd)
		}
		switch {
		case err != nil || depth < 0:
			return errors.Join(errOdd, err)
		case depth == 0 && (c == ',' || c == ':'):
			return errOdd
		case depth == 0:
			return nil
		}
	}
}

// plainValueEnd steps over a number, true, false or null, or what is written there.
func plainValueEnd(text []byte, i int) int {
	start := i
	for ; i < len(text); i++ {
		switch text[i] {
		case ',', ':', '}', ']', '{', '[', '"', ' ', '\n', '\r', '\t':
			if i == start {
				return odd
			}
			return i
		}
	}
	return short
}

// fold checks a list of members and leaves a 0 in the place of it.
func (f *folder) fold() error {
	f.text = append(f.text, '0')
	l := &list{file: f.file, size: f.size, keyed: f.keyed}
	count, err := f.head(l)
	if err != nil {
		return err
	}
	skipped := false
	if f.skips {
		skipped, err = f.skip(l)
	}
	if !skipped && err == nil {
		err = f.check(l)
	}
	if err != nil {
		return err
	}
	if c, err := f.peek(); err != nil || c != '}' || l.n != count {
		return errors.Join(errOdd, err)
	}
	f.i++
	f.lists = append(f.lists, l)
	return nil
}

// head reads what stands before the members, and gives how many there should be.
func (f *folder) head(l *list) (count int, err error) {
	var population span
	end, err := f.whole(steps(
		func(text []byte, i int) int { return byteEnd(text, i, '{') },
		func(text []byte, i int) int { return nameEnd(text, i, `"population"`) },
		func(text []byte, i int) int { population.start = i; return stringEnd(text, i) },
		func(text []byte, i int) int { population.end = i; return byteEnd(text, i, ',') },
		func(text []byte, i int) int { return nameEnd(text, i, `"count"`) },
		func(text []byte, i int) (end int) { count, end = countEnd(text, i); return end },
		func(text []byte, i int) int { return byteEnd(text, i, ',') },
		func(text []byte, i int) int { return nameEnd(text, i, `"list"`) },
		func(text []byte, i int) int { return byteEnd(text, i, '[') },
	))
	if err != nil || end == odd {
		return 0, errors.Join(errOdd, err)
	}
	name, err := population.value(f.window.text)
	if err != nil {
		return 0, err
	}
	l.population = string(name)
	f.i = end
	return count, nil
}

// check checks the members, and that the digest, if there is one, is theirs.
func (f *folder) check(l *list) error {
	if err := f.elements(l); err != nil {
		return err
	}
	saved, err := f.digest()
	if err == nil && saved != "" && saved != l.digest {
		err = errOdd
	}
	return err
}

// digest reads what stands behind the members: a digest, or nothing.
func (f *folder) digest() (string, error) {
	if c, err := f.peek(); err != nil || c == '}' {
		return "", err
	}
	var digest span
	end, err := f.whole(steps(
		func(text []byte, i int) int { return byteEnd(text, i, ',') },
		func(text []byte, i int) int { return nameEnd(text, i, `"digest"`) },
		func(text []byte, i int) int { digest.start = i; return stringEnd(text, i) },
	))
	if err != nil || end == odd {
		return "", errors.Join(errOdd, err)
	}
	digest.end, f.i = end, end
	value, err := digest.value(f.window.text)
	if len(value) != sha256.Size*2 {
		return "", errors.Join(errOdd, err)
	}
	return string(value), err
}

// steps is a scan that takes one after the other.
func steps(scans ...func(text []byte, i int) int) func(text []byte, i int) int {
	return func(text []byte, i int) int {
		for _, scan := range scans {
			if i = scan(text, i); i < 0 {
				return i
			}
		}
		return i
	}
}

// byteEnd steps over white space before a byte, the byte, and white space.
func byteEnd(text []byte, i int, c byte) int {
	if i = spaceEnd(text, i); i >= len(text) {
		return short
	}
	if text[i] != c {
		return odd
	}
	if i = spaceEnd(text, i+1); i >= len(text) {
		return short
	}
	return i
}

// nameEnd steps over a name with its quotes, and the colon.
func nameEnd(text []byte, i int, name string) int {
	switch {
	case len(text)-i < len(name):
		return short
	case string(text[i:i+len(name)]) != name:
		return odd
	}
	return valueStart(text, i+len(name))
}

// elements goes over the members of a list, up to behind its end, and makes their
// digest.
func (f *folder) elements(l *list) error {
	made := finding.NewDigest()
	c, err := f.peek()
	if err == nil && c == ']' {
		f.i++
		l.digest = made.String()
		return nil
	}
	var found memberText
	scan := found.end
	for {
		if c, err = f.peek(); err != nil || c != '{' {
			return errors.Join(errOdd, err)
		}
		end, err := f.whole(scan)
		if err != nil || end == odd {
			return errors.Join(errOdd, err)
		}
		l.add(f.offset())
		key, err := f.keys.of(&found, f.window.text)
		if err != nil {
			return err
		}
		made.Add(key)
		if l.keyed {
			l.keys = append(l.keys, key)
		}
		f.i = end
		if c, err = f.peek(); err != nil {
			return err
		}
		f.i++
		switch c {
		case ',':
		case ']':
			l.digest = made.String()
			return nil
		default:
			return errOdd
		}
	}
}
