package changes

import (
	"testing"

	"github.com/seed-07732396/postern/policies/drift"
	"github.com/seed-07732396/postern/reports/internal/reporttest"
)

func TestDutchSaysTheSame(t *testing.T) {
	reporttest.SameWords(t, english(), dutch(), "Exchange", "Zones", "en", "nl")
}

func TestWordsForEverything(t *testing.T) {
	for _, w := range []*words{english(), dutch()} {
		for _, area := range drift.Areas() {
			if w.Areas[area] == "" {
				t.Errorf("%s: no heading for %s", w.Code, area)
			}
		}
		for _, class := range drift.Classes() {
			if w.Verdicts[class] == "" || w.Classes[class] == "" || len(w.Classes[class]) > 12 {
				t.Errorf("%s: no words for %s that fit", w.Code, class)
			}
		}
	}
}
