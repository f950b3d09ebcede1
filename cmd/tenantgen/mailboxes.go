package main

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

const (
	// maxMailboxes keeps the first eight digits of the ids ascending.
	maxMailboxes = 1 << 31
	// maxClasses is how many combinations settings can spell.
	maxClasses = 1 << 20
	// maxRows keeps the logs of a document within its bounds.
	maxRows = 1 << 23
)

// A maker makes one tenant's mailboxes, in the order of their ids.
type maker struct {
	mailboxes, classes int
	seed               uint64
	domain             string
	// enforced is about when the tenant's rules changed: instants lie on both
	// sides of it.
	enforced time.Time
	// distinct: no two mailboxes share a domain or an authentication policy, and no
	// two rows of the logs a client.
	distinct bool
}

func newMaker(document *snapshot.Snapshot, mailboxes, classes int, seed uint64) *maker {
	domain := strings.TrimSuffix(document.Tenant.InitialDomain, ".onmicrosoft.com") + ".example"
	return &maker{
		mailboxes: mailboxes, classes: classes, seed: seed, domain: domain, enforced: document.CollectedAt.AddDate(0, -2, 0),
	}
}

func (m *maker) all() iter.Seq2[*snapshot.Mailbox, error] {
	return func(yield func(*snapshot.Mailbox, error) bool) {
		for i := range m.mailboxes {
			if !yield(m.mailbox(i), nil) {
				return
			}
		}
	}
}

// mailbox makes the i-th mailbox. What names it and when it was used is drawn
// for itself; what it is set to depends on its class alone.
func (m *maker) mailbox(i int) *snapshot.Mailbox {
	random := rand.New(rand.NewPCG(m.seed, uint64(i)))
	class := m.class(random)
	given, family := givenNames[random.IntN(len(givenNames))], familyNames[random.IntN(len(familyNames))]
	user := fmt.Sprintf("%s.%s.%d", ascii(given), ascii(family), i)
	mailbox := settings(class)
	domain := m.domain
	if m.distinct {
		domain = fmt.Sprintf("d%d.example", i)
		mailbox.Exchange.AuthenticationPolicy = snapshot.Object(fmt.Sprintf(`"Policy %d"`, i))
	}
	mailbox.ID = m.id(i, random)
	mailbox.UserPrincipalName = user + "@" + domain
	mailbox.DisplayName = given + " " + family
	if random.IntN(50) == 0 {
		mailbox.DisplayName += " (" + strings.Repeat("Werkgroep Überörtliche Zusammenarbeit ", 3) + ")"
	}
	mailbox.Addresses = []string{"SMTP:" + mailbox.UserPrincipalName, "smtp:" + user + "@mail." + domain}
	mailbox.Domain = domain
	m.setInstants(mailbox, class, random)
	return mailbox
}

// class draws a class so that low numbers are common: about half of all
// mailboxes are in the first sixteenth of the classes.
func (m *maker) class(random *rand.Rand) int {
	u := random.Float64()
	return int(u * u * u * u * float64(m.classes))
}

func (m *maker) id(i int, random *rand.Rand) string {
	first := uint64(i) * (1 << 32) / uint64(max(m.mailboxes, 1))
	return fmt.Sprintf("%08x-%04x-4%03x-a%03x-%012x", first, i&0xffff, random.IntN(1<<12), random.IntN(1<<12), random.Uint64()&(1<<48-1))
}

// setInstants draws moments to the second; only on which side of the enforcement
// they lie belongs to the class.
func (m *maker) setInstants(mailbox *snapshot.Mailbox, class int, random *rand.Rand) {
	shift := func(days int) *snapshot.Instant {
		instant := snapshot.NewInstant(m.enforced.AddDate(0, 0, days).Add(time.Duration(random.IntN(86400)) * time.Second))
		return &instant
	}
	revoked := shift(1 + random.IntN(30))
	if class%3 == 1 {
		revoked = shift(-400 + random.IntN(300))
	}
	mailbox.Entra.SignInSessionsValidFromDate = revoked
	mailbox.Entra.CreatedDateTime = shift(-2000 + random.IntN(1500))
	mailbox.Entra.SignInActivity = &snapshot.SignInActivity{LastSignIn: shift(2 + random.IntN(40)), LastSuccessfulSignIn: shift(2 + random.IntN(40))}
}

// settings spells a class number as settings, in mixed radix: the digits that
// matter least come first, so that low classes differ little from the good one.
func settings(class int) *snapshot.Mailbox {
	digit := func(radix int) int {
		d := class % radix
		class /= radix
		return d
	}
	pick := func(values ...string) snapshot.Object { return snapshot.Object(values[digit(len(values))]) }
	exchange := &snapshot.MailboxExchange{
		SmtpClientAuthenticationDisabled: pick("null", "true", "false"),
		ImapEnabled:                      pick("false", "true"),
		PopEnabled:                       pick("false", "true"),
		ActiveSyncEnabled:                pick("false", "true"),
		EwsEnabled:                       pick("null", "true", "false"),
		MAPIEnabled:                      pick("true", "false"),
		OWAEnabled:                       pick("true", "false"),
		RecipientTypeDetails:             pick(`"UserMailbox"`, `"SharedMailbox"`, `"RoomMailbox"`, `"EquipmentMailbox"`),
		AuthenticationPolicy:             pick("null", `"Block Basic Authentication"`),
		RemotePowerShellEnabled:          pick("false", "true"),
		RoleGroups:                       []string{},
	}
	exchange.EXOModuleEnabled = exchange.RemotePowerShellEnabled
	disabled := pick("false", "true")
	exchange.AccountDisabled = disabled
	enabled := snapshot.Object("true")
	if string(disabled) == "true" {
		enabled = snapshot.Object("false")
	}
	okta := &snapshot.MailboxOkta{Assigned: digit(2) == 0, Status: "ACTIVE", Apps: []string{}, Groups: []string{}}
	entra := &snapshot.MailboxEntra{
		AccountEnabled: enabled, UserType: snapshot.Object(`"Member"`), OnPremisesSyncEnabled: snapshot.Object("true"),
		Groups: []string{}, Roles: []string{},
	}
	// What is left over becomes membership in groups, which can spell any number.
	for bit := 0; class > 0; bit, class = bit+1, class/2 {
		if class%2 == 1 {
			okta.Groups = append(okta.Groups, fmt.Sprintf("00ggenerated%02d", bit))
		}
	}
	return &snapshot.Mailbox{Exchange: exchange, Entra: entra, Okta: okta}
}

// ascii makes the part of an address out of a name.
func ascii(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r < 0x80:
			return '-'
		}
		return 'x'
	}, name)
}

var givenNames = []string{
	"Anna", "Bram", "Chloé", "Daan", "Eszter", "Fatima", "Gürkan", "Hồng", "Ingrid", "Jürgen", "Kateřina", "Łukasz",
	"María José", "Nguyễn", "Øystein", "Przemysław", "Quỳnh", "Renée", "Søren", "Þóra", "Ulrike", "Věra", "Willem-Jan",
	"Xiù Yīng", "Yıldız", "Zoë", "Αλέξανδρος", "Дмитрий", "さくら", "伟", "محمد", "רחל",
}

var familyNames = []string{
	"de Vries", "van den Heuvel-Rijnders", "O’Brien", "Müller", "García Márquez", "Nowak", "Ångström", "Çelik", "Dvořák",
	"Fernández de la Vega", "Grønning", "Horváth", "Ioannou", "Janssens", "Kowalczyk", "Lefèvre", "Nguyễn Thị", "Ólafsdóttir",
	"Papadopoulos", "Șerban", "Tóth", "van der Meer", "Wiśniewska", "Yılmaz", "Želinská", "Иванова", "田中", "李", "الحسن", "כהן",
	"Schleswig-Holstein-Sonderburg-Augustenburg",
}
