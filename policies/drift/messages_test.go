package drift_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/seed-07732396/postern/policies/drift"
)

// TestEveryMessageIsSaid: each key stands in the code that says it, as a text of its
// own, so that there is no sentence which a translation cannot reach.
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
	messages := drift.Messages()
	for key := range messages {
		if !strings.Contains(code.String(), `"`+key+`"`) {
			t.Errorf("nobody says %s", key)
		}
	}
	said := regexp.MustCompile(`\.(?:Of|of)\("([a-z_]+)"`).FindAllStringSubmatch(code.String(), -1)
	if len(said) < 100 {
		t.Fatalf("only %d phrases were found", len(said))
	}
	for _, one := range said {
		if _, ok := messages[one[1]]; !ok {
			t.Errorf("there is no sentence for %s", one[1])
		}
	}
	// A sentence that is put together on the spot would stay English.
	if found := regexp.MustCompile(`Text: +[^,}]*"`).FindString(code.String()); found != "" {
		t.Errorf("a text is no phrase: %s", found)
	}
}
