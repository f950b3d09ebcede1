package collectors

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// KeepFor is how long a cut-off collection can be resumed. What is older says
// too little about the tenant as it is.
const KeepFor = 24 * time.Hour

// storeFormat is the version of the folder's layout.
const storeFormat = 1

const (
	storeHead   = "collection.json"
	storeSuffix = ".jsonl"
	partSuffix  = ".part"
)

// Store keeps the finished resources of a collection in a folder, so that one
// that is cut off can go on where it was. A resource is a file of JSON lines,
// which gets its name only when it is whole. The folder is 0700 and its files
// 0600: they hold what the snapshot holds. No secret enters it.
//
// A nil Store keeps nothing.
type Store struct {
	dir     string
	started time.Time
	resumed bool
}

type storedHead struct {
	Format   int              `json:"format"`
	Identity string           `json:"identity"`
	Started  snapshot.Instant `json:"started"`
}

// ErrOtherCollection says that a folder was kept by a collection with other
// settings.
var ErrOtherCollection = errors.New("kept by a collection of another tenant or with other settings")

// OpenStore opens the folder dir for a collection. identity is a text that says
// what is collected, from where and how; a collection is only resumed by one
// with the same. With resume false, or when what is there is older than KeepFor
// or not there at all, the collection begins anew: see Resumed.
func OpenStore(dir, identity string, resume bool, now time.Time) (*Store, error) {
	if err := privateDir(dir); err != nil {
		return nil, fmt.Errorf("resume folder: %w", err)
	}
	s := &Store{dir: dir, started: now.UTC().Truncate(time.Second)}
	if resume {
		head, err := s.head()
		if err != nil {
			return nil, fmt.Errorf("resume folder: %w", err)
		}
		if head != nil && now.Sub(head.Started.Time) < KeepFor && head.Format == storeFormat {
			if head.Identity != identity {
				return nil, fmt.Errorf("resume folder %s: %w; remove it, or collect without resuming", dir, ErrOtherCollection)
			}
			s.started, s.resumed = head.Started.Time, true
			return s, nil
		}
	}
	if err := s.clear(); err != nil {
		return nil, fmt.Errorf("resume folder: %w", err)
	}
	head, err := json.Marshal(storedHead{Format: storeFormat, Identity: identity, Started: snapshot.NewInstant(now)})
	if err != nil {
		return nil, fmt.Errorf("resume folder: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, storeHead), head, 0o600); err != nil {
		return nil, fmt.Errorf("resume folder: %w", err)
	}
	return s, nil
}

// privateDir makes the folder, or checks that nobody else can write into one
// that is there: whatever lies in it ends in a snapshot.
func privateDir(dir string) error {
	err := os.Mkdir(dir, 0o700)
	if err == nil {
		return nil
	}
	if !errors.Is(err, fs.ErrExist) {
		return err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s: not a folder", dir)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("%s: open to other users (%v); remove it, or make it 0700", dir, info.Mode().Perm())
	}
	return nil
}

// head reads what the folder says about itself; nil when it says nothing.
func (s *Store) head() (*storedHead, error) {
	text, err := os.ReadFile(filepath.Join(s.dir, storeHead))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var head storedHead
	if json.Unmarshal(text, &head) != nil {
		return nil, nil // cut off while it was written: there is nothing to resume
	}
	return &head, nil
}

// Resumed tells whether an earlier collection goes on.
func (s *Store) Resumed() bool { return s != nil && s.resumed }

// Started is when the collection began, in its first run.
func (s *Store) Started() time.Time { return s.started }

// Remove removes the folder. It is for when the snapshot is written and nothing
// is left to resume.
func (s *Store) Remove() error {
	if s == nil {
		return nil
	}
	if err := s.clear(); err != nil {
		return err
	}
	return os.Remove(s.dir)
}

// clear removes the files that a Store writes, and no others.
func (s *Store) clear() error {
	files, err := os.ReadDir(s.dir)
	if err != nil {
		return err
	}
	for _, file := range files {
		name := file.Name()
		if name == storeHead || strings.HasSuffix(name, storeSuffix) || strings.HasSuffix(name, storeSuffix+partSuffix) {
			if err := os.Remove(filepath.Join(s.dir, name)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Store) file(resource string) string { return filepath.Join(s.dir, resource+storeSuffix) }

// has tells whether a resource was finished earlier.
func (s *Store) has(resource string) bool {
	if !s.Resumed() {
		return false
	}
	_, err := os.Stat(s.file(resource))
	return err == nil
}

// storedLine is one line of a resource's file; exactly one part of it is set.
type storedLine struct {
	Path  string             `json:"path,omitzero"`
	Row   string             `json:"row,omitzero"`
	Value jsontext.Value     `json:"value,omitzero"`
	End   *snapshot.Resource `json:"end,omitzero"`
}

// kept is what a resource's file holds beside its rows.
type kept struct {
	sections map[string]jsontext.Value
	line     snapshot.Resource
}

// load reads a finished resource and gives its rows to add, which may be nil.
func (s *Store) load(resource string, add func(Row)) (kept, error) {
	k := kept{sections: make(map[string]jsontext.Value)}
	file, err := os.Open(s.file(resource))
	if err != nil {
		return k, err
	}
	defer func() { _ = file.Close() }() // only read from
	decoder := jsontext.NewDecoder(bufio.NewReaderSize(file, 64<<10))
	for {
		var line storedLine
		if err := json.UnmarshalDecode(decoder, &line); err != nil {
			return k, fmt.Errorf("%s: %w", resource, err) // io.EOF as well: the last line is missing
		}
		switch {
		case line.End != nil:
			k.line = *line.End
			return k, nil
		case line.Path != "":
			k.sections[line.Path] = line.Value
		default:
			row := newRow(line.Row)
			if row == nil {
				return k, fmt.Errorf("%s: unknown row %q", resource, line.Row)
			}
			if err := json.Unmarshal(line.Value, row); err != nil {
				return k, fmt.Errorf("%s: %w", resource, err)
			}
			if add != nil {
				add(row)
			}
		}
	}
}

// spool writes one resource's file while it is collected. A disk that is full
// costs the possibility to resume, never the collection: after the first error
// nothing more is written and the file goes. A nil spool writes nothing.
type spool struct {
	final string
	file  *os.File
	w     *bufio.Writer
	err   error
}

func (s *Store) spool(resource string) *spool {
	if s == nil {
		return nil
	}
	final := s.file(resource)
	file, err := os.OpenFile(final+partSuffix, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil
	}
	return &spool{final: final, file: file, w: bufio.NewWriterSize(file, 64<<10)}
}

func (s *spool) set(path string, value jsontext.Value) {
	s.write(storedLine{Path: path, Value: value})
}

func (s *spool) add(row Row) {
	if s == nil || s.err != nil {
		return
	}
	value, err := json.Marshal(row)
	if err != nil {
		s.err = err
		return
	}
	s.write(storedLine{Row: row.kind(), Value: value})
}

func (s *spool) write(line storedLine) {
	if s == nil || s.err != nil {
		return
	}
	text, err := json.Marshal(line)
	if err == nil {
		_, err = s.w.Write(append(text, '\n'))
	}
	s.err = err
}

// end finishes the file if the resource would end the same way again: read
// whole, or not licensed. Everything else is worth asking for again.
func (s *spool) end(line snapshot.Resource) {
	if s == nil {
		return
	}
	keep := line.Status == snapshot.Collected || line.Status == snapshot.Unlicensed
	if keep {
		s.write(storedLine{End: &line})
	}
	err := errors.Join(s.err, s.w.Flush(), s.file.Sync(), s.file.Close())
	if keep && err == nil {
		err = os.Rename(s.file.Name(), s.final)
	}
	if !keep || err != nil {
		_ = os.Remove(s.file.Name()) // a leftover is overwritten or cleared later
	}
}
