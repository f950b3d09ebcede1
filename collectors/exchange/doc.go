// Package exchange reads Exchange Online through the admin endpoint that the
// official PowerShell module speaks to: cmdlets sent as JSON, in bulk, never one
// call a mailbox.
//
// The endpoint is not documented, so the package is careful with it. Only the
// cmdlets of an allow list can be sent, and all of them begin with Get. A page
// that expired, a link that was left over or a warning makes the resource
// partial, because each of them has been seen to hide rows.
//
// It must not know what the settings mean, nor any other service.
package exchange
