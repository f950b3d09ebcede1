package engine

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// publicRules are what a control may say. All are partial sets.
func publicRules() []string {
	return []string{"violations", "unknown", "not_applicable", "notes"}
}

// packageOf splits the package's path behind data.
func packageOf(module *ast.Module) []string {
	var parts []string
	for _, term := range module.Package.Path[1:] {
		if name, ok := term.Value.(ast.String); ok {
			parts = append(parts, string(name))
		}
	}
	return parts
}

// A shape checks what a module is made of: its name, its rules, and what it
// refers to beside input.
type shape struct {
	src   *source
	found *problems
	// library are the rules of the library, by "topic.rule".
	library map[string]bool
}

// control checks the module of a control.
func (s *shape) control(evidenceOnly bool) {
	public := map[string]bool{}
	for _, rule := range s.src.module.Rules {
		name := ruleName(rule)
		switch {
		case strings.HasPrefix(name, "_"):
		case !slices.Contains(publicRules(), name):
			s.found.at(rule.Loc(), "let the name of a helper start with _", "%q is no public rule: these are %s", name, strings.Join(publicRules(), ", "))
		case rule.Head.RuleKind() != ast.MultiValue || len(rule.Head.Ref()) != 1 || rule.Default || rule.Else != nil:
			s.found.at(rule.Loc(), "write "+name+" contains {…} if {…}", "%s must be a partial set", name)
		default:
			public[name] = true
		}
	}
	switch {
	case !evidenceOnly && !public["violations"]:
		s.found.at(s.src.module.Package.Location, "", "the control has no rule violations, so it can never fail")
	case evidenceOnly && public["violations"]:
		s.found.at(s.src.module.Package.Location, "", "the control is evidence_only, so it must not have violations")
	}
	s.references("data." + strings.Join(packageOf(s.src.module), "."))
}

// topic checks a module of the library.
func (s *shape) topic() {
	s.references("")
	var seen *ast.Location
	visit := ast.NewGenericVisitor(func(x any) bool {
		term, ok := x.(*ast.Term)
		if ok && readsInput(term) && seen == nil {
			seen = term.Location
		}
		return false
	})
	for _, rule := range s.src.module.Rules {
		visit.Walk(rule)
	}
	if seen != nil {
		s.found.at(seen, "give the helper what it needs as an argument", "the library must not read input")
	}
}

func readsInput(term *ast.Term) bool {
	switch v := term.Value.(type) {
	case ast.Var:
		return v == "input"
	case ast.Ref:
		return len(v) > 0 && v[0].Equal(ast.InputRootDocument)
	}
	return false
}

// ruleName is the first part of a rule's name.
func ruleName(rule *ast.Rule) string {
	name, _ := rule.Head.Ref()[0].Value.(ast.Var)
	return string(name)
}

// references checks imports, what is read below data, and that nothing replaces
// the input. own is the package that may be read beside the library.
func (s *shape) references(own string) {
	for _, imported := range s.src.module.Imports {
		s.imported(imported)
	}
	visit := ast.NewGenericVisitor(func(x any) bool {
		switch node := x.(type) {
		case *ast.With:
			s.found.at(node.Location, "", "a control judges what it is given: with is for tests")
		case ast.Ref:
			if node.Equal(ast.Print.Ref()) {
				// OPA would take it out without a word.
				s.found.at(node[0].Location, "", "undefined function print")
			}
			s.reference(node, own)
		}
		return false
	})
	for _, rule := range s.src.module.Rules {
		visit.Walk(rule)
	}
}

func (s *shape) imported(imported *ast.Import) {
	ref, ok := imported.Path.Value.(ast.Ref)
	switch {
	case !ok || len(ref) == 0:
		return
	case ref[0].Equal(ast.InputRootDocument):
		s.found.at(imported.Location, "write input.… where it is read", "input cannot be imported")
	case ref[0].Equal(ast.DefaultRootDocument):
		text := ref.String()
		parts := strings.Split(strings.TrimPrefix(text, "data.lib."), ".")
		if !strings.HasPrefix(text, "data.lib.") || len(parts) > 2 || !s.inLibrary(parts) {
			s.found.at(imported.Location, "import data.lib.<topic>", "%s is not in the library", text)
		}
	}
}

// inLibrary reports whether there is such a topic, or such a rule in it.
func (s *shape) inLibrary(parts []string) bool { return s.library[strings.Join(parts, ".")] }

// reference checks a reference that is written out from data.
func (s *shape) reference(ref ast.Ref, own string) {
	if len(ref) == 0 || !ref[0].Equal(ast.DefaultRootDocument) {
		return
	}
	names := []string{"data"}
	for _, term := range ref[1:] {
		name, ok := term.Value.(ast.String)
		if !ok {
			break
		}
		names = append(names, string(name))
	}
	text := strings.Join(names, ".")
	switch {
	case own != "" && (text == own || strings.HasPrefix(text, own+".")):
	case len(names) >= 4 && names[1] == "lib":
		if !s.inLibrary(names[2:4]) {
			s.found.at(ref[0].Location, "", "%s is not in the library", text)
		}
	default:
		s.found.at(ref[0].Location, "a control reads input and the library, nothing else", "%s is not for a control", ref)
	}
}
