package entratest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// document is what of a snapshot says how Graph answers.
type document struct {
	Tenant struct {
		ID            string `json:"id"`
		InitialDomain string `json:"initial_domain"`
	} `json:"tenant"`
	Collection struct {
		Resources []struct {
			Name   string `json:"name"`
			Status string `json:"status"`
			Items  int    `json:"items"`
		} `json:"resources"`
	} `json:"collection"`
	Entra      map[string]json.RawMessage `json:"entra"`
	SharePoint map[string]json.RawMessage `json:"sharepoint"`
	Evidence   struct {
		SignIns []signInRow `json:"sign_ins"`
	} `json:"evidence"`
	Mailboxes []mailbox `json:"mailboxes"`
}

type mailbox struct {
	ID                string                     `json:"id"`
	UserPrincipalName string                     `json:"user_principal_name"`
	DisplayName       string                     `json:"display_name"`
	Entra             map[string]json.RawMessage `json:"entra"`
}

type signInRow struct {
	UserPrincipalName string    `json:"user_principal_name"`
	UserID            string    `json:"user_id"`
	ClientApp         string    `json:"client_app"`
	Protocol          string    `json:"authentication_protocol"`
	Interactive       bool      `json:"interactive"`
	UserAgent         string    `json:"user_agent"`
	App               string    `json:"app"`
	Succeeded         int       `json:"succeeded"`
	Failed            int       `json:"failed"`
	FirstSeen         time.Time `json:"first_seen"`
	LastSeen          time.Time `json:"last_seen"`
}

// answers says where the sections of a snapshot are served, and the resource
// whose line in the ledger speaks of them.
var answers = map[string]string{
	"domains":                       "domains",
	"conditional_access_policies":   "identity/conditionalAccess/policies",
	"named_locations":               "identity/conditionalAccess/namedLocations",
	"security_defaults":             "policies/identitySecurityDefaultsEnforcementPolicy",
	"authentication_strengths":      "policies/authenticationStrengthPolicies",
	"authentication_methods_policy": "policies/authenticationMethodsPolicy",
	"token_lifetime_policies":       "policies/tokenLifetimePolicies",
	"home_realm_discovery_policies": "policies/homeRealmDiscoveryPolicies",
	"feature_rollout_policies":      "policies/featureRolloutPolicies",
	"subscribed_skus":               "subscribedSkus",
	"groups":                        "groups",
	"directory_roles":               "directoryRoles",
}

// lists are the sections that Graph wraps in a collection of one.
var lists = map[string]string{
	"organization":                "organization",
	"on_premises_synchronization": "directory/onPremisesSynchronization",
}

// FromSnapshot makes a tenant that answers what a snapshot holds. Users without
// a mailbox, and members of groups without one, are not in a snapshot; the ledger
// and the member counts say how many there were, and as many are made up.
func FromSnapshot(text []byte) (*Tenant, error) {
	var d document
	if err := json.Unmarshal(text, &d); err != nil {
		return nil, fmt.Errorf("snapshot: %w", err)
	}
	t := NewTenant()
	t.ID = d.Tenant.ID
	for section, path := range answers {
		if err := t.section(path, d.Entra[section]); err != nil {
			return nil, fmt.Errorf("snapshot: entra.%s: %w", section, err)
		}
	}
	for section, path := range lists {
		if value := d.Entra[section]; value != nil {
			t.Collections[path] = List{compact(value)}
		}
	}
	if value := d.SharePoint["settings"]; value != nil {
		t.Singles["admin/sharepoint/settings"] = compact(value)
	}
	if value := d.Entra["federation_configurations"]; value != nil {
		if err := json.Unmarshal(compact(value), &t.Federation); err != nil {
			return nil, fmt.Errorf("snapshot: entra.federation_configurations: %w", err)
		}
	}
	t.ledger(&d)
	if err := t.people(&d); err != nil {
		return nil, fmt.Errorf("snapshot: %w", err)
	}
	t.Collections["auditLogs/signIns"] = events(d.Evidence.SignIns)
	return t, nil
}

// section takes in a list or a single object.
func (t *Tenant) section(path string, value json.RawMessage) error {
	if value == nil {
		return nil
	}
	return t.file(path, compact(value))
}

// compact takes the snapshot's layout out of a value.
func compact(value json.RawMessage) json.RawMessage {
	var b bytes.Buffer
	if err := json.Compact(&b, value); err != nil {
		return value // it was decoded before: it is JSON
	}
	return b.Bytes()
}

// refused says which paths a resource that was denied stands for.
var refused = map[string][]string{
	"entra.federation_configurations": {"federationConfiguration"},
	"entra.users":                     {"users"},
	"entra.group_members":             {"groups"},
	"entra.role_members":              {"directoryRoles", "roleManagement/directory/roleAssignments"},
	"entra.sign_ins":                  {"auditLogs/signIns"},
	"sharepoint.settings":             {"admin/sharepoint/settings"},
}

// ledger takes over what was denied or not licensed.
func (t *Tenant) ledger(d *document) {
	for _, r := range d.Collection.Resources {
		section, ours := strings.CutPrefix(r.Name, "entra.")
		switch {
		case ours && r.Status == "unlicensed":
			t.Premium = false
		case r.Status == "denied":
			for _, path := range refused[r.Name] {
				t.Denied[path] = true
			}
			if path := answers[section] + lists[section]; ours && path != "" {
				t.Denied[path] = true
			}
		}
	}
}

// people makes users, members of groups and holders of roles of the mailboxes.
func (t *Tenant) people(d *document) error {
	var users, assignments List
	var counts map[string]int
	if value := d.Entra["group_member_counts"]; value != nil {
		if err := json.Unmarshal(value, &counts); err != nil {
			return fmt.Errorf("entra.group_member_counts: %w", err)
		}
	}
	for _, m := range d.Mailboxes {
		if m.Entra == nil {
			continue
		}
		var groups, roles []string
		for key, into := range map[string]*[]string{"groups": &groups, "roles": &roles} {
			if value := m.Entra[key]; value != nil {
				if err := json.Unmarshal(value, into); err != nil {
					return fmt.Errorf("mailbox %q: entra.%s: %w", m.ID, key, err)
				}
			}
		}
		for _, group := range groups {
			t.Members[group] = append(t.Members[group], Member{Type: "#microsoft.graph.user", ID: m.ID})
		}
		for _, role := range roles {
			assignments = append(assignments, assignment(role, m.ID, len(assignments)))
		}
		users = append(users, m.user())
	}
	for group, n := range counts {
		for i := len(t.Members[group]); i < n; i++ {
			t.Members[group] = append(t.Members[group], Member{Type: "#microsoft.graph.user", ID: madeUp("1", i)})
		}
	}
	for i := len(users); i < d.items("entra.users"); i++ {
		users = append(users, marshal(map[string]any{
			"id": madeUp("2", i), "userPrincipalName": fmt.Sprintf("without.mailbox.%d@%s", i, d.Tenant.InitialDomain),
			"displayName": "Without a mailbox", "accountEnabled": true, "userType": "Member",
		}))
	}
	t.Collections["users"] = users
	t.Collections["roleManagement/directory/roleAssignments"] = assignments
	return nil
}

func (d *document) items(resource string) int {
	for _, r := range d.Collection.Resources {
		if r.Name == resource {
			return r.Items
		}
	}
	return 0
}

// user is the mailbox's user as Graph lists it.
func (m *mailbox) user() json.RawMessage {
	u := map[string]any{"id": m.ID, "userPrincipalName": m.UserPrincipalName, "displayName": m.DisplayName}
	for key, value := range m.Entra {
		if key != "groups" && key != "roles" {
			u[key] = value
		}
	}
	return marshal(u)
}

func assignment(role, user string, n int) json.RawMessage {
	return marshal(map[string]any{
		"id": fmt.Sprintf("assignment-%d", n), "roleDefinitionId": role, "principalId": user,
		"directoryScopeId": "/", "resourceScope": "/",
		"principal": map[string]any{"@odata.type": "#microsoft.graph.user", "id": user},
	})
}

// madeUp gives an id of somebody who is in no snapshot.
func madeUp(kind string, n int) string {
	return fmt.Sprintf("ffffffff-%s000-4000-8000-%012d", kind, n)
}

// events makes as many sign-ins as the rows count: the first and the last at the
// moments the row gives, the others in between.
func events(rows []signInRow) List {
	var list List
	for _, row := range rows {
		total := row.Succeeded + row.Failed
		for i := range total {
			at := row.FirstSeen
			if total > 1 {
				at = at.Add(row.LastSeen.Sub(row.FirstSeen) / time.Duration(total-1) * time.Duration(i)).Truncate(time.Second)
			}
			if i == total-1 && i > 0 {
				at = row.LastSeen
			}
			list = append(list, row.event(at, i < row.Succeeded, len(list)))
		}
	}
	return list
}

func (row *signInRow) event(at time.Time, succeeded bool, n int) json.RawMessage {
	code, kind := 50126, "nonInteractiveUser"
	if succeeded {
		code = 0
	}
	if row.Interactive {
		kind = "interactiveUser"
	}
	e := map[string]any{
		"id": fmt.Sprintf("%08x-0000-4000-8000-00000000e000", n), "createdDateTime": at.UTC().Format(time.RFC3339),
		"userPrincipalName": row.UserPrincipalName, "userId": row.UserID, "appDisplayName": row.App,
		"clientAppUsed": row.ClientApp, "isInteractive": row.Interactive, "signInEventTypes": []string{kind},
		"status": map[string]any{"errorCode": code}, "userAgent": row.UserAgent, "authenticationProtocol": "none",
	}
	if row.Protocol != "" {
		e["authenticationProtocol"] = row.Protocol
	}
	return marshal(e)
}

// marshal writes what this package made up itself.
func marshal(v any) json.RawMessage {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // maps of texts, numbers and JSON that was read before
	}
	return text
}
