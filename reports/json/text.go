package json

import (
	"encoding/binary"
	"io"
	"math/bits"
	"unicode/utf8"
)

// What a scan of a token gives in place of where it ends.
const (
	// short: the text at hand ends first.
	short = -1
	// odd: it is no JSON, or not as Write has it. Only the exact reader can tell.
	odd = -2
)

// stringEnd gives the offset behind the string that starts at i. It takes exactly
// the strings that JSON has, in valid UTF-8.
func stringEnd(text []byte, i int) int {
	if i >= len(text) {
		return short
	}
	if text[i] != '"' {
		return odd
	}
	for i++; ; {
		i = plainEnd(text, i)
		if i >= len(text) {
			return short
		}
		switch c := text[i]; {
		case c == '"':
			return i + 1
		case c == '\\':
			if i = escapeEnd(text, i); i < 0 {
				return i
			}
		case c < ' ':
			return odd
		default:
			r, size := utf8.DecodeRune(text[i:])
			if r == utf8.RuneError && size == 1 {
				if !utf8.FullRune(text[i:]) {
					return short
				}
				return odd
			}
			i += size
		}
	}
}

// plainEnd steps over characters that stand for themselves, eight at a time.
func plainEnd(text []byte, i int) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	for i+8 <= len(text) {
		x := binary.LittleEndian.Uint64(text[i:])
		quote, backslash := x^(ones*'"'), x^(ones*'\\')
		// A byte's highest bit is set where it is below a space, a quote, a backslash, or
		// beyond ASCII. A borrow can set it wrongly only above such a byte.
		special := (x | (x-ones*' ')&^x | (quote-ones)&^quote | (backslash-ones)&^backslash) & highs
		if special != 0 {
			return i + bits.TrailingZeros64(special)/8
		}
		i += 8
	}
	for i < len(text) && text[i] >= ' ' && text[i] != '"' && text[i] != '\\' && text[i] < utf8.RuneSelf {
		i++
	}
	return i
}

// escapeEnd steps over the escape at i. Halves of a pair of surrogates must stand
// together.
func escapeEnd(text []byte, i int) int {
	if i+1 >= len(text) {
		return short
	}
	switch text[i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 2
	case 'u':
	default:
		return odd
	}
	unit := unicodeEscape(text, i)
	switch {
	case unit < 0:
		return unit
	case unit < 0xD800 || unit > 0xDFFF:
		return i + 6
	case unit > 0xDBFF:
		return odd
	}
	switch low := unicodeEscape(text, i+6); {
	case low == short:
		return short
	case low < 0xDC00 || low > 0xDFFF:
		return odd
	}
	return i + 12
}

// unicodeEscape gives the number of the escape at i, which is a backslash, a u and
// four hex digits.
func unicodeEscape(text []byte, i int) int {
	if i+6 > len(text) {
		return short
	}
	if text[i] != '\\' || text[i+1] != 'u' {
		return odd
	}
	n := 0
	for _, c := range text[i+2 : i+6] {
		switch {
		case '0' <= c && c <= '9':
			n = n<<4 + int(c-'0')
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			n = n<<4 + int(c|0x20-'a') + 10
		default:
			return odd
		}
	}
	return n
}

// countEnd reads the whole number that starts at i and is not negative, as far as it
// is surely one for the exact reader as well.
func countEnd(text []byte, i int) (n, end int) {
	const longest = 15
	start := i
	for ; i < len(text) && '0' <= text[i] && text[i] <= '9'; i++ {
		if i-start == longest {
			return 0, odd
		}
		n = n*10 + int(text[i]-'0')
	}
	switch {
	case i == len(text):
		return 0, short
	case i == start, text[start] == '0' && i > start+1:
		return 0, odd
	}
	switch text[i] {
	case ',', '}', ' ', '\n', '\r', '\t':
		return n, i
	}
	return 0, odd
}

// spaceEnd steps over white space. Most of a file is indented: eight spaces are one
// step.
func spaceEnd(text []byte, i int) int {
	const eightSpaces = 0x2020202020202020
	for i < len(text) {
		switch text[i] {
		case ' ', '\n', '\r', '\t':
			i++
			for i+8 <= len(text) && binary.LittleEndian.Uint64(text[i:]) == eightSpaces {
				i += 8
			}
		default:
			return i
		}
	}
	return i
}

// A window is the part of a file that is being looked at. It moves on, and grows
// only where a single token needs it.
type window struct {
	file io.ReaderAt
	// size is where the file ends.
	size int64
	// text starts at base, and i is how far it was looked at.
	text []byte
	base int64
	i    int
}

// A window starts small, for those who want little, and becomes large enough to make
// system calls few.
const (
	firstWindow = 4 << 10
	wholeWindow = 256 << 10
)

func newWindow(file io.ReaderAt, size, at int64) *window {
	return &window{file: file, size: size, base: at}
}

// offset is the place in the file.
func (w *window) offset() int64 { return w.base + int64(w.i) }

// seek goes on to a place that lies ahead.
func (w *window) seek(offset int64) {
	if offset <= w.base+int64(len(w.text)) {
		w.i = int(offset - w.base)
		return
	}
	w.text, w.base, w.i = w.text[:0], offset, 0
}

// fill reads on. It reports false at the end of the file.
func (w *window) fill() (bool, error) {
	rest := w.text[w.i:]
	end := w.base + int64(len(w.text))
	if end >= w.size {
		return false, nil
	}
	want := max(firstWindow, min(4*cap(w.text), wholeWindow), 2*len(rest))
	buffer := w.text[:0]
	if cap(buffer) < want {
		buffer = make([]byte, 0, want)
	}
	buffer = buffer[:copy(buffer[:len(rest)], rest)]
	more := buffer[len(rest):min(int64(cap(buffer)), int64(len(rest))+w.size-end)]
	n, err := w.file.ReadAt(more, end)
	if n < len(more) {
		if err == io.EOF || err == nil {
			err = io.ErrUnexpectedEOF
		}
		return false, err
	}
	w.base += int64(w.i)
	w.text, w.i = buffer[:len(rest)+n], 0
	return true, nil
}

// whole lets scan look at the text until all that it wants is there, and gives what
// it gave: where that ends in w.text, or odd.
func (w *window) whole(scan func(text []byte, i int) int) (int, error) {
	for {
		end := scan(w.text, w.i)
		if end != short {
			return end, nil
		}
		if more, err := w.fill(); !more {
			return odd, err
		}
	}
}

// peek steps over white space and gives the byte that stands behind it, 0 at the end:
// where a 0 matters, ended tells.
func (w *window) peek() (byte, error) {
	for {
		w.i = spaceEnd(w.text, w.i)
		if w.i < len(w.text) {
			return w.text[w.i], nil
		}
		if more, err := w.fill(); !more {
			return 0, err
		}
	}
}

// ended reports whether nothing but white space is left.
func (w *window) ended() (bool, error) {
	_, err := w.peek()
	return err == nil && w.offset() == w.size, err
}
