package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/spf13/cobra"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/credential"
	"github.com/seed-07732396/postern/collectors/entra"
	"github.com/seed-07732396/postern/collectors/exchange"
	"github.com/seed-07732396/postern/collectors/okta"
)

// grant is one permission, what it is for, and whether the credentials have it.
type grant struct {
	Service    string   `json:"service"`
	Permission string   `json:"permission"`
	Resources  []string `json:"resources"`
	// State is empty when no credentials were looked at, else granted, missing or
	// "not told" when the credentials do not say.
	State string `json:"state,omitzero"`
}

const (
	stateGranted = "granted"
	stateMissing = "missing"
	stateNotTold = "not told"
)

func newPermissions(a *app) *cobra.Command {
	var t targetFlags
	var format, configPath string
	cmd := &cobra.Command{
		Use:   "permissions",
		Short: "List what to grant, and with credentials what of it is missing",
		Long: `List the least privilege that each resource needs. With a tenant given and
credentials in the environment, also say which permissions the tokens hold: tokens
are asked for and looked into, and nothing else is sent.

For Microsoft, register an application with the application permissions of
Microsoft Graph, the application role Exchange.ManageAsApp of Office 365 Exchange
Online, and the Entra role Global Reader (or an Exchange role group with View-Only
Configuration and View-Only Recipients). For Okta, make an API service app with the
scopes and the role Read-only Administrator, or an API token of such an
administrator.`,
		Example: `  postern permissions
  postern permissions --tenant-id 8f2f3b0e-… --okta-org https://example.okta.com
  postern permissions -f json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if format != "text" && format != "json" {
				return usageErrorf("formats: text, json", "unknown format %q", format)
			}
			settings, err := loadConfig(configPath)
			if err != nil {
				return err
			}
			grants := requiredGrants()
			if t.TenantID != "" || t.tenant != "" {
				where, err := t.resolve(settings)
				if err != nil {
					return err
				}
				network, err := a.network(&where)
				if err != nil {
					return err
				}
				a.lookInto(cmd.Context(), &where, network, grants)
			}
			return a.writeStdout(a.out, func(w io.Writer) error { return writeGrants(w, format, grants) })
		},
	}
	t.add(cmd)
	cmd.Flags().StringVarP(&format, "format", "f", "text", "`name` of the format: text or json")
	cmd.Flags().StringVar(&configPath, "config", "", "configuration `file` (default postern.yaml, if there is one)")
	return cmd
}

// The services as permissions are granted for them.
const (
	serviceGraph    = "Microsoft Graph"
	serviceExchange = "Office 365 Exchange Online"
	serviceOkta     = "Okta"
)

// requiredGrants gathers the resources of all collectors by permission.
func requiredGrants() []*grant {
	byKey := map[string]*grant{}
	for _, service := range []struct {
		name   string
		offers []collectors.Offer
	}{{serviceGraph, entra.Offers()}, {serviceExchange, exchange.Offers()}, {serviceOkta, okta.Offers()}} {
		for _, offer := range service.offers {
			if offer.Permission == "none" {
				continue
			}
			key := service.name + "\n" + offer.Permission
			if byKey[key] == nil {
				byKey[key] = &grant{Service: service.name, Permission: offer.Permission}
			}
			byKey[key].Resources = append(byKey[key].Resources, offer.Name)
		}
	}
	var grants []*grant
	for _, key := range slices.Sorted(maps.Keys(byKey)) {
		slices.Sort(byKey[key].Resources)
		grants = append(grants, byKey[key])
	}
	return grants
}

// lookInto asks for tokens and compares what they hold with what is needed.
func (a *app) lookInto(ctx context.Context, t *target, network collectors.Network, grants []*grant) {
	held := map[string]map[string]bool{}
	for _, service := range []struct {
		name  string
		token func() (string, error)
	}{
		{serviceGraph, func() (string, error) { return a.microsoftToken(ctx, t, network, envGraphToken, false) }},
		{serviceExchange, func() (string, error) { return a.microsoftToken(ctx, t, network, envExchangeToken, true) }},
		{serviceOkta, func() (string, error) { return a.getenv(envOktaToken), nil }},
	} {
		token, err := service.token()
		if err != nil {
			a.noteRefusal(service.name, err)
			continue
		}
		if permissions, ok := permissionsOf(token); ok {
			held[service.name] = permissions
		}
	}
	for _, g := range grants {
		g.State = stateOf(g, held[g.Service])
	}
}

// noteRefusal says why no token of a service came, and what to do about it.
func (a *app) noteRefusal(service string, err error) {
	a.note("%s: %v", service, err)
	if told := (*collectors.Error)(nil); errors.As(err, &told) && told.Hint != "" {
		a.note("hint: %s", told.Hint)
	}
}

func (a *app) microsoftToken(ctx context.Context, t *target, network collectors.Network, variable string, mail bool) (string, error) {
	if token := a.getenv(variable); token != "" {
		return token, nil
	}
	cloud, err := credential.CloudByName(t.Cloud)
	if err != nil {
		return "", err
	}
	source, _, err := credential.Microsoft(credential.Options{
		TenantID: t.TenantID, Cloud: cloud, Method: t.Auth, Getenv: a.getenv, RootCAs: network.RootCAs,
	})
	if err != nil {
		return "", err
	}
	audience := cloud.Graph
	if mail {
		audience = cloud.Exchange
	}
	token, _, err := source(ctx, []string{audience + "/.default"})
	return token, err
}

// globalReader is the template id of the Entra role, which is the same in every
// tenant.
const globalReader = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"

// permissionsOf reads what an access token says it permits: application roles,
// delegated scopes, and the directory roles of its owner. It does not verify the
// token, because nothing is granted by what it says. A token that is no JWT does
// not tell.
func permissionsOf(token string) (map[string]bool, bool) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, false
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return nil, false
	}
	var claims struct {
		Roles  []string       `json:"roles"`
		Wids   []string       `json:"wids"`
		Scopes jsontext.Value `json:"scp"`
	}
	if err := json.Unmarshal(payload, &claims); err != nil {
		return nil, false
	}
	held := map[string]bool{}
	for _, role := range append(claims.Roles, claims.Wids...) {
		held[role] = true
	}
	// Microsoft writes scopes as one text, Okta as a list.
	var list []string
	var text string
	if json.Unmarshal(claims.Scopes, &list) != nil && json.Unmarshal(claims.Scopes, &text) == nil {
		list = strings.Fields(text)
	}
	for _, scope := range list {
		held[scope] = true
	}
	return held, true
}

// stateOf compares one permission with what a token holds; nil holds nothing that
// is known.
func stateOf(g *grant, held map[string]bool) string {
	switch {
	case held == nil:
		return stateNotTold
	case g.Service == serviceExchange && !held["Exchange.ManageAsApp"]:
		return stateMissing
	case g.Service == serviceExchange && held[globalReader]:
		return stateGranted
	case g.Service == serviceExchange:
		return stateNotTold // a role group of Exchange shows in no token
	case strings.Contains(g.Permission, " "):
		return stateNotTold
	case held[g.Permission]:
		return stateGranted
	}
	return stateMissing
}

func writeGrants(w io.Writer, format string, grants []*grant) error {
	if format == "json" {
		if err := json.MarshalWrite(w, grants, jsontext.WithIndent("  ")); err != nil {
			return err
		}
		_, err := io.WriteString(w, "\n")
		return err
	}
	service := ""
	for _, g := range grants {
		if g.Service != service {
			service = g.Service
			if _, err := fmt.Fprintf(w, "\n%s\n", service); err != nil {
				return err
			}
		}
		state := ""
		if g.State != "" {
			state = "  [" + g.State + "]"
		}
		if _, err := fmt.Fprintf(w, "  %s%s\n      for %s\n", g.Permission, state, strings.Join(g.Resources, ", ")); err != nil {
			return err
		}
	}
	return nil
}
