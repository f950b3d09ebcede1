package reports

import (
	"fmt"
	"io"

	gojson "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/markdown"
	"github.com/seed-07732396/postern/reports/text"
)

// CatalogueFormats lists the formats of WriteCatalogue, the default first.
func CatalogueFormats() []string { return []string{"text", "json", "markdown"} }

// WriteCatalogue writes the catalogue of controls. As text it is a line a
// control, unless there is one alone, which is written in full.
func WriteCatalogue(format string, w io.Writer, controls []finding.Control, options Options) error {
	switch format {
	case "text":
		controls = inLanguage(controls, options.Language)
		o := text.Options{Color: options.Color, Width: options.Width, Language: options.Language}
		if len(controls) == 1 {
			return text.Control(w, &controls[0], o)
		}
		return text.Catalogue(w, controls, o)
	case "json":
		if err := gojson.MarshalWrite(w, controls, jsontext.WithIndent("  "), gojson.Deterministic(true)); err != nil {
			return err
		}
		_, err := io.WriteString(w, "\n")
		return err
	case "markdown":
		return markdown.Catalogue(w, controls)
	}
	return fmt.Errorf("%w %q", ErrFormat, format)
}

func inLanguage(controls []finding.Control, language *finding.Language) []finding.Control {
	translated := make([]finding.Control, len(controls))
	for i := range controls {
		translated[i] = controls[i].In(language)
	}
	return translated
}
