package oktatest

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net/url"
	"strings"
	"testing/fstest"
	"time"
)

// document is what of a snapshot says how the org answers.
type document struct {
	CollectedAt time.Time                  `json:"collected_at"`
	Okta        map[string]json.RawMessage `json:"okta"`
	Entra       struct {
		Federation map[string][]struct {
			Active string `json:"activeSignInUri"`
		} `json:"federation_configurations"`
	} `json:"entra"`
	Evidence struct {
		Requests []requestRow `json:"okta_requests"`
		Mails    *struct {
			Sent int       `json:"sent"`
			Last time.Time `json:"last_sent_at"`
		} `json:"new_device_mails"`
	} `json:"evidence"`
	Mailboxes []struct {
		ID                string `json:"id"`
		UserPrincipalName string `json:"user_principal_name"`
		Okta              *struct {
			Apps   []string `json:"apps"`
			Groups []string `json:"groups"`
			Named  []string `json:"named"`
		} `json:"okta"`
	} `json:"mailboxes"`
}

type requestRow struct {
	UserName  string    `json:"user_name"`
	UserID    string    `json:"user_id"`
	UserAgent string    `json:"user_agent"`
	AppID     string    `json:"app_id"`
	Succeeded int       `json:"succeeded"`
	Failed    int       `json:"failed"`
	FirstSeen time.Time `json:"first_seen"`
	LastSeen  time.Time `json:"last_seen"`
}

// plain are the sections that are one file each.
var plain = map[string]string{
	"organization": "org", "apps": "apps", "zones": "zones", "groups": "groups", "group_rules": "groups/rules",
	"device_assurances": "device-assurances", "threat_insight": "threats/configuration", "security_notifications": "notifications",
}

// FromSnapshot makes the folder for an org that answers what a snapshot holds.
// Users without a mailbox are not in a snapshot; where it counts more users or
// members than it names, as many are made up.
func FromSnapshot(text []byte) (fs.FS, error) {
	var d document
	if err := json.Unmarshal(text, &d); err != nil {
		return nil, fmt.Errorf("snapshot: %w", err)
	}
	files := &folder{files: fstest.MapFS{}}
	for section, name := range plain {
		if value, ok := d.Okta[section]; ok {
			files.add(name, value)
		}
	}
	if value, ok := d.Okta["domains"]; ok {
		files.add("domains", map[string]json.RawMessage{"domains": value})
	}
	d.policies(files)
	d.people(files)
	files.add("logs", d.log())
	return files.files, files.err
}

// folder collects files and the first error.
type folder struct {
	files fstest.MapFS
	err   error
}

func (f *folder) add(name string, value any) {
	data, err := json.Marshal(value)
	if err != nil && f.err == nil {
		f.err = fmt.Errorf("snapshot: %s: %w", name, err)
	}
	f.files[name+".json"] = &fstest.MapFile{Data: data}
}

// section decodes a section of the org into v.
func (d *document) section(f *folder, name string, v any) {
	if value, ok := d.Okta[name]; ok {
		if err := json.Unmarshal(value, v); err != nil && f.err == nil {
			f.err = fmt.Errorf("snapshot: okta.%s: %w", name, err)
		}
	}
}

func (d *document) policies(f *folder) {
	all := []json.RawMessage{}
	for _, pair := range [][2]string{{"access_policies", "access_policy_rules"}, {"sign_on_policies", "sign_on_policy_rules"}} {
		var policies []json.RawMessage
		d.section(f, pair[0], &policies)
		all = append(all, policies...)
		rules := map[string]json.RawMessage{}
		d.section(f, pair[1], &rules)
		for id, list := range rules {
			f.add("policies/"+id+"/rules", list)
		}
	}
	f.add("policies", all)
	keys := map[string]json.RawMessage{}
	d.section(f, "app_keys", &keys)
	for id, list := range keys {
		f.add("apps/"+id+"/credentials/keys", list)
	}
}

// people makes the assignments and the members of groups.
func (d *document) people(f *folder) {
	assigned := map[string]struct {
		Users  int      `json:"users"`
		Groups []string `json:"groups"`
	}{}
	d.section(f, "app_assignments", &assigned)
	counts := map[string]int{}
	d.section(f, "group_member_counts", &counts)
	users, members := map[string][]any{}, map[string][]any{}
	for _, m := range d.Mailboxes {
		if m.Okta == nil {
			continue
		}
		id := "00u" + strings.ReplaceAll(m.ID, "-", "")[:17]
		if len(m.Okta.Named) > 0 {
			id = m.Okta.Named[0]
		}
		for _, app := range m.Okta.Apps {
			users[app] = append(users[app], map[string]any{"id": id, "credentials": map[string]any{"userName": m.UserPrincipalName}})
		}
		for _, group := range m.Okta.Groups {
			members[group] = append(members[group], map[string]any{"id": id})
		}
	}
	for app, a := range assigned {
		for i := len(users[app]); i < a.Users; i++ {
			name := fmt.Sprintf("nomailbox%d@elsewhere.example", i)
			users[app] = append(users[app], map[string]any{"id": fmt.Sprintf("00umadeup%011d", i), "credentials": map[string]any{"userName": name}})
		}
		f.add("apps/"+app+"/users", users[app])
		groups := []any{}
		for _, id := range a.Groups {
			groups = append(groups, map[string]any{"id": id})
		}
		f.add("apps/"+app+"/groups", groups)
	}
	for group, n := range counts {
		for i := len(members[group]); i < n; i++ {
			members[group] = append(members[group], map[string]any{"id": fmt.Sprintf("00umadeup%011d", i)})
		}
		f.add("groups/"+group+"/users", members[group])
	}
}

// log makes as many entries as the evidence counts.
func (d *document) log() []any {
	entries := []any{}
	uri := d.activePath()
	n := 0
	entry := func(kind, user, id, agent, app, result, uri string, at time.Time) {
		n++
		one := map[string]any{
			"uuid": fmt.Sprintf("event-%d", n), "published": at.UTC().Format("2006-01-02T15:04:05.000Z"), "eventType": kind,
			"actor":   map[string]any{"id": id, "alternateId": user},
			"outcome": map[string]any{"result": result}, "transaction": map[string]any{"id": fmt.Sprintf("transaction-%d", n)},
			"client":       map[string]any{"userAgent": map[string]any{"rawUserAgent": agent}},
			"debugContext": map[string]any{"debugData": map[string]any{"requestUri": uri}},
		}
		if app != "" {
			one["target"] = []any{map[string]any{"id": app, "type": "AppInstance"}}
		}
		entries = append(entries, one)
	}
	for _, row := range d.Evidence.Requests {
		total := row.Succeeded + row.Failed
		for i := range total {
			at := row.LastSeen
			if i == 0 && total > 1 {
				at = row.FirstSeen
			}
			kind, result := "user.authentication.sso", "SUCCESS"
			if i >= row.Succeeded {
				kind, result = "user.authentication.auth_via_richclient", "FAILURE"
			}
			entry(kind, row.UserName, row.UserID, row.UserAgent, row.AppID, result, uri, at)
		}
	}
	if mails := d.Evidence.Mails; mails != nil {
		for range mails.Sent {
			entry("system.email.new_device_notification.sent_message", "system", "", "", "", "SUCCESS", "", mails.Last)
		}
	}
	return entries
}

// activePath is the active endpoint that the federation settings name first.
func (d *document) activePath() string {
	best := ""
	for _, list := range d.Entra.Federation {
		for _, one := range list {
			if u, err := url.Parse(one.Active); err == nil && strings.Contains(u.Path, "/app/office365/") && (best == "" || u.Path < best) {
				best = u.Path
			}
		}
	}
	return best
}
