package entratest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// Collection is a list of objects that may be too long to hold.
type Collection interface {
	Len() int
	At(i int) json.RawMessage
}

// List is a Collection that is held.
type List []json.RawMessage

// Len is how many objects there are.
func (l List) Len() int { return len(l) }

// At gives one of them.
func (l List) At(i int) json.RawMessage { return l[i] }

// Member is one directory object in a group.
type Member struct {
	Type string `json:"@odata.type"`
	ID   string `json:"id"`
}

// Tenant is what the server answers.
type Tenant struct {
	// ID is the tenant's id, put into tokens.
	ID string
	// Premium: the tenant has the licence that sign-ins and users' activity need.
	Premium bool
	// Collections and Singles are answers by path below the version, such as
	// "identity/conditionalAccess/policies". "users", "groups" and
	// "auditLogs/signIns" are collections as well.
	Collections map[string]Collection
	Singles     map[string]json.RawMessage
	// Federation is the federation configuration by domain id.
	Federation map[string][]json.RawMessage
	// Members are the transitive members by group id, Direct those in the group itself
	// where they are others.
	Members, Direct map[string][]Member
	// Denied are paths that answer 403 whatever the token permits.
	Denied map[string]bool
}

// NewTenant makes an empty tenant with a licence.
func NewTenant() *Tenant {
	return &Tenant{
		ID: "00000000-0000-4000-8000-000000000000", Premium: true,
		Collections: make(map[string]Collection), Singles: make(map[string]json.RawMessage),
		Federation: make(map[string][]json.RawMessage), Members: make(map[string][]Member), Direct: make(map[string][]Member), Denied: make(map[string]bool),
	}
}

// root is where a tenant's answers lie.
const root = "api/graph"

// Load reads a tenant's folder: api/graph, or else snapshot.json.
func Load(tenant fs.FS) (*Tenant, error) {
	if _, err := fs.Stat(tenant, root); errors.Is(err, fs.ErrNotExist) {
		text, err := fs.ReadFile(tenant, "snapshot.json")
		if err != nil {
			return nil, fmt.Errorf("tenant without %s: %w", root, err)
		}
		return FromSnapshot(text)
	}
	t := NewTenant()
	files := 0
	err := fs.WalkDir(tenant, root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		files++
		text, err := fs.ReadFile(tenant, name)
		if err != nil {
			return err
		}
		if path.Ext(name) != ".json" {
			return fmt.Errorf("%s: not a .json file", name)
		}
		if err := t.file(strings.TrimSuffix(strings.TrimPrefix(name, root+"/"), ".json"), text); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	})
	if err == nil && files == 0 {
		err = fmt.Errorf("%s: no files", root)
	}
	return t, err
}

// file takes in one file of api/graph.
func (t *Tenant) file(name string, text []byte) error {
	switch name {
	case "tenant":
		return t.settings(text)
	case "federationConfigurations":
		return json.Unmarshal(text, &t.Federation)
	case "transitiveMembers":
		return json.Unmarshal(text, &t.Members)
	}
	var any json.RawMessage
	if err := json.Unmarshal(text, &any); err != nil {
		return err
	}
	if any[0] != '[' {
		t.Singles[name] = any
		return nil
	}
	var list List
	if err := json.Unmarshal(text, &list); err != nil {
		return err
	}
	t.Collections[name] = list
	return nil
}

func (t *Tenant) settings(text []byte) error {
	settings := struct {
		ID      string   `json:"id"`
		Premium bool     `json:"premium"`
		Denied  []string `json:"denied"`
	}{ID: t.ID, Premium: t.Premium}
	if err := json.Unmarshal(text, &settings); err != nil {
		return err
	}
	t.ID, t.Premium = settings.ID, settings.Premium
	for _, path := range settings.Denied {
		t.Denied[path] = true
	}
	return nil
}
