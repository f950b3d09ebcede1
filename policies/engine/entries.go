package engine

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/seed-07732396/postern/policies/finding"
)

// An entry is one thing that a control says: of one resource, of a member of a
// population, or of neither.
type entry struct {
	key      string
	args     finding.Args
	resource finding.Resource
	// at is the path of the resource's place; nil when the entry has none.
	at []string
	// population is the kind of member that the entry is about, index its place;
	// the population is empty when the entry is about no member.
	population string
	index      int
	// behind are entries of the access facts: what is said is said of the mailboxes
	// behind one or more of them.
	behind []int
	// ways are the ways in which the resource departs from the good state, sorted.
	ways []string
	// steps tell how it came about, without their regions.
	steps []finding.TraceStep
	// evidence is the path whose absence leaves the question open.
	evidence string
	// whole are the paths that must have been read in whole for a violation to
	// stand: it rests on something not being there.
	whole []string
}

// A decoder reads the entries of one control, and trusts none.
type decoder struct {
	control *finding.Control
	// sizes are how many members each population has.
	sizes map[string]int
	// placeholders are the arguments that each message names.
	placeholders map[string][]string
	// unsaid are words of the library that the control does not declare.
	unsaid []string
	// behind gives who is behind entries of the access facts, nil where nobody does.
	behind func(entries []int) (iter.Seq[int], error)
	// accessMessages are the sentences that steps and reasons may have besides.
	accessMessages map[string]string
}

// populations are the kinds of member, by the name that entries use.
func populations() []string { return []string{"mailbox", "sign_in", "okta_request"} }

// rules reads what a control has answered: a set of entries for each public rule.
func (d *decoder) rules(answer map[string]*ast.Term) (map[string][]entry, error) {
	all := map[string][]entry{}
	for _, rule := range publicRules() {
		value, asked := answer[rule]
		if !asked {
			continue
		}
		set, ok := value.Value.(ast.Set)
		if !ok {
			return nil, fmt.Errorf("%s is %s, not a set", rule, ast.ValueName(value.Value))
		}
		list := make([]entry, 0, set.Len())
		for _, term := range set.Slice() {
			e, err := d.entry(rule, term)
			if err != nil {
				return nil, fmt.Errorf("an entry of %s is wrong: %w", rule, err)
			}
			list = append(list, e)
		}
		all[rule] = list
	}
	return all, nil
}

func (d *decoder) entry(rule string, term *ast.Term) (entry, error) {
	var e entry
	object, ok := term.Value.(ast.Object)
	if !ok {
		return e, fmt.Errorf("it is %s, not an object", ast.ValueName(term.Value))
	}
	var failed error
	object.Foreach(func(name, value *ast.Term) {
		if failed == nil {
			failed = d.field(&e, rule, name, value)
		}
	})
	if failed != nil {
		return e, failed
	}
	return e, d.whole(&e, rule)
}

// field reads one field of an entry.
func (d *decoder) field(e *entry, rule string, name, value *ast.Term) error {
	text, _ := name.Value.(ast.String)
	field := string(text)
	var err error
	switch {
	case field == "key":
		e.key, err = asText(value)
	case field == "args":
		e.args, err = asArgs(value)
	case field == "resource":
		e.resource, err = asResource(value)
	case field == "at":
		e.at, err = d.asPath(value)
	case field == "steps" && rule == "violations":
		e.steps, err = d.asSteps(value)
	case field == "ways" && rule == "violations":
		e.ways, err = asWays(value)
	case field == "whole" && rule == "violations":
		e.whole, err = d.asWhole(value)
	case field == "behind":
		e.behind, err = d.asBehind(value)
	case field == "evidence" && rule == "unknown":
		e.evidence, err = asText(value)
	case slices.Contains(populations(), field):
		if e.population != "" {
			return errors.New("it is about members of two populations")
		}
		e.population = field
		e.index, err = d.asIndex(field, value)
	default:
		return fmt.Errorf("unknown field %s", name)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", field, err)
	}
	return nil
}

// whole checks that the fields of an entry go together.
func (d *decoder) whole(e *entry, rule string) error {
	switch {
	case e.key == "":
		return errors.New("key is missing")
	case e.args == nil:
		return fmt.Errorf("%q has no args", e.key)
	case e.population != "" && (e.resource.Kind != "" || e.at != nil):
		return fmt.Errorf("%q is about a resource and about a member", e.key)
	case e.population != "" && e.behind != nil:
		return fmt.Errorf("%q is about a member and about those behind something", e.key)
	case e.ways != nil && e.resource.ID == "":
		return fmt.Errorf("%q has ways, and no resource with an id whose ways they are", e.key)
	case rule == "violations" && e.population == "" && (e.resource.Kind == "" || e.at == nil):
		return fmt.Errorf("%q says neither which resource it is about, with at, nor which member", e.key)
	}
	return d.sentence(e, rule)
}

// sentence checks that the control has a sentence for the key, and the entry
// every argument of it.
func (d *decoder) sentence(e *entry, rule string) error {
	names, ok := d.placeholders[e.key]
	if !ok && rule != "violations" {
		standard, known := finding.StandardMessages()[e.key]
		if !known {
			standard, known = d.accessMessages[e.key]
		}
		names, _ = placeholders(standard)
		ok = known
	}
	if !ok {
		return fmt.Errorf("there is no message %q", e.key)
	}
	for _, name := range names {
		_, given := e.args[name]
		counted := (e.population != "" || e.behind != nil) && (name == "members" || name == "count")
		explained := e.evidence != "" && slices.Contains([]string{"evidence", "permission", "message"}, name)
		if !given && !counted && !explained {
			return fmt.Errorf("the message %q names {%s}, which the entry does not give", e.key, name)
		}
		if err := d.spoken(e.args[name]); err != nil {
			return err
		}
	}
	return nil
}

// spoken refuses a word that is the library's and not among the control's.
func (d *decoder) spoken(value any) error {
	switch v := value.(type) {
	case string:
		if key, marked := strings.CutPrefix(v, finding.WordPrefix); marked && slices.Contains(d.unsaid, key) {
			return fmt.Errorf("there is no word %q", key)
		}
	case []any:
		for _, item := range v {
			if err := d.spoken(item); err != nil {
				return err
			}
		}
	}
	return nil
}

// asWays reads a list of names, or a set. It gives them sorted, each once.
func asWays(term *ast.Term) ([]string, error) {
	var names []*ast.Term
	switch v := term.Value.(type) {
	case *ast.Array:
		v.Foreach(func(item *ast.Term) { names = append(names, item) })
	case ast.Set:
		names = v.Slice()
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("it is %s, not a list of names", term)
	}
	list := make([]string, len(names))
	for i, item := range names {
		var err error
		if list[i], err = asText(item); err != nil {
			return nil, err
		}
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}

// asBehind reads which entries of the access facts somebody is behind: a list of
// their numbers, or a set. It gives them in ascending order, each once.
func (d *decoder) asBehind(term *ast.Term) ([]int, error) {
	var numbers []*ast.Term
	switch v := term.Value.(type) {
	case *ast.Array:
		v.Foreach(func(item *ast.Term) { numbers = append(numbers, item) })
	case ast.Set:
		numbers = v.Slice()
	}
	if len(numbers) == 0 {
		return nil, fmt.Errorf("it is %s, not a list of entries of the access facts", term)
	}
	if d.behind == nil {
		return nil, errors.New("the control does not declare the access facts")
	}
	list := make([]int, len(numbers))
	for i, item := range numbers {
		number, _ := item.Value.(ast.Number)
		n, ok := number.Int()
		if !ok {
			return nil, fmt.Errorf("%s is no number of an entry", item)
		}
		list[i] = n
	}
	slices.Sort(list)
	list = slices.Compact(list)
	_, err := d.behind(list)
	return list, err
}

func asText(term *ast.Term) (string, error) {
	text, ok := term.Value.(ast.String)
	if !ok || text == "" {
		return "", fmt.Errorf("it is %s, not a text", ast.ValueName(term.Value))
	}
	return string(text), nil
}

func asArgs(term *ast.Term) (finding.Args, error) {
	object, ok := term.Value.(ast.Object)
	if !ok {
		return nil, fmt.Errorf("it is %s, not an object", ast.ValueName(term.Value))
	}
	args := make(finding.Args, object.Len())
	err := object.Iter(func(name, value *ast.Term) error {
		text, ok := name.Value.(ast.String)
		if !ok {
			return errors.New("the name of an argument is no text")
		}
		plain, err := plain(value)
		if err != nil {
			return fmt.Errorf("%s: %w", string(text), err)
		}
		args[string(text)] = plain
		return nil
	})
	return args, err
}

// asResource reads {kind, id, name}. A vendor's null for the id or the name is no
// id and no name.
func asResource(term *ast.Term) (finding.Resource, error) {
	var r finding.Resource
	object, ok := term.Value.(ast.Object)
	if !ok {
		return r, fmt.Errorf("it is %s, not an object", ast.ValueName(term.Value))
	}
	err := object.Iter(func(name, value *ast.Term) error {
		field, _ := name.Value.(ast.String)
		into, ok := map[string]*string{"kind": &r.Kind, "id": &r.ID, "name": &r.Name}[string(field)]
		if !ok {
			return fmt.Errorf("unknown field %s", name)
		}
		switch v := value.Value.(type) {
		case ast.String:
			*into = string(v)
		case ast.Null:
		default:
			return fmt.Errorf("%s is %s, not a text", string(field), ast.ValueName(v))
		}
		return nil
	})
	if err == nil && r.Kind == "" {
		err = errors.New("kind is missing")
	}
	return r, err
}

// asPath reads the path of a place: names and indexes. A control that is about
// waivers may name one of those.
func (d *decoder) asPath(term *ast.Term) ([]string, error) {
	list, ok := term.Value.(*ast.Array)
	if !ok || list.Len() == 0 {
		return nil, fmt.Errorf("it is %s, not a list of names and indexes", ast.ValueName(term.Value))
	}
	segments := make([]string, list.Len())
	for i := range segments {
		switch v := list.Elem(i).Value.(type) {
		case ast.String:
			segments[i] = string(v)
		case ast.Number:
			n, ok := v.Int()
			if !ok || n < 0 {
				return nil, fmt.Errorf("%s is no index", v)
			}
			segments[i] = strconv.Itoa(n)
		default:
			return nil, fmt.Errorf("%s is neither a name nor an index", ast.ValueName(v))
		}
	}
	own := segments[0] == waiversPart && readsWaivers(d.control)
	if !own && !slices.Contains(evidenceParts(), segments[0]) || segments[0] == "mailboxes" {
		return nil, fmt.Errorf("%q is no part of the snapshot that has a place of its own", segments[0])
	}
	return segments, nil
}

// asWhole reads the paths that a violation rests on in whole.
func (d *decoder) asWhole(term *ast.Term) ([]string, error) {
	list, ok := term.Value.(*ast.Array)
	if !ok {
		return nil, fmt.Errorf("it is %s, not a list of paths", ast.ValueName(term.Value))
	}
	paths := make([]string, list.Len())
	for i := range paths {
		var err error
		if paths[i], err = asText(list.Elem(i)); err != nil {
			return nil, err
		}
		if !declares(d.control, paths[i]) {
			return nil, fmt.Errorf("%q is not among the evidence that the control declares", paths[i])
		}
	}
	return paths, nil
}

// declares reports whether a path is among a control's evidence, or in it.
func declares(c *finding.Control, path string) bool {
	return slices.ContainsFunc(slices.Concat(c.Needs, c.Optional), func(declared string) bool {
		return declared != accessPart && (path == declared || isBelow(path, declared))
	})
}

func (d *decoder) asIndex(population string, term *ast.Term) (int, error) {
	number, _ := term.Value.(ast.Number)
	index, ok := number.Int()
	if !ok || index < 0 || index >= d.sizes[population] {
		return 0, fmt.Errorf("%s is no index of one of %d", term, d.sizes[population])
	}
	return index, nil
}
