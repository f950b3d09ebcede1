package entra

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/internal/transport"
	"github.com/seed-07732396/postern/collectors/snapshot"
)

// logRetention is how long Entra keeps sign-ins with a premium licence.
const logRetention = 30 * 24 * time.Hour

// maxSignInRows bounds the evidence of one log. Whoever fails to sign in chooses the
// user agent, and the name as well, and may choose others each time: beyond the bound
// user agents are no longer told apart, nor are those who failed.
const maxSignInRows = 50_000

// modernClients are the values of clientAppUsed that are not legacy. Everything
// else is, what nobody has seen yet included.
var modernClients = []string{"Browser", "Mobile Apps and Desktop clients"}

// legacyClients are the values known to be legacy, for a service that can only
// compare for equality.
var legacyClients = []string{
	"Authenticated SMTP", "AutoDiscover", "Exchange ActiveSync", "Exchange Online PowerShell", "Exchange Web Services",
	"IMAP4", "MAPI Over HTTP", "Offline Address Book", "Other clients", "Outlook Anywhere (RPC over HTTP)",
	"Outlook Service", "POP3", "Reporting Web Services", "Universal Outlook",
}

// The parts of filters.
const (
	isNonInteractive = "signInEventTypes/any(t: t eq 'nonInteractiveUser')"
	isAnyUserSignIn  = "signInEventTypes/any(t: t eq 'interactiveUser' or t eq 'nonInteractiveUser')"
	isPasswordGrant  = "authenticationProtocol eq 'ropc'"
)

// event is what counts of one sign-in.
type event struct {
	CreatedDateTime        *snapshot.Instant `json:"createdDateTime"`
	UserPrincipalName      string            `json:"userPrincipalName"`
	UserID                 string            `json:"userId"`
	AppDisplayName         string            `json:"appDisplayName"`
	ClientAppUsed          string            `json:"clientAppUsed"`
	UserAgent              string            `json:"userAgent"`
	AuthenticationProtocol string            `json:"authenticationProtocol"`
	IsInteractive          bool              `json:"isInteractive"`
	Status                 struct {
		ErrorCode *int `json:"errorCode"`
	} `json:"status"`
}

// legacy tells whether the client is one that cannot do modern authentication.
// An empty value says nothing about the client.
func (e *event) legacy() bool {
	for _, modern := range modernClients {
		if strings.EqualFold(e.ClientAppUsed, modern) {
			return false
		}
	}
	return e.ClientAppUsed != ""
}

func (e *event) passwordGrant() bool { return strings.EqualFold(e.AuthenticationProtocol, "ropc") }

// signIns reads the two logs: what people did themselves, and what their programs
// did for them. POP and IMAP show only in the second.
func (c *Collector) signIns(ctx context.Context, sink *collectors.Sink) {
	window := sink.Window()
	sink.Do(ctx, signIns, func(ctx context.Context, r *collectors.Recorder) error {
		sums := newSums()
		err := c.legacySignIns(ctx, r, v1, window, "", func(e *event) error {
			e.IsInteractive = true // this version shows no others
			return sums.add(e)
		})
		return c.setSignIns(r, window, sums, hinted(err, signIns))
	})
	sink.Do(ctx, nonInteractiveSignIns, func(ctx context.Context, r *collectors.Recorder) error {
		sums := newSums()
		err := c.legacySignIns(ctx, r, beta, window, isNonInteractive, sums.add)
		if err == nil {
			err = c.passwordGrants(ctx, r, window, sums)
		}
		return c.setSignIns(r, window, sums, hinted(err, nonInteractiveSignIns))
	})
}

// legacySignIns reads the sign-ins by legacy clients. Graph documents only
// equality for the client, and accepts more: where it does not, the known legacy
// clients are asked for by name, and the unknown ones are a gap.
func (c *Collector) legacySignIns(ctx context.Context, r *collectors.Recorder, version string, w snapshot.Window, only string, add func(*event) error) error {
	take := func(e *event) error {
		if !e.legacy() {
			return nil
		}
		return add(e)
	}
	pages, err := c.events(ctx, r, version, take, during(w), only, different("clientAppUsed", modernClients))
	if e, ok := errors.AsType[*transport.Error](err); !ok || e.Code != transport.CodeRejected || pages > 0 {
		return err
	}
	r.Gap(&collectors.Error{
		Code:    collectors.CodeWarning,
		Problem: "the service does not let legacy clients be told by exclusion; only the known ones were asked for",
	})
	_, err = c.events(ctx, r, version, take, during(w), only, oneOf("clientAppUsed", legacyClients))
	return err
}

// passwordGrants reads the sign-ins in which a program handed over a password.
// They may call themselves modern clients; those of legacy ones are counted
// already.
func (c *Collector) passwordGrants(ctx context.Context, r *collectors.Recorder, w snapshot.Window, sums *sums) error {
	_, err := c.events(ctx, r, beta, func(e *event) error {
		if e.legacy() || !e.passwordGrant() {
			return nil
		}
		return sums.add(e)
	}, during(w), isAnyUserSignIn, isPasswordGrant)
	return err
}

// events reads one listing of the log, gives each event to take, and says how
// many pages came.
func (c *Collector) events(ctx context.Context, r *collectors.Recorder, version string, take func(*event) error, conditions ...string) (pages int, err error) {
	filter := strings.Join(nonEmpty(conditions), " and ")
	l := listing{version: version, path: "/auditLogs/signIns", query: escapeQuery("$filter="+filter, "$top=1000")}
	err = c.api.each(ctx, r, l, func(items []snapshot.Object) error {
		pages++
		for _, item := range items {
			var e event
			if err := decode(item, &e); err != nil {
				return err
			}
			if err := take(&e); err != nil {
				r.Gap(err)
			}
		}
		return nil
	})
	return pages, err
}

// setSignIns writes the sums of one log. Nothing found is an answer, unless an
// error came before the first page.
func (c *Collector) setSignIns(r *collectors.Recorder, w snapshot.Window, s *sums, err error) error {
	if err != nil && len(s.rows) == 0 {
		return err
	}
	if s.merged > 0 {
		r.Count("sign_ins_not_told_apart", s.merged)
	}
	if w.Until.Sub(w.Since.Time) > logRetention {
		r.Gap(&collectors.Error{
			Code:    collectors.CodeRetention,
			Problem: fmt.Sprintf("Entra keeps sign-ins for %d days; what is older was not seen", int(logRetention.Hours()/24)),
		})
	}
	return errors.Join(err, r.Set("evidence.sign_ins", s.list()))
}

// during is the filter for a window.
func during(w snapshot.Window) string {
	return "createdDateTime ge " + w.Since.String() + " and createdDateTime le " + w.Until.String()
}

func different(field string, from []string) string {
	parts := make([]string, len(from))
	for i, value := range from {
		parts[i] = field + " ne '" + value + "'"
	}
	return strings.Join(parts, " and ")
}

func oneOf(field string, values []string) string {
	parts := make([]string, len(values))
	for i, value := range values {
		parts[i] = field + " eq '" + value + "'"
	}
	return "(" + strings.Join(parts, " or ") + ")"
}

func nonEmpty(list []string) []string {
	var some []string
	for _, s := range list {
		if s != "" {
			some = append(some, s)
		}
	}
	return some
}

// sums adds sign-ins up while they stream by.
type sums struct {
	rows   map[signInKey]*snapshot.SignIn
	merged int
}

// signInKey is what makes two sign-ins the same row.
type signInKey struct {
	user, id, client, protocol, agent, app string
	interactive                            bool
}

func newSums() *sums { return &sums{rows: make(map[signInKey]*snapshot.SignIn)} }

// add counts one sign-in. One that does not say how it ended is an error: an
// attempt is not a success, and silence is neither.
func (s *sums) add(e *event) error {
	if e.Status.ErrorCode == nil || e.CreatedDateTime == nil {
		return badPage("a sign-in does not say when it was or how it ended")
	}
	protocol := e.AuthenticationProtocol
	if protocol == "none" { // the service's word for: no protocol worth telling
		protocol = ""
	}
	key := signInKey{
		user: strings.ToLower(e.UserPrincipalName), id: e.UserID, client: e.ClientAppUsed,
		protocol: protocol, agent: e.UserAgent, app: e.AppDisplayName, interactive: e.IsInteractive,
	}
	row := s.row(key, *e.Status.ErrorCode != 0)
	if *e.Status.ErrorCode == 0 {
		row.Succeeded++
	} else {
		row.Failed++
	}
	if row.FirstSeen == nil || e.CreatedDateTime.Before(row.FirstSeen.Time) {
		row.FirstSeen = e.CreatedDateTime
	}
	if row.LastSeen == nil || row.LastSeen.Before(e.CreatedDateTime.Time) {
		row.LastSeen = e.CreatedDateTime
	}
	return nil
}

// row finds or makes the row of a sign-in.
func (s *sums) row(key signInKey, failed bool) *snapshot.SignIn {
	if s.rows[key] == nil && len(s.rows) >= maxSignInRows {
		s.merged++
		key.agent = ""
		if s.rows[key] == nil && failed {
			key.user, key.id = "", ""
		}
	}
	row := s.rows[key]
	if row == nil {
		row = &snapshot.SignIn{
			UserPrincipalName: key.user, UserID: key.id, ClientApp: key.client, AuthenticationProtocol: key.protocol,
			Interactive: key.interactive, UserAgent: key.agent, App: key.app,
		}
		s.rows[key] = row
	}
	return row
}

// list gives the rows; never nil. The writer of the document sorts them.
func (s *sums) list() []snapshot.SignIn {
	list := make([]snapshot.SignIn, 0, len(s.rows))
	for _, row := range s.rows {
		list = append(list, *row)
	}
	return list
}
