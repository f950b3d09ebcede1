package exchangetest

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"testing/fstest"
)

// document is what of a snapshot says how Exchange answers.
type document struct {
	Collection struct {
		Resources []struct {
			Name   string         `json:"name"`
			Status string         `json:"status"`
			Counts map[string]int `json:"counts"`
		} `json:"resources"`
	} `json:"collection"`
	Exchange  map[string]json.RawMessage `json:"exchange"`
	Mailboxes []struct {
		ID                string                     `json:"id"`
		UserPrincipalName string                     `json:"user_principal_name"`
		DisplayName       string                     `json:"display_name"`
		Addresses         []string                   `json:"addresses"`
		Exchange          map[string]json.RawMessage `json:"exchange"`
	} `json:"mailboxes"`
}

// configuration says which cmdlet gives a section, and whether as one object.
var configuration = map[string]struct {
	cmdlet string
	single bool
}{
	"organization_config":     {"Get-OrganizationConfig", true},
	"ews_operation_access":    {"Get-OrganizationConfig.RetrieveEwsOperationAccessPolicy", true},
	"transport_config":        {"Get-TransportConfig", true},
	"authentication_policies": {"Get-AuthenticationPolicy", false},
	"cas_mailbox_plans":       {"Get-CASMailboxPlan", false},
	"accepted_domains":        {"Get-AcceptedDomain", false},
	"role_groups":             {"Get-RoleGroup", false},
}

// ofUser are the fields of a mailbox that Get-User gives; Get-CASMailbox gives
// the others.
var ofUser = map[string]bool{
	"RecipientTypeDetails": true, "AuthenticationPolicy": true, "RemotePowerShellEnabled": true, "EXOModuleEnabled": true, "AccountDisabled": true,
}

// FromSnapshot makes the folder for an organisation that answers what a snapshot
// holds. What the snapshot does not hold has no file, and is denied.
func FromSnapshot(text []byte) (fs.FS, error) {
	var d document
	if err := json.Unmarshal(text, &d); err != nil {
		return nil, fmt.Errorf("snapshot: %w", err)
	}
	files := fstest.MapFS{}
	for section, answer := range configuration {
		value, ok := d.Exchange[section]
		if !ok {
			continue
		}
		if answer.single {
			value = json.RawMessage("[" + string(value) + "]")
		}
		files[answer.cmdlet+".json"] = &fstest.MapFile{Data: value}
	}
	if d.Mailboxes == nil {
		return files, nil
	}
	if err := d.mailboxes(files); err != nil {
		return nil, err
	}
	return files, d.roleGroups(files)
}

func (d *document) mailboxes(files fstest.MapFS) error {
	cas, users := []any{}, []any{}
	for _, m := range d.Mailboxes {
		mailbox := map[string]any{"ExternalDirectoryObjectId": m.ID, "Guid": m.ID, "DisplayName": m.DisplayName, "EmailAddresses": m.Addresses}
		user := map[string]any{
			"ExternalDirectoryObjectId": m.ID, "Guid": m.ID, "DisplayName": m.DisplayName, "UserPrincipalName": m.UserPrincipalName, "RecipientType": "UserMailbox",
		}
		for name, value := range m.Exchange {
			switch {
			case name == "role_groups": // comes as members of the groups
			case ofUser[name]:
				user[name] = value
			default:
				mailbox[name] = value
			}
		}
		cas, users = append(cas, mailbox), append(users, user)
	}
	return add(files, map[string]any{"Get-CASMailbox": cas, "Get-User": users})
}

// roleGroups gives each group the members that mailboxes say they are in.
func (d *document) roleGroups(files fstest.MapFS) error {
	value, ok := d.Exchange["role_groups"]
	if !ok {
		return nil
	}
	var groups []struct {
		Name string `json:"Name"`
		GUID string `json:"Guid"`
	}
	if err := json.Unmarshal(value, &groups); err != nil {
		return fmt.Errorf("snapshot: exchange.role_groups: %w", err)
	}
	members := map[string][]any{}
	for _, m := range d.Mailboxes {
		var in []string
		if value, ok := m.Exchange["role_groups"]; ok {
			if err := json.Unmarshal(value, &in); err != nil {
				return fmt.Errorf("snapshot: role groups of a mailbox: %w", err)
			}
		}
		for _, group := range in {
			members[group] = append(members[group], map[string]any{"ExternalDirectoryObjectId": m.ID, "Name": m.ID, "RecipientType": "UserMailbox"})
		}
	}
	mirrored := d.count("exchange.role_groups", "entra_role_groups")
	for i, group := range groups {
		list := members[group.Name]
		if list == nil {
			list = []any{}
		}
		if i < mirrored {
			list = append(list, map[string]any{"Name": fmt.Sprintf("TenantAdmins_%d", i), "RecipientType": "Group"})
		}
		identity := group.GUID
		if identity == "" {
			identity = group.Name
		}
		if err := add(files, map[string]any{"Get-RoleGroupMember/" + identity: list}); err != nil {
			return err
		}
	}
	return nil
}

// count is a count in the snapshot's ledger.
func (d *document) count(resource, name string) int {
	for _, line := range d.Collection.Resources {
		if line.Name == resource {
			return line.Counts[name]
		}
	}
	return 0
}

func add(files fstest.MapFS, values map[string]any) error {
	for name, value := range values {
		data, err := json.Marshal(value)
		if err != nil {
			return fmt.Errorf("snapshot: %s: %w", name, err)
		}
		files[strings.TrimPrefix(name, "/")+".json"] = &fstest.MapFile{Data: data}
	}
	return nil
}
