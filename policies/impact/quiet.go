package impact

import (
	"reflect"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/policies/population"
)

// quiet remembers what becomes of mailboxes of which no log has anything: what the
// configuration says of them decides alone, and many look alike.
type quiet struct {
	filter, addresses *population.Filter
	key, text         []byte
	// seen are what mailboxes come to, by what decides over them; nil for those that
	// nobody can sign in to.
	seen map[string]*Mailbox
}

// mostSeen bounds the memory. It is above what tells the mailboxes of a real tenant
// apart; beyond it, more are judged anew.
const mostSeen = 1 << 14

func newQuiet() *quiet {
	fields := marksOf(reflect.TypeFor[record]())
	for _, name := range []string{"id", "user_principal_name", "display_name", "addresses"} {
		fields.Fields[name] = &population.Marks{Drop: true}
	}
	return &quiet{
		filter:    population.NewFilter(fields, nil),
		addresses: population.NewFilter(&population.Marks{Fields: map[string]*population.Marks{"addresses": nil}, Others: &population.Marks{Drop: true}}, nil),
		seen:      map[string]*Mailbox{},
	}
}

// marksOf leave of a record what a type decodes.
func marksOf(t reflect.Type) *population.Marks {
	if t.Kind() != reflect.Struct {
		return nil
	}
	marks := &population.Marks{Fields: map[string]*population.Marks{}, Others: &population.Marks{Drop: true}}
	for field := range t.Fields() {
		marks.Fields[field.Tag.Get("json")] = marksOf(field.Type)
	}
	return marks
}

// look reports whether no log has anything of a mailbox, and what decides over it then.
// The key is valid until the next call.
func (q *quiet) look(e *evidence, value jsontext.Value) (key []byte, who population.Identity, ok bool) {
	if who, ok = population.Identify(value); !ok {
		return nil, who, false // reading it says what is wrong
	}
	name := strings.ToLower(strings.TrimSpace(who.UserPrincipalName))
	if e.hasSignIn(strings.ToLower(who.ID), name) || len(e.requests.rows) > 0 && q.hasRequest(e, value, who) {
		return nil, who, false
	}
	// Whoever has no name to look for is another case.
	q.key = append(q.key[:0], 'n')
	if who.UserPrincipalName == "" {
		q.key[0] = 'u'
	}
	q.key, ok = q.filter.AppendKey(q.key, value)
	return q.key, who, ok
}

func (e *evidence) hasSignIn(id, name string) bool {
	return e.signIns.byID.has(id) || e.signIns.byUser.has(name)
}

// hasRequest reports whether Okta's log has something of the mailbox, or it cannot be
// told here.
func (q *quiet) hasRequest(e *evidence, value jsontext.Value, who population.Identity) bool {
	text, ok := q.addresses.AppendText(q.text[:0], value)
	if q.text = text; !ok {
		return true
	}
	m := record{UserPrincipalName: who.UserPrincipalName}
	if json.Unmarshal(text, &m) != nil {
		return true
	}
	for name := range m.names() {
		if e.requests.byUser.has(name) {
			return true
		}
	}
	return false
}

func (q *quiet) remember(key []byte, m *Mailbox) {
	if len(q.seen) >= mostSeen {
		clear(q.seen)
	}
	q.seen[string(key)] = m
}

// of is what somebody else's mailbox comes to that looks alike, nil for none.
func (m *Mailbox) of(who population.Identity) *Mailbox {
	if m == nil {
		return nil
	}
	other := *m
	other.ID, other.UserPrincipalName, other.DisplayName = who.ID, who.UserPrincipalName, who.DisplayName
	return &other
}
