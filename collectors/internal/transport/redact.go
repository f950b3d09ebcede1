package transport

import (
	"net/http"
	"regexp"
	"strings"
	"unicode"
)

// Redacted stands where a secret stood.
const Redacted = "[redacted]"

// textLimit bounds what an error quotes of an answer, in code points.
const textLimit = 400

// pattern is a shape of text that must not be shown, and what takes its place.
type pattern struct {
	shape *regexp.Regexp
	by    string
}

// patterns are what secrets and request ids look like when we do not know them:
// our own are known, and cut out verbatim by scrub. Request ids are no secrets,
// but they differ between two runs over the same tenant.
var patterns = []pattern{
	{regexp.MustCompile(`eyJ[A-Za-z0-9_-]{6,}(\.[A-Za-z0-9_-]+){1,4}`), Redacted},
	{regexp.MustCompile(`(?i)\b(bearer|ssws|dpop|basic)\s+[A-Za-z0-9._~+/=-]{6,}`), "$1 " + Redacted},
	// A colon alone is prose: "InvalidAuthenticationToken: Lifetime …".
	{regexp.MustCompile(`(?i)((?:secret|password|assertion|token|signature|cookie|api[-_]?key|code_verifier)(?:["']?\s*=\s*["']?|["']\s*:\s*["']))[^\s"'&,;}]{4,}`), "$1" + Redacted},
	{regexp.MustCompile(`(?i)([?&](?:\$?skiptoken|code|sig)=)[^\s"'&]+`), "$1" + Redacted},
	{regexp.MustCompile(`(?i)\b((?:client[-_ ]?)?(?:request|correlation|trace|activity|error)[-_ ]?id["']?\s*[=:]\s*["']?)[A-Za-z0-9_.-]{6,}`), "$1" + Redacted},
	{regexp.MustCompile(`://[^/\s@]+@`), "://" + Redacted + "@"},
}

// Redact makes a text from the outside fit to show: on one line, without
// control and direction marks, without anything that looks like a secret or a
// request id, at most some hundred characters long.
func Redact(text string) string {
	text = strings.Map(printable, text)
	for _, p := range patterns {
		text = p.shape.ReplaceAllString(text, p.by)
	}
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > textLimit {
		text = string(runes[:textLimit]) + "…"
	}
	return text
}

// printable maps line ends and tabs to spaces, and drops what does not show:
// control characters, and the format characters that turn text around.
func printable(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case unicode.IsPrint(r):
		return r
	default:
		return -1
	}
}

// secretHeaders are the request headers whose values must never be shown.
var secretHeaders = []string{"Authorization", "Proxy-Authorization", "Cookie", "Dpop"}

// secretsOf lists the secrets that a request carries: header values, and the
// credential behind the scheme. Very short ones are left out: cutting them out
// of a text would destroy it and protect nothing.
func secretsOf(req *http.Request) []string {
	var secrets []string
	for _, name := range secretHeaders {
		for _, value := range req.Header.Values(name) {
			if _, credential, ok := strings.Cut(value, " "); ok && name != "Cookie" {
				value = credential
			}
			if len(value) >= 8 {
				secrets = append(secrets, value)
			}
		}
	}
	for _, cookie := range req.Cookies() {
		if len(cookie.Value) >= 8 {
			secrets = append(secrets, cookie.Value)
		}
	}
	return secrets
}

// scrub cuts known secrets out of a text.
func scrub(text string, secrets []string) string {
	for _, secret := range secrets {
		text = strings.ReplaceAll(text, secret, Redacted)
	}
	return text
}
