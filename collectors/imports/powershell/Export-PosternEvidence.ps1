<#
.SYNOPSIS
    Saves the settings that decide who can sign in to Exchange Online mail, and how,
    as JSON files for 'postern import powershell'.

.DESCRIPTION
    For a tenant that Postern may not reach. Run it, look at what it wrote, carry the
    folder to where Postern is, and run there:

        postern import powershell FOLDER -o snapshot.json

    It only reads. Towards Microsoft it sends cmdlets that begin with Get, and
    requests with the method GET. The only thing it writes is the new folder.

    What you need:
      * the module ExchangeOnlineManagement, and a session of Connect-ExchangeOnline,
        with the Exchange role group View-Only Organization Management or the Entra
        role Global Reader;
      * for -IncludeGraph the module Microsoft.Graph.Authentication, and a session of

          Connect-MgGraph -Scopes Domain.Read.All, Domain-InternalFederation.Read.All,
            Organization.Read.All, Policy.Read.All, Policy.Read.AuthenticationMethod,
            Policy.Read.HybridAuthentication, OnPremDirectorySynchronization.Read.All,
            LicenseAssignment.Read.All, SharePointTenantSettings.Read.All, User.Read.All,
            GroupMember.Read.All, RoleManagement.Read.Directory, AuditLog.Read.All

        with the Entra role Global Reader. What you leave out is missing from the
        folder, and Postern says what it could not judge for that.

    What it writes: one file for each cmdlet or answer, and manifest.json, which says
    who ran this when and how each of them ended. There is no password, key or token
    in it. There are the names and settings of every mailbox: keep the folder as you
    would keep an address book, and delete it after the import.

    Windows PowerShell 5.1 and PowerShell 7 can run it. An error of one cmdlet is
    written down, and the next one is run.

.PARAMETER Path
    The folder to make. It must not be there yet.

.PARAMETER IncludeGraph
    Also read Entra ID, SharePoint's tenant settings and the sign-in log, through
    Microsoft Graph.

.PARAMETER SignInDays
    How many days of the sign-in log to read with -IncludeGraph: 0 (none) to 30.

.EXAMPLE
    Connect-ExchangeOnline
    .\Export-PosternEvidence.ps1 -Path .\evidence

.EXAMPLE
    Connect-ExchangeOnline; Connect-MgGraph -Scopes ...
    .\Export-PosternEvidence.ps1 -Path .\evidence -IncludeGraph
#>
#Requires -Version 5.1
[CmdletBinding()]
param(
    [string] $Path = 'postern-evidence',
    [switch] $IncludeGraph,
    [ValidateRange(0, 30)] [int] $SignInDays = 30
)

# --- What is read of each mailbox and each user. Whole rows are ten times larger. ---

$mailboxSettings = 'ExternalDirectoryObjectId', 'Guid', 'DisplayName', 'PrimarySmtpAddress', 'EmailAddresses',
    'ActiveSyncEnabled', 'PopEnabled', 'ImapEnabled', 'MAPIEnabled', 'EwsEnabled', 'OWAEnabled',
    'SmtpClientAuthenticationDisabled'
$userSettings = 'ExternalDirectoryObjectId', 'Guid', 'UserPrincipalName', 'DisplayName', 'RecipientType',
    'RecipientTypeDetails', 'AuthenticationPolicy', 'RemotePowerShellEnabled', 'EXOModuleEnabled', 'AccountDisabled'
$memberSettings = 'ExternalDirectoryObjectId', 'Name', 'RecipientType'

# --- The cmdlets, by the name of the file that each one fills. ---

$cmdlets = [ordered] @{
    'Get-OrganizationConfig'  = { Get-OrganizationConfig }
    'Get-OrganizationConfig-RetrieveEwsOperationAccessPolicy' = { Get-OrganizationConfig -RetrieveEwsOperationAccessPolicy }
    'Get-TransportConfig'     = { Get-TransportConfig }
    'Get-AuthenticationPolicy' = { Get-AuthenticationPolicy }
    'Get-CASMailboxPlan'      = { Get-CASMailboxPlan }
    'Get-AcceptedDomain'      = { Get-AcceptedDomain }
    'Get-RoleGroup'           = { Get-RoleGroup -ResultSize Unlimited }
    'Get-RoleGroupMember'     = {
        foreach ($group in Get-RoleGroup -ResultSize Unlimited) {
            Get-RoleGroupMember -Identity ([string] $group.Guid) -ResultSize Unlimited |
                Select-Setting -Name $memberSettings -RoleGroup $group.Name
        }
    }
    'Get-CASMailbox'          = { Get-CASMailbox -ResultSize Unlimited | Select-Setting -Name $mailboxSettings }
    'Get-User'                = { Get-User -ResultSize Unlimited | Select-Setting -Name $userSettings }
}

# --- Helpers. ---

# Keeps the named settings of an object. One that the object does not have stays
# away: Select-Object would write null for it, and null is an answer.
function Select-Setting {
    param([Parameter(ValueFromPipeline = $true)] $InputObject, [string[]] $Name, [string] $RoleGroup)
    process {
        $kept = [ordered] @{}
        if ($RoleGroup) { $kept['RoleGroup'] = $RoleGroup }
        foreach ($setting in $Name) {
            if ($InputObject.PSObject.Properties[$setting]) { $kept[$setting] = $InputObject.$setting }
        }
        [pscustomobject] $kept
    }
}

# Runs one cmdlet and writes what it gives as a JSON list, one object a line, without
# holding them all. Errors and warnings go into the manifest.
function Save-Cmdlet {
    param([string] $Name, [scriptblock] $Read)
    Write-Host "Reading $Name"
    $record = [ordered] @{ name = $Name; file = "$Name.json"; status = 'succeeded'; rows = 0; errors = @(); warnings = @() }
    try {
        & $Read 2>&1 3>&1 | ForEach-Object -Begin { '[' } -Process {
            if ($_ -is [System.Management.Automation.ErrorRecord]) {
                $record.status = 'partial'
                if ($record.errors.Count -lt 10) { $record.errors += [string] $_ }
            }
            elseif ($_ -is [System.Management.Automation.WarningRecord]) {
                if ($record.warnings.Count -lt 10) { $record.warnings += [string] $_ }
            }
            else {
                $text = ConvertTo-Json -InputObject $_ -Compress -Depth 8
                if ($record.rows -gt 0) { ",$text" } else { $text }
                $record.rows += 1
            }
        } -End { ']' } | Set-Content -LiteralPath (Join-Path $Path $record.file) -Encoding UTF8
    }
    catch {
        $record.status = 'failed'
        $record.errors += [string] $_
    }
    if ($record.errors.Count -gt 0) { Write-Warning "$Name : $($record.errors[0])" }
    $manifest.cmdlets += $record
}

# Asks Graph for one address and for the pages behind it, saves each answer as it
# came, and hands them on. Without an answer it hands on nothing.
function Read-Graph {
    param([string] $Uri, [string] $Prefer)
    $headers = @{ 'x-ms-throttle-priority' = 'Low' }
    if ($Prefer) { $headers['Prefer'] = $Prefer }
    $asked = @()
    while ($Uri -and $asked -cnotcontains $Uri) {
        $asked += $Uri
        Write-Host "Reading $($Uri.Split('?')[0])"
        $file = 'graph-{0:d5}.json' -f ($manifest.requests.Count + 1)
        $record = [ordered] @{ uri = $Uri; file = $file; status = 200; code = ''; message = '' }
        $answer = $null
        try {
            $answer = Invoke-MgGraphRequest -Method GET -Uri $Uri -Headers $headers -OutputType Json -ErrorAction Stop
            Set-Content -LiteralPath (Join-Path $Path $file) -Value $answer -Encoding UTF8
        }
        catch {
            $answer = $null
            $record.file = ''
            $record.status = 0
            $record.message = $_.Exception.Message
            $detail = "$($_.ErrorDetails) $($_.Exception.Message)"
            if ($_.Exception.Response) { $record.status = [int] $_.Exception.Response.StatusCode }
            elseif ($detail -match 'HTTP/[0-9.]+ ([0-9]{3})') { $record.status = [int] $Matches[1] }
            if ($detail -match '"code"\s*:\s*"([^"]*)"') { $record.code = $Matches[1] }
            if ($detail -match '"message"\s*:\s*"([^"]*)"') { $record.message = $Matches[1] }
            Write-Warning "$($Uri.Split('?')[0]) : $($record.status) $($record.message)"
        }
        $manifest.requests += $record
        $Uri = ''
        if ($answer) {
            $answer
            # Without its host: the next page is asked of the session's own service.
            if ($answer -match '"@odata\.nextLink"\s*:\s*"([^"]+)"') {
                $Uri = $Matches[1].Replace('\/', '/').Replace('\u0026', '&') -replace '^(https?:)?//[^/]*', ''
            }
        }
    }
}

# The objects in the answers of Read-Graph.
function Get-AnswerObject {
    param([Parameter(ValueFromPipeline = $true)] $Answer)
    process { foreach ($object in (ConvertFrom-Json -InputObject $Answer).value) { $object } }
}

# Part of an address, such as an id.
function Get-Escaped {
    param([string] $Text)
    [uri]::EscapeDataString($Text)
}

# --- The folder and the manifest. ---

if (-not (Get-Command -Name Get-OrganizationConfig -ErrorAction SilentlyContinue)) {
    throw 'There is no session with Exchange Online. Run Connect-ExchangeOnline first.'
}
if ($IncludeGraph -and -not (Get-Command -Name Get-MgContext -ErrorAction SilentlyContinue)) {
    throw 'There is no module for Microsoft Graph. Install Microsoft.Graph.Authentication, or leave out -IncludeGraph.'
}
if ($IncludeGraph -and -not (Get-MgContext)) {
    throw 'There is no session with Microsoft Graph. Run Connect-MgGraph first.'
}
if (Test-Path -LiteralPath $Path) { throw "$Path is there already. Name another folder with -Path." }
$Path = (New-Item -ItemType Directory -Path $Path).FullName

$started = (Get-Date).ToUniversalTime()
$manifest = [ordered] @{
    format           = 'postern-powershell-export'
    version          = 1
    started_at       = $started.ToString('s') + 'Z'
    finished_at      = ''
    powershell       = [string] $PSVersionTable.PSVersion
    modules          = [ordered] @{}
    exchange         = [ordered] @{ tenant_id = ''; organization = ''; account = '' }
    graph            = $null
    cmdlets          = @()
    requests         = @()
}
foreach ($module in @(Get-Module -Name 'ExchangeOnlineManagement', 'Microsoft.Graph.Authentication')) {
    $manifest.modules[$module.Name] = [string] $module.Version
}
if (Get-Command -Name Get-ConnectionInformation -ErrorAction SilentlyContinue) {
    $connection = Get-ConnectionInformation | Where-Object { $_.State -eq 'Connected' } | Select-Object -First 1
    if ($connection) {
        $manifest.exchange.tenant_id = [string] $connection.TenantID
        $manifest.exchange.organization = [string] $connection.Organization
        $manifest.exchange.account = [string] $connection.UserPrincipalName
    }
}

# --- Exchange Online. ---

foreach ($name in $cmdlets.Keys) { Save-Cmdlet -Name $name -Read $cmdlets[$name] }

# --- Entra ID, through Microsoft Graph. ---

if ($IncludeGraph) {
    $context = Get-MgContext
    $manifest.graph = [ordered] @{
        tenant_id    = [string] $context.TenantId
        account      = [string] $context.Account
        environment  = [string] $context.Environment
        sign_in_days = $SignInDays
    }

    # Settings that are one request each.
    $policies = @(Read-Graph '/v1.0/identity/conditionalAccess/policies' | Get-AnswerObject)
    Start-Sleep -Seconds 2 # Conditional Access answers one request a second in a tenant
    $null = Read-Graph '/v1.0/identity/conditionalAccess/namedLocations'
    $domains = @(Read-Graph '/v1.0/domains' | Get-AnswerObject)
    $rollouts = @(Read-Graph '/v1.0/policies/featureRolloutPolicies?$expand=appliesTo' -Prefer 'include-unknown-enum-members' | Get-AnswerObject)
    $null = Read-Graph '/beta/organization'
    $null = Read-Graph '/v1.0/policies/identitySecurityDefaultsEnforcementPolicy'
    $null = Read-Graph '/v1.0/policies/authenticationStrengthPolicies'
    $null = Read-Graph '/v1.0/policies/authenticationMethodsPolicy'
    $null = Read-Graph '/v1.0/policies/tokenLifetimePolicies'
    $null = Read-Graph '/v1.0/policies/homeRealmDiscoveryPolicies'
    $null = Read-Graph '/v1.0/directory/onPremisesSynchronization'
    $null = Read-Graph '/v1.0/subscribedSkus'
    $null = Read-Graph '/v1.0/admin/sharepoint/settings'

    # How each domain is federated.
    foreach ($domain in $domains) {
        if ($domain.authenticationType -ne 'Managed') {
            $null = Read-Graph "/v1.0/domains/$(Get-Escaped $domain.id)/federationConfiguration"
        }
    }

    # The groups that policies name, and who is in them.
    $conditional = @($policies | ForEach-Object { $_.conditions.users.includeGroups; $_.conditions.users.excludeGroups })
    $staged = @($rollouts | ForEach-Object { $_.appliesTo } | ForEach-Object { $_.id })
    foreach ($id in @(@($conditional) + @($staged) | Where-Object { $_ } | Sort-Object -Unique)) {
        # Staged rollout takes only whoever is in the group itself.
        $members = if ($conditional -contains $id) { 'transitiveMembers' } else { 'members' }
        $null = Read-Graph "/v1.0/groups/$(Get-Escaped $id)"
        $null = Read-Graph "/v1.0/groups/$(Get-Escaped $id)/${members}?`$select=id&`$top=999"
    }

    # The directory roles, and who holds them.
    $null = Read-Graph '/v1.0/directoryRoles'
    $assignments = @(Read-Graph '/v1.0/roleManagement/directory/roleAssignments?$expand=principal' | Get-AnswerObject)
    $holders = @($assignments |
        Where-Object { $_.directoryScopeId -eq '/' -and $_.principal.'@odata.type' -eq '#microsoft.graph.group' } |
        ForEach-Object { $_.principalId } | Sort-Object -Unique)
    foreach ($id in $holders) {
        if ($conditional -notcontains $id) {
            $null = Read-Graph "/v1.0/groups/$(Get-Escaped $id)/transitiveMembers?`$select=id&`$top=999"
        }
    }

    # The users; without a premium licence Graph gives them without their last activity.
    $fields = 'id,userPrincipalName,displayName,accountEnabled,userType,onPremisesSyncEnabled,createdDateTime,signInSessionsValidFromDateTime'
    $null = Read-Graph "/v1.0/users?`$select=$fields,signInActivity&`$top=500"
    if ($manifest.requests[-1].status -ne 200) { $null = Read-Graph "/v1.0/users?`$select=$fields&`$top=999" }

    # Sign-ins by clients that cannot do modern authentication.
    if ($SignInDays -gt 0) {
        $since = $started.AddDays(-$SignInDays).ToString('s') + 'Z'
        $during = "createdDateTime ge $since and createdDateTime le $($manifest.started_at)"
        $legacy = "clientAppUsed ne 'Browser' and clientAppUsed ne 'Mobile Apps and Desktop clients'"
        $silent = "signInEventTypes/any(t: t eq 'nonInteractiveUser')"
        $anyone = "signInEventTypes/any(t: t eq 'interactiveUser' or t eq 'nonInteractiveUser')"
        $null = Read-Graph "/v1.0/auditLogs/signIns?`$filter=$(Get-Escaped "$during and $legacy")&`$top=1000"
        $null = Read-Graph "/beta/auditLogs/signIns?`$filter=$(Get-Escaped "$during and $silent and $legacy")&`$top=1000"
        $null = Read-Graph "/beta/auditLogs/signIns?`$filter=$(Get-Escaped "$during and $anyone and authenticationProtocol eq 'ropc'")&`$top=1000"
    }
}

$manifest.finished_at = (Get-Date).ToUniversalTime().ToString('s') + 'Z'
ConvertTo-Json -InputObject $manifest -Depth 8 | Set-Content -LiteralPath (Join-Path $Path 'manifest.json') -Encoding UTF8
Write-Host "Done: $Path"
Write-Host 'Carry the folder to where Postern is, and run: postern import powershell FOLDER -o snapshot.json'
