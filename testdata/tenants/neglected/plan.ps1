#Requires -Version 5.1
<#
.SYNOPSIS
Carries out the part of a Postern plan that is done in Exchange Online and Entra.

.DESCRIPTION
Every action has a function of its own, in the order in which it must be done. The
script

  - changes nothing with -WhatIf, and wants to be run that way first,
  - stops unless it is connected to the tenant that the plan is for,
  - stops if the plan is older than it may be,
  - reads each value before it changes it, and writes what it was to an undo file,
  - stops at the first error,
  - leaves out mailboxes that are in use or of which that is not known,
  - never touches the emergency accounts.

Connect before: Connect-ExchangeOnline, and Connect-MgGraph with the scopes that it
names. Okta's part is in the runbook: postern plan SNAPSHOT -f okta.

.PARAMETER Step
Steps (B, C, D, F) or single actions (C1, D3). Without it all, in order.

.PARAMETER IncludeInUse
Also change the mailboxes that are in use. Whatever uses them stops.

.PARAMETER IncludeUnknown
Also change the mailboxes of which it is not known whether they are in use.

.PARAMETER OktaDone
Says that Okta's steps were done. Sessions are revoked only then.

.PARAMETER BatchSize
How many changes are made between two pauses.

.PARAMETER PauseSeconds
How long a pause is.

.PARAMETER Folder
Where the log, the undo file and the notes of what was done are kept.

.PARAMETER Undo
An undo file of an earlier run: puts back what it changed, the last change first.

.PARAMETER Force
Go on although the plan is old, was not run with -WhatIf, or an action before was not
done.

.EXAMPLE
./plan.ps1 -WhatIf

.EXAMPLE
./plan.ps1 -Step B, C

.EXAMPLE
./plan.ps1 -Undo ./postern-20261120-080000.undo.jsonl
#>
[CmdletBinding(SupportsShouldProcess = $true)]
param(
    [string[]] $Step = @(),
    [switch] $IncludeInUse,
    [switch] $IncludeUnknown,
    [switch] $OktaDone,
    [ValidateRange(1, 10000)] [int] $BatchSize = 100,
    [ValidateRange(0, 3600)] [int] $PauseSeconds = 10,
    [string] $Folder = '.',
    [string] $Undo = '',
    [switch] $Force
)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$script:Changed = 0
$script:Self = @()
$script:Mailboxes = $null

# What the script may change: the properties of each kind of object.
$script:Allowed = @{
    OrganizationConfig = @('OAuth2ClientProfileEnabled', 'DefaultAuthenticationPolicy')
    TransportConfig    = @('SmtpClientAuthenticationDisabled')
    CASMailbox         = @('PopEnabled', 'ImapEnabled', 'ActiveSyncEnabled', 'SmtpClientAuthenticationDisabled')
    CASMailboxPlan     = @('PopEnabled', 'ImapEnabled')
    User               = @('AuthenticationPolicy', 'EXOModuleEnabled')
}
$script:AllowedUri = '^/v1\.0/(admin/sharepoint/settings|policies/tokenLifetimePolicies/[0-9A-Za-z-]+)$'
$script:CollectionUri = '^/v1\.0/identity/conditionalAccess/policies$'

function Write-PosternLog {
    param([string] $Text)
    $line = '{0} {1}' -f [DateTime]::UtcNow.ToString('yyyy-MM-ddTHH:mm:ssZ'), $Text
    Write-Host $line
    Add-Content -LiteralPath $script:LogFile -Value $line -Encoding UTF8 -WhatIf:$false -Confirm:$false
}

# What was is written down before it is changed, so that a change without a way back
# cannot happen.
function Save-PosternUndo {
    param([hashtable] $Entry)
    $Entry['tenant'] = $script:Plan.TenantId
    $Entry['at'] = [DateTime]::UtcNow.ToString('yyyy-MM-ddTHH:mm:ssZ')
    $text = ConvertTo-Json -InputObject $Entry -Compress -Depth 20
    Add-Content -LiteralPath $script:UndoFile -Value $text -Encoding UTF8 -WhatIf:$false -Confirm:$false
}

# A text is kept behind an equals sign: newer versions of PowerShell would read one
# that looks like a date as a date.
function Protect-PosternValue {
    param($Value)
    if ($Value -is [string]) { return '=' + $Value }
    return , $Value
}

function Unprotect-PosternValue {
    param($Value)
    if ($Value -is [string]) { return $Value.Substring(1) }
    return , $Value
}

function Wait-PosternBatch {
    $script:Changed++
    if ($script:Changed % $BatchSize -eq 0) {
        Write-PosternLog ('{0} changes so far, pausing for {1} seconds' -f $script:Changed, $PauseSeconds)
        Start-Sleep -Seconds $PauseSeconds
    }
}

function Format-PosternValue {
    param($Value)
    if ($null -eq $Value) { return '(empty)' }
    return [string] $Value
}

function Assert-PosternPermitted {
    param([string] $Kind, [string] $Property, [string] $Identity, [string] $Id)
    if (-not $script:Allowed.ContainsKey($Kind) -or $script:Allowed[$Kind] -notcontains $Property) {
        throw ('This script does not change {0} of {1}.' -f $Property, $Kind)
    }
    if ($Identity.Contains('*')) { throw ('{0} names more than one object.' -f $Identity) }
    foreach ($name in @($Identity, $Id)) {
        if ($name -ne '' -and $script:Plan.BreakGlass -contains $name) {
            throw ('{0} is an emergency account and is never changed.' -f $Identity)
        }
    }
}

function Get-PosternObject {
    param([string] $Kind, [string] $Identity, [string] $Id)
    $found = @(switch ($Kind) {
        'OrganizationConfig' { Get-OrganizationConfig -ErrorAction Stop }
        'TransportConfig' { Get-TransportConfig -ErrorAction Stop }
        'CASMailbox' { Get-CASMailbox -Identity $Identity -ErrorAction Stop }
        'CASMailboxPlan' { Get-CASMailboxPlan -Identity $Identity -ErrorAction Stop }
        'User' { Get-User -Identity $Identity -ErrorAction Stop }
    })
    # An empty or unknown name can give every object there is.
    if ($found.Count -ne 1) { throw ('{0} {1}: {2} objects, where there is one.' -f $Kind, $Identity, $found.Count) }
    if ($Id -ne '' -and [string] $found[0].ExternalDirectoryObjectId -ne $Id) {
        throw ('{0} {1} is another object than in the snapshot ({2}).' -f $Kind, $Identity, $Id)
    }
    return $found[0]
}

function Get-PosternProperty {
    param($Object, [string] $Property)
    $found = $Object.PSObject.Properties[$Property]
    if ($null -eq $found) { throw ('{0} is not shown, so what it was could not be kept.' -f $Property) }
    $value = $found.Value
    if ($null -eq $value -or $value -is [bool]) { return $value }
    $text = [string] $value
    if ($text -eq '') { return $null }
    return $text
}

function Set-PosternObject {
    param([string] $Kind, [string] $Identity, [string] $Property, $Value)
    $arguments = @{ ErrorAction = 'Stop'; Confirm = $false }
    $arguments[$Property] = $Value
    switch ($Kind) {
        'OrganizationConfig' { Set-OrganizationConfig @arguments }
        'TransportConfig' { Set-TransportConfig @arguments }
        'CASMailbox' { Set-CASMailbox -Identity $Identity @arguments }
        'CASMailboxPlan' { Set-CASMailboxPlan -Identity $Identity @arguments }
        'User' { Set-User -Identity $Identity @arguments }
    }
}

function Set-PosternValue {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([string] $Step, [string] $Kind, [string] $Identity = '', [string] $Id = '', [string] $Property, $Value)
    Assert-PosternPermitted -Kind $Kind -Property $Property -Identity $Identity -Id $Id
    if ($Property -eq 'EXOModuleEnabled' -and $Value -eq $false -and $script:Self -contains $Identity) {
        Write-PosternLog ('{0} {1} runs this script and keeps PowerShell' -f $Step, $Identity)
        return
    }
    $target = ('{0} {1}' -f $Kind, $Identity).Trim()
    $was = Get-PosternProperty -Object (Get-PosternObject -Kind $Kind -Identity $Identity -Id $Id) -Property $Property
    if (($null -eq $was) -eq ($null -eq $Value) -and [string] $was -eq [string] $Value) {
        Write-PosternLog ('{0} {1}: {2} is {3} already' -f $Step, $target, $Property, (Format-PosternValue $Value))
        return
    }
    if ($PSCmdlet.ShouldProcess($target, ('{0}: {1} from {2} to {3}' -f $Step, $Property, (Format-PosternValue $was), (Format-PosternValue $Value)))) {
        Save-PosternUndo @{ change = 'set'; step = $Step; kind = $Kind; identity = $Identity; id = $Id; property = $Property; was = (Protect-PosternValue $was) }
        Set-PosternObject -Kind $Kind -Identity $Identity -Property $Property -Value $Value
        Write-PosternLog ('{0} {1}: {2} from {3} to {4}' -f $Step, $target, $Property, (Format-PosternValue $was), (Format-PosternValue $Value))
        Wait-PosternBatch
    }
}

function New-PosternPolicy {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([string] $Step, [string] $Name, [string[]] $Flags = @())
    if (@(Get-AuthenticationPolicy -ErrorAction Stop | Where-Object { $_.Name -eq $Name }).Count -gt 0) {
        Write-PosternLog ('{0} the authentication policy {1} is there already' -f $Step, $Name)
        return
    }
    if ($PSCmdlet.ShouldProcess($Name, ('{0}: create an authentication policy' -f $Step))) {
        Save-PosternUndo @{ change = 'policy'; step = $Step; identity = $Name }
        $arguments = @{ ErrorAction = 'Stop'; Confirm = $false; Name = $Name }
        foreach ($flag in $Flags) { $arguments[$flag] = $true }
        New-AuthenticationPolicy @arguments | Out-Null
        Write-PosternLog ('{0} created the authentication policy {1}' -f $Step, $Name)
        Wait-PosternBatch
    }
}

function Set-PosternGraph {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([string] $Step, [string] $Uri, [string] $Property, $Value)
    if ($Uri -notmatch $script:AllowedUri) { throw ('This script does not change {0}.' -f $Uri) }
    $found = Invoke-MgGraphRequest -Method GET -Uri $Uri -OutputType Hashtable
    if (-not $found.ContainsKey($Property)) { throw ('{0} does not show {1}, so what it was could not be kept.' -f $Uri, $Property) }
    $was = $found[$Property]
    if ($PSCmdlet.ShouldProcess($Uri, ('{0}: {1} from {2} to {3}' -f $Step, $Property, (Format-PosternValue $was), (Format-PosternValue $Value)))) {
        Save-PosternUndo @{ change = 'patch'; step = $Step; uri = $Uri; property = $Property; was = (Protect-PosternValue $was) }
        Invoke-PosternPatch -Uri $Uri -Property $Property -Value $Value
        Write-PosternLog ('{0} {1}: {2} from {3} to {4}' -f $Step, $Uri, $Property, (Format-PosternValue $was), (Format-PosternValue $Value))
        Wait-PosternBatch
    }
}

function Invoke-PosternPatch {
    param([string] $Uri, [string] $Property, $Value)
    $body = ConvertTo-Json -InputObject @{ $Property = $Value } -Depth 20
    Invoke-MgGraphRequest -Method PATCH -Uri $Uri -Body $body -ContentType 'application/json' | Out-Null
}

function New-PosternGraph {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([string] $Step, [string] $Uri, [string] $Name, [string] $Body)
    if ($Uri -notmatch $script:CollectionUri) { throw ('This script creates nothing at {0}.' -f $Uri) }
    $next = $Uri
    while ($next) {
        $page = Invoke-MgGraphRequest -Method GET -Uri $next -OutputType Hashtable
        if (@($page['value'] | Where-Object { $_['displayName'] -eq $Name }).Count -gt 0) {
            Write-PosternLog ('{0} {1} is there already' -f $Step, $Name)
            return
        }
        $next = $page['@odata.nextLink']
    }
    if ($PSCmdlet.ShouldProcess($Name, ('{0}: create at {1}' -f $Step, $Uri))) {
        $created = Invoke-MgGraphRequest -Method POST -Uri $Uri -Body $Body -ContentType 'application/json' -OutputType Hashtable
        Save-PosternUndo @{ change = 'create'; step = $Step; uri = $Uri; id = [string] $created['id']; identity = $Name }
        Write-PosternLog ('{0} created {1} ({2})' -f $Step, $Name, $created['id'])
        Wait-PosternBatch
    }
}

function Revoke-PosternSession {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([string] $Step, [string] $Identity, [string] $Id)
    foreach ($name in @($Identity, $Id)) {
        if ($script:Plan.BreakGlass -contains $name) { throw ('{0} is an emergency account and is never changed.' -f $Identity) }
    }
    if ($PSCmdlet.ShouldProcess($Identity, ('{0}: revoke all sessions' -f $Step))) {
        Save-PosternUndo @{ change = 'revoke'; step = $Step; identity = $Identity; id = $Id }
        Invoke-MgGraphRequest -Method POST -Uri ('/v1.0/users/{0}/revokeSignInSessions' -f $Id) | Out-Null
        Write-PosternLog ('{0} revoked the sessions of {1}' -f $Step, $Identity)
        Wait-PosternBatch
    }
}

# The mailboxes that are targets by a name. Those that are set apart are the ones in
# use and the unknown ones, as far as they are not included.
function Get-PosternTarget {
    param([string] $Name, [bool] $Apart)
    if ($null -eq $script:Mailboxes) {
        $script:Mailboxes = @($script:Table -split '\r?\n' | ConvertFrom-Csv)
    }
    foreach ($row in $script:Mailboxes) {
        $included = $false
        foreach ($mark in $row.Targets.Split(' ')) {
            if ($mark -ceq $Name) { $included = -not $Apart }
            elseif ($mark -ceq ($Name + '!')) { $included = $IncludeInUse.IsPresent -ne $Apart }
            elseif ($mark -ceq ($Name + '?')) { $included = $IncludeUnknown.IsPresent -ne $Apart }
        }
        if ($included) {
            New-Object -TypeName PSObject -Property @{ Id = $row.Id; Name = [regex]::Unescape($row.Name) }
        }
    }
}

function Test-PosternGate {
    param([string] $Step, [int] $Count)
    if ($IncludeUnknown) { return $true }
    Write-PosternLog ('{0} skipped: it acts on everybody, and of {1} mailboxes it is not known whether they are in use. Find out, or use -IncludeUnknown.' -f $Step, $Count)
    $script:Skipped = $true
    return $false
}

# The plan. Everything from here to the end of the table is data and calls.
$script:Plan = @{
    Id = 'cf3f4a2a0449f365'
    TenantId = '600e905b-be32-475c-ae0d-30d93d4161c4'
    TenantName = 'Handelsmaatschappij Oude Sluis'
    CollectedAt = '2026-09-25T08:00:00Z'
    MaxAgeHours = 168
    BreakGlass = @()
    Policies = @('Block Basic Authentication', 'Postern in use 1', 'Postern in use 2', 'Postern in use 3')
    OktaSteps = @('E1', 'E2', 'E3', 'E4', 'E5', 'E6', 'E7')
    Exchange = $true
    Scopes = @('Policy.Read.All', 'Policy.ReadWrite.ApplicationConfiguration', 'SharePointTenantSettings.ReadWrite.All', 'User.RevokeSessions.All')
}

# A1 Every sign-in domain is federated with the collected Okta org (FED-001): by hand.
#     Connect-MgGraph -Scopes Domain.ReadWrite.All, Domain-InternalFederation.ReadWrite.All
#     Get-MgDomainFederationConfiguration -DomainId <domain> | Format-List
#     # a managed domain, with the values of Okta's setup instructions:
#     New-MgDomainFederationConfiguration -DomainId <domain> -DisplayName Okta -PreferredAuthenticationProtocol wsFed -IssuerUri <issuer> -PassiveSignInUri <passive> -ActiveSignInUri <active> -MetadataExchangeUri <mex> -SignOutUri <logout> -SigningCertificate <base64>
#     # a domain that is federated with something else:
#     Update-MgDomainFederationConfiguration -DomainId <domain> -InternalDomainFederationId <id> -IssuerUri <issuer> -PassiveSignInUri <passive> -ActiveSignInUri <active> -MetadataExchangeUri <mex> -SignOutUri <logout> -SigningCertificate <base64>

# A2 Okta's Office 365 app signs users in by federation (FED-002): by hand.

# A3 No mailbox user signs in outside Okta (FED-003): by hand.
#     Update-MgUser -UserId <user> -UserPrincipalName <name>@<federated domain>
#     # or, when nobody needs the account to sign in:
#     Update-MgUser -UserId <user> -AccountEnabled:$false

# A4 No federated user can sign in past Okta with a password (FED-004): by hand.
#     Connect-MgGraph -Scopes Policy.ReadWrite.ApplicationConfiguration, Policy.ReadWrite.HybridAuthentication
#     Update-MgPolicyHomeRealmDiscoveryPolicy -HomeRealmDiscoveryPolicyId <id> -Definition @('{"HomeRealmDiscoveryPolicy":{"AllowCloudPasswordValidation":false}}')
#     Update-MgPolicyFeatureRolloutPolicy -FeatureRolloutPolicyId <id> -IsEnabled:$false

# A5 Entra takes Okta's MFA for federated users (FED-005): by hand.
#     Update-MgDomainFederationConfiguration -DomainId <domain> -InternalDomainFederationId <id> -FederatedIdpMfaBehavior enforceMfaByFederatedIdp

# B1 Turn modern authentication on (MODERN-001)
function Invoke-PosternB1 {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param()
    Set-PosternValue -Step 'B1' -Kind 'OrganizationConfig' -Identity '' -Property 'OAuth2ClientProfileEnabled' -Value $true
}

# B2 Turn legacy authentication off in SharePoint (MODERN-002)
function Invoke-PosternB2 {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param()
    Set-PosternGraph -Step 'B2' -Uri '/v1.0/admin/sharepoint/settings' -Property 'isLegacyAuthProtocolsEnabled' -Value $false
}

# C1 Disable POP (PROTO-001)
# Mailboxes: 11 now, 1 in use, 1 not known.
function Invoke-PosternC1 {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param()
    foreach ($mailbox in @(Get-PosternTarget -Name 'pop' -Apart $false)) {
        Set-PosternValue -Step 'C1' -Kind 'CASMailbox' -Identity $mailbox.Name -Id $mailbox.Id -Property 'PopEnabled' -Value $false
    }
}

# C2 Disable IMAP (PROTO-002)
# Mailboxes: 11 now, 1 in use, 1 not known.
function Invoke-PosternC2 {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param()
    foreach ($mailbox in @(Get-PosternTarget -Name 'imap' -Apart $false)) {
        Set-PosternValue -Step 'C2' -Kind 'CASMailbox' -Identity $mailbox.Name -Id $mailbox.Id -Property 'ImapEnabled' -Value $false
    }
}

# C3 Disable Exchange ActiveSync (PROTO-003)
# Mailboxes: 11 now, 1 in use, 1 not known.
function Invoke-PosternC3 {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param()
    foreach ($mailbox in @(Get-PosternTarget -Name 'activesync' -Apart $false)) {
        Set-PosternValue -Step 'C3' -Kind 'CASMailbox' -Identity $mailbox.Name -Id $mailbox.Id -Property 'ActiveSyncEnabled' -Value $false
    }
}

# C4 Let new mailboxes start without POP and IMAP (PROTO-004)
function Invoke-PosternC4 {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param()
    Set-PosternValue -Step 'C4' -Kind 'CASMailboxPlan' -Identity '2407ee5b-ae36-49e1-9977-77823f7d8825' -Property 'PopEnabled' -Value $false
    Set-PosternValue -Step 'C4' -Kind 'CASMailboxPlan' -Identity '2407ee5b-ae36-49e1-9977-77823f7d8825' -Property 'ImapEnabled' -Value $false
    Set-PosternValue -Step 'C4' -Kind 'CASMailboxPlan' -Identity '56e2f756-feeb-45d2-be48-51a4595ba259' -Property 'PopEnabled' -Value $false
    Set-PosternValue -Step 'C4' -Kind 'CASMailboxPlan' -Identity 'ec1cb77a-6f65-40c2-b00e-8d877b8c529f' -Property 'PopEnabled' -Value $false
    Set-PosternValue -Step 'C4' -Kind 'CASMailboxPlan' -Identity 'ec1cb77a-6f65-40c2-b00e-8d877b8c529f' -Property 'ImapEnabled' -Value $false
}

# C5 Close SMTP AUTH (PROTO-005)
# Mailboxes: 1 now, 2 in use, 0 not known.
function Invoke-PosternC5 {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param()
    foreach ($mailbox in @(Get-PosternTarget -Name 'smtp_keep' -Apart $true)) {
        Set-PosternValue -Step 'C5' -Kind 'CASMailbox' -Identity $mailbox.Name -Id $mailbox.Id -Property 'SmtpClientAuthenticationDisabled' -Value $false
    }
    Set-PosternValue -Step 'C5' -Kind 'TransportConfig' -Identity '' -Property 'SmtpClientAuthenticationDisabled' -Value $true
    foreach ($mailbox in @(Get-PosternTarget -Name 'smtp' -Apart $false)) {
        Set-PosternValue -Step 'C5' -Kind 'CASMailbox' -Identity $mailbox.Name -Id $mailbox.Id -Property 'SmtpClientAuthenticationDisabled' -Value $null
    }
}

# C6 Keep users who administer nothing from PowerShell (PROTO-007)
# Mailboxes: 12 now, 0 in use, 0 not known.
function Invoke-PosternC6 {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param()
    foreach ($mailbox in @(Get-PosternTarget -Name 'powershell' -Apart $false)) {
        Set-PosternValue -Step 'C6' -Kind 'User' -Identity $mailbox.Name -Id $mailbox.Id -Property 'EXOModuleEnabled' -Value $false
    }
}

# C7 Exchange Web Services are off or restricted to an allow list (PROTO-006): by hand.
#     Set-OrganizationConfig -EwsEnabled $false
#     # or, for the applications that still need it:
#     Set-OrganizationConfig -EwsAllowedAppIDs "<application id>,<application id>"
#     Set-OrganizationConfig -EwsEnabled $true

# D1 Create a policy that blocks basic authentication (BASIC-001)
function Invoke-PosternD1 {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param()
    New-PosternPolicy -Step 'D1' -Name 'Block Basic Authentication' -Flags @()
}

# D2 Set the mailboxes in use apart (BASIC-002)
function Invoke-PosternD2 {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param()
    New-PosternPolicy -Step 'D2' -Name 'Postern in use 1' -Flags @('AllowBasicAuthActiveSync')
    foreach ($mailbox in @(Get-PosternTarget -Name 'keep_1' -Apart $true)) {
        Set-PosternValue -Step 'D2' -Kind 'User' -Identity $mailbox.Name -Id $mailbox.Id -Property 'AuthenticationPolicy' -Value 'Postern in use 1'
    }
    New-PosternPolicy -Step 'D2' -Name 'Postern in use 2' -Flags @('AllowBasicAuthPop')
    foreach ($mailbox in @(Get-PosternTarget -Name 'keep_2' -Apart $true)) {
        Set-PosternValue -Step 'D2' -Kind 'User' -Identity $mailbox.Name -Id $mailbox.Id -Property 'AuthenticationPolicy' -Value 'Postern in use 2'
    }
    New-PosternPolicy -Step 'D2' -Name 'Postern in use 3' -Flags @('AllowBasicAuthSmtp')
    foreach ($mailbox in @(Get-PosternTarget -Name 'keep_3' -Apart $true)) {
        Set-PosternValue -Step 'D2' -Kind 'User' -Identity $mailbox.Name -Id $mailbox.Id -Property 'AuthenticationPolicy' -Value 'Postern in use 3'
    }
}

# D3 Try the policy on a few mailboxes (BASIC-002)
# Mailboxes: 7 now, 0 in use, 0 not known.
function Invoke-PosternD3 {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param()
    foreach ($mailbox in @(Get-PosternTarget -Name 'pilot' -Apart $false)) {
        Set-PosternValue -Step 'D3' -Kind 'User' -Identity $mailbox.Name -Id $mailbox.Id -Property 'AuthenticationPolicy' -Value 'Block Basic Authentication'
    }
}

# D4 Take weaker policies off single mailboxes (BASIC-003, BASIC-005)
# Mailboxes: 0 now, 2 in use, 0 not known.
function Invoke-PosternD4 {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param()
    foreach ($mailbox in @(Get-PosternTarget -Name 'own_policy' -Apart $false)) {
        Set-PosternValue -Step 'D4' -Kind 'User' -Identity $mailbox.Name -Id $mailbox.Id -Property 'AuthenticationPolicy' -Value 'Block Basic Authentication'
    }
}

# D5 Make the policy the default (BASIC-002)
function Invoke-PosternD5 {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param()
    Set-PosternValue -Step 'D5' -Kind 'OrganizationConfig' -Identity '' -Property 'DefaultAuthenticationPolicy' -Value 'Block Basic Authentication'
}

# D6 Conditional Access blocks legacy authentication without a hole (BASIC-004): by hand.
#     Connect-MgGraph -Scopes Policy.Read.All, Policy.ReadWrite.ConditionalAccess
#     New-MgIdentityConditionalAccessPolicy -BodyParameter @{
#       displayName   = "Block legacy authentication"
#       state         = "enabled"
#       conditions    = @{
#         clientAppTypes = @("exchangeActiveSync", "other")
#         applications   = @{ includeApplications = @("All") }
#         users          = @{ includeUsers = @("All"); excludeUsers = @("<break-glass id>") }
#       }
#       grantControls = @{ operator = "OR"; builtInControls = @("block") }
#     }

# E1 Set the accounts in use apart (SIGNON-001, SIGNON-002): in Okta, see the runbook.

# E2 Move the rule that denies legacy clients above every other (SIGNON-001, SIGNON-002): in Okta, see the runbook.

# E3 Change rule 'Web and modern' of 'Office 365 (password)', 'Microsoft Office 365' (SIGNON-003, SIGNON-007): in Okta, see the runbook.

# E4 Change rule 'Just let them in' of 'Office 365 (password)', 'Microsoft Office 365' (SIGNON-003, SIGNON-004, SIGNON-005, SIGNON-007): in Okta, see the runbook.

# E5 Change rule 'Catch-all Rule' of 'Office 365 (password)', 'Microsoft Office 365' (SIGNON-005): in Okta, see the runbook.

# E6 Switch off the exception 'Printers and old phones', or confine it (SIGNON-004): in Okta, see the runbook.

# E7 Let ThreatInsight block (SIGNON-009): in Okta, see the runbook.

# E8 Every rule of Okta's sign-on policy can match (SIGNON-006): by hand.

# E9 Users get a mail when somebody signs in from a new device (SIGNON-008): by hand.

# F1 Shorten access tokens (TOKEN-002)
function Invoke-PosternF1 {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param()
    Set-PosternGraph -Step 'F1' -Uri '/v1.0/policies/tokenLifetimePolicies/06f02aa1-b665-4468-af7a-6fcc98515b9f' -Property 'definition' -Value @('{"TokenLifetimePolicy":{"AccessTokenLifetime":"01:00:00","Version":1}}')
}

# F2 Conditional Access makes everybody sign in again to read mail (TOKEN-003): by hand.
#     Connect-MgGraph -Scopes Policy.Read.All, Policy.ReadWrite.ConditionalAccess
#     New-MgIdentityConditionalAccessPolicy -BodyParameter @{
#       displayName = 'Sign-in frequency for Office 365'
#       state = 'enabledForReportingButNotEnforced'
#       conditions = @{
#         clientAppTypes = @('all')
#         applications = @{ includeApplications = @('Office365') }
#         users = @{ includeUsers = @('All'); excludeUsers = @('<break-glass id>') }
#       }
#       sessionControls = @{ signInFrequency = @{
#         isEnabled = $true; frequencyInterval = 'timeBased'; type = 'days'; value = 7 } }
#     }
#     # When the sign-in log shows what you expect:
#     Update-MgIdentityConditionalAccessPolicy -ConditionalAccessPolicyId <id> -State enabled

# F3 Revoke all sessions (TOKEN-001)
# Mailboxes: 13 now, 0 in use, 0 not known.
function Invoke-PosternF3 {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param()
    foreach ($mailbox in @(Get-PosternTarget -Name 'revoke' -Apart $false)) {
        Revoke-PosternSession -Step 'F3' -Identity $mailbox.Name -Id $mailbox.Id
    }
}

# Evidence-1 No sign-in by a legacy client succeeds (EVID-001): by hand.
#     Connect-MgGraph -Scopes AuditLog.Read.All
#     Get-MgAuditLogSignIn -All -Filter "status/errorCode eq 0 and clientAppUsed ne 'Browser' and clientAppUsed ne 'Mobile Apps and Desktop clients'" |
#       Select-Object CreatedDateTime, UserPrincipalName, ClientAppUsed, AppDisplayName, IpAddress
#     # Non-interactive sign-ins, where POP and IMAP are:
#     Get-MgBetaAuditLogSignIn -All -Filter "signInEventTypes/any(t: t eq 'nonInteractiveUser') and status/errorCode eq 0"

# Evidence-2 No request at Okta's legacy endpoint succeeds (EVID-002): by hand.

# Evidence-3 No mail client is in use that cannot do modern authentication (EVID-003): by hand.
#     # Outlook 2013, for the signed-in user of a computer:
#     New-Item -Force HKCU:\\SOFTWARE\\Microsoft\\Office\\15.0\\Common\\Identity
#     Set-ItemProperty HKCU:\\SOFTWARE\\Microsoft\\Office\\15.0\\Common\\Identity -Name EnableADAL -Type DWord -Value 1
#     Set-ItemProperty HKCU:\\SOFTWARE\\Microsoft\\Office\\15.0\\Common\\Identity -Name Version -Type DWord -Value 1

# Access-1 No mailbox can be reached without MFA (ACCESS-001): by hand.

# Access-2 Every legacy door has two locks (ACCESS-002): by hand.

# The order.
$script:Steps = @(
    @{ Id = 'B1'; Step = 'B'; Title = 'Turn modern authentication on'; Function = 'Invoke-PosternB1'; After = @(); WaitHours = 0; AfterOkta = $false }
    @{ Id = 'B2'; Step = 'B'; Title = 'Turn legacy authentication off in SharePoint'; Function = 'Invoke-PosternB2'; After = @(); WaitHours = 0; AfterOkta = $false }
    @{ Id = 'C1'; Step = 'C'; Title = 'Disable POP'; Function = 'Invoke-PosternC1'; After = @(); WaitHours = 0; AfterOkta = $false }
    @{ Id = 'C2'; Step = 'C'; Title = 'Disable IMAP'; Function = 'Invoke-PosternC2'; After = @(); WaitHours = 0; AfterOkta = $false }
    @{ Id = 'C3'; Step = 'C'; Title = 'Disable Exchange ActiveSync'; Function = 'Invoke-PosternC3'; After = @(); WaitHours = 0; AfterOkta = $false }
    @{ Id = 'C4'; Step = 'C'; Title = 'Let new mailboxes start without POP and IMAP'; Function = 'Invoke-PosternC4'; After = @(); WaitHours = 0; AfterOkta = $false }
    @{ Id = 'C5'; Step = 'C'; Title = 'Close SMTP AUTH'; Function = 'Invoke-PosternC5'; After = @(); WaitHours = 0; AfterOkta = $false }
    @{ Id = 'C6'; Step = 'C'; Title = 'Keep users who administer nothing from PowerShell'; Function = 'Invoke-PosternC6'; After = @(); WaitHours = 0; AfterOkta = $false }
    @{ Id = 'D1'; Step = 'D'; Title = 'Create a policy that blocks basic authentication'; Function = 'Invoke-PosternD1'; After = @(); WaitHours = 0; AfterOkta = $false }
    @{ Id = 'D2'; Step = 'D'; Title = 'Set the mailboxes in use apart'; Function = 'Invoke-PosternD2'; After = @(); WaitHours = 0; AfterOkta = $false }
    @{ Id = 'D3'; Step = 'D'; Title = 'Try the policy on a few mailboxes'; Function = 'Invoke-PosternD3'; After = @('B1', 'D1'); WaitHours = 0; AfterOkta = $false }
    @{ Id = 'D4'; Step = 'D'; Title = 'Take weaker policies off single mailboxes'; Function = 'Invoke-PosternD4'; After = @('B1', 'D1'); WaitHours = 0; AfterOkta = $false }
    @{ Id = 'D5'; Step = 'D'; Title = 'Make the policy the default'; Function = 'Invoke-PosternD5'; After = @('B1', 'D1', 'D2', 'D3'); WaitHours = 24; AfterOkta = $false }
    @{ Id = 'F1'; Step = 'F'; Title = 'Shorten access tokens'; Function = 'Invoke-PosternF1'; After = @(); WaitHours = 0; AfterOkta = $false }
    @{ Id = 'F3'; Step = 'F'; Title = 'Revoke all sessions'; Function = 'Invoke-PosternF3'; After = @('B1', 'B2', 'C1', 'C2', 'C3', 'C4', 'C5', 'C6', 'D1', 'D2', 'D3', 'D4', 'D5'); WaitHours = 24; AfterOkta = $true }
)

# In use, and left as they are unless -IncludeInUse is given:
#     cornelis.blaauw@oudesluis.example: Exchange ActiveSync
#     wiebe.terpstra@oudesluis.example: POP
#     geertruida.hofstra@oudesluis.example: Protocol not named
#     scanner@oudesluis.example: SMTP AUTH
#     beheer@oudesluis.onmicrosoft.com: Password grant
#     jurgen.gross@oudesluis.example: IMAP
#     kassa@depot-oudesluis.example: SMTP AUTH

# The mailboxes and what they are targets of: ! is in use, ? is not known.
$script:Table = @'
Id,Name,Targets
1222f0f7-6234-4fba-bf5b-353133bcb213,"cornelis.blaauw@oudesluis.example",activesync! imap keep_1! pop powershell revoke smtp_keep
1edb336a-a44d-462b-938f-9155eaa3d775,"info@oudesluis.example",activesync imap pilot pop powershell revoke smtp_keep
492b3767-6336-46f5-96fa-b63839327c97,"pawel.wojcik@depot-oudesluis.example",activesync imap pilot pop powershell revoke smtp_keep
4badb767-aab3-4df0-97a6-4cba7de0cc71,"anais.lefevre@sluiswerf.example",activesync imap pilot pop powershell revoke smtp_keep
5e9bed0c-b474-4835-a97b-e0e8ada2a111,"wiebe.terpstra@oudesluis.example",activesync imap keep_2! pop! powershell revoke smtp_keep
86df0b40-25eb-4374-910e-83a365d0cc6a,"geertruida.hofstra@oudesluis.example",activesync? imap? own_policy! pop? powershell revoke smtp_keep?
9166f5fd-355d-4ec5-a543-3af5655fc31b,"scanner@oudesluis.example",activesync imap keep_3! pop powershell revoke smtp!
b7eb8d50-5929-4080-9da0-7aec39d223bc,"tjerk.wiersma@sluiswerf.example",activesync imap pilot pop powershell revoke smtp_keep
bfebeaeb-4415-4e92-a2c3-7eb7d7e2f255,"beheer@oudesluis.onmicrosoft.com",activesync imap pilot pop revoke smtp_keep
cce7dee2-deee-4da9-9b75-22d607a5b9ed,"fatima.benali@oudesluis.example",activesync imap pilot pop powershell revoke smtp_keep
d9b4e7f3-0a29-420d-aa60-6bd77f17d631,"jurgen.gross@oudesluis.example",activesync imap! own_policy! pop powershell revoke smtp
eff0e82a-e120-45a9-a570-623c76b27d31,"roisin.ni.bhriain@depot-oudesluis.example",activesync imap pilot pop powershell revoke smtp_keep
fa10fcea-10b3-4b1e-bc76-e33cd24819b1,"kassa@depot-oudesluis.example",activesync imap keep_3! pop powershell revoke smtp!
'@

function Assert-PosternConnection {
    if ($script:Plan.Exchange) {
        if (-not (Get-Command -Name Get-ConnectionInformation -ErrorAction SilentlyContinue)) {
            throw 'The module ExchangeOnlineManagement (3.0 or later) is not loaded. Install it, then run Connect-ExchangeOnline.'
        }
        $connections = @(Get-ConnectionInformation | Where-Object { $_.State -eq 'Connected' })
        if ($connections.Count -eq 0) { throw 'There is no connection to Exchange Online. Run Connect-ExchangeOnline.' }
        foreach ($connection in $connections) {
            if ([string] $connection.TenantID -ne $script:Plan.TenantId) {
                throw ('Exchange Online is connected to the tenant {0}, and the plan is for {1}.' -f $connection.TenantID, $script:Plan.TenantId)
            }
            $script:Self += [string] $connection.UserPrincipalName
        }
    }
    if ($script:Plan.Scopes.Count -gt 0) {
        if (-not (Get-Command -Name Get-MgContext -ErrorAction SilentlyContinue)) {
            throw 'The module Microsoft.Graph.Authentication is not loaded. Install it, then run Connect-MgGraph.'
        }
        $context = Get-MgContext
        $wanted = $script:Plan.Scopes -join ', '
        if ($null -eq $context) { throw ('There is no connection to Microsoft Graph. Run Connect-MgGraph -Scopes {0}.' -f $wanted) }
        if ([string] $context.TenantId -ne $script:Plan.TenantId) {
            throw ('Microsoft Graph is connected to the tenant {0}, and the plan is for {1}.' -f $context.TenantId, $script:Plan.TenantId)
        }
        foreach ($scope in $script:Plan.Scopes) {
            if (@($context.Scopes) -notcontains $scope) { throw ('The connection to Microsoft Graph lacks {0}. Run Connect-MgGraph -Scopes {1}.' -f $scope, $wanted) }
        }
    }
}

function Assert-PosternFresh {
    $collected = [DateTime]::ParseExact($script:Plan.CollectedAt, 'yyyy-MM-ddTHH:mm:ssZ', [Globalization.CultureInfo]::InvariantCulture,
        [Globalization.DateTimeStyles]'AssumeUniversal, AdjustToUniversal')
    $hours = ([DateTime]::UtcNow - $collected).TotalHours
    if ($hours -gt $script:Plan.MaxAgeHours -and -not $Force) {
        throw ('The snapshot is {0:N0} hours old, and the plan may be carried out for {1}. Collect again and make a new plan, or use -Force.' -f $hours, $script:Plan.MaxAgeHours)
    }
}

function Undo-PosternRun {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([string] $Path)
    $lines = @(Get-Content -LiteralPath $Path -Encoding UTF8 | Where-Object { $_.Trim() -ne '' })
    [array]::Reverse($lines)
    foreach ($line in $lines) {
        $entry = ConvertFrom-Json -InputObject $line
        if ($entry.tenant -ne $script:Plan.TenantId) { throw ('The undo file is for the tenant {0}.' -f $entry.tenant) }
        $was = $null
        if ($entry.PSObject.Properties['was']) { $was = Unprotect-PosternValue $entry.was }
        switch ($entry.change) {
            'set' {
                Assert-PosternPermitted -Kind $entry.kind -Property $entry.property -Identity $entry.identity -Id $entry.id
                Get-PosternObject -Kind $entry.kind -Identity $entry.identity -Id $entry.id | Out-Null
                $target = ('{0} {1}' -f $entry.kind, $entry.identity).Trim()
                if ($PSCmdlet.ShouldProcess($target, ('undo {0}: {1} back to {2}' -f $entry.step, $entry.property, (Format-PosternValue $was)))) {
                    Set-PosternObject -Kind $entry.kind -Identity $entry.identity -Property $entry.property -Value $was
                    Write-PosternLog ('undo {0} {1}: {2} back to {3}' -f $entry.step, $target, $entry.property, (Format-PosternValue $was))
                    Wait-PosternBatch
                }
            }
            'policy' {
                if ($script:Plan.Policies -notcontains $entry.identity) { throw ('The plan made no authentication policy {0}.' -f $entry.identity) }
                if ($PSCmdlet.ShouldProcess($entry.identity, ('undo {0}: remove the authentication policy' -f $entry.step))) {
                    if (@(Get-AuthenticationPolicy -ErrorAction Stop | Where-Object { $_.Name -eq $entry.identity }).Count -eq 1) {
                        Remove-AuthenticationPolicy -Identity $entry.identity -Confirm:$false -ErrorAction Stop
                    }
                    Write-PosternLog ('undo {0} removed the authentication policy {1}' -f $entry.step, $entry.identity)
                }
            }
            'patch' {
                if ($entry.uri -notmatch $script:AllowedUri) { throw ('This script does not change {0}.' -f $entry.uri) }
                if ($PSCmdlet.ShouldProcess($entry.uri, ('undo {0}: {1} back' -f $entry.step, $entry.property))) {
                    Invoke-PosternPatch -Uri $entry.uri -Property $entry.property -Value $was
                    Write-PosternLog ('undo {0} {1}: {2} back to {3}' -f $entry.step, $entry.uri, $entry.property, (Format-PosternValue $was))
                }
            }
            'create' {
                if ($entry.uri -notmatch $script:CollectionUri -or $entry.id -notmatch '^[0-9A-Za-z-]+$') { throw ('This script removes nothing at {0}.' -f $entry.uri) }
                if ($PSCmdlet.ShouldProcess($entry.identity, ('undo {0}: remove' -f $entry.step))) {
                    Invoke-MgGraphRequest -Method DELETE -Uri ('{0}/{1}' -f $entry.uri, $entry.id) | Out-Null
                    Write-PosternLog ('undo {0} removed {1}' -f $entry.step, $entry.identity)
                }
            }
            'revoke' { Write-PosternLog ('{0}: a revocation cannot be undone' -f $entry.identity) }
            default { throw ('The undo file has a change that is not known: {0}.' -f $entry.change) }
        }
    }
}

# The actions that this plan has finished, and when.
function Get-PosternDone {
    $done = @{}
    if (Test-Path -LiteralPath $script:DoneFile) {
        foreach ($line in @(Get-Content -LiteralPath $script:DoneFile -Encoding UTF8)) {
            $words = $line.Split(' ')
            if ($words.Count -eq 2) { $done[$words[0]] = [DateTime]::new([long] $words[1], [DateTimeKind]::Utc) }
        }
    }
    return $done
}

# When an action that waits may be done.
function Get-PosternWait {
    param([hashtable] $Done, [hashtable] $Item)
    $until = [DateTime]::MinValue
    foreach ($before in $Item.After) {
        if ($Done.ContainsKey($before) -and $Done[$before].AddHours($Item.WaitHours) -gt $until) {
            $until = $Done[$before].AddHours($Item.WaitHours)
        }
    }
    return $until
}

function Invoke-PosternPlan {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param()
    foreach ($name in $Step) {
        if (@($script:Steps | Where-Object { $_.Id -eq $name -or $_.Step -eq $name }).Count -eq 0) {
            throw ('The plan has no step {0}. It has: {1}' -f $name, (@($script:Steps | ForEach-Object { $_.Id }) -join ', '))
        }
    }
    $done = Get-PosternDone
    foreach ($item in $script:Steps) {
        $named = $Step -contains $item.Id -or $Step -contains $item.Step
        if ($Step.Count -gt 0 -and -not $named) { continue }
        if (-not $WhatIfPreference -and -not $named -and $done.ContainsKey($item.Id)) {
            Write-PosternLog ('{0} was done on {1:yyyy-MM-ddTHH:mm:ssZ}; name it with -Step to do it again' -f $item.Id, $done[$item.Id])
            continue
        }
        if (-not $WhatIfPreference -and -not $Force) {
            $missing = @($item.After | Where-Object { -not $done.ContainsKey($_) })
            if ($missing.Count -gt 0) { throw ('{0} comes after {1}, which this plan has not finished. Do that first, or use -Force.' -f $item.Id, ($missing -join ', ')) }
            if ($item.AfterOkta -and -not $OktaDone) { throw ('{0} comes after steps in Okta ({1}). Do them and use -OktaDone.' -f $item.Id, ($script:Plan.OktaSteps -join ', ')) }
        }
        if (-not $WhatIfPreference -and -not $Force -and $item.WaitHours -gt 0) {
            $until = Get-PosternWait -Done $done -Item $item
            if ($until -gt [DateTime]::UtcNow) {
                Write-PosternLog ('{0} waits until {1:yyyy-MM-ddTHH:mm:ssZ}, because what was done before may take {2} hours to act. Run the script again then.' -f $item.Id, $until, $item.WaitHours)
                return
            }
        }
        Write-PosternLog ('{0} {1}' -f $item.Id, $item.Title)
        $script:Skipped = $false
        & $item.Function
        if (-not $WhatIfPreference -and -not $script:Skipped) {
            $now = [DateTime]::UtcNow
            Add-Content -LiteralPath $script:DoneFile -Value ('{0} {1}' -f $item.Id, $now.Ticks) -Encoding UTF8 -Confirm:$false
            $done[$item.Id] = $now
        }
    }
}

$run = Join-Path -Path (Resolve-Path -LiteralPath $Folder).ProviderPath -ChildPath ('postern-{0}' -f [DateTime]::UtcNow.ToString('yyyyMMdd-HHmmss'))
$notes = Join-Path -Path (Resolve-Path -LiteralPath $Folder).ProviderPath -ChildPath ('postern-{0}' -f $script:Plan.Id)
$script:LogFile = $run + '.log'
$script:UndoFile = $run + '.undo.jsonl'
$script:DoneFile = $notes + '.done'
$rehearsed = $notes + '.whatif'

try {
    Assert-PosternConnection
    if ($Undo -ne '') {
        Undo-PosternRun -Path $Undo
        Write-PosternLog 'undone'
        return
    }
    Assert-PosternFresh
    if (-not $WhatIfPreference -and -not $Force -and -not (Test-Path -LiteralPath $rehearsed)) {
        throw 'Run this plan with -WhatIf first, and read what it would do.'
    }
    Invoke-PosternPlan
    if ($WhatIfPreference) {
        Add-Content -LiteralPath $rehearsed -Value ([DateTime]::UtcNow.ToString('yyyy-MM-ddTHH:mm:ssZ')) -Encoding UTF8 -WhatIf:$false -Confirm:$false
        Write-PosternLog 'nothing was changed'
        return
    }
    Write-PosternLog ('{0} changes. The way back: -Undo {1}' -f $script:Changed, $script:UndoFile)
}
catch {
    Write-PosternLog ('stopped: {0}' -f $_.Exception.Message)
    if (Test-Path -LiteralPath $script:UndoFile) {
        Write-PosternLog ('what was changed before can be undone with -Undo {0}' -f $script:UndoFile)
    }
    throw
}
