// Package finding is the second contract of Postern: what a check found. It
// holds the catalogue entry of a control, the outcome of a run, the violations
// with their members, and the report that carries them all.
//
// It is a leaf: it must not know how a finding was made (no snapshot, no Rego)
// nor how one is shown (no format). Whoever judges fills it, whoever writes
// reads it, and a saved one can be read back without either.
package finding
