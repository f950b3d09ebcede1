package runbook

import (
	"testing"

	"github.com/seed-07732396/postern/reports/internal/reporttest"
)

func TestDutchSaysTheSame(t *testing.T) {
	reporttest.SameWords(t, english(), dutch(), "en", "nl", "{id}. {title} ({controls})", "In the console: {path}")
}
