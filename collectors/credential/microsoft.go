package credential

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"github.com/seed-07732396/postern/collectors"
)

// Options say whose token is wanted and how to get it.
type Options struct {
	// TenantID is the Entra tenant, a GUID or a domain.
	TenantID string
	// Cloud is whose authority signs.
	Cloud Cloud
	// Method is one of Methods, or empty to take the first that the environment
	// offers.
	Method string
	// Getenv looks up the environment; nil is the process's.
	Getenv func(string) string
	// RootCAs replaces the system's certificate authorities; nil keeps them.
	RootCAs *x509.CertPool
	// Transport sends requests to the authority; nil is a client that honours the
	// proxy environment and RootCAs.
	Transport policy.Transporter
	// Trusted skips asking Microsoft's public cloud whether the authority is
	// genuine. Only for authorities on a loopback address.
	Trusted bool
}

// A method is one way to prove who is asking.
type method struct {
	name string
	// needs names the environment variables that make it up.
	needs string
	// offered reports whether the environment holds what the method needs.
	offered func(env func(string) string) bool
	make    func(o *Options, client azcore.ClientOptions) (azcore.TokenCredential, error)
}

// methods lists the ways, the most explicit first: what somebody set on purpose
// for this run beats what happens to lie around on the machine.
func methods() []method {
	return []method{
		{"certificate", "AZURE_CLIENT_ID, AZURE_CLIENT_CERTIFICATE_PATH", has("AZURE_CLIENT_ID", "AZURE_CLIENT_CERTIFICATE_PATH"), certificate},
		{"secret", "AZURE_CLIENT_ID, AZURE_CLIENT_SECRET or AZURE_CLIENT_SECRET_FILE", hasSecret, secret},
		{"github", "AZURE_CLIENT_ID, and a job with the permission id-token: write", has("AZURE_CLIENT_ID", githubURL, githubToken), github},
		{"pipelines", "AZURESUBSCRIPTION_CLIENT_ID, AZURESUBSCRIPTION_SERVICE_CONNECTION_ID, SYSTEM_ACCESSTOKEN, SYSTEM_OIDCREQUESTURI", has("SYSTEM_ACCESSTOKEN", "SYSTEM_OIDCREQUESTURI", "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID"), pipelines},
		{"workload", "AZURE_CLIENT_ID, AZURE_FEDERATED_TOKEN_FILE", has("AZURE_CLIENT_ID", "AZURE_FEDERATED_TOKEN_FILE"), workload},
		{"managed", "a managed identity on this machine; AZURE_CLIENT_ID for a user-assigned one", has("IDENTITY_ENDPOINT"), managed},
		{"cli", "a session of 'az login'", func(func(string) string) bool { return true }, azureCLI},
	}
}

// Methods lists the names that Options.Method takes, with what each needs.
func Methods() [][2]string {
	var list [][2]string
	for _, m := range methods() {
		list = append(list, [2]string{m.name, m.needs})
	}
	return list
}

// Microsoft finds the credentials and returns where tokens come from, and the
// name of the method. Nothing is asked of the authority before the first token.
func Microsoft(o Options) (collectors.TokenSource, string, error) {
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	if o.TenantID == "" {
		return nil, "", errors.New("no tenant id is given")
	}
	chosen, err := choose(&o)
	if err != nil {
		return nil, "", err
	}
	if o.Transport == nil {
		o.Transport = newClient(o.RootCAs)
	}
	client := azcore.ClientOptions{Cloud: o.Cloud.authority, Transport: o.Transport}
	credential, err := chosen.make(&o, client)
	if err != nil {
		return nil, "", fmt.Errorf("sign in to Microsoft by %s: %w", chosen.name, err)
	}
	return tokenSource(chosen.name, credential), chosen.name, nil
}

// timeout bounds one request for a token, of which the SDK makes four at most. Its own
// client waits for ever.
const timeout = 30 * time.Second

// newClient makes the client for the authority. It follows no redirect: what it sends
// is a secret, or proof of one, for the authority alone.
func newClient(roots *x509.CertPool) *http.Client {
	return &http.Client{
		Timeout:       timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			TLSClientConfig:     &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout: 15 * time.Second,
			ForceAttemptHTTP2:   true,
			IdleConnTimeout:     90 * time.Second,
		},
	}
}

func choose(o *Options) (method, error) {
	list := methods()
	if o.Method == "" {
		for _, m := range list {
			if m.offered(o.Getenv) {
				return m, nil
			}
		}
	}
	i := slices.IndexFunc(list, func(m method) bool { return m.name == o.Method })
	if i < 0 {
		var names []string
		for _, m := range list {
			names = append(names, m.name)
		}
		return method{}, fmt.Errorf("unknown way to sign in %q: one of %s", o.Method, strings.Join(names, ", "))
	}
	if !list[i].offered(o.Getenv) && o.Method != "managed" {
		return method{}, fmt.Errorf("sign in to Microsoft by %s: the environment lacks what that needs: %s", o.Method, list[i].needs)
	}
	return list[i], nil
}

// tokenSource asks credential for tokens. Its errors say what failed and leave
// out the answer's body, which can echo what was sent.
func tokenSource(name string, credential azcore.TokenCredential) collectors.TokenSource {
	return func(ctx context.Context, scopes []string) (string, time.Time, error) {
		token, err := credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: scopes})
		if ctx.Err() != nil {
			return "", time.Time{}, ctx.Err()
		}
		if err != nil {
			return "", time.Time{}, signInError(name, err)
		}
		return token.Token, token.ExpiresOn, nil
	}
}

// signInError keeps the error's own code and drops the rest of what the authority
// and the SDK say.
func signInError(name string, err error) error {
	problem := "no token came"
	var failed *azidentity.AuthenticationFailedError
	var ours *collectors.Error
	switch {
	case errors.Is(err, context.DeadlineExceeded): // of one request; nobody has stopped the program
		problem = "the authority did not answer in time"
	case errors.As(err, &ours):
		return ours
	case errors.As(err, &failed) && failed.RawResponse != nil:
		problem = fmt.Sprintf("the authority answered %s", failed.RawResponse.Status)
	}
	if code := entraCode(err.Error()); code != "" {
		problem += " (" + code + ")"
	}
	return &collectors.Error{
		Code:    "login_failed",
		Problem: fmt.Sprintf("sign in to Microsoft by %s: %s", name, problem),
		Hint:    signInHint(name),
	}
}

func signInHint(name string) string {
	switch name {
	case "cli":
		return "sign in with 'az login' to this tenant, or set AZURE_CLIENT_ID and what else another way to sign in needs"
	case "managed":
		return "check that this machine has a managed identity, and AZURE_CLIENT_ID if it is a user-assigned one"
	}
	return "check the tenant id, the client id and that the credential has not expired"
}

// entraCode finds Entra's own error code, such as AADSTS7000215.
func entraCode(text string) string {
	_, rest, found := strings.Cut(text, "AADSTS")
	if !found {
		return ""
	}
	end := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		end = len(rest)
	}
	return "AADSTS" + rest[:end]
}

func has(names ...string) func(func(string) string) bool {
	return func(env func(string) string) bool {
		return !slices.ContainsFunc(names, func(name string) bool { return env(name) == "" })
	}
}

func hasSecret(env func(string) string) bool {
	return env("AZURE_CLIENT_ID") != "" && (env("AZURE_CLIENT_SECRET") != "" || env("AZURE_CLIENT_SECRET_FILE") != "")
}

func certificate(o *Options, client azcore.ClientOptions) (azcore.TokenCredential, error) {
	path := o.Getenv("AZURE_CLIENT_CERTIFICATE_PATH")
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var password []byte
	if p := o.Getenv("AZURE_CLIENT_CERTIFICATE_PASSWORD"); p != "" {
		password = []byte(p)
	}
	chain, key, err := azidentity.ParseCertificates(data, password)
	if err != nil {
		// The parser's own error can quote the file.
		return nil, fmt.Errorf("%s holds no certificate with its private key that can be read: give PEM, or PKCS#12 with AZURE_CLIENT_CERTIFICATE_PASSWORD", path)
	}
	return azidentity.NewClientCertificateCredential(o.TenantID, o.Getenv("AZURE_CLIENT_ID"), chain, key,
		&azidentity.ClientCertificateCredentialOptions{ClientOptions: client, DisableInstanceDiscovery: o.Trusted, SendCertificateChain: true})
}

func secret(o *Options, client azcore.ClientOptions) (azcore.TokenCredential, error) {
	value := o.Getenv("AZURE_CLIENT_SECRET")
	if value == "" {
		path := o.Getenv("AZURE_CLIENT_SECRET_FILE")
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		if value = strings.TrimSpace(string(data)); value == "" {
			return nil, fmt.Errorf("%s, which AZURE_CLIENT_SECRET_FILE names, is empty", path)
		}
	}
	return azidentity.NewClientSecretCredential(o.TenantID, o.Getenv("AZURE_CLIENT_ID"), value,
		&azidentity.ClientSecretCredentialOptions{ClientOptions: client, DisableInstanceDiscovery: o.Trusted})
}

func workload(o *Options, client azcore.ClientOptions) (azcore.TokenCredential, error) {
	// The file is read anew for each token, and that error says nothing any more.
	if _, err := os.ReadFile(o.Getenv("AZURE_FEDERATED_TOKEN_FILE")); err != nil {
		return nil, err
	}
	return azidentity.NewWorkloadIdentityCredential(&azidentity.WorkloadIdentityCredentialOptions{
		ClientOptions: client, DisableInstanceDiscovery: o.Trusted,
		ClientID: o.Getenv("AZURE_CLIENT_ID"), TenantID: o.TenantID, TokenFilePath: o.Getenv("AZURE_FEDERATED_TOKEN_FILE"),
	})
}

func pipelines(o *Options, client azcore.ClientOptions) (azcore.TokenCredential, error) {
	id := o.Getenv("AZURESUBSCRIPTION_CLIENT_ID")
	if id == "" {
		id = o.Getenv("AZURE_CLIENT_ID")
	}
	return azidentity.NewAzurePipelinesCredential(o.TenantID, id,
		o.Getenv("AZURESUBSCRIPTION_SERVICE_CONNECTION_ID"), o.Getenv("SYSTEM_ACCESSTOKEN"),
		&azidentity.AzurePipelinesCredentialOptions{ClientOptions: client, DisableInstanceDiscovery: o.Trusted})
}

func managed(o *Options, client azcore.ClientOptions) (azcore.TokenCredential, error) {
	options := &azidentity.ManagedIdentityCredentialOptions{ClientOptions: client}
	if id := o.Getenv("AZURE_CLIENT_ID"); id != "" {
		options.ID = azidentity.ClientID(id)
	}
	return azidentity.NewManagedIdentityCredential(options)
}

func azureCLI(o *Options, _ azcore.ClientOptions) (azcore.TokenCredential, error) {
	return azidentity.NewAzureCLICredential(&azidentity.AzureCLICredentialOptions{TenantID: o.TenantID})
}
