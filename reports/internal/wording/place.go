package wording

import (
	"strconv"
	"strings"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/escape"
)

// Place is "file:line" as plain text, or the file where the line is not known.
func Place(report *finding.Report, region *finding.Region) string {
	file := escape.Line(report.Snapshot.URI)
	if region == nil {
		return file
	}
	return file + ":" + strconv.Itoa(region.StartLine)
}

// PlaceOf is Place, but of a waiver the place in its own file: no snapshot holds one.
func PlaceOf(report *finding.Report, resource *finding.Resource, region *finding.Region) string {
	file, line, ok := WaiverPlace(report, resource)
	switch {
	case !ok:
		return Place(report, region)
	case line == 0:
		return escape.Line(file)
	}
	return escape.Line(file) + ":" + strconv.Itoa(line)
}

// WaiverPlace is where a waiver stands, if the resource is one. The line is 0 where it
// is not known.
func WaiverPlace(report *finding.Report, resource *finding.Resource) (file string, line int, ok bool) {
	if resource == nil || resource.Kind != "waiver" || report.Waivers == nil {
		return "", 0, false
	}
	for i := range report.Waivers.Entries {
		if entry := &report.Waivers.Entries[i]; entry.ID == resource.ID && entry.File != "" {
			return entry.File, entry.Line, true
		}
	}
	return "", 0, false
}

// Subject names a resource: "domain 'contoso.com'".
func (s Style) Subject(resource *finding.Resource) string {
	name := resource.Name
	if name == "" {
		name = resource.ID
	}
	kind := s.Nouns[resource.Kind]
	if kind == "" {
		kind = escape.Line(strings.ReplaceAll(resource.Kind, "_", " "))
	}
	if name == "" {
		return s.render(kind)
	}
	return s.render(strings.TrimSpace(kind + " '" + markName(name) + "'"))
}

// Member names a member of a population by what an administrator would look
// for.
func (s Style) Member(member *finding.Member) string {
	for _, name := range []string{member.Name, member.DisplayName, member.ID} {
		if name != "" {
			return s.render(markName(name))
		}
	}
	return s.render(markName(member.Pointer))
}

// Sample names the first members: "a, b and 9 more".
func (s Style) Sample(members *finding.Members, n int) string {
	first := members.First(n)
	names := make([]string, len(first))
	for i := range first {
		names[i] = s.Member(&first[i])
	}
	sample := strings.Join(names, ", ")
	if more := members.Len() - len(first); more > 0 {
		sample += count(s.Phrases.AndMore, more)
	}
	return sample
}

// Tenant names a tenant: "Contoso (contoso.onmicrosoft.com)".
func (s Style) Tenant(tenant *finding.Tenant) string {
	id := tenant.InitialDomain
	if id == "" {
		id = tenant.ID
	}
	switch {
	case tenant.Name == "" && id == "":
		return s.render(s.Phrases.NoTenantName)
	case tenant.Name == "":
		return s.render(markName(id))
	case id == "":
		return s.render(markName(tenant.Name))
	}
	return s.render(markName(tenant.Name) + " (" + markName(id) + ")")
}
