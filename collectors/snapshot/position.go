package snapshot

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// Region is a part of the uncompressed text. Lines and columns start at 1,
// columns count code points, and the end is exclusive: it is the place right
// behind the last character. A line ends with a line feed; a carriage return
// before it is the line's last character. A byte order mark has no column.
type Region struct{ StartLine, StartColumn, EndLine, EndColumn int }

// place is one point of the text, 1-based. 32 bits do because of maxDocument.
type place struct{ line, column uint32 }

// after gives the place behind text that starts at p.
func (p place) after(text []byte) place {
	if n := bytes.Count(text, newline); n > 0 {
		p.line += uint32(n)
		p.column = 1
		text = text[bytes.LastIndexByte(text, '\n')+1:]
	}
	p.column += uint32(codePoints(text))
	return p
}

var newline = []byte{'\n'}

// codePoints counts the bytes that start a code point, eight at a time and plain
// ASCII thirty-two at a time: a document on one line is counted as a whole.
func codePoints(text []byte) int {
	n := len(text)
	for len(text) >= 32 {
		a, b := binary.LittleEndian.Uint64(text), binary.LittleEndian.Uint64(text[8:])
		c, d := binary.LittleEndian.Uint64(text[16:]), binary.LittleEndian.Uint64(text[24:])
		if (a|b|c|d)&highBits != 0 {
			n -= continuations(a) + continuations(b) + continuations(c) + continuations(d)
		}
		text = text[32:]
	}
	for len(text) >= 8 {
		n -= continuations(binary.LittleEndian.Uint64(text))
		text = text[8:]
	}
	for _, b := range text {
		if b&0xC0 == 0x80 {
			n--
		}
	}
	return n
}

const (
	lowBits  = 0x0101010101010101
	highBits = lowBits << 7
)

// continuations counts the bytes of a word that go on with a code point: 10xxxxxx.
func continuations(word uint64) int { return bits.OnesCount64(word >> 7 &^ (word >> 6) & lowBits) }

// span is a Region in 16 bytes: a document may have millions of elements, and
// each is remembered.
type span struct {
	start place
	// lines is how many lines further it ends.
	lines, endColumn uint32
}

func newSpan(start, end place) span {
	return span{start: start, lines: end.line - start.line, endColumn: end.column}
}

func (s span) region() Region {
	return Region{
		StartLine:   int(s.start.line),
		StartColumn: int(s.start.column),
		EndLine:     int(s.start.line) + int(s.lines),
		EndColumn:   int(s.endColumn),
	}
}

// spans is a list that grows without copying what it holds.
type spans struct {
	chunks [][]span
	n      int
}

const spansPerChunk = 4096

func (l *spans) add(s span) {
	if l.n%spansPerChunk == 0 {
		l.chunks = append(l.chunks, make([]span, 0, spansPerChunk))
	}
	last := &l.chunks[len(l.chunks)-1]
	*last = append(*last, s)
	l.n++
}

func (l *spans) at(i int) span { return l.chunks[i/spansPerChunk][i%spansPerChunk] }
