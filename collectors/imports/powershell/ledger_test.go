package powershell_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/imports/powershell"
	"github.com/seed-07732396/postern/collectors/snapshot"
)

// TestHowAFileEndsInTheLedger takes one file and what the manifest says of it.
func TestHowAFileEndsInTheLedger(t *testing.T) {
	two := "[" + mailbox("a", "") + "," + mailbox("b", "") + "]"
	failed := entry{Name: "Get-CASMailbox", File: "Get-CASMailbox.json", Status: "failed", Errors: []string{"The term is not recognized."}}
	halfway := entry{Name: "Get-CASMailbox", File: "Get-CASMailbox.json", Status: "partial", Rows: 2, Errors: []string{"mailbox c is broken"}}
	warned := entry{Name: "Get-CASMailbox", File: "Get-CASMailbox.json", Status: "succeeded", Rows: 2, Warnings: []string{"There are more results available."}}
	none := "" // no file
	tests := []struct {
		name   string
		text   *string
		told   *entry // nil: no manifest
		status snapshot.Status
		code   string
		says   string
		rows   int
	}{
		{"whole", &two, new(ran("Get-CASMailbox", "succeeded", 2)), snapshot.Collected, "", "", 2},
		{"an empty list", new("[\n]\n"), new(ran("Get-CASMailbox", "succeeded", 0)), snapshot.Collected, "", "", 0},
		{"an empty file of nothing", new(""), new(ran("Get-CASMailbox", "succeeded", 0)), snapshot.Collected, "", "", 0},
		{"an empty file with a mark", new("\xFF\xFE\r\x00\n\x00"), new(ran("Get-CASMailbox", "succeeded", 0)), snapshot.Collected, "", "", 0},
		{"an empty file of something", new(""), new(ran("Get-CASMailbox", "succeeded", 5)), snapshot.Failed, collectors.CodeBadAnswer, "is empty", -1},
		{"an empty file of a failure", new(""), &failed, snapshot.Failed, collectors.CodeFailed, "The term is not recognized.", -1},
		{"an empty file by hand", new(""), nil, snapshot.Failed, collectors.CodeBadAnswer, "is empty", -1},
		{"no file of a failure", &none, &failed, snapshot.Failed, collectors.CodeFailed, "The term is not recognized.", -1},
		{"a lost file", &none, new(ran("Get-CASMailbox", "succeeded", 2)), snapshot.Failed, powershell.CodeNotInExport, "lost its file", -1},
		{"not run", &two, new(ran("Get-User", "succeeded", 0)), snapshot.Skipped, collectors.CodeNotRequested, "did not run Get-CASMailbox", -1},
		{"fewer than counted", &two, new(ran("Get-CASMailbox", "succeeded", 3)), snapshot.Partial, collectors.CodeCountMismatch, "holds 2 objects, and the manifest counts 3", 2},
		{"errors on the way", &two, &halfway, snapshot.Partial, collectors.CodeFailed, "mailbox c is broken", 2},
		{"a warning", &two, &warned, snapshot.Partial, collectors.CodeWarning, "more results", 2},
		{"cut off by a failure", new(two[:len(two)-1]), &failed, snapshot.Partial, collectors.CodeFailed, "not recognized", 2},
		{"cut off on the way", new("[\n" + mailbox("a", "") + "\n,{\"Guid"), new(ran("Get-CASMailbox", "succeeded", 2)), snapshot.Partial, collectors.CodeBadAnswer, "Get-CASMailbox.json:3:", 1},
		{"not JSON behind", new("[" + mailbox("a", "") + "]\nx"), new(ran("Get-CASMailbox", "succeeded", 1)), snapshot.Partial, collectors.CodeBadAnswer, "not JSON", 1},
		{"a row that is a text", new("[" + mailbox("a", "") + `,"@{Guid=b}"]`), new(ran("Get-CASMailbox", "succeeded", 2)), snapshot.Partial, powershell.CodeCutOff, "-Depth", 1},
		{"a count that is wrong", new(`{"value":[` + mailbox("a", "") + `],"Count":2}`), new(ran("Get-CASMailbox", "succeeded", 1)), snapshot.Partial, collectors.CodeCountMismatch, "says that it holds 2", 1},
		{"in a code page", new("[" + mailbox("a", `,"City":"Z`+"\xFC"+`rich"`) + "]"), nil, snapshot.Failed, collectors.CodeBadAnswer, "not valid UTF-8", -1},
		{"a name twice", new(`[{"Guid":"a","Guid":"b"}]`), nil, snapshot.Failed, collectors.CodeBadAnswer, "second time", -1},
		{"an id that is no text", new(`[{"Guid":7}]`), nil, snapshot.Failed, collectors.CodeBadAnswer, "object 1 cannot be read: Guid", -1},
		{"by hand", &two, nil, snapshot.Partial, powershell.CodeNoManifest, "nothing says that", 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			files := map[string]string{"Get-TransportConfig.json": "{}"}
			if test.text != &none {
				files["Get-CASMailbox.json"] = *test.text
			}
			if test.told != nil {
				files["manifest.json"] = manifest(t, *test.told)
			}
			got := mustImport(t, files)
			line := got.line(t, "exchange.cas_mailboxes")
			if line.Status != test.status || line.Code != test.code || !strings.Contains(line.Message, test.says) {
				t.Errorf("%s, %s: %s", line.Status, line.Code, line.Message)
			}
			if strings.Contains(line.Message, os.TempDir()) {
				t.Errorf("the ledger tells of this machine: %s", line.Message)
			}
			if test.rows != len(got.mailboxes) && test.rows >= 0 {
				t.Errorf("%d mailboxes, want %d", len(got.mailboxes), test.rows)
			}
			if _, there := bytesIndex(got.document, `"mailboxes"`); there != (test.rows >= 0) {
				t.Errorf("mailboxes in the document: %t", there)
			}
		})
	}
}

func bytesIndex(document []byte, key string) (int, bool) {
	i := strings.Index(string(document), "\n  "+key)
	return i, i >= 0
}

// TestFilesByHandNeedNoManifest imports one file alone; what is missing is skipped.
func TestFilesByHandNeedNoManifest(t *testing.T) {
	got := mustImport(t, map[string]string{"get-organizationconfig.JSON": `{"OAuth2ClientProfileEnabled":true}`})
	if line := got.line(t, "exchange.organization_config"); line.Status != snapshot.Collected {
		t.Errorf("%+v", line)
	}
	for _, name := range []string{"exchange.cas_mailboxes", "exchange.users", "exchange.authentication_policies", "exchange.role_groups"} {
		line := got.line(t, name)
		if line.Status != snapshot.Skipped || !strings.Contains(line.Message, "the folder holds no Get-") {
			t.Errorf("%s: %s, %s", name, line.Status, line.Message)
		}
	}
}

// TestAThousandRowsByHandAreSuspicious knows where a cmdlet stops by itself.
func TestAThousandRowsByHandAreSuspicious(t *testing.T) {
	var list []string
	for i := range 1000 {
		list = append(list, mailbox(fmt.Sprint(i), ""))
	}
	got := mustImport(t, map[string]string{"Get-CASMailbox.json": "[" + strings.Join(list, ",\n") + "]"})
	if line := got.line(t, "exchange.cas_mailboxes"); line.Status != snapshot.Partial || !strings.Contains(line.Message, "-ResultSize Unlimited") {
		t.Errorf("%+v", line)
	}
}

// TestRoleGroupMembers puts members into their groups.
func TestRoleGroupMembers(t *testing.T) {
	files := map[string]string{
		"Get-CASMailbox.json": "[" + mailbox("a", "") + "," + mailbox("b", "") + "]",
		"Get-RoleGroup.json":  `[{"Name":"Recipient Management","Guid":"g"}]`,
		"Get-RoleGroupMember.json": `[{"RoleGroup":"Recipient Management","ExternalDirectoryObjectId":"a","Name":"a","RecipientType":"UserMailbox"},
			{"RoleGroup":"Recipient Management","ExternalDirectoryObjectId":"","Name":"TenantAdmins_1","RecipientType":"Group"}]`,
		"manifest.json": manifest(t, ran("Get-CASMailbox", "succeeded", 2), ran("Get-RoleGroup", "succeeded", 1), ran("Get-RoleGroupMember", "succeeded", 2)),
	}
	got := mustImport(t, files)
	if line := got.line(t, "exchange.role_groups"); line.Status != snapshot.Collected || line.Counts["entra_role_groups"] != 1 {
		t.Errorf("%+v", line)
	}
	if in := fmt.Sprint(got.mailboxes[0].Exchange.RoleGroups, got.mailboxes[1].Exchange.RoleGroups); in != "[Recipient Management] []" {
		t.Errorf("role groups: %s", in)
	}

	files["Get-RoleGroupMember.json"] = `[{"ExternalDirectoryObjectId":"a","Name":"a"},{"ExternalDirectoryObjectId":"b","Name":"b"}]`
	if line := mustImport(t, files).line(t, "exchange.role_groups"); line.Status != snapshot.Partial || !strings.Contains(line.Message, "RoleGroup") {
		t.Errorf("members of nothing: %+v", line)
	}
	delete(files, "Get-RoleGroupMember.json")
	if line := mustImport(t, files).line(t, "exchange.role_groups"); line.Status != snapshot.Partial {
		t.Errorf("without members: %+v", line)
	}
}

// TestTwoFilesOfOneCmdlet refuses them: which of them the folder is of, nobody knows.
func TestTwoFilesOfOneCmdlet(t *testing.T) {
	dir := folder(t, map[string]string{"Get-User.json": "[]", "get-user.JSON": "[]"})
	if list, err := os.ReadDir(dir); err != nil || len(list) != 2 {
		t.Skip("this system takes the two names for one")
	}
	_, err := powershell.Open(dir)
	if bad, ok := errors.AsType[*snapshot.Error](err); !ok || !strings.Contains(bad.Problem, "differs in case alone") || bad.Hint == "" {
		t.Errorf("%#v", err)
	}
}

// TestSettingsHaveAnEnd: they are kept whole, and a folder may come from anybody.
func TestSettingsHaveAnEnd(t *testing.T) {
	one := `{"Name":"a"` + strings.Repeat(" ", 30<<20) + "}"
	got := mustImport(t, map[string]string{"Get-AuthenticationPolicy.json": "[" + one + "," + one + "," + one + "]"})
	line := got.line(t, "exchange.authentication_policies")
	if line.Status != snapshot.Partial || line.Code != "bad_answer" || !strings.Contains(line.Message, "is longer than 67108864 bytes") {
		t.Errorf("%+v", line)
	}
}

// TestFoldersThatAreNone names what is wrong with a folder or its manifest.
func TestFoldersThatAreNone(t *testing.T) {
	good := manifest(t)
	for _, test := range []struct {
		name  string
		files map[string]string
		field string
		says  string
	}{
		{"empty", map[string]string{}, "", "holds no manifest.json"},
		{"of something else", map[string]string{"readme.txt": "x", "other.json": "{}"}, "", "holds no manifest.json"},
		{"an empty manifest", map[string]string{"manifest.json": ""}, "", "did not come to its end"},
		{"half a manifest", map[string]string{"manifest.json": good[:40]}, "", "ends in the middle"},
		{"another tool's manifest", map[string]string{"manifest.json": `{"format":"x"}`}, "/format", `"x"`},
		{"a later version", map[string]string{"manifest.json": strings.Replace(good, `"version":1`, `"version":2`, 1)}, "/version", "is 2"},
		{"no time", map[string]string{"manifest.json": strings.Replace(good, "2026-11-20T08:00:00Z", "yesterday", 1)}, "/started_at", "yesterday"},
		{"a file elsewhere", map[string]string{"manifest.json": manifest(t, entry{Name: "Get-User", File: "../../secret"})}, "/cmdlets/0/file", "folder"},
		{"a file elsewhere on Windows", map[string]string{"manifest.json": manifest(t, entry{Name: "Get-User", File: `..\secret`})}, "/cmdlets/0/file", "folder"},
		{"an answer elsewhere", map[string]string{"manifest.json": strings.Replace(good, `"requests":[]`, `"requests":[{"uri":"/v1.0/domains","file":"/etc/passwd","status":200}]`, 1)}, "/requests/0/file", "folder"},
		{"two tenants", map[string]string{"manifest.json": strings.Replace(good, `"graph":null`, `"graph":{"tenant_id":"other"}`, 1)}, "/graph/tenant_id", "two tenants"},
		{"a number for a name", map[string]string{"manifest.json": strings.Replace(good, `"graph":null`, `"graph":{"tenant_id":5}`, 1)}, "/graph/tenant_id", "another type"},
		{"days of a year", map[string]string{"manifest.json": strings.Replace(good, `"graph":null`, `"graph":{"sign_in_days":365}`, 1)}, "/graph/sign_in_days", "0 to 30"},
	} {
		dir := folder(t, test.files)
		_, err := powershell.Open(dir)
		bad, ok := errors.AsType[*snapshot.Error](err)
		if !ok || !strings.HasPrefix(bad.File, dir) || bad.Field != test.field || !strings.Contains(bad.Problem, test.says) || bad.Hint == "" {
			t.Errorf("%s: %#v", test.name, err)
		}
	}
	if _, err := powershell.Open(folder(t, nil) + "/missing"); err == nil || !strings.Contains(err.Error(), "cannot be read") {
		t.Errorf("a folder that is not there: %v", err)
	}
}
