// Package oktatest is an Okta org for tests and for the demo: a real HTTP server
// that speaks the org's API, fed from a folder.
//
// The folder holds a file for each path below api/v1, a JSON list for a listing
// and an object for one thing:
//
//	org.json                         /.well-known/okta-organization
//	apps.json                        /api/v1/apps
//	apps/{id}/users.json             /api/v1/apps/{id}/users
//	policies/{id}/rules.json         /api/v1/policies/{id}/rules
//	groups/{id}/users.json           /api/v1/groups/{id}/users
//	logs.json                        /api/v1/logs
//	notifications.json               the admin console's private endpoint
//
// One object of a listing, such as /api/v1/groups/{id}, is found in the listing.
// FromSnapshot makes such a folder of a snapshot.
//
// The server checks tokens and scopes, signs service apps in with a private key
// and a proof of possession, cuts listings into pages with Link headers, keeps to
// a rate limit, and does whatever a Fault makes it do.
//
// It must not import the collector it stands in for: it would share its mistakes.
package oktatest
