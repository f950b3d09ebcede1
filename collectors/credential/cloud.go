package credential

import (
	"fmt"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
)

// Cloud says where one of Microsoft's clouds has its services.
type Cloud struct {
	// Name is public, gcc, gcchigh, dod or china, as in the snapshot.
	Name string
	// Graph and Exchange are the service roots, before /v1.0 and /adminapi. A
	// token's scope is the same root with /.default.
	Graph, Exchange string
	// authority signs tokens.
	authority cloud.Configuration
}

// Clouds lists Microsoft's clouds. Sources: the national cloud deployments of
// Microsoft Graph, and the connection endpoints of Exchange Online PowerShell.
func Clouds() []Cloud {
	return []Cloud{
		{"public", "https://graph.microsoft.com", "https://outlook.office365.com", cloud.AzurePublic},
		// GCC is a part of the public cloud with the public endpoints.
		{"gcc", "https://graph.microsoft.com", "https://outlook.office365.com", cloud.AzurePublic},
		{"gcchigh", "https://graph.microsoft.us", "https://outlook.office365.us", cloud.AzureGovernment},
		{"dod", "https://dod-graph.microsoft.us", "https://outlook-dod.office365.us", cloud.AzureGovernment},
		{"china", "https://microsoftgraph.chinacloudapi.cn", "https://outlook.office365.cn", cloud.AzureChina},
	}
}

// CloudByName finds a cloud; the empty name is the public one.
func CloudByName(name string) (Cloud, error) {
	if name == "" {
		name = "public"
	}
	clouds := Clouds()
	i := slices.IndexFunc(clouds, func(c Cloud) bool { return c.Name == name })
	if i < 0 {
		names := make([]string, len(clouds))
		for i, c := range clouds {
			names[i] = c.Name
		}
		return Cloud{}, fmt.Errorf("unknown cloud %q: one of %s", name, strings.Join(names, ", "))
	}
	return clouds[i], nil
}
