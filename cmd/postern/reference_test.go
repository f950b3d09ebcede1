package main

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/seed-07732396/postern/reports"
)

const reference = "cmd/postern/README.md"

// rows are the cells of the tables below a heading of the reference.
func rows(t *testing.T, title string) [][]string {
	t.Helper()
	_, text, found := strings.Cut(readFile(t, reference), "\n## "+title+"\n")
	if !found {
		t.Fatalf("%s has no heading %q", reference, title)
	}
	text, _, _ = strings.Cut(text, "\n## ")
	var list [][]string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "| `") {
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		list = append(list, cells)
	}
	return list
}

// spans are the names in backticks of a cell.
func spans(cell string) []string {
	var names []string
	for _, match := range codeSpan.FindAllStringSubmatch(cell, -1) {
		names = append(names, match[1])
	}
	return names
}

// commands are all that one can run, by their names without the program's.
func commands() map[string]*cobra.Command {
	list := map[string]*cobra.Command{}
	var walk func(cmd *cobra.Command, name string)
	walk = func(cmd *cobra.Command, name string) {
		children := cmd.Commands()
		if len(children) == 0 {
			list[name] = cmd
		}
		for _, child := range children {
			walk(child, strings.TrimSpace(name+" "+child.Name()))
		}
	}
	walk(newRoot(&app{}), "")
	return list
}

func TestReferenceNamesEveryCommand(t *testing.T) {
	var named []string
	for _, row := range rows(t, "Commands") {
		named = append(named, spans(row[0])...)
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(commands())), named); diff != "" {
		t.Errorf("%s (-is +named):\n%s", reference, diff)
	}
}

// TestReferenceNamesEveryFlag holds the table of flags to the program: each flag in
// one row, with all commands that have it and no other.
func TestReferenceNamesEveryFlag(t *testing.T) {
	is := map[string][]string{}
	for name, cmd := range commands() {
		cmd.Flags().VisitAll(func(flag *pflag.Flag) {
			full := "--" + flag.Name
			if flag.Shorthand != "" {
				full += " -" + flag.Shorthand
			}
			is[full] = append(is[full], name)
		})
	}
	named := map[string][]string{}
	var order []string
	for _, row := range rows(t, "Flags") {
		if len(row) != 3 || row[2] == "" {
			t.Errorf("%s: the row %q is not flag, commands, meaning", reference, row)
			continue
		}
		flag := strings.Join(spans(row[0]), " ")
		if named[flag] != nil {
			t.Errorf("%s: %s has two rows", reference, flag)
		}
		named[flag] = spans(row[1])
		order = append(order, flag)
	}
	for _, commands := range is {
		slices.Sort(commands)
	}
	if len(is) < 40 {
		t.Fatalf("only %d flags were seen", len(is))
	}
	if diff := cmp.Diff(is, named); diff != "" {
		t.Errorf("%s, the table of flags (-is +named):\n%s", reference, diff)
	}
	if !slices.IsSorted(order) {
		t.Errorf("%s: the flags are not in order", reference)
	}
}

func TestReferenceNamesEveryFormat(t *testing.T) {
	var is []string
	for _, format := range reports.Formats() {
		is = append(is, format.Name)
	}
	slices.Sort(is)
	var named []string
	own := map[string][]string{}
	cmds := commands()
	for _, row := range rows(t, "Formats") {
		if name := spans(row[0])[0]; cmds[name] != nil {
			own[name] = spans(row[1])
		} else {
			named = append(named, name)
		}
	}
	slices.Sort(named)
	if diff := cmp.Diff(is, named); diff != "" {
		t.Errorf("%s (-is +named):\n%s", reference, diff)
	}
	// The others name theirs in the help of --format.
	checks := []string{"check", "report", "scan"}
	for name, cmd := range cmds {
		flag := cmd.Flags().Lookup("format")
		if flag == nil || slices.Contains(checks, name) {
			continue
		}
		if len(own[name]) == 0 {
			t.Errorf("%s does not name the formats of %s", reference, name)
		}
		for _, format := range own[name] {
			if !strings.Contains(flag.Usage, format) {
				t.Errorf("%s: %s has no format %s: %s", reference, name, format, flag.Usage)
			}
		}
	}
}

var variable = regexp.MustCompile(`"((?:POSTERN|AZURE|AZURESUBSCRIPTION)_[A-Z_]+)"`)

// TestReferenceNamesEveryVariable looks through the program for the variables with
// credentials.
func TestReferenceNamesEveryVariable(t *testing.T) {
	is := map[string]string{}
	for _, folder := range []string{"cmd/postern", "collectors"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(file string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || filepath.Ext(file) != ".go" || strings.HasSuffix(file, "_test.go") {
				return err
			}
			data, err := os.ReadFile(file)
			for _, match := range variable.FindAllStringSubmatch(string(data), -1) {
				is[match[1]] = file
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(is) < 12 {
		t.Fatalf("only %d variables were seen", len(is))
	}
	named := map[string]bool{}
	for _, row := range rows(t, "Environment variables") {
		for _, name := range spans(row[0]) {
			named[name] = true
		}
	}
	for name, file := range is {
		if !named[name] {
			t.Errorf("%s does not name %s, which %s reads", reference, name, file)
		}
	}
}
