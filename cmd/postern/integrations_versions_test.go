package main

import (
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestNewVersionsAreProposed holds dependabot.yml to all places that name a version.
func TestNewVersionsAreProposed(t *testing.T) {
	watched := map[string][]string{}
	file := integrations(t)[".github/dependabot.yml"]
	for _, entry := range asList(file.documents[0]["updates"]) {
		update, _ := entry.(node)
		name, _ := update["package-ecosystem"].(string)
		if one, ok := update["directory"].(string); ok {
			watched[name] = append(watched[name], one)
		}
		for _, one := range asList(update["directories"]) {
			watched[name] = append(watched[name], one.(string))
		}
	}
	want := map[string]string{"go.mod": "gomod"}
	for name, file := range integrations(t) {
		if strings.Contains(file.text, "uses: ") && !strings.HasPrefix(name, ".github/examples/") {
			want[name] = "github-actions"
		}
	}
	images, err := filepath.Glob(filepath.Join(root, ".github", "docker", "*Dockerfile"))
	if err != nil || len(images) == 0 {
		t.Fatalf("%d Dockerfiles: %v", len(images), err)
	}
	for _, image := range images {
		want[".github/docker/"+filepath.Base(image)] = "docker"
	}
	for name, ecosystem := range want {
		folder := "/" + path.Dir(name)
		switch folder {
		case "/.", "/.github/workflows":
			folder = "/" // which stands for the workflows as well
		}
		if !slices.ContainsFunc(watched[ecosystem], func(pattern string) bool {
			match, err := path.Match(pattern, folder)
			return err == nil && match
		}) {
			t.Errorf("nothing proposes new versions for %s: %v", name, watched[ecosystem])
		}
	}
}
