package main

import (
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/seed-07732396/postern/reports"
)

func newControls(a *app) *cobra.Command {
	var format, lang string
	var own []string
	cmd := &cobra.Command{
		Use:   "controls [ID]",
		Short: "List the controls, or show one in full",
		Long: `List the controls by the whitepaper's steps, or show one in full: why it matters,
what evidence it needs, how to reach the good state, and which requirements of
other frameworks it answers.`,
		Example: `  postern controls
  postern controls SIGNON-002
  postern controls -f markdown > controls.md`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usageErrorf("name one control, or none for the list", "too many arguments: %s", strings.Join(args[1:], " "))
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if !slices.Contains(reports.CatalogueFormats(), format) {
				return usageErrorf("formats: "+strings.Join(reports.CatalogueFormats(), ", "), "unknown format %q", format)
			}
			texts, err := language(lang, own)
			if err != nil {
				return err
			}
			options := controlOptions(own)
			options.Only = args
			judge, err := loadControls(options)
			if err != nil {
				return err
			}
			shown := reports.Options{Color: a.color(), Width: a.width, Language: texts}
			return a.writeStdout(a.out, func(w io.Writer) error { return reports.WriteCatalogue(format, w, judge.Controls(), shown) })
		},
	}
	cmd.Flags().StringVarP(&format, "format", "f", "text", "`name` of the format: text, json or markdown")
	addLanguageFlag(cmd, &lang)
	cmd.Flags().StringArrayVar(&own, "policy", nil, "also list the controls in this `folder`, repeatable")
	return cmd
}
