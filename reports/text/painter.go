package text

import "github.com/seed-07732396/postern/policies/finding"

// painter puts ANSI colours around a text, or leaves it alone.
type painter struct{ on bool }

func (p painter) put(code, s string) string {
	if !p.on || code == "" || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (p painter) dim(s string) string { return p.put("2", s) }

func (p painter) weigh(w weight, s string) string {
	return p.put([]string{plain: "", bold: "1", dim: "2", struck: "2;9"}[w], s)
}

func (p painter) severity(severity finding.Severity, s string) string {
	codes := map[finding.Severity]string{
		finding.Critical: "1;31", finding.High: "31", finding.Medium: "33", finding.Low: "36", finding.Info: "2",
	}
	return p.put(codes[severity], s)
}

func (p painter) outcome(outcome finding.Outcome, s string) string {
	codes := map[finding.Outcome]string{
		finding.Error: "1;35", finding.Fail: "1;31", finding.Unknown: "33", finding.NotApplicable: "2", finding.Pass: "32",
	}
	return p.put(codes[outcome], s)
}

func (p painter) verdict(outcome finding.Outcome, word string) string {
	codes := map[finding.Outcome]string{finding.Fail: "1;31", finding.Pass: "1;32"}
	code, ok := codes[outcome]
	if !ok {
		code = "1;33"
	}
	return p.put(code, word)
}
