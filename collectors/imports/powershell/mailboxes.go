package powershell

import (
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/snapshot"
)

// fields are the members of one row, by their names in lower case: PowerShell
// gives a name as somebody typed it.
type fields struct {
	values map[string]jsontext.Value
	// lost are the fields that somebody asked for and that PowerShell cut off, or
	// wrote in two spellings with two values.
	lost []string
}

func fieldsOf(row jsontext.Value) (*fields, error) {
	members, err := membersOf(row)
	if err != nil {
		return nil, err
	}
	f := &fields{values: make(map[string]jsontext.Value, len(members))}
	for _, m := range members {
		name := strings.ToLower(m.name)
		if before, twice := f.values[name]; twice && string(before) != string(m.value) {
			m.value = jsontext.Value(`"System.Object"`) // which of them, nobody knows
		}
		f.values[name] = m.value
	}
	return f, nil
}

// value gives one field as Exchange wrote it; nil is absent.
func (f *fields) value(name string) (jsontext.Value, error) {
	v, there := f.values[strings.ToLower(name)]
	if !there {
		return nil, nil
	}
	v, ok, err := restore(v, 1)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if !ok {
		f.lost = append(f.lost, name)
		return nil, nil
	}
	return v, nil
}

// text gives a field that is a text, empty for null and absent.
func (f *fields) text(name string) (string, error) {
	v, err := f.value(name)
	if err != nil || v == nil || v.Kind() == jsontext.KindNull {
		return "", err
	}
	if v.Kind() != jsontext.KindString {
		return "", fmt.Errorf("%s: it is no text", name)
	}
	return textOf(v), nil
}

// fit gives a field in the types that a shape allows; nil is absent or lost.
func (f *fields) fit(name string, types ...string) (snapshot.Object, error) {
	v, err := f.value(name)
	if err != nil || v == nil {
		return nil, err
	}
	s := shape{types: map[string]bool{"null": true}}
	for _, t := range types {
		s.types[t] = true
	}
	fitted, ok := s.fit(v)
	if !ok {
		f.lost = append(f.lost, name)
		return nil, nil
	}
	return snapshot.Object(fitted), nil
}

// switches fills in fields that are on, off or unset.
func (f *fields) switches(into map[string]*snapshot.Object) error {
	for _, name := range sortedKeys(into) {
		v, err := f.fit(name, "boolean")
		if err != nil {
			return err
		}
		*into[name] = v
	}
	return nil
}

// addresses gives the mail addresses. PowerShell may have written the only one as
// a text.
func (f *fields) addresses() ([]string, error) {
	v, err := f.value("EmailAddresses")
	if err != nil || v == nil {
		return nil, err
	}
	if fitted, ok := (shape{types: map[string]bool{"array": true, "null": true}}).fit(v); ok {
		var list []string
		return list, json.Unmarshal(fitted, &list)
	}
	f.lost = append(f.lost, "EmailAddresses")
	return nil, nil
}

// casMailbox reads a row of Get-CASMailbox. lost are the fields that cannot be had.
func casMailbox(v jsontext.Value) (row *collectors.CASMailbox, lost []string, err error) {
	f, err := fieldsOf(v)
	if err != nil {
		return nil, nil, err
	}
	row = &collectors.CASMailbox{}
	primary := ""
	for _, t := range []struct {
		name string
		to   *string
	}{
		{"ExternalDirectoryObjectId", &row.ID}, {"Guid", &row.GUID}, {"DisplayName", &row.DisplayName}, {"PrimarySmtpAddress", &primary},
	} {
		if *t.to, err = f.text(t.name); err != nil {
			return nil, nil, err
		}
	}
	if row.Addresses, err = f.addresses(); err != nil {
		return nil, nil, err
	}
	if len(row.Addresses) == 0 && primary != "" {
		row.Addresses = []string{"SMTP:" + primary}
	}
	e := &row.Exchange
	err = f.switches(map[string]*snapshot.Object{
		"ActiveSyncEnabled": &e.ActiveSyncEnabled, "PopEnabled": &e.PopEnabled, "ImapEnabled": &e.ImapEnabled,
		"MAPIEnabled": &e.MAPIEnabled, "EwsEnabled": &e.EwsEnabled, "OWAEnabled": &e.OWAEnabled,
		"SmtpClientAuthenticationDisabled": &e.SmtpClientAuthenticationDisabled,
	})
	return row, f.lost, err
}

// exchangeUser reads a row of Get-User.
func exchangeUser(v jsontext.Value) (row *collectors.ExchangeUser, lost []string, err error) {
	f, err := fieldsOf(v)
	if err != nil {
		return nil, nil, err
	}
	row = &collectors.ExchangeUser{}
	for _, t := range []struct {
		name string
		to   *string
	}{
		{"ExternalDirectoryObjectId", &row.ID}, {"Guid", &row.GUID},
		{"DisplayName", &row.DisplayName}, {"UserPrincipalName", &row.UserPrincipalName},
	} {
		if *t.to, err = f.text(t.name); err != nil {
			return nil, nil, err
		}
	}
	kind, err := f.value("RecipientType")
	if err != nil {
		return nil, nil, err
	}
	if isMailboxType(kind) {
		row.RecipientType = userMailbox
	}
	e := &row.Exchange
	details, err := f.value("RecipientTypeDetails")
	if err != nil {
		return nil, nil, err
	}
	if details != nil {
		if fitted, ok := (shape{types: map[string]bool{"string": true, "null": true}}).fit(nameOfDetails(details)); ok {
			e.RecipientTypeDetails = snapshot.Object(fitted)
		} else {
			f.lost = append(f.lost, "RecipientTypeDetails")
		}
	}
	if e.AuthenticationPolicy, err = f.fit("AuthenticationPolicy", "string"); err != nil {
		return nil, nil, err
	}
	err = f.switches(map[string]*snapshot.Object{
		"RemotePowerShellEnabled": &e.RemotePowerShellEnabled, "EXOModuleEnabled": &e.EXOModuleEnabled, "AccountDisabled": &e.AccountDisabled,
	})
	return row, f.lost, err
}

// mirrored are the groups that stand for Entra's own roles. Whoever is in them
// holds the role, and Entra says who that is.
var mirrored = [...]string{"TenantAdmins_", "ExchangeServiceAdmins_", "HelpdeskAdmins_", "GlobalReaders_", "SecurityAdmins_", "SecurityReaders_"}

func isMirrored(name string) bool {
	for _, prefix := range mirrored {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// roleGroupMember is a row of Get-RoleGroupMember, with the group it is in.
type roleGroupMember struct {
	group, id, name, recipientType string
}

func memberOf(v jsontext.Value) (roleGroupMember, error) {
	var m roleGroupMember
	f, err := fieldsOf(v)
	if err != nil {
		return m, err
	}
	for _, t := range []struct {
		name string
		to   *string
	}{
		{"RoleGroup", &m.group}, {"ExternalDirectoryObjectId", &m.id}, {"Name", &m.name},
	} {
		if *t.to, err = f.text(t.name); err != nil {
			return m, err
		}
	}
	kind, err := f.value("RecipientType")
	if err != nil {
		return m, err
	}
	m.recipientType = textOf(kind)
	return m, nil
}
