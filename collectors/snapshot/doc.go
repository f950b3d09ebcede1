// Package snapshot is the first contract of Postern: the document that says
// how one Microsoft 365 tenant and its Okta org were configured at one moment,
// and how well that could be seen.
//
// It holds the document's types, its JSON Schema, a reader that says where in
// the file everything stands, and a writer that gives the same bytes for the
// same tenant. Vendor objects keep the vendor's own field names and values, so
// that an auditor can compare them with the vendor's documentation; fields that
// Postern does not know survive.
//
// It must not know who reads or fills the document: no vendor API, no control,
// no report.
package snapshot
