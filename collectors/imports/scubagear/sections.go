package scubagear

import (
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/snapshot"
)

// sources says where each resource stands that an export can hold.
func sources() map[string]source {
	aad, exo, spo := []string{"aad", "entraid"}, []string{"exo"}, []string{"sharepoint"}
	return map[string]source{
		"entra.organization": {"tenant_details", nil, nil},
		"entra.conditional_access_policies": {"conditional_access_policies", aad,
			[]string{"Get-MgBetaIdentityConditionalAccessPolicy", "Get-MgIdentityConditionalAccessPolicy"}},
		"entra.domains": {"domain_settings", aad, []string{"Get-MgBetaDomain", "Get-MgDomain"}},
		"entra.authentication_methods_policy": {"authentication_method", aad,
			[]string{"Get-MgBetaPolicyAuthenticationMethodPolicy", "Get-MgPolicyAuthenticationMethodPolicy"}},
		"entra.subscribed_skus": {"license_information", aad, []string{"Get-MgBetaSubscribedSku", "Get-MgSubscribedSku"}},
		"entra.role_members":    {"privileged_roles", aad, []string{"Get-PrivilegedRole"}},

		"exchange.organization_config": {"org_config", exo, []string{"Get-OrganizationConfig"}},
		"exchange.transport_config":    {"transport_config", exo, []string{"Get-TransportConfig"}},
		"exchange.accepted_domains":    {"accepted_domains", exo, []string{"Get-AcceptedDomain"}},

		"sharepoint.settings": {"SPO_tenant", spo, []string{"Get-SPOTenantRest", "Get-SPOTenant", "Get-PnPTenant"}},
	}
}

// list reads one resource that is a list of objects. each may change an element;
// it refuses one that makes the whole section unreadable.
func (e *export) list(name string, graph bool, each func(jsontext.Value) (jsontext.Value, error)) ([]snapshot.Object, outcome) {
	s := sources()[name]
	elements, single, nulls, err := e.elements(s.section)
	if err != nil {
		return nil, unreadable(s.section, err)
	}
	o, there := e.begin(s, len(elements) > 0)
	if !there {
		return nil, o
	}
	list := make([]snapshot.Object, 0, len(elements))
	w := &rewriter{graph: graph}
	for i, element := range elements {
		object, err := w.value(element, fmt.Sprintf("%s/%d", s.section, i))
		if err == nil {
			object, err = each(object)
		}
		if err != nil {
			return nil, unreadable(s.section, err)
		}
		list = append(list, object)
	}
	o.items = len(list)
	if nulls {
		o.lessen(CodeNullSection, "null stands in the list: PowerShell writes it for none and for nothing read alike")
	}
	if single {
		o.lessen(CodeCollapsed, "one object stands where a list belongs, so it may not be all")
	}
	o.countCut(w)
	return list, o
}

// object reads one resource that is a single object.
func (e *export) object(name string, graph bool) (jsontext.Value, outcome) {
	s := sources()[name]
	elements, _, _, err := e.elements(s.section)
	if err == nil && len(elements) > 1 {
		err = fmt.Errorf("%d objects stand where one belongs", len(elements))
	}
	if err != nil {
		return nil, unreadable(s.section, err)
	}
	o, there := e.begin(s, len(elements) > 0)
	switch {
	case !there:
		return nil, o
	case len(elements) == 0:
		return nil, unreadable(s.section, "it is empty, and the command succeeded")
	}
	w := &rewriter{graph: graph}
	object, err := w.value(elements[0], s.section)
	if err != nil {
		return nil, unreadable(s.section, err)
	}
	o.items = 1
	o.countCut(w)
	return object, o
}

// begin tells from the lists of commands how a resource stands, and whether there
// is anything to read. full says that the section holds an object at least.
func (e *export) begin(s source, full bool) (outcome, bool) {
	command, ran, failed := e.run(s)
	_, there := e.sections[s.section]
	switch {
	case failed && full:
		return outcome{status: snapshot.Partial, code: collectors.CodeFailed,
			message: "ScubaGear reports that " + command + " failed, and yet the export holds something of it"}, true
	case failed:
		return missing(snapshot.Failed, collectors.CodeFailed, "ScubaGear could not run "+command), false
	case ran && there:
		return outcome{status: snapshot.Collected}, true
	case ran:
		return unreadable(s.section, "it is missing, and "+command+" succeeded"), false
	case full:
		return outcome{status: snapshot.Partial, code: CodeNotListed,
			message: "the export does not say that " + s.commands[0] + " succeeded"}, true
	case e.exported(s):
		return missing(snapshot.Skipped, CodeNotInExport, "this ScubaGear did not ask for it"), false
	}
	return missing(snapshot.Skipped, CodeNotInExport,
		"ScubaGear was not run for it: its product is "+s.products[0]), false
}

// countCut accounts for the values that PowerShell cut off.
func (o *outcome) countCut(w *rewriter) {
	if len(w.cut) > 0 {
		o.counts = map[string]int{"values_cut_off": len(w.cut)}
	}
}

// entra reads what comes from Microsoft Graph.
func (e *export) entra(into *snapshot.Entra, read map[string]outcome) {
	const conditionalAccess = "entra.conditional_access_policies"
	into.ConditionalAccessPolicies, read[conditionalAccess] = e.list(conditionalAccess, true, conditionalAccessPolicy)
	if o := read[conditionalAccess]; o.counts != nil {
		// A policy that lacks a part of its conditions says something else.
		into.ConditionalAccessPolicies = nil
		read[conditionalAccess] = unreadable("conditional_access_policies", "PowerShell cut off some of its values")
	}
	into.Domains, read["entra.domains"] = e.list("entra.domains", true, domain)
	into.AuthenticationMethodsPolicy, read["entra.authentication_methods_policy"] = e.methods()
	into.SubscribedSKUs, read["entra.subscribed_skus"] = e.list("entra.subscribed_skus", true, with("skuId"))
	lessen(read, "entra.subscribed_skus", CodeIncomplete, "without the service plans, which ScubaGear exports for all licences together")
	into.DirectoryRoles, read["entra.role_members"] = e.list("entra.role_members", true, role)
	lessen(read, "entra.role_members", CodeIncomplete, "only the roles that ScubaGear looks at, and not who of the mailbox users holds them")
}

func lessen(read map[string]outcome, name, code, message string) {
	o := read[name]
	o.lessen(code, message)
	read[name] = o
}

// with accepts an object that has a text of its own in a member, by which it can
// be told from the others.
func with(member string) func(jsontext.Value) (jsontext.Value, error) {
	return func(v jsontext.Value) (jsontext.Value, error) {
		members, err := readObject(v)
		if err == nil && textOf(members[member]) == "" {
			err = fmt.Errorf("an element has no %s", member)
		}
		return v, err
	}
}

// domain accepts a domain. A list of services that PowerShell wrote as one text
// is left out: where it was cut cannot be seen.
func domain(v jsontext.Value) (jsontext.Value, error) {
	members, err := readObject(v)
	if err != nil {
		return nil, err
	}
	if textOf(members["id"]) == "" {
		return nil, fmt.Errorf("a domain has no id")
	}
	if services := members["supportedServices"]; services.Kind() == jsontext.KindString {
		delete(members, "supportedServices")
	}
	return json.Marshal(members, json.Deterministic(true))
}

// role keeps what Graph calls a directory role; the rest is ScubaGear's own.
func role(v jsontext.Value) (jsontext.Value, error) {
	members, err := readObject(v)
	if err != nil {
		return nil, err
	}
	if textOf(members["roleTemplateId"]) == "" {
		return nil, fmt.Errorf("a role has no template id")
	}
	kept := map[string]jsontext.Value{"roleTemplateId": members["roleTemplateId"]}
	if name := members["displayName"]; !isNull(name) {
		kept["displayName"] = name
	}
	return json.Marshal(kept, json.Deterministic(true))
}

// methods puts the authentication methods policy together again: ScubaGear
// exports the methods beside it.
func (e *export) methods() (snapshot.Object, outcome) {
	const name = "entra.authentication_methods_policy"
	both, o := e.object(name, true)
	if both == nil {
		return nil, o
	}
	parts, err := readObject(both)
	if err != nil {
		return nil, unreadable(sources()[name].section, err)
	}
	policy, methods := parts["authentication_method_policy"], parts["authentication_method_feature_settings"]
	if policy == nil && methods == nil {
		return both, o // older versions export the policy as it is
	}
	if list := jsontext.Value(nil); policy.Kind() == jsontext.KindBeginArray {
		if list, err = only(policy); err != nil {
			return nil, unreadable(sources()[name].section, err)
		}
		policy = list
	}
	members, err := readObject(policy)
	if err != nil || members == nil {
		return nil, unreadable(sources()[name].section, "it holds no authentication_method_policy")
	}
	switch methods.Kind() {
	case jsontext.KindBeginArray:
		members["authenticationMethodConfigurations"] = methods
	case jsontext.KindBeginObject:
		members["authenticationMethodConfigurations"] = jsontext.Value("[" + string(methods) + "]")
		o.lessen(CodeCollapsed, "one method stands where a list belongs, so it may not be all")
	default:
		o.lessen(CodeIncomplete, "the methods are missing from it")
	}
	whole, err := json.Marshal(members, json.Deterministic(true))
	if err != nil {
		return nil, unreadable(sources()[name].section, err)
	}
	return whole, o
}

// only takes the one element out of a list.
func only(v jsontext.Value) (jsontext.Value, error) {
	var list []jsontext.Value
	if err := json.Unmarshal(v, &list); err != nil {
		return nil, err
	}
	if len(list) != 1 {
		return nil, fmt.Errorf("%d objects stand where one belongs", len(list))
	}
	return list[0], nil
}

// exchange reads what comes from Exchange Online.
func (e *export) exchange(into *snapshot.Exchange, read map[string]outcome) {
	into.OrganizationConfig, read["exchange.organization_config"] =
		e.config("exchange.organization_config", "OAuth2ClientProfileEnabled")
	into.TransportConfig, read["exchange.transport_config"] =
		e.config("exchange.transport_config", "SmtpClientAuthenticationDisabled")
	into.AcceptedDomains, read["exchange.accepted_domains"] = e.list("exchange.accepted_domains", false, with("DomainName"))
}

// config reads an object of settings. ScubaGear exports a choice of them that
// changes with its versions; without the one that is judged the rest would say
// that Exchange did not answer, which is not so.
func (e *export) config(name, judged string) (snapshot.Object, outcome) {
	object, o := e.object(name, false)
	if object == nil {
		return nil, o
	}
	members, err := readObject(object)
	if err != nil {
		return nil, unreadable(sources()[name].section, err)
	}
	if _, ok := members[judged]; !ok {
		return nil, missing(snapshot.Skipped, CodeNotInExport, "this ScubaGear does not export "+judged)
	}
	if o.status == snapshot.Collected {
		o.message = fmt.Sprintf("the %d settings that ScubaGear exports; any other is absent", len(members))
	}
	return object, o
}

// sharePoint takes the one setting that SharePoint's own interface and Graph
// share the meaning of: LegacyAuthProtocolsEnabled is Graph's
// isLegacyAuthProtocolsEnabled, whether clients without modern authentication
// are let in.
func (e *export) sharePoint() (snapshot.Object, outcome) {
	const name = "sharepoint.settings"
	object, o := e.object(name, false)
	if object == nil {
		return nil, o
	}
	members, err := readObject(object)
	if err != nil {
		return nil, unreadable(sources()[name].section, err)
	}
	enabled := members["LegacyAuthProtocolsEnabled"]
	switch enabled.Kind() {
	case jsontext.KindTrue, jsontext.KindFalse:
	default:
		return nil, missing(snapshot.Skipped, CodeNotInExport, "this ScubaGear does not export LegacyAuthProtocolsEnabled")
	}
	if o.status == snapshot.Collected {
		o.message = "LegacyAuthProtocolsEnabled of SharePoint, under Graph's name for it; the other settings are not taken over"
	}
	o.counts = nil
	return snapshot.Object(`{"isLegacyAuthProtocolsEnabled":` + string(enabled) + `}`), o
}

// compareDomains holds the list of domains to those that other sections name: a
// list that lacks one of them is not complete. A list that PowerShell may have
// shortened is complete if they all agree with it.
func (e *export) compareDomains(s *snapshot.Snapshot, read map[string]outcome) {
	o := read["entra.domains"]
	if s.Entra.Domains == nil {
		return
	}
	listed := map[string]bool{}
	for _, d := range s.Entra.Domains {
		members, _ := readObject(d) // it was read before
		listed[strings.ToLower(textOf(members["id"]))] = true
	}
	others := append(verified(s.Entra.Organization), accepted(s.Exchange.AcceptedDomains)...)
	lacking := map[string]bool{}
	for _, name := range others {
		if name = strings.ToLower(name); !listed[name] {
			lacking[name] = true
		}
	}
	switch {
	case len(lacking) > 0:
		o.status, o.code = snapshot.Partial, CodeIncomplete
		o.message = fmt.Sprintf("%d domains that the organisation or Exchange names are not in the list", len(lacking))
	case o.code == CodeCollapsed && len(verified(s.Entra.Organization)) > 0:
		o.status, o.code, o.message = snapshot.Collected, "", "one domain, as the organisation and Exchange name it"
	}
	read["entra.domains"] = o
}

// verified gives the names of the organisation's verified domains.
func verified(organization snapshot.Object) []string {
	var o struct {
		Domains []struct {
			Name string `json:"name"`
		} `json:"verifiedDomains"`
	}
	if organization == nil || json.Unmarshal(organization, &o) != nil {
		return nil
	}
	var names []string
	for _, d := range o.Domains {
		names = append(names, d.Name)
	}
	return names
}

func accepted(domains []snapshot.Object) []string {
	var names []string
	for _, d := range domains {
		members, _ := readObject(d) // it was read before
		names = append(names, textOf(members["DomainName"]))
	}
	return names
}
