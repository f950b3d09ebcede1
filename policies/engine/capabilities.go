package engine

import (
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// refusedBuiltins are out beside those that OPA itself marks as nondeterministic
// or deprecated. A name that ends in a dot stands for all that start so. The same
// snapshot must give the same findings on every machine, at every hour, and
// without a network.
func refusedBuiltins() []string {
	return []string{
		// These compare with the clock, which OPA does not mark.
		"io.jwt.",
		"crypto.x509.parse_and_verify_certificates",
		"crypto.x509.parse_and_verify_certificates_with_options",
		// These take a time zone, which may be the machine's own.
		"time.parse_ns", "time.clock", "time.date", "time.weekday", "time.format", "time.add_date", "time.diff",
		// A schema may point into the network.
		"json.match_schema", "json.verify_schema",
		// Signing, keys and other clouds have no place in a judgement.
		"providers.", "crypto.parse_private_keys", "crypto.x509.parse_rsa_private_key", "crypto.x509.parse_keypair",
		// Metadata are read by the engine; a control does not look at itself.
		"rego.",
		// Debugging aids would vanish without a word.
		"trace", "print", "internal.print", "internal.test_case",
	}
}

// capabilities is what controls may use of OPA.
func capabilities() *ast.Capabilities {
	all := ast.CapabilitiesForThisVersion()
	kept := make([]*ast.Builtin, 0, len(all.Builtins))
	for _, builtin := range all.Builtins {
		if !builtin.Nondeterministic && !builtin.Deprecated && !refused(builtin.Name) {
			kept = append(kept, builtin)
		}
	}
	all.Builtins = kept
	// Not nil, which would allow every host.
	all.AllowNet = []string{}
	return all
}

func refused(name string) bool {
	for _, r := range refusedBuiltins() {
		if name == r || strings.HasSuffix(r, ".") && strings.HasPrefix(name, r) {
			return true
		}
	}
	return false
}
