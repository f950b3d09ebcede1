package scubagear_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/collectors/imports/scubagear"
	"github.com/seed-07732396/postern/collectors/snapshot"
)

var update = flag.Bool("update", false, "write the golden snapshot anew")

// exportFile is written by hand in the shapes that ScubaGear's versions have, for
// a tenant that does not exist.
const exportFile = "testdata/ProviderSettingsExport.json"

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.FromSlash(name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// importText imports a text that must be accepted, and gives the snapshot as it
// is written, which is what a reader of it sees.
func importText(t testing.TB, text []byte) (*snapshot.Snapshot, []byte) {
	t.Helper()
	s, err := scubagear.Import(bytes.NewReader(text), "export.json")
	if err != nil {
		t.Fatal(err)
	}
	var written bytes.Buffer
	if err := snapshot.Write(&written, s, nil); err != nil {
		t.Fatal(err)
	}
	return s, written.Bytes()
}

func TestImportGolden(t *testing.T) {
	_, got := importText(t, readFile(t, exportFile))
	const golden = "testdata/snapshot.json"
	if *update {
		if err := os.WriteFile(filepath.FromSlash(golden), got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(string(readFile(t, golden)), string(got)); diff != "" {
		t.Errorf("snapshot (-want +got):\n%s", diff)
	}
	if _, err := snapshot.Read("snapshot.json", bytes.NewReader(got), nil); err != nil {
		t.Errorf("what was imported cannot be read: %v", err)
	}
	for _, secret := range []string{"secret-looking", "KeyCredentials", "9e1d2c3b-4a5f"} {
		if bytes.Contains(got, []byte(secret)) {
			t.Errorf("the snapshot holds %q, which no control asks for", secret)
		}
	}
}

func TestImportReadsWhatPowerShellWrites(t *testing.T) {
	text := readFile(t, exportFile)
	_, want := importText(t, text)
	whole := []byte(`{"MetaData": {}, "Summary": {}, "Results": {}, "Raw": ` + string(text) + `}`)
	for name, encoded := range map[string][]byte{
		"UTF-8 with a mark":                append([]byte("\xEF\xBB\xBF"), text...),
		"UTF-16 little-endian with a mark": toUTF16(text, binary.LittleEndian, true),
		"UTF-16 big-endian with a mark":    toUTF16(text, binary.BigEndian, true),
		"UTF-16 little-endian":             toUTF16(text, binary.LittleEndian, false),
		"UTF-16 big-endian":                toUTF16(text, binary.BigEndian, false),
		"Windows line ends":                bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n")),
		"merged into ScubaResults":         whole,
		"escaped slashes":                  bytes.ReplaceAll(text, []byte("/Date("), []byte(`\/Date(`)),
	} {
		t.Run(name, func(t *testing.T) {
			_, got := importText(t, encoded)
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("another snapshot than of plain UTF-8 (-want +got):\n%s", diff)
			}
		})
	}
}

func toUTF16(text []byte, order binary.AppendByteOrder, mark bool) []byte {
	var out []byte
	if mark {
		out = order.AppendUint16(out, 0xFEFF)
	}
	for _, unit := range utf16.Encode([]rune(string(text))) {
		out = order.AppendUint16(out, unit)
	}
	return out
}

func TestImportRefuses(t *testing.T) {
	good := string(readFile(t, exportFile))
	utf16le := toUTF16([]byte(good), binary.LittleEndian, true)
	for name, test := range map[string]struct {
		text string
		want string // of the error
		hint string // part of the hint
	}{
		"nothing":              {"", "export.json:1:1: the file is empty", "run ScubaGear again"},
		"blanks":               {" \n ", "export.json:2:2: the file is empty", "run ScubaGear again"},
		"cut off":              {"{\n \"module_version\": \"1.8", "export.json:2:24: /module_version: the file ends in the middle of the JSON", "copy it again"},
		"cut off in UTF-16":    {string(utf16le[:len(utf16le)-1]), "export.json: UTF-16 that ends in the middle of a character", "copy it again"},
		"half a character":     {"\xFF\xFE{\x00\x00\xD8\"\x00", "export.json:1:2: not valid UTF-16", "UTF-8"},
		"no JSON":              {"ScubaGear\nreport", "export.json:1:1: not JSON: invalid character 'S' at start of value", "ProviderSettingsExport.json"},
		"not UTF-8":            {"{\"a\": \"\xE9\"}", "export.json:1:8: /a: not valid UTF-8", "save the file as UTF-8"},
		"twice the same name":  {`{"a": 1, "a": 2}`, "export.json:1:10: /a: the name stands here a second time", "take away"},
		"two documents":        {`{} {}`, "export.json:1:5: text stands behind the end of the JSON", "ProviderSettingsExport.json"},
		"nested too deep":      {strings.Repeat("[", 100) + strings.Repeat("]", 100), "export.json:1:66: " + strings.Repeat("/0", 64) + ": nested deeper than 64 levels", "no export"},
		"a list":               {`[{"PolicyId": "MS.AAD.1.1v1"}]`, "export.json:1:1: not an export of ScubaGear: it is one object, and this is something else", "ProviderSettingsExport.json"},
		"a text":               {`"x"`, "export.json:1:1: not an export of ScubaGear: it is one object, and this is something else", "ProviderSettingsExport.json"},
		"another tool's JSON":  {`{"runs": []}`, "export.json: /module_version: missing: this is not an export of ScubaGear", "ProviderSettingsExport.json"},
		"results alone":        {`{"MetaData": {}, "Results": {}}`, "export.json: holds ScubaGear's results without the settings they were made from", "-KeepIndividualJSON"},
		"another tool's Raw":   {`{"Results": {}, "Raw": {}}`, "export.json: /Raw/module_version: missing: this is not an export of ScubaGear", "ScubaResults_"},
		"a snapshot":           {`{"version": 1, "collection": {}}`, "export.json: is a snapshot already", "postern check export.json"},
		"no time":              {change(t, good, "timestamp_zulu", ""), "export.json: /timestamp_zulu: missing, or not a text", "when the settings were read"},
		"no real time":         {change(t, good, "timestamp_zulu", `"05/04/2026"`), `export.json: /timestamp_zulu: "05/04/2026" is not an instant such as 2026-11-20T08:00:00Z`, "when the settings"},
		"commands are numbers": {change(t, good, "exo_successful_commands", `[1]`), "export.json: /exo_successful_commands: not a list of commands: ", "ProviderSettingsExport.json"},
		"no tenant":            {change(t, good, "tenant_details", ""), "export.json: /tenant_details: holds 0 tenants, and one is needed", "run it again"},
		"two tenants":          {change(t, good, "tenant_details", `[{}, {}]`), "export.json: /tenant_details: holds 2 tenants, and one is needed", "run it again"},
		"tenant is a text":     {change(t, good, "tenant_details", `"x"`), "export.json: /tenant_details: cannot be used: neither a list nor an object", "run it again"},
		"tenant was not read": {change(t, good, "tenant_details",
			`[{"AADAdditionalData": "Error retrieving additional data", "TenantId": "Error retrieving Tenant ID"}]`),
			"export.json: /tenant_details: holds no tenant id", "run it again"},
		"a flag is a text": {change(t, good, "org_config", `[{"OAuth2ClientProfileEnabled": "True"}]`),
			"export.json: /exchange/organization_config/OAuth2ClientProfileEnabled: in the snapshot made of the export: ", "do not answer"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := scubagear.Import(strings.NewReader(test.text), "export.json")
			if err == nil {
				t.Fatalf("accepted: %+v", s.Tenant)
			}
			bad := (*snapshot.Error)(nil)
			if !errors.As(err, &bad) {
				t.Fatalf("%T: %v", err, err)
			}
			if got := bad.Error(); got != test.want && (!strings.HasSuffix(test.want, ": ") || !strings.HasPrefix(got, test.want)) {
				t.Errorf("error\n got %s\nwant %s", got, test.want)
			}
			if !strings.Contains(bad.Hint, test.hint) {
				t.Errorf("hint %q does not say %q", bad.Hint, test.hint)
			}
		})
	}
}

func TestImportNamesTheFileThatCannotBeRead(t *testing.T) {
	broken := errors.New("disk on fire")
	_, err := scubagear.Import(iotest.ErrReader(broken), "export.json")
	if !errors.Is(err, broken) || !strings.HasPrefix(err.Error(), "export.json: cannot be read: ") {
		t.Errorf("error %v", err)
	}
}

// change replaces one member of an export; an empty value takes it away. The
// member must be there before.
func change(t testing.TB, text, member, value string) string {
	t.Helper()
	var members map[string]jsontext.Value
	if err := json.Unmarshal([]byte(text), &members); err != nil {
		t.Fatal(err)
	}
	if _, ok := members[member]; !ok {
		t.Fatalf("the export has no %s to change", member)
	}
	if value == "" {
		delete(members, member)
	} else {
		members[member] = jsontext.Value(value)
	}
	changed, err := json.Marshal(members, json.Deterministic(true))
	if err != nil {
		t.Fatal(err)
	}
	return string(changed)
}
