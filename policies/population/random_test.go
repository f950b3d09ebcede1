package population_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/seed-07732396/postern/policies/population"
)

// TestReduceLikeADecoder holds the classes to those that one finds by decoding
// every record: two mailboxes share a class if and only if nothing but persons
// and instants with the same order tells them apart.
func TestReduceLikeADecoder(t *testing.T) {
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 1))
		var boxes []string
		for i := range 400 {
			boxes = append(boxes, randomMailbox(random, i))
		}
		source := sought(document(boxes...))
		classes := reduced(t, source, population.Options{Marks: marks(), Moments: moments})
		byMeaning := map[string]int{}
		for i, box := range boxes {
			meaning := meaningOf(t, box)
			class, known := byMeaning[meaning]
			if !known {
				class = len(byMeaning)
				byMeaning[meaning] = class
			}
			if classes.Of(i) != class {
				t.Fatalf("seed %d: mailbox %d is in class %d, want %d: %s", seed, i, classes.Of(i), class, box)
			}
		}
		if classes.Len() != len(byMeaning) || classes.Len() < 10 || classes.Len() > 390 {
			t.Fatalf("seed %d: %d classes, want %d", seed, classes.Len(), len(byMeaning))
		}
		for class, text := range texts(t, classes, source) {
			if got, want := meaningOf(t, text), meaningOf(t, boxes[classes.First(class)]); got != want {
				t.Fatalf("seed %d: class %d holds %s, want %s", seed, class, got, want)
			}
		}
	}
}

func randomMailbox(random *rand.Rand, i int) string {
	pick := func(list ...string) string { return list[random.IntN(len(list))] }
	moment := func() string {
		return pick("null", `"2026-08-03T00:00:00Z"`, `"2026-11-01T00:00:00Z"`, `"2020-01-01T00:00:00Z"`,
			fmt.Sprintf(`"2026-%02d-%02dT00:00:0%dZ"`, 7+random.IntN(6), 1+random.IntN(28), random.IntN(10)))
	}
	var fields []string
	add := func(odds int, field string) {
		if random.IntN(odds) == 0 {
			fields = append(fields, field)
		}
	}
	add(1, fmt.Sprintf(`"id":"%d"`, i))
	add(2, fmt.Sprintf(`"display_name":"%s \\\" %d"`, pick("Zoë", "]}", "{"), i))
	add(2, fmt.Sprintf(`"addresses":["a%d","]}{"]`, i))
	add(2, `"domain":"`+pick("a", "b")+`"`)
	add(3, `"tally":`+pick("0", "-0", "1", "70", "100", "-1", "-20", fmt.Sprint(random.IntN(1000)), `"x"`, "null"))
	var inner []string
	for _, name := range []string{"createdDateTime", "signInSessionsValidFromDateTime"} {
		if random.IntN(2) == 0 {
			inner = append(inner, `"`+name+`":`+moment())
		}
	}
	if random.IntN(3) == 0 {
		inner = append(inner, `"accountEnabled":`+pick("true", "false", "null"))
	}
	add(2, `"entra":{`+strings.Join(inner, ",")+`}`)
	return "{" + strings.Join(fields, ",") + "}"
}

// meaningOf writes what a record means, by another way than the package's.
func meaningOf(t *testing.T, record string) string {
	t.Helper()
	var box map[string]any
	if err := json.Unmarshal([]byte(record), &box); err != nil {
		t.Fatalf("%v: %s", err, record)
	}
	for _, name := range []string{"id", "user_principal_name", "display_name", "addresses", "declared"} {
		delete(box, name)
	}
	if n, ok := box["tally"].(float64); ok {
		box["tally"] = []any{n > 0, n < 0}
	}
	if entra, ok := box["entra"].(map[string]any); ok {
		for _, name := range []string{"createdDateTime", "signInSessionsValidFromDateTime"} {
			if text, ok := entra[name].(string); ok {
				entra[name] = []any{text < moments[0], text == moments[0], text < moments[1], text == moments[1]}
			}
		}
	}
	meaning, err := json.Marshal(box)
	if err != nil {
		t.Fatal(err)
	}
	return string(meaning)
}

// FuzzFilter: whatever stands where a record should be, the filter comes to an
// end; and what it makes of JSON is JSON, without what is marked.
func FuzzFilter(f *testing.F) {
	for _, seed := range []string{`{"id":"1","entra":{"createdDateTime":"x"}}`, `{"a":[1,{"b":"\\\""}]}`, `{`, `{"a"`, `{"a":}`, `"\"`, `[[`, `{,}`, ``} {
		f.Add([]byte(seed))
	}
	filter := population.NewFilter(marks(), moments)
	f.Fuzz(func(t *testing.T, record []byte) {
		key, okKey := filter.AppendKey(nil, record)
		text, okText := filter.AppendText(nil, record)
		if okKey != okText {
			t.Errorf("the key is made: %v, the text: %v", okKey, okText)
		}
		population.Identify(record)
		population.Has(record, "entra", "createdDateTime")
		var box map[string]any
		if json.Unmarshal(record, &box) != nil || box == nil {
			return
		}
		if !okText || len(key) == 0 {
			t.Fatalf("JSON was refused: %q", record)
		}
		var left map[string]any
		if err := json.Unmarshal(text, &left); err != nil {
			t.Fatalf("%q became %q: %v", record, text, err)
		}
		for _, name := range []string{"id", "declared"} {
			if _, there := left[name]; there {
				t.Errorf("%q became %q", record, text)
			}
		}
		if again, ok := filter.AppendText(nil, text); !ok || string(again) != string(text) {
			t.Errorf("%q became %q, and that %q", record, text, again)
		}
	})
}

// BenchmarkKey makes the keys of small records.
func BenchmarkKey(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 1))
	filter := population.NewFilter(marks(), moments)
	var records [][]byte
	bytes := 0
	for i := range 1000 {
		records = append(records, []byte(randomMailbox(random, i)))
		bytes += len(records[i])
	}
	b.SetBytes(int64(bytes))
	var key []byte
	for b.Loop() {
		for _, record := range records {
			key, _ = filter.AppendKey(key[:0], record)
		}
	}
}
