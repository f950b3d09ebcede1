package powershell_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/imports/powershell"
)

// TestGraphAnswersAreGivenAgain asks for what the manifest tells of, and for more.
func TestGraphAnswersAreGivenAgain(t *testing.T) {
	requests := []map[string]any{
		{"uri": "/v1.0/users?$select=id,displayName&$top=500", "file": "graph-00001.json", "status": 200},
		{"uri": "https://graph.microsoft.us/v1.0/users?$select=id&$skiptoken=a%2Fb", "file": "graph-00002.json", "status": 200},
		{"uri": "v1.0/groups/a%20b", "file": "", "status": 404, "code": "Request_ResourceNotFound", "message": "gone"},
		{"uri": "/v1.0/domains", "file": "", "status": 403, "code": "Authorization_RequestDenied", "message": "no"},
		{"uri": "/beta/organization", "file": "", "status": 0, "message": "The host is not known."},
		{"uri": "/v1.0/lost", "file": "graph-00009.json", "status": 200},
		{"uri": "/v1.0/half", "file": "graph-00003.json", "status": 200},
		{"uri": "/v1.0/nowhere", "file": "", "status": 200},
		{"uri": "/v1.0/moved", "file": "", "status": 302},
		{"uri": "/v1.0/again", "file": "", "status": 403, "code": "first"},
		{"uri": "/v1.0/again", "file": "graph-00001.json", "status": 200},
	}
	text, err := json.Marshal(requests)
	if err != nil {
		t.Fatal(err)
	}
	m := strings.Replace(manifest(t), `"requests":[]`, `"requests":`+string(text), 1)
	m = strings.Replace(m, `"graph":null`, fmt.Sprintf(`"graph":{"tenant_id":%q,"environment":"USGov","sign_in_days":7}`, tenantID), 1)
	export, err := powershell.Open(folder(t, map[string]string{
		"manifest.json": m, "graph-00001.json": "\uFEFF{\"value\":[1]}\r\n", "graph-00002.json": `{"value":[2]}`, "graph-00003.json": `{"value":[`,
	}))
	if err != nil {
		t.Fatal(err)
	}
	if cloud := export.Tenant().Cloud; cloud != "gcchigh" || export.SignInDays() != 7 || export.Tenant().InitialDomain != "example.onmicrosoft.com" {
		t.Errorf("cloud %q, %d days, %+v", cloud, export.SignInDays(), export.Tenant())
	}
	for _, test := range []struct {
		address string
		status  int // 0: an error
		says    string
	}{
		{"/v1.0/users?%24top=500&%24select=id%2CdisplayName", 200, `[1]`},
		{"/v1.0/users?$select=id&$skiptoken=a/b", 200, `[2]`},
		{"/v1.0/users?$select=id", 0, "did not ask for this"},
		{"/v1.0/groups/a%20b", 404, "Request_ResourceNotFound"},
		{"/v1.0/domains", 403, `"message":"no"`},
		{"/beta/organization", 0, "The host is not known."},
		{"/v1.0/lost", 0, "graph-00009.json"},
		{"/v1.0/half", 0, "not all of it"},
		{"/v1.0/nowhere", 0, "lost the answer"},
		{"/v1.0/moved", 0, "no answer"},
		{"/v1.0/again", 200, `[1]`},
	} {
		req, err := http.NewRequest(http.MethodGet, "https://graph.microsoft.com"+test.address, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := export.Graph().RoundTrip(req)
		if err != nil {
			if test.status != 0 || !strings.Contains(err.Error(), test.says) || collectors.CodeOf(err) != powershell.CodeNotInExport {
				t.Errorf("%s: %s: %v", test.address, collectors.CodeOf(err), err)
			}
			continue
		}
		body, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != test.status || !strings.Contains(string(body), test.says) {
			t.Errorf("%s: %d %s %v", test.address, resp.StatusCode, body, err)
		}
	}
	post, err := http.NewRequest(http.MethodPost, "https://graph.microsoft.com/v1.0/again", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := export.Graph().RoundTrip(post); err == nil {
		t.Error("a POST was answered")
	}
}

// TestWithoutGraphThereIsNothingToGiveAgain is for an export of Exchange alone.
func TestWithoutGraphThereIsNothingToGiveAgain(t *testing.T) {
	export, err := powershell.Open(folder(t, map[string]string{"manifest.json": manifest(t)}))
	if err != nil {
		t.Fatal(err)
	}
	if export.HasGraph() || export.Graph() != nil || export.SignInDays() != 0 {
		t.Error("there are answers of Graph")
	}
}
