package access

import (
	"cmp"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/policies/finding"
)

// args is short for the arguments of a message.
type args = finding.Args

// Reason says why something cannot be decided, as a key of Messages and its
// arguments.
type Reason struct {
	Key  string       `json:"key"`
	Args finding.Args `json:"args,omitzero"`
	// Pointer is where it stands in the snapshot, if it stands somewhere.
	Pointer string `json:"pointer,omitzero"`
}

// Sentence is the reason in English.
func (r Reason) Sentence() string { return sentence(r.Key, r.Args) }

// MarshalJSONTo writes the reason with its sentence as text, so that a control can
// show it without knowing the key.
func (r Reason) MarshalJSONTo(enc *jsontext.Encoder) error {
	return json.MarshalEncode(enc, struct {
		Key     string       `json:"key"`
		Args    finding.Args `json:"args,omitzero"`
		Text    string       `json:"text"`
		Pointer string       `json:"pointer,omitzero"`
	}{r.Key, r.Args, r.Sentence(), r.Pointer})
}

// tidy sorts reasons and leaves each in once.
func tidy(list []Reason) []Reason {
	slices.SortFunc(list, compareReasons)
	return slices.CompactFunc(list, func(a, b Reason) bool { return compareReasons(a, b) == 0 })
}

func compareReasons(a, b Reason) int {
	if c := cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Pointer, b.Pointer)); c != 0 {
		return c
	}
	return cmp.Compare(a.Sentence(), b.Sentence())
}
