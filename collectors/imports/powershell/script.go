package powershell

import _ "embed"

// ScriptName is what the script calls itself.
const ScriptName = "Export-PosternEvidence.ps1"

//go:embed Export-PosternEvidence.ps1
var script string

// Script is the script that writes such a folder.
func Script() string { return script }
