package okta

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/snapshot"
)

// mails counts the messages about new devices that Okta sent: the proof that the
// notification works, whatever a setting says.
func (c *Collector) mails(ctx context.Context, sink *collectors.Sink, r *collectors.Recorder) error {
	mails := snapshot.NewDeviceMails{}
	err := c.events(ctx, sink, r, `eventType eq "system.email.new_device_notification.sent_message"`, func(e *event) {
		mails.Sent++
		if at, ok := e.instant(); ok && (mails.LastSentAt == nil || at.After(mails.LastSentAt.Time)) {
			mails.LastSentAt = &at
		}
	})
	if err != nil {
		return err // a count of a part is no count
	}
	return r.Set(pathMails, mails)
}

// The kinds of entries that tell of an active endpoint whose key is not known: the
// password was checked, and the app's rules refused what came with it.
const (
	richClient = "user.authentication.auth_via_richclient"
	denied     = "application.policy.sign_on.deny_access"
)

// requests adds up what came in at the active endpoint of the federation, the
// door of clients that know nothing but a password. The endpoint's key stands in
// Entra's federation settings; without it the rich-client events are all there
// is, and that they are the same has nobody shown.
func (c *Collector) requests(ctx context.Context, sink *collectors.Sink, r *collectors.Recorder) error {
	paths, gap, err := c.activePaths(ctx, sink)
	if err != nil {
		return err
	}
	var filters []string
	for _, path := range sortedKeys(paths) {
		filters = append(filters, `debugContext.debugData.requestUri eq "`+path+`"`)
	}
	sums := newSums()
	if gap != nil {
		r.Gap(gap)
		// A refusal stands in an entry of its own, which rules refuse browsers with as well.
		filters = append(filters, `eventType eq "`+richClient+`"`, `eventType eq "`+denied+`"`)
		sums.counts = func(e *event) bool { return e.Type == richClient || paths[e.Debug.Data.RequestURI] }
	}
	// One listing: the entries of one request have to come together.
	err = c.events(ctx, sink, r, strings.Join(filters, " or "), sums.add)
	rows := sums.rows()
	if sums.merged > 0 {
		r.Count("requests_not_told_apart", sums.merged)
	}
	if err != nil && len(rows) == 0 {
		return err
	}
	if setErr := r.Set(pathRequests, rows); setErr != nil {
		return setErr
	}
	return err
}

// activePaths are the paths of the active endpoints that Entra's federation
// settings tell of, and the gap where they do not tell of all.
func (c *Collector) activePaths(ctx context.Context, sink *collectors.Sink) (paths map[string]bool, gap, err error) {
	outcome, err := sink.Await(ctx, federation)
	if err != nil {
		return nil, nil, err
	}
	var configurations map[string][]struct {
		Active  string `json:"activeSignInUri"`
		Passive string `json:"passiveSignInUri"`
	}
	if _, err := outcome.Decode(federation, &configurations); err != nil {
		return nil, nil, err
	}
	paths = map[string]bool{}
	for _, list := range configurations {
		for _, configuration := range list {
			for _, address := range []string{configuration.Active, configuration.Passive} {
				if path, ok := activePath(address); ok {
					paths[path] = true
				}
			}
		}
	}
	switch {
	case !outcome.Complete():
		gap = outcome.Missing()
	case len(paths) == 0:
		gap = &collectors.Error{Code: collectors.CodeDependency, Problem: "no domain's federation settings name an Office 365 endpoint of Okta"}
	}
	return paths, gap, nil
}

// activePath is the path of Okta's active endpoint in a federation setting:
// /app/office365/{key}/sso/wsfed/active. The passive endpoint has the same key, and
// Okta answers at the active one whether or not Entra's settings name it.
func activePath(address string) (string, bool) {
	parsed, err := url.Parse(address)
	if err != nil {
		return "", false
	}
	segments := strings.Split(strings.Trim(parsed.Path, "/"), "/")
	if len(segments) != 6 || !slices.Equal([]string{segments[0], segments[1]}, []string{"app", "office365"}) ||
		!slices.Equal(segments[3:5], []string{"sso", "wsfed"}) || strings.ContainsAny(segments[2], `"\`) {
		return "", false
	}
	if last := segments[5]; last != "active" && last != "passive" {
		return "", false
	}
	segments[5] = "active"
	return "/" + strings.Join(segments, "/"), true
}

// event is what this package needs of an entry of the System Log.
type event struct {
	UUID      string `json:"uuid"`
	Published string `json:"published"`
	Type      string `json:"eventType"`
	Actor     struct {
		ID          string `json:"id"`
		AlternateID string `json:"alternateId"`
	} `json:"actor"`
	Client struct {
		UserAgent *struct {
			Raw string `json:"rawUserAgent"`
		} `json:"userAgent"`
	} `json:"client"`
	Outcome struct {
		Result string `json:"result"`
	} `json:"outcome"`
	Transaction struct {
		ID string `json:"id"`
	} `json:"transaction"`
	Target []struct {
		ID   string `json:"id"`
		Type string `json:"type"`
	} `json:"target"`
	Debug struct {
		Data struct {
			RequestURI string `json:"requestUri"`
		} `json:"debugData"`
	} `json:"debugContext"`
}

func (e *event) instant() (snapshot.Instant, bool) {
	at, err := time.Parse(time.RFC3339Nano, e.Published)
	return snapshot.NewInstant(at), err == nil
}

// events walks the log's entries for a filter over the run's window. Both ends
// are given, so that the listing has an end.
func (c *Collector) events(ctx context.Context, sink *collectors.Sink, r *collectors.Recorder, filter string, visit func(*event)) error {
	window := sink.Window()
	query := url.Values{
		"since": {window.Since.String()}, "until": {window.Until.String()}, "filter": {filter},
		"limit": {"1000"}, "sortOrder": {"ASCENDING"},
	}
	return c.client.all(ctx, "/api/v1/logs", query, func(page []snapshot.Object) error {
		r.Page(len(page))
		for _, object := range page {
			var e event
			if err := json.Unmarshal(object, &e); err != nil {
				return &collectors.Error{Code: collectors.CodeBadAnswer, Problem: "an entry of the System Log cannot be read"}
			}
			visit(&e)
		}
		return nil
	})
}
