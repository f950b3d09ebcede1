package plan_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/seed-07732396/postern/policies/plan"
)

// TestEveryMessageIsSaid: each key stands in the code that says it, and no title or text
// is put together on the spot, where no translation reaches it.
func TestEveryMessageIsSaid(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var code strings.Builder
	for _, file := range files {
		if file == "messages.go" || strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		code.Write(text)
	}
	messages := plan.Messages()
	for key := range messages {
		if !strings.Contains(code.String(), `"`+key+`"`) {
			t.Errorf("nobody says %s", key)
		}
	}
	said := regexp.MustCompile(`\.say\("([a-z_]+)"`).FindAllStringSubmatch(code.String(), -1)
	if len(said) < 80 {
		t.Fatalf("only %d phrases were found", len(said))
	}
	for _, one := range said {
		if _, ok := messages[one[1]]; !ok {
			t.Errorf("there is no sentence for %s", one[1])
		}
	}
	for _, found := range regexp.MustCompile(`(?:\b(?:Title|Text|Note|Console|Undo)(?::| \+?=) +"[^" ]|\.(?:action|ask)\([^()]*"[A-Z][a-z]+ )[^\n]*`).FindAllString(code.String(), -1) {
		t.Errorf("a text is no phrase: %s", found)
	}
}
