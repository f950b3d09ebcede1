package snapshot

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"sync"
)

// A File is a snapshot's file that stays open to be read again: records that a
// report names are looked up where they stand, so that nobody has to keep a
// million of them. The methods may be used from several goroutines.
type File struct {
	path string
	// file is what was opened, or a copy of it if it could be read only once.
	file *os.File
	info fs.FileInfo
	// copied says that file is a temporary copy.
	copied bool

	// plain is the uncompressed text of a compressed file, once it was asked for.
	unpack   sync.Once
	plain    *os.File
	unpacked error
}

// Open opens a file, which is compressed with gzip if its name ends in .gz. What
// can be read only once, such as a pipe, is copied to a temporary file that only
// its owner may read. Errors are *Error, or about the temporary file.
func Open(path string) (*File, error) {
	file, err := openFile(path)
	if err != nil {
		return nil, err
	}
	f := &File{path: path, file: file}
	if f.info, err = file.Stat(); err != nil {
		file.Close()
		return nil, fileError(path, err)
	}
	if f.info.Mode().IsRegular() {
		return f, nil
	}
	defer file.Close()
	f.copied = true
	if f.file, err = keep(path, file); err != nil {
		return nil, err
	}
	if f.info, err = f.file.Stat(); err != nil {
		return nil, errors.Join(fmt.Errorf("keep a copy of %s: %w", path, err), f.Close())
	}
	return f, nil
}

// Read reads the document from its start. See Read, the function.
func (f *File) Read(visit func(*Record) error) (*Document, error) {
	return readStream(f.path, io.NewSectionReader(f.file, 0, math.MaxInt64), visit, false)
}

// Stream reads the document from its start and keeps no rows of evidence. See Stream,
// the function.
func (f *File) Stream(visit func(*Record) error) (*Document, error) {
	return readStream(f.path, io.NewSectionReader(f.file, 0, math.MaxInt64), visit, true)
}

// ReadAt reads a part of the uncompressed text. A compressed file is unpacked for
// that once, into a temporary file that only its owner may read. It fails if the
// file was changed since it was opened; one that was replaced is still there.
func (f *File) ReadAt(p []byte, offset int64) (int, error) {
	if !isGzip(f.path) {
		if err := f.unchanged(); err != nil {
			return 0, err
		}
		return f.file.ReadAt(p, offset)
	}
	f.unpack.Do(f.unpackAll)
	if f.unpacked != nil {
		return 0, f.unpacked
	}
	return f.plain.ReadAt(p, offset)
}

func (f *File) unpackAll() {
	if f.unpacked = f.unchanged(); f.unpacked != nil {
		return
	}
	z, err := gzip.NewReader(io.NewSectionReader(f.file, 0, math.MaxInt64))
	if err != nil {
		f.unpacked = gzipError(f.path, err)
		return
	}
	defer z.Close()
	f.plain, f.unpacked = keep(f.path, z)
}

func (f *File) unchanged() error {
	info, err := f.file.Stat()
	if err != nil {
		return fileError(f.path, err)
	}
	if info.Size() != f.info.Size() || !info.ModTime().Equal(f.info.ModTime()) {
		return &Error{
			File: f.path, Problem: "it was changed while it was being read",
			Hint: "let whatever writes it finish, and run the command again",
		}
	}
	return nil
}

// Close closes the file and removes the temporary ones.
func (f *File) Close() error {
	var errs []error
	for _, temporary := range []*os.File{f.plain, f.copy()} {
		if temporary != nil {
			errs = append(errs, temporary.Close(), f.discard(temporary))
		}
	}
	if !f.copied {
		errs = append(errs, f.file.Close())
	}
	return errors.Join(errs...)
}

func (f *File) copy() *os.File {
	if f.copied {
		return f.file
	}
	return nil
}

// discard removes one of its temporary files.
func (f *File) discard(temporary *os.File) error {
	if err := discard(temporary); err != nil {
		return fmt.Errorf("a copy of %s stays behind: %w", f.path, err)
	}
	return nil
}

// discard removes a temporary file, unless keep could do it at once.
func discard(f *os.File) error {
	if err := os.Remove(f.Name()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// keep copies what r gives to a temporary file. Where an open file can be removed
// that is done at once, so that it is gone even if the program is killed.
func keep(path string, r io.Reader) (*os.File, error) {
	f, err := os.CreateTemp("", "postern-*") // for its owner only
	if err != nil {
		return nil, fmt.Errorf("keep a copy of %s: %w", path, err)
	}
	_ = os.Remove(f.Name()) // Windows refuses; Close does it then
	n, err := io.Copy(f, io.LimitReader(r, maxDocument+1))
	switch {
	case err == nil && n > maxDocument:
		err = &Error{File: path, Problem: fmt.Sprintf("the document is longer than %d bytes", int64(maxDocument)), Hint: hintLimit}
	case err != nil:
		err = fmt.Errorf("keep a copy of %s: %w", path, err)
	default:
		return f, nil
	}
	return nil, errors.Join(err, f.Close(), discard(f))
}
