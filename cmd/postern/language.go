package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/seed-07732396/postern/policies"
	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/translation"
	"github.com/seed-07732396/postern/reports"
)

func addLanguageFlag(cmd *cobra.Command, lang *string) {
	cmd.Flags().StringVar(lang, "lang", translation.English, "`language` of what people read, en or nl; ids and what programs read stay English")
}

// language gives the texts in a language, nil for English. own are the folders of
// the user's own controls.
func language(code string, own []string) (*finding.Language, error) {
	known, err := translation.Codes(policies.FS())
	if err != nil {
		return nil, err
	}
	if !slices.Contains(known, code) {
		return nil, usageErrorf("languages: "+strings.Join(known, ", "), "unknown language %q", code)
	}
	return translation.Load(policies.FS(), code, own)
}

// shown is how reports are shown, as the flags say.
func (o *checkOptions) shown() (reports.Options, error) {
	language, err := language(o.lang, o.policy)
	return reports.Options{Explain: o.explain, Verbose: o.verbose, Language: language}, err
}
