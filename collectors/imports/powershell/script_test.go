package powershell_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/seed-07732396/postern/collectors/imports/powershell"
)

// code is the script without comments, and with its texts emptied: what is left
// are the words that do something. It fails the test on what does not close.
func code(t *testing.T, script string) string {
	t.Helper()
	var out strings.Builder
	var open []byte
	closes := map[byte]byte{')': '(', ']': '[', '}': '{'}
	line := 1
	for i := 0; i < len(script); i++ {
		c := script[i]
		if c == '\n' {
			line++
		}
		switch {
		case strings.HasPrefix(script[i:], "<#"):
			end := strings.Index(script[i:], "#>")
			if end < 0 {
				t.Fatalf("line %d: the comment has no end", line)
			}
			line += strings.Count(script[i:i+end], "\n")
			i += end + 1
			continue
		case c == '#':
			end := strings.IndexByte(script[i:], '\n')
			i += end - 1
			continue
		case c == '\'':
			end := strings.IndexByte(script[i+1:], '\'')
			if end < 0 || strings.Contains(script[i+1:i+1+end], "\n") {
				t.Fatalf("line %d: the text has no end", line)
			}
			out.WriteString("''")
			i += end + 1
			continue
		case c == '"':
			end := textEnd(script, i)
			if end < 0 {
				t.Fatalf("line %d: the text has no end", line)
			}
			// What stands in $( ) within it is code.
			out.WriteString(`"` + strings.Join(embedded(script[i+1:end]), " ") + `"`)
			i = end
			continue
		case c == '(' || c == '[' || c == '{':
			open = append(open, c)
		case closes[c] != 0:
			if len(open) == 0 || open[len(open)-1] != closes[c] {
				t.Fatalf("line %d: %c closes nothing", line, c)
			}
			open = open[:len(open)-1]
		}
		out.WriteByte(c)
	}
	if len(open) > 0 {
		t.Fatalf("%q is never closed", open)
	}
	return out.String()
}

// textEnd finds the quote that ends the text at i.
func textEnd(script string, i int) int {
	depth := 0
	for j := i + 1; j < len(script); j++ {
		switch {
		case script[j] == '`':
			j++
		case strings.HasPrefix(script[j:], "$("):
			depth++
			j++
		case depth > 0 && script[j] == '(':
			depth++
		case depth > 0 && script[j] == ')':
			depth--
		case depth > 0 && script[j] == '"':
			j = textEnd(script, j)
			if j < 0 {
				return -1
			}
		case script[j] == '"':
			return j
		}
	}
	return -1
}

// embedded gives the code in a text.
func embedded(text string) []string {
	var list []string
	for i := 0; i < len(text); i++ {
		if !strings.HasPrefix(text[i:], "$(") {
			continue
		}
		depth, start := 0, i
		for ; i < len(text); i++ {
			if text[i] == '(' {
				depth++
			}
			if text[i] == ')' {
				if depth--; depth == 0 {
					break
				}
			}
		}
		list = append(list, text[start+1:min(i+1, len(text))])
	}
	return list
}

var cmdletName = regexp.MustCompile(`(?i)\b[a-z]+-[a-z][a-z]+\b`)

// TestScriptOnlyReads holds every command of the script to a list: towards
// Microsoft it gets, on this machine it makes one folder and writes into it.
func TestScriptOnlyReads(t *testing.T) {
	reads := []string{
		"Get-OrganizationConfig", "Get-TransportConfig", "Get-AuthenticationPolicy", "Get-CASMailboxPlan", "Get-AcceptedDomain", "Get-RoleGroup",
		"Get-RoleGroupMember", "Get-CASMailbox", "Get-User", "Get-ConnectionInformation", "Get-MgContext", "Invoke-MgGraphRequest",
		"Get-Command", "Get-Module", "Get-Date",
	}
	own := []string{"Select-Setting", "Save-Cmdlet", "Read-Graph", "Get-AnswerObject", "Get-Escaped"}
	local := []string{
		"ConvertTo-Json", "ConvertFrom-Json", "ForEach-Object", "Where-Object", "Sort-Object", "Select-Object", "Join-Path", "Test-Path",
		"Write-Host", "Write-Warning", "Start-Sleep", "Set-Content", "New-Item",
	}
	known := slices.Concat(reads, own, local)
	text := code(t, powershell.Script())
	// A parameter has the dash in front, an operator no letters on one side.
	found := map[string]int{}
	for _, at := range cmdletName.FindAllStringIndex(text, -1) {
		if at[0] > 0 && strings.ContainsRune("-$.'", rune(text[at[0]-1])) {
			continue
		}
		found[text[at[0]:at[1]]]++
	}
	for name := range found {
		if !slices.Contains(known, name) {
			t.Errorf("the script runs %s, which is not on the list", name)
		}
	}
	for _, name := range known {
		if found[name] == 0 {
			t.Errorf("%s is on the list, and the script does not run it", name)
		}
	}
	for _, once := range []string{"New-Item", "Invoke-MgGraphRequest"} {
		if found[once] != 1 {
			t.Errorf("%s stands there %d times", once, found[once])
		}
	}
	if !strings.Contains(text, "Invoke-MgGraphRequest -Method GET ") {
		t.Error("the request to Graph is not held to GET")
	}
	for _, match := range regexp.MustCompile(`Set-Content [^\n]*`).FindAllString(text, -1) {
		if !strings.HasPrefix(match, "Set-Content -LiteralPath (Join-Path $Path ") {
			t.Errorf("%q writes elsewhere than into the folder", match)
		}
	}
	for _, banned := range []string{"Invoke-Expression", "iex ", "& (", "Add-Type", "[System.IO", "[IO.", "Net.WebClient", "Invoke-WebRequest", "Invoke-RestMethod", "SecureString", "Token"} {
		if strings.Contains(strings.ToLower(text), strings.ToLower(banned)) {
			t.Errorf("the script has %q", banned)
		}
	}
}

// TestLinksStayWithTheService takes the host off a link as the script does: the session's
// token goes wherever a whole address points.
func TestLinksStayWithTheService(t *testing.T) {
	script := powershell.Script()
	replaced := regexp.MustCompile(`(?m)^ *\$Uri = \$Matches\[1\].* -replace '([^']+)', ''$`).FindStringSubmatch(script)
	if replaced == nil {
		t.Fatal("the script takes a link as it is")
	}
	host := regexp.MustCompile("(?i)" + replaced[1]) // PowerShell's -replace minds no case
	for link, want := range map[string]string{
		"https://graph.microsoft.com/v1.0/users?$skiptoken=a/b//c": "/v1.0/users?$skiptoken=a/b//c",
		"HTTP://user:word@evil.example:8443/v1.0/users":            "/v1.0/users",
		"//evil.example/v1.0/users":                                "/v1.0/users",
		"/v1.0/users?$skiptoken=https://x/":                        "/v1.0/users?$skiptoken=https://x/",
	} {
		if got := host.ReplaceAllString(link, ""); got != want {
			t.Errorf("%s becomes %s", link, got)
		}
	}
	if !strings.Contains(script, "while ($Uri -and $asked -cnotcontains $Uri) {\n        $asked += $Uri\n") {
		t.Error("a link that leads back is followed for ever")
	}
}

// TestScriptRunsEverywhere keeps it to what Windows PowerShell 5.1 reads: no
// letters outside ASCII, which it takes for a code page, and no newer operators.
func TestScriptRunsEverywhere(t *testing.T) {
	script := powershell.Script()
	for i, line := range strings.Split(script, "\n") {
		if strings.ContainsFunc(line, func(r rune) bool { return r > '~' || r < ' ' }) {
			t.Errorf("line %d has a letter outside ASCII: %q", i+1, line)
		}
		if len(line) > 160 {
			t.Errorf("line %d has %d characters: nobody reads that in a terminal", i+1, len(line))
		}
	}
	text := code(t, script)
	for _, newer := range []string{"??", "?.", "&&", "||", "-AsArray", "-AsHashtable", " ? ", "clean {", "-Parallel"} {
		if strings.Contains(text, newer) {
			t.Errorf("%q is not understood by PowerShell 5.1", newer)
		}
	}
	if n := strings.Count(script, "\n"); n > 330 {
		t.Errorf("%d lines are not read in five minutes", n)
	}
}

// TestTheCheckOfTheScriptSees lets the check see what it is for.
func TestTheCheckOfTheScriptSees(t *testing.T) {
	text := code(t, "# Remove-Item\n'Set-Mailbox' \"a $(Get-User \"x\") `\"b\" <# Stop-Computer #> Set-Transport { }\n")
	names := cmdletName.FindAllString(text, -1)
	if got := strings.Join(names, " "); got != "Get-User Set-Transport" {
		t.Errorf("the check sees %s", got)
	}
}
