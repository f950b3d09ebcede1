package main

import (
	"os"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/attestation"
)

const attestationUsage = "`file` with the sign-on rules of a Classic Engine org, as a person saw them"

// readAttestation reads the file at path, nil for no path.
func readAttestation(path string) (*attestation.Attestation, error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, usageErrorf("name an existing file with --attestation", "read the attestation: %s: %w", path, reason(err))
	}
	a, err := attestation.Read(path, text)
	if err != nil {
		return nil, wrongAttestation(err)
	}
	return a, nil
}

// wrongAttestation calls a file that does not fit wrong usage, with its own hint.
func wrongAttestation(err error) error {
	_, hint := exitCode(err, true)
	return &exitError{code: exitUsage, err: err, hint: hint}
}

// snapshotReader reads a snapshot from its start.
type snapshotReader = func(visit func(*snapshot.Record) error) (*snapshot.Document, error)

// attestedRead lays an attestation over each document that is read: in front of the
// first record, since whoever is shown mailboxes looks up there what decides over
// them, or in the end, where what the attestation is held against stands behind them.
func attestedRead(a *attestation.Attestation, read snapshotReader) snapshotReader {
	if a == nil {
		return read
	}
	return func(visit func(*snapshot.Record) error) (*snapshot.Document, error) {
		laid := false
		lay := func(doc *snapshot.Document) error {
			laid = true
			if err := a.LayOver(doc); err != nil {
				return wrongAttestation(err)
			}
			return nil
		}
		doc, err := read(func(record *snapshot.Record) error {
			if record.Index == 0 && !laid && holdsAttested(record.Before) {
				if err := lay(record.Before); err != nil {
					return err
				}
			}
			if visit == nil {
				return nil
			}
			return visit(record)
		})
		if err == nil && !laid {
			err = lay(doc)
		}
		if err != nil {
			return nil, err
		}
		return doc, nil
	}
}

// holdsAttested reports whether a document, which may end before its mailboxes, has
// what an attestation is held against.
func holdsAttested(doc *snapshot.Document) bool {
	for _, name := range []string{"collected_at", "tenant", "collection", "okta"} {
		if _, ok := doc.Section(name); !ok {
			return false
		}
	}
	return true
}
