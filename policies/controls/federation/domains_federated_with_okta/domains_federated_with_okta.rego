# METADATA
# title: Every sign-in domain is federated with the collected Okta org
# description: >-
#   The whitepaper's step A. Okta's rules decide about a sign-in only when Entra
#   hands it over: a managed domain asks for a password of its own, and a domain
#   that is federated elsewhere obeys somebody else's rules. Judged are the
#   verified domains that a mailbox user signs in with, but for the initial domain
#   and Microsoft's other ones, which cannot be federated (FED-003 speaks of their
#   users). Both the path and the host of the sign-in addresses must be right,
#   because the path is the same in every Okta org; the host is the collected
#   org's own or one of its verified custom domains. A subdomain without settings
#   of its own inherits those of the domain above it. An empty active address is
#   accepted: legacy clients then have no endpoint at all. The address for metadata
#   exchange, from which clients learn where to send a password, is judged with them.
#   The port 443 may stand in an address; any other is not Okta's. Where Okta's signing
#   keys were read, every certificate that Entra accepts, the next one included,
#   must be among them, because whoever holds another key can sign tokens for
#   anybody; where they were not read, a note says so, since the addresses alone
#   already answer the question of this control.
# related_resources:
#   - ref: https://help.okta.com/oie/en-us/content/topics/apps/office365-deployment/configure-sso.htm
#     description: Configure single sign-on for Office 365 in Okta
#   - ref: https://learn.microsoft.com/graph/api/resources/internaldomainfederation
#     description: internalDomainFederation in Microsoft Graph
# custom:
#   id: FED-001
#   severity: high
#   step: A
#   needs:
#     - entra.domains
#     - entra.federation_configurations
#     - mailboxes[].domain
#     - mailboxes[].exchange.RecipientTypeDetails
#     - mailboxes[].exchange.AccountDisabled
#   optional:
#     - mailboxes[].entra.accountEnabled
#     - okta.domains
#     - okta.app_keys
#   seen: ["mailboxes[].entra.accountEnabled"]
#   messages:
#     managed: >-
#       Domain '{domain}' is managed, so its users sign in to Entra with a password
#       and never meet Okta.
#     not_set: Entra does not say whether domain '{domain}' is federated.
#     elsewhere: Domain '{domain}' is federated with something other than Okta, at {hosts}.
#     other_okta_org: >-
#       Domain '{domain}' is federated with an Okta org at {hosts}, which is neither
#       the collected org nor one of its custom domains.
#     strange_certificate: >-
#       Entra accepts tokens for domain '{domain}' that are signed with a
#       certificate that is not among the keys of the Office 365 app in Okta.
#     no_configuration: Entra shows no federation settings for the federated domain '{domain}'.
#     custom_domains_not_read: >-
#       Domain '{domain}' is federated with an Okta org at {hosts}, and the collected
#       org's own address or custom domains were not read, so it cannot be told
#       whether it is that one.
#     address_not_shown: >-
#       Entra does not say whether domain '{domain}' has an address for legacy clients,
#       and where it leads.
#     certificate_not_shown: Entra shows no signing certificate for domain '{domain}'.
#     domain_not_listed: >-
#       Entra's list of domains lacks '{domain}', the sign-in domain of
#       {members}.
#     certificates_not_compared: >-
#       Okta's signing keys were not read, so nothing shows that only Okta can sign
#       tokens for domain '{domain}'.
#     no_domains: No mailbox user signs in with a domain that can be federated.
#   words:
#     no_address: no readable address
#   remediation:
#     text: >-
#       Federate the domain from Okta, or point its settings at the Office 365 app
#       of this org. Federate when somebody can still sign in on the initial domain.
#       A certificate that Okta does not know must go at once: find out who put it
#       there. Sign-ins of that domain go to Okta within minutes.
#     powershell: |
#       Connect-MgGraph -Scopes Domain.ReadWrite.All, Domain-InternalFederation.ReadWrite.All
#       Get-MgDomainFederationConfiguration -DomainId <domain> | Format-List
#       # a managed domain, with the values of Okta's setup instructions:
#       New-MgDomainFederationConfiguration -DomainId <domain> -DisplayName Okta -PreferredAuthenticationProtocol wsFed -IssuerUri <issuer> -PassiveSignInUri <passive> -ActiveSignInUri <active> -MetadataExchangeUri <mex> -SignOutUri <logout> -SigningCertificate <base64>
#       # a domain that is federated with something else:
#       Update-MgDomainFederationConfiguration -DomainId <domain> -InternalDomainFederationId <id> -IssuerUri <issuer> -PassiveSignInUri <passive> -ActiveSignInUri <active> -MetadataExchangeUri <mex> -SignOutUri <logout> -SigningCertificate <base64>
#     undo: Update-MgDomain -DomainId <domain> -AuthenticationType Managed
#     okta_console: >-
#       Applications > Applications > Microsoft Office 365 > Sign On > Edit >
#       WS-Federation, then automatic configuration for the domain, or View Setup
#       Instructions for the values to set by hand.
package controls.federation.domains_federated_with_okta

import data.lib.domains
import data.lib.mailboxes

violations contains object.union({"whole": []}, _entry(i, domain, fault)) if {
	some i in _signs_in_with
	domain := input.entra.domains[i]
	some fault in domains.faults(domain, input.entra.federation_configurations, _org)
}

unknown contains _entry(i, domain, doubt) if {
	some i in _signs_in_with
	domain := input.entra.domains[i]
	some doubt in domains.doubts(domain, input.entra.federation_configurations, _org)
}

unknown contains {"key": "domain_not_listed", "args": {"domain": name}, "mailbox": i} if {
	some i, mailbox in input.mailboxes
	mailboxes.signs_in(mailbox)
	name := object.get(mailbox, "domain", "")
	domains.type(input.entra.domains, name) == "not listed"
}

notes contains _entry(i, domain, {"key": "certificates_not_compared", "args": {}}) if {
	_org.certificates == null
	some i in _signs_in_with
	domain := input.entra.domains[i]
	domain.authenticationType == "Federated"
}

not_applicable contains {"key": "no_domains", "args": {}} if count(_signs_in_with) == 0

# An entry about a domain, with the place of its type unless the finding has its own.
_entry(i, domain, found) := object.union(
	{
		"resource": {"kind": "domain", "id": domain.id, "name": domain.id},
		"at": ["entra", "domains", i, "authenticationType"],
	},
	object.union(found, {"args": object.union({"domain": domain.id}, found.args)}),
)

# The domain that the user of each mailbox signs in with, by its place, where it is judged.
_signs_in_with := {m: i |
	some m, mailbox in input.mailboxes
	i := domains.place(input.entra.domains, mailboxes.sign_in_domain(mailbox))
	domains.can_be_federated(input.entra.domains[i])
}

_org := domains.okta_org(object.get(input.tenant, "okta_org", ""), _custom_domains, _app_keys)

default _custom_domains := null

_custom_domains := input.okta.domains

default _app_keys := null

_app_keys := input.okta.app_keys
