package okta_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v3/jwa"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/okta"
	"github.com/seed-07732396/postern/collectors/okta/oktatest"
	"github.com/seed-07732396/postern/collectors/snapshot"
)

const clientID = "0oaservice"

func pemOf(t *testing.T, key crypto.PrivateKey) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

func TestServiceAppSignsIn(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	large, err := ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name     string
		key      []byte
		app      oktatest.ServiceApp
		revoke   bool
		problem  string
		statuses snapshot.Status
	}{
		{name: "RSA, bearer", key: pemOf(t, rsaKey), app: oktatest.ServiceApp{PublicKey: rsaKey.Public(), Algorithm: jwa.RS256()}},
		{name: "elliptic, bearer", key: pemOf(t, ecKey), app: oktatest.ServiceApp{PublicKey: ecKey.Public(), Algorithm: jwa.ES256()}},
		{name: "elliptic, the longest", key: pemOf(t, large), app: oktatest.ServiceApp{PublicKey: large.Public(), Algorithm: jwa.ES512()}},
		{name: "RSA, bound to a key", key: pemOf(t, rsaKey), app: oktatest.ServiceApp{PublicKey: rsaKey.Public(), Algorithm: jwa.RS256(), Bound: true}},
		{name: "tokens that end at once", key: pemOf(t, rsaKey), app: oktatest.ServiceApp{PublicKey: rsaKey.Public(), Algorithm: jwa.RS256(), Lifetime: time.Second}},
		{name: "revoked midway", key: pemOf(t, rsaKey), app: oktatest.ServiceApp{PublicKey: rsaKey.Public(), Algorithm: jwa.RS256(), Bound: true}, revoke: true},
		{name: "another key", key: pemOf(t, ecKey), app: oktatest.ServiceApp{PublicKey: rsaKey.Public(), Algorithm: jwa.RS256()}, problem: "invalid_client"},
		{name: "a scope too few", key: pemOf(t, rsaKey), app: oktatest.ServiceApp{PublicKey: rsaKey.Public(), Algorithm: jwa.RS256(), Scopes: []string{"okta.apps.read"}}, problem: "invalid_scope"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.app.ClientID = clientID
			if test.app.Scopes == nil {
				test.app.Scopes = okta.Scopes()
			}
			var org *oktatest.Server
			var faults []oktatest.Fault
			options := oktatest.Options{APIToken: "unused", App: &test.app}
			if test.revoke {
				faults = append(faults, oktatest.Fault{Path: "/api/v1/zones", Times: 1, Do: func(w http.ResponseWriter, r *http.Request, next http.Handler) {
					org.Revoke()
					next.ServeHTTP(w, r)
				}})
			}
			c := collect(t, setup{options: options, faults: faults, login: func(server *oktatest.Server, network collectors.Network) collectors.Authorizer {
				org = server
				login, err := okta.ServiceApp{Org: server.URL, ClientID: clientID, PrivateKey: test.key, Network: network}.Authorizer()
				if err != nil {
					t.Fatal(err)
				}
				return login
			}})
			line := c.line(t, "okta.zones")
			if test.problem == "" && line.Status != snapshot.Collected {
				t.Errorf("%+v", line)
			}
			if test.problem != "" && (line.Code != "login_failed" || !strings.Contains(line.Message, test.problem)) {
				t.Errorf("%+v, want %s", line, test.problem)
			}
			if strings.Contains(c.log.String()+c.document(t), "issued-") {
				t.Error("a token shows")
			}
			if line := c.line(t, "okta.security_notifications"); line.Status != snapshot.Skipped {
				t.Errorf("a private endpoint was asked without an API token: %+v", line)
			}
		})
	}
}

// A token that is good for another minute is used when the org gives no new one.
func TestATokenStandsInForOneThatDoesNotCome(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for lifetime, want := range map[time.Duration]snapshot.Status{time.Minute: snapshot.Collected, 0: snapshot.Failed} {
		app := oktatest.ServiceApp{ClientID: clientID, PublicKey: key.Public(), Algorithm: jwa.ES256(), Scopes: okta.Scopes(), Lifetime: max(lifetime, time.Millisecond)}
		refused := oktatest.Fault{Path: "/oauth2/v1/token", Skip: 1, Do: oktatest.Refuse(400, "E0000021")}
		c := collect(t, setup{options: oktatest.Options{App: &app}, faults: []oktatest.Fault{refused},
			login: func(server *oktatest.Server, network collectors.Network) collectors.Authorizer {
				login, err := okta.ServiceApp{Org: server.URL, ClientID: clientID, PrivateKey: pemOf(t, key), Network: network}.Authorizer()
				if err != nil {
					t.Fatal(err)
				}
				return login
			}})
		if line := c.line(t, "okta.group_rules"); line.Status != want {
			t.Errorf("with %v left: %+v", lifetime, line)
		}
	}
}

// A machine whose clock is wrong signs what has ended already; that the key is right
// and the hour is not is worth telling.
func TestARefusalSaysThatTheClockIsWrong(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	app := oktatest.ServiceApp{ClientID: clientID, PublicKey: key.Public(), Algorithm: jwa.ES256(), Scopes: okta.Scopes()}
	for _, test := range []struct {
		ahead time.Duration
		want  string // "" is no refusal
	}{
		{0, ""},
		{-2 * time.Hour, "behind the org's"},
		{2 * time.Hour, "ahead of the org's"},
	} {
		network := collectors.Network{Now: func() time.Time { return time.Now().Add(test.ahead) }}
		c := collect(t, setup{options: oktatest.Options{App: &app}, network: network, login: func(server *oktatest.Server, network collectors.Network) collectors.Authorizer {
			login, err := okta.ServiceApp{Org: server.URL, ClientID: clientID, PrivateKey: pemOf(t, key), Network: network}.Authorizer()
			if err != nil {
				t.Fatal(err)
			}
			return login
		}})
		line := c.line(t, "okta.zones")
		refused := line.Code == "login_failed" && strings.Contains(line.Message, "this machine's clock is ") && strings.Contains(line.Message, test.want)
		if refused != (test.want != "") {
			t.Errorf("with a clock %v ahead: %+v", test.ahead, line)
		}
	}
}

func TestPrivateKeyErrorsQuoteNothing(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		"", "hunter2", `{"kty":"RSA","d":"hunter2"}`, "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n",
		string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})),
	} {
		_, err := okta.ServiceApp{Org: "https://example.okta.com", ClientID: clientID, PrivateKey: []byte(text)}.Authorizer()
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%.20q: %v", text, err)
		}
	}
}
