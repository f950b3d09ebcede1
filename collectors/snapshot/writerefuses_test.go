package snapshot_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

func TestWriteRefuses(t *testing.T) {
	broken := errors.New("the API went away")
	change := func(change func(*snapshot.Snapshot)) *snapshot.Snapshot {
		s := bare()
		s.Entra, s.Exchange, s.Okta, s.Evidence = &snapshot.Entra{}, &snapshot.Exchange{}, &snapshot.Okta{}, &snapshot.Evidence{}
		change(s)
		return s
	}
	long := strings.Repeat("x", 300_000)
	deep := object(`{"a":` + strings.Repeat("[", 62) + strings.Repeat("]", 62) + "}")
	tests := []struct {
		name  string
		s     *snapshot.Snapshot
		boxes boxes
		want  string
		is    error
	}{
		{"no version", change(func(s *snapshot.Snapshot) { s.Version = 0 }), nil, "/version: expected 1, found 0", nil},
		{"a status that is none", change(func(s *snapshot.Snapshot) {
			s.Collection.Resources = []snapshot.Resource{{Name: "n", Status: "ok"}}
		}), nil, `/collection/resources/0/status: expected one of collected, partial, denied, failed, unlicensed, skipped, found "ok"`, nil},
		{"a cloud that is none", change(func(s *snapshot.Snapshot) { s.Tenant.Cloud = "private" }), nil,
			`/tenant/cloud: expected one of public, gcc, gcchigh, dod, china, found "private"`, nil},
		{"a vendor's new type", change(func(s *snapshot.Snapshot) {
			s.Exchange.TransportConfig = object(`{"SmtpClientAuthenticationDisabled":"yes"}`)
		}), nil, "/exchange/transport_config/SmtpClientAuthenticationDisabled: expected a boolean or null, found a string", nil},
		{"a vendor object that is none", change(func(s *snapshot.Snapshot) { s.Entra.Domains = []object{nil} }), nil,
			"/entra/domains/0: unexpected EOF", io.ErrUnexpectedEOF},
		{"a vendor object that is null", change(func(s *snapshot.Snapshot) { s.Entra.Domains = []object{object("null")} }), nil,
			"/entra/domains/0: expected an object, found null", nil},
		{"a vendor object that is no JSON", change(func(s *snapshot.Snapshot) { s.Entra.Organization = object(`{"a":}`) }), nil,
			"/entra/organization: invalid character '}' at start of value", nil},
		{"a vendor object that is no JSON, in a list", change(func(s *snapshot.Snapshot) {
			s.Entra.FederationConfigurations = map[string][]object{"a/b": {object(`{}`), object(`{`)}}
		}), nil, "/entra/federation_configurations/a~1b/1: unexpected EOF", io.ErrUnexpectedEOF},
		{"a key twice", change(func(s *snapshot.Snapshot) { s.Okta.Apps = []object{object(`{"id":"a","id":"b"}`)} }), nil,
			`/okta/apps/0/id: duplicate object member name`, nil},
		{"invalid UTF-8 in a vendor object", change(func(s *snapshot.Snapshot) { s.Okta.Apps = []object{object("{\"id\":\"\xFF\"}")} }), nil,
			"/okta/apps/0/id: invalid UTF-8", nil},
		{"invalid UTF-8 in a name", change(func(s *snapshot.Snapshot) { s.Tenant.Name = "\xFF" }), nil,
			"/tenant/name: invalid UTF-8", nil},
		{"a rule too deep", change(func(s *snapshot.Snapshot) { s.Okta.AccessPolicyRules = map[string][]object{"p": {deep}} }), nil,
			"nested deeper than 64 levels", nil},
		{"a string too long", change(func(s *snapshot.Snapshot) { s.Exchange.OrganizationConfig = object(`{"x":"` + long + `"}`) }), nil,
			"/exchange/organization_config/x: a string of 300002 bytes, and at most 262144 are read", nil},
		{"null where it is no answer", change(func(s *snapshot.Snapshot) {
			s.Evidence.NewDeviceMails = &snapshot.NewDeviceMails{LastSentAt: snapshot.Null()}
		}), nil, "/evidence/new_device_mails/last_sent_at: expected a string, found null", nil},
		{"null in a row", change(func(s *snapshot.Snapshot) {
			s.Evidence.OktaRequests = []snapshot.OktaRequest{{UserName: "b"}, {UserName: "a", FirstSeen: snapshot.Null()}}
		}), nil, "/evidence/okta_requests/0/first_seen: expected a string, found null", nil},
		{"a row that cannot be written", change(func(s *snapshot.Snapshot) {
			s.Evidence.SignIns = []snapshot.SignIn{{UserPrincipalName: "\xFF"}}
		}), nil, "/evidence/sign_ins/0/user_principal_name: invalid UTF-8", nil},
		{"an instant out of range", change(func(s *snapshot.Snapshot) {
			s.CollectedAt = snapshot.NewInstant(time.Date(12_000, 1, 1, 0, 0, 0, 0, time.UTC))
		}), nil, "/collected_at: the year 12000 is outside 0000 to 9999", nil},

		{"mailboxes in disorder", bare(), mailboxes(&snapshot.Mailbox{ID: "b"}, &snapshot.Mailbox{ID: "a"}),
			`/mailboxes/1: the id "a" comes after "b": they must come sorted by id`, nil},
		{"a mailbox twice", bare(), mailboxes(&snapshot.Mailbox{ID: "a"}, &snapshot.Mailbox{ID: "a"}),
			`/mailboxes/1: a second mailbox has the id "a": they must come joined`, nil},
		{"a mailbox without id", bare(), mailboxes(&snapshot.Mailbox{UserPrincipalName: "u"}),
			`/mailboxes/0: the mailbox of "u" has no id`, nil},
		{"no mailbox and no error", bare(), mailboxes(nil), "/mailboxes/0: the sequence gave no mailbox and no error", nil},
		{"a text for a flag", bare(), mailboxes(&snapshot.Mailbox{ID: "a"},
			&snapshot.Mailbox{ID: "b", Exchange: &snapshot.MailboxExchange{PopEnabled: object(`"x"`)}}),
			"/mailboxes/1/exchange/PopEnabled: expected a boolean or null, found a string", nil},
		{"a flag that is no JSON", bare(), mailboxes(&snapshot.Mailbox{ID: "b", Exchange: &snapshot.MailboxExchange{PopEnabled: object(`tru`)}}),
			"/mailboxes/0/exchange/PopEnabled: unexpected EOF", io.ErrUnexpectedEOF},
		{"a mailbox too long", bare(), mailboxes(&snapshot.Mailbox{ID: "b", Addresses: slices.Repeat([]string{long[:200_000]}, 25)}),
			"/mailboxes/0: takes 5000099 bytes, and at most 4194304 can be read", nil},
		{"a sequence that fails", bare(), func(yield func(*snapshot.Mailbox, error) bool) {
			_ = yield(&snapshot.Mailbox{ID: "a"}, nil) && yield(nil, broken)
		}, "/mailboxes/1: the API went away", broken},
		{"a sequence that cannot decode", bare(), func(yield func(*snapshot.Mailbox, error) bool) {
			_, err := snapshot.DecodeMailbox(object(`{"id":1}`))
			yield(nil, fmt.Errorf("exchange: page 3: %w", err))
		}, "/mailboxes/0: exchange: page 3: decode mailbox: /id: a number cannot be read as string", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := snapshot.Write(io.Discard, test.s, test.boxes)
			if err == nil {
				t.Fatal("was written")
			}
			got, ok := strings.CutPrefix(err.Error(), "write snapshot: ")
			if !ok || got != test.want && !(test.name == "a rule too deep" && strings.HasSuffix(got, test.want)) {
				t.Errorf("got  %s\nwant %s", err, test.want)
			}
			if test.is != nil && !errors.Is(err, test.is) {
				t.Errorf("%v is not %v", err, test.is)
			}
		})
	}
}

// A sequence that goes on after an error was meant to end it is not asked
// again.
func TestWriteStopsAsking(t *testing.T) {
	asked := 0
	err := snapshot.Write(io.Discard, bare(), func(yield func(*snapshot.Mailbox, error) bool) {
		for asked = 1; yield(nil, errors.New("no")); asked++ {
		}
	})
	if err == nil || asked != 1 {
		t.Errorf("asked %d times, %v", asked, err)
	}
}

type failingWriter struct{ room int }

var errFull = errors.New("no space left")

func (w *failingWriter) Write(p []byte) (int, error) {
	if len(p) > w.room {
		return 0, errFull
	}
	w.room -= len(p)
	return len(p), nil
}

func TestWriteTellsAFullDisk(t *testing.T) {
	s, list := largeSnapshot(1000)
	for _, room := range []int{0, 100_000, 850_000} {
		if err := snapshot.Write(&failingWriter{room}, s, list); !errors.Is(err, errFull) {
			t.Errorf("with room for %d bytes: %v", room, err)
		}
	}
	if err := snapshot.Write(&failingWriter{0}, bare(), nil); !errors.Is(err, errFull) {
		t.Errorf("a small one: %v", err)
	}
}
