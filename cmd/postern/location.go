package main

import (
	"os"
	"path/filepath"
)

// snapshotURI is how reports point at the snapshot: its path relative to the
// root of the git work tree it lies in, with forward slashes, because code
// scanning resolves locations from there; outside a work tree its base name.
func snapshotURI(path string) string {
	root, ok := workTree(path)
	if !ok {
		return filepath.Base(path)
	}
	folder, err := realFolder(path)
	if err != nil {
		return filepath.Base(path)
	}
	relative, err := filepath.Rel(root, filepath.Join(folder, filepath.Base(path)))
	if err != nil {
		return filepath.Base(path)
	}
	return filepath.ToSlash(relative)
}

// workTree finds the root of the git work tree that path lies in.
func workTree(path string) (root string, ok bool) {
	folder, err := realFolder(path)
	if err != nil {
		return "", false
	}
	for root = folder; ; root = filepath.Dir(root) {
		if _, err := os.Stat(filepath.Join(root, ".git")); err == nil {
			return root, true
		}
		if root == filepath.Dir(root) {
			return "", false
		}
	}
}

// realFolder is the folder that path lies in. A link's own place is what the
// repository holds, so only the folder is resolved.
func realFolder(path string) (string, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	folder, err := filepath.EvalSymlinks(filepath.Dir(absolute))
	if err != nil {
		return filepath.Dir(absolute), nil
	}
	return folder, nil
}
