package drift

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/population"
)

// A boxChange is one way in which mailboxes changed: a field and its values.
type boxChange struct{ field, was, is string }

// A boxCount is how many did, and the first of them.
type boxCount struct {
	n             int
	before, after int
}

// A census compares the mailboxes of two snapshots.
type census struct {
	changes    map[boxChange]*boxCount
	came, gone boxCount
	filter     *population.Filter
	keys       [2][]byte
}

// ignored is what says nothing about a mailbox's protection: who it is, and when
// somebody was last seen.
func ignored() *population.Marks {
	drop := &population.Marks{Drop: true}
	return &population.Marks{Fields: map[string]*population.Marks{
		"user_principal_name": drop, "display_name": drop, "addresses": drop,
		"entra": {Fields: map[string]*population.Marks{"signInActivity": drop}},
	}}
}

func (b *boxCount) count(before, after int) {
	if b.n == 0 {
		b.before, b.after = before, after
	}
	b.n++
}

// compare looks into two records only where what counts of them differs.
func (c *census) compare(was, is *box) error {
	if bytes.Equal(was.text, is.text) {
		return nil
	}
	for i, one := range []*box{was, is} {
		key, ok := c.filter.AppendText(c.keys[i][:0], one.text)
		if !ok {
			return fmt.Errorf("mailbox %d is no record", one.index)
		}
		c.keys[i] = key
	}
	if bytes.Equal(c.keys[0], c.keys[1]) {
		return nil
	}
	var old, fresh object
	for i, into := range []*object{&old, &fresh} {
		if err := json.Unmarshal(c.keys[i], into); err != nil {
			return fmt.Errorf("read a mailbox: %w", err)
		}
	}
	w := &walker{}
	w.objects(old, fresh, leaf{})
	for i := range w.leaves {
		c.leaf(&w.leaves[i], was.index, is.index)
	}
	return nil
}

func (c *census) leaf(l *leaf, before, after int) {
	field := strings.Join(l.path, ".")
	if len(l.added)+len(l.removed) > 0 {
		for _, v := range l.added {
			c.one(boxChange{field, "", plainText(v)}, before, after)
		}
		for _, v := range l.removed {
			c.one(boxChange{field, plainText(v), ""}, before, after)
		}
		return
	}
	if isInstant(field) {
		c.one(boxChange{field: field}, before, after)
		return
	}
	c.one(boxChange{field, valueOr(l.was, l.came), valueOr(l.is, l.went)}, before, after)
}

func plainText(v any) string {
	if text, ok := v.(string); ok {
		return text
	}
	return shownValue(v)
}

// isInstant reports a field whose values differ from mailbox to mailbox.
func isInstant(field string) bool {
	return strings.HasSuffix(field, "DateTime")
}

func (c *census) one(change boxChange, before, after int) {
	n := c.changes[change]
	if n == nil {
		n = &boxCount{}
		c.changes[change] = n
	}
	n.count(before, after)
}

// told says what became of the mailboxes. names are those of groups.
func (c *census) told(before, after *snapshot.Document, names map[string]string) []Change {
	var changes []Change
	add := func(class Class, n *boxCount, text string) {
		one := Change{Class: class, Area: "mailboxes", Text: text}
		if n.before >= 0 {
			one.Before = placeAt(before, fmt.Sprint("/mailboxes/", n.before))
		}
		if n.after >= 0 {
			one.After = placeAt(after, fmt.Sprint("/mailboxes/", n.after))
		}
		changes = append(changes, one)
	}
	if c.came.n > 0 {
		add(Changed, &c.came, mailboxes(c.came.n)+" came")
	}
	if c.gone.n > 0 {
		add(Changed, &c.gone, mailboxes(c.gone.n)+" went")
	}
	order := slices.SortedFunc(maps.Keys(c.changes), func(a, b boxChange) int {
		return cmp.Or(cmp.Compare(a.field, b.field), cmp.Compare(a.was, b.was), cmp.Compare(a.is, b.is))
	})
	for _, change := range order {
		class, text := change.sentence(c.changes[change].n, names)
		add(class, c.changes[change], text)
	}
	return changes
}

// protocolSwitches are the switches of a mailbox, by what they let in.
func protocolSwitches() map[string]string {
	return map[string]string{
		"exchange.PopEnabled": "POP", "exchange.ImapEnabled": "IMAP", "exchange.ActiveSyncEnabled": "ActiveSync", "exchange.EwsEnabled": "EWS",
		"exchange.MAPIEnabled": "MAPI", "exchange.OWAEnabled": "Outlook on the web", "exchange.RemotePowerShellEnabled": "remote PowerShell",
		"exchange.EXOModuleEnabled": "Exchange Online PowerShell",
	}
}

func (b boxChange) sentence(n int, names map[string]string) (Class, string) {
	who := mailboxes(n)
	if protocol := protocolSwitches()[b.field]; protocol != "" {
		switch b.is {
		case "on":
			return Weakened, who + " gained " + protocol
		case "off":
			return Strengthened, who + " lost " + protocol
		}
		return Changed, fmt.Sprintf("%s: %s was %s, is %s", who, protocol, b.was, b.is)
	}
	switch b.field {
	case "exchange.SmtpClientAuthenticationDisabled":
		switch b.is {
		case "off":
			return Weakened, who + " gained SMTP AUTH"
		case "on":
			return Strengthened, who + " lost SMTP AUTH"
		}
		return Changed, fmt.Sprintf("%s follow the organisation in SMTP AUTH again (it was %s for them)", who, map[string]string{"on": "locked", "off": "open"}[b.was])
	case "exchange.AuthenticationPolicy":
		return policyChange(who, b)
	case "entra.accountEnabled":
		switch b.is {
		case "on":
			return Changed, "the accounts of " + who + " were enabled"
		case "off":
			return Strengthened, "the accounts of " + who + " were disabled"
		}
	case "entra.signInSessionsValidFromDateTime":
		return Strengthened, "the sessions of " + who + " were revoked"
	case "entra.groups", "okta.groups", "entra.roles", "exchange.role_groups":
		return b.membership(who, names)
	}
	if b.was == "" && b.is == "" {
		return Changed, fmt.Sprintf("%s: another %s", who, b.field)
	}
	return Changed, fmt.Sprintf("%s: %s was %s, is %s", who, b.field, cmp.Or(b.was, "absent"), cmp.Or(b.is, "absent"))
}

// policyChange speaks of the mailbox's own policy. Which of two blocks more, the doors
// and the findings tell.
func policyChange(who string, b boxChange) (Class, string) {
	none := func(v string) bool { return v == "not set" || v == "absent" || v == "empty" }
	switch {
	case none(b.is):
		return Changed, fmt.Sprintf("%s left the authentication policy %s for the organisation's default", who, b.was)
	case none(b.was):
		return Changed, fmt.Sprintf("%s were put on the authentication policy %s", who, b.is)
	}
	return Changed, fmt.Sprintf("%s moved from the authentication policy %s to %s", who, b.was, b.is)
}

func (b boxChange) membership(who string, names map[string]string) (Class, string) {
	what := "group"
	if strings.Contains(b.field, "role") {
		what = "role"
	}
	if b.is != "" {
		return Changed, fmt.Sprintf("%s joined the %s '%s'", who, what, cut(cmp.Or(names[b.is], b.is)))
	}
	return Changed, fmt.Sprintf("%s left the %s '%s'", who, what, cut(cmp.Or(names[b.was], b.was)))
}
