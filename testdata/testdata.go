// Package testdata embeds the imaginary tenants, so that the demonstration runs
// without an account and tests outside this folder find them by name.
//
// It must not know what stands in them: it imports nothing of ours and reads no
// file. A wildcard such as ./... skips a folder of this name, so vet it and test
// it by name.
package testdata

import (
	"embed"
	"io/fs"
)

//go:embed tenants/*/snapshot.json tenants/*/about.md
var files embed.FS

// Tenants gives the imaginary tenants, one folder each: <name>/about.md says who
// they are and what each control should find, <name>/snapshot.json is their
// snapshot.
func Tenants() fs.FS {
	tenants, err := fs.Sub(files, "tenants")
	if err != nil {
		panic(err) // the name is fixed above; only an invalid one fails
	}
	return tenants
}
