package snapshot

import (
	_ "embed"
	"strings"
)

//go:embed schema.json
var schemaText string

// Schema gives the document's JSON Schema (2020-12).
func Schema() []byte { return []byte(strings.Clone(schemaText)) }
