package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/engine"
	"github.com/seed-07732396/postern/policies/finding"
	reportsjson "github.com/seed-07732396/postern/reports/json"
)

// tellingBytes is how far a file is read for the key that tells what it is.
const tellingBytes = 16 << 20

// contents is what a file looks to hold.
type contents int

const (
	somethingElse contents = iota
	aSnapshot
	someFindings
)

// look tells saved findings from a snapshot by their first telling key. What is
// neither is left to the reader of snapshots, which says what is wrong. The file is
// read again after that, which a pipe is not.
func look(path string) (contents, error) {
	file, err := os.Open(path)
	if err != nil {
		return somethingElse, withHint(fmt.Errorf("%s: %w", path, reason(err)), "name a snapshot, or findings that 'postern check -f json=PATH' has saved")
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		return somethingElse, usageErrorf("save what comes out of it to a file, and name that", "%s: a pipe or device, and it would be read twice", path)
	}
	var from io.Reader = file
	if strings.EqualFold(filepath.Ext(path), ".gz") {
		unpacked, err := gzip.NewReader(file)
		if err != nil {
			return somethingElse, nil
		}
		from = unpacked
	}
	return lookIn(from), nil
}

func lookIn(from io.Reader) contents {
	// A telling key stands near the start. A file without one is no reason to read on,
	// nor to keep a text that has no end.
	dec := jsontext.NewDecoder(io.LimitReader(from, tellingBytes))
	if token, err := dec.ReadToken(); err != nil || token.Kind() != '{' {
		return somethingElse
	}
	for {
		name, err := dec.ReadToken()
		if err != nil || name.Kind() != '"' {
			return somethingElse
		}
		switch name.String() {
		case "tool", "results", "fail_on":
			return someFindings
		case "collected_at", "collection", "mailboxes":
			return aSnapshot
		}
		if dec.SkipValue() != nil {
			return somethingElse
		}
	}
}

// holdsFindings reports whether the file holds saved findings.
func holdsFindings(path string) (bool, error) {
	what, err := look(path)
	return what == someFindings, err
}

// snapshotHint says what to do about a snapshot that cannot be read.
func snapshotHint(bad *snapshot.Error) string {
	if what, err := look(bad.File); err == nil && what == someFindings {
		return "these are saved findings: show them with 'postern report', or name the snapshot that they are of"
	}
	if bad.File == "-" {
		return "what comes by a pipe is called /dev/stdin"
	}
	return bad.Hint
}

// findingsHint says what to do about findings that cannot be read.
func findingsHint(file io.ReaderAt, path string) string {
	var start [3]byte
	n, _ := file.ReadAt(start[:], 0) // a short file has a short start
	switch {
	case bytes.HasPrefix(start[:n], []byte("\xff\xfe")), bytes.HasPrefix(start[:n], []byte("\xfe\xff")), bytes.HasPrefix(start[:n], []byte("\xef\xbb\xbf")):
		return "the file was saved in another encoding, as '>' does in Windows PowerShell; let postern write it: -f json=findings.json"
	}
	if what, err := look(path); err == nil && what == aSnapshot {
		return "this is a snapshot: judge it with 'postern check'"
	}
	return makeFindings
}

const makeFindings = "make them with: postern check SNAPSHOT -f json=findings.json"

// A judged is a report, and what must stay open while its members are walked.
type judged struct {
	report *finding.Report
	file   io.Closer
	// saved: it was read, not made now.
	saved bool
}

func (j *judged) Close() error {
	if j.file == nil {
		return nil
	}
	return j.file.Close()
}

// openFindings reads saved findings. Their members are read where they are asked for.
func openFindings(path string, read func(io.ReaderAt, int64) (*finding.Report, error)) (*judged, error) {
	if strings.EqualFold(filepath.Ext(path), ".gz") {
		return nil, usageErrorf("unpack them first", "%s: findings are read as plain JSON", path)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, withHint(fmt.Errorf("read findings: %s: %w", path, reason(err)), makeFindings)
	}
	from, size, err := again(file)
	if err != nil {
		file.Close()
		return nil, withHint(fmt.Errorf("read findings: %s: %w", path, reason(err)), makeFindings)
	}
	report, err := read(from, size)
	if err != nil {
		hint := findingsHint(from, path)
		file.Close()
		return nil, withHint(fmt.Errorf("%s: %w", path, err), hint)
	}
	return &judged{report: report, file: file, saved: true}, nil
}

// again gives what can be read more than once: the file, or what comes out of it if it
// is a pipe.
func again(file *os.File) (io.ReaderAt, int64, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, 0, err
	}
	if info.Mode().IsRegular() {
		return file, info.Size(), nil
	}
	data, err := io.ReadAll(file)
	return bytes.NewReader(data), int64(len(data)), err
}

// A checker judges a snapshot: an engine, or one that is still loading.
type checker func(context.Context, engine.Input) (*finding.Report, error)

// judgeFile reads saved findings, or has a snapshot judged as the plan says.
func (p *checkPlan) judgeFile(ctx context.Context, path string, check checker, input engine.Input) (*judged, error) {
	saved, err := holdsFindings(path)
	if err != nil {
		return nil, err
	}
	if saved {
		return openFindings(path, reportsjson.OpenKeyed)
	}
	file, err := snapshot.Open(path)
	if err != nil {
		return nil, err
	}
	input.Read, input.Text = attestedRead(p.attested, file.Stream), file
	report, err := check(ctx, input)
	if err != nil {
		return nil, errors.Join(about("judge "+path, err), file.Close())
	}
	return &judged{report: report, file: file}, nil
}
