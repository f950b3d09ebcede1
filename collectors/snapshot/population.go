package snapshot

import "strings"

// Population is a list with an element for each user or mailbox, and so without
// a bound. Its elements are written one a line.
type Population struct {
	// Path is where the list stands, dotted from the root.
	Path string
	// Identity are the fields that name a person and are never judged, dotted
	// from the element; [] stands for each element of a list.
	Identity []string
	// Instants are the fields that hold a moment, dotted from the element.
	Instants []string
}

// Populations gives the populations of the document, with what the schema marks
// as x-identity and x-instant in them.
func Populations() []Population {
	root := parsedSchema()
	list := make([]Population, len(populationPaths))
	for i, path := range populationPaths {
		list[i].Path = path
		element := root.at(path).resolve(root).Items
		element.marked("", root, &list[i])
	}
	return list
}

// populationPaths are in the order of the document.
var populationPaths = [...]string{"evidence.sign_ins", "evidence.okta_requests", "mailboxes"}

// at gives the schema of a dotted path below n, which is the root.
func (n *schemaNode) at(path string) *schemaNode {
	root := n
	for name := range strings.SplitSeq(path, ".") {
		n = n.resolve(root).Properties.named(name)
	}
	return n
}

// marked collects the marked fields at and below n into p.
func (n *schemaNode) marked(path string, root *schemaNode, p *Population) {
	if n.Identity {
		p.Identity = append(p.Identity, path)
		return
	}
	n = n.resolve(root)
	if n.Instant {
		p.Instants = append(p.Instants, path)
		return
	}
	for _, alternative := range n.AnyOf {
		alternative.marked(path, root, p)
	}
	if n.Items != nil {
		n.Items.marked(path+"[]", root, p)
	}
	for _, member := range n.Properties {
		member.schema.marked(strings.TrimPrefix(path+"."+member.name, "."), root, p)
	}
}
