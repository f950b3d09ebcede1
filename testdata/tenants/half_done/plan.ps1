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
    Id = 'ce68a57184e2a23a'
    TenantId = '9b6d73f5-960c-4ac9-a91e-ebff7aea4f5e'
    TenantName = 'Halverwege Advies'
    CollectedAt = '2026-11-20T08:00:00Z'
    MaxAgeHours = 168
    BreakGlass = @('3f6f3b10-0c1e-4f0e-9d0a-5d9a7f0c1f0e', 'glass@halverwege.onmicrosoft.com')
    Policies = @()
    OktaSteps = @('E1', 'E2', 'E3', 'E4')
    Exchange = $true
    Scopes = @('Policy.Read.All', 'Policy.ReadWrite.ConditionalAccess', 'User.RevokeSessions.All')
}

# C1 Close SMTP AUTH (PROTO-005)
# Mailboxes: 1 now, 3 in use, 0 not known.
function Invoke-PosternC1 {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param()
    foreach ($mailbox in @(Get-PosternTarget -Name 'smtp' -Apart $false)) {
        Set-PosternValue -Step 'C1' -Kind 'CASMailbox' -Identity $mailbox.Name -Id $mailbox.Id -Property 'SmtpClientAuthenticationDisabled' -Value $null
    }
}

# C2 Keep users who administer nothing from PowerShell (PROTO-007)
# Mailboxes: 14 now, 0 in use, 0 not known.
function Invoke-PosternC2 {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param()
    foreach ($mailbox in @(Get-PosternTarget -Name 'powershell' -Apart $false)) {
        Set-PosternValue -Step 'C2' -Kind 'User' -Identity $mailbox.Name -Id $mailbox.Id -Property 'EXOModuleEnabled' -Value $false
    }
}

# D1 Set the mailboxes in use apart (BASIC-002)
function Invoke-PosternD1 {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param()
    foreach ($mailbox in @(Get-PosternTarget -Name 'keep_1' -Apart $true)) {
        Set-PosternValue -Step 'D1' -Kind 'User' -Identity $mailbox.Name -Id $mailbox.Id -Property 'AuthenticationPolicy' -Value 'Scanners'
    }
}

# D2 Try the policy on a few mailboxes (BASIC-002)
# Mailboxes: 8 now, 0 in use, 0 not known.
function Invoke-PosternD2 {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param()
    foreach ($mailbox in @(Get-PosternTarget -Name 'pilot' -Apart $false)) {
        Set-PosternValue -Step 'D2' -Kind 'User' -Identity $mailbox.Name -Id $mailbox.Id -Property 'AuthenticationPolicy' -Value 'Block Basic Authentication'
    }
}

# D3 Take weaker policies off single mailboxes (BASIC-003, BASIC-005)
# Mailboxes: 1 now, 2 in use, 0 not known.
function Invoke-PosternD3 {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param()
    foreach ($mailbox in @(Get-PosternTarget -Name 'own_policy' -Apart $false)) {
        Set-PosternValue -Step 'D3' -Kind 'User' -Identity $mailbox.Name -Id $mailbox.Id -Property 'AuthenticationPolicy' -Value 'Block Basic Authentication'
    }
}

# D4 Make the policy the default (BASIC-002)
function Invoke-PosternD4 {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param()
    Set-PosternValue -Step 'D4' -Kind 'OrganizationConfig' -Identity '' -Property 'DefaultAuthenticationPolicy' -Value 'Block Basic Authentication'
}

# D5 Create a policy that blocks legacy clients, to report only (BASIC-004)
function Invoke-PosternD5 {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param()
    New-PosternGraph -Step 'D5' -Uri '/v1.0/identity/conditionalAccess/policies' -Name 'Block legacy authentication' -Body '{"conditions":{"applications":{"includeApplications":["All"]},"clientAppTypes":["exchangeActiveSync","other"],"users":{"excludeUsers":["3f6f3b10-0c1e-4f0e-9d0a-5d9a7f0c1f0e","11a8c3c2-9563-4f8a-a356-a10f561cf482","95eef1dd-9782-4788-91e0-2f55f5e40d5e","b0d9d472-6888-457c-8825-efb09d48ba95"],"includeUsers":["All"]}},"displayName":"Block legacy authentication","grantControls":{"builtInControls":["block"],"operator":"OR"},"state":"enabledForReportingButNotEnforced"}'
}

# E1 Set the accounts in use apart (SIGNON-001, SIGNON-002): in Okta, see the runbook.

# E2 Deny legacy clients above every other rule (SIGNON-001, SIGNON-002): in Okta, see the runbook.

# E3 Change rule 'Require MFA' of 'Microsoft Office 365' (SIGNON-004, SIGNON-005): in Okta, see the runbook.

# E4 Let ThreatInsight block (SIGNON-009): in Okta, see the runbook.

# E5 Users get a mail when somebody signs in from a new device (SIGNON-008): by hand.

# F1 Create a policy that limits sessions, to report only (TOKEN-003)
function Invoke-PosternF1 {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param()
    New-PosternGraph -Step 'F1' -Uri '/v1.0/identity/conditionalAccess/policies' -Name 'Sign-in frequency for Office 365' -Body '{"conditions":{"applications":{"includeApplications":["Office365"]},"clientAppTypes":["all"],"users":{"excludeUsers":["3f6f3b10-0c1e-4f0e-9d0a-5d9a7f0c1f0e"],"includeUsers":["All"]}},"displayName":"Sign-in frequency for Office 365","sessionControls":{"signInFrequency":{"frequencyInterval":"timeBased","isEnabled":true,"type":"days","value":7}},"state":"enabledForReportingButNotEnforced"}'
}

# F2 Revoke all sessions (TOKEN-001)
# Mailboxes: 15 now, 0 in use, 0 not known.
function Invoke-PosternF2 {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param()
    foreach ($mailbox in @(Get-PosternTarget -Name 'revoke' -Apart $false)) {
        Revoke-PosternSession -Step 'F2' -Identity $mailbox.Name -Id $mailbox.Id
    }
}

# Evidence-1 No sign-in by a legacy client succeeds (EVID-001): by hand.
#     Connect-MgGraph -Scopes AuditLog.Read.All
#     Get-MgAuditLogSignIn -All -Filter "status/errorCode eq 0 and clientAppUsed ne 'Browser' and clientAppUsed ne 'Mobile Apps and Desktop clients'" |
#       Select-Object CreatedDateTime, UserPrincipalName, ClientAppUsed, AppDisplayName, IpAddress
#     # Non-interactive sign-ins, where POP and IMAP are:
#     Get-MgBetaAuditLogSignIn -All -Filter "signInEventTypes/any(t: t eq 'nonInteractiveUser') and status/errorCode eq 0"

# Evidence-2 No request at Okta's legacy endpoint succeeds (EVID-002): by hand.

# Access-1 No mailbox can be reached without MFA (ACCESS-001): by hand.

# Access-2 Every legacy door has two locks (ACCESS-002): by hand.

# The order.
$script:Steps = @(
    @{ Id = 'C1'; Step = 'C'; Title = 'Close SMTP AUTH'; Function = 'Invoke-PosternC1'; After = @(); WaitHours = 0; AfterOkta = $false }
    @{ Id = 'C2'; Step = 'C'; Title = 'Keep users who administer nothing from PowerShell'; Function = 'Invoke-PosternC2'; After = @(); WaitHours = 0; AfterOkta = $false }
    @{ Id = 'D1'; Step = 'D'; Title = 'Set the mailboxes in use apart'; Function = 'Invoke-PosternD1'; After = @(); WaitHours = 0; AfterOkta = $false }
    @{ Id = 'D2'; Step = 'D'; Title = 'Try the policy on a few mailboxes'; Function = 'Invoke-PosternD2'; After = @(); WaitHours = 0; AfterOkta = $false }
    @{ Id = 'D3'; Step = 'D'; Title = 'Take weaker policies off single mailboxes'; Function = 'Invoke-PosternD3'; After = @(); WaitHours = 0; AfterOkta = $false }
    @{ Id = 'D4'; Step = 'D'; Title = 'Make the policy the default'; Function = 'Invoke-PosternD4'; After = @('D1', 'D2'); WaitHours = 24; AfterOkta = $false }
    @{ Id = 'D5'; Step = 'D'; Title = 'Create a policy that blocks legacy clients, to report only'; Function = 'Invoke-PosternD5'; After = @(); WaitHours = 0; AfterOkta = $false }
    @{ Id = 'F1'; Step = 'F'; Title = 'Create a policy that limits sessions, to report only'; Function = 'Invoke-PosternF1'; After = @(); WaitHours = 0; AfterOkta = $false }
    @{ Id = 'F2'; Step = 'F'; Title = 'Revoke all sessions'; Function = 'Invoke-PosternF2'; After = @('C1', 'C2', 'D1', 'D2', 'D3', 'D4', 'D5'); WaitHours = 24; AfterOkta = $true }
)

# In use, and left as they are unless -IncludeInUse is given:
#     scanner.utrecht@halverwege.example: SMTP AUTH
#     crm@halverwege.example: SMTP AUTH
#     scanner.zwolle@halverwege.example: SMTP AUTH

# The mailboxes and what they are targets of: ! is in use, ? is not known.
$script:Table = @'
Id,Name,Targets
052edb36-d7d7-453c-be3a-88308a10d25a,"katarina.novakova@halverwege.example",pilot powershell revoke
11a8c3c2-9563-4f8a-a356-a10f561cf482,"scanner.utrecht@halverwege.example",own_policy! powershell revoke smtp!
2424fc45-227a-4b72-b19b-3b848bd76cf2,"oisin.walsh@halverwege.example",pilot powershell revoke
29cdbcf1-149f-432a-b1ea-936462f898fb,"maarten.visser@halverwege.example",powershell revoke
6876c2b3-9b68-44fd-aab3-f941ca37b550,"lars.petersen@halverwege.example",pilot powershell revoke
8a9ec6f9-7504-457b-bbd4-e70cf29b7070,"chidi.eze@halverwege.example",pilot powershell revoke
8c6299e3-2522-4fcf-9c57-398b604f00c6,"nadia.rahimi@halverwege.example",pilot powershell revoke smtp
95eef1dd-9782-4788-91e0-2f55f5e40d5e,"crm@halverwege.example",keep_1! powershell revoke smtp!
9858fff9-8060-4ea7-9ab9-4f17461be27d,"noor.van.leeuwen@halverwege.example",pilot powershell revoke
a720dac9-e881-4cde-8e95-4615084d3cd2,"dmitri.volkov@halverwege.example",own_policy powershell revoke
abb03cdc-7aac-4b0c-a5cf-8a8db26a8e27,"aicha.amrani@halverwege.example",powershell revoke
b0d9d472-6888-457c-8825-efb09d48ba95,"scanner.zwolle@halverwege.example",own_policy! powershell revoke smtp!
b3b64108-7020-48a1-b4b7-d96d0aa2729c,"sofie.lindqvist@halverwege.example",revoke
bf568ab6-0de6-4716-a54d-11936867e751,"zeljko.horvat@halverwege.example",pilot powershell revoke
c26096b5-5189-4cb1-87fe-79d2c3f24a88,"ingrid.solheim@halverwege.example",pilot powershell revoke
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
