package engine

import (
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// What follows finds out how much of a list a control has to see at once. It looks
// at the compiled rules, where every walk over the mailboxes is a reference with a
// variable as its index: input.mailboxes[i], or a rule of the control that is keyed
// by such an index; and so with the lists in evidence. It goes by names and positions
// alone, so it errs to the safe side: what it does not understand counts as a control
// that needs all members. What is said of mailboxes holds for those of other lists.

// A scale says how much of a list a control has to see for its entries to be right.
type scale struct {
	// distinct: mailboxes that look alike may stand as one. No mailbox is counted,
	// and an index serves only to look up and to name its mailbox.
	distinct bool
	// alone: what the control says depends on no two mailboxes together, so that
	// they may be judged in parts. It implies distinct.
	alone bool
	// everywhere are public rules that say what is so of the whole list only if it is so
	// of every part: that there is none of a kind. Where the list is seen in parts, what
	// is not said of all of them is not so.
	everywhere map[string]bool
	// joined: what it says may depend on a member together with one of another list.
	joined bool
	// because is a place that stands against distinct.
	because *ast.Location
}

// scaleOf looks at the compiled rules of the control whose package is pkg.
func scaleOf(l *list, pkg ast.Ref, rules []*ast.Rule) scale {
	k := &byMember{list: l, pkg: pkg, tables: map[string]tableKind{}, indexArgs: map[string]map[int]bool{}, naming: map[string]bool{}}
	var clauses []*ast.Rule
	for _, rule := range rules {
		for ; rule != nil; rule = rule.Else {
			clauses = append(clauses, rule)
		}
	}
	// Which rules work by index follows from which others do. The last round, which
	// has found nothing new, has seen all.
	var seen []*clause
	for grown := true; grown; {
		grown, seen = false, seen[:0]
		for _, rule := range clauses {
			c := newClause(k, rule)
			grown = k.learn(c) || grown
			seen = append(seen, c)
		}
	}
	s := scale{distinct: true, alone: true, everywhere: everywhere(l, seen)}
	for _, c := range seen {
		s.judge(c)
	}
	s.alone = s.alone && s.distinct
	return s
}

// A tableKind says what a rule holds of the mailboxes.
type tableKind int

const (
	// keyedByIndex holds something for each mailbox, by its index.
	keyedByIndex tableKind = iota + 1
	// ofIndexes is a set of indexes.
	ofIndexes
)

// byMember is what has been found out about a control's rules.
type byMember struct {
	list   *list
	pkg    ast.Ref
	tables map[string]tableKind
	// indexArgs are the functions that take an index, with its positions.
	indexArgs map[string]map[int]bool
	// naming are the rules and functions whose value names a mailbox.
	naming map[string]bool
}

// ownRule gives the name of the control's rule that a reference starts with, and
// what follows the name.
func (k *byMember) ownRule(ref ast.Ref) (name string, rest ast.Ref, ok bool) {
	if !ref.HasPrefix(k.pkg) || len(ref) == len(k.pkg) {
		return "", nil, false
	}
	text, ok := ref[len(k.pkg)].Value.(ast.String)
	return string(text), ref[len(k.pkg)+1:], ok
}

// learn takes in what one clause shows, and reports whether that is new.
func (k *byMember) learn(c *clause) bool {
	grown := false
	table := func(kind tableKind) {
		if k.tables[c.name] == 0 {
			k.tables[c.name], grown = kind, true
		}
	}
	for v := range c.indexes {
		for _, u := range c.uses[v] {
			switch {
			case u.kind == asKey:
				table(keyedByIndex)
			case u.kind == asElement:
				table(ofIndexes)
			case u.kind == asParameter && !k.indexArgs[c.name][u.position]:
				if k.indexArgs[c.name] == nil {
					k.indexArgs[c.name] = map[int]bool{}
				}
				k.indexArgs[c.name][u.position], grown = true, true
			}
		}
	}
	if c.names && !k.naming[c.name] {
		k.naming[c.name], grown = true, true
	}
	return grown
}

// judge takes in what one clause needs.
func (s *scale) judge(c *clause) {
	if c.against != nil {
		s.refuse(c.against)
	}
	kind := c.known.tables[c.name]
	if c.names && c.entry != "" && c.has(c.entry, otherwise) ||
		kind == keyedByIndex && !c.keyed(asKey) || kind == ofIndexes && !c.keyed(asElement) {
		s.refuse(c.rule.Loc())
	}
	byIndex := c.keyed(asKey, asElement, asParameter) || slices.Contains(publicRules(), c.name)
	if c.gathers || c.none && !s.everywhere[c.name] || len(c.indexes) > 1 || len(c.indexes) == 1 && !byIndex {
		s.alone = false
	}
	for v := range c.uses {
		if c.has(v, asName) && !c.indexes[v] {
			s.refuse(c.rule.Loc()) // a number that is no index names somebody
		}
	}
	for v := range c.indexes {
		home := c.home(v)
		// The length of a list tells how many there are.
		if home.list || c.has(v, otherwise) || c.has(v, asResult) {
			s.refuse(c.rule.Loc())
		}
		s.alone = s.alone && home == c.root
	}
}

func (s *scale) refuse(at *ast.Location) {
	s.distinct = false
	if s.because == nil {
		s.because = at
	}
}

// everywhere gives the public rules of which each clause asks whether there is none of
// a kind of mailbox, or has nothing to do with mailboxes.
func everywhere(l *list, clauses []*clause) map[string]bool {
	found := map[string]bool{}
	if l.name != "" {
		return found // parts of a log are judged beside one mailbox
	}
	for _, c := range clauses {
		if c.none && slices.Contains(publicRules(), c.name) {
			found[c.name] = true
		}
	}
	for _, c := range clauses {
		if len(c.indexes) > 0 || c.names || c.gathers {
			delete(found, c.name)
		}
	}
	return found
}
