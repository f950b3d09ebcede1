package access

// client is a kind of client as Okta's Office 365 rules know it. The client says
// itself which it is, in headers that anybody can write.
type client uint8

const (
	webClient client = iota
	modernClient
	// legacyClient is whatever asks at the active WS-Trust endpoint with a name and
	// a password: a mail client with basic authentication, by way of Exchange
	// Online, or somebody who goes there directly.
	legacyClient
	joinClient
	certificateClient
	clients
)

// allClients and the sets of it are sets of clients, as an axis has them.
const (
	allClients  = 1<<clients - 1
	onlyLegacy  = 1 << legacyClient
	neverLegacy = allClients &^ onlyLegacy
)

// String is the name that facts use.
func (c client) String() string {
	return [...]string{"web", "modern", "legacy", "entra_join", "certificate"}[c]
}

// clientOf gives the kind that Okta's API calls by a name. EXCHANGE_ACTIVE_SYNC
// is an older name for the same kind.
func clientOf(value string) (client, bool) {
	switch value {
	case "WEB":
		return webClient, true
	case "MODERN_AUTH":
		return modernClient, true
	case "ACTIVE_SYNC", "EXCHANGE_ACTIVE_SYNC":
		return legacyClient, true
	case "AAD_JOIN":
		return joinClient, true
	case "CERT_BASED_AUTH":
		return certificateClient, true
	}
	return 0, false
}

// platform is what a client says it runs on: Okta's type of device and its
// operating system. Every pair is possible, because the client writes it.
type platform uint8

var (
	platformTypes   = [...]string{"DESKTOP", "MOBILE", "OTHER"}
	platformSystems = [...]string{"ANDROID", "IOS", "WINDOWS", "MACOS", "LINUX", "CHROMEOS", "OTHER"}
)

// platforms is how many pairs there are.
const platforms = len(platformTypes) * len(platformSystems)

// String is such as MOBILE/IOS.
func (p platform) String() string {
	return platformTypes[int(p)/len(platformSystems)] + "/" + platformSystems[int(p)%len(platformSystems)]
}

// platformSet reads a list of a platform condition: the platforms that it surely
// names, and those that it may name.
func platformSet(list node) (sure, may uint64, ok bool) {
	const every = 1<<platforms - 1
	items, ok := list.items()
	if !ok {
		return 0, every, list.absent()
	}
	for _, n := range items {
		s, m := platformsOf(n)
		sure, may = sure|s, may|m
		ok = ok && s == m
	}
	return sure, may, ok
}

func platformsOf(n node) (sure, may uint64) {
	kind, system := n.get("type").string(), n.get("os").get("type").string()
	found := false
	for p := range platform(platforms) {
		t, s := platformTypes[int(p)/len(platformSystems)], platformSystems[int(p)%len(platformSystems)]
		if (kind == t || kind == "ANY") && (system == s || system == "ANY") {
			sure |= 1 << p
			found = true
		}
	}
	if !found || strangeKeys(n, "type", "os") || strangeKeys(n.get("os"), "type", "expression") {
		return 0, 1<<platforms - 1
	}
	if !n.get("os").get("expression").blank() { // a pattern that Okta matches itself
		return 0, sure
	}
	return sure, sure
}

// device is what Okta knows of the device.
type device uint8

const (
	unregistered device = iota
	registered          // and not managed
	managed             // and registered
	devices
)

// String is the name that facts use.
func (d device) String() string { return [...]string{"unregistered", "registered", "managed"}[d] }

// risk is Okta's level of risk of a request.
type risk uint8

const (
	low risk = iota
	medium
	high
	risks
)

// String is the name that facts use.
func (r risk) String() string { return [...]string{"low", "medium", "high"}[r] }

// riskSet reads a condition on risk.
func riskSet(n node) (sure, may uint64, ok bool) {
	const every = 1<<risks - 1
	if n.blank() {
		return every, every, true
	}
	if strangeKeys(n, "level") {
		return 0, every, false
	}
	for r, name := range []string{"LOW", "MEDIUM", "HIGH"} {
		if n.get("level").string() == name {
			return 1 << r, 1 << r, true
		}
	}
	if n.get("level").string() == "ANY" {
		return every, every, true
	}
	return 0, every, false
}
