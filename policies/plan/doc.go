// Package plan turns findings into the work that is left: the whitepaper's steps
// that are still open, in its order, with the changes that close them, and with the
// way back for each.
//
// A plan changes nothing by itself, and neither does Postern: a person runs it.
// What was decided:
//
//   - A mailbox that still uses a door (see package impact) is set apart and not
//     closed blindly. Nor is one of which that is not known.
//   - Emergency accounts are never a target.
//   - What needs a decision or a value that no snapshot holds, such as the address
//     of a server, is asked for and not guessed.
//   - A violation that was waived is left alone and listed.
//   - Sessions are revoked whenever a step before is open, even if they are in order
//     today: what is handed out until then is handed out under the old rules.
//   - Policies of Conditional Access are created to report only. Turning one on is a
//     decision that its report has to be seen for.
//
// It must not know how findings are judged, nor how a plan is written down: no
// Rego, no PowerShell, no report format.
package plan
