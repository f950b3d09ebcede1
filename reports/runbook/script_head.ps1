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
