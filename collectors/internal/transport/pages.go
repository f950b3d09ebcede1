package transport

import (
	"crypto/sha256"
	"fmt"
	"net/url"
)

// DefaultMaxPages bounds a listing when nothing else does: at a thousand objects
// a page that is ten million objects.
const DefaultMaxPages = 10_000

// Pages watches over a listing: that the links stay with the service, that no
// page comes twice, and that there is an end.
type Pages struct {
	origin string
	max    int
	n      int
	links  map[string]bool
	bodies map[[sha256.Size]byte]bool
}

// NewPages starts a listing at first. max bounds the pages; 0 means
// DefaultMaxPages.
func NewPages(first *url.URL, max int) *Pages {
	if max <= 0 {
		max = DefaultMaxPages
	}
	return &Pages{
		origin: originOf(first), max: max,
		links:  map[string]bool{first.String(): true},
		bodies: make(map[[sha256.Size]byte]bool),
	}
}

// Read takes note of the items of the page just read, as the service wrote them.
// It refuses a page that came before: the listing turns in circles, and what is
// behind the repetition is unknown. An empty page is no repetition.
func (p *Pages) Read(items []byte, count int) error {
	p.n++
	if count == 0 {
		return nil
	}
	sum := sha256.Sum256(items)
	if p.bodies[sum] {
		return &Error{Op: p.place(), Code: CodeRepeatedPage, Problem: fmt.Sprintf("page %d is the same as an earlier one", p.n)}
	}
	p.bodies[sum] = true
	return nil
}

// Count is how many pages were read.
func (p *Pages) Count() int { return p.n }

// Next checks the link to the next page, resolved against the page it stands in
// (from). Credentials only ever go to the origin where the listing began.
func (p *Pages) Next(from *url.URL, link string) (*url.URL, error) {
	next, err := from.Parse(link)
	if err != nil {
		return nil, &Error{Op: p.place(), Code: CodeBadAnswer, Problem: "the link to the next page cannot be parsed"}
	}
	next.Fragment = ""
	if originOf(next) != p.origin || next.User != nil || next.Opaque != "" {
		return nil, &Error{
			Op: p.place(), Code: CodeBadAddress,
			Problem: "the link to the next page leads to another host (" + Redact(next.Scheme+"://"+next.Host) + "); it was not followed",
		}
	}
	if p.links[next.String()] {
		return nil, &Error{Op: p.place(), Code: CodeRepeatedPage, Problem: "the link to the next page leads back to a page that was read"}
	}
	if p.n >= p.max {
		return nil, &Error{Op: p.place(), Code: CodeTooManyPages, Problem: fmt.Sprintf("more than %d pages", p.max)}
	}
	p.links[next.String()] = true
	return next, nil
}

func (p *Pages) place() string { return "page " + fmt.Sprint(p.n) + " from " + p.origin }
