package snapshot_test

import (
	"bytes"
	"iter"
	"math/rand/v2"
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
