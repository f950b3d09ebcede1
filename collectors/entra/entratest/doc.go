// Package entratest is a stand-in for Microsoft Graph: a real HTTP server on the
// loopback interface that answers for an imaginary tenant.
//
// A tenant is a folder. Its answers lie under api/graph, one file a path:
//
//	api/graph/domains.json                            GET /v1.0/domains
//	api/graph/identity/conditionalAccess/policies.json GET /v1.0/identity/conditionalAccess/policies
//	api/graph/organization.json                       GET /v1.0/organization
//
// A file that holds a list is a collection: the server cuts it into pages and
// honours $top, $select and the filters it knows. A file that holds an object is
// a single answer. Both versions of the API serve the same files; v1.0 leaves out
// of a sign-in what only beta has. Four files are not what they are named after,
// because their answers depend on an id in the path, or on the request:
//
//	api/graph/federationConfigurations.json  {domain id: [objects]}; a domain that is not in it is managed (404)
//	api/graph/groups.json                    [groups], answered one at a time by id
//	api/graph/transitiveMembers.json         {group id: [{"@odata.type", "id"}]}
//	api/graph/auditLogs/signIns.json         [sign-ins] as beta shows them, any kind of event
//	api/graph/tenant.json                    {"id", "premium": bool, "denied": [paths]}: what there is beside the answers
//
// A tenant without api/graph is made from its snapshot.json: vendor objects there
// are the vendor's own, the parts of mailboxes become users and memberships, and
// evidence becomes as many events as it counts. What the ledger calls denied is
// denied.
//
// The other emulators lay their tenants out in the same way, each under a folder
// of its own beside graph: a file for each path or cmdlet, holding what the
// vendor answers, and files of their own kind only where an answer depends on
// more than its path.
//
// The server does the protocol: tokens and what they permit, paging, limits with
// and without Retry-After, compression, and whatever a Fault makes it do.
//
// It must not import the collector it stands in for, nor anything else of ours:
// it would share its mistakes.
package entratest
