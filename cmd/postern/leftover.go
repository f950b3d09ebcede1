package main

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// A leftover is what should be gone and is not: a folder with a snapshot, which shows
// how to get into the mail of whom.
type leftover struct {
	folder string
	err    error
}

func (l *leftover) Error() string {
	return fmt.Sprintf("the snapshot stays behind in %s, with what it shows of the tenant: %v", l.folder, l.err)
}

func (l *leftover) Unwrap() error { return l.err }

// removeFolder removes a temporary folder with a snapshot, and adds to failed that it
// could not.
func removeFolder(folder string, failed *error) {
	if err := os.RemoveAll(folder); err != nil {
		*failed = errors.Join(*failed, &leftover{folder, err})
	}
}

// closeAfter closes what was read, and adds to failed that it could not: a snapshot
// may have a temporary copy that goes away then.
func closeAfter(c io.Closer, failed *error) {
	*failed = errors.Join(*failed, c.Close())
}
