package impact

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Class is what the whitepaper's tables 3 to 5 say of a mail client.
type Class string

// The classes.
const (
	// Outdated cannot do modern authentication.
	Outdated Class = "outdated"
	// Maybe can, depending on its settings or its version.
	Maybe Class = "maybe"
	// Modern can.
	Modern Class = "modern"
	// Device is Windows when it registers a device: no mail client.
	Device Class = "device"
	// Unlisted stands in no table: to be evaluated, as the whitepaper asks.
	Unlisted Class = "unlisted"
)

// Client is what a user agent says of itself, as a product of our own lists and at
// most a version: a user agent is text that anybody can write.
type Client struct {
	Class Class  `json:"class"`
	Name  string `json:"name"`
}

// family is a product whose version decides, and stands in its name in the place of
// %d. The first that matches counts.
// outdated is the last version that cannot do modern authentication, maybe the one
// that the sources differ on, above what they say of later ones.
type family struct {
	pattern         *regexp.Regexp
	name            string
	outdated, maybe int
	above           Class
}

// clientTable is the same as that of the controls, and a test holds the two
// together. It is made anew for each analysis: patterns are no global state.
func clientTable() []family {
	const none = -1
	table := []struct {
		pattern, name   string
		outdated, maybe int
		above           Class
	}{
		{`(?i)macoutlook/(\d{1,4})`, "Outlook for Mac %d", 14, none, Modern},
		{`(?i)\bentourage/(\d{1,4})`, "Entourage %d", 9999, none, Outdated},
		{`(?i)outlook-(?:ios|android)`, "Outlook for iOS and Android", none, none, Modern},
		{`(?i)microsoft outlook[ /](\d{1,4})`, "Outlook for Windows %d", 14, 15, Modern},
		{`(?i)^microsoft office/(\d{1,4})`, "Microsoft Office %d", 14, 15, Modern},
		{`(?i)^apple-i(?:phone|pad|pod)\w*/(\d{1,2})\d{2}\.`, "iOS Mail (build %d)", 14, none, Modern},
		{`(?i)^ios/(\d{1,4})`, "iOS Mail (iOS %d)", 10, none, Modern},
		{`(?i)^mac ?os(?: x)?/10\.(\d{1,4})`, "macOS Mail (macOS 10.%d)", 13, none, Unlisted},
		{`(?i)^macos/(\d{1,4})`, "macOS Mail (macOS %d)", none, none, Unlisted},
		{`(?i)^android(?:-eas)?/(\d{1,4})`, "Android Mail (Android %d)", 8, none, Unlisted},
		{`(?i)^msft-win-4/10\.`, "Windows 10 Mail", none, none, Modern},
		{`(?i)\b(?:evolution|kmail|kontact)/|linux.*thunderbird/`, onLinux, none, none, Maybe},
	}
	list := make([]family, len(table))
	for i, row := range table {
		list[i] = family{regexp.MustCompile(row.pattern), row.name, row.outdated, row.maybe, row.above}
	}
	return list
}

// Names of clients that give none of their own.
const (
	onLinux  = "a mail program on Linux or Unix"
	nameless = "a client that does not name itself"
	strange  = "some other client"
)

// Unnamed lists the names of clients that are words, and no product's.
func Unnamed() []string { return []string{onLinux, nameless, strange} }

// knownNames are programs in no table that say enough by their name.
func knownNames() []string {
	return []string{
		"BAV2ROPC", "CBAInPROD", "CBAInTAR", "python-requests", "okhttp", "curl",
		"PowerShell", "Thunderbird", "MSFT-WIN-3", "MSFT-WP", "Samsung", "Mozilla",
	}
}

// clients judges user agents, each only once.
type clients struct {
	table []family
	seen  map[string]Client
}

func newClients() *clients { return &clients{table: clientTable(), seen: map[string]Client{}} }

func (c *clients) judge(userAgent string) Client {
	judged, known := c.seen[userAgent]
	if !known {
		judged = c.look(userAgent)
		c.seen[userAgent] = judged
	}
	return judged
}

func (c *clients) look(userAgent string) Client {
	lower := strings.ToLower(userAgent)
	if strings.Contains(lower, "windows-azuread-authentication-provider") {
		return Client{Device, "Windows-AzureAD-Authentication-Provider"}
	}
	for i := range c.table {
		if match := c.table[i].pattern.FindStringSubmatch(userAgent); match != nil {
			return c.table[i].client(match)
		}
	}
	if strings.TrimSpace(userAgent) == "" {
		return Client{Unlisted, nameless}
	}
	for _, name := range knownNames() {
		if strings.Contains(lower, strings.ToLower(name)) {
			return Client{Unlisted, name}
		}
	}
	return Client{Unlisted, strange}
}

func (f *family) client(match []string) Client {
	if len(match) < 2 {
		return Client{f.above, f.name}
	}
	version, err := strconv.Atoi(match[1])
	if err != nil { // at most four digits
		return Client{f.above, f.name}
	}
	name := fmt.Sprintf(f.name, version)
	switch {
	case version <= f.outdated:
		return Client{Outdated, name}
	case version == f.maybe:
		return Client{Maybe, name}
	}
	return Client{f.above, name}
}
