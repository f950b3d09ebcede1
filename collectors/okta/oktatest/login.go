package oktatest

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jws"
)

// ServiceApp is an app that signs in with a private key.
type ServiceApp struct {
	ClientID string
	// PublicKey verifies its assertions, Algorithm is how they are signed.
	PublicKey any
	Algorithm jwa.SignatureAlgorithm
	// Scopes are what was granted.
	Scopes []string
	// Bound says that its tokens are bound to a key by proofs (DPoP).
	Bound bool
	// Lifetime of its tokens; 0 is an hour.
	Lifetime time.Duration
}

// token answers the token endpoint.
func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	app := s.options.App
	if err := r.ParseForm(); err != nil || app == nil || r.PostForm.Get("grant_type") != "client_credentials" {
		refuse(w, "invalid_request", "The request is malformed.")
		return
	}
	if problem := s.checkAssertion(r.PostForm.Get("client_assertion"), app); problem != "" {
		w.WriteHeader(http.StatusUnauthorized)
		_ = json.NewEncoder(w).Encode(map[string]any{"error": "invalid_client", "error_description": problem})
		return
	}
	for _, scope := range strings.Fields(r.PostForm.Get("scope")) {
		if !contains(app.Scopes, scope) {
			refuse(w, "invalid_scope", "One or more scopes are not configured for the authorization server resource.")
			return
		}
	}
	thumbprint := ""
	if app.Bound {
		var problem string
		if thumbprint, problem = s.checkProof(r, ""); problem != "" {
			w.Header().Set("DPoP-Nonce", s.nonce)
			refuse(w, problem, "Authorization server requires a proof.")
			return
		}
	}
	lifetime := app.Lifetime
	if lifetime == 0 {
		lifetime = time.Hour
	}
	s.mu.Lock()
	s.logins++
	token := fmt.Sprintf("issued-%d-%s", s.logins, s.options.Bearer) // never the same twice
	s.issued[token] = thumbprint
	s.mu.Unlock()
	kind := "Bearer"
	if app.Bound {
		kind = "DPoP"
	}
	data, _ := json.Marshal(map[string]any{"access_token": token, "token_type": kind, "expires_in": int(lifetime.Seconds()), "scope": r.PostForm.Get("scope")})
	write(w, data)
}

// checkAssertion holds a client assertion to what Okta demands of one.
func (s *Server) checkAssertion(assertion string, app *ServiceApp) string {
	payload, err := jws.Verify([]byte(assertion), jws.WithKey(app.Algorithm, app.PublicKey))
	if err != nil {
		return "The client_assertion signature is invalid."
	}
	var claims struct {
		Iss, Sub, Aud, Jti string
		Exp                int64
	}
	if err := json.Unmarshal(payload, &claims); err != nil {
		return "The client_assertion is malformed."
	}
	left := time.Until(time.Unix(claims.Exp, 0))
	switch {
	case claims.Iss != app.ClientID || claims.Sub != app.ClientID:
		return "'iss' and 'sub' must be the client id."
	case claims.Aud != s.URL+"/oauth2/v1/token":
		return "'aud' is invalid."
	case left <= 0 || left > time.Hour:
		return "The client_assertion token has an expiration that is invalid."
	case claims.Jti == "":
		return "'jti' is missing."
	}
	return ""
}

// checkProof verifies the request's proof and returns the thumbprint of its key,
// or the OAuth error. The token endpoint wants its nonce in it, a resource wants
// the token's hash.
func (s *Server) checkProof(r *http.Request, token string) (thumbprint, problem string) {
	proof := r.Header.Get("DPoP")
	message, err := jws.Parse([]byte(proof))
	if proof == "" || err != nil {
		return "", "invalid_dpop_proof"
	}
	headers := message.Signatures()[0].ProtectedHeaders()
	key, ok := headers.JWK()
	if kind, _ := headers.Type(); !ok || kind != "dpop+jwt" {
		return "", "invalid_dpop_proof"
	}
	payload, err := jws.Verify([]byte(proof), jws.WithKey(jwa.ES256(), key))
	if err != nil {
		return "", "invalid_dpop_proof"
	}
	var claims struct {
		Htm, Htu, Nonce, Ath, Jti string
		Iat                       int64
	}
	if json.Unmarshal(payload, &claims) != nil || claims.Htm != r.Method || claims.Htu != s.URL+r.URL.Path || claims.Jti == "" ||
		time.Since(time.Unix(claims.Iat, 0)).Abs() > 5*time.Minute {
		return "", "invalid_dpop_proof"
	}
	if token == "" && claims.Nonce != s.nonce {
		return "", "use_dpop_nonce"
	}
	if token != "" {
		sum := sha256.Sum256([]byte(token))
		if claims.Ath != base64.RawURLEncoding.EncodeToString(sum[:]) {
			return "", "invalid_dpop_proof"
		}
	}
	return thumbprintOf(key), ""
}

func thumbprintOf(key jwk.Key) string {
	data, err := json.Marshal(key)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(data)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// issuedFor tells whether a token that this server issued may be used for the
// request.
func (s *Server) issuedFor(_ http.ResponseWriter, r *http.Request, scheme, token string) bool {
	s.mu.Lock()
	bound, ok := s.issued[token]
	s.mu.Unlock()
	if !ok || token == "" {
		return false
	}
	if bound == "" {
		return scheme == "Bearer"
	}
	thumbprint, problem := s.checkProof(r, token)
	return scheme == "DPoP" && problem == "" && thumbprint == bound
}

// Revoke makes every token that was issued so far worthless.
func (s *Server) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.issued)
}

func refuse(w http.ResponseWriter, code, description string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusBadRequest)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": code, "error_description": description})
}

func contains(list []string, item string) bool {
	for _, one := range list {
		if one == item {
			return true
		}
	}
	return false
}
