package powershell

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

const (
	manifestName    = "manifest.json"
	manifestFormat  = "postern-powershell-export"
	manifestVersion = 1
)

// manifest is what the script says of itself and of what it ran.
type manifest struct {
	Format     string            `json:"format"`
	Version    int               `json:"version"`
	StartedAt  string            `json:"started_at"`
	FinishedAt string            `json:"finished_at"`
	PowerShell string            `json:"powershell"`
	Modules    map[string]string `json:"modules"`
	Exchange   struct {
		TenantID     string `json:"tenant_id"`
		Organization string `json:"organization"`
		Account      string `json:"account"`
	} `json:"exchange"`
	Graph *struct {
		TenantID    string `json:"tenant_id"`
		Account     string `json:"account"`
		Environment string `json:"environment"`
		SignInDays  int    `json:"sign_in_days"`
	} `json:"graph"`
	Cmdlets  []record  `json:"cmdlets"`
	Requests []request `json:"requests"`
}

// record is how one cmdlet ended.
type record struct {
	Name     string   `json:"name"`
	File     string   `json:"file"`
	Status   string   `json:"status"`
	Rows     int      `json:"rows"`
	Errors   []string `json:"errors"`
	Warnings []string `json:"warnings"`
}

// request is how Graph answered one request.
type request struct {
	URI     string `json:"uri"`
	File    string `json:"file"`
	Status  int    `json:"status"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Export is a folder of what PowerShell wrote.
type Export struct {
	dir string
	// manifest is nil for files that somebody made by hand.
	manifest *manifest
	started  time.Time
	// files are the cmdlets' files in the folder, by the lower-case name without
	// its ending.
	files map[string]string
}

// Open looks into a folder that the script wrote, or that holds the files of
// cmdlets that somebody ran by hand, such as Get-CASMailbox.json. What is wrong
// with the folder as a whole is a *snapshot.Error; what is wrong with one file
// alone ends in the ledger when it is read, unless the file is something else than
// JSON.
func Open(dir string) (*Export, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, &snapshot.Error{File: dir, Problem: "cannot be read: " + reason(err), Hint: "name the folder that the export script wrote", Err: err}
	}
	e := &Export{dir: dir, files: map[string]string{}}
	for _, entry := range entries {
		if entry.IsDir() || !entry.Type().IsRegular() {
			continue
		}
		name := entry.Name()
		key := strings.ToLower(strings.TrimSuffix(name, filepath.Ext(name)))
		switch {
		case name == manifestName:
			if err := e.readManifest(filepath.Join(dir, name)); err != nil {
				return nil, err
			}
		case !isSource(key):
		case !strings.EqualFold(filepath.Ext(name), ".json"):
			kind, hint := kindOf(filepath.Join(dir, name))
			if kind != "" {
				return nil, &snapshot.Error{File: filepath.Join(dir, name), Line: 1, Column: 1, Problem: "this is " + kind, Hint: hint}
			}
		case e.files[key] != "":
			return nil, &snapshot.Error{File: filepath.Join(dir, name), Problem: "stands beside " + filepath.Base(e.files[key]) + ", whose name differs in case alone",
				Hint: "take away the one that is not the cmdlet's"}
		default:
			e.files[key] = filepath.Join(dir, name)
		}
	}
	if e.manifest == nil && len(e.files) == 0 {
		return nil, &snapshot.Error{File: dir, Problem: "holds no " + manifestName + " and no file of a cmdlet such as Get-CASMailbox.json", Hint: hintScript}
	}
	return e, e.checkKinds()
}

// reason is an error of the file system without the path, which is told already.
func reason(err error) string {
	if wrapped, ok := errors.AsType[*fs.PathError](err); ok {
		return wrapped.Err.Error()
	}
	return err.Error()
}

// checkKinds refuses files that hold no JSON at all: whoever made them took the
// wrong cmdlet.
func (e *Export) checkKinds() error {
	for _, key := range sortedKeys(e.files) {
		if kind, hint := kindOf(e.files[key]); kind != "" {
			return &snapshot.Error{File: e.files[key], Line: 1, Column: 1, Problem: "this is " + kind, Hint: hint}
		}
	}
	return nil
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func (e *Export) readManifest(path string) error {
	var m *manifest
	_, _, err := eachObject(path, func(v jsontext.Value) error {
		if m != nil {
			return &snapshot.Error{File: path, Problem: "holds more than one object", Hint: hintAgain}
		}
		whole, ok, err := restoreManifest(v)
		if err != nil || !ok {
			return &snapshot.Error{File: path, Problem: "PowerShell did not write all of it", Hint: hintAgain, Err: err}
		}
		m = &manifest{}
		if err := json.Unmarshal(whole, m); err != nil {
			field := ""
			if semantic, ok := errors.AsType[*json.SemanticError](err); ok {
				field = string(semantic.JSONPointer)
			}
			return &snapshot.Error{File: path, Field: field, Problem: "has another type than the script writes", Hint: hintAgain, Err: err}
		}
		return nil
	})
	switch {
	case err != nil:
		return err
	case m == nil:
		return &snapshot.Error{File: path, Problem: "is empty: the script did not come to its end", Hint: "run the script again"}
	case m.Format != manifestFormat:
		return &snapshot.Error{File: path, Field: "/format", Problem: fmt.Sprintf("is %q, not %q", m.Format, manifestFormat), Hint: hintScript}
	case m.Version != manifestVersion:
		return &snapshot.Error{File: path, Field: "/version", Problem: fmt.Sprintf("is %d, and this Postern reads %d", m.Version, manifestVersion),
			Hint: "use the script that comes with this version of Postern: postern import powershell --script FILE"}
	}
	if e.started, err = time.Parse(time.RFC3339, m.StartedAt); err != nil {
		return &snapshot.Error{File: path, Field: "/started_at", Problem: fmt.Sprintf("%q is no instant such as 2026-11-20T08:00:00Z", m.StartedAt), Hint: hintAgain}
	}
	if err := m.check(path); err != nil {
		return err
	}
	e.manifest = m
	return nil
}

// check holds the manifest to what the rest relies on: files lie in the folder.
func (m *manifest) check(path string) error {
	plain := func(file string) bool {
		return file == "" || file == filepath.Base(file) && file != "." && file != ".."
	}
	for i, r := range m.Cmdlets {
		if !plain(r.File) || strings.ContainsAny(r.File, `/\`) {
			return &snapshot.Error{File: path, Field: fmt.Sprintf("/cmdlets/%d/file", i), Problem: "does not lie in the folder", Hint: hintAgain}
		}
	}
	for i, r := range m.Requests {
		if !plain(r.File) || strings.ContainsAny(r.File, `/\`) {
			return &snapshot.Error{File: path, Field: fmt.Sprintf("/requests/%d/file", i), Problem: "does not lie in the folder", Hint: hintAgain}
		}
	}
	if m.Graph != nil && (m.Graph.SignInDays < 0 || m.Graph.SignInDays > 30) {
		return &snapshot.Error{File: path, Field: "/graph/sign_in_days", Problem: "is outside 0 to 30", Hint: hintAgain}
	}
	if m.Graph != nil && m.Exchange.TenantID != "" && m.Graph.TenantID != "" && !strings.EqualFold(m.Exchange.TenantID, m.Graph.TenantID) {
		return &snapshot.Error{File: path, Field: "/graph/tenant_id",
			Problem: "the sessions with Exchange and with Graph were of two tenants: " + m.Exchange.TenantID + " and " + m.Graph.TenantID,
			Hint:    "connect both to the same tenant, and run the script again"}
	}
	return nil
}

// HasManifest tells whether the script wrote the folder. Files made by hand do not
// say when and where they come from.
func (e *Export) HasManifest() bool { return e.manifest != nil }

// HasGraph tells whether the script asked Graph.
func (e *Export) HasGraph() bool { return e.manifest != nil && e.manifest.Graph != nil }

// StartedAt is when the script began; the zero time without a manifest.
func (e *Export) StartedAt() time.Time { return e.started }

// SignInDays is for how many days the sign-ins were read, 0 for not at all.
func (e *Export) SignInDays() int {
	if !e.HasGraph() {
		return 0
	}
	return e.manifest.Graph.SignInDays
}

var guid = regexp.MustCompile(`^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// Tenant is what the manifest says of the tenant; its id is empty when the sessions
// did not tell.
func (e *Export) Tenant() snapshot.Tenant {
	var t snapshot.Tenant
	if e.manifest == nil {
		return t
	}
	t.ID = e.manifest.Exchange.TenantID
	if t.ID == "" && e.manifest.Graph != nil {
		t.ID = e.manifest.Graph.TenantID
	}
	if !guid.MatchString(t.ID) {
		t.ID = ""
	}
	if o := e.manifest.Exchange.Organization; strings.Contains(o, ".onmicrosoft.") && !strings.ContainsAny(o, " \t\n") {
		t.InitialDomain = o
	}
	if e.manifest.Graph != nil {
		t.Cloud = cloudOf(e.manifest.Graph.Environment)
	}
	return t
}

// cloudOf translates the Graph module's word for the cloud. Its Global is GCC as
// well, which nothing else tells apart.
func cloudOf(environment string) string {
	switch environment {
	case "Global":
		return "public"
	case "USGov":
		return "gcchigh"
	case "USGovDoD":
		return "dod"
	case "China":
		return "china"
	}
	return ""
}

// record finds what the manifest says of a cmdlet's file.
func (e *Export) record(name string) (record, bool) {
	if e.manifest == nil {
		return record{}, false
	}
	i := slices.IndexFunc(e.manifest.Cmdlets, func(r record) bool { return strings.EqualFold(r.Name, name) })
	if i < 0 {
		return record{}, false
	}
	return e.manifest.Cmdlets[i], true
}
