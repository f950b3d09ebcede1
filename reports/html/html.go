// Package html writes a report as one page for people: what an auditor reads for
// an hour, at a desk, on a telephone or on paper.
//
// The page is one file and asks no other of anybody: its policy forbids it to. It
// is readable with scripts switched off; a script adds filter, search, copying and
// the members that do not stand in the page itself. All text of a tenant is shown,
// never obeyed: html/template escapes it where it stands.
//
// It must not know the snapshot, nor where the page is kept. Same report, same
// bytes.
package html

import (
	"bufio"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/wording"
	"github.com/seed-07732396/postern/reports/matrix"
)

// Options say how the page is shown, never what it says.
type Options struct {
	// Language is that of Postern's own words, nil for English. The controls of the
	// report bring theirs.
	Language *finding.Language
}

//go:embed report.tmpl.html control.tmpl.html style.css script.js
var files embed.FS

// Write writes the report.
func Write(w io.Writer, report *finding.Report, options Options) error {
	page, err := newPage(report, options)
	if err != nil {
		return fmt.Errorf("write HTML: %w", err)
	}
	layout, err := template.New("page").ParseFS(files, "*.tmpl.html")
	if err != nil {
		return fmt.Errorf("write HTML: %w", err)
	}
	out := bufio.NewWriter(w)
	if err := layout.ExecuteTemplate(out, "report.tmpl.html", page); err != nil {
		return fmt.Errorf("write HTML: %w", err)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write HTML: %w", err)
	}
	return nil
}

// page is all that the layout shows.
type page struct {
	W       *wording.PageWords
	Words   *wording.Words
	Assets  assets
	Head    head
	Doors   doors
	Steps   []step
	Filter  filter
	Gaps    []gap
	Waivers waivers
	Ledger  []ledgerLine
	Legend  []meaning
	// Script is what the script says, as JSON.
	Script scriptWords
}

// assets are the parts of the page that are Postern's own. None of them holds a
// text of the tenant.
type assets struct {
	Style  template.CSS
	Script template.JS
	// Policy is the Content-Security-Policy.
	Policy string
}

func newPage(report *finding.Report, options Options) (*page, error) {
	words := wording.For(options.Language)
	b := &builder{report: report, words: words, style: marked(words), left: maxInAll}
	p := &page{W: &words.Page, Words: words}
	var err error
	if p.Assets, err = readAssets(); err != nil {
		return nil, err
	}
	if p.Doors, err = b.doors(); err != nil {
		return nil, err
	}
	p.Head = b.head()
	p.Steps = b.steps()
	p.Filter = b.filter(p.Steps)
	p.Gaps = b.gaps()
	p.Waivers = b.waivers()
	p.Ledger = b.ledger()
	p.Legend = b.legend()
	p.Script = b.scriptWords()
	return p, b.err
}

// builder makes the page's parts of a report.
type builder struct {
	report *finding.Report
	words  *wording.Words
	style  wording.Style
	// left is how many more members the page can hold, err the first error of a list
	// of members that could not be read to its end.
	left int
	err  error
}

func readAssets() (assets, error) {
	style, err := files.ReadFile("style.css")
	if err != nil {
		return assets{}, err
	}
	script, err := files.ReadFile("script.js")
	if err != nil {
		return assets{}, err
	}
	sheet := string(style) + matrix.Style() +
		":root[data-theme=light] .pm{" + matrix.Colors(false) + "}\n" +
		":root[data-theme=dark] .pm{" + matrix.Colors(true) + "}\n" +
		"@media print{:root .pm.pm{" + matrix.Colors(false) + "}}\n"
	// The hash is of what stands between the tags.
	return assets{
		Style: template.CSS(sheet), Script: template.JS(script),
		Policy: strings.Join([]string{
			"default-src 'none'", "style-src " + source(sheet), "script-src " + source(string(script)),
			"img-src data:", "base-uri 'none'", "form-action 'none'",
		}, "; "),
	}, nil
}

// source names a text by its hash, as a Content-Security-Policy does.
func source(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
