package main

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// addLogs gives the document so many rows of Entra's log and of Okta's, spread over
// the mailboxes.
func (m *maker) addLogs(document *snapshot.Snapshot, signIns, requests int) {
	if signIns+requests == 0 {
		return
	}
	if document.Evidence == nil {
		document.Evidence = &snapshot.Evidence{}
	}
	evidence := *document.Evidence
	if signIns > 0 {
		evidence.SignIns = make([]snapshot.SignIn, signIns)
	}
	if requests > 0 {
		evidence.OktaRequests = make([]snapshot.OktaRequest, requests)
	}
	for i := range signIns {
		evidence.SignIns[i] = m.signIn(i, m.mailbox(i*m.mailboxes/signIns), document.CollectedAt.Time)
	}
	for i := range requests {
		evidence.OktaRequests[i] = m.request(i, m.mailbox(i*m.mailboxes/requests), document.CollectedAt.Time)
	}
	document.Evidence = &evidence
}

// The first half of a random source's seed is the maker's; these keep its uses apart.
const (
	signInSeeds  = 1 << 62
	requestSeeds = 1 << 63
)

// signIn makes a row of Entra's log. Some clients are common and most are rare, as
// are successes.
func (m *maker) signIn(i int, mailbox *snapshot.Mailbox, until time.Time) snapshot.SignIn {
	random := rand.New(rand.NewPCG(m.seed, signInSeeds|uint64(i)))
	agent, client := m.client(random)
	row := snapshot.SignIn{
		UserPrincipalName: mailbox.UserPrincipalName, UserID: mailbox.ID, ClientApp: client, Interactive: random.IntN(3) == 0,
		UserAgent: agent, App: apps[rare(random, len(apps))],
	}
	if random.IntN(20) == 0 {
		row.ClientApp, row.AuthenticationProtocol = modernApp, "ropc"
	}
	row.Succeeded, row.Failed = counts(random)
	row.FirstSeen, row.LastSeen = seen(random, until)
	return row
}

func (m *maker) request(i int, mailbox *snapshot.Mailbox, until time.Time) snapshot.OktaRequest {
	random := rand.New(rand.NewPCG(m.seed, requestSeeds|uint64(i)))
	agent, _ := m.client(random)
	row := snapshot.OktaRequest{
		UserName: mailbox.UserPrincipalName, UserID: fmt.Sprintf("00u%017d", i), UserAgent: agent, AppID: "0oagenerated00000001",
	}
	row.Succeeded, row.Failed = counts(random)
	row.FirstSeen, row.LastSeen = seen(random, until)
	return row
}

// client makes the user agent of one of some thousand clients, a program and its
// build, and the protocol that Entra says it came by. With distinct hardly any two
// agents are the same, as of somebody who tries passwords.
func (m *maker) client(random *rand.Rand) (agent, app string) {
	program := programs[rare(random, len(programs))]
	app = program.apps[rare(random, len(program.apps))]
	if m.distinct {
		return fmt.Sprintf("Agent/%016x", random.Uint64()), app
	}
	return fmt.Sprintf(program.agent, rare(random, 300)), app
}

func counts(random *rand.Rand) (succeeded, failed int) {
	if random.IntN(3) > 0 {
		succeeded = 1 + rare(random, 2000)
	}
	if succeeded == 0 || random.IntN(4) == 0 {
		failed = 1 + rare(random, 500)
	}
	return succeeded, failed
}

// seen draws two instants of the last 30 days, in order.
func seen(random *rand.Rand, until time.Time) (first, last *snapshot.Instant) {
	const month = 30 * 24 * 60 * 60
	ago := 1 + random.IntN(month-1)
	from, to := snapshot.NewInstant(until.Add(-time.Duration(ago)*time.Second)), snapshot.NewInstant(until.Add(-time.Duration(random.IntN(ago))*time.Second))
	return &from, &to
}

// rare draws a number below n so that low ones are common.
func rare(random *rand.Rand, n int) int {
	u := random.Float64()
	return int(u * u * u * float64(n))
}

var apps = []string{"Office 365 Exchange Online", "Microsoft Office", "Scan to mail", "Microsoft Azure PowerShell", "Backup", "Payroll"}

// A program signs in by some protocols.
type program struct {
	agent string
	apps  []string
}

const modernApp = "Mobile Apps and Desktop clients"

var programs = []program{
	{"Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.%d; Pro)", []string{modernApp, "MAPI Over HTTP", "Autodiscover", "Offline Address Book"}},
	{"Apple-iPhone14C5/2001.%d", []string{"Exchange ActiveSync", modernApp}},
	{"Android-Mail/2026.%d", []string{"Exchange ActiveSync", "IMAP4"}},
	{"Microsoft Office/15.0 (Windows NT 6.1; Microsoft Outlook 15.0.%d; Pro)", []string{"Outlook Anywhere (RPC over HTTP)", "MAPI Over HTTP", "Autodiscover"}},
	{"Outlook-iOS/723.%d.prod.iphone", []string{modernApp}},
	{"BAV2ROPC %d", []string{"Exchange ActiveSync", "IMAP4", "POP3", "Authenticated SMTP"}},
	{"Mozilla/5.0 (X11; Linux x86_64; rv:%d.0) Thunderbird/140", []string{"IMAP4", "Authenticated SMTP", "POP3"}},
	{"MacOutlook/16.%d (Intelx64 Mac OS X)", []string{"Exchange Web Services", modernApp}},
	{"python-requests/2.%d", []string{"Exchange Web Services", "Other clients"}},
	{"Microsoft Office/14.0 (Windows NT 6.1; Microsoft Outlook 14.0.%d; Pro)", []string{"Outlook Anywhere (RPC over HTTP)", "Exchange Web Services"}},
	{"curl/8.%d", []string{"Authenticated SMTP", "Other clients"}},
	{"Windows-AzureAD-Authentication-Provider/1.%d", []string{modernApp}},
	{"Müller Scanner %d", []string{"Authenticated SMTP"}},
}
