// Package transport is the one HTTP client of the collectors: a stack of
// http.RoundTrippers that decides where a request may go, attaches the
// credentials, keeps to the service's limits, tries again what is worth trying
// again, reads answers whole and bounded, and says what went wrong without
// showing a secret.
//
// From the outside in:
//
//	guard      https (or loopback), and only to the configured origins
//	retry      429, 5xx, cut connections, refused logins that can be renewed
//	pace       limits that are known beforehand, budgets that the service reports
//	authorize  credentials, for the configured origins only
//	read       one attempt: time limit, decoding, size limit, proxies' pages
//
// Redirects are never followed: an answer with a 3xx status comes back as it is,
// and whoever asked decides (a token never travels to where an answer points).
//
// It must not know any vendor: no path, no header, no error body of one service.
// What differs between them comes in through Options.
package transport
