package transport

import (
	"context"
	"math"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

const (
	// maxRenewals bounds how often one request is repeated with other credentials:
	// once for a nonce that the service asks for, once for a newer token.
	maxRenewals = 2
	// maxFailures bounds the attempts that end in anything but "slow down": what
	// has failed five times over a quarter of a minute rarely goes well the sixth.
	maxFailures = 5
)

// forever is the longest wait that is told from a longer one. Others can be added
// to it without an overflow, which would make it no wait at all.
const forever = time.Duration(math.MaxInt64 / 4)

// retry repeats a request as long as that may help and the waiting stays within
// bounds. Every request of a collector only reads, POST included, so repeating
// one is safe.
type retry struct {
	next        http.RoundTripper
	auth        Authorizer
	maxAttempts int
	maxWait     time.Duration
	minBackoff  time.Duration
	maxBackoff  time.Duration
	clock       clock
	onWait      func(context.Context, time.Duration, string)
	// down: the last request was given up because no answer came. Until one comes
	// again every request has one attempt: a service that is not there must not
	// cost a minute for each of twenty resources.
	down atomic.Bool
}

// clock is time as the tests may want it.
type clock struct {
	now    func() time.Time
	sleep  func(context.Context, time.Duration) error
	jitter func() float64
}

func (r *retry) RoundTrip(req *http.Request) (*http.Response, error) {
	var waited time.Duration
	renewals, failures := 0, 0
	for attempt := 1; ; attempt++ {
		again, err := rewind(req, attempt)
		if err != nil {
			return nil, err
		}
		resp, err := r.next.RoundTrip(again)
		if req.Context().Err() != nil {
			return nil, canceled(req)
		}
		if err == nil && r.renew(again, resp, renewals) {
			renewals++
			continue
		}
		last := r.down.Load() || attempt >= r.maxAttempts
		if answered(resp, err) {
			r.down.Store(false)
		}
		if !r.worthwhile(req, resp, err) {
			return resp, err
		}
		if resp == nil || resp.StatusCode != http.StatusTooManyRequests {
			failures++
		}
		wait, reason := r.wait(resp, attempt)
		if last || failures >= maxFailures || waited+wait > r.maxWait {
			return nil, r.givenUp(req, resp, err, attempt, wait)
		}
		waited += wait
		if err := r.pause(req, wait, reason); err != nil {
			return nil, err
		}
	}
}

// answered tells whether the service is there: it, or something in its place,
// said something.
func answered(resp *http.Response, err error) bool {
	return resp != nil || AsError(err).Status != 0
}

// rewind gives a request that can be sent again. A body that cannot be had again
// is sent once, as it is.
func rewind(req *http.Request, attempt int) (*http.Request, error) {
	if attempt == 1 || req.Body == nil || req.Body == http.NoBody {
		return req, nil
	}
	if req.GetBody == nil {
		return nil, &Error{Op: operation(req), Code: CodeUnreachable, Problem: "the request cannot be repeated: its body was used up"}
	}
	body, err := req.GetBody()
	if err != nil {
		return nil, &Error{Op: operation(req), Code: CodeUnreachable, Problem: "the request cannot be repeated: " + Redact(err.Error())}
	}
	out := req.Clone(req.Context())
	out.Body = body
	return out, nil
}

// renew tells whether the service refused the credentials and others can be had.
func (r *retry) renew(req *http.Request, resp *http.Response, renewals int) bool {
	return resp.StatusCode == http.StatusUnauthorized && r.auth != nil && renewals < maxRenewals &&
		r.auth.Refused(req.Context(), resp.Request, resp)
}

// worthwhile tells whether another attempt may go better.
func (r *retry) worthwhile(req *http.Request, resp *http.Response, err error) bool {
	if err != nil {
		e := AsError(err)
		return e.again
	}
	if resp.StatusCode == http.StatusRequestTimeout {
		return true
	}
	again, _ := retryablehttp.DefaultRetryPolicy(req.Context(), resp, nil)
	return again
}

// wait decides how long to wait before the next attempt, and says why. What the
// service asks for comes first; without that the time doubles with each attempt,
// and half of it is left to chance so that many clients do not come back at once.
func (r *retry) wait(resp *http.Response, attempt int) (time.Duration, string) {
	if resp != nil {
		if asked, ok := askedWait(resp, r.clock.now()); ok {
			return asked + time.Duration(r.clock.jitter()*float64(min(asked/10, time.Second))), "rate limit"
		}
	}
	backoff := retryablehttp.DefaultBackoff(r.minBackoff, r.maxBackoff, attempt-1, nil)
	backoff = backoff/2 + time.Duration(r.clock.jitter()*float64(backoff/2))
	if resp != nil && resp.StatusCode == http.StatusTooManyRequests {
		return backoff, "rate limit"
	}
	return backoff, "another attempt"
}

func (r *retry) pause(req *http.Request, wait time.Duration, reason string) error {
	if wait <= 0 {
		return nil
	}
	if r.onWait != nil {
		r.onWait(req.Context(), wait, reason)
	}
	if err := r.clock.sleep(req.Context(), wait); err != nil {
		return canceled(req)
	}
	return nil
}

// givenUp is the error after the last attempt.
func (r *retry) givenUp(req *http.Request, resp *http.Response, err error, attempts int, wait time.Duration) *Error {
	tries := " (after " + strconv.Itoa(attempts) + " attempts)"
	if attempts == 1 {
		tries = ""
	}
	if err != nil {
		e := *AsError(err)
		e.Problem += tries
		r.down.Store(e.Code == CodeUnreachable)
		return &e
	}
	_ = resp.Body.Close() // a reader over memory
	e := StatusError(req, resp.StatusCode, "")
	if e.Code != CodeThrottled {
		e.Code = CodeServerError
		e.Problem = "the service keeps failing" + tries
		return e
	}
	e.Problem = "the service keeps asking to slow down" + tries
	if wait > r.maxWait {
		e.Problem = "the service asks to wait " + wait.Round(time.Second).String() + ", longer than is allowed"
	}
	e.Hint = "another program may be using up the tenant's limits; try again later"
	return e
}

// askedWait reads how long the service wants us to wait, from Retry-After
// (seconds, fractions allowed, or a date) or, on 429, from X-Rate-Limit-Reset
// (seconds since 1970). Dates are compared with the service's own Date header,
// for this machine's clock may be wrong.
func askedWait(resp *http.Response, now time.Time) (time.Duration, bool) {
	server := serverTime(resp.Header, now)
	if text := resp.Header.Get("Retry-After"); text != "" {
		if seconds, err := strconv.ParseFloat(text, 64); err == nil && seconds >= 0 && !math.IsInf(seconds, 0) {
			return duration(seconds), true
		}
		if date, err := http.ParseTime(text); err == nil {
			return until(date, server), true
		}
	}
	if resp.StatusCode == http.StatusTooManyRequests {
		return untilReset(resp.Header, server)
	}
	return 0, false
}

// untilReset reads X-Rate-Limit-Reset. The instant is cut to whole seconds, and
// so is Date: one second more makes sure.
func untilReset(header http.Header, server time.Time) (time.Duration, bool) {
	reset, err := strconv.ParseInt(header.Get("X-Rate-Limit-Reset"), 10, 64)
	if err != nil || reset <= 0 {
		return 0, false
	}
	return until(time.Unix(min(reset, endOfTime), 0), server) + time.Second, true
}

// endOfTime is the last second of the year 9999. Some way behind it package time
// counts from the beginning again.
const endOfTime = 253402300799

// until is how long it is from now to then, 0 when then has passed.
func until(then, now time.Time) time.Duration { return min(max(0, then.Sub(now)), forever) }

// serverTime is the service's clock when it answered, or ours if it says nothing.
func serverTime(header http.Header, now time.Time) time.Time {
	if date, err := http.ParseTime(header.Get("Date")); err == nil {
		return date
	}
	return now
}

// duration turns seconds into a duration without overflowing.
func duration(seconds float64) time.Duration {
	return time.Duration(min(seconds*float64(time.Second), float64(forever)))
}
