package main

import (
	"bytes"
	"image/png"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// guides are the pages that say how to add a thing, or how to read it, beside the
// thing.
var guides = []string{
	".ci", ".github/examples", "cmd/postern", "collectors", "collectors/imports", "policies", "policies/access",
	"policies/benchmarks", "policies/controls", "policies/lib", "reports", "testdata", "testdata/scripts", "testdata/tenants",
}

// TestEveryFolderSaysHowToAddToIt holds the guides to be there, and to be found by
// whoever starts at the README or at CONTRIBUTING.
func TestEveryFolderSaysHowToAddToIt(t *testing.T) {
	pages := markdown(t)
	found := map[string]bool{}
	for queue := []string{"README.md", ".github/CONTRIBUTING.md"}; len(queue) > 0; queue = queue[1:] {
		page := queue[0]
		if found[page] {
			continue
		}
		found[page] = true
		for _, link := range links(pages[page]) {
			target, _, _ := strings.Cut(link, "#")
			if name := path.Join(path.Dir(page), target); !strings.Contains(link, ":") && pages[name] != "" {
				queue = append(queue, name)
			}
		}
	}
	for _, folder := range guides {
		page := folder + "/README.md"
		if text := pages[page]; !strings.HasPrefix(text, "# ") || strings.Count(text, "\n") < 8 {
			t.Errorf("%s is missing or says nothing", page)
		}
		if folder != "testdata" && !found[page] {
			t.Errorf("no link leads to %s", page)
		}
	}
	if pages[".github/README.md"] != "" {
		t.Error("GitHub shows .github/README.md in place of the repository's own")
	}
}

// markdown is the text of every page that people write, by its path. Reports that
// tests make are left out: their paths are a tenant's.
func markdown(t *testing.T) map[string]string {
	t.Helper()
	pages := map[string]string{}
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		switch {
		case entry.IsDir() && (name == ".git" || name == ".bench" || strings.HasSuffix(name, "/testdata")):
			return fs.SkipDir
		case entry.IsDir() || path.Ext(name) != ".md":
			return nil
		case strings.HasPrefix(name, "testdata/tenants/") && path.Base(name) != "about.md" && path.Base(name) != "README.md":
			return nil
		}
		data, err := os.ReadFile(file)
		pages[name] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(pages) < 20 {
		t.Fatalf("only %d pages were found", len(pages))
	}
	return pages
}

var (
	codeBlock = regexp.MustCompile("(?ms)^ *```.*?^ *```")
	codeSpan  = regexp.MustCompile("`([^`\n]+)`")
	linkTo    = regexp.MustCompile(`\]\(([^()\s]+)\)`)
	heading   = regexp.MustCompile(`(?m)^#+ +(.*)$`)
)

// prose is a page without its blocks of code.
func prose(text string) string { return codeBlock.ReplaceAllString(text, "") }

func links(text string) []string {
	var list []string
	for _, match := range linkTo.FindAllStringSubmatch(codeSpan.ReplaceAllString(prose(text), ""), -1) {
		list = append(list, match[1])
	}
	return list
}

// anchors are the names that GitHub gives to a page's headings.
func anchors(text string) []string {
	var names []string
	for _, match := range heading.FindAllStringSubmatch(prose(text), -1) {
		names = append(names, strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
				return unicode.ToLower(r)
			}
			return -1
		}, match[1]))
	}
	return names
}

// TestLinksLeadSomewhere follows every link within the repository, to the heading.
func TestLinksLeadSomewhere(t *testing.T) {
	pages := markdown(t)
	seen := 0
	for page, text := range pages {
		for _, link := range links(text) {
			if strings.HasPrefix(link, "https://") {
				continue
			}
			seen++
			file, anchor, _ := strings.Cut(link, "#")
			name := page
			if file != "" {
				name = path.Join(path.Dir(page), file)
			}
			if !exists(filepath.Join(root, filepath.FromSlash(name))) {
				t.Errorf("%s: the link %s leads nowhere", page, link)
			} else if anchor != "" && !slices.Contains(anchors(pages[name]), anchor) {
				t.Errorf("%s: %s has no heading for the link %s", page, name, link)
			}
		}
	}
	if seen < 60 {
		t.Errorf("only %d links were seen", seen)
	}
}

var (
	// A path is made of names, with <placeholders> and wildcards.
	looksLikePath = regexp.MustCompile(`^[\w.*<>-]+(/[\w.*<>-]+)*/?$`)
	ourSuffix     = regexp.MustCompile(`\.(go|rego|txtar|md|yml|mjs|ps1)$`)
	placeholder   = regexp.MustCompile(`<[^>]*>`)
)

// elsewhere are paths that are not this repository's, by page.
var elsewhere = map[string][]string{
	"README.md": {
		"plan.ps1", // made by a command beside it
		"postern-demo/report.html",
	},
}

// TestPathsInProseExist looks up what stands in backticks and looks like a path: it
// has a slash, or ends as files of this repository do.
func TestPathsInProseExist(t *testing.T) {
	files := repositoryFiles(t)
	seen := 0
	for page, text := range markdown(t) {
		for _, match := range codeSpan.FindAllStringSubmatch(prose(text), -1) {
			name := match[1]
			if !looksLikePath.MatchString(name) || !strings.Contains(name, "/") && !ourSuffix.MatchString(name) {
				continue
			}
			seen++
			if !slices.Contains(elsewhere[page], name) && !findPath(files, page, name) {
				t.Errorf("%s: `%s` is not there", page, name)
			}
		}
	}
	if seen < 80 {
		t.Errorf("only %d paths were seen", seen)
	}
}

// findPath looks for a path from the root, beside the page, and, without a slash,
// below the page's folder.
func findPath(files []string, page, name string) bool {
	pattern := strings.TrimSuffix(placeholder.ReplaceAllString(name, "*"), "/")
	for _, from := range []string{"", path.Dir(page), path.Dir(path.Dir(page))} {
		full := path.Join(from, pattern)
		for _, file := range files {
			if ok, err := path.Match(full, file); err == nil && ok {
				return true
			}
			below, _ := strings.CutPrefix(file, path.Dir(page)+"/")
			if ok, err := path.Match(pattern, path.Base(below)); below != file && err == nil && ok && !strings.Contains(pattern, "/") {
				return true
			}
		}
	}
	return false
}

// repositoryFiles are the paths of all files and folders.
func repositoryFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == ".git" || entry.Name() == ".bench") {
			return fs.SkipDir
		}
		name, err := filepath.Rel(root, file)
		files = append(files, filepath.ToSlash(name))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestPictureIsLight: the README's picture is what .ci/picture makes, and quick to
// load.
func TestPictureIsLight(t *testing.T) {
	const name = "testdata/tenants/demo/report.png"
	if !strings.Contains(readFile(t, "README.md"), "]("+name+")") {
		t.Error("the README does not show the picture")
	}
	// No test can look at it, but this changes when it should be made anew.
	verdict, _, _ := strings.Cut(readFile(t, "testdata/tenants/demo/report.txt"), " (")
	if !strings.Contains(readFile(t, "README.md"), "HTML report: "+strings.ReplaceAll(verdict, "FAIL:", "FAIL,")) {
		t.Errorf("the demo says %q: make the picture anew with .ci/picture, and say in the README what it shows", verdict)
	}
	data := []byte(readFile(t, name))
	picture, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if picture.Width != 1200 || picture.Height != 900 || len(data) > 200_000 {
		t.Errorf("%s is %d by %d and %d bytes", name, picture.Width, picture.Height, len(data))
	}
}

// TestSampleIsWhatTheDemoSays holds the finding that the README shows to the demo.
func TestSampleIsWhatTheDemoSays(t *testing.T) {
	_, sample, found := strings.Cut(readFile(t, "README.md"), "\n    FAIL ")
	sample, _, closed := strings.Cut("FAIL "+sample, "\n\n")
	if !found || !closed {
		t.Fatal("the README shows no finding")
	}
	words := func(text string) string { return strings.Join(strings.Fields(text), " ") }
	demo := words(strings.ReplaceAll(readFile(t, "testdata/tenants/demo/report.txt"), "testdata/tenants/demo/", ""))
	if !strings.Contains(demo, words(sample)) {
		t.Errorf("the demo does not say\n%s", sample)
	}
}

// TestPoliciesAreAllListed: the page that says what lies where leaves nothing out.
func TestPoliciesAreAllListed(t *testing.T) {
	page := readFile(t, "policies/README.md")
	entries, err := os.ReadDir(filepath.Join(root, "policies"))
	if err != nil || len(entries) < 10 {
		t.Fatalf("%d entries: %v", len(entries), err)
	}
	for _, entry := range entries {
		name := entry.Name()
		if entry.IsDir() && !strings.Contains(page, "\n| `"+name+"` |") && !strings.Contains(page, "\n| ["+name+"](") {
			t.Errorf("policies/README.md does not say what lies in %s", name)
		}
	}
}
