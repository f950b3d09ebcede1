package main

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/seed-07732396/postern/policies/engine"
)

// defaultConfig is read when it lies in the current folder and --config does
// not name another.
const defaultConfig = "postern.yaml"

// config is postern.yaml. Its schema for editors is postern.schema.json.
type config struct {
	// Version is 1.
	Version int `yaml:"version"`
	// Declarations are what the organisation says of itself. They are not
	// evidence: a control uses them to tell what is meant from what slipped in.
	Declarations declarations `yaml:"declarations"`
	// Check holds defaults for the flags of check.
	Check checkConfig `yaml:"check"`
	// Waivers says where the waivers stand, and what they may be.
	Waivers waiverConfig `yaml:"waivers"`
	// Tenants are what collect and scan can read, by a name of one's own.
	Tenants map[string]target `yaml:"tenants"`

	// folder is the one that the file lies in.
	folder string `yaml:"-"`
}

// declarations are the keys below declarations; a key left out keeps the default
// of engine.DefaultDeclarations.
type declarations struct {
	BreakGlass                    []breakGlass `yaml:"break_glass"`
	SensitiveGroups               []string     `yaml:"sensitive_groups"`
	EnforcedAt                    *string      `yaml:"enforced_at"`
	ActiveSyncWithModernAuth      *bool        `yaml:"active_sync_with_modern_auth"`
	EWSAllowed                    *bool        `yaml:"ews_allowed"`
	ReauthenticationHours         *float64     `yaml:"reauthentication_hours"`
	SensitiveReauthenticationHour *float64     `yaml:"sensitive_reauthentication_hours"`
	AccessTokenHours              *float64     `yaml:"access_token_hours"`
	SignInFrequencyHours          *float64     `yaml:"sign_in_frequency_hours"`
	LegacyExceptionShare          *float64     `yaml:"legacy_exception_share"`
	LeastEvidenceDays             *float64     `yaml:"least_evidence_days"`
}

// breakGlass names an emergency account by its Entra object id, its user
// principal name, or both.
type breakGlass struct {
	ID                string `yaml:"id"`
	UserPrincipalName string `yaml:"user_principal_name"`
}

// checkConfig holds defaults for flags; a flag given on the command line wins.
type checkConfig struct {
	Lang   string   `yaml:"lang"`
	FailOn string   `yaml:"fail_on"`
	MaxAge string   `yaml:"max_age"`
	Only   []string `yaml:"only"`
	Skip   []string `yaml:"skip"`
	Policy []string `yaml:"policy"`
}

// loadConfig reads path, or defaultConfig if path is empty and the file is there.
// Unknown and doubled keys and wrong types are errors that name file and line.
func loadConfig(path string) (*config, error) {
	asked := path != ""
	if !asked {
		path = defaultConfig
	}
	data, err := os.ReadFile(path)
	if !asked && errors.Is(err, fs.ErrNotExist) {
		return &config{Version: 1, folder: "."}, nil
	}
	if err != nil {
		return nil, usageErrorf("name an existing file with --config", "read the configuration: %s: %w", path, reason(err))
	}
	c := &config{folder: filepath.Dir(path)}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(c); err != nil && !errors.Is(err, io.EOF) {
		return nil, configError(path, err)
	}
	if err := decoder.Decode(new(any)); !errors.Is(err, io.EOF) {
		return nil, usageErrorf("keep one document in the file", "%s: more than one YAML document", path)
	}
	if c.Version == 0 {
		return nil, usageErrorf("start the file with 'version: 1'", "%s: there is no version", path)
	}
	if c.Version != 1 {
		return nil, usageErrorf("start the file with 'version: 1'", "%s: version is %d, and only 1 is known", path, c.Version)
	}
	return c, nil
}

// goType is what yaml's errors say of our types, which mean nothing to a reader.
var goType = regexp.MustCompile(` (in type|into) \S*main\.\w+`)

// wrongType is what yaml says of a value that does not fit.
var wrongType = regexp.MustCompile(`cannot unmarshal !!(\w+)`)

// plainType says it in the words of whoever wrote the file.
func plainType(match string) string {
	_, tag, _ := strings.Cut(match, "!!")
	kind, known := map[string]string{
		"str": "the text", "int": "the number", "float": "the number", "bool": "the answer",
		"seq": "a list", "map": "keys and values", "null": "nothing", "timestamp": "the date",
	}[tag]
	if !known {
		kind = "a " + tag
	}
	return "cannot take " + kind
}

// wanted is what yaml says of the type that would fit.
var wanted = regexp.MustCompile(` into (int|float64|bool|string|\[\]string)$`)

func plainWish(match string) string {
	return map[string]string{
		" into int": ": it wants a whole number", " into float64": ": it wants a number", " into bool": ": it wants true or false",
		" into string": ": it wants a text", " into []string": ": it wants a list, such as [a, b]",
	}[match]
}

// configError turns yaml's errors into one line each that names file and line.
func configError(path string, err error) error {
	hint := "the keys are listed in " + referencePage + "#posternyaml"
	var typeError *yaml.TypeError
	if !errors.As(err, &typeError) {
		return usageErrorf(hint, "%s: %s", path, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	lines := make([]string, len(typeError.Errors))
	for i, line := range typeError.Errors {
		line = goType.ReplaceAllString(line, "")
		line = strings.Replace(line, "line ", path+":", 1)
		lines[i] = strings.Replace(line, "field ", "unknown key ", 1)
		lines[i] = strings.Replace(lines[i], " not found", "", 1)
		lines[i] = wrongType.ReplaceAllStringFunc(lines[i], plainType)
		lines[i] = wanted.ReplaceAllStringFunc(lines[i], plainWish)
	}
	return usageErrorf(hint, "%s", strings.Join(lines, "\npostern: "))
}

// engineDeclarations lays the file's declarations over the defaults, and those of
// one tenant over them.
func (c *config) engineDeclarations(tenant *declarations) engine.Declarations {
	d := engine.DefaultDeclarations()
	c.Declarations.layOver(&d)
	if tenant != nil {
		tenant.layOver(&d)
	}
	return d
}

func (in *declarations) layOver(d *engine.Declarations) {
	for _, account := range in.BreakGlass {
		d.BreakGlass = append(d.BreakGlass, engine.Account{ID: account.ID, UserPrincipalName: account.UserPrincipalName})
	}
	if in.SensitiveGroups != nil {
		d.SensitiveGroups = in.SensitiveGroups
	}
	if in.EnforcedAt != nil {
		d.EnforcedAt = *in.EnforcedAt
	}
	set(&d.ActiveSyncWithModernAuth, in.ActiveSyncWithModernAuth)
	set(&d.EWSAllowed, in.EWSAllowed)
	set(&d.ReauthenticationHours, in.ReauthenticationHours)
	set(&d.SensitiveReauthenticationHours, in.SensitiveReauthenticationHour)
	set(&d.AccessTokenHours, in.AccessTokenHours)
	set(&d.SignInFrequencyHours, in.SignInFrequencyHours)
	set(&d.LegacyExceptionShare, in.LegacyExceptionShare)
	set(&d.LeastEvidenceDays, in.LeastEvidenceDays)
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}
