package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// linked is the version of a build without version control, such as a release or
// an image. Only the linker sets it: -ldflags "-X main.linked=v1.2.3".
var linked string

// buildVersion is what the linker was told, else the module's version when it was
// installed by version, else the commit it was built from, else "devel".
func buildVersion() string {
	if linked != "" {
		return linked
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "devel"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	revision, modified := "", ""
	for _, setting := range info.Settings {
		switch {
		case setting.Key == "vcs.revision":
			revision = setting.Value[:min(12, len(setting.Value))]
		case setting.Key == "vcs.modified" && setting.Value == "true":
			modified = "-modified"
		}
	}
	if revision == "" {
		return "devel"
	}
	return "devel-" + revision + modified
}

// dependencyVersion is the version of a module linked in, or "unknown".
func dependencyVersion(path string) string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dep := range info.Deps {
			if dep.Path == path {
				return dep.Version
			}
		}
	}
	return "unknown"
}

func newVersion(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version, the build and the Rego engine's version",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(a.out, "postern %s\nopa %s\n%s %s/%s\n", a.version,
				dependencyVersion("github.com/open-policy-agent/opa"), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}
