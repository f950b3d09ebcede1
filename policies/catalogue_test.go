package policies_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/seed-07732396/postern/policies"
)

// TestEveryFolderIsAControl holds the engine's catalogue to the folders: none is
// passed over, and an area's ids are of one kind that no other area has.
func TestEveryFolderIsAControl(t *testing.T) {
	folders, err := fs.Glob(policies.FS(), "controls/*/*")
	if err != nil || len(folders) == 0 {
		t.Fatalf("%d folders of controls: %v", len(folders), err)
	}
	var loaded []string
	kinds, areas := map[string]string{}, map[string]string{}
	for _, c := range load(t).Controls() {
		loaded = append(loaded, "controls/"+c.Area+"/"+c.Slug)
		kind, _, _ := strings.Cut(c.ID, "-")
		if first, ok := kinds[c.Area]; ok && first != kind {
			t.Errorf("%s: the ids of area %s start with %s", c.ID, c.Area, first)
		}
		if first, ok := areas[kind]; ok && first != c.Area {
			t.Errorf("%s: ids with %s belong to the area %s", c.ID, kind, first)
		}
		kinds[c.Area], areas[kind] = kind, c.Area
	}
	slices.Sort(folders)
	slices.Sort(loaded)
	if !slices.Equal(folders, loaded) {
		t.Errorf("the folders are\n%s\nthe engine has\n%s", strings.Join(folders, "\n"), strings.Join(loaded, "\n"))
	}
}

// TestEveryBenchmarkIsAnswered holds each framework's file to at least one
// control that says so.
func TestEveryBenchmarkIsAnswered(t *testing.T) {
	files, err := fs.Glob(policies.FS(), "benchmarks/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("saw no benchmark: %v", err)
	}
	frameworks := map[string]bool{}
	for _, c := range load(t).Controls() {
		for _, m := range c.Mappings {
			frameworks[m.Framework] = true
			if m.ID == "" || m.Title == "" || m.URL == "" {
				t.Errorf("%s: the mapping %+v is not whole", c.ID, m)
			}
		}
	}
	if len(frameworks) != len(files) {
		t.Errorf("%d frameworks are answered by %d files: %v", len(frameworks), len(files), frameworks)
	}
}
