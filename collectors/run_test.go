package collectors_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/snapshot"
)

// script is a collector whose behaviour is a function.
type script struct {
	name    string
	offers  []collectors.Offer
	collect func(context.Context, *collectors.Sink) error
}

func (s *script) Name() string               { return s.name }
func (s *script) Offers() []collectors.Offer { return s.offers }
func (s *script) Collect(ctx context.Context, sink *collectors.Sink) error {
	return s.collect(ctx, sink)
}

// offer makes an offer that fills the path of its own name, or the given ones.
func offer(name string, paths ...string) collectors.Offer {
	if len(paths) == 0 {
		paths = []string{name}
	}
	return collectors.Offer{Name: name, Endpoint: "GET /" + name, Permission: "Read." + name, Paths: paths}
}

func object(text string) snapshot.Object { return snapshot.Object(text) }

var start = time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)

func options() collectors.Options {
	return collectors.Options{
		Source: "live", Evidence: 30 * 24 * time.Hour,
		Now: func() time.Time { return start },
	}
}

func run(t *testing.T, ctx context.Context, o collectors.Options, list ...collectors.Collector) *collectors.Result {
	t.Helper()
	result, err := collectors.Run(ctx, list, o)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func line(t *testing.T, r *collectors.Result, name string) snapshot.Resource {
	t.Helper()
	for _, l := range r.Snapshot.Collection.Resources {
		if l.Name == name {
			return l
		}
	}
	t.Fatalf("no line for %s in the ledger", name)
	return snapshot.Resource{}
}

// A collection of an hour tells of the tenant as it was when it began: the window of
// the evidence ends there as well.
func TestASnapshotIsAsOldAsItsBeginning(t *testing.T) {
	o, now := options(), start
	o.Now = func() time.Time { return now }
	result := run(t, t.Context(), o, &script{"okta", []collectors.Offer{offer("okta.requests", "evidence.okta_requests", "evidence.window")},
		func(ctx context.Context, sink *collectors.Sink) error {
			sink.Do(ctx, "okta.requests", func(_ context.Context, r *collectors.Recorder) error {
				now = start.Add(time.Hour)
				r.Page(0)
				return r.Set("evidence.okta_requests", []snapshot.OktaRequest{})
			})
			return nil
		}})
	got := []snapshot.Instant{result.Snapshot.CollectedAt, result.Snapshot.Evidence.Window.Until, *line(t, result, "okta.requests").CollectedAt}
	want := []snapshot.Instant{snapshot.NewInstant(start), snapshot.NewInstant(start), snapshot.NewInstant(start.Add(time.Hour))}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("collected at, window until, resource collected at (-want +got):\n%s", diff)
	}
}

func TestHowAResourceEnds(t *testing.T) {
	denied := &collectors.Error{Code: collectors.CodeDenied, Problem: "403", Hint: "grant it"}
	tests := []struct {
		name string
		read func(context.Context, *collectors.Recorder) error
		want snapshot.Resource
	}{
		{"collected", func(_ context.Context, r *collectors.Recorder) error {
			r.Page(2)
			return r.Set("entra.domains", []snapshot.Object{object(`{"id":"a"}`), object(`{"id":"b"}`)})
		}, snapshot.Resource{Status: snapshot.Collected, Items: new(2)}},
		{"nothing there", func(_ context.Context, r *collectors.Recorder) error {
			r.Page(0)
			return r.Set("entra.domains", []snapshot.Object{})
		}, snapshot.Resource{Status: snapshot.Collected, Items: new(0)}},
		{"denied", func(context.Context, *collectors.Recorder) error { return denied },
			snapshot.Resource{Status: snapshot.Denied, Code: "denied", Message: "403; grant it"}},
		{"denied on the second page", func(_ context.Context, r *collectors.Recorder) error {
			r.Page(1)
			return denied
		}, snapshot.Resource{Status: snapshot.Partial, Items: new(1), Code: "denied", Message: "403; grant it"}},
		{"gaps", func(_ context.Context, r *collectors.Recorder) error {
			r.Items(1)
			r.Gap(denied)
			r.Gap(errors.New("other"))
			return nil
		}, snapshot.Resource{Status: snapshot.Partial, Items: new(1), Code: "denied", Message: "403; grant it", Counts: map[string]int{"gaps": 2}}},
		{"no licence", func(context.Context, *collectors.Recorder) error {
			return &collectors.Error{Code: collectors.CodeUnlicensed, Problem: "no premium"}
		}, snapshot.Resource{Status: snapshot.Unlicensed, Code: "unlicensed", Message: "no premium"}},
		{"plain error", func(context.Context, *collectors.Recorder) error { return errors.New("x\ny\u202e") },
			snapshot.Resource{Status: snapshot.Failed, Code: "failed", Message: "x y"}},
		{"panic", func(context.Context, *collectors.Recorder) error { panic("hunter2-secret") },
			snapshot.Resource{Status: snapshot.Failed, Code: "internal", Message: "a mistake in Postern stopped this (string); please report it"}},
		{"runtime panic after reading", func(_ context.Context, r *collectors.Recorder) error {
			r.Items(3)
			var none []int
			_ = none[len(none)]
			return nil
		}, snapshot.Resource{Status: snapshot.Partial, Items: new(3), Code: "internal", Message: "a mistake in Postern stopped this (runtime error: index out of range [0] with length 0); please report it"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			result := run(t, t.Context(), options(), &script{"entra", []collectors.Offer{offer("entra.domains")},
				func(ctx context.Context, sink *collectors.Sink) error {
					if got := sink.Do(ctx, "entra.domains", tt.read); got != tt.want.Status {
						t.Errorf("Do returned %s, want %s", got, tt.want.Status)
					}
					return nil
				}})
			want := tt.want
			want.Name, want.Endpoint, want.Permission = "entra.domains", "GET /entra.domains", "Read.entra.domains"
			want.Paths = []string{"entra.domains"}
			at := snapshot.NewInstant(start)
			want.CollectedAt = &at
			if diff := cmp.Diff(want, line(t, result, "entra.domains")); diff != "" {
				t.Errorf("ledger (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEveryOfferEndsInTheLedger(t *testing.T) {
	offers := []collectors.Offer{offer("okta.apps"), offer("okta.zones")}
	tests := []struct {
		name    string
		collect func(context.Context, *collectors.Sink) error
		status  snapshot.Status
		code    string
	}{
		{"silence", func(context.Context, *collectors.Sink) error { return nil }, snapshot.Failed, "internal"},
		{"error", func(context.Context, *collectors.Sink) error {
			return &collectors.Error{Code: collectors.CodeDenied, Problem: "no"}
		}, snapshot.Denied, "denied"},
		{"panic", func(context.Context, *collectors.Sink) error { panic(1) }, snapshot.Failed, "internal"},
		{"a name it does not offer", func(ctx context.Context, s *collectors.Sink) error {
			s.Do(ctx, "okta.unknown", nil)
			return nil
		}, snapshot.Failed, "internal"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			good := &script{"entra", []collectors.Offer{offer("entra.organization")},
				func(ctx context.Context, s *collectors.Sink) error {
					s.Do(ctx, "entra.organization", func(_ context.Context, r *collectors.Recorder) error {
						return r.Set("entra.organization", object(`{"displayName":"Acme"}`))
					})
					return nil
				}}
			result := run(t, t.Context(), options(), &script{"okta", offers, tt.collect}, good)
			for _, name := range []string{"okta.apps", "okta.zones"} {
				if got := line(t, result, name); got.Status != tt.status || got.Code != tt.code {
					t.Errorf("%s: %s (%s), want %s (%s)", name, got.Status, got.Code, tt.status, tt.code)
				}
			}
			if got := line(t, result, "entra.organization").Status; got != snapshot.Collected {
				t.Errorf("the other collector: %s, want it whole", got)
			}
			if result.Snapshot.Okta != nil {
				t.Errorf("okta section = %v, want it absent", result.Snapshot.Okta)
			}
			if result.Snapshot.Tenant.Name != "Acme" {
				t.Errorf("tenant name = %q", result.Snapshot.Tenant.Name)
			}
		})
	}
}

func TestCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	result := run(t, ctx, options(), &script{"okta", []collectors.Offer{offer("okta.apps"), offer("okta.zones"), offer("okta.domains")},
		func(ctx context.Context, s *collectors.Sink) error {
			s.Do(ctx, "okta.apps", func(ctx context.Context, r *collectors.Recorder) error {
				r.Page(1)
				cancel()
				return ctx.Err()
			})
			s.Do(ctx, "okta.zones", func(context.Context, *collectors.Recorder) error {
				t.Error("asked for after the end")
				return nil
			})
			return nil
		}})
	if !result.Canceled {
		t.Error("Canceled is false")
	}
	want := map[string]snapshot.Status{"okta.apps": snapshot.Partial, "okta.zones": snapshot.Skipped, "okta.domains": snapshot.Skipped}
	for name, status := range want {
		if got := line(t, result, name); got.Status != status || got.Code != "canceled" {
			t.Errorf("%s: %s (%s), want %s (canceled)", name, got.Status, got.Code, status)
		}
	}
}

func TestValuesTheDocumentHasNoPlaceFor(t *testing.T) {
	tests := []struct {
		path  string
		value any
	}{
		{"entra.domains", object(`{"not":"a list"}`)},
		{"entra.unknown", object(`{}`)},
		{"entra.group_member_counts", map[string]string{"a": "b"}},
		{"evidence.window", snapshot.Window{}},
		{"entra.security_defaults", object(`{"broken`)},
		{"okta.apps", []snapshot.Object{}},
	}
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			paths := []string{tt.path}
			if tt.path == "okta.apps" {
				paths = []string{"entra.domains"} // not offered
			}
			result := run(t, t.Context(), options(), &script{"entra", []collectors.Offer{offer("entra.x", paths...)},
				func(ctx context.Context, s *collectors.Sink) error {
					s.Do(ctx, "entra.x", func(_ context.Context, r *collectors.Recorder) error { return r.Set(tt.path, tt.value) })
					return nil
				}})
			if got := line(t, result, "entra.x"); got.Status != snapshot.Failed {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestOtherTenant(t *testing.T) {
	entra := &script{"entra", []collectors.Offer{offer("entra.organization")}, func(ctx context.Context, s *collectors.Sink) error {
		s.Do(ctx, "entra.organization", func(_ context.Context, r *collectors.Recorder) error {
			return r.Set("entra.organization", object(`{"id":"11111111-0000-0000-0000-000000000000"}`))
		})
		return nil
	}}
	o := options()
	o.Tenant.ID = "22222222-0000-0000-0000-000000000000"
	if _, err := collectors.Run(t.Context(), []collectors.Collector{entra}, o); err == nil || !strings.Contains(err.Error(), "11111111-") {
		t.Errorf("error = %v", err)
	}
	o.Tenant.ID = ""
	if got := run(t, t.Context(), o, entra).Snapshot.Tenant.ID; got != "11111111-0000-0000-0000-000000000000" {
		t.Errorf("tenant id = %q", got)
	}
}

func TestSameInputSameResult(t *testing.T) {
	rows := []collectors.Row{
		&collectors.CASMailbox{ID: "b"}, &collectors.CASMailbox{ID: "a"}, &collectors.CASMailbox{ID: "c"},
	}
	write := func(rows []collectors.Row) string {
		result := run(t, t.Context(), options(), &script{"exchange", []collectors.Offer{offer("exchange.cas_mailboxes", "mailboxes")},
			func(ctx context.Context, s *collectors.Sink) error {
				s.Do(ctx, "exchange.cas_mailboxes", func(_ context.Context, r *collectors.Recorder) error { r.Add(rows...); r.Page(3); return nil })
				return nil
			}})
		var b strings.Builder
		if err := snapshot.Write(&b, result.Snapshot, result.Mailboxes()); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	first := write(rows)
	slices.Reverse(rows)
	if diff := cmp.Diff(first, write(rows)); diff != "" {
		t.Error(diff)
	}
}
