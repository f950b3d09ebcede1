package transport

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limit is a limit that the service is known to have: at most Requests in any
// stretch of time Per.
type Limit struct {
	// Match tells which requests count; nil means all of them.
	Match func(*http.Request) bool
	// Requests and Per are the limit.
	Requests int
	Per      time.Duration
}

// window keeps to one Limit exactly: request i may go when request i-Requests is
// Per old. One token bucket would let twice as many through in the worst
// stretch; Requests buckets of one token each, used in turn, do not.
type window struct {
	limit   Limit
	mu      sync.Mutex
	turn    int
	buckets []*rate.Limiter
}

func newWindow(limit Limit) *window {
	// Two percent more, because requests do not arrive as evenly as they leave.
	every := rate.Every(limit.Per + limit.Per/50)
	w := &window{limit: limit, buckets: make([]*rate.Limiter, limit.Requests)}
	for i := range w.buckets {
		w.buckets[i] = rate.NewLimiter(every, 1)
	}
	return w
}

// reserve takes the next turn and says how long to wait for it.
func (w *window) reserve(now time.Time) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	bucket := w.buckets[w.turn]
	w.turn = (w.turn + 1) % len(w.buckets)
	return bucket.ReserveN(now, 1).DelayFrom(now)
}

// Budget keeps to a limit that the service reports in X-Rate-Limit-Limit,
// -Remaining and -Reset: it stops before the budget is gone, because others in
// the organisation live on the same one.
type Budget struct {
	// Reserve is the share of the limit that is left to others, 0 to 1.
	Reserve float64
	// Key tells which requests share a budget; nil means all of them do.
	Key func(*http.Request) string

	mu     sync.Mutex
	states map[string]*budgetState
}

type budgetState struct {
	limit, remaining int
	resets           time.Time // by our clock
}

func (b *Budget) key(req *http.Request) string {
	if b.Key == nil {
		return ""
	}
	return b.Key(req)
}

// reserve counts the request, and says how long to wait for it.
func (b *Budget) reserve(req *http.Request, now time.Time) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.states[b.key(req)]
	if s == nil || !now.Before(s.resets) {
		return 0
	}
	s.remaining--
	if float64(s.remaining) >= b.Reserve*float64(s.limit) {
		return 0
	}
	return s.resets.Sub(now)
}

// observe takes over what an answer says about the budget. Limit and Remaining
// both 0 means a limit on concurrency, which is not a budget.
func (b *Budget) observe(req *http.Request, header http.Header, now time.Time) {
	limit, err := strconv.Atoi(header.Get("X-Rate-Limit-Limit"))
	if err != nil || limit <= 0 {
		return
	}
	remaining, err := strconv.Atoi(header.Get("X-Rate-Limit-Remaining"))
	if err != nil || remaining < 0 {
		return
	}
	wait, ok := untilReset(header, serverTime(header, now))
	if !ok {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.states == nil {
		b.states = make(map[string]*budgetState)
	}
	b.states[b.key(req)] = &budgetState{limit: limit, remaining: remaining, resets: now.Add(wait)}
}

// pace waits for its turn before each attempt.
type pace struct {
	windows []*window
	budget  *Budget
	maxWait time.Duration
	clock   clock
	onWait  func(context.Context, time.Duration, string)
	next    http.RoundTripper
}

func (p *pace) RoundTrip(req *http.Request) (*http.Response, error) {
	wait := p.reserve(req)
	if wait > 0 {
		if p.onWait != nil {
			p.onWait(req.Context(), wait, "rate limit")
		}
		if err := p.clock.sleep(req.Context(), wait); err != nil {
			closeBody(req)
			return nil, canceled(req)
		}
	}
	resp, err := p.next.RoundTrip(req)
	if err == nil && p.budget != nil {
		p.budget.observe(req, resp.Header, p.clock.now())
	}
	return resp, err
}

// reserve takes a turn everywhere the request counts, and gives the longest wait.
func (p *pace) reserve(req *http.Request) time.Duration {
	now := p.clock.now()
	var wait time.Duration
	for _, w := range p.windows {
		if w.limit.Match == nil || w.limit.Match(req) {
			wait = max(wait, w.reserve(now))
		}
	}
	if p.budget != nil {
		// A reset far away is a clock gone wrong, not a budget.
		wait = max(wait, min(p.budget.reserve(req, now), p.maxWait))
	}
	return wait
}
