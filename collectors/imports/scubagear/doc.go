// Package scubagear turns the settings that CISA's ScubaGear exported from a
// tenant into a snapshot: a first look at a tenant that somebody has already
// scanned, without an application or a permission.
//
// Such an export holds part of what the controls ask for, in PowerShell's
// spelling. The package puts back what Microsoft's APIs call things, and is
// strict about what cannot be known: what the export does not hold stays absent
// and is skipped in the ledger, a command that failed is failed, a list that
// PowerShell may have shortened is partial, and a value that it cut off is left
// out.
//
// The package must not know any control, and asks no service for anything.
package scubagear
