package engine

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// A list is one of the lists of the input that may have millions of members. Members
// that a control cannot tell apart stand as one for it.
type list struct {
	// entry is the field by which an entry names a member.
	entry string
	// steps lead to it from the input.
	steps []string
	// name is that of the list in evidence, empty for the mailboxes.
	name string
}

// mailboxList are the mailboxes.
func mailboxList() *list { return &list{entry: "mailbox", steps: []string{"mailboxes"}} }

// logs are the lists that lie in the evidence.
func logs() []*list {
	return []*list{
		{entry: "sign_in", steps: []string{"evidence", "sign_ins"}, name: "sign_ins"},
		{entry: "okta_request", steps: []string{"evidence", "okta_requests"}, name: "okta_requests"},
	}
}

func lists() []*list { return append([]*list{mailboxList()}, logs()...) }

// place is where the list stands, member where each of its members does.
func (l *list) place() path  { return path(strings.Join(l.steps, "/")) }
func (l *list) member() path { return l.place().element() }

// pointer is the place as a JSON pointer.
func (l *list) pointer() string { return pointer(l.steps) }

// what is a member in errors.
func (l *list) what() string { return strings.ReplaceAll(l.entry, "_", " ") }

// named reports whether a control names the list, which it must to read it: checked
// controls do not read the input or evidence as a whole, or by computed names.
func (l *list) named(src *source) bool {
	return strings.Contains(src.text[len(packageHead(src.text)):], l.steps[len(l.steps)-1])
}

// anyNamed reports whether a control names one of the lists.
func anyNamed(src *source) bool {
	return slices.ContainsFunc(lists(), func(l *list) bool { return l.named(src) })
}

// after gives what follows the list in a reference that starts with it.
func (l *list) after(ref ast.Ref) (rest ast.Ref, ok bool) {
	if !ref[0].Equal(ast.InputRootDocument) || len(ref) <= len(l.steps) {
		return nil, false
	}
	for i, step := range l.steps {
		if ref[i+1].Value.Compare(ast.String(step)) != 0 {
			return nil, false
		}
	}
	return ref[1+len(l.steps):], true
}

// hides reports whether a reference may lead to the list without naming it: to
// something that holds it, or by a computed name.
func (l *list) hides(ref ast.Ref) bool {
	if !ref[0].Equal(ast.InputRootDocument) {
		return false
	}
	for i, step := range l.steps {
		if len(ref) <= i+1 || !isText(ref[i+1]) {
			return true
		}
		if ref[i+1].Value.Compare(ast.String(step)) != 0 {
			return false
		}
	}
	return false
}

// A regard is how a control looks at one list.
type regard struct {
	// reads: it looks at the list at all.
	reads bool
	// sees is what it sees of a member, scale how many it has to see at once.
	sees  *view
	scale scale
	// unordered is a place where it uses an instant for more than its order, or a
	// count for more than whether there is any.
	unordered *ast.Location
}

// blind is the regard of a control that does not look at the list.
func blind() regard { return regard{sees: &view{}, scale: scale{distinct: true, alone: true}} }

// joined reports whether one of a control's rules brings members of the list together
// with those of another.
func (l *list) joined(pkg ast.Ref, rules []*ast.Rule) bool {
	reach := map[string]map[string]bool{} // lists by rule
	k := &byMember{pkg: pkg}
	for grown := true; grown; {
		grown = false
		for _, rule := range rules {
			name := ruleName(rule)
			if reach[name] == nil {
				reach[name] = map[string]bool{}
			}
			before := len(reach[name])
			for ; rule != nil; rule = rule.Else {
				k.reached(rule, reach, reach[name])
			}
			grown = grown || len(reach[name]) > before
		}
	}
	for _, rule := range rules {
		for ; rule != nil; rule = rule.Else {
			met := map[string]bool{}
			if k.reached(rule, reach, met); met[l.entry] && len(met) > 1 {
				return true
			}
		}
	}
	return false
}

// reached adds the lists that a clause looks at, itself or by other rules, without
// what is in a later else.
func (k *byMember) reached(rule *ast.Rule, reach map[string]map[string]bool, into map[string]bool) {
	visit := func(ref ast.Ref) bool {
		for _, l := range lists() {
			if _, ok := l.after(ref); ok || l.hides(ref) {
				into[l.entry] = true
			}
		}
		if name, _, ok := k.ownRule(ref); ok {
			for entry := range reach[name] {
				into[entry] = true
			}
		}
		return false
	}
	ast.WalkRefs(rule.Head, visit)
	ast.WalkRefs(rule.Body, visit)
}
