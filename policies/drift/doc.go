// Package drift says how a report stands to an earlier one of the same tenant: what
// is new, what stayed, what is gone, and which members of a violation came and went.
//
// It compares what the evidence shows, never what the organisation decided: a waiver
// that came or lapsed is no drift, and a violation that waivers have split is one
// violation here. What is gone is called fixed only where the later report could see
// everything: evidence that got lost fixes nothing.
//
// It must not know how a finding was made, nor how one is shown.
package drift
