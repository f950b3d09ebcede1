package main

import (
	"os"
	"path/filepath"
)

// snapshotURI is how reports point at the snapshot: its path relative to the
// root of the git work tree it lies in, with forward slashes, because code
// scanning resolves locations from there; outside a work tree its base name.
func snapshotURI(path string) string {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return filepath.ToSlash(filepath.Base(path))
	}
	// A link's own place is what the repository holds, so only the folder is
	// resolved.
	folder, err := filepath.EvalSymlinks(filepath.Dir(absolute))
	if err != nil {
		folder = filepath.Dir(absolute)
	}
	for root := folder; ; root = filepath.Dir(root) {
		if _, err := os.Stat(filepath.Join(root, ".git")); err == nil {
			relative, err := filepath.Rel(root, filepath.Join(folder, filepath.Base(absolute)))
			if err != nil {
				break
			}
			return filepath.ToSlash(relative)
		}
		if root == filepath.Dir(root) {
			break
		}
	}
	return filepath.Base(absolute)
}
