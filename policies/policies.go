// Package policies holds the Rego that Postern judges with: the controls, the
// library they share, the frameworks' requirements that they answer, and their
// texts in other languages. Its tests run every Rego test and hold every control to
// the house's rules.
//
// It must not know how a control is loaded or run; that is the engine's.
package policies

import (
	"embed"
	"io/fs"
)

//go:embed controls lib benchmarks translations
var files embed.FS

// FS returns the folders controls, lib, benchmarks and translations. The Rego tests
// lie in it too; who loads controls leaves the files out whose names end in
// _test.rego.
func FS() fs.FS { return files }
