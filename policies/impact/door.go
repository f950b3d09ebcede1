package impact

import (
	"strings"

	"github.com/seed-07732396/postern/policies/access"
)

// Door is a way into a mailbox by a password alone.
type Door string

// The doors. Those that are protocols of Exchange go by their names.
const (
	SMTP       = Door(access.SMTP)
	POP        = Door(access.POP)
	IMAP       = Door(access.IMAP)
	ActiveSync = Door(access.ActiveSync)
	EWS        = Door(access.EWS)
	MAPI       = Door(access.MAPI)
	PowerShell = Door(access.PowerShell)
	// Outlook stands for what mail programs use beside a protocol: Autodiscover, the
	// offline address book, and services for Outlook and for reports.
	Outlook Door = "outlook_services"
	// Other is a legacy client whose protocol the logs do not name.
	Other Door = "other"
	// PasswordGrant is an application that hands a user's password over for tokens.
	PasswordGrant Door = "password_grant"
)

// Doors lists all doors, the one that Microsoft left open first.
func Doors() []Door {
	return []Door{SMTP, POP, IMAP, ActiveSync, EWS, MAPI, PowerShell, Outlook, Other, PasswordGrant}
}

// Title is the door's name for people.
func (d Door) Title() string {
	return map[Door]string{
		SMTP: "SMTP AUTH", POP: "POP", IMAP: "IMAP", ActiveSync: "Exchange ActiveSync", EWS: "EWS", MAPI: "MAPI",
		PowerShell: "PowerShell", Outlook: "Outlook services", Other: "Protocol not named", PasswordGrant: "Password grant",
	}[d]
}

// Flags are those of an authentication policy that let the door's basic
// authentication through. A password grant has none: no policy stops it.
func (d Door) Flags() []string {
	switch d {
	case Outlook:
		return []string{
			"AllowBasicAuthAutodiscover", "AllowBasicAuthOfflineAddressBook",
			"AllowBasicAuthOutlookService", "AllowBasicAuthReportingWebServices",
		}
	case Other:
		var all []string
		for _, door := range Doors() {
			if door != Other {
				all = append(all, door.Flags()...)
			}
		}
		return all
	}
	return access.Protocol(d).Flags()
}

// AtExchange reports a protocol of Exchange, whose use Entra's log shows.
func (d Door) AtExchange() bool { return d != Other && d != PasswordGrant }

// doorOf is the door of a sign-in. Names of clients are Entra's clientAppUsed, of
// which older logs have "Other clients; POP" and the like. A name that nobody has
// seen yet tells no protocol.
func doorOf(clientApp, protocol string) Door {
	name := strings.ToLower(strings.TrimSpace(clientApp))
	name = strings.TrimSpace(strings.TrimPrefix(name, "other clients;"))
	switch name {
	case "authenticated smtp", "smtp":
		return SMTP
	case "pop3", "pop":
		return POP
	case "imap4", "imap":
		return IMAP
	case "exchange web services":
		return EWS
	case "mapi over http", "mapi", "outlook anywhere (rpc over http)":
		return MAPI
	case "exchange online powershell":
		return PowerShell
	case "autodiscover", "offline address book", "outlook service", "reporting web services":
		return Outlook
	}
	switch {
	case strings.HasPrefix(name, "exchange activesync"):
		return ActiveSync
	case modern(clientApp) && strings.EqualFold(protocol, "ropc"):
		return PasswordGrant
	}
	return Other
}

// modern reports Entra's two names for modern clients, and the empty one.
func modern(clientApp string) bool {
	switch strings.ToLower(strings.TrimSpace(clientApp)) {
	case "browser", "mobile apps and desktop clients", "":
		return true
	}
	return false
}
