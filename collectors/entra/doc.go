// Package entra collects what Microsoft Graph says about a tenant: domains and
// their federation, Conditional Access, the other policies that decide how people
// sign in, users, the members of the groups and roles that policies name,
// SharePoint's tenant settings, and the sign-ins by legacy clients.
//
// Requests go through the core of Microsoft's Graph SDK; answers are kept as the
// JSON that came, because typed models drop what they do not know and reorder the
// rest. Only OData annotations that say nothing about the tenant are taken out.
//
// It must not know Exchange, Okta or any control: what it reads means nothing to
// it beyond what decides what to read next.
package entra
