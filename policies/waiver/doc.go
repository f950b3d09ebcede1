// Package waiver holds an organisation's decisions to live with a finding for a
// time: it reads the file in which they stand, finds what each is about in a
// report, marks that, and says what became of each.
//
// A waiver never hides anything. What it is about keeps its outcome and stays in
// the report, marked; what it is not about stays as it was; and one that has
// expired, whose group has grown, or that ends further ahead than allowed waives
// nothing at all.
//
// It must not know how a finding was made (no Rego) nor how one is shown.
package waiver
