// Package impact says who would notice if a door were closed: which mailboxes
// still get in by a legacy client, which do not, and of which nothing is known.
//
// It reads what the logs show (evidence.sign_ins and evidence.okta_requests),
// joins it to the mailboxes by the snapshot's ids and names, and judges each
// mailbox door by door. A door is a protocol of Exchange with basic
// authentication, or a password grant.
//
// Missing evidence is never a permission. A door is safe to close for a mailbox
// only if the logs that would show its use were read to the end, over a window
// that is long enough and reaches to the snapshot. What was decided:
//
//   - Entra issues the token for every sign-in to Exchange, so its two logs
//     (interactive, and not, where POP and IMAP are) decide about the protocols.
//     Okta's log is needed as well for password grants, and for legacy clients whose
//     protocol nobody names.
//   - A success at Okta's active endpoint belongs to the sign-in of the same user
//     with the same user agent in Entra's log. One without such a partner is a use
//     whose protocol is not told.
//   - Entra's "Other clients" tells no protocol either: the mailbox is in use, and
//     no single door of it is known to be safe.
//   - Windows device registration uses Okta's active endpoint by design. It is listed
//     apart: a rule that denies legacy clients stops it, no setting of Exchange does.
//   - The logs speak of passwords. A client that uses the same protocol with a token
//     does not show in them, so switching a protocol off altogether can still stop
//     somebody: ActiveSync, EWS and MAPI above all.
//
// It must not know how findings are judged, nor how its result is shown.
package impact
