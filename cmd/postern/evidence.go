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

// holdsFindings tells saved findings from a snapshot by their first telling key. What
// is neither is left to the reader of snapshots, which says what is wrong.
func holdsFindings(path string) (bool, error) {
	file, err := os.Open(path)
	if err != nil {
		return false, withHint(err, "name a snapshot, or findings that 'postern check -f json=PATH' has saved")
	}
	defer file.Close()
	var from io.Reader = file
	if strings.EqualFold(filepath.Ext(path), ".gz") {
		unpacked, err := gzip.NewReader(file)
		if err != nil {
			return false, nil
		}
		from = unpacked
	}
	// A telling key stands near the start. A file without one is no reason to read on,
	// nor to keep a text that has no end.
	dec := jsontext.NewDecoder(io.LimitReader(from, tellingBytes))
	if token, err := dec.ReadToken(); err != nil || token.Kind() != '{' {
		return false, nil
	}
	for {
		name, err := dec.ReadToken()
		if err != nil || name.Kind() != '"' {
			return false, nil
		}
		switch name.String() {
		case "tool", "results", "fail_on":
			return true, nil
		case "collected_at", "collection", "mailboxes":
			return false, nil
		}
		if dec.SkipValue() != nil {
			return false, nil
		}
	}
}

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
	hint := "make them with: postern check SNAPSHOT -f json=findings.json"
	if strings.EqualFold(filepath.Ext(path), ".gz") {
		return nil, usageErrorf("unpack them first", "%s: findings are read as plain JSON", path)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, withHint(fmt.Errorf("read findings: %w", err), hint)
	}
	from, size, err := again(file)
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("read findings: %s: %w", path, err)
	}
	report, err := read(from, size)
	if err != nil {
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
	input.Read, input.Text = attestedRead(p.attested, file.Read), file
	report, err := check(ctx, input)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("judge %s: %w", path, err), file.Close())
	}
	return &judged{report: report, file: file}, nil
}
