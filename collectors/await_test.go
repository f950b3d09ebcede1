package collectors_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/snapshot"
)

func TestAwaitAcrossCollectors(t *testing.T) {
	waiting := offer("okta.requests", "evidence.okta_requests", "evidence.window")
	waiting.After = []string{"entra.domains", "entra.organization"}
	reader := &script{"okta", []collectors.Offer{waiting}, func(ctx context.Context, s *collectors.Sink) error {
		s.Do(ctx, "okta.requests", func(ctx context.Context, r *collectors.Recorder) error {
			absent, err := s.Await(ctx, "entra.organization")
			if err != nil || absent.Line.Status != snapshot.Skipped {
				t.Errorf("a resource that nobody offers: %v, %v", absent.Line.Status, err)
			}
			domains, err := s.Await(ctx, "entra.domains")
			if err != nil {
				return err
			}
			var list []struct{ ID string }
			if ok, err := domains.Decode("entra.domains", &list); !ok || err != nil {
				return domains.Missing()
			}
			return r.Set("evidence.okta_requests", []snapshot.OktaRequest{{UserName: list[0].ID, Succeeded: 1}})
		})
		return nil
	}}
	entra := func(read func(context.Context, *collectors.Recorder) error) collectors.Collector {
		return &script{"entra", []collectors.Offer{offer("entra.domains")}, func(ctx context.Context, s *collectors.Sink) error {
			time.Sleep(10 * time.Millisecond)
			s.Do(ctx, "entra.domains", read)
			return nil
		}}
	}
	t.Run("there", func(t *testing.T) {
		result := run(t, t.Context(), options(), reader, entra(func(_ context.Context, r *collectors.Recorder) error {
			return r.Set("entra.domains", []snapshot.Object{object(`{"ID":"contoso.com"}`)})
		}))
		if got := result.Snapshot.Evidence.OktaRequests[0].UserName; got != "contoso.com" {
			t.Errorf("got %q", got)
		}
		want := &snapshot.Window{Since: snapshot.NewInstant(start.AddDate(0, 0, -30)), Until: snapshot.NewInstant(start)}
		if diff := cmp.Diff(want, result.Snapshot.Evidence.Window); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("missing", func(t *testing.T) {
		result := run(t, t.Context(), options(), reader, entra(func(context.Context, *collectors.Recorder) error {
			return &collectors.Error{Code: collectors.CodeDenied, Problem: "no"}
		}))
		got := line(t, result, "okta.requests")
		if got.Status != snapshot.Failed || got.Code != "dependency" || !strings.Contains(got.Message, "entra.domains") {
			t.Errorf("%+v", got)
		}
		if result.Snapshot.Evidence != nil {
			t.Error("a window was written for evidence that was not read")
		}
	})
	t.Run("absent collector", func(t *testing.T) {
		result := run(t, t.Context(), options(), reader,
			collectors.Absent("entra", []collectors.Offer{offer("entra.domains")}, "not asked for"))
		if got := line(t, result, "entra.domains"); got.Status != snapshot.Skipped || got.Code != "not_requested" {
			t.Errorf("%+v", got)
		}
		if got := line(t, result, "okta.requests"); got.Code != "dependency" {
			t.Errorf("%+v", got)
		}
	})
}

// A mistake in one part must not leave another part waiting for ever.
func TestConcurrentParts(t *testing.T) {
	waiting := offer("entra.federation_configurations")
	waiting.After = []string{"entra.domains"}
	offers := []collectors.Offer{offer("entra.domains"), waiting, offer("entra.organization")}
	result := run(t, t.Context(), options(), &script{"entra", offers, func(ctx context.Context, s *collectors.Sink) error {
		begun := make(chan struct{})
		return s.Concurrently(
			func() { <-begun; panic("before it reads the domains") },
			func() {
				s.Do(ctx, "entra.federation_configurations", func(ctx context.Context, r *collectors.Recorder) error {
					domains, err := s.Await(ctx, "entra.domains")
					if err != nil {
						return err
					}
					return domains.Missing()
				})
			},
			func() {
				s.Do(ctx, "entra.organization", func(_ context.Context, r *collectors.Recorder) error {
					close(begun)
					time.Sleep(20 * time.Millisecond)
					return r.Set("entra.organization", object(`{}`))
				})
			})
	}})
	want := map[string]string{"entra.domains": "internal", "entra.organization": ""}
	for name, code := range want {
		if got := line(t, result, name); got.Code != code {
			t.Errorf("%s: %s (%s)", name, got.Status, got.Code)
		}
	}
	// Whether it had begun to wait by then is chance; it must have ended.
	if got := line(t, result, "entra.federation_configurations").Code; got != "dependency" && got != "internal" {
		t.Errorf("ended with %q", got)
	}
}

func TestCollectorsThatDoNotFitTogether(t *testing.T) {
	nothing := func(context.Context, *collectors.Sink) error { return nil }
	after := func(o collectors.Offer, names ...string) collectors.Offer { o.After = names; return o }
	tests := []struct {
		name string
		list []collectors.Collector
		want string
	}{
		{"twice", []collectors.Collector{&script{"a", nil, nothing}, &script{"a", nil, nothing}}, "given twice"},
		{"resource twice", []collectors.Collector{
			&script{"a", []collectors.Offer{offer("a.x")}, nothing}, &script{"b", []collectors.Offer{offer("a.x")}, nothing}}, "offered twice"},
		{"circle", []collectors.Collector{
			&script{"a", []collectors.Offer{after(offer("a.x"), "b.y")}, nothing},
			&script{"b", []collectors.Offer{after(offer("b.y"), "a.x")}, nothing}}, "waits for itself"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := collectors.Run(t.Context(), tt.list, options())
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}

func TestSkip(t *testing.T) {
	o := options()
	o.Skip = func(name string) string {
		if name == "entra.user_activity" {
			return "left out by --skip"
		}
		return ""
	}
	offers := []collectors.Offer{offer("entra.users", "mailboxes[].entra"), offer("entra.user_activity", "mailboxes[].entra.signInActivity")}
	result := run(t, t.Context(), o, &script{"entra", offers, func(ctx context.Context, s *collectors.Sink) error {
		s.DoAll(ctx, []string{"entra.users", "entra.user_activity"}, func(_ context.Context, r []*collectors.Recorder) error {
			if !r[0].Open() || r[1].Open() {
				t.Error("the wrong resource is open")
			}
			r[0].Page(1)
			r[1].Page(1)
			return nil
		})
		return nil
	}})
	if got := line(t, result, "entra.users"); got.Status != snapshot.Collected {
		t.Errorf("%+v", got)
	}
	if got := line(t, result, "entra.user_activity"); got.Status != snapshot.Skipped || got.Message != "left out by --skip" {
		t.Errorf("%+v", got)
	}
}

func TestProgress(t *testing.T) {
	var events []collectors.Event
	o := options()
	o.Progress = func(e collectors.Event) { events = append(events, e) }
	run(t, t.Context(), o, &script{"exchange", []collectors.Offer{offer("exchange.cas_mailboxes", "mailboxes", "mailboxes[].exchange")},
		func(ctx context.Context, s *collectors.Sink) error {
			s.Do(ctx, "exchange.cas_mailboxes", func(ctx context.Context, r *collectors.Recorder) error {
				r.Add(&collectors.CASMailbox{ID: "a"}, &collectors.CASMailbox{ID: "b"})
				r.Page(2)
				collectors.Wait(ctx, time.Second, "rate limit")
				return nil
			})
			return nil
		}})
	base := collectors.Event{Collector: "exchange", Resource: "exchange.cas_mailboxes", Total: 1}
	with := func(change func(*collectors.Event)) collectors.Event { e := base; change(&e); return e }
	want := []collectors.Event{
		with(func(e *collectors.Event) { e.Kind = collectors.Started }),
		with(func(e *collectors.Event) { e.Kind, e.Pages, e.Items, e.Mailboxes = collectors.Paged, 1, 2, 2 }),
		with(func(e *collectors.Event) {
			e.Kind, e.Pages, e.Items, e.Mailboxes, e.Wait, e.Reason = collectors.Waiting, 1, 2, 2, time.Second, "rate limit"
		}),
		with(func(e *collectors.Event) {
			e.Kind, e.Pages, e.Items, e.Mailboxes, e.Done, e.Status = collectors.Ended, 1, 2, 2, 1, snapshot.Collected
		}),
	}
	if diff := cmp.Diff(want, events); diff != "" {
		t.Error(diff)
	}
	collectors.Wait(t.Context(), time.Second, "outside a run") // must not panic
}
