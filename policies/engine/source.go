package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"
)

// A source is one file with Rego: a control or a part of the library.
type source struct {
	// file is the path that errors name.
	file string
	// origin is the user's folder that the file is from, empty for Postern's own.
	origin string
	text   string
	// module is nil when the text cannot be parsed.
	module *ast.Module
	// annotations are those of the module, block is the METADATA above the package, nil when there is none.
	annotations []*ast.Annotations
	block       *ast.Annotations
}

// An overlay is a schema.json beside a user's own controls.
type overlay struct {
	file string
	text []byte
}

// readPolicies lists the Rego of Postern's own file system.
func readPolicies(policies fs.FS) ([]*source, error) {
	sources, _, err := readFolder(policies, "")
	if err != nil {
		return nil, fmt.Errorf("load the controls: %w", err)
	}
	return sources, nil
}

// readOwn lists the Rego of a user's folder, and its schema.json if it has one.
func readOwn(folder string) ([]*source, *overlay, error) {
	info, err := os.Stat(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil, &LoadError{File: folder, Problem: "there is no such folder", Hint: "name the folder that holds your controls"}
	case err != nil:
		return nil, nil, fmt.Errorf("load own controls: %w", err)
	case !info.IsDir():
		return nil, nil, &LoadError{File: folder, Problem: "this is no folder", Hint: "name the folder that holds your controls"}
	}
	sources, schema, err := readFolder(os.DirFS(folder), folder)
	if err != nil {
		return nil, nil, fmt.Errorf("load own controls from %s: %w", folder, err)
	}
	if len(sources) == 0 && schema == nil {
		return nil, nil, &LoadError{File: folder, Problem: "the folder holds no Rego", Hint: "a control is a file that ends in .rego"}
	}
	return sources, schema, nil
}

// readFolder reads every Rego file that is no test, and a user's schema.json at
// the root. Folders whose names start with a dot belong to other tools.
func readFolder(files fs.FS, origin string) ([]*source, *overlay, error) {
	named := func(name string) string {
		if origin == "" {
			return name
		}
		return filepath.Join(origin, filepath.FromSlash(name))
	}
	var sources []*source
	var schema *overlay
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := entry.Name()
		switch {
		case entry.IsDir() && strings.HasPrefix(base, ".") && name != ".":
			return fs.SkipDir
		case entry.IsDir():
			return nil
		case origin != "" && name == "schema.json":
			text, err := fs.ReadFile(files, name)
			schema = &overlay{file: named(name), text: text}
			return err
		case !strings.HasSuffix(base, ".rego") || strings.HasSuffix(base, "_test.rego"):
			return nil
		}
		text, err := fs.ReadFile(files, name)
		sources = append(sources, &source{file: named(name), origin: origin, text: string(text)})
		return err
	})
	return sources, schema, err
}

// loadWorkers is how many files are worked on at once.
const loadWorkers = 2

func parserOptions(builtins *ast.Capabilities, annotations bool) ast.ParserOptions {
	return ast.ParserOptions{ProcessAnnotation: annotations, RegoVersion: ast.RegoV1, Capabilities: builtins}
}

// parse fills in the modules, and their annotations if they are wanted, and reports
// what cannot be parsed.
func parse(sources []*source, builtins *ast.Capabilities, annotations bool, found *problems) {
	options := parserOptions(builtins, annotations)
	failed := make([]error, len(sources))
	var group sync.WaitGroup
	for worker := range loadWorkers {
		group.Go(func() {
			for i := worker; i < len(sources); i += loadWorkers {
				src := sources[i]
				if src.module, failed[i] = ast.ParseModuleWithOpts(src.file, src.text, options); failed[i] == nil {
					src.annotations = src.module.Annotations
				}
			}
		})
	}
	group.Wait()
	for i, err := range failed {
		if err != nil {
			found.opa(sources[i].file, err)
		}
	}
}

// annotate fills in the annotations above the packages of controls that were parsed
// without: reading them takes half as long as parsing all the rest, and compiling
// does not wait for them.
func annotate(sources []*source, builtins *ast.Capabilities, found *problems) {
	options := parserOptions(builtins, true)
	for _, src := range sources {
		if _, _, ok := controlPackage(packageOf(src.module)); !ok {
			continue
		}
		head, err := ast.ParseModuleWithOpts(src.file, packageHead(src.text), options)
		if err != nil {
			found.opa(src.file, err)
			continue
		}
		src.annotations = head.Annotations
	}
}

// packageHead is the text of a module down to the line with its package.
func packageHead(text string) string {
	end := 0
	for line := range strings.Lines(text) {
		end += len(line)
		if strings.HasPrefix(line, "package ") {
			break
		}
	}
	return text[:end]
}
