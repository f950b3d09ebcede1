// Package credential finds the credentials for Microsoft's APIs and turns them
// into tokens: certificate, client secret, workload identity federation (GitHub
// Actions and Azure Pipelines included), managed identity and Azure CLI. It knows
// Microsoft's clouds, since each has its own authority and its own services.
//
// Secrets come from the environment or from files, never from flags, and no error
// of this package shows one. It must not know what the tokens are used for.
package credential
