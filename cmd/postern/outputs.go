package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports"
)

// An output is one report to write: a format, and a file or stdout.
type output struct {
	format string
	path   string // "" is stdout
}

// parseOutputs reads the values of -f and -o: each spec is name or name=path,
// and path takes the one format that names no path. No spec is text on stdout.
func parseOutputs(specs []string, path string) ([]output, error) {
	var names []string
	for _, f := range reports.Formats() {
		names = append(names, f.Name)
	}
	return parseOutputsOf(names, specs, path)
}

// parseOutputsOf is parseOutputs for a command with formats of its own.
func parseOutputsOf(names, specs []string, path string) ([]output, error) {
	if len(specs) == 0 {
		specs = []string{"text"}
	}
	outputs := make([]output, 0, len(specs))
	seen := map[string]bool{}
	for _, spec := range specs {
		name, file, hasFile := strings.Cut(spec, "=")
		if !slices.Contains(names, name) {
			return nil, usageErrorf("formats: "+strings.Join(names, ", "), "unknown format %q", name)
		}
		if hasFile && file == "" {
			return nil, usageErrorf(fmt.Sprintf("write -f %s=PATH, or -f %s for stdout", name, name), "format %q names no file after the '='", name)
		}
		if !hasFile && path != "" {
			file, path = path, ""
		}
		key := file
		if file != "" {
			key = filepath.Clean(file)
		}
		if seen[key] {
			if key == "" {
				return nil, usageErrorf("give all but one a path: -f sarif=out.sarif -f junit=out.xml", "two formats would go to stdout")
			}
			return nil, usageErrorf("give each format a path of its own", "two formats would go to %s", file)
		}
		seen[key] = true
		outputs = append(outputs, output{name, file})
	}
	if path != "" {
		return nil, usageErrorf("use either -f name=path or -o path", "-o %s has no format left that needs a path", path)
	}
	return outputs, nil
}

func formatNames() string {
	var names []string
	for _, f := range reports.Formats() {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

// refuseUnwritable finds out before the work begins, which may take an hour, that there
// is no place for what comes of it. No path is stdout.
func refuseUnwritable(path string) error {
	if path == "" {
		return nil
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return usageErrorf("name a file in it", "%s is a folder", path)
	}
	folder := filepath.Dir(path)
	info, err := os.Stat(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return usageErrorf("make it first: mkdir -p "+folder, "there is no folder %s for %s", folder, filepath.Base(path))
	case err == nil && !info.IsDir():
		return usageErrorf("choose another path", "%s is no folder, so %s cannot be written into it", folder, filepath.Base(path))
	}
	return nil
}

// refuseOverwrite keeps a report from replacing a file that it is made from, one that
// is yet to be made included, and from having no place to go to. An empty name stands
// for no file.
func refuseOverwrite(outputs []output, inputs ...string) error {
	for _, o := range outputs {
		if err := refuseUnwritable(o.path); err != nil {
			return err
		}
	}
	for _, input := range inputs {
		for _, o := range outputs {
			if o.path != "" && input != "" && sameFile(o.path, input) {
				return usageErrorf("choose another path for the report", "the %s report would overwrite %s", o.format, input)
			}
		}
	}
	return nil
}

// sameFile tells whether two paths lead to one file, or would.
func sameFile(one, other string) bool {
	a, noOne := os.Stat(one)
	b, noOther := os.Stat(other)
	if noOne == nil && noOther == nil {
		return os.SameFile(a, b)
	}
	return placeOf(one) == placeOf(other)
}

// placeOf is a path in one spelling, as far as the folders can tell.
func placeOf(path string) string {
	folder, err := realFolder(path)
	if err != nil {
		return filepath.Clean(path)
	}
	return filepath.Join(folder, filepath.Base(path))
}

// writeReports writes r in every format. Files appear whole or not at all.
func (a *app) writeReports(outputs []output, r *finding.Report, options reports.Options) error {
	for _, o := range outputs {
		if o.path == "" {
			options.Color, options.Width = a.color(), a.width
			if err := a.writeStdout(a.out, func(w io.Writer) error { return reports.Write(o.format, w, r, options) }); err != nil {
				return fmt.Errorf("write the %s report to stdout: %w", o.format, err)
			}
			continue
		}
		options.Color, options.Width = false, 0
		if err := a.writeFile(o.path, func(w io.Writer) error { return reports.Write(o.format, w, r, options) }); err != nil {
			return fmt.Errorf("write the %s report: %w", o.format, err)
		}
		a.wrote = append(a.wrote, o.path)
		a.note("wrote %s (%s)", o.path, o.format)
	}
	return nil
}

func (a *app) writeStdout(w io.Writer, write func(io.Writer) error) error {
	buffered := bufio.NewWriterSize(stoppable{a, w}, 64<<10)
	if err := write(buffered); err != nil {
		return err
	}
	return buffered.Flush()
}

// inPlace tells what cannot be replaced by a file of the same name: a device, a pipe, and
// the links by which the system shows open files. What /dev/stdout leads to may well be a
// regular file, and root would put another in the place of the link.
func inPlace(path string, info fs.FileInfo) bool {
	return !info.Mode().IsRegular() || openFiles.MatchString(filepath.ToSlash(filepath.Clean(path)))
}

var openFiles = regexp.MustCompile(`^/(dev/std(in|out|err)|dev/fd/[0-9]+|proc/[^/]+/fd/[0-9]+)$`)

// stoppable ends a report in the middle when the command is interrupted.
type stoppable struct {
	app *app
	to  io.Writer
}

func (s stoppable) Write(p []byte) (int, error) {
	if s.app.interrupted != nil {
		if err := s.app.interrupted(); err != nil {
			return 0, err
		}
	}
	return s.to.Write(p)
}

// writeFile writes path through a temporary file beside it, so that a reader
// never sees half a report and a failure leaves the old one. What is not a
// regular file, such as /dev/stdout or a pipe, is written in place. A link is
// replaced, and what it leads to left alone.
func (a *app) writeFile(path string, write func(io.Writer) error) error {
	var err error
	if info, statErr := os.Stat(path); statErr == nil && inPlace(path, info) {
		err = a.writeInPlace(path, info, write)
	} else {
		err = a.writeBeside(path, write)
	}
	// The name of the temporary file says nothing to anybody.
	if why := reason(err); why != err {
		return withHint(fmt.Errorf("%s: %w", path, why), "see that the folder may be written to and that the disk has room; what stood there is as it was")
	}
	return err
}

func (a *app) writeInPlace(path string, info fs.FileInfo, write func(io.Writer) error) error {
	if info.IsDir() {
		return fmt.Errorf("%s is a folder", path)
	}
	// Where it is a regular file after all, others may write to it as well.
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	return errors.Join(a.writeStdout(file, write), file.Close())
}

func (a *app) writeBeside(path string, write func(io.Writer) error) (err error) {
	file, err := os.CreateTemp(filepath.Dir(path), ".postern-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			file.Close() // already closed where closing is what failed
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	if err := a.writeStdout(file, write); err != nil {
		return err
	}
	// Findings name people: readable by the owner alone, like the snapshot.
	if err := file.Chmod(0o600); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
