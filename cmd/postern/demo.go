package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/entra"
	"github.com/seed-07732396/postern/collectors/entra/entratest"
	"github.com/seed-07732396/postern/collectors/exchange"
	"github.com/seed-07732396/postern/collectors/exchange/exchangetest"
	"github.com/seed-07732396/postern/collectors/okta"
	"github.com/seed-07732396/postern/collectors/okta/oktatest"
	"github.com/seed-07732396/postern/testdata"
)

// demoTenant is the folder in testdata/tenants.
const demoTenant = "demo"

func newDemo(a *app) *cobra.Command {
	var folder, lang string
	var explain bool
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Collect and check an imaginary company, with no account",
		Long: `Collect and check an imaginary company: stand-ins for Microsoft Graph, Exchange
Online and Okta are started on this machine's loopback interface, and everything
else is the real thing. Nothing leaves the machine.

The company has complete evidence and some open doors, so the exit code is 3.`,
		Example: `  postern demo
  postern demo -o tour --explain`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.demo(cmd, folder, lang, explain) },
	}
	cmd.Flags().StringVarP(&folder, "output", "o", "postern-demo", "`folder` for the snapshot and the reports")
	cmd.Flags().BoolVarP(&explain, "explain", "e", false, "say why each finding matters and how to put it right")
	addLanguageFlag(cmd, &lang)
	return cmd
}

func (a *app) demo(cmd *cobra.Command, folder, lang string, explain bool) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return withHint(fmt.Errorf("make the demo's folder: %w", err), "choose one that can be made: postern demo -o FOLDER")
	}
	world, err := startStandIns(demoTenant)
	if err != nil {
		return fmt.Errorf("start the stand-ins: %w", err)
	}
	defer world.close()
	a.tell("%s is an imaginary company. Microsoft Graph, Exchange Online and Okta are played by\nservers on this machine; what follows is what 'postern scan' does with real ones.\n", world.name)
	path := filepath.Join(folder, "snapshot.json")
	if err := a.demoCollect(cmd.Context(), world, path); err != nil {
		return err
	}
	in := func(name string) string { return filepath.Join(folder, name) }
	o := checkOptions{version: a.version, explain: explain, lang: lang, failOn: "low", formats: []string{
		"text", "json=" + in("findings.json"), "sarif=" + in("report.sarif"), "sarif-full=" + in("report-full.sarif"),
		"junit=" + in("report.junit.xml"), "csv=" + in("report.csv"), "markdown=" + in("report.md"), "html=" + in("report.html"),
	}}
	plan, err := o.plan(&config{Version: 1}, nil, path)
	if err != nil {
		return err
	}
	if err := a.check(cmd.Context(), plan); err != nil {
		return err
	}
	a.tell("\nThe snapshot and the reports are in %s: open %s in a browser.\nNext: postern check %s --explain, postern access %s, postern plan %s", folder, in("report.html"), path, path, path)
	return nil
}

// tell is the demo's own voice, on stdout with the results.
func (a *app) tell(format string, args ...any) {
	if !a.quiet {
		fmt.Fprintln(a.out, printable(fmt.Sprintf(format, args...)))
	}
}

func (a *app) demoCollect(ctx context.Context, world *standIns, path string) error {
	list, err := world.collectors()
	if err != nil {
		return err
	}
	result, err := a.runCollectors(ctx, list, collectors.Options{
		Source: "live", Tenant: world.target.snapshotTenant(), Evidence: world.target.evidence(),
		// The company's clock stands still, so that the demo is the same every day.
		Now: func() time.Time { return world.now },
	})
	if err != nil {
		return err
	}
	return a.keep(result, nil, path)
}

// standIns are the three services of an imaginary company.
type standIns struct {
	name   string
	now    time.Time
	target target
	// groups are read from Okta beside those that its rules name.
	groups []string

	graph    *entratest.Server
	exchange *exchangetest.Server
	okta     *oktatest.Server
}

// The tokens of the stand-ins: they open nothing but the stand-ins.
const (
	demoExchangeToken = "demo-exchange-token"
	demoOktaToken     = "demo-okta-token"
)

// startStandIns starts the services of a tenant in testdata. Close them.
func startStandIns(tenantName string) (*standIns, error) {
	text, err := fs.ReadFile(testdata.Tenants(), tenantName+"/snapshot.json")
	if err != nil {
		return nil, err
	}
	return startStandInsOf(text)
}

// startStandInsOf starts services that answer what a snapshot holds.
func startStandInsOf(text []byte) (*standIns, error) {
	var head struct {
		CollectedAt time.Time `json:"collected_at"`
		Tenant      struct {
			ID      string `json:"id"`
			Name    string `json:"name"`
			OktaOrg string `json:"okta_org"`
		} `json:"tenant"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return nil, err
	}
	tenant, err := entratest.FromSnapshot(text)
	if err != nil {
		return nil, err
	}
	mail, err := exchangetest.FromSnapshot(text)
	if err != nil {
		return nil, err
	}
	org, err := oktatest.FromSnapshot(text)
	if err != nil {
		return nil, err
	}
	s := &standIns{name: head.Tenant.Name, now: head.CollectedAt}
	s.target = target{TenantID: head.Tenant.ID, OktaOrg: head.Tenant.OktaOrg, EvidenceDays: defaultEvidenceDays}
	s.graph = entratest.Start(tenant, entratest.Options{Limits: true})
	s.exchange = exchangetest.New(mail, exchangetest.Options{TenantID: head.Tenant.ID, Token: demoExchangeToken})
	s.okta = oktatest.New(org, oktatest.Options{APIToken: demoOktaToken})
	return s, s.target.validate()
}

func (s *standIns) close() {
	s.graph.Close()
	s.exchange.Close()
	s.okta.Close()
}

// collectors are the real ones, pointed at the stand-ins.
func (s *standIns) collectors() ([]collectors.Collector, error) {
	bearer, err := collectors.Bearer(s.graph.Token())
	if err != nil {
		return nil, err
	}
	mailBearer, err := collectors.Bearer(demoExchangeToken)
	if err != nil {
		return nil, err
	}
	apiToken, err := collectors.NewStaticToken("SSWS", demoOktaToken)
	if err != nil {
		return nil, err
	}
	directory, err := entra.New(entra.Config{URL: s.graph.URL, Authorizer: bearer})
	if err != nil {
		return nil, err
	}
	mail, err := exchange.New(exchange.Config{URL: s.exchange.URL, TenantID: s.target.TenantID, Authorizer: mailBearer})
	if err != nil {
		return nil, err
	}
	org, err := okta.New(okta.Config{Org: s.okta.URL, Authorizer: apiToken, APIToken: true, Groups: s.groups})
	if err != nil {
		return nil, err
	}
	return []collectors.Collector{directory, mail, org}, nil
}
