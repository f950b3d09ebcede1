package escape_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/reports/internal/escape"
)

func TestLine(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain text", "Contoso Ltd", "Contoso Ltd"},
		{"other scripts and joiners", "مهدی\u200cزاده 👩\u200d💻 日本", "مهدی\u200cزاده 👩\u200d💻 日本"},
		{"backslashes stay", `CONTOSO\alice`, `CONTOSO\alice`},
		{"line ends", "a\r\nb\u2028c\u2029d\u0085e", `a\r\nb\u2028c\u2029d\u0085e`},
		{"terminal sequences", "\x1b[31mred\x07\x7f", `\x1b[31mred\a\x7f`},
		{"turned direction", "a\u202egpj.exe\u2066\u061c", `a\u202egpj.exe\u2066\u061c`},
		{"unseen characters", "ad\u200bmin\u00ad\ufeff\U000e0041\u3164", `ad\u200bmin\u00ad\ufeff\U000e0041\u3164`},
		{"no characters", "\ufffe\uffff\ufdd0\U0001ffff", `\ufffe\uffff\ufdd0\U0001ffff`},
		{"bytes that are no UTF-8", "a\xffb\xef\xc3", "a\ufffdb\ufffd\ufffd"},
		{"build log commands", "x##[add-mask]y ##VSO[task.setvariable]z ###[group]", `x#\x23[add-mask]y #\x23VSO[task.setvariable]z ##\x23[group]`},
		{"other hashes", "## room #4", "## room #4"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := escape.Line(test.in)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("Line (-want +got):\n%s", diff)
			}
			if again := escape.Line(got); again != got {
				t.Errorf("Line of its own result is %q, was %q", again, got)
			}
		})
	}
}

func TestLines(t *testing.T) {
	got := escape.Lines("::if (a) {\n\tb::c\r\n\t::d\n}\x1b")
	if want := ":\\x3aif (a) {\n    b::c\\r\n    :\\x3ad\n}\\x1b"; got != want {
		t.Errorf("Lines = %q, want %q", got, want)
	}
}

func TestCut(t *testing.T) {
	tests := []struct {
		in   string
		n    int
		want string
	}{
		{"short", 5, "short"},
		{"longer", 5, "lo..."},
		{"ééééé", 5, "ééééé"},
		{"éééééé", 5, "éé..."},
		{"", 3, ""},
	}
	for _, test := range tests {
		if got := escape.Cut(test.in, test.n); got != test.want {
			t.Errorf("Cut(%q, %d) = %q, want %q", test.in, test.n, got, test.want)
		}
	}
}

func TestMarkdown(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"formatting", "*a* _b_ `c` ~d~ $e$ |", "\\*a\\* \\_b\\_ \\`c\\` \\~d\\~ \\$e\\$ \\|"},
		{"links", "![x](https://e.example)", `!\[x\](https://e.example)`},
		{"HTML", `<img src=x> &lt;`, `&lt;img src=x&gt; &amp;lt;`},
		{"mentions", "@octocat #12", "@&#8203;octocat #&#8203;12"},
		{"backslash before a mark", `\*`, `\\\*`},
		{"one paragraph", "a\n\n# b", `a #&#8203; b`},
		{"a part of a sentence", " of ", " of "},
		{"a space", " ", " "},
		{"lines around", "\n a\t\nb ", " a b "},
		{"list marks", "- a", `\- a`},
		{"numbered list", "12. a", `12\. a`},
		{"a full stop after a name", ".", "."},
		{"log command", "::error::a", `\::error::a`},
		{"line under a heading", "===", `\===`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, escape.Markdown(test.in)); diff != "" {
				t.Errorf("Markdown (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMarkdownCode(t *testing.T) {
	tests := []struct{ in, want string }{
		{"alice@contoso.com", "`alice@contoso.com`"},
		{"a`b", "``a`b``"},
		{"``", "``` `` ```"},
		{" a", "`  a `"},
		{"a\nb", "`a\\nb`"},
		{"", ""},
	}
	for _, test := range tests {
		if got := escape.MarkdownCode(test.in); got != test.want {
			t.Errorf("MarkdownCode(%q) = %q, want %q", test.in, got, test.want)
		}
	}
}

func TestMarkdownFence(t *testing.T) {
	got := escape.MarkdownFence("powershell", "a\n```\nb\n\n")
	if want := "````powershell\na\n```\nb\n````\n"; got != want {
		t.Errorf("MarkdownFence = %q, want %q", got, want)
	}
}

func TestCSV(t *testing.T) {
	tests := []struct{ in, want string }{
		{"Contoso", "Contoso"},
		{"=1+1", "'=1+1"},
		{"+31 6", "'+31 6"},
		{"-cmd", "'-cmd"},
		{"@SUM(A1)", "'@SUM(A1)"},
		{"  =1", "  '=1"},
		{"＝1", "'＝1"},
		{"\t=1", `\t=1`},
		{"a;=1+1", "a;'=1+1"},
		{`a;"=1+1`, `a;"'=1+1`},
		{"a=b-c@d", "a=b-c@d"},
	}
	for _, test := range tests {
		if got := escape.CSV(test.in); got != test.want {
			t.Errorf("CSV(%q) = %q, want %q", test.in, got, test.want)
		}
	}
}

// TestJSONWriter writes hostile text in pieces of every size and reads it back.
func TestJSONWriter(t *testing.T) {
	text := "plain é 日 👩\u200d💻 \u202e\u2028\x7f\u0085\U000e0041 ##vso[x] ###"
	raw, err := json.Marshal(map[string]string{text: text})
	if err != nil {
		t.Fatal(err)
	}
	raw = bytes.ReplaceAll(raw, []byte(`\u2028`), []byte("\u2028"))
	for size := 1; size <= len(raw); size++ {
		var out bytes.Buffer
		w := escape.NewJSONWriter(&out)
		for rest := raw; len(rest) > 0; {
			n := min(size, len(rest))
			if _, err := w.Write(rest[:n]); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		var got map[string]string
		if err := json.Unmarshal(out.Bytes(), &got); err != nil {
			t.Fatalf("pieces of %d bytes: %v in %s", size, err, out.String())
		}
		if diff := cmp.Diff(map[string]string{text: text}, got); diff != "" {
			t.Fatalf("pieces of %d bytes (-want +got):\n%s", size, diff)
		}
		for _, r := range out.String() {
			if r != '\u200d' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl)) {
				t.Fatalf("pieces of %d bytes: %U stands there as it is", size, r)
			}
		}
		if strings.Contains(out.String(), "##") {
			t.Fatalf("pieces of %d bytes: ## stands there as it is: %s", size, out.String())
		}
	}
}

func TestJSONWriterReportsAFailedWrite(t *testing.T) {
	w := escape.NewJSONWriter(fullDisk{})
	if _, err := io.Copy(w, iotest.OneByteReader(strings.NewReader(`"é"`))); !errors.Is(err, errFull) {
		t.Errorf("error %v, want %v", err, errFull)
	}
}

var errFull = errors.New("disk full")

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

// pieces notes the largest piece that is written.
type pieces struct {
	bytes.Buffer
	largest int
}

func (p *pieces) Write(b []byte) (int, error) {
	p.largest = max(p.largest, len(b))
	return p.Buffer.Write(b)
}

// TestJSONWriterHoldsLittle: an encoder hands over a report of any size at once.
func TestJSONWriterHoldsLittle(t *testing.T) {
	text := strings.Repeat("plain ##vso \u202e and \U000e0041 ", 100_000) + strings.Repeat("x", 1_000_000)
	var whole pieces
	if n, err := escape.NewJSONWriter(&whole).Write([]byte(text)); n != len(text) || err != nil {
		t.Fatal(n, err)
	}
	var single bytes.Buffer
	w := escape.NewJSONWriter(&single)
	for i := range len(text) {
		if _, err := w.Write([]byte(text[i : i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if whole.String() != single.String() {
		t.Error("in one go it is not the same as byte by byte")
	}
	if whole.largest > 200_000 {
		t.Errorf("%d bytes were held", whole.largest)
	}
}
