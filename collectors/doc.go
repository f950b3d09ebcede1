// Package collectors runs the collectors of one tenant and makes one snapshot
// of what they bring in.
//
// A Collector speaks to one service. It offers resources, and reports each of
// them to a Sink: what it read, and how that ended. Run starts all collectors at
// once, keeps the evidence ledger, joins the rows of three services into one
// record a mailbox, and assembles the document. Every resource that was offered
// ends in the ledger, whatever happens to its collector.
//
// A resource may need another one first, of the same or of another collector: it
// says so in Offer.After, and asks for it with Sink.Await. There is no other way
// for collectors to know of each other.
//
// The package must not know any service's API: no path, no header, no field of a
// vendor object. It knows the snapshot, and where the parts of a mailbox come
// from.
package collectors
