package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/seed-07732396/postern/collectors/credential"
	"github.com/seed-07732396/postern/policies"
	"github.com/seed-07732396/postern/policies/access"
	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/translation"
)

// completeFlags lets a shell complete what can be known: the values of flags that are
// one of a few, ids of controls, and the kinds of files.
func completeFlags(root *cobra.Command) {
	for _, cmd := range root.Commands() {
		completeFlags(cmd)
		cmd.Flags().VisitAll(func(flag *pflag.Flag) {
			// It fails for a flag that is not there or has a completion already.
			if complete := completionOf(cmd, flag); complete != nil {
				_ = cmd.RegisterFlagCompletionFunc(flag.Name, complete)
			}
		})
		switch cmd.Name() {
		case "check", "access", "impact", "plan", "diff", "report", "waive", "scubagear":
			cmd.ValidArgsFunction = files("json", "gz")
		case "powershell":
			cmd.ValidArgsFunction = folders
		case "controls":
			cmd.ValidArgsFunction = controlNames
		}
	}
}

func completionOf(cmd *cobra.Command, flag *pflag.Flag) cobra.CompletionFunc {
	switch flag.Name {
	case "format":
		return oneOf(formatsIn(flag)...)
	case "fail-on":
		names := []string{gravityNone}
		for _, severity := range finding.Severities() {
			names = append(names, string(severity))
		}
		return oneOf(names...)
	case "lang":
		codes, err := translation.Codes(policies.FS())
		if err != nil {
			return nil
		}
		return oneOf(codes...)
	case "auth":
		return oneOf(strings.Split(authNames(), ", ")...)
	case "cloud":
		return oneOf(cloudNames()...)
	case "method":
		return oneOf(words(access.Methods())...)
	case "protocol":
		if cmd.Name() == "access" {
			return oneOf(words(access.Protocols())...)
		}
	case "only", "skip", "control":
		return controlNames
	case "policy":
		return folders
	case "config", "waivers", "attestation":
		return files("yaml", "yml")
	case "baseline", "before", "with", "snapshot":
		return files("json", "gz")
	}
	return nil
}

// formatsIn are the formats that the help of a flag names.
func formatsIn(flag *pflag.Flag) []string {
	_, list, _ := strings.Cut(flag.Usage, ";")
	if list == "" {
		_, list, _ = strings.Cut(flag.Usage, ":")
		list = strings.ReplaceAll(list, " or ", ", ")
	}
	list, _, _ = strings.Cut(list, ";")
	list, _, _ = strings.Cut(list, "(")
	var names []string
	for name := range strings.SplitSeq(list, ",") {
		names = append(names, strings.TrimSpace(name))
	}
	return names
}

func cloudNames() []string {
	var names []string
	for _, cloud := range credential.Clouds() {
		names = append(names, cloud.Name)
	}
	return names
}

func words[T ~string](list []T) []string {
	names := make([]string, len(list))
	for i, name := range list {
		names[i] = string(name)
	}
	return names
}

// oneOf completes one of some names, also behind a comma.
func oneOf(names ...string) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		before := typed[:strings.LastIndex(typed, ",")+1]
		list := make([]string, len(names))
		for i, name := range names {
			list[i] = before + name
		}
		return list, cobra.ShellCompDirectiveNoFileComp
	}
}

func files(extensions ...string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return extensions, cobra.ShellCompDirectiveFilterFileExt
	}
}

func folders(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// controlNames completes ids, areas and steps.
func controlNames(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	judge, err := loadControls(controlOptions(nil))
	if err != nil || len(args) > 0 && cmd.Name() == "controls" {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var areas, names []string
	for _, control := range judge.Controls() {
		names = append(names, control.ID+"\t"+control.Title)
		areas = append(areas, control.Area, control.Step)
	}
	slices.Sort(areas)
	return oneOf(append(names, slices.Compact(areas)...)...)(cmd, args, typed)
}
