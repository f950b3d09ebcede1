package main

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-07732396/postern/collectors/credential"
	"github.com/seed-07732396/postern/collectors/snapshot"
)

// defaultEvidenceDays is how far back the logs are read; Entra keeps sign-ins for
// thirty days.
const defaultEvidenceDays = 30

// target says which tenant and org are read, and where they are. It is what the
// flags of collect say, and what a tenant in postern.yaml says; a flag wins.
type target struct {
	TenantID     string `yaml:"tenant_id"`
	OktaOrg      string `yaml:"okta_org"`
	Cloud        string `yaml:"cloud"`
	Auth         string `yaml:"auth"`
	GraphURL     string `yaml:"graph_url"`
	ExchangeURL  string `yaml:"exchange_url"`
	EvidenceDays int    `yaml:"evidence_days"`
	CAFile       string `yaml:"ca_file"`
	// Attestation is the file with the sign-on rules of a Classic Engine org.
	Attestation string `yaml:"attestation"`
	// Skip are services or resources that are left out.
	Skip []string `yaml:"skip"`
	// Declarations are laid over those that hold for all tenants.
	Declarations *declarations `yaml:"declarations"`
}

// targetFlags are the flags that make a target.
type targetFlags struct {
	target
	tenant string
}

func (f *targetFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.TenantID, "tenant-id", "", "Entra tenant `id`")
	flags.StringVar(&f.OktaOrg, "okta-org", "", "`URL` of the Okta org, such as https://example.okta.com")
	flags.StringVar(&f.Cloud, "cloud", "", "Microsoft's `cloud`: public, gcc, gcchigh, dod or china (default public)")
	flags.StringVar(&f.Auth, "auth", "", "how to sign in to Microsoft: "+authNames()+" (default: what the environment offers)")
	flags.StringVar(&f.GraphURL, "graph-url", "", "service root of Microsoft Graph, before /v1.0")
	flags.StringVar(&f.ExchangeURL, "exchange-url", "", "service root of Exchange Online, before /adminapi")
	flags.IntVar(&f.EvidenceDays, "evidence-days", 0, fmt.Sprintf("read the logs of so many `days` (default %d)", defaultEvidenceDays))
	flags.StringVar(&f.CAFile, "ca-file", "", "also trust the certificate authorities in this PEM `file`")
	flags.StringVar(&f.Attestation, "attestation", "", attestationUsage)
	flags.StringSliceVar(&f.Skip, "skip-resource", nil, "leave out these services or `resources`, such as okta or entra.sign_ins")
	flags.StringVar(&f.tenant, "tenant", "", "`name` of a tenant in the configuration")
}

func authNames() string {
	var names []string
	for _, m := range credential.Methods() {
		names = append(names, m[0])
	}
	return strings.Join(names, ", ")
}

// resolve lays the flags over the tenant of the configuration that they name, or
// over its only one, and checks the result.
func (f *targetFlags) resolve(c *config) (target, error) {
	t, err := f.pick(c)
	if err != nil {
		return target{}, err
	}
	for _, field := range []struct {
		to   *string
		from string
	}{
		{&t.TenantID, f.TenantID}, {&t.OktaOrg, f.OktaOrg}, {&t.Cloud, f.Cloud}, {&t.Auth, f.Auth},
		{&t.GraphURL, f.GraphURL}, {&t.ExchangeURL, f.ExchangeURL}, {&t.CAFile, f.CAFile}, {&t.Attestation, f.Attestation},
	} {
		if field.from != "" {
			*field.to = field.from
		}
	}
	if f.EvidenceDays != 0 {
		t.EvidenceDays = f.EvidenceDays
	}
	if f.Skip != nil {
		t.Skip = f.Skip
	}
	return t, t.validate()
}

// pick gives the tenant of the configuration that is meant, an empty one for none.
func (f *targetFlags) pick(c *config) (target, error) {
	names := slices.Sorted(maps.Keys(c.Tenants))
	switch {
	case f.tenant != "":
		t, ok := c.Tenants[f.tenant]
		if !ok {
			hint := "the configuration names no tenants"
			if len(names) > 0 {
				hint = "the configuration names " + strings.Join(names, ", ")
			}
			return target{}, usageErrorf(hint, "unknown tenant %q", f.tenant)
		}
		return t, nil
	case f.TenantID != "" || len(names) == 0:
		return target{}, nil
	case len(names) == 1:
		return c.Tenants[names[0]], nil
	}
	return target{}, usageErrorf("choose one with --tenant: "+strings.Join(names, ", "), "the configuration names several tenants")
}

// tenantID is a GUID or a domain; Microsoft takes both.
var tenantID = regexp.MustCompile(`(?i)^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[a-z0-9-]+(\.[a-z0-9-]+)+)$`)

// plainTenant is what an id and a domain are made of.
var plainTenant = regexp.MustCompile(`^[A-Za-z0-9]+([.-][A-Za-z0-9-]+)*$`)

func (t *target) validate() error {
	if t.TenantID == "" {
		return usageErrorf("give --tenant-id, or name the tenant in postern.yaml; 'postern demo' needs none", "no tenant is given")
	}
	if !tenantID.MatchString(t.TenantID) {
		return usageErrorf("write its id, such as 8f2f3b0e-6a0e-4f5c-9a5b-7a1c2e7d4b10, or one of its domains", "%q is no tenant id", t.TenantID)
	}
	if org, err := url.Parse(t.OktaOrg); t.OktaOrg != "" && (err != nil || org.Scheme == "" || org.Host == "") {
		return usageErrorf("write the org's URL, such as https://example.okta.com", "%q is no URL of an Okta org", t.OktaOrg)
	}
	// It becomes a part of addresses.
	if !plainTenant.MatchString(t.TenantID) {
		return usageErrorf("give the Entra tenant's id, such as 8f2f3b0e-6a0e-4f5c-9a5b-7a1c2e7d4b10, or one of its domains", "%q is no tenant", t.TenantID)
	}
	cloud, err := credential.CloudByName(t.Cloud)
	if err != nil {
		return usageErrorf("the national clouds have endpoints of their own", "%w", err)
	}
	t.Cloud = cloud.Name
	if t.GraphURL == "" {
		t.GraphURL = cloud.Graph
	}
	if t.ExchangeURL == "" {
		t.ExchangeURL = cloud.Exchange
	}
	if t.EvidenceDays == 0 {
		t.EvidenceDays = defaultEvidenceDays
	}
	if t.EvidenceDays < 0 || t.EvidenceDays > 180 {
		return usageErrorf("Entra keeps sign-ins for 30 days, Okta its log for 90", "--evidence-days %d: between 1 and 180", t.EvidenceDays)
	}
	return nil
}

func (t *target) evidence() time.Duration { return time.Duration(t.EvidenceDays) * 24 * time.Hour }

// snapshotTenant is what is known of the tenant before anything is read.
func (t *target) snapshotTenant() snapshot.Tenant {
	return snapshot.Tenant{ID: t.TenantID, Cloud: t.Cloud, OktaOrg: strings.TrimRight(t.OktaOrg, "/")}
}

// skipped says why a resource is left out, "" if it is not.
func (t *target) skipped(resource string) string {
	service, _, _ := strings.Cut(resource, ".")
	for _, name := range t.Skip {
		if name == resource || name == service {
			return "left out on request (" + name + ")"
		}
	}
	return ""
}
