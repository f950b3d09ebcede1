package json

import (
	"io"

	"github.com/seed-07732396/postern/policies/finding"
)

// ReadFolded and ReadExactly are the two ways in which Open reads.
var (
	ReadFolded  = readFolded
	ReadExactly = readExactly
)

// ReadUnchecked reads exactly, but does not hold the report to the contract.
func ReadUnchecked(file io.ReaderAt, size int64, keyed bool) (*finding.Report, error) {
	return (&exact{file, size, keyed}).decode()
}
