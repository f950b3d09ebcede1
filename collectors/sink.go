package collectors

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// Sink is where one collector reports. All its methods may be called from
// several goroutines at once.
type Sink struct {
	board     *board
	collector string
}

// Window is the time for which logs are read. Every collector of a run gets the
// same one, and a resumed run the one it began with.
func (s *Sink) Window() snapshot.Window { return s.board.window }

// Do reads one resource: read reports to the recorder and returns what stopped
// it. Do records how that ended and returns the status:
//
//   - collected, when read returns nil and reported no gap;
//   - partial, when something was read before an error, or a gap was reported;
//   - denied, unlicensed, skipped or failed by the error's code, when nothing was.
//
// A panic in read ends the resource as failed. When the context has ended, read
// is not called. When an earlier, cut-off run has finished the resource, read is
// not called either and what was kept stands.
func (s *Sink) Do(ctx context.Context, name string, read func(context.Context, *Recorder) error) snapshot.Status {
	return s.DoAll(ctx, []string{name}, func(ctx context.Context, r []*Recorder) error {
		return read(ctx, r[0])
	})[0]
}

// DoAll is Do for resources that come out of the same requests. An error of read
// counts for each of them that was not ended with Recorder.End before.
func (s *Sink) DoAll(ctx context.Context, names []string, read func(context.Context, []*Recorder) error) []snapshot.Status {
	recorders := make([]*Recorder, len(names))
	for i, name := range names {
		recorders[i] = s.recorder(name)
	}
	if !s.restored(recorders) {
		s.read(ctx, recorders, read)
	}
	statuses := make([]snapshot.Status, len(recorders))
	for i, r := range recorders {
		statuses[i] = r.status()
	}
	return statuses
}

// recorder finds the resource's line. A name that the collector does not offer
// is a mistake in the program, which no run can mend.
func (s *Sink) recorder(name string) *Recorder {
	e := s.board.entries[name]
	if e == nil || e.collector != s.collector {
		panic(fmt.Sprintf("collector %s: resource %s is not offered", s.collector, name))
	}
	return &Recorder{board: s.board, entry: e}
}

// restored takes the resources from the earlier run, if it finished them all.
func (s *Sink) restored(recorders []*Recorder) bool {
	for _, r := range recorders {
		if !s.board.store.has(r.entry.offer.Name) {
			return false
		}
	}
	for _, r := range recorders {
		if !s.board.restore(r.entry) {
			return false
		}
	}
	return true
}

func (s *Sink) read(ctx context.Context, recorders []*Recorder, read func(context.Context, []*Recorder) error) {
	err := stopped(ctx)
	if err == nil {
		if !s.start(recorders) {
			return // left out, or the whole service was given up
		}
		ctx = context.WithValue(ctx, recorderKey{}, recorders[0])
		err = guarded(func() error { return read(ctx, recorders) })
	}
	for _, r := range recorders {
		r.End(err)
	}
}

// start opens the resources that have not ended, and tells whether any was left.
func (s *Sink) start(recorders []*Recorder) bool {
	left := false
	for _, r := range recorders {
		left = s.board.start(r.entry) || left
	}
	return left
}

// stopped gives the error for a resource that a stopped run never asks for.
func stopped(ctx context.Context) error {
	if ctx.Err() == nil {
		return nil
	}
	return &Error{Code: CodeCanceled, Problem: "the collection was stopped before this was asked for"}
}

// guarded turns a panic into an error. Its text leaves out the value of a panic
// that is not the runtime's, because it may hold anything.
func guarded(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			what := fmt.Sprintf("%T", p)
			if e, ok := p.(runtime.Error); ok {
				what = e.Error()
			}
			err = &Error{
				Code: CodeInternal, Problem: "a mistake in Postern stopped this (" + clean(what) + ")",
				Hint: "please report it",
			}
		}
	}()
	return f()
}

// Concurrently runs the parts of a collector at the same time and waits for
// them. A panic in one part does not touch what the others are reading; what
// nobody has begun to read then ends as failed, so that no part waits for it for
// ever.
func (s *Sink) Concurrently(parts ...func()) error {
	var wg sync.WaitGroup
	errs := make([]error, len(parts))
	for i, part := range parts {
		wg.Go(func() {
			errs[i] = guarded(func() error { part(); return nil })
			if errs[i] != nil {
				s.board.endUnstarted(s.collector, errs[i])
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// Outcome is how another resource ended, and what it brought in.
type Outcome struct {
	// Line is its line of the ledger.
	Line     snapshot.Resource
	sections map[string]jsontext.Value
}

// Complete tells whether the resource was read to the end.
func (o Outcome) Complete() bool { return o.Line.Status == snapshot.Collected }

// Decode reads what the resource set at path into v, and tells whether there was
// anything. Partial evidence is there as well: see Complete.
func (o Outcome) Decode(path string, v any) (bool, error) {
	value, ok := o.sections[path]
	if !ok {
		return false, nil
	}
	if err := json.Unmarshal(value, v); err != nil {
		return true, &Error{Code: CodeBadAnswer, Problem: o.Line.Name + " holds something unexpected: " + clean(err.Error())}
	}
	return true, nil
}

// Missing is the error for a resource that cannot be read because this one did
// not come.
func (o Outcome) Missing() error {
	problem := o.Line.Name + " is needed first, and was not read (" + string(o.Line.Status)
	if o.Line.Code != "" && o.Line.Code != string(o.Line.Status) {
		problem += ", " + o.Line.Code
	}
	return &Error{Code: CodeDependency, Problem: problem + ")"}
}

// Await waits until a resource has ended, of this collector or another one. The
// resource must stand in the After of one that this collector offers; one that
// nobody in this run offers counts as skipped. The error is the context's.
func (s *Sink) Await(ctx context.Context, name string) (Outcome, error) {
	if !s.board.declared(s.collector, name) {
		panic(fmt.Sprintf("collector %s: waits for %s without saying so in an offer", s.collector, name))
	}
	e := s.board.entries[name]
	if e == nil {
		return Outcome{Line: snapshot.Resource{Name: name, Status: snapshot.Skipped, Code: CodeNotRequested}}, nil
	}
	select {
	case <-e.ended:
		return Outcome{Line: e.line, sections: e.sections}, nil
	case <-ctx.Done():
		return Outcome{}, ctx.Err()
	}
}

// Recorder takes in what is read of one resource.
type Recorder struct {
	board *board
	entry *entry
}

// Set gives the value of a path that the resource offers, such as entra.domains:
// a vendor object (snapshot.Object), a list or a map of them, or what else the
// document holds there. The last value stands. The error says that the document
// has no place for such a value.
func (r *Recorder) Set(path string, value any) error {
	if !slices.Contains(r.entry.offer.Paths, path) {
		return &Error{Code: CodeInternal, Problem: r.entry.offer.Name + " does not offer " + path}
	}
	text, err := json.Marshal(value)
	if err != nil {
		return &Error{Code: CodeBadAnswer, Problem: path + ": " + clean(err.Error())}
	}
	if err := fits(path, text); err != nil {
		return &Error{Code: CodeBadAnswer, Problem: path + ": " + clean(err.Error())}
	}
	r.board.set(r.entry, path, text)
	return nil
}

// Add gives rows of a bulk listing. They are kept in a compact form; the caller
// may use their memory again.
func (r *Recorder) Add(rows ...Row) {
	for _, row := range rows {
		if !slices.Contains(r.entry.offer.Paths, row.fills()) {
			panic(fmt.Sprintf("resource %s does not offer %s", r.entry.offer.Name, row.fills()))
		}
	}
	r.board.add(r.entry, rows)
}

// Page reports that one more page was read, with so many items.
func (r *Recorder) Page(items int) { r.board.page(r.entry, 1, items) }

// Items reports items that came without pages.
func (r *Recorder) Items(n int) { r.board.page(r.entry, 0, n) }

// Count adds n to a count in the ledger: leftovers, cross-checks.
func (r *Recorder) Count(name string, n int) { r.board.count(r.entry, name, n) }

// Gap reports that something is missing from the resource, and that reading goes
// on. The first gap's code and text stand in the ledger; the count "gaps" says
// how many there were.
func (r *Recorder) Gap(err error) { r.board.gap(r.entry, err) }

// End ends the resource before its read function returns, or with another error
// than that one's: one of several resources of DoAll that has no licence. What
// comes afterwards is ignored.
func (r *Recorder) End(err error) {
	if err != nil {
		r.board.gap(r.entry, err)
	}
	r.board.end(r.entry)
}

// Open tells whether the resource has not ended: one of several resources of
// DoAll may have been left out.
func (r *Recorder) Open() bool { return !r.entry.over() }

func (r *Recorder) status() snapshot.Status {
	<-r.entry.ended
	return r.entry.line.Status
}
