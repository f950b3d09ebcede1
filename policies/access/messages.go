package access

import "github.com/seed-07732396/postern/policies/finding"

// sentence makes the English sentence of a key.
func sentence(key string, a finding.Args) string {
	template, ok := Messages()[key]
	if !ok {
		return key
	}
	return finding.Fill(template, a, 0, "")
}

// Messages are the sentences of reasons, locks and steps in English, by key, with
// {name} for an argument. A writer in another language brings its own table.
func Messages() map[string]string { return map[string]string{} }
