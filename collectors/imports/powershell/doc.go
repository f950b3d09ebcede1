// Package powershell turns a folder of JSON that PowerShell wrote into what a
// collection reads: for tenants that Postern may not reach, an administrator runs
// a short script, and carries the folder over.
//
// The cmdlets' files become a collector of Exchange Online, so that a snapshot
// made of them is joined and accounted for as a live one is. Microsoft Graph's
// answers are kept as they came, and are given again to the collector that asks
// Graph. The package undoes what PowerShell does to JSON, and is strict about
// what cannot be undone: a value that was cut off was not collected.
//
// It must not know any control, and it asks no service for anything.
package powershell
