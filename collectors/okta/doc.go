// Package okta reads one Okta org by plain HTTP: the Office 365 app instances,
// the rules that decide who may sign in to them, what those rules name, and what
// the System Log shows. Okta's own SDK drops or rejects real data, so objects are
// kept as they come.
//
// It recognises Classic Engine, where the sign-on rules of an app have no API,
// and says so instead of guessing. It must not know what a rule means, nor any
// other service; the key of Okta's federation endpoint comes from whoever
// collected Entra's federation settings.
package okta
