package access

import "strings"

// stray are the names that a class has and the configuration does not: a domain that
// Entra does not list, an authentication policy that Exchange does not have. Nothing
// depends on such a name but the sentences that say it, so the doors of classes that
// differ in stray names alone are worked out once. A name that is not stray is empty
// here.
type stray struct{ domain, policy string }

// What stands for a stray name in doors that are worked out once for many. A tenant
// that calls something by it finds fewer doors put together, and nothing worse.
const (
	anyDomain = "\x00domain"
	anyPolicy = "\x00policy"
)

// strayOf finds the stray names of a class.
func (v *evaluation) strayOf(c *class) stray {
	var s stray
	if domain := strings.ToLower(c.mailbox.Domain); domain != "" && v.engine.entra.unlisted(domain) {
		s.domain = domain
	}
	x := v.engine.exchange
	policy := x.find(c.mailbox.switches(aMailbox).policy).missing
	// The organisation's own is missing by the same name for those without one.
	if policy != x.standard.missing {
		s.policy = policy
	}
	return s
}

// hidden puts what stands for them in the place of stray names.
func (s stray) hidden() stray {
	if s.domain != "" {
		s.domain = anyDomain
	}
	if s.policy != "" {
		s.policy = anyPolicy
	}
	return s
}

// in leaves of stray names those that a text says, in which they are hidden.
func (s stray) in(text string) stray {
	if !strings.Contains(text, anyDomain) {
		s.domain = ""
	}
	if !strings.Contains(text, anyPolicy) {
		s.policy = ""
	}
	return s
}

// domain is what a class's domain is called, given how its stray names are.
func (c *class) domain(called stray) string {
	if called.domain != "" {
		return called.domain
	}
	return strings.ToLower(c.mailbox.Domain)
}

// switches are a class's, given how its stray names are called.
func (c *class) switches(called stray) switches {
	s := *c.mailbox.switches(aMailbox)
	if called.policy != "" {
		s.policy = called.policy
	}
	return s
}
