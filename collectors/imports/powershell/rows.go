package powershell

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/collectors"
)

// The codes of this package in the ledger, beside those of the collectors. They
// are stable.
const (
	// CodeNotInExport: the folder does not hold it.
	CodeNotInExport = "not_in_export"
	// CodeNoManifest: nothing says that the cmdlet gave all it has.
	CodeNoManifest = "no_manifest"
	// CodeCutOff: PowerShell did not write out a value that was needed.
	CodeCutOff = "cut_off"
)

// listing walks the objects of one file.
type listing struct {
	path string
	text *text
	dec  *jsontext.Decoder
	take func(jsontext.Value) error
	// rows are the objects, strangers what stood among them and is none.
	rows, strangers int
}

// errTake wraps an error of the taker, which is no fault of the JSON.
type errTake struct{ err error }

func (e errTake) Error() string { return e.err.Error() }
func (e errTake) Unwrap() error { return e.err }

// eachObject hands the objects of a file to take, one at a time, in any of the
// forms in which PowerShell writes them: a list, one object alone, a list that is
// wrapped as {"value": […], "Count": n}, or one object a line. The value is only
// valid during the call. It says how many there were, whatever the error.
func eachObject(path string, take func(jsontext.Value) error) (rows, strangers int, err error) {
	t, err := openText(path)
	if err != nil {
		return 0, 0, err
	}
	defer t.close()
	l := &listing{path: path, text: t, dec: jsontext.NewDecoder(t), take: take}
	err = l.all()
	if taken, ok := errors.AsType[errTake](err); ok {
		return l.rows, l.strangers, taken.err
	}
	if err != nil {
		err = syntaxError(path, l.dec, err)
	}
	return l.rows, l.strangers, err
}

func (l *listing) all() error {
	for {
		switch l.dec.PeekKind() {
		case jsontext.KindBeginArray:
			if err := l.list(); err != nil {
				return err
			}
		case jsontext.KindBeginObject:
			if err := l.object(); err != nil {
				return err
			}
		default:
			value, err := l.dec.ReadValue()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			l.stranger(value)
		}
	}
}

func (l *listing) list() error {
	if _, err := l.dec.ReadToken(); err != nil {
		return err
	}
	for l.dec.PeekKind() != jsontext.KindEndArray {
		value, err := l.dec.ReadValue()
		if err != nil {
			return err
		}
		if err := l.give(value); err != nil {
			return err
		}
	}
	_, err := l.dec.ReadToken()
	return err
}

func (l *listing) give(value jsontext.Value) error {
	l.text.left = maxObject
	if value.Kind() != jsontext.KindBeginObject {
		l.stranger(value)
		return nil
	}
	if err := l.take(value); err != nil {
		return errTake{err}
	}
	l.rows++
	return nil
}

// stranger counts what is no object. An empty text or null alone is what is left
// of nothing.
func (l *listing) stranger(value jsontext.Value) {
	if text := string(value); text != "null" && text != `""` {
		l.strangers++
	}
}

// object reads one object, or the list that it is wrapped around.
func (l *listing) object() error {
	if _, err := l.dec.ReadToken(); err != nil {
		return err
	}
	whole, first, count := bytes.NewBufferString("{"), true, int64(-1)
	wrapped, before := false, l.rows+l.strangers
	for l.dec.PeekKind() != jsontext.KindEndObject {
		name, err := l.dec.ReadValue()
		if err != nil {
			return err
		}
		if first && string(name) == `"value"` && l.dec.PeekKind() == jsontext.KindBeginArray {
			if wrapped, err = true, l.list(); err != nil {
				return err
			}
			continue
		}
		if !first {
			whole.WriteByte(',')
		}
		first = false
		whole.Write(name)
		isCount := string(name) == `"Count"`
		whole.WriteByte(':')
		value, err := l.dec.ReadValue()
		if err != nil {
			return err
		}
		whole.Write(value)
		if isCount {
			if count, err = strconv.ParseInt(string(value), 10, 64); err != nil {
				count = -1
			}
		}
	}
	if _, err := l.dec.ReadToken(); err != nil {
		return err
	}
	whole.WriteByte('}')
	switch {
	case !wrapped:
		return l.give(whole.Bytes())
	case count >= 0 && count != int64(l.rows+l.strangers-before):
		return errTake{&collectors.Error{
			Code:    collectors.CodeCountMismatch,
			Problem: fmt.Sprintf("%s says that it holds %d objects, and holds %d", base(l.path), count, l.rows+l.strangers-before),
			Hint:    hintAgain,
		}}
	}
	return nil
}

// isEmpty tells whether a file holds nothing but white space and a mark.
func isEmpty(path string) bool {
	info, err := os.Stat(path)
	if err != nil || info.Size() > 64 {
		return false
	}
	data, err := os.ReadFile(path)
	return err == nil && !slices.ContainsFunc(bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF")), func(c byte) bool {
		return c != 0 && c != 0xFF && c != 0xFE && c != ' ' && c != '\r' && c != '\n' && c != '\t'
	})
}
