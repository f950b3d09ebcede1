package exchange

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/internal/transport"
	"github.com/seed-07732396/postern/collectors/snapshot"
)

// Collector reads Exchange Online.
type Collector struct {
	config Config
	client *client
}

// New makes a collector. It sends nothing yet.
func New(c Config) (*Collector, error) {
	made, err := newClient(c)
	if err != nil {
		return nil, fmt.Errorf("exchange: %w", err)
	}
	return &Collector{config: c, client: made}, nil
}

// Name is "exchange".
func (*Collector) Name() string { return "exchange" }

// Offers are the resources of this package.
func (*Collector) Offers() []collectors.Offer { return Offers() }

// Collect reads everything; the two long listings run beside the rest.
func (c *Collector) Collect(ctx context.Context, sink *collectors.Sink) error {
	c.client.pin(ctx, c.config)
	return sink.Concurrently(
		func() {
			for _, s := range sections {
				sink.Do(ctx, s.resource, func(ctx context.Context, r *collectors.Recorder) error { return c.section(ctx, r, s) })
			}
			sink.Do(ctx, resourceRoleGroups, c.roleGroups)
		},
		func() { sink.Do(ctx, resourceMailboxes, c.mailboxes) },
		func() { sink.Do(ctx, resourceUsers, c.users) },
	)
}

func (c *Collector) section(ctx context.Context, r *collectors.Recorder, s section) error {
	objects := []jsontext.Value{}
	err := c.client.invoke(ctx, call{cmdlet: s.cmdlet, parameters: s.parameters}, func(page []jsontext.Value) error {
		objects = append(objects, page...)
		if !s.single { // something else than one object is not even a part of it
			r.Page(len(page))
		}
		return nil
	}, r.Gap)
	switch {
	case err != nil && len(objects) == 0:
		return err
	case s.single && len(objects) != 1:
		return &collectors.Error{Code: collectors.CodeBadAnswer, Problem: fmt.Sprintf("%s gave %d objects, where there is exactly one", s.cmdlet, len(objects))}
	case s.single:
		if setErr := r.Set(s.resource, objects[0]); setErr != nil {
			return setErr
		}
		r.Items(1)
		return err
	}
	if setErr := r.Set(s.resource, objects); setErr != nil {
		return setErr
	}
	return err
}

// everything asks for all rows: without it the service stops at a thousand.
var everything = map[string]any{"ResultSize": "Unlimited"}

// mailboxes reads the protocol switches of all mailboxes.
func (c *Collector) mailboxes(ctx context.Context, r *collectors.Recorder) error {
	return c.client.invoke(ctx, call{cmdlet: getCASMailbox, parameters: everything}, func(page []jsontext.Value) error {
		for _, object := range page {
			row, err := casMailbox(object)
			if err != nil {
				return err
			}
			r.Add(row)
		}
		r.Page(len(page))
		return nil
	}, r.Gap)
}

func casMailbox(object jsontext.Value) (*collectors.CASMailbox, error) {
	var raw struct {
		ID          string   `json:"ExternalDirectoryObjectId"`
		GUID        string   `json:"Guid"`
		DisplayName string   `json:"DisplayName"`
		Addresses   []string `json:"EmailAddresses"`
		Primary     string   `json:"PrimarySmtpAddress"`

		ActiveSyncEnabled                snapshot.Object `json:"ActiveSyncEnabled"`
		PopEnabled                       snapshot.Object `json:"PopEnabled"`
		ImapEnabled                      snapshot.Object `json:"ImapEnabled"`
		MAPIEnabled                      snapshot.Object `json:"MAPIEnabled"`
		EwsEnabled                       snapshot.Object `json:"EwsEnabled"`
		OWAEnabled                       snapshot.Object `json:"OWAEnabled"`
		SmtpClientAuthenticationDisabled snapshot.Object `json:"SmtpClientAuthenticationDisabled"`
	}
	if err := json.Unmarshal(object, &raw); err != nil {
		return nil, unexpected(getCASMailbox, err)
	}
	if raw.ID == "" && raw.GUID == "" {
		return nil, &collectors.Error{Code: collectors.CodeBadAnswer, Problem: "Get-CASMailbox gave a mailbox without any id"}
	}
	if len(raw.Addresses) == 0 && raw.Primary != "" {
		raw.Addresses = []string{"SMTP:" + raw.Primary}
	}
	if err := flags(getCASMailbox, &raw.ActiveSyncEnabled, &raw.PopEnabled, &raw.ImapEnabled, &raw.MAPIEnabled,
		&raw.EwsEnabled, &raw.OWAEnabled, &raw.SmtpClientAuthenticationDisabled); err != nil {
		return nil, err
	}
	return &collectors.CASMailbox{
		ID: raw.ID, GUID: raw.GUID, DisplayName: raw.DisplayName, Addresses: raw.Addresses,
		Exchange: snapshot.MailboxExchange{
			ActiveSyncEnabled: raw.ActiveSyncEnabled, PopEnabled: raw.PopEnabled, ImapEnabled: raw.ImapEnabled,
			MAPIEnabled: raw.MAPIEnabled, EwsEnabled: raw.EwsEnabled, OWAEnabled: raw.OWAEnabled,
			SmtpClientAuthenticationDisabled: raw.SmtpClientAuthenticationDisabled,
		},
	}, nil
}

// userProperties are what is asked of Get-User; whole rows are ten times larger.
const userProperties = "ExternalDirectoryObjectId,Guid,UserPrincipalName,DisplayName,RecipientType,RecipientTypeDetails," +
	"AuthenticationPolicy,RemotePowerShellEnabled,EXOModuleEnabled,AccountDisabled"

// users reads each user's authentication policy and remote PowerShell. A service
// that refuses to leave properties out is asked for whole rows.
func (c *Collector) users(ctx context.Context, r *collectors.Recorder) error {
	pages := 0
	add := func(page []jsontext.Value) error {
		for _, object := range page {
			row, err := exchangeUser(object)
			if err != nil {
				return err
			}
			r.Add(row)
		}
		pages++
		r.Page(len(page))
		return nil
	}
	err := c.client.invoke(ctx, call{cmdlet: getUser, parameters: everything, selected: userProperties}, add, r.Gap)
	if err != nil && pages == 0 && transport.AsError(err).Status == 400 {
		return c.client.invoke(ctx, call{cmdlet: getUser, parameters: everything}, add, r.Gap)
	}
	return err
}

func exchangeUser(object jsontext.Value) (*collectors.ExchangeUser, error) {
	var raw struct {
		ID            string `json:"ExternalDirectoryObjectId"`
		GUID          string `json:"Guid"`
		UPN           string `json:"UserPrincipalName"`
		DisplayName   string `json:"DisplayName"`
		RecipientType string `json:"RecipientType"`

		RecipientTypeDetails    snapshot.Object `json:"RecipientTypeDetails"`
		AuthenticationPolicy    snapshot.Object `json:"AuthenticationPolicy"`
		RemotePowerShellEnabled snapshot.Object `json:"RemotePowerShellEnabled"`
		EXOModuleEnabled        snapshot.Object `json:"EXOModuleEnabled"`
		AccountDisabled         snapshot.Object `json:"AccountDisabled"`
	}
	if err := json.Unmarshal(object, &raw); err != nil {
		return nil, unexpected(getUser, err)
	}
	if err := errors.Join(
		flags(getUser, &raw.RemotePowerShellEnabled, &raw.EXOModuleEnabled, &raw.AccountDisabled),
		texts(getUser, raw.RecipientTypeDetails, raw.AuthenticationPolicy),
	); err != nil {
		return nil, err
	}
	return &collectors.ExchangeUser{
		ID: raw.ID, GUID: raw.GUID, UserPrincipalName: raw.UPN, DisplayName: raw.DisplayName, RecipientType: raw.RecipientType,
		Exchange: snapshot.MailboxExchange{
			RecipientTypeDetails: raw.RecipientTypeDetails, AuthenticationPolicy: raw.AuthenticationPolicy,
			RemotePowerShellEnabled: raw.RemotePowerShellEnabled, EXOModuleEnabled: raw.EXOModuleEnabled, AccountDisabled: raw.AccountDisabled,
		},
	}, nil
}

// roleGroups reads the administrative role groups and who is in them: one call a
// group, of which an organisation has a few dozen at most.
func (c *Collector) roleGroups(ctx context.Context, r *collectors.Recorder) error {
	groups := []jsontext.Value{}
	err := c.client.invoke(ctx, call{cmdlet: getRoleGroup, parameters: everything}, func(page []jsontext.Value) error {
		groups = append(groups, page...)
		r.Page(len(page))
		return nil
	}, r.Gap)
	if err != nil && len(groups) == 0 {
		return err
	}
	if setErr := r.Set(resourceRoleGroups, groups); setErr != nil {
		return setErr
	}
	if err != nil {
		return err
	}
	for _, group := range groups {
		if err := c.roleGroupMembers(ctx, r, group); err != nil {
			return err
		}
	}
	return nil
}

// mirrored are the groups that stand for Entra's own roles. Whoever is in them
// holds the role, and Entra says who that is.
var mirrored = []string{"TenantAdmins_", "ExchangeServiceAdmins_", "HelpdeskAdmins_", "GlobalReaders_", "SecurityAdmins_", "SecurityReaders_"}

func (c *Collector) roleGroupMembers(ctx context.Context, r *collectors.Recorder, group jsontext.Value) error {
	var head struct {
		Name string `json:"Name"`
		GUID string `json:"Guid"`
	}
	if err := json.Unmarshal(group, &head); err != nil {
		return unexpected(getRoleGroup, err)
	}
	// An identity that is missing would list the members of every group.
	identity := head.GUID
	if identity == "" {
		identity = head.Name
	}
	if identity == "" {
		return &collectors.Error{Code: collectors.CodeBadAnswer, Problem: "Get-RoleGroup gave a group without name and id"}
	}
	parameters := map[string]any{"Identity": identity, "ResultSize": "Unlimited"}
	return c.client.invoke(ctx, call{cmdlet: getRoleGroupMember, parameters: parameters}, func(page []jsontext.Value) error {
		r.Page(len(page))
		for _, object := range page {
			if err := addMember(r, head.Name, object); err != nil {
				return err
			}
		}
		return nil
	}, r.Gap)
}

func addMember(r *collectors.Recorder, group string, object jsontext.Value) error {
	var member struct {
		ID            string `json:"ExternalDirectoryObjectId"`
		Name          string `json:"Name"`
		RecipientType string `json:"RecipientType"`
	}
	if err := json.Unmarshal(object, &member); err != nil {
		return unexpected(getRoleGroupMember, err)
	}
	switch {
	case hasPrefix(member.Name, mirrored):
		r.Count("entra_role_groups", 1)
	case strings.Contains(member.RecipientType, "Group"):
		r.Count("nested_groups", 1)
		r.Gap(&collectors.Error{Code: "nested_group", Problem: "a group is a member of a role group, and its own members were not read"})
	case member.ID == "":
		r.Count("members_without_id", 1)
	default:
		r.Add(&collectors.Membership{Kind: collectors.ExchangeRoleGroup, Group: group, Member: member.ID})
	}
	return nil
}

func hasPrefix(name string, prefixes []string) bool {
	for _, prefix := range prefixes {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// flags holds a row's yes-or-no fields to what the document has a place for. True,
// false, null and absent are four answers; the same words as text are understood,
// because other writers of this format use them, and anything else is refused.
func flags(name cmdlet, fields ...*snapshot.Object) error {
	for _, field := range fields {
		switch string(*field) {
		case "", "true", "false", "null":
		case `"True"`, `"true"`:
			*field = snapshot.Object("true")
		case `"False"`, `"false"`:
			*field = snapshot.Object("false")
		case `"null"`, `""`:
			*field = snapshot.Object("null")
		default:
			return &collectors.Error{Code: collectors.CodeBadAnswer, Problem: fmt.Sprintf("%s gave a switch that is neither on, off nor unset", name)}
		}
	}
	return nil
}

// texts holds a row's texts to what the document has a place for.
func texts(name cmdlet, fields ...snapshot.Object) error {
	for _, field := range fields {
		if kind := field.Kind(); len(field) > 0 && kind != jsontext.KindString && kind != jsontext.KindNull {
			return &collectors.Error{Code: collectors.CodeBadAnswer, Problem: fmt.Sprintf("%s gave something else than a text where one belongs", name)}
		}
	}
	return nil
}

// unexpected says that a row does not look like one, without quoting it: a row
// names a person.
func unexpected(name cmdlet, err error) error {
	field := ""
	if semantic, ok := err.(*json.SemanticError); ok {
		field = string(semantic.JSONPointer)
	}
	return &collectors.Error{Code: collectors.CodeBadAnswer, Problem: fmt.Sprintf("%s gave a row that cannot be read (%s)", name, field)}
}
