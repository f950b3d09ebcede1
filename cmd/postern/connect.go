package main

import (
	"crypto/x509"
	"fmt"
	"os"
	"strings"

	"github.com/seed-07732396/postern/collectors"
	"github.com/seed-07732396/postern/collectors/credential"
	"github.com/seed-07732396/postern/collectors/entra"
	"github.com/seed-07732396/postern/collectors/exchange"
	"github.com/seed-07732396/postern/collectors/okta"
)

// The environment variables with credentials. Secrets come from here or from
// files, never from flags: other users of a machine can read those.
const (
	envGraphToken    = "POSTERN_GRAPH_TOKEN"
	envExchangeToken = "POSTERN_EXCHANGE_TOKEN"
	envOktaToken     = "POSTERN_OKTA_TOKEN"
	envOktaSSWS      = "POSTERN_OKTA_SSWS"
	envOktaClientID  = "POSTERN_OKTA_CLIENT_ID"
	envOktaKeyFile   = "POSTERN_OKTA_PRIVATE_KEY_FILE"
	envOktaKeyID     = "POSTERN_OKTA_KEY_ID"
)

// connect makes the three collectors of a target with the credentials of the
// environment. It sends nothing yet.
func (a *app) connect(t *target) ([]collectors.Collector, error) {
	network, err := a.network(t)
	if err != nil {
		return nil, err
	}
	cloud, err := credential.CloudByName(t.Cloud)
	if err != nil {
		return nil, err
	}
	graph, err := a.microsoft(t, network, cloud, envGraphToken, cloud.Graph)
	if err != nil {
		return nil, err
	}
	mail, err := a.microsoft(t, network, cloud, envExchangeToken, cloud.Exchange)
	if err != nil {
		return nil, err
	}
	directory, err := entra.New(entra.Config{URL: t.GraphURL, Authorizer: graph, Network: network})
	if err != nil {
		return nil, usageErrorf("--graph-url takes the service root, over https", "%w", err)
	}
	exchangeOnline, err := exchange.New(exchange.Config{URL: t.ExchangeURL, TenantID: t.TenantID, Authorizer: mail, Network: network})
	if err != nil {
		return nil, usageErrorf("--exchange-url takes the service root, over https", "%w", err)
	}
	org, err := a.okta(t, network)
	if err != nil {
		return nil, err
	}
	return []collectors.Collector{directory, exchangeOnline, org}, nil
}

func (a *app) network(t *target) (collectors.Network, error) {
	network := collectors.Network{UserAgent: "postern/" + a.version}
	if t.CAFile == "" {
		return network, nil
	}
	data, err := os.ReadFile(t.CAFile)
	if err != nil {
		return network, usageErrorf("--ca-file takes a PEM file", "read certificate authorities: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool() // a system without a store of its own
	}
	if !pool.AppendCertsFromPEM(data) {
		return network, usageErrorf("--ca-file takes a PEM file", "%s holds no certificate", t.CAFile)
	}
	network.RootCAs = pool
	return network, nil
}

// microsoft is a ready-made token from the environment, or one that is asked for
// with whatever credentials the environment offers.
func (a *app) microsoft(t *target, network collectors.Network, cloud credential.Cloud, variable, audience string) (collectors.Authorizer, error) {
	if token := a.getenv(variable); token != "" {
		bearer, err := collectors.Bearer(token)
		if err != nil {
			return nil, usageErrorf("give the bare token, without 'Bearer'", "%s: %w", variable, err)
		}
		return bearer, nil
	}
	source, method, err := credential.Microsoft(credential.Options{
		TenantID: t.TenantID, Cloud: cloud, Method: t.Auth, Getenv: a.getenv, RootCAs: network.RootCAs,
	})
	if err != nil {
		return nil, usageErrorf("'postern permissions' lists what each way to sign in needs", "%w", err)
	}
	a.note("signing in to Microsoft by %s for %s", method, strings.TrimPrefix(audience, "https://"))
	return collectors.Renewing(source, audience+"/.default"), nil
}

// okta makes the collector of the org, or a stand-in that says why there is none.
func (a *app) okta(t *target, network collectors.Network) (collectors.Collector, error) {
	if t.OktaOrg == "" {
		return collectors.Absent("okta", okta.Offers(), "no Okta org was given (--okta-org)"), nil
	}
	login, apiToken, err := a.oktaLogin(t, network)
	if err != nil {
		return nil, err
	}
	attested, err := readAttestation(t.Attestation)
	if err != nil {
		return nil, err
	}
	var groups []string
	if attested != nil {
		groups = attested.GroupIDs()
	}
	org, err := okta.New(okta.Config{Org: t.OktaOrg, Authorizer: login, APIToken: apiToken, Groups: groups, Network: network})
	if err != nil {
		return nil, usageErrorf("--okta-org takes the org's URL, such as https://example.okta.com", "%w", err)
	}
	return org, nil
}

func (a *app) oktaLogin(t *target, network collectors.Network) (login collectors.Authorizer, apiToken bool, err error) {
	for _, ready := range []struct{ variable, scheme string }{{envOktaSSWS, "SSWS"}, {envOktaToken, "Bearer"}} {
		if token := a.getenv(ready.variable); token != "" {
			static, err := collectors.NewStaticToken(ready.scheme, token)
			if err != nil {
				return nil, false, usageErrorf("give the bare token, without '"+ready.scheme+"'", "%s: %w", ready.variable, err)
			}
			return static, ready.scheme == "SSWS", nil
		}
	}
	clientID, keyFile := a.getenv(envOktaClientID), a.getenv(envOktaKeyFile)
	if clientID == "" || keyFile == "" {
		return nil, false, usageErrorf(
			fmt.Sprintf("set %s and %s for a service app, or %s for an API token, or %s for a ready-made token", envOktaClientID, envOktaKeyFile, envOktaSSWS, envOktaToken),
			"no credentials for Okta are in the environment")
	}
	key, err := os.ReadFile(keyFile)
	if err != nil {
		return nil, false, usageErrorf(envOktaKeyFile+" names the service app's private key", "read the private key: %w", err)
	}
	service := okta.ServiceApp{Org: t.OktaOrg, ClientID: clientID, PrivateKey: key, KeyID: a.getenv(envOktaKeyID), Network: network}
	login, err = service.Authorizer()
	if err != nil {
		return nil, false, usageErrorf(envOktaKeyFile+" names the service app's private key, PEM or JWK", "%w", err)
	}
	return login, false, nil
}
