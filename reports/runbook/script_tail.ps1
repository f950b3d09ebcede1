
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
