package html_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/seed-07732396/postern/policies/finding"
	report "github.com/seed-07732396/postern/reports/html"
	"github.com/seed-07732396/postern/reports/internal/reporttest"
)

func write(t *testing.T, r *finding.Report, language *finding.Language) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := report.Write(&out, r.In(language), report.Options{Language: language}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func dutch() *finding.Language {
	return &finding.Language{Code: "nl", Nouns: map[string][2]string{"mailbox": {"mailbox", "mailboxen"}, "": {"object", "objecten"}}}
}

// parse reads the page as a browser does.
func parse(t *testing.T, out []byte) *html.Node {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func each(n *html.Node, visit func(*html.Node)) {
	visit(n)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		each(c, visit)
	}
}

func attribute(n *html.Node, key string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val, true
		}
	}
	return "", false
}

func find(root *html.Node, fits func(*html.Node) bool) []*html.Node {
	var found []*html.Node
	each(root, func(n *html.Node) {
		if n.Type == html.ElementNode && fits(n) {
			found = append(found, n)
		}
	})
	return found
}

func tag(name string) func(*html.Node) bool {
	return func(n *html.Node) bool { return n.Data == name }
}

func classed(name string) func(*html.Node) bool {
	return func(n *html.Node) bool {
		value, _ := attribute(n, "class")
		return slices.Contains(strings.Fields(value), name)
	}
}

func text(n *html.Node) string {
	var b strings.Builder
	each(n, func(c *html.Node) {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	})
	return strings.Join(strings.Fields(b.String()), " ")
}

// elements are all that Postern's page is made of.
var elements = strings.Fields(`html head meta title link style body a header p span div label select option nav ul li
	main section h1 h2 h3 h4 h5 dl dt dd table caption thead tbody tr th td form input fieldset legend button details summary
	ol code pre bdi s em strong br time script noscript svg g rect path text circle desc line tspan`)

// attributes are all that they carry. None of them is an event handler or a style.
var attributes = strings.Fields(`lang charset http-equiv content name rel href class id for type value checked hidden role tabindex
	aria-label aria-labelledby aria-describedby aria-hidden aria-live scope title placeholder autocomplete spellcheck open
	data-outcome data-severity data-step data-states colspan
	xmlns viewbox viewBox width height font-family font-size font-weight x y x1 x2 y1 y2 rx cx cy r d fill stroke stroke-width stroke-dasharray
	stroke-linecap stroke-linejoin transform text-anchor`)

// TestPageIsPosternsOwn: whatever stands in a report, the page is made of known
// elements and attributes, and holds no script, no style and no address but its own
// and the catalogue's.
func TestPageIsPosternsOwn(t *testing.T) {
	for _, c := range reporttest.Cases() {
		for _, language := range []*finding.Language{nil, dutch()} {
			t.Run(c.Name, func(t *testing.T) {
				out := write(t, c.Report, language)
				reporttest.CheckText(t, out)
				root := parse(t, out)
				own := 0
				each(root, func(n *html.Node) {
					if n.Type == html.CommentNode {
						t.Errorf("a comment: %.100q", n.Data)
					}
					if n.Type != html.ElementNode {
						return
					}
					if !slices.Contains(elements, n.Data) {
						t.Errorf("the element %s is not ours", n.Data)
					}
					for _, a := range n.Attr {
						if !slices.Contains(attributes, a.Key) {
							t.Errorf("the attribute %s of %s is not ours", a.Key, n.Data)
						}
					}
					checkAddress(t, n)
					if n.DataAtom == atom.Script || n.DataAtom == atom.Style {
						own++
						checkCode(t, n)
					}
				})
				if own < 3 {
					t.Errorf("%d scripts and styles", own)
				}
			})
		}
	}
}

// checkAddress: addresses point into the page, or are links to web pages that a
// catalogue may name.
func checkAddress(t *testing.T, n *html.Node) {
	t.Helper()
	if _, ok := attribute(n, "src"); ok {
		t.Errorf("%s loads something", n.Data)
	}
	href, ok := attribute(n, "href")
	switch {
	case !ok, href == "data:," && n.DataAtom == atom.Link:
	case n.DataAtom != atom.A:
		t.Errorf("%s points at %q", n.Data, href)
	case !strings.HasPrefix(href, "#") && !strings.HasPrefix(href, "https://"):
		t.Errorf("a link to %q", href)
	}
}

// checkCode: a script is Postern's own or data, which is read as JSON.
func checkCode(t *testing.T, n *html.Node) {
	t.Helper()
	kind, _ := attribute(n, "type")
	if n.DataAtom != atom.Script || kind == "" {
		return
	}
	if kind != "application/json" {
		t.Errorf("a script of type %q", kind)
	}
	if !json.Valid([]byte(n.FirstChild.Data)) {
		t.Errorf("the data are no JSON: %.200q", n.FirstChild.Data)
	}
}

// TestPolicyNamesTheCode: the policy forbids all but the page's own style and
// script, which it names by their hashes.
func TestPolicyNamesTheCode(t *testing.T) {
	root := parse(t, write(t, reporttest.Mixed(), nil))
	metas := find(root, func(n *html.Node) bool {
		kind, _ := attribute(n, "http-equiv")
		return kind == "Content-Security-Policy"
	})
	if len(metas) != 1 {
		t.Fatalf("%d policies", len(metas))
	}
	policy, _ := attribute(metas[0], "content")
	code := func(name string) string {
		for _, n := range find(root, tag(name)) {
			if _, typed := attribute(n, "type"); !typed {
				sum := sha256.Sum256([]byte(n.FirstChild.Data))
				return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
			}
		}
		return "none"
	}
	want := "default-src 'none'; style-src " + code("style") + "; script-src " + code("script") +
		"; img-src data:; base-uri 'none'; form-action 'none'"
	if policy != want {
		t.Errorf("the policy is\n%s\nwant\n%s", policy, want)
	}
	for before := metas[0].PrevSibling; before != nil; before = before.PrevSibling {
		if before.Type == html.ElementNode && before.Data != "meta" {
			t.Errorf("%s stands before the policy", before.Data)
		}
	}
}

// TestStructure: ids are there once, what points at one finds it, headings go down
// one by one, tables have a caption and scopes, fields have a label.
func TestStructure(t *testing.T) {
	for _, c := range reporttest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			root := parse(t, write(t, c.Report, nil))
			ids := map[string]int{}
			each(root, func(n *html.Node) {
				if id, ok := attribute(n, "id"); ok {
					ids[id]++
				}
			})
			for id, n := range ids {
				if n > 1 {
					t.Errorf("the id %s is there %d times", id, n)
				}
			}
			level := 0
			each(root, func(n *html.Node) {
				for _, key := range []string{"aria-labelledby", "aria-describedby"} {
					if id, ok := attribute(n, key); ok && ids[id] == 0 {
						t.Errorf("%s of %s points at %q, which is not there", key, n.Data, id)
					}
				}
				if href, _ := attribute(n, "href"); strings.HasPrefix(href, "#") && ids[href[1:]] == 0 {
					t.Errorf("a link to %q, which is not there", href)
				}
				if len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6' && n.Type == html.ElementNode {
					if now := int(n.Data[1] - '0'); now > level+1 {
						t.Errorf("after a heading of level %d comes %q of level %d", level, text(n), now)
					}
					level = int(n.Data[1] - '0')
				}
				if n.DataAtom == atom.Table && len(find(n, tag("caption"))) != 1 {
					t.Error("a table without a caption")
				}
				if _, scoped := attribute(n, "scope"); n.DataAtom == atom.Th && !scoped {
					t.Errorf("the heading %q of a table has no scope", text(n))
				}
				if (n.DataAtom == atom.Input || n.DataAtom == atom.Select) && !below(n, "label") {
					t.Errorf("%s has no label", n.Data)
				}
			})
			if n := len(find(root, tag("h1"))); n != 1 {
				t.Errorf("%d headings of level 1", n)
			}
			for _, id := range []string{"_verdict", "_access", "_findings", "_unknown", "_waivers", "_ledger"} {
				if ids[id] != 1 {
					t.Errorf("there is no section %s", id)
				}
			}
		})
	}
}

func below(n *html.Node, name string) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Data == name {
			return true
		}
	}
	return false
}

func byID(root *html.Node, id string) *html.Node {
	found := find(root, func(n *html.Node) bool {
		value, _ := attribute(n, "id")
		return value == id
	})
	if len(found) == 0 {
		return &html.Node{}
	}
	return found[0]
}
