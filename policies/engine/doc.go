// Package engine judges a snapshot by controls written in Rego and says what it
// found.
//
// It loads controls and refuses those that are not strictly what they say: a
// control declares its evidence, its severity and its sentences in METADATA and
// can read nothing else, has no clock, no network and no chance in it, and keeps
// to four public rules. It reads a snapshot as a stream, holds the declared
// evidence of each control against the ledger, evaluates each control by itself,
// and turns what the controls say into findings with places in the file.
//
// Mailboxes and rows of the logs may be millions, and are judged as few: it finds out
// from the Rego what a control can tell of one, and lets those stand as one that are
// then the same, wherever it can be shown that this changes no finding.
//
// It is the only package that knows OPA. It must not know how a snapshot came
// about, how findings are shown, or what any one control is about.
package engine
