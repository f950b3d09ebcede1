package engine

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/seed-07732396/postern/policies/finding"
)

// A benchmark is one file below benchmarks: which requirements of a framework
// are answered by which controls, and who says so.
type benchmark struct {
	Framework struct {
		ID      string `yaml:"id"`
		Title   string `yaml:"title"`
		Version string `yaml:"version"`
		URL     string `yaml:"url"`
	} `yaml:"framework"`
	Requirements []requirement `yaml:"requirements"`
}

type requirement struct {
	ID       string   `yaml:"id"`
	Title    string   `yaml:"title"`
	URL      string   `yaml:"url"`
	Controls []string `yaml:"controls"`
	// Source is what the mapping rests on: none is claimed without one.
	Source string `yaml:"source"`
}

// mappings gives the requirements that each control answers, by control, in the
// order of the files and of the requirements in them.
func mappings(policies fs.FS, known map[string]bool, found *problems) (map[string][]finding.Mapping, error) {
	byControl := map[string][]finding.Mapping{}
	files, err := fs.Glob(policies, "benchmarks/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list the benchmarks: %w", err)
	}
	for _, file := range files {
		text, err := fs.ReadFile(policies, file)
		if err != nil {
			return nil, fmt.Errorf("read a benchmark: %w", err)
		}
		b, ok := readBenchmark(file, text, found)
		if !ok {
			continue
		}
		for i := range b.Requirements {
			b.mapping(file, text, &b.Requirements[i], known, byControl, found)
		}
	}
	return byControl, nil
}

func readBenchmark(file string, text []byte, found *problems) (*benchmark, bool) {
	b := &benchmark{}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	err := decoder.Decode(b)
	switch {
	case errors.Is(err, io.EOF):
		found.add(&LoadError{File: file, Problem: "the file is empty"})
	case err != nil:
		yamlProblems(file, err, found)
	case b.Framework.ID == "" || b.Framework.Title == "":
		found.add(&LoadError{File: file, Problem: "framework.id or framework.title is missing"})
	case len(b.Requirements) == 0:
		found.add(&LoadError{File: file, Problem: "the file has no requirements"})
	default:
		return b, true
	}
	return nil, false
}

// yamlProblems turns the errors of the YAML decoder into ours, one a line.
func yamlProblems(file string, err error, found *problems) {
	lines := []string{err.Error()}
	var types *yaml.TypeError
	if errors.As(err, &types) {
		lines = types.Errors
	}
	for _, line := range lines {
		e := &LoadError{File: file, Problem: strings.TrimPrefix(line, "yaml: ")}
		if rest, ok := strings.CutPrefix(e.Problem, "line "); ok {
			number, problem, _ := strings.Cut(rest, ": ")
			e.Line, _ = strconv.Atoi(number)
			e.Problem, _, _ = strings.Cut(problem, " in type ")
		}
		found.add(e)
	}
}

func (b *benchmark) mapping(file string, text []byte, r *requirement, known map[string]bool, byControl map[string][]finding.Mapping, found *problems) {
	problem := func(word, format string, args ...any) {
		found.add(&LoadError{File: file, Line: lineWith(text, r.ID, word), Problem: fmt.Sprintf(format, args...)})
	}
	switch {
	case r.ID == "" || r.Title == "":
		problem("", "a requirement lacks its id or its title")
	case r.Source == "":
		problem("", "requirement %s has no source", r.ID)
	case len(r.Controls) == 0:
		problem("", "requirement %s names no controls", r.ID)
	}
	framework := b.Framework.Title
	if b.Framework.Version != "" {
		framework += " " + b.Framework.Version
	}
	url := r.URL
	if url == "" {
		url = b.Framework.URL
	}
	for i, id := range r.Controls {
		if !known[id] {
			problem(id, "requirement %s names the control %q, which does not exist", r.ID, id)
		}
		if slices.Contains(r.Controls[:i], id) {
			problem(id, "requirement %s names the control %s twice", r.ID, id)
		}
		byControl[id] = append(byControl[id], finding.Mapping{Framework: framework, ID: r.ID, Title: r.Title, URL: url})
	}
}

// lineWith finds the line that holds a word, at or behind the line that holds the
// requirement's id; 0 when there is none.
func lineWith(text []byte, id, word string) int {
	behind := false
	for i, line := range strings.Split(string(text), "\n") {
		behind = behind || id != "" && strings.Contains(line, id)
		if behind && strings.Contains(line, word) {
			return i + 1
		}
	}
	return 0
}
