package collectors_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/snapshot"
)

// counter counts what is written to it.
type counter int64

func (c *counter) Write(p []byte) (int, error) { *c += counter(len(p)); return len(p), nil }

// heap is what is in use after a collection of garbage.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func openStore(t *testing.T, dir, identity string, resume bool, now time.Time) *collectors.Store {
	t.Helper()
	store, err := collectors.OpenStore(dir, identity, resume, now)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// tenant is a collector with four resources that remembers which were read, and
// cancels the run after the one named stop.
func tenant(t *testing.T, stop string, cancel func(), read *[]string) collectors.Collector {
	offers := []collectors.Offer{
		offer("exchange.accepted_domains"), casPart().offer, usersPart().offer, offer("exchange.transport_config"), offer("exchange.organization_config"),
	}
	return &script{"exchange", offers, func(ctx context.Context, s *collectors.Sink) error {
		do := func(name string, f func(*collectors.Recorder) error) {
			s.Do(ctx, name, func(ctx context.Context, r *collectors.Recorder) error {
				*read = append(*read, name)
				if err := f(r); err != nil {
					return err
				}
				if name == stop {
					cancel()
				}
				return ctx.Err()
			})
		}
		do("exchange.accepted_domains", func(r *collectors.Recorder) error {
			r.Page(1)
			return r.Set("exchange.accepted_domains", []snapshot.Object{object(`{"DomainName":"a"}`)})
		})
		s.DoAll(ctx, []string{"exchange.cas_mailboxes", "exchange.users"}, func(ctx context.Context, r []*collectors.Recorder) error {
			*read = append(*read, "exchange.cas_mailboxes")
			r[0].Add(&collectors.CASMailbox{ID: "a\n\"/\u202e", Exchange: snapshot.MailboxExchange{PopEnabled: yes}})
			r[0].Page(1)
			r[1].Add(&collectors.ExchangeUser{ID: "a\n\"/\u202e", UserPrincipalName: "a@b.c", RecipientType: "UserMailbox"})
			r[1].Page(1)
			return nil
		})
		do("exchange.transport_config", func(r *collectors.Recorder) error {
			r.Items(1)
			return r.Set("exchange.transport_config", object(`{"Name":"x"}`))
		})
		do("exchange.organization_config", func(r *collectors.Recorder) error {
			r.Items(1)
			return r.Set("exchange.organization_config", object(`{"Name":"y"}`))
		})
		return nil
	}}
}

func document(t *testing.T, r *collectors.Result) string {
	t.Helper()
	var b strings.Builder
	if err := snapshot.Write(&b, r.Snapshot, r.Mailboxes()); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestResume(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out.json.resume")
	var read []string
	whole := document(t, run(t, t.Context(), options(), tenant(t, "", nil, &read)))
	if len(read) != 4 {
		t.Fatalf("read %v", read)
	}

	ctx, cancel := context.WithCancel(t.Context())
	o := options()
	o.Store = openStore(t, dir, "tenant", false, start)
	read = nil
	if r := run(t, ctx, o, tenant(t, "exchange.transport_config", cancel, &read)); !r.Canceled {
		t.Fatal("not canceled")
	}
	assertPrivate(t, dir)

	later := start.Add(23 * time.Hour)
	o.Store = openStore(t, dir, "tenant", true, later)
	if !o.Store.Resumed() {
		t.Fatal("not resumed")
	}
	var restored []string
	o.Progress = func(e collectors.Event) {
		if e.Kind == collectors.Restored {
			restored = append(restored, e.Resource)
		}
	}
	read = nil
	result := run(t, t.Context(), o, tenant(t, "", nil, &read))
	// The resource in whose middle the run was cut off is asked for again.
	if diff := cmp.Diff([]string{"exchange.transport_config", "exchange.organization_config"}, read); diff != "" {
		t.Errorf("read again (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"exchange.accepted_domains", "exchange.cas_mailboxes", "exchange.users"}, restored); diff != "" {
		t.Errorf("restored (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(whole, document(t, result)); diff != "" {
		t.Errorf("resumed and whole collections differ (-whole +resumed):\n%s", diff)
	}
	if err := o.Store.Remove(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder is still there: %v", err)
	}
}

func assertPrivate(t *testing.T, dir string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		return
	}
	info, err := os.Stat(dir)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o700 {
		t.Errorf("folder is %v", info.Mode())
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, f := range files {
		info, err := f.Info()
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s is %v", f.Name(), info.Mode())
		}
		if strings.HasSuffix(f.Name(), ".part") {
			t.Errorf("%s was left behind", f.Name())
		}
	}
}

func TestWhatIsNotResumed(t *testing.T) {
	interrupted := func(t *testing.T) string {
		dir := filepath.Join(t.TempDir(), "r")
		ctx, cancel := context.WithCancel(t.Context())
		o := options()
		o.Store = openStore(t, dir, "tenant", false, start)
		var read []string
		run(t, ctx, o, tenant(t, "exchange.accepted_domains", cancel, &read))
		return dir
	}
	t.Run("without resume", func(t *testing.T) {
		if openStore(t, interrupted(t), "tenant", false, start).Resumed() {
			t.Error("resumed")
		}
	})
	t.Run("a day old", func(t *testing.T) {
		s := openStore(t, interrupted(t), "tenant", true, start.Add(24*time.Hour))
		if s.Resumed() || !s.Started().Equal(start.Add(24*time.Hour)) {
			t.Errorf("resumed %v, started %v", s.Resumed(), s.Started())
		}
	})
	t.Run("nothing there", func(t *testing.T) {
		if openStore(t, filepath.Join(t.TempDir(), "r"), "tenant", true, start).Resumed() {
			t.Error("resumed")
		}
	})
	t.Run("another tenant", func(t *testing.T) {
		if _, err := collectors.OpenStore(interrupted(t), "other", true, start); !errors.Is(err, collectors.ErrOtherCollection) {
			t.Errorf("error = %v", err)
		}
	})
	t.Run("open to others", func(t *testing.T) {
		if runtime.GOOS == "windows" {
			t.Skip("no permission bits")
		}
		dir := interrupted(t)
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if _, err := collectors.OpenStore(dir, "tenant", true, start); err == nil || !strings.Contains(err.Error(), "0700") {
			t.Errorf("error = %v", err)
		}
	})
	t.Run("a file where the folder should be", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "r")
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := collectors.OpenStore(file, "tenant", true, start); err == nil {
			t.Error("no error")
		}
	})
}

func TestADamagedFileIsReadAgain(t *testing.T) {
	for _, damage := range []struct {
		name string
		text string
	}{
		{"cut off", `{"path":"exchange.accepted_domains","value":[]}` + "\n"},
		{"empty", ""},
		{"no JSON", "{{{"},
		{"unknown row", `{"row":"alien","value":{}}` + "\n" + `{"end":{}}`},
	} {
		t.Run(damage.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "r")
			o := options()
			o.Store = openStore(t, dir, "tenant", false, start)
			var read []string
			whole := document(t, run(t, t.Context(), o, tenant(t, "", nil, &read)))
			if err := os.WriteFile(filepath.Join(dir, "exchange.accepted_domains.jsonl"), []byte(damage.text), 0o600); err != nil {
				t.Fatal(err)
			}
			o.Store = openStore(t, dir, "tenant", true, start)
			read = nil
			again := document(t, run(t, t.Context(), o, tenant(t, "", nil, &read)))
			if diff := cmp.Diff([]string{"exchange.accepted_domains"}, read); diff != "" {
				t.Errorf("read again (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(whole, again); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A folder that cannot be written to costs the possibility to resume, nothing else.
func TestTheCollectionSurvivesALostFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	o := options()
	o.Store = openStore(t, dir, "tenant", false, start)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	var read []string
	result := run(t, t.Context(), o, tenant(t, "", nil, &read))
	for _, l := range result.Snapshot.Collection.Resources {
		if l.Status != snapshot.Collected {
			t.Errorf("%s: %s %s", l.Name, l.Status, l.Message)
		}
	}
}

func TestWhatFailedIsAskedForAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	denied := &collectors.Error{Code: collectors.CodeDenied, Problem: "403"}
	unlicensed := &collectors.Error{Code: collectors.CodeUnlicensed, Problem: "no licence"}
	asked := map[string]int{}
	collector := &script{"entra", []collectors.Offer{offer("entra.domains"), offer("entra.sign_ins", "evidence.sign_ins")},
		func(ctx context.Context, s *collectors.Sink) error {
			for name, err := range map[string]error{"entra.domains": denied, "entra.sign_ins": unlicensed} {
				s.Do(ctx, name, func(context.Context, *collectors.Recorder) error { asked[name]++; return err })
			}
			return nil
		}}
	for _, resume := range []bool{false, true} {
		o := options()
		o.Store = openStore(t, dir, "tenant", resume, start)
		result := run(t, t.Context(), o, collector)
		if got := line(t, result, "entra.sign_ins").Status; got != snapshot.Unlicensed {
			t.Errorf("resume %v: %s", resume, got)
		}
	}
	if diff := cmp.Diff(map[string]int{"entra.domains": 2, "entra.sign_ins": 1}, asked); diff != "" {
		t.Error(diff)
	}
}
