package escape

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// markdownMarks are the characters that GitHub's Markdown gives a meaning in
// running text. A mention or an issue number is found in the rendered text,
// where a backslash is gone: a space without width behind the mark stops it.
var markdownMarks = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", `*`, `\*`, `_`, `\_`, `[`, `\[`, `]`, `\]`,
	`|`, `\|`, `~`, `\~`, `$`, `\$`,
	`<`, `&lt;`, `>`, `&gt;`, `&`, `&amp;`,
	`@`, `@&#8203;`, `#`, `#&#8203;`,
)

// lineStart is what makes a paragraph the item of a list or the line below a
// heading, or a line of a log that GitHub acts on.
var lineStart = regexp.MustCompile(`^([0-9]+)([.)])|^([-+=]|::)`)

// Markdown writes s as running text of GitHub's Markdown that only shows
// itself: one paragraph, no formatting, no HTML, no mention. A space at either
// end stays, so that s can be a part of a sentence.
func Markdown(s string) string {
	s = markdownMarks.Replace(Line(oneSpaced(s)))
	if !strings.ContainsAny(s[:min(len(s), 1)], "0123456789-+=:") {
		return s
	}
	return lineStart.ReplaceAllString(s, `$1\$2$3`)
}

// oneSpaced makes every run of white space one space.
func oneSpaced(s string) string {
	joined := strings.Join(strings.Fields(s), " ")
	if first, _ := utf8.DecodeRuneInString(s); unicode.IsSpace(first) {
		joined = " " + joined
	}
	if last, _ := utf8.DecodeLastRuneInString(s); unicode.IsSpace(last) && joined != " " {
		joined += " "
	}
	return joined
}

// MarkdownCode writes s as code within a line, in which nothing is formatted
// and nobody is mentioned, and from which it can be copied as it is. An empty s
// gives nothing.
func MarkdownCode(s string) string {
	s = Line(s)
	if s == "" {
		return ""
	}
	fence := strings.Repeat("`", longestRun(s, '`')+1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") || strings.Trim(s, " ") != s {
		s = " " + s + " "
	}
	return fence + s + fence
}

// MarkdownFence writes s as a block of code in a language, with a newline at
// the end. It must start in the first column.
func MarkdownFence(language, s string) string {
	s = strings.TrimRight(Lines(s), "\n")
	fence := strings.Repeat("`", max(3, longestRun(s, '`')+1))
	return fence + language + "\n" + s + "\n" + fence + "\n"
}

func longestRun(s string, mark rune) int {
	longest, run := 0, 0
	for _, r := range s {
		if r != mark {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}
