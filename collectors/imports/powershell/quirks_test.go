package powershell_test

import (
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-07732396/postern/collectors/imports/powershell"
	"github.com/seed-07732396/postern/collectors/snapshot"
)

// utf16Text writes a text in UTF-16.
func utf16Text(text string, order binary.AppendByteOrder, mark bool) string {
	var out []byte
	if mark {
		out = order.AppendUint16(out, 0xFEFF)
	}
	for _, unit := range utf16.Encode([]rune(text)) {
		out = order.AppendUint16(out, unit)
	}
	return string(out)
}

// TestFormsOfAFile reads the same two mailboxes in each form in which PowerShell
// may have written them.
func TestFormsOfAFile(t *testing.T) {
	a, b := mailbox("a", `,"PopEnabled":true`), mailbox("b", `,"PopEnabled":false,"Note":"Zoë 🦩"`)
	list := "[\n" + a + "\n," + b + "\n]\n"
	for name, text := range map[string]string{
		"a list":                             list,
		"with the mark of UTF-8":             "\uFEFF" + list,
		"with CRLF":                          strings.ReplaceAll(list, "\n", "\r\n"),
		"in UTF-16":                          utf16Text(list, binary.LittleEndian, true),
		"in UTF-16, the other way round":     utf16Text(list, binary.BigEndian, true),
		"in UTF-16 without a mark":           utf16Text(list, binary.LittleEndian, false),
		"in UTF-16 BE without a mark":        utf16Text(list, binary.BigEndian, false),
		"wrapped around the list":            `{"value":` + list + `,"Count":2}`,
		"wrapped, without a count":           `{"value":` + list + `}`,
		"one object a line":                  a + "\n" + b + "\n",
		"a list of lists' elements":          "[" + a + "]\n[" + b + "]",
		"with NaN among what nobody reads":   strings.Replace(list, `"PopEnabled":true`, `"PopEnabled":true,"X":NaN,"Y":[-Infinity, Infinity,1e-5,null,true]`, 1),
		"with null beside them":              "[null," + a + "," + b + "]",
		"in lower case, as it was asked for": strings.NewReplacer("PopEnabled", "popenabled", "ExternalDirectoryObjectId", "externaldirectoryobjectid").Replace(list),
	} {
		t.Run(name, func(t *testing.T) {
			got := mustImport(t, map[string]string{"Get-CASMailbox.json": text, "manifest.json": manifest(t, ran("Get-CASMailbox", "succeeded", 2))})
			line := got.line(t, "exchange.cas_mailboxes")
			if len(got.mailboxes) != 2 || line.Status != snapshot.Collected {
				t.Fatalf("%d mailboxes, %s: %s", len(got.mailboxes), line.Status, line.Message)
			}
			if pop := string(got.mailboxes[0].Exchange.PopEnabled) + " " + string(got.mailboxes[1].Exchange.PopEnabled); pop != "true false" {
				t.Errorf("PopEnabled is %s", pop)
			}
			if diff := cmp.Diff([]string{"SMTP:a@example.org"}, got.mailboxes[0].Addresses); diff != "" {
				t.Error(diff)
			}
		})
	}
	if got := mustImport(t, map[string]string{"Get-CASMailbox.json": a}); len(got.mailboxes) != 1 {
		t.Errorf("one object alone gave %d mailboxes", len(got.mailboxes))
	}
}

// TestValuesOfAMailbox looks at one value in the forms that it comes in: what it
// becomes, and whether the ledger calls it cut off.
func TestValuesOfAMailbox(t *testing.T) {
	tests := []struct {
		name, member string
		want         string // of SmtpClientAuthenticationDisabled, "" for absent
		cut          bool
	}{
		{"on", `"SmtpClientAuthenticationDisabled":true`, "true", false},
		{"unset", `"SmtpClientAuthenticationDisabled":null`, "null", false},
		{"absent", `"Other":1`, "", false},
		{"a word", `"SmtpClientAuthenticationDisabled":"True"`, "true", false},
		{"another word", `"SmtpClientAuthenticationDisabled":"False"`, "false", false},
		{"an empty text", `"SmtpClientAuthenticationDisabled":""`, "null", false},
		{"null as a word", `"SmtpClientAuthenticationDisabled":"null"`, "null", false},
		{"a strange word", `"SmtpClientAuthenticationDisabled":"Perhaps"`, "", true},
		{"a number", `"SmtpClientAuthenticationDisabled":1`, "", true},
		{"the name of a type", `"SmtpClientAuthenticationDisabled":"System.Object[]"`, "", true},
		{"its members on a line", `"SmtpClientAuthenticationDisabled":"@{IsPresent=True}"`, "", true},
		{"an object", `"SmtpClientAuthenticationDisabled":{"IsPresent":true}`, "", true},
		{"twice, the same", `"SmtpClientAuthenticationDisabled":true,"smtpclientauthenticationdisabled":true`, "true", false},
		{"twice, and different", `"SmtpClientAuthenticationDisabled":true,"smtpClientAuthenticationDisabled":false`, "", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := mustImport(t, map[string]string{
				"Get-CASMailbox.json": "[" + mailbox("a", ","+test.member) + "]", "manifest.json": manifest(t, ran("Get-CASMailbox", "succeeded", 1)),
			})
			if value := string(got.mailboxes[0].Exchange.SmtpClientAuthenticationDisabled); value != test.want {
				t.Errorf("it is %q, want %q", value, test.want)
			}
			line := got.line(t, "exchange.cas_mailboxes")
			if cut := line.Code == powershell.CodeCutOff; cut != test.cut || cut != (line.Status == snapshot.Partial) {
				t.Errorf("%s, %s: %s", line.Status, line.Code, line.Message)
			}
			if test.cut && (!strings.Contains(line.Message, "-Depth") || !strings.Contains(line.Message, "SmtpClientAuthenticationDisabled")) {
				t.Errorf("the ledger says: %s", line.Message)
			}
		})
	}
}

// TestKindsOfRecipients gives the names behind the numbers, and leaves unknown ones
// as they are.
func TestKindsOfRecipients(t *testing.T) {
	for written, want := range map[string]string{
		`"UserMailbox"`: `"UserMailbox"`, `1`: `"UserMailbox"`, `4`: `"SharedMailbox"`, `16`: `"RoomMailbox"`, `"32"`: `"EquipmentMailbox"`,
		`536870912`: `"DiscoveryMailbox"`, `2147483648`: `"RemoteUserMailbox"`, `1099511627776`: `"GroupMailbox"`, `17592186044416`: `"SchedulingMailbox"`,
		`3`: `"3"`, `67108864`: `"67108864"`, `9007199254740992`: `"9007199254740992"`, `{"value":4,"Value":"SharedMailbox"}`: `"SharedMailbox"`, `null`: `null`,
	} {
		got := mustImport(t, map[string]string{
			"Get-CASMailbox.json": "[" + mailbox("a", "") + "]",
			"Get-User.json":       `[{"ExternalDirectoryObjectId":"a","UserPrincipalName":"a@example.org","RecipientType":2,"RecipientTypeDetails":` + written + `}]`,
			"manifest.json":       manifest(t, ran("Get-CASMailbox", "succeeded", 1), ran("Get-User", "succeeded", 1)),
		})
		if kind := string(got.mailboxes[0].Exchange.RecipientTypeDetails); kind != want {
			t.Errorf("%s became %s, want %s", written, kind, want)
		}
		if line := got.line(t, "exchange.users"); line.Status != snapshot.Collected || line.Counts["user_mailboxes"] != 1 {
			t.Errorf("%s: %+v", written, line)
		}
	}
}

// TestReferencesAreNames takes the name out of what stands for another object.
func TestReferencesAreNames(t *testing.T) {
	for written, want := range map[string]string{
		`"Block Basic"`: `"Block Basic"`, `""`: `""`, `null`: `null`,
		`{"Name":"Block Basic","DistinguishedName":"CN=Block Basic,CN=X"}`: `"CN=Block Basic,CN=X"`, `{"Name":"Block Basic"}`: `"Block Basic"`, `{"Depth":0}`: ``,
	} {
		got := mustImport(t, map[string]string{
			"Get-CASMailbox.json": "[" + mailbox("a", "") + "]",
			"Get-User.json":       `[{"ExternalDirectoryObjectId":"a","AuthenticationPolicy":` + written + `}]`,
		})
		if policy := string(got.mailboxes[0].Exchange.AuthenticationPolicy); policy != want {
			t.Errorf("%s became %s, want %s", written, policy, want)
		}
	}
}

// TestAddresses reads mail addresses, of which PowerShell makes a text when there
// is one, and a longer text below its depth.
func TestAddresses(t *testing.T) {
	tests := []struct {
		written string
		want    []string
		cut     bool
	}{
		{`["SMTP:a@example.org","smtp:b@example.org"]`, []string{"SMTP:a@example.org", "smtp:b@example.org"}, false},
		{`{"value":["SMTP:a@example.org"],"Count":1}`, []string{"SMTP:a@example.org"}, false},
		{`{"value":["SMTP:a@example.org"],"Count":2}`, []string{"SMTP:p@example.org"}, true},
		{`"SMTP:a@example.org"`, []string{"SMTP:a@example.org"}, false},
		{`"SMTP:a@example.org smtp:b@example.org"`, []string{"SMTP:p@example.org"}, true},
		{`"Microsoft.Exchange.Data.ProxyAddressCollection"`, []string{"SMTP:p@example.org"}, true},
		{`null`, []string{"SMTP:p@example.org"}, false},
	}
	for _, test := range tests {
		got := mustImport(t, map[string]string{
			"Get-CASMailbox.json": `[{"Guid":"a","PrimarySmtpAddress":"p@example.org","EmailAddresses":` + test.written + `}]`,
			"manifest.json":       manifest(t, ran("Get-CASMailbox", "succeeded", 1)),
		})
		if diff := cmp.Diff(test.want, got.mailboxes[0].Addresses); diff != "" {
			t.Errorf("%s:\n%s", test.written, diff)
		}
		if line := got.line(t, "exchange.cas_mailboxes"); test.cut != (line.Code == powershell.CodeCutOff) {
			t.Errorf("%s: %s %s", test.written, line.Status, line.Message)
		}
	}
}

// TestSettings reads an organisation's configuration as PowerShell 5.1 writes it.
func TestSettings(t *testing.T) {
	got := mustImport(t, map[string]string{
		"manifest.json": manifest(t, ran("Get-OrganizationConfig", "succeeded", 1)),
		"Get-OrganizationConfig.json": `[{"oauth2clientprofileenabled":"True","EwsEnabled":"","EwsAllowList":{"value":["a"],"Count":1},"EwsBlockList":"b",
			"EwsApplicationAccessPolicy":1,"DefaultAuthenticationPolicy":{"Name":"Block"},"WhenChanged":"\/Date(1772443231000+0100)\/",
			"WhenCreated":{"value":"\/Date(-62135596800000)\/","DisplayHint":2,"DateTime":"Monday"},"WhenOther":"2026-03-02T10:20:31.5+01:00","Local":"2026-03-02T10:20:31",
			"AllowBasicAuthNew":"False","Deep":"System.Object[]","Summary":"@{a=1}","PSComputerName":"x","RunspaceId":"y","PSShowComputerName":false,"Far":NaN}]`,
	})
	want := `{"AllowBasicAuthNew":false,"DefaultAuthenticationPolicy":"Block","EwsAllowList":["a"],"EwsApplicationAccessPolicy":"1","EwsBlockList":["b"],"EwsEnabled":null,` +
		`"Far":"NaN","Local":"2026-03-02T10:20:31","OAuth2ClientProfileEnabled":true,"WhenChanged":"2026-03-02T09:20:31.0000000+00:00","WhenCreated":"0001-01-01T00:00:00.0000000+00:00",` +
		`"WhenOther":"2026-03-02T09:20:31.5000000+00:00"}`
	value := got.snapshot.Exchange.OrganizationConfig.Clone()
	if err := value.Canonicalize(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(value)); diff != "" {
		t.Error(diff)
	}
	line := got.line(t, "exchange.organization_config")
	if line.Status != snapshot.Collected || line.Counts["values_cut_off"] != 2 {
		t.Errorf("%+v", line)
	}
}

// TestAJudgedSettingThatWasCutOffIsMissing tells a setting that somebody reads from
// the others.
func TestAJudgedSettingThatWasCutOffIsMissing(t *testing.T) {
	got := mustImport(t, map[string]string{
		"manifest.json":            manifest(t, ran("Get-TransportConfig", "succeeded", 1)),
		"Get-TransportConfig.json": `[{"Name":"T","SmtpClientAuthenticationDisabled":"System.Nullable` + "`" + `1[System.Boolean]"}]`,
	})
	line := got.line(t, "exchange.transport_config")
	if line.Status != snapshot.Partial || line.Code != powershell.CodeCutOff || !strings.Contains(line.Message, "SmtpClientAuthenticationDisabled") {
		t.Errorf("%+v", line)
	}
	if value := string(got.snapshot.Exchange.TransportConfig); value != `{"Name":"T"}` {
		t.Errorf("the configuration is %s", value)
	}
}

// TestWrongFiles names the file, and what it is.
func TestWrongFiles(t *testing.T) {
	for _, test := range []struct{ file, text, want string }{
		{"Get-CASMailbox.json", `<Objs Version="1.1.0.1" xmlns="x">`, "Export-Clixml"},
		{"Get-CASMailbox.xml", "\uFEFF<Objs Version=\"1.1.0.1\">", "Export-Clixml"},
		{"Get-CASMailbox.json", "#TYPE Selected.Object\r\n\"Name\",\"Guid\"\r\n", "Export-Csv"},
		{"Get-User.csv", "\"Name\",\"Guid\"\r\n", "Export-Csv"},
		{"Get-User.json", "Name,Guid,PopEnabled\r\na,b,c\r\n", "Export-Csv"},
		{"Get-TransportConfig.json", "\r\nName  : T\r\nGuid : x\r\n", "on the screen"},
		{"Get-TransportConfig.json", "<html>", "HTML"},
	} {
		dir := folder(t, map[string]string{test.file: test.text})
		_, err := importFolder(t, dir)
		bad, ok := errors.AsType[*snapshot.Error](err)
		if !ok || !strings.HasSuffix(bad.File, test.file) || bad.Line != 1 || !strings.Contains(bad.Problem, test.want) || !strings.Contains(bad.Hint, "ConvertTo-Json") {
			t.Errorf("%s %q: %v", test.file, test.text, err)
		}
	}
}

// TestTextsDoNotMakeAnotherKind: what a name looks like says nothing of the file.
func TestTextsDoNotMakeAnotherKind(t *testing.T) {
	for _, text := range []string{
		`{"Name" : "T"}`, `[{"Name":"Sales : 1, 2"}]`, "\uFEFF{\"Name\":\"---- : <Objs\"}",
	} {
		if _, err := powershell.Open(folder(t, map[string]string{"Get-TransportConfig.json": text})); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}
