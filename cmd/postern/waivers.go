package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/spf13/cobra"

	"github.com/seed-07732396/postern/policies/engine"
	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/waiver"
)

// defaultWaivers is read when it lies beside the configuration, or in the current
// folder where there is none, and nothing names another. It stands in the report and
// on stderr that it was read, so it cannot waive anything in silence.
const defaultWaivers = "waivers.yaml"

// waiverOptions are the flags about waivers, as given.
type waiverOptions struct {
	file string
	none bool
	now  string
}

func (o *waiverOptions) addFlags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&o.file, "waivers", "", "`file` with what the organisation lives with for now (default waivers.yaml beside the configuration, if there is one)")
	flags.BoolVar(&o.none, "no-waivers", false, "read no waivers")
	o.addNow(cmd)
}

func (o *waiverOptions) addNow(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.now, "now", "", "judge ages and waivers as of this `instant`, such as 2027-03-01, instead of now")
}

// waiverPlan is which waivers a check goes by. The list is nil where there are none.
type waiverPlan struct {
	list    *waiver.List
	options waiver.Options
}

// waiverConfig is the part of postern.yaml about waivers.
type waiverConfig struct {
	// File is relative to the configuration.
	File     string `yaml:"file"`
	MaxDays  *int   `yaml:"max_days"`
	WarnDays *int   `yaml:"warn_days"`
}

func (c *waiverConfig) limits() (waiver.Limits, error) {
	limits := waiver.DefaultLimits()
	set(&limits.MaxDays, c.MaxDays)
	set(&limits.WarnDays, c.WarnDays)
	if limits.MaxDays < 1 || limits.WarnDays < 0 {
		return limits, usageErrorf("write whole numbers of days", "waivers.max_days is %d and waivers.warn_days %d in the configuration", limits.MaxDays, limits.WarnDays)
	}
	return limits, nil
}

// path says where the waivers stand, and whether somebody has named the file.
func (o *waiverOptions) path(settings *config) (path string, named bool) {
	switch {
	case o.file != "":
		return o.file, true
	case settings.Waivers.File != "" && filepath.IsAbs(settings.Waivers.File):
		return settings.Waivers.File, true
	case settings.Waivers.File != "":
		return filepath.Join(settings.folder, settings.Waivers.File), true
	}
	return filepath.Join(settings.folder, defaultWaivers), false
}

// plan reads the waivers. A file that somebody has named must be there.
func (o *waiverOptions) plan(settings *config) (*waiverPlan, error) {
	limits, err := settings.Waivers.limits()
	if err != nil {
		return nil, err
	}
	p := &waiverPlan{options: waiver.Options{Limits: limits}}
	if p.options.Now, err = parseNow(o.now); err != nil {
		return nil, err
	}
	if o.none {
		if o.file != "" {
			return nil, usageErrorf("give one of both", "--waivers and --no-waivers contradict each other")
		}
		return p, nil
	}
	path, named := o.path(settings)
	p.list, err = readWaivers(path)
	if errors.Is(err, fs.ErrNotExist) && !named {
		return p, nil
	}
	return p, err
}

// readWaivers reads a file with waivers. Reports name it as they name the snapshot.
func readWaivers(path string) (*waiver.List, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, usageErrorf("name an existing file with --waivers; 'postern waive' writes one", "read the waivers: %s: %w", path, reason(err))
	}
	list, err := waiver.Read(path, data)
	if err != nil {
		return nil, waiverError(err)
	}
	list.File = snapshotURI(path)
	return list, nil
}

// waiverError makes what is wrong in a file with waivers the command line's fault,
// with the first hint that there is.
func waiverError(err error) error {
	for _, e := range waiver.Errors(err) {
		if e.Hint != "" {
			return usageErrorf(e.Hint, "%w", err)
		}
	}
	return usageErrorf("the keys are listed in "+referencePage+"#waiversyaml", "%w", err)
}

// parseNow reads an instant or a day; empty stands for the clock.
func parseNow(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, usageErrorf("write 2027-03-01 or 2027-03-01T08:00:00Z", "cannot read the instant %q for --now", text)
}

// now is the instant that a check takes for now.
func (p *waiverPlan) now() time.Time {
	if p.options.Now.IsZero() {
		return time.Now()
	}
	return p.options.Now
}

// open makes what applies the waivers to one report, nil where there are none.
func (p *waiverPlan) open() engine.Waivers {
	if p.list == nil {
		return nil
	}
	options := p.options
	options.Now = p.now()
	return waiving{waiver.NewGathering(p.list, options)}
}

// waiving is a gathering as the engine asks for it.
type waiving struct{ *waiver.Gathering }

func (w waiving) Waive(report *finding.Report, boxes engine.Mailboxes) (jsontext.Value, error) {
	mailboxes := waiver.Mailboxes{Classes: boxes.Classes, Source: boxes.Source}
	if err := w.Apply(report, boxes.Document, mailboxes); err != nil {
		return nil, err
	}
	return w.Facts()
}
