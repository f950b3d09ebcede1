package access

// tri is the answer to a question that the configuration may leave open. The
// order is that of what can be relied upon, so min is "and" and max is "or".
type tri uint8

const (
	no tri = iota
	// maybe: it cannot be decided from what was collected.
	maybe
	yes
)

// not turns the answer round; what is open stays open.
func (t tri) not() tri { return yes - t }

// certainly gives yes or no for something that is known.
func certainly(b bool) tri {
	if b {
		return yes
	}
	return no
}

// String gives the answer as facts and tests write it.
func (t tri) String() string { return [...]string{"no", "maybe", "yes"}[t] }
