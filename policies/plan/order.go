package plan

// why says why each step stands where it does in the whitepaper's order.
func (m *maker) why(step string) string {
	key := map[string]string{
		"A": "why_a", "B": "why_b", "C": "why_c", "D": "why_d", "E": "why_e", "F": "why_f", "evidence": "why_evidence", "access": "why_access",
	}[step]
	if key == "" {
		return ""
	}
	return m.say(key)
}
