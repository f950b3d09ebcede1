package escape

import (
	"io"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// JSONWriter writes JSON on so that it can be shown as it is: what Line makes
// visible becomes a \u escape, which only strings can hold, so that every value
// stays the same. The JSON must be valid UTF-8.
type JSONWriter struct {
	w io.Writer
	// rest are the first bytes of a character that the last Write cut in two.
	rest []byte
	out  []byte
	// hash says that the last byte was a #.
	hash bool
}

// NewJSONWriter returns a JSONWriter on top of w. It does not buffer beyond one
// character, so there is nothing to flush.
func NewJSONWriter(w io.Writer) *JSONWriter { return &JSONWriter{w: w} }

// pieceBytes is about how much is written on at once. Encoders hand over a whole report.
const pieceBytes = 64 << 10

// Write escapes p and writes it on, piece by piece.
func (j *JSONWriter) Write(p []byte) (int, error) {
	in := p
	if len(j.rest) > 0 {
		in = append(j.rest, p...)
		j.rest = nil
	}
	j.out = j.out[:0]
	for len(in) > 0 {
		if len(j.out) >= pieceBytes {
			if _, err := j.w.Write(j.out); err != nil {
				return 0, err
			}
			j.out = j.out[:0]
		}
		if n := harmless(in[:min(len(in), pieceBytes)]); n > 0 {
			j.out = append(j.out, in[:n]...)
			j.hash = false
			in = in[n:]
			continue
		}
		if !utf8.FullRune(in) {
			j.rest = append([]byte(nil), in...)
			break
		}
		r, size := utf8.DecodeRune(in)
		j.put(r, in[:size])
		in = in[size:]
	}
	if _, err := j.w.Write(j.out); err != nil {
		return 0, err
	}
	return len(p), nil
}

// harmless is how many bytes at the start of p can stand as they are: ASCII, and
// neither # nor the last control character.
func harmless(p []byte) int {
	for i, c := range p {
		if c == '#' || c >= 0x7F {
			return i
		}
	}
	return len(p)
}

func (j *JSONWriter) put(r rune, raw []byte) {
	afterHash := j.hash
	j.hash = r == '#'
	switch {
	case r == '#' && afterHash:
		j.out = append(j.out, `\u0023`...)
	// A control character below the space can only be layout here.
	case r >= ' ' && hidden(r):
		if high, low := utf16.EncodeRune(r); high != utf8.RuneError {
			j.unicode(high)
			r = low
		}
		j.unicode(r)
	default:
		j.out = append(j.out, raw...)
	}
}

func (j *JSONWriter) unicode(r rune) {
	hex := strconv.FormatInt(int64(r), 16)
	j.out = append(j.out, `\u0000`[:6-len(hex)]...)
	j.out = append(j.out, hex...)
}
