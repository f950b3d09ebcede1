package json_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/seed-07732396/postern/reports/internal/reporttest"
	"github.com/seed-07732396/postern/reports/json"
)

// BenchmarkOpen reads saved findings of many mailboxes, as check does a baseline.
func BenchmarkOpen(b *testing.B) {
	var out bytes.Buffer
	if err := json.Write(&out, reporttest.Population(100_000)); err != nil {
		b.Fatal(err)
	}
	text := out.Bytes()
	for _, keyed := range []bool{false, true} {
		b.Run(fmt.Sprintf("keyed=%t", keyed), func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				open := json.Open
				if keyed {
					open = json.OpenKeyed
				}
				if _, err := open(bytes.NewReader(text), int64(len(text))); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
