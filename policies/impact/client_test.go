package impact_test

import (
	"io/fs"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/seed-07732396/postern/policies"
	"github.com/seed-07732396/postern/policies/access"
	"github.com/seed-07732396/postern/policies/engine"
	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/impact"
	"github.com/seed-07732396/postern/policies/waiver"
)

// TestClientsAreTheControls holds the table of clients to the one of the controls:
// the same user agent is the same client there and here.
func TestClientsAreTheControls(t *testing.T) {
	source, err := fs.ReadFile(policies.FS(), "lib/clients/clients.rego")
	if err != nil {
		t.Fatal(err)
	}
	query, err := rego.New(
		rego.Query(`judged := [data.lib.clients.judge(agent) | some agent in input]`),
		rego.Module("clients.rego", string(source)),
	).PrepareForEval(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	agents := userAgents()
	result, err := query.Eval(t.Context(), rego.EvalInput(agents))
	if err != nil || len(result) != 1 {
		t.Fatalf("%d results: %v", len(result), err)
	}
	want := result[0].Bindings["judged"].([]any)
	control := clientControl(t)
	classes := map[impact.Class]int{}
	for i, agent := range agents {
		object := want[i].(map[string]any)
		got := impact.JudgeClient(agent)
		classes[got.Class]++
		name := control.Sentence("name", finding.Args{"client": object["client"]}, 0, "")
		if diff := cmp.Diff(impact.Client{Class: impact.Class(object["class"].(string)), Name: name}, got); diff != "" {
			t.Errorf("%q: %s", agent, diff)
		}
	}
	if len(classes) != 5 {
		t.Errorf("only these classes were seen: %v", classes)
	}
}

// clientControl is the control that shows clients, with a sentence that is the
// client alone.
func clientControl(t *testing.T) finding.Control {
	t.Helper()
	e, err := engine.New(engine.Options{Policies: policies.FS(), AccessSchema: access.Schema(), WaiversSchema: waiver.Schema(), Only: []string{"EVID-003"}})
	if err != nil {
		t.Fatal(err)
	}
	c := e.Controls()[0]
	c.Messages["name"] = "{client}"
	return c
}

// userAgents are made of the parts that the table looks at, put together at random.
func userAgents() []string {
	parts := []string{
		"", " ", "Microsoft Office/14.0 (Windows NT 6.1; Microsoft Outlook 14.0.7268; Pro)", "Microsoft Office/", "Microsoft Outlook ",
		"MacOutlook/", "14", "15", "16", "0", "012", "99999", ".", "Entourage/", "Outlook-iOS-Android/1.0", "outlook-ios", "Apple-iPhone8C1/",
		"Apple-iPad/1502.1", "iOS/", "Mac OS X/10.", "macOS/", "Android/", "Android-EAS/0.1", "MSFT-WIN-4/10.0", "Evolution/3", "linux",
		"Thunderbird/52", "Windows-AzureAD-Authentication-Provider/1.0", "BAV2ROPC", "python-requests/2.18", "Mozilla/5.0", "K", "é", "\n", "jan@example.com",
	}
	list := append([]string{}, parts...)
	random := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		agent := ""
		for range 1 + random.IntN(4) {
			agent += parts[random.IntN(len(parts))]
		}
		list = append(list, agent)
	}
	return list
}
