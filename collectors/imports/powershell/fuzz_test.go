package powershell_test

import (
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// Whatever the files, an import gives a snapshot that can be written and read
// again, or an error that names a file. Nothing of it panics: a panic would stand
// in the ledger as a mistake of Postern.
func FuzzImport(f *testing.F) {
	rows := "[" + mailbox("a", `,"PopEnabled":"True","EwsEnabled":null`) + "\n," + mailbox("b", `,"X":NaN`) + "]"
	config := `{"OAuth2ClientProfileEnabled":true,"WhenChanged":"\/Date(1772443231000)\/","EwsAllowList":{"value":[],"Count":0}}`
	f.Add([]byte(rows), []byte(config), true)
	f.Add([]byte(`{"value":`+rows+`,"Count":2}`), []byte("["+config+"]"), false)
	f.Add([]byte(utf16Text(rows, binary.LittleEndian, true)), []byte(utf16Text(config, binary.BigEndian, true)), true)
	f.Add([]byte("\uFEFF"+rows[:60]), []byte(`{"EwsEnabled":"System.Object[]","ewsenabled":true}`), false)
	f.Add([]byte(""), []byte("null"), true)
	f.Fuzz(func(t *testing.T, mailboxes, config []byte, told bool) {
		files := map[string]string{
			"Get-CASMailbox.json": string(mailboxes), "Get-User.json": string(mailboxes), "Get-RoleGroup.json": string(config),
			"Get-RoleGroupMember.json": string(mailboxes), "Get-OrganizationConfig.json": string(config), "Get-AuthenticationPolicy.json": string(mailboxes),
		}
		if told {
			files["manifest.json"] = manifest(t, ran("Get-CASMailbox", "succeeded", 2), ran("Get-User", "succeeded", 2), ran("Get-RoleGroup", "succeeded", 1),
				ran("Get-RoleGroupMember", "partial", 2), ran("Get-OrganizationConfig", "succeeded", 1), ran("Get-AuthenticationPolicy", "failed", 0))
		}
		got, err := importFolder(t, folder(t, files))
		if err != nil {
			bad, ok := errors.AsType[*snapshot.Error](err)
			if !ok || bad.File == "" || bad.Problem == "" {
				t.Fatalf("an error that does not name the file: %#v", err)
			}
			return
		}
		for _, line := range got.snapshot.Collection.Resources {
			if line.Code == "internal" {
				t.Fatalf("%s: %s", line.Name, line.Message)
			}
		}
	})
}

// Whatever the manifest, opening the folder gives an export or an error that names
// the file.
func FuzzManifest(f *testing.F) {
	good := manifest(f, ran("Get-CASMailbox", "succeeded", 1))
	f.Add([]byte(good))
	f.Add([]byte(utf16Text(good, binary.LittleEndian, true)))
	f.Add([]byte(strings.Replace(good, `"graph":null`, `"graph":{"tenant_id":"x","environment":"Global","sign_in_days":3}`, 1)))
	f.Add([]byte(`{"format":"postern-powershell-export","cmdlets":{"value":[],"Count":0}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		_, err := importFolder(t, folder(t, map[string]string{"manifest.json": string(text)}))
		if bad, ok := errors.AsType[*snapshot.Error](err); err != nil && (!ok || bad.File == "") {
			t.Fatalf("an error that does not name the file: %#v", err)
		}
	})
}
