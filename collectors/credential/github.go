package credential

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync/atomic"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"github.com/seed-07732396/postern/collectors"
)

// The two variables that GitHub Actions sets for a job with id-token: write.
const (
	githubURL   = "ACTIONS_ID_TOKEN_REQUEST_URL"
	githubToken = "ACTIONS_ID_TOKEN_REQUEST_TOKEN"
)

// githubAudience is what Entra expects in a federated credential for GitHub.
const githubAudience = "api://AzureADTokenExchange"

func github(o *Options, client azcore.ClientOptions) (azcore.TokenCredential, error) {
	asker := &githubAsker{endpoint: o.Getenv(githubURL), token: o.Getenv(githubToken), transport: o.Transport}
	if endpoint, err := url.Parse(asker.endpoint); err != nil || endpoint.Scheme != "https" {
		return nil, fmt.Errorf("%s is no https address", githubURL)
	}
	made, err := azidentity.NewClientAssertionCredential(o.TenantID, o.Getenv("AZURE_CLIENT_ID"), asker.idToken,
		&azidentity.ClientAssertionCredentialOptions{ClientOptions: client, DisableInstanceDiscovery: o.Trusted})
	if err != nil {
		return nil, err
	}
	return &githubCredential{made, asker}, nil
}

// githubCredential tells GitHub's refusal from Entra's, which the SDK makes one text
// of.
type githubCredential struct {
	azcore.TokenCredential
	asker *githubAsker
}

func (c *githubCredential) GetToken(ctx context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	token, err := c.TokenCredential.GetToken(ctx, o)
	if refused := c.asker.refused.Load(); err != nil && refused != nil {
		return token, refused
	}
	return token, err
}

// githubAsker asks GitHub for the job's identity token. The token lives for
// minutes, so it is asked for anew each time Entra wants one.
type githubAsker struct {
	endpoint, token string
	transport       policy.Transporter
	// refused is why no token came the last time, nil when one did.
	refused atomic.Pointer[collectors.Error]
}

func (g *githubAsker) idToken(ctx context.Context) (string, error) {
	token, err := g.ask(ctx)
	if err != nil {
		g.refused.Store(&collectors.Error{
			Code:    "login_failed",
			Problem: "sign in to Microsoft by github: " + err.Error(),
			Hint:    "give the job the permission id-token: write, and see that it runs on GitHub Actions",
		})
		return "", err
	}
	g.refused.Store(nil)
	return token, nil
}

func (g *githubAsker) ask(ctx context.Context) (string, error) {
	endpoint, err := url.Parse(g.endpoint)
	if err != nil {
		return "", fmt.Errorf("%s is no address", githubURL)
	}
	query := endpoint.Query()
	query.Set("audience", githubAudience)
	endpoint.RawQuery = query.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, endpoint.String(), nil)
	if err != nil {
		return "", fmt.Errorf("ask GitHub for the job's identity token: %s is no address", githubURL)
	}
	req.Header.Set("Authorization", "Bearer "+g.token)
	resp, err := g.transport.Do(req)
	if err != nil {
		return "", fmt.Errorf("ask GitHub for the job's identity token: no answer from %s", endpoint.Host)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("ask GitHub for the job's identity token: %s", resp.Status)
	}
	var answer struct {
		Value string `json:"value"`
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(&answer); err != nil || answer.Value == "" {
		return "", fmt.Errorf("ask GitHub for the job's identity token: the answer holds none")
	}
	return answer.Value, nil
}
