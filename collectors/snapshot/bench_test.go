package snapshot_test

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// BenchmarkRead reads generated documents, next to the least that any reader
// with jsontext must do: one pass over the tokens. The ratio of the two is what
// counts.
func BenchmarkRead(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		text := largeDocument(b, n)
		b.Run(fmt.Sprintf("snapshot/mailboxes=%d", n), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				seen := 0
				_, err := snapshot.Read("bench.json", bytes.NewReader(text), func(*snapshot.Record) error {
					seen++
					return nil
				})
				if err != nil || seen != n {
					b.Fatalf("%d mailboxes, %v", seen, err)
				}
			}
		})
		b.Run(fmt.Sprintf("tokens/mailboxes=%d", n), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				// The struct keeps the decoder from treating the reader as a buffer.
				d := jsontext.NewDecoder(struct{ io.Reader }{bytes.NewReader(text)})
				for {
					if _, err := d.ReadToken(); err == io.EOF {
						break
					} else if err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

// BenchmarkWrite writes the same documents.
func BenchmarkWrite(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		s, boxes := largeSnapshot(n)
		b.Run(fmt.Sprintf("mailboxes=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := snapshot.Write(io.Discard, s, boxes); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkLocate finds the last of many rows of evidence, whose number has no
// bound: it must not walk through all those before it.
func BenchmarkLocate(b *testing.B) {
	s, _ := largeSnapshot(1)
	for i := range 10_000 {
		s.Evidence.SignIns = append(s.Evidence.SignIns, snapshot.SignIn{
			UserPrincipalName: fmt.Sprintf("user%06d@example.com", i), ClientApp: "POP3",
		})
	}
	var text bytes.Buffer
	if err := snapshot.Write(&text, s, nil); err != nil {
		b.Fatal(err)
	}
	d, err := snapshot.Read("bench.json", &text, nil)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, ok := d.Locate("/evidence/sign_ins/9999/client_app"); !ok {
			b.Fatal("not found")
		}
	}
}
