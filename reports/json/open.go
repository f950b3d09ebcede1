package json

import (
	"fmt"
	"io"

	"github.com/seed-07732396/postern/policies/finding"
)

// Open reads saved findings without holding their members, of whom there may be
// millions: a list reads them again from the file where somebody walks it, so that
// must stay open. The errors are those of Read.
func Open(file io.ReaderAt, size int64) (*finding.Report, error) {
	return open(file, size, false)
}

// OpenKeyed is Open for whoever compares the findings with others, which takes the
// members' keys. Lists that were saved with a digest are skipped: they are checked when
// somebody asks for their members or keys, and what is wrong there is told then.
func OpenKeyed(file io.ReaderAt, size int64) (*finding.Report, error) {
	return open(file, size, true)
}

func open(file io.ReaderAt, size int64, keyed bool) (*finding.Report, error) {
	report, err := readFolded(file, size, keyed)
	if err == nil {
		err = report.Validate()
	}
	if err == nil {
		return report, nil
	}
	// Nobody is in a hurry any more: the exact reader knows the line.
	if report, err = readExactly(file, size, keyed); err != nil {
		return nil, fmt.Errorf("read findings: %w", err)
	}
	return report, nil
}
