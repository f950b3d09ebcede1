package scubagear

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/snapshot"
)

var guid = regexp.MustCompile(`^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// tenant says whose export it is, and gives Graph's organisation where ScubaGear
// asked Graph for it; run for Exchange or Teams alone, it asked those.
func (e *export) tenant() (snapshot.Object, snapshot.Tenant, outcome, error) {
	const section = "tenant_details"
	fail := func(problem string) (snapshot.Object, snapshot.Tenant, outcome, error) {
		return nil, snapshot.Tenant{}, outcome{}, fieldError(e.name, section, problem,
			"ScubaGear could not read whose tenant it is, and findings need to say so: run it again")
	}
	elements, _, _, err := e.elements(section)
	if err != nil {
		return fail("cannot be used: " + err.Error())
	}
	if len(elements) != 1 {
		return fail(fmt.Sprintf("holds %d tenants, and one is needed", len(elements)))
	}
	details, err := readObject(elements[0])
	if err != nil {
		return fail("cannot be used: " + err.Error())
	}
	organization, o := organizationOf(details)
	t := tenantOf(details, organization)
	if t.ID == "" {
		return fail("holds no tenant id")
	}
	t.Cloud = e.cloud()
	if other := textOf(details["TenantId"]); guid.MatchString(other) && !strings.EqualFold(other, t.ID) {
		o.message = "the export names another tenant id beside that of this organisation"
	}
	return organization, t, o, nil
}

// organizationOf finds Graph's organisation among the details.
func organizationOf(details map[string]jsontext.Value) (snapshot.Object, outcome) {
	found := details["AADAdditionalData"]
	if found == nil {
		found = details["ENTRAIDAdditionalData"]
	}
	if found.Kind() == jsontext.KindBeginArray {
		if one, err := only(found); err == nil {
			found = one
		}
	}
	switch {
	case found == nil:
		return nil, missing(snapshot.Skipped, CodeNotInExport, "ScubaGear asked Graph for it only when run for its product aad")
	case found.Kind() != jsontext.KindBeginObject:
		return nil, missing(snapshot.Failed, collectors.CodeFailed, "ScubaGear could not run Get-MgBetaOrganization")
	}
	w := &rewriter{graph: true}
	organization, err := w.value(found, "tenant_details")
	if err != nil {
		return nil, unreadable("tenant_details", err)
	}
	o := outcome{status: snapshot.Collected, items: 1}
	o.countCut(w)
	return organization, o
}

// tenantOf names the tenant, by Graph's word before ScubaGear's own.
func tenantOf(details map[string]jsontext.Value, organization snapshot.Object) snapshot.Tenant {
	var t snapshot.Tenant
	if id := textOf(details["TenantId"]); guid.MatchString(id) {
		t.ID = id
	}
	if name := textOf(details["DisplayName"]); !strings.HasPrefix(name, "Error retrieving") {
		t.Name = name
	}
	if domain := textOf(details["DomainName"]); strings.Contains(domain, ".onmicrosoft.") && !strings.Contains(domain, " ") {
		t.InitialDomain = domain
	}
	if organization == nil {
		return t
	}
	var o struct {
		ID          string `json:"id"`
		DisplayName string `json:"displayName"`
		Domains     []struct {
			Name      string `json:"name"`
			IsInitial bool   `json:"isInitial"`
		} `json:"verifiedDomains"`
	}
	if json.Unmarshal(organization, &o) != nil {
		return t
	}
	if guid.MatchString(o.ID) {
		t.ID = o.ID
	}
	if o.DisplayName != "" {
		t.Name = o.DisplayName
	}
	for _, d := range o.Domains {
		if d.IsInitial {
			t.InitialDomain = d.Name
		}
	}
	return t
}

// cloud translates ScubaGear's word for the environment; an unknown one stays
// unsaid.
func (e *export) cloud() string {
	config, err := readObject(e.sections["scuba_config"])
	if err != nil {
		return ""
	}
	switch environment := strings.ToLower(textOf(config["M365Environment"])); environment {
	case "commercial":
		return "public"
	case "gcc", "gcchigh", "dod":
		return environment
	}
	return ""
}
