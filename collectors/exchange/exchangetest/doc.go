// Package exchangetest is an Exchange Online for tests and for the demo: a real
// HTTP server that speaks the admin endpoint's protocol, fed from a folder.
//
// The folder holds one file for each cmdlet, a JSON list of objects as the cmdlet
// gives them:
//
//	Get-OrganizationConfig.json
//	Get-OrganizationConfig.RetrieveEwsOperationAccessPolicy.json
//	Get-CASMailbox.json
//	Get-RoleGroupMember/<Guid of the group>.json
//
// A cmdlet without a file answers as one that the account may not use. The server
// checks tokens, wants a listing to be continued with the same body and cookie,
// and can be told to misbehave.
//
// It must not import the collector it stands in for: it would share its mistakes.
package exchangetest
