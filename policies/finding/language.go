package finding

import "maps"

// Language holds the texts of a report in a language other than English. What it
// lacks stays English.
type Language struct {
	// Code is such as nl.
	Code string
	// Controls are the catalogue's texts by control id.
	Controls map[string]Texts
	// Messages are StandardMessages and the sentences of steps and reasons that
	// several controls share, by key.
	Messages map[string]string
	// Nouns are the singular and plural of what is counted, by population; the
	// empty name stands for any other resource.
	Nouns map[string][2]string
	// Phrases are what is said of comparisons and plans, by topic and key.
	Phrases map[string]map[string]string
}

// Texts are a control's texts in one language.
type Texts struct {
	Title       string            `yaml:"title"`
	Description string            `yaml:"description"`
	Messages    map[string]string `yaml:"messages"`
	Words       map[string]string `yaml:"words"`
	// Remediation is the text alone: commands and API calls are the same in all
	// languages.
	Remediation string `yaml:"remediation"`
}

// In gives the report with its controls in a language; nil stands for English.
// Only the catalogue entries are copied.
func (r *Report) In(l *Language) *Report {
	if l == nil {
		return r
	}
	translated := *r
	translated.Controls = make([]Control, len(r.Controls))
	for i := range r.Controls {
		translated.Controls[i] = r.Controls[i].In(l)
	}
	return &translated
}

// In gives the catalogue entry in a language; nil stands for English.
func (c *Control) In(l *Language) Control {
	translated := *c
	if l == nil {
		return translated
	}
	texts := l.Controls[c.ID]
	translated.Language = l
	translated.Messages, translated.Words = maps.Clone(c.Messages), maps.Clone(c.Words)
	if translated.Messages == nil {
		translated.Messages = map[string]string{}
	}
	for _, key := range known(c.Messages, l.Messages) {
		translated.Messages[key] = l.Messages[key]
	}
	maps.Copy(translated.Messages, texts.Messages)
	if translated.Words == nil {
		translated.Words = texts.Words
	} else {
		maps.Copy(translated.Words, texts.Words)
	}
	for text, by := range map[*string]string{
		&translated.Title: texts.Title, &translated.Description: texts.Description,
		&translated.Remediation.Text: texts.Remediation,
	} {
		if by != "" {
			*text = by
		}
	}
	return translated
}

// known lists the keys that both have.
func known(messages, shared map[string]string) []string {
	var keys []string
	for key := range messages {
		if _, ok := shared[key]; ok {
			keys = append(keys, key)
		}
	}
	return keys
}

// noun gives the word for n members of a population.
func (l *Language) noun(n int, population string) (string, bool) {
	if l == nil {
		return "", false
	}
	forms, ok := l.Nouns[population]
	if !ok {
		forms, ok = l.Nouns[""]
	}
	if !ok {
		return "", false
	}
	if n == 1 {
		return forms[0], true
	}
	return forms[1], true
}
