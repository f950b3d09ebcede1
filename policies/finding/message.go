package finding

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// StandardMessages are the sentences of the reasons that any control can have.
// Writers in other languages bring their own table with the same keys.
func StandardMessages() map[string]string {
	return map[string]string{
		"not_collected":            "Missing, and the ledger does not say why: {evidence}.",
		"partial":                  "Read in part only: {evidence}. The reason: {message}",
		"denied":                   "Access was denied to {evidence}. Grant {permission}.",
		"failed":                   "Could not be read: {evidence}. The reason: {message}",
		"unlicensed":               "The tenant has no licence to read {evidence}.",
		"skipped":                  "Not asked for: {evidence}. The reason: {message}",
		"attested":                 "Attested by a person and not read: {evidence}. {message}",
		"perhaps_there":            "What seems to be missing may be there, because {evidence} was not read in whole. The reason: {message}",
		"no_waivers":               "No waivers were given.",
		"members_without_evidence": "{members} {lacks|lack} {evidence}, so nothing can be said about {it|them}.",
	}
}

// Sentence makes the sentence of a violation's or a reason's key, in the control's
// language (see In).
// count and population give {members}, such as "1 mailbox" or "12 mailboxes";
// count is 0 where there is no population. Texts of the tenant come out as they
// are: the writer escapes.
func (c *Control) Sentence(key string, args Args, count int, population string) string {
	template, ok := c.template(key)
	if !ok {
		return key
	}
	f := filling{args: args, count: count, population: population, words: c.Words, language: c.Language}
	return f.fill(template)
}

func (c *Control) template(key string) (string, bool) {
	if template, ok := c.Messages[key]; ok {
		return template, true
	}
	if c.Language != nil {
		if template, ok := c.Language.Messages[key]; ok {
			return template, true
		}
	}
	template, ok := StandardMessages()[key]
	return template, ok
}

// ViolationSentence makes the sentence of one of the control's violations.
func (c *Control) ViolationSentence(v *Violation) string {
	count, population := 0, ""
	if v.Members != nil {
		count, population = v.Members.Len(), v.Members.Population()
	}
	return c.Sentence(v.Key, v.Args, count, population)
}

// Fill puts arguments in the place of {name} in a template, and of {one|many} the
// word that goes with count, in English. A name without an argument stays as it
// stands, so that the slip is seen.
func Fill(template string, args Args, count int, population string) string {
	f := filling{args: args, count: count, population: population}
	return f.fill(template)
}

// filling is what fills a template.
type filling struct {
	args       Args
	count      int
	population string
	words      map[string]string
	language   *Language
}

func (f *filling) fill(template string) string { return Expand(template, f.value) }

// Expand puts in the place of each {name} in a template what value gives for the name.
// What that holds is no template.
func Expand(template string, value func(name string) string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(template, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed {
			b.WriteString("{" + rest)
			return b.String()
		}
		b.WriteString(value(name))
		template = after
	}
}

// value is what stands in the place of {name}.
func (f *filling) value(name string) string {
	value, ok := f.args[name]
	switch {
	case ok:
		return FormatArg(f.spoken(value))
	case name == "members":
		return f.members()
	case name == "count":
		return strconv.Itoa(f.count)
	case strings.Contains(name, "|"):
		one, many, _ := strings.Cut(name, "|")
		if f.count == 1 {
			return one
		}
		return many
	}
	return "{" + name + "}"
}

func (f *filling) members() string {
	if noun, ok := f.language.noun(f.count, f.population); ok {
		return strconv.Itoa(f.count) + " " + noun
	}
	return CountNoun(f.count, f.population)
}

// WordPrefix begins an argument, or an item of a list, that is not the tenant's but
// one of the control's Words: "word:any_network".
const WordPrefix = "word:"

// spoken puts words in the place of their names. A name that is no word of the
// control is text like any other.
func (f *filling) spoken(value any) any {
	switch v := value.(type) {
	case string:
		if name, marked := strings.CutPrefix(v, WordPrefix); marked {
			if word, ok := f.words[name]; ok {
				return word
			}
		}
		return v
	case []string:
		spoken := make([]string, len(v))
		for i, item := range v {
			spoken[i], _ = f.spoken(item).(string)
		}
		return spoken
	case []any:
		spoken := make([]any, len(v))
		for i, item := range v {
			spoken[i] = f.spoken(item)
		}
		return spoken
	}
	return value
}

// FormatArg writes one argument for people: lists with commas, whole numbers
// without a fraction.
func FormatArg(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []any:
		parts := make([]string, len(v))
		for i, item := range v {
			parts[i] = FormatArg(item)
		}
		return strings.Join(parts, ", ")
	case []string:
		return strings.Join(v, ", ")
	default:
		return fmt.Sprint(v)
	}
}

// CountNoun writes a count of members: "1 mailbox", "12 mailboxes".
func CountNoun(n int, population string) string {
	forms := map[string][2]string{
		"mailbox":      {"mailbox", "mailboxes"},
		"sign_in":      {"sign-in record", "sign-in records"},
		"okta_request": {"request record", "request records"},
	}
	form, ok := forms[population]
	if !ok {
		form = [2]string{"resource", "resources"}
	}
	if n == 1 {
		return "1 " + form[0]
	}
	return strconv.Itoa(n) + " " + form[1]
}

// Fingerprint identifies a violation across runs: tenant, control, key and the
// resource's stable id, or for a population the cause's arguments. It knows no
// sentence, no order and no line, so it survives rewording, reordering and a
// moved line. It is 32 hex digits.
func Fingerprint(tenant, control string, v *Violation) string {
	h := sha256.New()
	write := func(parts ...string) {
		for _, part := range parts {
			// The length keeps "a","bc" apart from "ab","c".
			fmt.Fprintf(h, "%d:%s,", len(part), part)
		}
	}
	write(tenant, control, v.Key, v.Resource.Kind, v.Resource.ID)
	if v.Resource.ID == "" {
		names := make([]string, 0, len(v.Args))
		for name := range v.Args {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			write(name, FormatArg(v.Args[name]))
		}
	}
	return hex.EncodeToString(h.Sum(nil))[:32]
}
