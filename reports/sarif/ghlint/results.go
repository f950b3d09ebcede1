package ghlint

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

func (l *linter) results(results []result, r *run) {
	if len(results) > maxResults {
		l.add("%d results", len(results))
	}
	suppressions := 0
	alerts := map[string]bool{}
	for i := range results {
		one := &results[i]
		l.text(one.RuleID, one.Message.Text)
		l.reference("result's rule", reference{one.RuleID, one.RuleIndex}, r.Tool.Driver.Rules)
		l.kind(one)
		l.places(one, r)
		if one.Rank != nil {
			l.add("%s: GitLab takes the rank for the severity", one.RuleID)
		}
		if one.Suppressions != nil {
			suppressions++
		}
		if one.Kind == "fail" || one.Kind == "" {
			l.fingerprint(one, alerts)
		}
	}
	if suppressions != 0 && suppressions != len(results) {
		l.add("%d of %d results have suppressions: all or none must", suppressions, len(results))
	}
}

func (l *linter) kind(r *result) {
	failed := r.Kind == "fail" || r.Kind == ""
	if !slices.Contains([]string{"", "fail", "pass", "open", "review", "notApplicable", "informational"}, r.Kind) {
		l.add("%s: the kind is %q", r.RuleID, r.Kind)
	}
	if !slices.Contains([]string{"error", "warning", "note", "none"}, r.Level) {
		l.add("%s: the level is %q", r.RuleID, r.Level)
	}
	if !failed && r.Level != "none" {
		l.add("%s: the kind is %s and the level %s", r.RuleID, r.Kind, r.Level)
	}
	if failed && r.Level == "none" {
		l.add("%s: a failure of the level none", r.RuleID)
	}
	if l.codeScanning && !failed {
		l.add("%s: the kind %s would be an open alert", r.RuleID, r.Kind)
	}
	if l.codeScanning && r.Suppressions != nil && len(*r.Suppressions) > 0 {
		l.add("%s: what is suppressed would be an open alert", r.RuleID)
	}
}

// versioned is how DefectDojo wants a fingerprint's name that holds a slash.
var versioned = regexp.MustCompile(`^[^/]+$|/v[0-9]+$`)

func (l *linter) fingerprint(r *result, alerts map[string]bool) {
	hash := r.Fingerprints["primaryLocationLineHash"]
	if hash == "" {
		l.add("%s: no primaryLocationLineHash", r.RuleID)
	}
	for name := range r.Fingerprints {
		if !versioned.MatchString(name) {
			l.add("%s: DefectDojo refuses the fingerprint's name %q", r.RuleID, name)
		}
	}
	if len(r.Locations) == 0 || r.Locations[0].Physical == nil {
		return
	}
	alert := r.RuleID + " " + r.Locations[0].Physical.Artifact.URI + " " + hash
	if alerts[alert] {
		l.add("%s: two results are one alert: %s", r.RuleID, hash)
	}
	alerts[alert] = true
}

func (l *linter) places(r *result, run *run) {
	if len(r.Locations) == 0 {
		l.add("%s: no location, for which the whole file is refused", r.RuleID)
	}
	if len(r.Locations) > maxLocations || len(r.Related) > maxLocations {
		l.add("%s: %d locations, %d related ones", r.RuleID, len(r.Locations), len(r.Related))
	}
	for _, place := range r.Locations {
		l.place(r.RuleID, place, run, true)
	}
	for _, place := range r.Related {
		l.place(r.RuleID, place, run, false)
	}
	for _, flow := range r.CodeFlows {
		for _, thread := range flow.ThreadFlows {
			if n := len(thread.Locations); n == 0 || n > maxFlow {
				l.add("%s: a flow of %d steps", r.RuleID, n)
			}
			for _, step := range thread.Locations {
				l.place(r.RuleID, step.Location, run, true)
			}
		}
	}
}

func (l *linter) place(rule string, place location, r *run, exact bool) {
	if place.Physical == nil {
		l.add("%s: no physical location, for which the whole file is refused", rule)
		return
	}
	l.uri(rule, place.Physical.Artifact.URI)
	if base := place.Physical.Artifact.BaseID; base != "" {
		mapped := slices.ContainsFunc(r.Provenance, func(p struct{ MappedTo artifact }) bool { return p.MappedTo.BaseID == base })
		if _, ok := r.BaseIDs[base]; !ok || !mapped {
			l.add("%s: the base %s is not defined or not mapped to a repository", rule, base)
		}
	}
	at := place.Physical.Region
	if at == nil && !exact {
		return
	}
	switch {
	case at == nil:
		l.add("%s: no region", rule)
	case at.ByteOffset != nil:
		l.add("%s: DefectDojo drops the line for a byteOffset", rule)
	case at.StartLine < 1 || exact && (at.StartColumn < 1 || at.EndLine < 1 || at.EndColumn < 1):
		l.add("%s: the region lacks one of its four numbers: %+v", rule, *at)
	case exact && (at.EndLine < at.StartLine || at.EndLine == at.StartLine && at.EndColumn < at.StartColumn):
		l.add("%s: the region ends before it starts: %+v", rule, *at)
	}
}

func (l *linter) uri(rule, uri string) {
	u, err := url.Parse(uri)
	segment, _, _ := strings.Cut(uri, "/")
	switch {
	case uri == "":
		l.add("%s: no URI", rule)
	case err != nil:
		l.add("%s: the URI %.80q is none: %v", rule, uri, err)
	case u.IsAbs() || u.Opaque != "" || strings.Contains(segment, ":"):
		l.add("%s: the URI %.80q has a scheme, or looks like it", rule, uri)
	case strings.HasPrefix(uri, "/") || strings.Contains("/"+uri+"/", "/../"):
		l.add("%s: the URI %.80q leaves the repository", rule, uri)
	case u.RawQuery != "" || u.Fragment != "":
		l.add("%s: the URI %.80q is more than a path", rule, uri)
	case strings.ContainsFunc(uri, func(r rune) bool { return r <= ' ' || r >= 0x7F || strings.ContainsRune(`\"<>^{|}`+"`", r) }):
		l.add("%s: the URI %.80q holds what must be escaped", rule, uri)
	}
}
