package impact

import (
	"iter"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// record is what this package reads of a mailbox.
type record struct {
	ID                string   `json:"id"`
	UserPrincipalName string   `json:"user_principal_name"`
	DisplayName       string   `json:"display_name"`
	Addresses         []string `json:"addresses"`
	Domain            string   `json:"domain"`
	Exchange          struct {
		Pop        jsontext.Value `json:"PopEnabled"`
		Imap       jsontext.Value `json:"ImapEnabled"`
		ActiveSync jsontext.Value `json:"ActiveSyncEnabled"`
		MAPI       jsontext.Value `json:"MAPIEnabled"`
		EWS        jsontext.Value `json:"EwsEnabled"`
		SMTPOff    jsontext.Value `json:"SmtpClientAuthenticationDisabled"`
		Shell      jsontext.Value `json:"RemotePowerShellEnabled"`
		Module     jsontext.Value `json:"EXOModuleEnabled"`
		Type       jsontext.Value `json:"RecipientTypeDetails"`
		Disabled   jsontext.Value `json:"AccountDisabled"`
		Policy     jsontext.Value `json:"AuthenticationPolicy"`
	} `json:"exchange"`
	Entra struct {
		Enabled jsontext.Value `json:"accountEnabled"`
	} `json:"entra"`
}

func readRecord(value jsontext.Value) (*record, error) {
	m := &record{}
	if err := json.Unmarshal(value, m); err != nil {
		return nil, err
	}
	return m, nil
}

// names are what Okta's log may call the mailbox's user, in lower case.
func (m *record) names() iter.Seq[string] {
	return func(yield func(string) bool) {
		if name := strings.ToLower(strings.TrimSpace(m.UserPrincipalName)); name != "" && !yield(name) {
			return
		}
		for _, address := range m.Addresses {
			kind, name, ok := strings.Cut(strings.ToLower(address), ":")
			if ok && kind != "smtp" {
				continue
			}
			if !ok {
				name = kind
			}
			if name != "" && name != strings.ToLower(m.UserPrincipalName) && !yield(name) {
				return
			}
		}
	}
}

// systemTypes belong to Exchange itself: there is no account to sign in with.
var systemTypes = []string{
	"ArbitrationMailbox", "AuditLogMailbox", "AuxAuditLogMailbox", "DiscoveryMailbox", "MonitoringMailbox",
	"SupervisoryReviewPolicyMailbox", "SystemMailbox",
}

// signsIn reports whether somebody can sign in to the mailbox: a user's, or any
// other but the system's whose account is not known to be disabled. Entra decides
// that; Exchange shows a shared mailbox as disabled whatever Entra does.
func (m *record) signsIn() bool {
	switch kind := str(m.Exchange.Type); {
	case kind == "UserMailbox":
		return true
	case slices.Contains(systemTypes, kind):
		return false
	}
	switch string(m.Entra.Enabled) {
	case "true":
		return true
	case "false":
		return false
	}
	return string(m.Exchange.Disabled) != "true"
}

func str(v jsontext.Value) string {
	if v.Kind() != jsontext.KindString {
		return ""
	}
	text, err := jsontext.AppendUnquote(nil, v)
	if err != nil {
		return ""
	}
	return string(text)
}

// locks are Exchange's settings that close a door for a mailbox.
type locks struct {
	policies []policy
	// standard is the default policy's name, empty for none or where Exchange did
	// not show it: neither closes anything.
	standard string
	smtpOff  string
	// removed says that Microsoft has removed basic authentication, SMTP AUTH aside.
	removed bool
	// managed are the domains whose users never meet Okta, in lower case.
	managed map[string]bool
}

// policy is an authentication policy with its flags and the names that Exchange
// has for it, in lower case.
type policy struct {
	name  string
	names []string
	flags map[string]jsontext.Value
}

// removedBy is when Microsoft had removed basic authentication from every protocol
// but SMTP AUTH, in the last of its clouds.
const removedBy = "2024-01-01T00:00:00Z"

func readLocks(doc *snapshot.Document) (*locks, error) {
	l := &locks{removed: doc.CollectedAt.String() >= removedBy, managed: map[string]bool{}}
	if err := l.readDomains(doc); err != nil {
		return nil, err
	}
	var exchange struct {
		Organisation map[string]jsontext.Value   `json:"organization_config"`
		Transport    map[string]jsontext.Value   `json:"transport_config"`
		Policies     []map[string]jsontext.Value `json:"authentication_policies"`
	}
	if raw, ok := doc.Section("exchange"); ok {
		if err := json.Unmarshal(raw, &exchange); err != nil {
			return nil, err
		}
	}
	if value, ok := exchange.Organisation["DefaultAuthenticationPolicy"]; ok {
		l.standard = strings.TrimSpace(str(value))
	}
	l.smtpOff = string(exchange.Transport["SmtpClientAuthenticationDisabled"])
	for _, fields := range exchange.Policies {
		p := policy{name: str(fields["Name"]), flags: fields}
		for _, field := range []string{"Name", "Identity", "Id", "Guid", "DistinguishedName"} {
			if name := strings.ToLower(strings.TrimSpace(str(fields[field]))); name != "" {
				p.names = append(p.names, name)
			}
		}
		l.policies = append(l.policies, p)
	}
	return l, nil
}

func (l *locks) readDomains(doc *snapshot.Document) error {
	var entra struct {
		Domains []struct {
			ID   string `json:"id"`
			Type string `json:"authenticationType"`
		} `json:"domains"`
	}
	if raw, ok := doc.Section("entra"); ok {
		if err := json.Unmarshal(raw, &entra); err != nil {
			return err
		}
	}
	for _, d := range entra.Domains {
		if d.Type == "Managed" {
			l.managed[strings.ToLower(d.ID)] = true
		}
	}
	return nil
}

// of is the policy that acts on a mailbox, nil for none or where it is not known.
func (l *locks) of(m *record) (acting *policy, own bool) {
	if m.Exchange.Policy == nil {
		return nil, false
	}
	name := strings.TrimSpace(str(m.Exchange.Policy))
	if own = name != ""; !own {
		name = l.standard
	}
	for i := range l.policies {
		if slices.Contains(l.policies[i].names, strings.ToLower(name)) {
			return &l.policies[i], own
		}
	}
	return nil, own
}

// blocks reports a policy that certainly refuses all of the flags.
func (p *policy) blocks(flags []string) bool {
	if p == nil || len(flags) == 0 {
		return false
	}
	for _, flag := range flags {
		if string(p.flags[flag]) != "false" {
			return false
		}
	}
	return true
}

// allowsOnly reports a policy that allows just these flags.
func (p *policy) allowsOnly(flags []string) bool {
	for name, value := range p.flags {
		if !strings.HasPrefix(name, "AllowBasicAuth") || name == "AllowBasicAuthLogExport" {
			continue
		}
		if (string(value) == "true") != slices.Contains(flags, name) {
			return false
		}
	}
	return true
}

// switchedOff reports a door that the mailbox's own switch has closed.
func (l *locks) switchedOff(m *record, door Door) bool {
	x := &m.Exchange
	off := func(v jsontext.Value) bool { return string(v) == "false" }
	switch door {
	case POP:
		return off(x.Pop)
	case IMAP:
		return off(x.Imap)
	case ActiveSync:
		return off(x.ActiveSync)
	case MAPI:
		return off(x.MAPI)
	case EWS:
		return off(x.EWS)
	case PowerShell:
		return off(x.Module) && (off(x.Shell) || x.Shell == nil)
	case SMTP:
		own := string(x.SMTPOff)
		return own == "true" || own == "null" && l.smtpOff == "true"
	}
	return false
}
