package okta

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jws"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/internal/transport"
)

// ServiceApp says which OAuth service app of the org signs in, and with what.
type ServiceApp struct {
	// Org is the org's own URL.
	Org string
	// ClientID is the app's.
	ClientID string
	// PrivateKey is its key, PEM or JWK; RSA or elliptic.
	PrivateKey []byte
	// KeyID names the key when the app has several; a JWK's own kid is used if
	// this is empty.
	KeyID string
	// Scopes are asked for; empty means Scopes().
	Scopes []string
	// Network is how to reach the org.
	Network collectors.Network
}

// Authorizer signs in as the service app: a token for an assertion signed with
// the private key, bound to a key of this run (DPoP) when the app demands it.
// Nothing is sent before the first request.
func (s ServiceApp) Authorizer() (collectors.Authorizer, error) {
	if s.ClientID == "" {
		return nil, errors.New("okta: no client id is given for the service app")
	}
	key, algorithm, err := signingKey(s.PrivateKey)
	if err != nil {
		return nil, err
	}
	if s.KeyID != "" {
		if err := key.Set(jwk.KeyIDKey, s.KeyID); err != nil {
			return nil, fmt.Errorf("okta: key id: %w", err)
		}
	}
	if len(s.Scopes) == 0 {
		s.Scopes = Scopes()
	}
	bare, err := newClient(Config{Org: s.Org, Network: s.Network})
	if err != nil {
		return nil, fmt.Errorf("okta: %w", err)
	}
	proof, err := newProver()
	if err != nil {
		return nil, err
	}
	now := s.Network.Now
	if now == nil {
		now = time.Now
	}
	return &serviceLogin{app: s, http: bare.http, endpoint: bare.root.JoinPath("oauth2", "v1", "token"),
		key: key, algorithm: algorithm, prover: proof, now: now}, nil
}

// signingKey reads a private key. Its errors quote nothing of it.
func signingKey(data []byte) (jwk.Key, jwa.SignatureAlgorithm, error) {
	none := jwa.EmptySignatureAlgorithm()
	key, err := jwk.ParseKey(data, jwk.WithPEM(!strings.HasPrefix(strings.TrimSpace(string(data)), "{")))
	if err != nil {
		return nil, none, errors.New("okta: the private key is neither PEM nor JWK that can be read")
	}
	var raw any
	if err := jwk.Export(key, &raw); err != nil {
		return nil, none, errors.New("okta: the private key cannot be used")
	}
	if private, err := jwk.IsPrivateKey(key); err != nil || !private {
		return nil, none, errors.New("okta: the key is a public one; the private key is needed")
	}
	switch key.KeyType() {
	case jwa.RSA():
		return key, jwa.RS256(), nil
	case jwa.EC():
		if private, ok := raw.(*ecdsa.PrivateKey); ok {
			switch private.Curve {
			case elliptic.P256():
				return key, jwa.ES256(), nil
			case elliptic.P384():
				return key, jwa.ES384(), nil
			case elliptic.P521():
				return key, jwa.ES512(), nil
			}
		}
	}
	return nil, none, errors.New("okta: the private key is neither RSA nor on the curve P-256, P-384 or P-521")
}

// serviceLogin keeps one token, and gets another when it ends or is refused.
type serviceLogin struct {
	app       ServiceApp
	http      *http.Client
	endpoint  *url.URL
	key       jwk.Key
	algorithm jwa.SignatureAlgorithm
	prover    *prover
	now       func() time.Time

	mu      sync.Mutex
	token   string
	bound   bool // to the prover's key
	expires time.Time
	nonce   string
}

// expiryMargin is how long before its end a token is no longer used.
const expiryMargin = 2 * time.Minute

// Authorize attaches the token, and a proof if the token is bound to a key.
func (s *serviceLogin) Authorize(ctx context.Context, req *http.Request) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.token == "" || !s.now().Add(expiryMargin).Before(s.expires) {
		// A token that is good for a little longer stands in for one that does not come.
		if err := s.login(ctx); err != nil && (s.token == "" || !s.now().Before(s.expires)) {
			return err
		}
	}
	if !s.bound {
		req.Header.Set("Authorization", "Bearer "+s.token)
		return nil
	}
	proof, err := s.prover.proof(s.now(), req.Method, req.URL, s.nonce, s.token)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "DPoP "+s.token)
	req.Header.Set("DPoP", proof)
	return nil
}

// Refused takes over a nonce that the service asks for, or drops the token.
func (s *serviceLogin) Refused(ctx context.Context, req *http.Request, resp *http.Response) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if nonce := resp.Header.Get("DPoP-Nonce"); nonce != "" && nonce != s.nonce {
		s.nonce = nonce
		return true
	}
	if !strings.HasSuffix(req.Header.Get("Authorization"), " "+s.token) {
		return true // renewed meanwhile
	}
	old := s.token
	return s.login(ctx) == nil && s.token != old
}

// login asks for a token: plainly first, with a proof if the app demands one, and
// with the server's nonce if the proof lacks it.
func (s *serviceLogin) login(ctx context.Context) error {
	prove, nonce := s.bound, ""
	for range 3 {
		answer, header, err := s.ask(ctx, prove, nonce)
		if err != nil {
			return err
		}
		switch {
		case answer.Token != "":
			s.token, s.bound = answer.Token, strings.EqualFold(answer.Type, "DPoP")
			s.expires = s.now().Add(time.Duration(answer.ExpiresIn) * time.Second)
			return nil
		case answer.Error == "use_dpop_nonce" && header.Get("DPoP-Nonce") != nonce:
			prove, nonce = true, header.Get("DPoP-Nonce")
		case answer.Error == "invalid_dpop_proof" && !prove:
			prove = true
		default:
			return loginError(answer, s.clockHint(header))
		}
	}
	return loginError(&tokenAnswer{Error: "the org keeps asking for another proof"}, "")
}

// clockHint says that the two clocks are too far apart for what one signs and the
// other checks, "" when they are not or the org does not tell its time.
func (s *serviceLogin) clockHint(header http.Header) string {
	theirs, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return ""
	}
	apart, where := s.now().Sub(theirs).Round(time.Second), "ahead of"
	if apart < 0 {
		apart, where = -apart, "behind"
	}
	if apart <= time.Minute {
		return ""
	}
	return fmt.Sprintf("this machine's clock is %v %s the org's: set it right, for an assertion is good for minutes", apart, where)
}

type tokenAnswer struct {
	Token     string `json:"access_token"`
	Type      string `json:"token_type"`
	ExpiresIn int    `json:"expires_in"`
	Error     string `json:"error"`
}

// loginError is the org's refusal. Its description may quote what was sent, so the
// code stands alone.
func loginError(answer *tokenAnswer, clock string) error {
	hint := "check the client id, that the app has this public key, and that a Super Administrator granted the scopes"
	if answer.Error == "invalid_scope" {
		hint = "grant the app the scopes that 'postern permissions' lists"
	} else if clock != "" {
		hint = clock
	}
	return &collectors.Error{
		Code:    transport.CodeLoginFailed,
		Problem: "sign in to Okta as a service app: " + transport.Redact(answer.Error),
		Hint:    hint,
	}
}

func (s *serviceLogin) ask(ctx context.Context, prove bool, nonce string) (*tokenAnswer, http.Header, error) {
	assertion, err := s.assertion()
	if err != nil {
		return nil, nil, err
	}
	form := url.Values{
		"grant_type":            {"client_credentials"},
		"scope":                 {strings.Join(s.app.Scopes, " ")},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
		"client_assertion":      {assertion},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.endpoint.String(), strings.NewReader(form.Encode()))
	if err != nil {
		return nil, nil, transport.AsError(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	if prove {
		proof, err := s.prover.proof(s.now(), req.Method, req.URL, nonce, "")
		if err != nil {
			return nil, nil, err
		}
		req.Header.Set("DPoP", proof)
	}
	got, err := transport.Do(s.http, req)
	if err != nil {
		return nil, nil, err
	}
	answer := &tokenAnswer{}
	if err := json.Unmarshal(got.Body, answer); err != nil || (answer.Token == "") == (answer.Error == "") {
		return nil, nil, transport.StatusError(req, got.Status, "the answer is neither a token nor an error")
	}
	return answer, got.Header, nil
}

// assertion is the signed statement of who asks, good for five minutes.
func (s *serviceLogin) assertion() (string, error) {
	now := s.now()
	claims, err := json.Marshal(map[string]any{
		"iss": s.app.ClientID, "sub": s.app.ClientID, "aud": s.endpoint.String(),
		"iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(), "jti": randomID(),
	})
	if err != nil {
		return "", err
	}
	signed, err := jws.Sign(claims, jws.WithKey(s.algorithm, s.key))
	if err != nil {
		return "", errors.New("okta: the private key does not sign")
	}
	return string(signed), nil
}

// prover makes proofs of possession (DPoP, RFC 9449) with a key of its own.
type prover struct {
	key    jwk.Key
	public jwk.Key
}

func newProver() (*prover, error) {
	raw, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	key, err := jwk.Import(raw)
	if err != nil {
		return nil, err
	}
	public, err := key.PublicKey()
	if err != nil {
		return nil, err
	}
	return &prover{key: key, public: public}, nil
}

// proof binds a request, and the token if there is one, to the key. The address
// goes in without query and fragment.
func (p *prover) proof(now time.Time, method string, address *url.URL, nonce, token string) (string, error) {
	plain := url.URL{Scheme: address.Scheme, Host: address.Host, Path: address.Path, RawPath: address.RawPath}
	claims := map[string]any{"htm": method, "htu": plain.String(), "iat": now.Unix(), "jti": randomID()}
	if nonce != "" {
		claims["nonce"] = nonce
	}
	if token != "" {
		sum := sha256.Sum256([]byte(token))
		claims["ath"] = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	headers := jws.NewHeaders()
	if err := errors.Join(headers.Set(jws.TypeKey, "dpop+jwt"), headers.Set(jws.JWKKey, p.public)); err != nil {
		return "", err
	}
	signed, err := jws.Sign(payload, jws.WithKey(jwa.ES256(), p.key, jws.WithProtectedHeaders(headers)))
	return string(signed), err
}

func randomID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
