package sarif

import (
	"path"
	"strings"

	"github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/escape"
)

// relativeURI makes a path a URI that is relative to the repository's root, as
// code scanning demands: every character but the plain ones is escaped, so that
// no first segment looks like a scheme. A path that leaves the root keeps its
// last part only.
func relativeURI(file string) string {
	file = path.Clean(file)
	if strings.HasPrefix(file, "/") || file == ".." || strings.HasPrefix(file, "../") {
		file = path.Base(file)
	}
	if file == "." || file == ".." || file == "/" {
		file = "snapshot.json"
	}
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	// The detour over runes makes bytes that are no UTF-8 into U+FFFD.
	for _, c := range []byte(string([]rune(file))) {
		if plain(c) || c == '/' {
			b.WriteByte(c)
			continue
		}
		b.Write([]byte{'%', hex[c>>4], hex[c&15]})
	}
	return b.String()
}

// tenantKey names the tenant in the run's category: by its initial domain, which
// cannot change and can be read, else by its id.
func tenantKey(tenant *finding.Tenant) string {
	key := tenant.InitialDomain
	if key == "" {
		key = tenant.ID
	}
	key = strings.Map(func(r rune) rune {
		if r < 0x80 && plain(byte(r)) {
			return r
		}
		return '-'
	}, strings.ToLower(escape.Cut(key, 100)))
	if key == "" {
		return "tenant"
	}
	return key
}

// plain reports a character that stands for itself in a URI.
func plain(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0
}

// physical is a place in the snapshot. One whose region is not known is the
// first character of the file: a result without a place makes GitHub refuse the
// whole file.
func (b *builder) physical(region *finding.Region, snippet string) *sarif.PhysicalLocation {
	if region == nil {
		region, snippet = &finding.Region{StartLine: 1, StartColumn: 1, EndLine: 1, EndColumn: 2}, ""
	}
	place := &sarif.Region{
		StartLine: ptr(region.StartLine), StartColumn: ptr(region.StartColumn),
		EndLine: ptr(region.EndLine), EndColumn: ptr(region.EndColumn),
	}
	if snippet != "" {
		place.Snippet = &sarif.ArtifactContent{Text: ptr(escape.Cut(escape.Lines(snippet), maxText))}
	}
	return &sarif.PhysicalLocation{ArtifactLocation: b.artifact(), Region: place}
}

func (b *builder) artifact() *sarif.ArtifactLocation { return b.artifactAt(b.uri) }

func (b *builder) artifactAt(uri string) *sarif.ArtifactLocation {
	location := &sarif.ArtifactLocation{URI: &uri}
	if b.options.Source.Repository != "" {
		location.URIBaseId = ptr(rootBase)
	}
	return location
}

// location is a place with the resource that is found there.
func (b *builder) location(region *finding.Region, snippet string, resource *finding.Resource) *sarif.Location {
	location := &sarif.Location{PhysicalLocation: b.physical(region, snippet)}
	if resource == nil {
		return location
	}
	name, qualified := b.tenant, []string{b.tenant}
	for _, part := range []string{resource.Kind, resource.ID, resource.Name} {
		if part = escape.Cut(escape.Line(part), maxName); part != "" {
			name = part
			qualified = append(qualified, strings.ReplaceAll(part, "/", "%2F"))
		}
	}
	// The id names the resource for good: a name beside it would not add.
	if resource.ID != "" && resource.Name != "" {
		qualified = qualified[:len(qualified)-1]
	}
	location.LogicalLocations = []*sarif.LogicalLocation{{
		Name: &name, FullyQualifiedName: ptr(strings.Join(qualified, "/")), Kind: ptr("resource"),
	}}
	return location
}

// related places the first members of a population.
func (b *builder) related(members *finding.Members) []*sarif.Location {
	var locations []*sarif.Location
	for i, member := range members.First(maxRelated) {
		place := &sarif.PhysicalLocation{ArtifactLocation: b.artifact()}
		if member.Line > 0 {
			place.Region = &sarif.Region{StartLine: ptr(member.Line)}
		}
		locations = append(locations, &sarif.Location{
			Id: ptr(uint(i + 1)), PhysicalLocation: place, Message: sarif.NewTextMessage(message("'" + b.style.Member(&member) + "'")),
		})
	}
	return locations
}
