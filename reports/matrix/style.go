package matrix

import (
	"strings"

	"github.com/seed-07732396/postern/policies/finding"
)

// tone is how one kind of cell is painted: its surface, its edge and what is
// written on it.
type tone struct{ fill, edge, ink string }

// paint is all colours, for a light or a dark page. What is open is the darkest on
// a light page and the most saturated on both, and no two kinds differ in hue
// alone, so that they can be told apart without colour vision; every cell carries a
// symbol and a word besides.
type paint struct {
	paper, ink, faint, rule string
	tones                   map[string]tone
}

func light() *paint {
	return &paint{
		paper: "#ffffff", ink: "#1b1f24", faint: "#57606a", rule: "#d0d7de",
		tones: map[string]tone{
			"open":      {"#b5380a", "#7a2503", "#ffffff"},
			"undecided": {"#fff0c2", "#946300", "#523800"},
			"mfa":       {"#dbeafa", "#2b6cb0", "#0b3a6b"},
			"closed":    {"#eef3f1", "#8fa79d", "#24483b"},
			"none":      {"none", "none", "#6e7781"},
		},
	}
}

func dark() *paint {
	return &paint{
		paper: "#0d1117", ink: "#e6edf3", faint: "#9aa4af", rule: "#30363d",
		tones: map[string]tone{
			"open":      {"#c2410c", "#ff9e6b", "#ffffff"},
			"undecided": {"#3a2e08", "#d6a419", "#f7dc8b"},
			"mfa":       {"#0c2a47", "#4a9be8", "#c2e0ff"},
			"closed":    {"#14211d", "#4d7265", "#b3d3c7"},
			"none":      {"none", "none", "#8b949e"},
		},
	}
}

// kinds lists the kinds of cells.
func kinds() []string { return []string{"open", "undecided", "mfa", "closed", "none"} }

// kindOf is how an outcome is painted.
func kindOf(o finding.AccessOutcome) string {
	switch o {
	case finding.AccessOpen:
		return "open"
	case finding.AccessWithMFA:
		return "mfa"
	case finding.AccessNotOffered:
		return "none"
	case finding.AccessClosedAtExchange, finding.AccessClosedAtIdentityProvider, finding.AccessClosedAfterSignIn:
		return "closed"
	}
	return "undecided"
}

// Style is the style sheet of the picture. A page that holds pictures made with
// Fragment has it once. It paints by the custom properties --pm-…, which go by the
// reader's preference; a page with a switch of its own sets them on .pm again: see
// Colors.
func Style() string {
	var b strings.Builder
	b.WriteString(".pm{" + Colors(false) + "}\n")
	b.WriteString("@media(prefers-color-scheme:dark){.pm{" + Colors(true) + "}}\n")
	for _, name := range []string{"paper", "ink", "faint"} {
		b.WriteString(".pm ." + class(name) + "{fill:var(--pm-" + name + ")}\n")
	}
	b.WriteString(".pm .pm-rule{stroke:var(--pm-rule)}\n")
	for _, kind := range kinds() {
		b.WriteString(".pm .pm-" + kind + "{fill:var(--pm-" + kind + ");stroke:var(--pm-" + kind + "-edge)}\n")
		b.WriteString(".pm .pm-" + kind + "-ink{fill:var(--pm-" + kind + "-ink)}\n")
		b.WriteString(".pm .pm-" + kind + "-line{stroke:var(--pm-" + kind + "-ink)}\n")
	}
	return b.String()
}

// Colors are the custom properties of the picture on a light or a dark page, as
// declarations.
func Colors(onDark bool) string {
	p := light()
	if onDark {
		p = dark()
	}
	var b strings.Builder
	set := func(name, value string) { b.WriteString("--pm-" + name + ":" + value + ";") }
	set("paper", p.paper)
	set("ink", p.ink)
	set("faint", p.faint)
	set("rule", p.rule)
	for _, kind := range kinds() {
		t := p.tones[kind]
		set(kind, t.fill)
		set(kind+"-edge", t.edge)
		set(kind+"-ink", t.ink)
	}
	return strings.TrimSuffix(b.String(), ";")
}

func class(name string) string { return "pm-" + name }
