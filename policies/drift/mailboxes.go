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
	"github.com/seed-07732396/postern/policies/phrase"
	"github.com/seed-07732396/postern/policies/population"
)

// A boxChange is one way in which mailboxes changed: a field and its values.
type boxChange struct{ field, was, is string }

// A boxCount is how many did, and the first of them, with its values for people.
type boxCount struct {
	n             int
	before, after int
	was, is       phrase.Phrase
}

// A census compares the mailboxes of two snapshots.
type census struct {
	changes    map[boxChange]*boxCount
	came, gone boxCount
	filter     *population.Filter
	keys       [2][]byte
	voice      phrase.Voice
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
			c.one(field, phrase.Phrase{}, plainText(v), before, after)
		}
		for _, v := range l.removed {
			c.one(field, plainText(v), phrase.Phrase{}, before, after)
		}
		return
	}
	if isInstant(field) {
		c.one(field, phrase.Phrase{}, phrase.Phrase{}, before, after)
		return
	}
	c.one(field, valueOr(l.was, l.came), valueOr(l.is, l.went), before, after)
}

func plainText(v any) phrase.Phrase {
	if text, ok := v.(string); ok {
		return phrase.Seq(text)
	}
	return shownValue(v)
}

// isInstant reports a field whose values differ from mailbox to mailbox.
func isInstant(field string) bool {
	return strings.HasSuffix(field, "DateTime")
}

// one counts a change by what it is in English.
func (c *census) one(field string, was, is phrase.Phrase, before, after int) {
	change := boxChange{field, c.voice.Say(was), c.voice.Say(is)}
	n := c.changes[change]
	if n == nil {
		n = &boxCount{was: was, is: is}
		c.changes[change] = n
	}
	n.count(before, after)
}

// told says what became of the mailboxes. names are those of groups.
func (c *census) told(before, after *snapshot.Document, names map[string]string) []Change {
	var changes []Change
	add := func(class Class, n *boxCount, said phrase.Phrase) {
		one := change(class, "mailboxes", said)
		if n.before >= 0 {
			one.Before = placeAt(before, fmt.Sprint("/mailboxes/", n.before))
		}
		if n.after >= 0 {
			one.After = placeAt(after, fmt.Sprint("/mailboxes/", n.after))
		}
		changes = append(changes, one)
	}
	if c.came.n > 0 {
		add(Changed, &c.came, several(c.came.n).of("mailboxes_came"))
	}
	if c.gone.n > 0 {
		add(Changed, &c.gone, several(c.gone.n).of("mailboxes_went"))
	}
	order := slices.SortedFunc(maps.Keys(c.changes), func(a, b boxChange) int {
		return cmp.Or(cmp.Compare(a.field, b.field), cmp.Compare(a.was, b.was), cmp.Compare(a.is, b.is))
	})
	for _, change := range order {
		class, said := change.sentence(c.changes[change], names)
		add(class, c.changes[change], said)
	}
	return changes
}

// protocolSwitches are the switches of a mailbox, by what they let in.
func protocolSwitches() map[string]phrase.Phrase {
	return map[string]phrase.Phrase{
		"exchange.PopEnabled": phrase.Seq("POP"), "exchange.ImapEnabled": phrase.Seq("IMAP"),
		"exchange.ActiveSyncEnabled": phrase.Seq("ActiveSync"), "exchange.EwsEnabled": phrase.Seq("EWS"),
		"exchange.MAPIEnabled": phrase.Seq("MAPI"), "exchange.OWAEnabled": phrase.Of("protocol_web"),
		"exchange.RemotePowerShellEnabled": phrase.Of("remote_powershell"), "exchange.EXOModuleEnabled": phrase.Seq("Exchange Online PowerShell"),
	}
}

// several is a number of mailboxes of which something is said.
type several int

// of is a phrase about them, whose verbs may go with their number.
func (n several) of(key string, args ...any) phrase.Phrase {
	return phrase.Of(key, append([]any{"who", mailboxes(int(n)), "n", int(n)}, args...)...)
}

// with is a field of theirs.
func (n several) with(field any) phrase.Phrase { return phrase.Seq(mailboxes(int(n)), ": ", field) }

func (b boxChange) sentence(n *boxCount, names map[string]string) (Class, phrase.Phrase) {
	who := several(n.n)
	if protocol := protocolSwitches()[b.field]; !protocol.IsZero() {
		switch b.is {
		case "on":
			return Weakened, who.of("gained", "protocol", protocol)
		case "off":
			return Strengthened, who.of("lost", "protocol", protocol)
		}
		return Changed, wasIs(who.with(protocol), n.was, n.is)
	}
	switch b.field {
	case "exchange.SmtpClientAuthenticationDisabled":
		return b.smtp(who, n)
	case "exchange.AuthenticationPolicy":
		return policyChange(who, b, n)
	case "entra.accountEnabled":
		switch b.is {
		case "on":
			return Changed, who.of("accounts_enabled")
		case "off":
			return Strengthened, who.of("accounts_disabled")
		}
	case "entra.signInSessionsValidFromDateTime":
		return Strengthened, who.of("sessions_revoked")
	case "entra.groups", "okta.groups", "entra.roles", "exchange.role_groups":
		return Changed, b.membership(who, names)
	}
	if b.was == "" && b.is == "" {
		return Changed, who.of("mailboxes_other", "field", b.field)
	}
	return Changed, wasIs(who.with(b.field), orAbsent(n.was), orAbsent(n.is))
}

func orAbsent(value phrase.Phrase) phrase.Phrase {
	if value.IsZero() {
		return phrase.Of("absent")
	}
	return value
}

// smtp speaks of the mailbox's own lock on SMTP AUTH.
func (b boxChange) smtp(who several, n *boxCount) (Class, phrase.Phrase) {
	switch b.is {
	case "off":
		return Weakened, who.of("gained", "protocol", "SMTP AUTH")
	case "on":
		return Strengthened, who.of("lost", "protocol", "SMTP AUTH")
	}
	switch b.was {
	case "on":
		return Changed, who.of("smtp_follows", "was", phrase.Of("locked"))
	case "off":
		return Changed, who.of("smtp_follows", "was", phrase.Of("open"))
	}
	return Changed, wasIs(who.with(b.field), orAbsent(n.was), orAbsent(n.is))
}

// policyChange speaks of the mailbox's own policy. Which of two blocks more, the doors
// and the findings tell.
func policyChange(who several, b boxChange, n *boxCount) (Class, phrase.Phrase) {
	none := func(v string) bool { return v == "not set" || v == "absent" || v == "empty" }
	switch {
	case none(b.is):
		return Changed, who.of("policy_left", "was", n.was)
	case none(b.was):
		return Changed, who.of("policy_taken", "is", n.is)
	}
	return Changed, who.of("policy_changed", "was", n.was, "is", n.is)
}

func (b boxChange) membership(who several, names map[string]string) phrase.Phrase {
	joined, left := "group_joined", "group_left"
	if strings.Contains(b.field, "role") {
		joined, left = "role_joined", "role_left"
	}
	if b.is != "" {
		return who.of(joined, "name", cut(cmp.Or(names[b.is], b.is)))
	}
	return who.of(left, "name", cut(cmp.Or(names[b.was], b.was)))
}
