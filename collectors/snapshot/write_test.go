package snapshot_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

type (
	object = snapshot.Object
	boxes  = iter.Seq2[*snapshot.Mailbox, error]
)

func mailboxes(list ...*snapshot.Mailbox) boxes {
	return func(yield func(*snapshot.Mailbox, error) bool) {
		for _, m := range list {
			if !yield(m, nil) {
				return
			}
		}
	}
}

// bare is the least that can be written.
func bare() *snapshot.Snapshot {
	return &snapshot.Snapshot{
		Version: snapshot.Version, CollectedAt: snapshot.NewInstant(time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)),
		Tenant:     snapshot.Tenant{ID: "t"},
		Collection: snapshot.Collection{Source: "live", Resources: []snapshot.Resource{}},
	}
}

func written(t *testing.T, s *snapshot.Snapshot, boxes boxes) string {
	t.Helper()
	var b bytes.Buffer
	if err := snapshot.Write(&b, s, boxes); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// unsorted has everything in a wrong order.
func unsorted() (*snapshot.Snapshot, boxes) {
	at := snapshot.NewInstant(time.Date(2026, 10, 1, 9, 0, 0, 5, time.FixedZone("", 3600)))
	s := bare()
	s.Tenant.Name = "A & B <\u2028>"
	one := 1
	s.Collection.Resources = []snapshot.Resource{
		{Name: "okta.zones", Endpoint: "e", Permission: "p", Paths: []string{"okta.zones"}, Status: snapshot.Denied, Code: "E1",
			Counts: map[string]int{"b": 2, "a": 1}},
		{Name: "entra.domains", Endpoint: "e", Permission: "p", Paths: []string{}, Status: snapshot.Collected, Items: &one, CollectedAt: &at},
	}
	s.Entra = &snapshot.Entra{
		Domains: []object{object(`{"id":"b.example"}`), object(`{"isRoot":null,"id":"a.example","\u0041":"\u00e9\/\u001f","big":12345678901234567890.10,"nested":{"z":[2,1],"a":{}}}`)},
		FederationConfigurations: map[string][]object{
			"b.example": {object(`{"id":"2"}`), object(`{"id":"1"}`)},
			"a.example": {},
		},
		Organization:      object(`{"b":1,"a":2}`),
		GroupMemberCounts: map[string]int{"g2": 2, "g1": 1},
		SubscribedSKUs:    []object{object(`{"skuId":"2"}`), object(`{"skuId":"1"}`)},
	}
	s.Exchange = &snapshot.Exchange{
		AuthenticationPolicies: []object{object(`{"Name":"a","Guid":"2"}`), object(`{"Name":"b","Guid":"1"}`)},
		AcceptedDomains:        []object{object(`{"DomainName":"b"}`), object(`{"DomainName":"a"}`)},
	}
	s.SharePoint = &snapshot.SharePoint{}
	s.Okta = &snapshot.Okta{
		AccessPolicyRules: map[string][]object{"p": {
			object(`{"id":"default","conditions":null}`), object(`{"id":"r10","priority":10}`), object(`{"id":"rb","priority":2}`),
			object(`{"id":"ra","priority":2}`), object(`{"id":"r1","priority":1}`),
		}},
		// Only rules have an order of their own.
		AccessPolicies: []object{object(`{"id":"b","priority":1}`), object(`{"id":"a","priority":2}`)},
		AppAssignments: map[string]snapshot.AppAssignments{"a": {Users: 2, Groups: []string{"g2", "g1"}}},
		Zones:          []object{object(`{"name":"y"}`), object(`{"name":"x"}`), object(`{"name":"x","b":1}`)},
	}
	s.Evidence = &snapshot.Evidence{
		Window: &snapshot.Window{Since: at, Until: at},
		SignIns: []snapshot.SignIn{
			{UserPrincipalName: "b", ClientApp: "POP3", LastSeen: &at},
			{UserPrincipalName: "b", ClientApp: "POP3", FirstSeen: &at},
			{UserPrincipalName: "b", ClientApp: "POP3"},
			{UserPrincipalName: "a", ClientApp: "POP3", LastSeen: &at},
			{UserPrincipalName: "a", ClientApp: "POP3", Interactive: true},
			{UserPrincipalName: "a", ClientApp: "IMAP4", UserAgent: "x"},
			{UserPrincipalName: "a", ClientApp: "IMAP4"},
		},
		OktaRequests:   []snapshot.OktaRequest{{UserName: "b", UserAgent: "x"}, {UserName: "a", UserAgent: "y"}, {UserName: "a", UserAgent: "x", LastSeen: &at}, {UserName: "a", UserAgent: "x"}},
		NewDeviceMails: &snapshot.NewDeviceMails{},
	}
	return s, mailboxes(
		&snapshot.Mailbox{ID: "a", DisplayName: "<Zoë & \"Ünal\"> 🦊", Addresses: []string{"b@x", "a@x"}, Domain: "x",
			Exchange: &snapshot.MailboxExchange{PopEnabled: object("null"), RoleGroups: []string{"z", "y"}},
			Entra: &snapshot.MailboxEntra{CreatedDateTime: &at, SignInSessionsValidFromDate: snapshot.Null(),
				SignInActivity: &snapshot.SignInActivity{}, Groups: []string{}, Roles: []string{"2", "1"}},
			Okta: &snapshot.MailboxOkta{Apps: []string{"2", "1"}, Groups: []string{"2", "1"}, Named: []string{"2", "1"}}},
		&snapshot.Mailbox{ID: "b"},
	)
}

const sorted = `{
  "version": 1,
  "collected_at": "2026-11-01T08:00:00Z",
  "tenant": {
    "id": "t",
    "name": "A & B <` + "\u2028" + `>"
  },
  "collection": {
    "source": "live",
    "resources": [
      {
        "name": "entra.domains",
        "endpoint": "e",
        "permission": "p",
        "paths": [],
        "status": "collected",
        "items": 1,
        "collected_at": "2026-10-01T08:00:00Z"
      },
      {
        "name": "okta.zones",
        "endpoint": "e",
        "permission": "p",
        "paths": [
          "okta.zones"
        ],
        "status": "denied",
        "code": "E1",
        "counts": {
          "a": 1,
          "b": 2
        }
      }
    ]
  },
  "entra": {
    "domains": [
      {
        "A": "é/\u001f",
        "big": 12345678901234567890.10,
        "id": "a.example",
        "isRoot": null,
        "nested": {
          "a": {},
          "z": [
            2,
            1
          ]
        }
      },
      {
        "id": "b.example"
      }
    ],
    "federation_configurations": {
      "a.example": [],
      "b.example": [
        {
          "id": "1"
        },
        {
          "id": "2"
        }
      ]
    },
    "organization": {
      "a": 2,
      "b": 1
    },
    "subscribed_skus": [
      {
        "skuId": "1"
      },
      {
        "skuId": "2"
      }
    ],
    "group_member_counts": {
      "g1": 1,
      "g2": 2
    }
  },
  "exchange": {
    "authentication_policies": [
      {
        "Guid": "1",
        "Name": "b"
      },
      {
        "Guid": "2",
        "Name": "a"
      }
    ],
    "accepted_domains": [
      {
        "DomainName": "a"
      },
      {
        "DomainName": "b"
      }
    ]
  },
  "sharepoint": {},
  "okta": {
    "access_policies": [
      {
        "id": "a",
        "priority": 2
      },
      {
        "id": "b",
        "priority": 1
      }
    ],
    "access_policy_rules": {
      "p": [
        {
          "id": "r1",
          "priority": 1
        },
        {
          "id": "ra",
          "priority": 2
        },
        {
          "id": "rb",
          "priority": 2
        },
        {
          "id": "r10",
          "priority": 10
        },
        {
          "conditions": null,
          "id": "default"
        }
      ]
    },
    "zones": [
      {
        "b": 1,
        "name": "x"
      },
      {
        "name": "x"
      },
      {
        "name": "y"
      }
    ],
    "app_assignments": {
      "a": {
        "users": 2,
        "groups": [
          "g1",
          "g2"
        ]
      }
    }
  },
  "evidence": {
    "window": {
      "since": "2026-10-01T08:00:00Z",
      "until": "2026-10-01T08:00:00Z"
    },
    "sign_ins": [
      {"user_principal_name":"a","client_app":"IMAP4","interactive":false,"succeeded":0,"failed":0},
      {"user_principal_name":"a","client_app":"IMAP4","interactive":false,"user_agent":"x","succeeded":0,"failed":0},
      {"user_principal_name":"a","client_app":"POP3","interactive":false,"succeeded":0,"failed":0,"last_seen":"2026-10-01T08:00:00Z"},
      {"user_principal_name":"a","client_app":"POP3","interactive":true,"succeeded":0,"failed":0},
      {"user_principal_name":"b","client_app":"POP3","interactive":false,"succeeded":0,"failed":0},
      {"user_principal_name":"b","client_app":"POP3","interactive":false,"succeeded":0,"failed":0,"last_seen":"2026-10-01T08:00:00Z"},
      {"user_principal_name":"b","client_app":"POP3","interactive":false,"succeeded":0,"failed":0,"first_seen":"2026-10-01T08:00:00Z"}
    ],
    "okta_requests": [
      {"user_name":"a","user_agent":"x","succeeded":0,"failed":0},
      {"user_name":"a","user_agent":"x","succeeded":0,"failed":0,"last_seen":"2026-10-01T08:00:00Z"},
      {"user_name":"a","user_agent":"y","succeeded":0,"failed":0},
      {"user_name":"b","user_agent":"x","succeeded":0,"failed":0}
    ],
    "new_device_mails": {
      "sent": 0
    }
  },
  "mailboxes": [
    {"id":"a","display_name":"<Zoë & \"Ünal\"> 🦊","addresses":["a@x","b@x"],"domain":"x","exchange":{"PopEnabled":null,"role_groups":["y","z"]},"entra":{"createdDateTime":"2026-10-01T08:00:00Z","signInSessionsValidFromDateTime":null,"signInActivity":{},"groups":[],"roles":["1","2"]},"okta":{"assigned":false,"apps":["1","2"],"groups":["1","2"],"named":["1","2"]}},
    {"id":"b"}
  ]
}
`

func TestWriteIsCanonical(t *testing.T) {
	s, list := unsorted()
	got := written(t, s, list)
	if diff := cmp.Diff(strings.Split(sorted, "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	fresh, _ := unsorted()
	if diff := cmp.Diff(fresh, s); diff != "" {
		t.Errorf("Write changed what it was given:\n%s", diff)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		shuffle(random, s)
		if again := written(t, s, list); again != got {
			t.Fatalf("another order gives another text:\n%s", cmp.Diff(got, again))
		}
	}
}

// shuffle changes the order of what has none.
func shuffle(random *rand.Rand, s *snapshot.Snapshot) {
	objects := func(list []object) {
		random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	}
	objects(s.Entra.Domains)
	objects(s.Entra.SubscribedSKUs)
	objects(s.Exchange.AuthenticationPolicies)
	objects(s.Okta.AccessPolicies)
	objects(s.Okta.AccessPolicyRules["p"])
	objects(s.Okta.Zones)
	in, requests, ledger := s.Evidence.SignIns, s.Evidence.OktaRequests, s.Collection.Resources
	random.Shuffle(len(in), func(i, j int) { in[i], in[j] = in[j], in[i] })
	random.Shuffle(len(requests), func(i, j int) { requests[i], requests[j] = requests[j], requests[i] })
	random.Shuffle(len(ledger), func(i, j int) { ledger[i], ledger[j] = ledger[j], ledger[i] })
}

func TestWriteTellsAbsentFromEmpty(t *testing.T) {
	s := bare()
	none := written(t, s, nil)
	s.Evidence = &snapshot.Evidence{SignIns: []snapshot.SignIn{}}
	s.Entra = &snapshot.Entra{Domains: []object{}, FederationConfigurations: map[string][]object{}}
	empty := written(t, s, mailboxes())
	want := strings.TrimSuffix(none, "\n}\n") + `,
  "entra": {
    "domains": [],
    "federation_configurations": {}
  },
  "evidence": {
    "sign_ins": []
  },
  "mailboxes": []
}
`
	if diff := cmp.Diff(want, empty); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	s = bare()
	s.Evidence = &snapshot.Evidence{}
	if got := written(t, s, nil); !strings.Contains(got, `"evidence": {}`) {
		t.Errorf("no empty evidence in %s", got)
	}
}

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

// What was written, read and written again is the same, whatever layout it came
// in.
func TestRewrite(t *testing.T) {
	for _, l := range layouts {
		t.Run(l.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := snapshot.Rewrite(&b, "x.json", strings.NewReader(l.layout(sorted))); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(sorted, b.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	large := largeDocument(t, 500)
	var b bytes.Buffer
	if err := snapshot.Rewrite(&b, "x.json", bytes.NewReader(large)); err != nil || !bytes.Equal(b.Bytes(), large) {
		t.Errorf("a large one was changed, %v", err)
	}
	// It starts where the reader stands.
	r := strings.NewReader("junk" + sorted)
	if _, err := r.Seek(4, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	b.Reset()
	if err := snapshot.Rewrite(&b, "x.json", r); err != nil || b.String() != sorted {
		t.Errorf("from the middle: %v", err)
	}
}

// Rewriting must not lose anything in silence.
func TestRewriteRefuses(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"not a document", "[]", "x.json:1:1: expected an object, found an array"},
		{"an unknown section", "{\n\"more\":1," + small[1:], "x.json:2:1: /more: unknown here, and would be lost"},
		{"an unknown resource", strings.Replace(small, `"okta": {`, `"okta": {"more": []`, 1), "x.json:15:12: /okta/more: unknown here, and would be lost"},
		{"an unknown field of the tenant", strings.Replace(small, `"id": "t"`, `"id": "t", "more": 1`, 1), "x.json:4:25: /tenant/more: unknown here, and would be lost"},
		{"an unknown field of a mailbox", strings.Replace(small, `"id": "b"`, `"id": "b", "more": 1`, 1),
			"write snapshot: x.json:18:5: /mailboxes/1/more: unknown here, and would be lost"},
		{"mailboxes in disorder", strings.Replace(small, `"id": "a"`, `"id": "c"`, 1),
			`write snapshot: /mailboxes/1: the id "b" comes after "c": they must come sorted by id`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := snapshot.Rewrite(io.Discard, "x.json", strings.NewReader(test.text))
			if err == nil || err.Error() != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

func TestWriteFile(t *testing.T) {
	s, list := unsorted()
	dir := t.TempDir()
	for _, name := range []string{"s.json", "s.json.gz"} {
		path := filepath.Join(dir, name)
		for range 2 { // it is not there, and then it is
			if err := snapshot.WriteFile(path, s, list); err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if got := plain(t, name, text); got != sorted {
				t.Errorf("%s (-want +got):\n%s", name, cmp.Diff(sorted, got))
			}
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			if runtime.GOOS != "windows" && info.Mode() != 0o600 {
				t.Errorf("%s has the mode %v", name, info.Mode())
			}
			// The next one must replace it, with its permissions.
			if err := os.Chmod(path, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	onlyThese(t, dir, "s.json", "s.json.gz")
}

// plain undoes the compression, after a look at its header.
func plain(t *testing.T, name string, text []byte) string {
	t.Helper()
	if !strings.HasSuffix(name, ".gz") {
		return string(text)
	}
	z, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if z.Name != "" || !z.ModTime.IsZero() || z.Comment != "" || len(z.Extra) > 0 {
		t.Errorf("the header differs from run to run: %+v", z.Header)
	}
	out, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func onlyThese(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("in the folder (-want +got):\n%s", diff)
	}
}

// Whatever goes wrong, the older file stays and nothing else is left.
func TestWriteFileLeavesNothingHalf(t *testing.T) {
	failing := func(yield func(*snapshot.Mailbox, error) bool) {
		s, all := largeSnapshot(300) // more than a buffer
		_ = s
		for m, err := range all {
			if !yield(m, err) {
				return
			}
		}
		yield(nil, errors.New("the API went away"))
	}
	for _, name := range []string{"s.json", "s.json.gz"} {
		dir := t.TempDir()
		path := filepath.Join(dir, name)
		if err := snapshot.WriteFile(path, bare(), failing); err == nil {
			t.Error("was written")
		} else if want := "write snapshot " + path + ": /mailboxes/300: the API went away"; err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
		onlyThese(t, dir)

		if err := os.WriteFile(path, []byte("older"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := snapshot.WriteFile(path, bare(), failing); err == nil {
			t.Error("was written")
		}
		func() {
			defer func() { _ = recover() }()
			_ = snapshot.WriteFile(path, bare(), func(func(*snapshot.Mailbox, error) bool) { panic("a broken collector") })
			t.Error("the panic was lost")
		}()
		onlyThese(t, dir, name)
		if text, err := os.ReadFile(path); err != nil || string(text) != "older" {
			t.Errorf("the older file holds %q, %v", text, err)
		}
	}
}

func TestWriteFileTellsWhereItCannot(t *testing.T) {
	dir := t.TempDir()
	asked := false
	ask := func(func(*snapshot.Mailbox, error) bool) { asked = true }
	err := snapshot.WriteFile(dir, bare(), ask)
	if err == nil || err.Error() != "write snapshot "+dir+": this is a directory" {
		t.Errorf("over a directory: %v", err)
	}
	missing := filepath.Join(dir, "missing", "s.json")
	err = snapshot.WriteFile(missing, bare(), ask)
	if !errors.Is(err, os.ErrNotExist) || !strings.HasPrefix(err.Error(), "write snapshot "+missing+": ") {
		t.Errorf("into a folder that is not there: %v", err)
	}
	if asked {
		t.Error("the mailboxes were asked for first")
	}
	onlyThese(t, dir)
}
