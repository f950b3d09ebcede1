package engine

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/seed-07732396/postern/policies/finding"
)

// metadata reads the METADATA of one control. It refuses whatever it does not
// understand: a key with a slip in it must not fall away without a word.
type metadata struct {
	src   *source
	found *problems
	block *ast.Annotations
	// unreduced: the control needs every single mailbox.
	unreduced bool
	// seen is the optional evidence of which the control sees by itself that some is
	// missing.
	seen []string
}

// control reads the catalogue entry of a control's module.
func (m *metadata) control(area, slug string) finding.Control {
	c := finding.Control{Area: area, Slug: slug}
	if !m.findBlock() {
		return c
	}
	m.refuseUnknownParts()
	c.Title = m.oneLine("title", m.block.Title)
	c.Description = m.notEmpty("description", m.block.Description)
	c.Related = m.related()
	custom := fields{m: m, path: []string{"custom"}, values: m.block.Custom}
	c.ID = custom.text("id", true)
	c.Severity = finding.Severity(custom.text("severity", true))
	c.Step = custom.text("step", true)
	c.Needs = custom.texts("needs")
	c.Optional = custom.texts("optional")
	c.Messages = m.messages(custom)
	c.Words = m.words(custom)
	c.Remediation = remediation(custom.below("remediation", true))
	c.EvidenceOnly = custom.flag("evidence_only")
	m.unreduced = custom.flag("unreduced")
	m.seen = custom.texts("seen")
	custom.refuseRest()
	m.check(&c)
	return c
}

// findBlock finds the one block above the package.
func (m *metadata) findBlock() bool {
	for _, a := range m.src.annotations {
		switch {
		case a.Scope == "package" && m.block == nil:
			m.block = a
		case a.Scope == "package" || a.Scope == "subpackages":
			m.found.at(a.Location, "keep one block above the package", "a second METADATA block speaks for the package")
		case len(a.Custom) > 0:
			m.found.at(a.Location, "move it to the block above the package", "custom metadata of a rule are not read")
		}
	}
	if m.block == nil {
		m.found.at(m.src.module.Package.Location, "start the file with a # METADATA block", "the control has no metadata")
		return false
	}
	m.src.block = m.block
	return true
}

// refuseUnknownParts looks at the names at the left margin of the block, because
// OPA passes over those that it does not know.
func (m *metadata) refuseUnknownParts() {
	for row, line := range m.lines() {
		name, _, ok := strings.Cut(line, ":")
		if !ok || name == "" || strings.ContainsAny(name, " \t-#\"'") {
			continue
		}
		switch name {
		case "scope", "title", "description", "related_resources", "custom":
		default:
			m.problem(row, "a control has title, description, related_resources and custom", "unknown metadata %q", name)
		}
	}
}

// lines gives the lines of the block without their comment signs, by line number.
func (m *metadata) lines() func(yield func(int, string) bool) {
	return func(yield func(int, string) bool) {
		all := strings.Split(m.src.text, "\n")
		for row := m.block.Location.Row + 1; row <= m.block.EndLoc().Row && row <= len(all); row++ {
			text := strings.TrimPrefix(strings.TrimSpace(all[row-1]), "#")
			if !yield(row, strings.TrimPrefix(text, " ")) {
				return
			}
		}
	}
}

// row finds the line on which a key stands, given the keys above it; the last of
// those that is there, or the block's first line, if it is not.
func (m *metadata) row(path ...string) int {
	row := m.block.Location.Row
	for at, line := range m.lines() {
		if len(path) == 0 {
			break
		}
		text := strings.TrimLeft(line, " ")
		top := path[0] == "custom" || len(path) == 1 && row == m.block.Location.Row
		name, _, ok := strings.Cut(text, ":")
		if ok && strings.Trim(name, `"'`) == path[0] && top == (text == line) {
			row, path = at, path[1:]
		}
	}
	return row
}

func (m *metadata) problem(row int, hint, format string, args ...any) {
	m.found.add(&LoadError{File: m.src.file, Line: row, Problem: fmt.Sprintf(format, args...), Hint: hint})
}

func (m *metadata) notEmpty(name, text string) string {
	text = strings.TrimSpace(text)
	if text == "" {
		m.problem(m.row(name), "", "%s is missing", name)
	}
	return text
}

func (m *metadata) oneLine(name, text string) string {
	text = m.notEmpty(name, text)
	if strings.ContainsAny(text, "\r\n") {
		m.problem(m.row(name), "", "%s must be one line", name)
	}
	return text
}

func (m *metadata) related() []finding.Link {
	var links []finding.Link
	for _, r := range m.block.RelatedResources {
		if r.Ref.Scheme != "https" && r.Ref.Scheme != "http" || r.Ref.Host == "" {
			m.problem(m.row("related_resources"), "", "the related resource %q is no web address", r.Ref.String())
		}
		links = append(links, finding.Link{URL: r.Ref.String(), Title: r.Description})
	}
	return links
}

func remediation(f fields) finding.Remediation {
	r := finding.Remediation{
		Text:        f.text("text", true),
		PowerShell:  f.text("powershell", false),
		Undo:        f.text("undo", false),
		OktaConsole: f.text("okta_console", false),
		OktaAPI:     f.text("okta_api", false),
	}
	f.refuseRest()
	return r
}

// messages reads the sentences. Each is one, and ends like one; {message} is the
// ledger's, which brings its own full stop.
func (m *metadata) messages(custom fields) map[string]string {
	f := custom.below("messages", true)
	sentences := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(f.values)) {
		sentence := f.text(key, true)
		row := m.row("custom", "messages", key)
		switch {
		case !isName(key):
			m.problem(row, "use lower case letters, digits and underscores", "%q is no name for a message", key)
		case finding.StandardMessages()[key] != "":
			m.problem(row, "choose another name", "message %q is one that every control has", key)
		case sentence == "":
			continue
		case !strings.HasSuffix(sentence, ".") && !strings.HasSuffix(sentence, "{message}"):
			m.problem(row, "", "message %q must end with a full stop", key)
		case strings.ContainsAny(sentence, "\r\n"):
			m.problem(row, "", "message %q must be one line", key)
		}
		if _, err := placeholders(sentence); err != nil {
			m.problem(row, "write an argument as {name}", "message %q: %s", key, err)
		}
		sentences[key] = sentence
	}
	return sentences
}

// words reads what the control puts into arguments in words of its own.
func (m *metadata) words(custom fields) map[string]string {
	if custom.values["words"] == nil {
		return nil
	}
	f := custom.below("words", true)
	words := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(f.values)) {
		words[key] = f.text(key, true)
		row := m.row("custom", "words", key)
		switch {
		case !isName(key):
			m.problem(row, "use lower case letters, digits and underscores", "%q is no name for a word", key)
		case strings.ContainsAny(words[key], "{}\r\n"):
			m.problem(row, "words have no arguments: put those into the sentence", "word %q must be plain text on one line", key)
		}
	}
	return words
}

// placeholders lists the arguments that a sentence names.
func placeholders(sentence string) ([]string, error) {
	var names []string
	for {
		before, rest, opened := strings.Cut(sentence, "{")
		if strings.Contains(before, "}") {
			return nil, fmt.Errorf("a brace is closed that was never opened")
		}
		if !opened {
			return names, nil
		}
		name, after, closed := strings.Cut(rest, "}")
		sentence = after
		if one, many, choice := strings.Cut(name, "|"); closed && choice && one != "" && many != "" {
			continue // the word that goes with the count
		}
		if !closed || !isName(name) {
			return nil, fmt.Errorf("%q is no argument", "{"+name)
		}
		names = append(names, name)
	}
}

// check holds the values to what they may be.
func (m *metadata) check(c *finding.Control) {
	if c.ID != "" && !isID(c.ID) {
		m.problem(m.row("custom", "id"), "", "id %q is not of the form AREA-001", c.ID)
	}
	if c.Severity != "" && !slices.Contains(finding.Severities(), c.Severity) {
		m.problem(m.row("custom", "severity"), "one of critical, high, medium, low, info", "unknown severity %q", c.Severity)
	}
	known := func(s finding.Step) bool { return s.ID == c.Step }
	if c.Step != "" && !slices.ContainsFunc(finding.Steps(), known) {
		m.problem(m.row("custom", "step"), "one of A to F, evidence, access, waivers", "unknown step %q", c.Step)
	}
	if len(c.Needs)+len(c.Optional) == 0 {
		m.problem(m.row("custom"), "name what it reads in needs or optional", "the control declares no evidence")
	}
	m.checkSeen(c)
	declared := slices.Concat(c.Needs, c.Optional)
	slices.Sort(declared)
	for i := 1; i < len(declared); i++ {
		if declared[i] == declared[i-1] {
			m.problem(m.row("custom", "needs"), "", "%s is declared twice", declared[i])
		}
	}
}

// checkSeen holds what a control says that it sees by itself to what it declares.
func (m *metadata) checkSeen(c *finding.Control) {
	for _, path := range m.seen {
		if !slices.Contains(c.Optional, path) {
			m.problem(m.row("custom", "seen"), "", "%s is not among the optional evidence", path)
		}
	}
}

// isName reports whether text is a name in our own style.
func isName(text string) bool {
	for i, r := range text {
		letter := r >= 'a' && r <= 'z'
		if !letter && (i == 0 || r != '_' && (r < '0' || r > '9')) {
			return false
		}
	}
	return text != ""
}

// isID reports whether text has the form AREA-001.
func isID(text string) bool {
	area, number, ok := strings.Cut(text, "-")
	_, err := strconv.ParseUint(number, 10, 16)
	return ok && len(number) == 3 && err == nil && area == strings.ToUpper(area) && isName(strings.ToLower(area)) && !strings.Contains(area, "_")
}

// fields reads one object of the metadata and remembers what it has read.
type fields struct {
	m      *metadata
	path   []string
	values map[string]any
	read   map[string]bool
}

func (f *fields) take(name string, required bool) (any, bool) {
	if f.read == nil {
		f.read = map[string]bool{}
	}
	f.read[name] = true
	value, ok := f.values[name]
	if !ok && required {
		f.m.problem(f.m.row(f.path...), "", "%s.%s is missing", strings.Join(f.path, "."), name)
	}
	return value, ok
}

func (f *fields) wrong(name, want string) {
	f.m.problem(f.m.row(append(slices.Clone(f.path), name)...), "", "%s.%s must be %s", strings.Join(f.path, "."), name, want)
}

func (f *fields) text(name string, required bool) string {
	value, ok := f.take(name, required)
	if !ok {
		return ""
	}
	text, isText := value.(string)
	if text = strings.TrimSpace(text); !isText || text == "" {
		f.wrong(name, "a text that is not empty")
	}
	return text
}

func (f *fields) texts(name string) []string {
	value, ok := f.take(name, false)
	if !ok {
		return nil
	}
	list, isList := value.([]any)
	texts := make([]string, 0, len(list))
	for _, item := range list {
		text, isText := item.(string)
		isList = isList && isText && text != ""
		texts = append(texts, text)
	}
	if !isList {
		f.wrong(name, "a list of texts")
		return nil
	}
	return texts
}

func (f *fields) flag(name string) bool {
	value, ok := f.take(name, false)
	if !ok {
		return false
	}
	flag, isFlag := value.(bool)
	if !isFlag {
		f.wrong(name, "true or false")
	}
	return flag
}

func (f *fields) below(name string, required bool) fields {
	value, ok := f.take(name, required)
	values, isObject := value.(map[string]any)
	if ok && !isObject {
		f.wrong(name, "an object")
	}
	return fields{m: f.m, path: append(slices.Clone(f.path), name), values: values}
}

// refuseRest reports every field that nobody has asked for.
func (f *fields) refuseRest() {
	for _, name := range slices.Sorted(maps.Keys(f.values)) {
		if !f.read[name] {
			row := f.m.row(append(slices.Clone(f.path), name)...)
			f.m.problem(row, "", "unknown metadata %s.%s", strings.Join(f.path, "."), name)
		}
	}
}
