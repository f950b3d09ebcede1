package waiver

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/population"
)

// classFacts are what waivers look at in each class of mailboxes.
type classFacts struct{ of []mailboxFacts }

type mailboxFacts struct {
	Domain   string `json:"domain"`
	Exchange struct {
		RecipientTypeDetails string `json:"RecipientTypeDetails"`
	} `json:"exchange"`
	Entra struct {
		Groups []string `json:"groups"`
	} `json:"entra"`
	Okta struct {
		Groups []string `json:"groups"`
	} `json:"okta"`
}

// facts reads the classes of the mailboxes, once.
func (g *Gathering) facts() (*classFacts, error) {
	if g.classes != nil {
		return g.classes, nil
	}
	facts := &classFacts{}
	if g.mailboxes.Classes == nil {
		return facts, nil
	}
	facts.of = make([]mailboxFacts, g.mailboxes.Classes.Len())
	err := g.mailboxes.Classes.Texts(g.mailboxes.Source, func(class int, text []byte) error {
		return json.Unmarshal(text, &facts.of[class])
	})
	if err != nil {
		return nil, fmt.Errorf("read the mailboxes for waivers: %w", err)
	}
	g.classes = facts
	return facts, nil
}

// classesChooser chooses the mailboxes of the classes for which is holds, and the
// records that are about them.
func (g *Gathering) classesChooser(is func(*mailboxFacts) bool) (chooser, string, error) {
	facts, err := g.facts()
	if err != nil {
		return chooser{}, "", err
	}
	classes := g.mailboxes.Classes
	chosen := make([]bool, len(facts.of))
	for i := range facts.of {
		chosen[i] = is(&facts.of[i])
	}
	index := func(i int) bool { return chosen[classes.Of(i)] }
	var ids map[string]bool // read when a record asks
	return chooser{
		index: index,
		member: func(m *finding.Member) bool {
			if ids == nil && g.failed == nil {
				ids, g.failed = g.idsWhere(index)
			}
			return ids[strings.ToLower(m.ID)]
		},
	}, "", nil
}

// idsWhere reads the ids of the mailboxes at some indexes.
func (g *Gathering) idsWhere(index func(int) bool) (map[string]bool, error) {
	ids := map[string]bool{}
	classes := g.mailboxes.Classes
	if classes == nil {
		return ids, nil
	}
	wanted := func(yield func(uint32) bool) {
		for i := range classes.Members() {
			if index(i) && !yield(uint32(i)) {
				return
			}
		}
	}
	err := classes.Records(g.mailboxes.Source, wanted, func(_ int, record []byte) error {
		if who, ok := population.Identify(record); ok {
			ids[strings.ToLower(who.ID)] = true
		}
		return nil
	})
	return ids, err
}

func (g *Gathering) classChooser(c *Class) (chooser, string, error) {
	return g.classesChooser(func(m *mailboxFacts) bool {
		return (c.RecipientType == "" || strings.EqualFold(m.Exchange.RecipientTypeDetails, c.RecipientType)) &&
			(c.Domain == "" || strings.EqualFold(m.Domain, c.Domain))
	})
}

func (g *Gathering) groupChooser(group string) (chooser, string, error) {
	entra, okta, problem, err := g.findGroup(group)
	if problem != "" || err != nil {
		return chooser{}, problem, err
	}
	return g.classesChooser(func(m *mailboxFacts) bool {
		return entra != "" && slices.Contains(m.Entra.Groups, entra) || okta != "" && slices.Contains(m.Okta.Groups, okta)
	})
}

// findGroup finds the group that an id or a name means. A snapshot has the groups
// that policies and rules name. A name that two groups have means neither: it must
// not waive more than was meant.
func (g *Gathering) findGroup(group string) (entra, okta, problem string, err error) {
	inEntra, err := g.groups("/entra/groups")
	if err != nil {
		return "", "", "", err
	}
	inOkta, err := g.groups("/okta/groups")
	if err != nil {
		return "", "", "", err
	}
	n := 0
	for _, one := range inEntra {
		if one.ID == group {
			return one.ID, "", "", nil
		}
		if one.DisplayName == group {
			entra = one.ID
			n++
		}
	}
	for _, one := range inOkta {
		if one.ID == group {
			return "", one.ID, "", nil
		}
		if one.Profile.Name == group {
			okta = one.ID
			n++
		}
	}
	switch n {
	case 0:
		return "", "", noGroup, nil
	case 1:
		return entra, okta, "", nil
	}
	return "", "", ambiguousGroup, nil
}

// group is a group of Entra or of Okta.
type group struct {
	ID          string `json:"id"`
	DisplayName string `json:"displayName"`
	Profile     struct {
		Name string `json:"name"`
	} `json:"profile"`
}

// groups reads one of the snapshot's lists, none where it has no such list.
func (g *Gathering) groups(pointer string) ([]group, error) {
	raw, ok := g.doc.Value(pointer)
	if !ok {
		return nil, nil
	}
	var list []group
	if err := json.Unmarshal(raw, &list, jsontext.AllowDuplicateNames(true)); err != nil {
		return nil, fmt.Errorf("read %s of %s for waivers: %w", pointer, g.doc.Name, err)
	}
	return list, nil
}
