// Package population makes few of many: mailboxes that no control can tell apart
// become one class, so that a million of them are judged at the cost of some tens;
// and so do the rows of the logs.
//
// It takes what names a person out of each record, keeps of an instant only on
// which side of the moments that matter it lies, and of a count only whether it is
// above 0, and puts records together whose remaining text is the same. Nobody is copied: of each mailbox it remembers its
// class and where in the file it stands, and it reads who that is again from
// there when a finding lists it.
//
// It must not know what is judged, nor by what: no control, no finding, no Rego.
package population
