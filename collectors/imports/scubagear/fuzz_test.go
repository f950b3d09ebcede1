package scubagear_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"

	"github.com/seed-07732396/postern/collectors/imports/scubagear"
	"github.com/seed-07732396/postern/collectors/snapshot"
)

// Whatever the file, Import gives a snapshot that can be written and read again,
// or an error that names the file.
func FuzzImport(f *testing.F) {
	good := readFile(f, exportFile)
	f.Add(good)
	f.Add(toUTF16(good, binary.LittleEndian, true))
	f.Add([]byte(`{"module_version": "1", "timestamp_zulu": "/Date(0)/", "tenant_details": {"TenantId": "0d9c3f52-61f4-4f1e-8a39-7b7f3f0b6c11"}}`))
	for member, value := range map[string]string{
		"conditional_access_policies": `[null, {"Id": "x", "State": "enabled", "Conditions": {"Users": {"IncludeUsers": "a b"}}}]`,
		"authentication_method":       `{"authentication_method_policy": [{}], "authentication_method_feature_settings": {}}`,
		"domain_settings":             `{"Id": "x", "SupportedServices": "a b"}`,
		"org_config":                  `[{"OAuth2ClientProfileEnabled": {"value": "/Date(1)/", "DateTime": 1}}]`,
		"SPO_tenant":                  `{"LegacyAuthProtocolsEnabled": true, "AdditionalProperties": {"x": "@{}"}}`,
		"aad_unsuccessful_commands":   `["Get-MgBetaDomain", null]`,
	} {
		f.Add([]byte(change(f, string(good), member, value)))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := scubagear.Import(bytes.NewReader(text), "export.json")
		if err != nil {
			bad := (*snapshot.Error)(nil)
			if !errors.As(err, &bad) || bad.File != "export.json" || bad.Problem == "" {
				t.Fatalf("an error that does not name the file: %#v", err)
			}
			return
		}
		var written bytes.Buffer
		if err := snapshot.Write(&written, s, nil); err != nil {
			t.Fatalf("cannot be written: %v", err)
		}
		if _, err := snapshot.Read("snapshot.json", &written, nil); err != nil {
			t.Fatalf("cannot be read: %v", err)
		}
	})
}
