package snapshot_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// A watched reader knows whether it is being used. It gives a text, and spaces
// without end behind it.
type watched struct {
	text   io.Reader
	inside atomic.Int32
	calls  atomic.Int32
}

func (w *watched) Read(p []byte) (int, error) {
	w.inside.Add(1)
	defer w.inside.Add(-1)
	w.calls.Add(1)
	time.Sleep(time.Millisecond)
	n, err := w.text.Read(p)
	if err == nil {
		return n, nil
	}
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// TestReadLeavesItsReaderAlone: whatever ends the reading, the reader beneath is
// not used any more, so that its owner may close it.
func TestReadLeavesItsReaderAlone(t *testing.T) {
	good := envelope + `,"mailboxes":[{"id":"a"},{"id":"b"}]`
	enough := errors.New("enough")
	stop := func(*snapshot.Record) error { return enough }
	tests := []struct {
		name, text string
		visit      func(*snapshot.Record) error
		want       string
	}{
		{"an error of visit", good, stop, "enough"},
		{"a panic of visit", good, func(*snapshot.Record) error { panic("broken") }, "broken"},
		{"text that is no JSON", "x", nil, "not JSON"},
		{"UTF-16", "\xFF\xFE", nil, "UTF-16"},
		{"text behind the end", good + "}}", nil, "more text"},
		{"space without end", good + "}", nil, "more text"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := &watched{text: strings.NewReader(test.text)}
			err := recovered(func() error {
				_, err := snapshot.Read("x.json", r, test.visit)
				return err
			})
			if r.inside.Load() != 0 {
				t.Error("the reader is still in use")
			}
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("the error is %v", err)
			}
			calls := r.calls.Load()
			time.Sleep(5 * time.Millisecond)
			if r.calls.Load() != calls {
				t.Error("the reader is used again")
			}
		})
	}
}

// recovered gives a panic as an error.
func recovered(f func() error) (err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("panic: %v", problem)
		}
	}()
	return f()
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// TestReadersThatMisbehave: none of them makes Read wait for ever, and a panic
// reaches whoever called Read.
func TestReadersThatMisbehave(t *testing.T) {
	calls := 0
	for name, test := range map[string]struct {
		r    io.Reader
		want string
	}{
		"gives nothing":            {readerFunc(func([]byte) (int, error) { return 0, nil }), "x.json:1:1: cannot be read further: multiple Read calls return no data or error"},
		"panics":                   {readerFunc(func([]byte) (int, error) { panic("broken") }), "panic: broken"},
		"panics behind some text":  {io.MultiReader(strings.NewReader(envelope), readerFunc(func([]byte) (int, error) { panic("broken") })), "panic: broken"},
		"fails behind two letters": {io.MultiReader(strings.NewReader("{ "), iotest.ErrReader(errors.New("broken"))), "x.json:1:3: cannot be read further: broken"},
		"fails the second time":    {iotest.TimeoutReader(strings.NewReader(envelope)), "x.json:1:117: cannot be read further: timeout"},
		"fails and goes on": {readerFunc(func(p []byte) (int, error) {
			if calls++; calls == 1 {
				return copy(p, "{"), errors.New("broken")
			}
			return 0, io.EOF
		}), "x.json:1:2: cannot be read further: broken"},
	} {
		t.Run(name, func(t *testing.T) {
			err := recovered(func() error {
				_, err := snapshot.Read("x.json", test.r, nil)
				return err
			})
			if err == nil || err.Error() != test.want {
				t.Errorf("the error is %v, want %s", err, test.want)
			}
		})
	}
}

// TestHashIsThatOfAllBytes: however the text comes, and with its mark.
func TestHashIsThatOfAllBytes(t *testing.T) {
	const want = "abfdd3d4a43406ea51490307d4db931a86ef933a42118c9c08bb7ff5991e6ac4"
	text := "\xEF\xBB\xBF" + envelope + "}\n" + strings.Repeat(" ", 200<<10)
	for name, r := range map[string]io.Reader{
		"at once": strings.NewReader(text), "in halves": iotest.HalfReader(strings.NewReader(text)),
		"byte by byte": iotest.OneByteReader(strings.NewReader(text)), "with its end": iotest.DataErrReader(strings.NewReader(text)),
	} {
		d, err := snapshot.Read("x.json", r, nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if d.SHA256 != want {
			t.Errorf("%s: the hash is %s", name, d.SHA256)
		}
	}
}

// TestNamesThatStandTwice, however they are written and however many there are.
func TestNamesThatStandTwice(t *testing.T) {
	many := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `"n%d":%d,`, i, i)
		}
		return b.String()
	}
	for text, want := range map[string]string{
		`{"okta":{"x":1,"X":2}}`:                                    "",
		`{"okta":{"x":1,"\u0078":2}}`:                               `/okta/x: the key "x"`,
		`{"okta":{"\u0078":1,"x":2}}`:                               `/okta/x: the key "x"`,
		`{"okta":{"x":{"a":[{"b":1,"c":{},"b":2}]}}}`:               `/okta/x/a/0/b: the key "b"`,
		`{"okta":{"":1,"":2}}`:                                      `/okta/: the key ""`,
		`{"okta":{"x":{"y":1},"y":{"x":1}}}`:                        "",
		`{"okta":{` + many(16) + `"n0":1}}`:                         `/okta/n0: the key "n0"`,
		`{"okta":{` + many(17) + `"n16":1}}`:                        `/okta/n16: the key "n16"`,
		`{"okta":{` + many(40) + `"n17":1}}`:                        `/okta/n17: the key "n17"`,
		`{"okta":{` + many(40) + `"\u006e39":1}}`:                   `/okta/n39: the key "n39"`,
		`{"okta":{` + many(40) + `"n":1}}`:                          "",
		`{"unheard_of":1,"unheard_of":1}`:                           `/unheard_of: the key "unheard_of"`,
		`{"mailboxes":[{"id":"a","x":1,"x":1}]}`:                    `/mailboxes/0/x: the key "x"`,
		`{"mailboxes":[{"id":"a","domain":"x","d\u006fmain":"x"}]}`: `/mailboxes/0/domain: the key "domain"`,
	} {
		_, err := snapshot.Read("x.json", strings.NewReader(envelope+","+text[1:]), nil)
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", text, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want+" stands here a second time")):
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}
