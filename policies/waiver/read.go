package waiver

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// MaxFile is how large a file may be, in bytes.
const MaxFile = 8 << 20

// Read reads a file with waivers. name is used in errors and reports. What is wrong
// comes back as *Error, joined where it is more than one.
func Read(name string, data []byte) (*List, error) {
	if len(data) > MaxFile {
		return nil, &Error{File: name, Problem: fmt.Sprintf("the file has %d bytes, more than %d", len(data), MaxFile)}
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var document yaml.Node
	if err := decoder.Decode(&document); errors.Is(err, io.EOF) {
		return nil, &Error{File: name, Problem: "the file is empty", Hint: "start it with 'version: 1'"}
	} else if err != nil {
		return nil, syntaxError(name, err)
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, &Error{File: name, Problem: "more than one YAML document", Hint: "keep one document in the file"}
	}
	r := &reader{file: name}
	list := r.read(document.Content[0])
	if err := r.err(); err != nil {
		return nil, err
	}
	return list, nil
}

func (r *reader) read(root *yaml.Node) *List {
	list := &List{File: r.file}
	version := 0
	ok := r.mapping("", root, []field{
		{"version", func(at string, node *yaml.Node) {
			if version = r.number(at, node); version != Version {
				r.fail(node, at, "", "version %s, this program reads version %d", node.Value, Version)
				version = Version
			}
		}},
		{"waivers", func(at string, node *yaml.Node) {
			r.list(at, node, func(at string, node *yaml.Node) {
				if w, ok := r.entry(at, node); ok {
					list.Waivers = append(list.Waivers, w)
				}
			})
		}},
	})
	if ok && version == 0 {
		r.fail(root, "version", "start the file with 'version: 1'", "missing")
	}
	r.unique(list)
	return list
}

// unique refuses two waivers with one id: nobody could tell which one a report
// means.
func (r *reader) unique(list *List) {
	first := map[string]int{}
	for _, w := range list.Waivers {
		if line, taken := first[w.ID]; taken {
			r.fail(&yaml.Node{Line: w.Line, Column: 1}, "", "give one of them an id of its own, or make one of both", "the waiver %s stands in line %d already", w.ID, line)
			continue
		}
		first[w.ID] = w.Line
	}
}

// entryReader reads one entry. It remembers where its keys stand.
type entryReader struct {
	*reader
	w  Waiver
	at map[string]*yaml.Node
	// texts are the values of keys that another tool writes otherwise.
	texts map[string]string
}

// plainID is what an id is made of, as finding.Control has it.
var plainID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

func (r *reader) entry(at string, node *yaml.Node) (Waiver, bool) {
	e := &entryReader{reader: r, at: map[string]*yaml.Node{}, texts: map[string]string{}}
	e.w.Line = node.Line
	before := len(r.errs)
	keep := func(at string, node *yaml.Node) {
		name := at[strings.LastIndexByte(at, '.')+1:]
		e.at[name], e.texts[name] = node, r.text(at, node)
	}
	fields := []field{
		{"id", keep}, {"control", keep},
		{"resource", e.resource}, {"cause", e.cause}, {"fingerprint", e.fingerprint},
		{"user", keep}, {"group", keep}, {"mailboxes", e.mailboxes}, {"whole_control", e.wholeControl},
		{"reason", keep}, {"owner", keep}, {"ticket", keep}, {"expires", keep}, {"pin", e.pin},
		{"statement", keep}, {"expired_at", keep},
	}
	if !r.mapping(at, node, fields) {
		return e.w, false
	}
	if len(r.errs) > before {
		return e.w, false // what is missing may stand behind a slip
	}
	e.finish(at, node)
	return e.w, len(r.errs) == before
}

// finish holds the entry to what it must have. Trivy writes the control's id as id,
// the reason as statement and the last day as expired_at.
func (e *entryReader) finish(at string, node *yaml.Node) {
	e.alias(at, "reason", "statement")
	e.alias(at, "expires", "expired_at")
	if e.texts["control"] == "" {
		e.texts["control"], e.at["control"] = e.texts["id"], e.at["id"]
		delete(e.texts, "id")
	}
	for _, name := range []string{"control", "reason", "owner", "expires"} {
		if e.texts[name] == "" {
			e.fail(node, dotted(at, name), missingHints[name], "missing")
		}
	}
	for _, name := range []string{"id", "control"} {
		if text := e.texts[name]; text != "" && !plainID.MatchString(text) {
			e.fail(e.at[name], dotted(at, name), "", "%q is not 1 to 64 letters, digits, dots, dashes and underscores", text)
		}
	}
	if isAboutWaivers(e.texts["control"]) {
		e.fail(e.at["control"], dotted(at, "control"), "put the waiver right instead", "%s is about waivers, which cannot be waived", e.texts["control"])
	}
	if text := e.texts["expires"]; text != "" {
		var err error
		if e.w.Expires, err = ParseDay(text); err != nil {
			e.fail(e.at["expires"], dotted(at, "expires"), "", "%s", err)
		}
	}
	e.w.ID, e.w.Control = e.texts["id"], e.texts["control"]
	e.w.Reason, e.w.Owner, e.w.Ticket = e.texts["reason"], e.texts["owner"], e.texts["ticket"]
	e.w.Scope.User, e.w.Scope.Group = e.texts["user"], e.texts["group"]
	e.oneScope(at, node)
	e.w.SetID()
}

var missingHints = map[string]string{
	"control": "write the id of the control, such as BASIC-003",
	"reason":  "say why the organisation lives with it",
	"owner":   "say who answers for it",
	"expires": "write the last day on which it holds, such as 2027-03-01",
}

// isAboutWaivers reports whether an id is that of a control over waivers.
func isAboutWaivers(control string) bool {
	return len(control) >= 7 && strings.EqualFold(control[:7], "WAIVER-")
}

// alias takes another tool's name for a key.
func (e *entryReader) alias(at, own, other string) {
	switch {
	case e.at[other] == nil:
	case e.at[own] != nil:
		e.fail(e.at[other], dotted(at, other), "keep one of both", "it says the same as %s, which stands there too", own)
	default:
		e.texts[own], e.at[own] = e.texts[other], e.at[other]
	}
}

func (e *entryReader) oneScope(at string, node *yaml.Node) {
	s := &e.w.Scope
	var given []string
	for name, is := range map[string]bool{
		"resource": s.Resource != nil, "cause": s.Cause != nil, "fingerprint": s.Fingerprint != "",
		"user": s.User != "", "group": s.Group != "", "mailboxes": s.Mailboxes != nil, "whole_control": s.WholeControl,
	} {
		if is {
			given = append(given, name)
		}
	}
	slices.Sort(given)
	switch len(given) {
	case 1:
	case 0:
		e.fail(node, at, "name a resource, cause, fingerprint, user, group or mailboxes, or write 'whole_control: true'", "the entry does not say what it waives")
	default:
		e.fail(node, at, "make it one entry each", "the entry waives %s at once", strings.Join(given, " and "))
	}
}

func (e *entryReader) resource(at string, node *yaml.Node) {
	r := &Resource{}
	if !e.mapping(at, node, []field{e.into("kind", &r.Kind), e.into("id", &r.ID), e.into("name", &r.Name)}) {
		return
	}
	if r.Kind == "" || r.ID == "" && r.Name == "" {
		e.fail(node, at, "the kind is in the JSON report, such as domain", "a resource has a kind, and an id or a name")
	}
	e.w.Scope.Resource = r
}

func (e *entryReader) into(name string, to *string) field {
	return field{name, func(at string, node *yaml.Node) { *to = e.text(at, node) }}
}

func (e *entryReader) cause(at string, node *yaml.Node) {
	c := &Cause{}
	ok := e.mapping(at, node, []field{e.into("message", &c.Message), {"args", func(at string, node *yaml.Node) {
		c.Args = map[string]any{}
		if node.Kind != yaml.MappingNode {
			e.fail(node, at, "", "%s cannot stand here, write names and values", kindOf(node))
			return
		}
		fields := make([]field, 0, len(node.Content)/2)
		for i := 0; i+1 < len(node.Content); i += 2 {
			name := node.Content[i].Value
			if !slices.ContainsFunc(fields, func(f field) bool { return f.name == name }) {
				fields = append(fields, field{name, func(at string, node *yaml.Node) { c.Args[name] = e.value(at, node) }})
			}
		}
		e.mapping(at, node, fields)
	}}})
	if ok && c.Message == "" && len(c.Args) == 0 {
		e.fail(node, at, "both are in the JSON report, as key and args", "a cause has a message, args or both")
	}
	e.w.Scope.Cause = c
}

var hex32 = regexp.MustCompile(`^[0-9a-f]{32}$`)

func (e *entryReader) fingerprint(at string, node *yaml.Node) {
	text := e.text(at, node)
	if text != "" && !hex32.MatchString(text) {
		e.fail(node, at, "it is in the JSON, SARIF and CSV reports", "%q is not 32 hex digits", text)
	}
	e.w.Scope.Fingerprint = text
}

func (e *entryReader) mailboxes(at string, node *yaml.Node) {
	c := &Class{}
	if e.mapping(at, node, []field{e.into("recipient_type", &c.RecipientType), e.into("domain", &c.Domain)}) && *c == (Class{}) {
		e.fail(node, at, "", "name a recipient_type, a domain or both")
	}
	e.w.Scope.Mailboxes = c
}

func (e *entryReader) wholeControl(at string, node *yaml.Node) {
	if e.w.Scope.WholeControl = e.flag(at, node); !e.w.Scope.WholeControl {
		e.fail(node, at, "leave it out", "only true says something")
	}
}

var (
	hex64 = regexp.MustCompile(`^[0-9a-f]{64}$`)
	hex16 = regexp.MustCompile(`^[0-9a-f]{16}$`)
)

func (e *entryReader) pin(at string, node *yaml.Node) {
	p := &Pin{}
	before := len(e.errs)
	ok := e.mapping(at, node, []field{
		{"count", func(at string, node *yaml.Node) { p.Count = e.number(at, node) }},
		e.into("members", &p.Members),
		{"each", func(at string, node *yaml.Node) {
			p.Each = []string{}
			e.list(at, node, func(at string, node *yaml.Node) { p.Each = append(p.Each, e.text(at, node)) })
		}},
		{"ways", func(at string, node *yaml.Node) {
			e.list(at, node, func(at string, node *yaml.Node) { p.Ways = append(p.Ways, e.text(at, node)) })
		}},
	})
	if !ok || len(e.errs) > before {
		return
	}
	if problem := p.problem(); problem != "" {
		e.fail(node, at, "'postern waive --pin' writes it; take the pin out to accept whoever it is about", "%s", problem)
	}
	e.w.Pin = p
}

var pinnedWay = regexp.MustCompile(`^[0-9a-f]{16} .`)

// problem says why a pin cannot be one that was written.
func (p *Pin) problem() string {
	slices.Sort(p.Ways)
	switch {
	case slices.ContainsFunc(p.Ways, func(w string) bool { return !pinnedWay.MatchString(w) }):
		return "a way in ways is not 16 hex digits and a name"
	case len(slices.Compact(slices.Clone(p.Ways))) < len(p.Ways):
		return "a way stands in ways twice"
	case p.Count == 0:
		return "the pin counts nobody"
	case !hex64.MatchString(p.Members):
		return "members is no SHA-256 in hex"
	case p.Each == nil:
		return ""
	case len(p.Each) != p.Count:
		return fmt.Sprintf("the count is %d, each has %d digests", p.Count, len(p.Each))
	case slices.ContainsFunc(p.Each, func(d string) bool { return !hex16.MatchString(d) }):
		return "a digest in each is not 16 hex digits"
	}
	slices.Sort(p.Each)
	if len(slices.Compact(slices.Clone(p.Each))) != p.Count {
		return "a digest stands in each twice"
	}
	digests := make([]uint64, len(p.Each))
	for i, text := range p.Each {
		digests[i], _ = strconv.ParseUint(text, 16, 64) // 16 hex digits, see above
	}
	if digestsHash(digests) != p.Members {
		return "members is not what the digests in each hash to"
	}
	return ""
}
