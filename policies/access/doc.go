// Package access works out, from what the configuration does, who can reach a
// mailbox by which protocol and method, from which network, on which platform and
// device, without a second factor; and it proves it, with a witness for everything
// that is open.
//
// It must not know how the configuration was collected, nor how its result is
// judged or shown: no vendor API, no Rego, no report format.
//
// # The question
//
// A door is a protocol and a method. For everybody who is treated alike the engine
// asks whether there is any request, from whatever network, platform, device or
// client, that gets in without a second factor. Whoever attacks is taken to know
// the password and to choose everything that a client writes about itself. A door is
// then closed (at Exchange, at the identity provider, or after sign-in), allowed with
// MFA, allowed without, or undecided. Undecided means that a request may get in
// because of something nobody can tell, which is named. Nothing is ever rounded
// towards closed: evidence that was not collected, a condition that cannot be
// decided and a rule that was not read all leave a door undecided.
//
// # Okta: which rule decides
//
// https://developer.okta.com/docs/concepts/policies/ and
// https://help.okta.com/oie/en-us/content/topics/apps/office365/references/o365-sign-on-rule-options.htm
//
//   - The policy is the one that the app's own link names. Rules are asked from the
//     lowest priority number; the first that matches decides; INACTIVE ones are not
//     asked; Okta's own catch-all comes last, whatever number it carries.
//   - Before any policy, a request from a zone with usage BLOCKLIST is refused,
//     unless it comes from the exempt zone (useAsExemptList).
//   - IP zones are exact, for IPv4 and IPv6. Dynamic zones go by Okta's database: a
//     request may be inside or outside as whoever attacks likes. ALL_ZONES is every
//     active zone for use in policies; whether blocklist zones, the exempt zone and
//     zones that are switched off count, nobody can tell.
//   - Without a client condition a rule is for any client, legacy ones included. Of
//     other clients Okta writes that only a password is asked for there. How it handles
//     them is not documented, so whether such a rule decides over them, and what it
//     asks, cannot be told; the catch-all certainly decides.
//   - A legacy client (a mail client with basic authentication by way of Exchange
//     Online, or anybody at the active WS-Trust endpoint) sends a name and a password
//     and nothing else. It cannot be asked for a second factor: a rule that allows it
//     and asks for two lets it in with one. It shows no device, so a condition on the
//     device cannot be decided for it.
//   - Clients and platforms are what the client says in headers: every value is
//     possible.
//   - Two factors are: factorMode 2FA; 1FA if every alternative wants a possession
//     that verifies its user; a chain of methods if every way through it has a
//     knowledge and a possession, or such a possession. ID_PROOFING cannot be told.
//   - A DENY is a DENY, whatever verification it carries.
//   - If no rule certainly matches, the outcome cannot be told: Okta's pages say
//     nothing of it.
//
// These cannot be decided, so that a DENY behind one is not relied upon and an ALLOW
// behind one not ruled out: a custom expression; a kind of client, a platform, a level
// of risk or a condition that is not known; a zone that is switched off, missing or
// cannot be read; a user type or group membership that was not collected; users and
// groups both included; a status that is neither ACTIVE nor INACTIVE. Two such
// conditions are taken to be independent of each other.
//
// Global session policies stand before the app's rules for everything but the
// active endpoint. Policies and rules are asked by priority; if no rule of a policy
// matches, the next policy is asked; the default policy is for everybody. A second
// factor that they ask for counts. If they were not collected, a rule that asks for
// one factor is undecided.
//
// On Classic Engine the rules cannot be read: undecided.
//
// # Exchange: the chain
//
// Basic authentication goes through Microsoft's own removal of it (by date and
// cloud; SMTP AUTH excepted), then the authentication policy: the mailbox's own, else
// the organisation's default, else none. Both sit before the password. Then, for any
// method, the mailbox's switch for the protocol; for SMTP AUTH the mailbox's override,
// else the organisation's switch; for EWS the organisation's switch, which beats the
// mailbox's, and its retirement. Where Exchange looks at those switches it does not
// say, so they are not counted as standing before the password. A switch that turns
// off a protocol stops tokens too; an authentication policy does not. Modern
// authentication being off for the organisation only makes Outlook fall back, and
// closes nothing. No switch keeps mail from Microsoft Graph.
//
// https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/disable-basic-authentication-in-exchange-online
// https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/authenticated-client-smtp-submission
//
// # Who takes the password
//
// A domain that is managed signs in with Entra. One that is federated signs in with
// Okta if its address has the path of an Office 365 app and the host of the collected
// org; a subdomain that is no root inherits the federation of the domain above it. With several app
// instances the one that serves a domain is found by its signing key. Another one
// that serves some domain of the tenant may vouch for a user who is assigned to it.
// Okta refuses who is not assigned, or suspended.
//
// A password grant gets tokens for a password: at Okta's active endpoint, whose
// assertion Entra's token endpoint takes; at Entra's own for managed users, for
// synchronised users in an enabled staged rollout, and with a home-realm policy that
// sets AllowCloudPasswordValidation, if the hash is in the cloud, as it may be of a user
// who was made there. A staged rollout leaves legacy clients with the federation, and
// does not count groups in its groups.
//
// https://learn.microsoft.com/entra/identity/hybrid/connect/how-to-connect-staged-rollout
// https://learn.microsoft.com/graph/api/resources/featurerolloutpolicy
// https://learn.microsoft.com/entra/identity/enterprise-apps/home-realm-discovery-policy
//
// # Entra: Conditional Access
//
// https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-conditions
//
//   - All enabled policies that match apply, and block wins. Report-only policies do
//     nothing. Several may cover together what none covers alone.
//   - exchangeActiveSync and other are legacy clients, of which any grant control asks
//     in vain; only ActiveSync knows compliant devices. Password grants count as mobile
//     apps and desktop clients, and cannot answer a demand for MFA. Somebody at a
//     browser may say to be one or an app.
//   - Platforms are what the client says, one that Entra does not know included. A
//     risk condition leaves a sign-in without risk alone. A country is entered by whoever
//     likes to. A device or an app that is demanded is no second factor.
//   - A filter for devices, an insider's risk, an unknown condition, and the addresses
//     trusted for MFA in the older settings, which Graph does not show, cannot be
//     decided.
//   - A policy for Exchange Online or Office 365 may or may not hold for mail by Graph.
//   - Security defaults refuse legacy clients and SMTP AUTH. Of others they ask MFA when
//     Microsoft thinks it needed, which decides nothing.
//   - When Entra demands MFA of a federated user it asks itself (rejectMfaByFederatedIdp)
//     or believes a claim. Identity Engine makes the claim only if the rule wanted MFA;
//     Classic Engine may make it falsely, so behind it the demand decides nothing. A
//     behaviour that was never set is one of the two, and holds where the claim does.
//   - MFA that is set for each user in Entra's older settings was not collected and is
//     not counted.
//
// Okta and Entra look at one sign-in each. With a token in hand somebody can carry one
// out here and the other there, so each is asked by itself; a password that Exchange
// relays comes from one address.
//
// # How it is worked out
//
// Rules become boxes over classes of people, kinds of clients, platforms, devices,
// risk, and atoms of the address space, with a fact for every zone that only the vendor
// can tell (see space). They are subtracted in order, so that each rule is left with
// what it truly decides. Splitting is exact; a list of rules that would take it beyond
// its bounds is answered less certainly, never wrongly. Tests hold all this to a
// simulator that reads the rules literally, one concrete request at a time.
package access
