package runbook

import (
	"bufio"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-07732396/postern/policies/plan"
)

// The script: what is the same in every plan, before and behind what is not. Neither
// part holds any text of a tenant.
var (
	//go:embed script_head.ps1
	scriptHead string
	//go:embed script_tail.ps1
	scriptTail string
)

// marks are how the table of mailboxes writes a mark: behind the action's name.
var marks = map[plan.Mark]string{plan.Ready: "", plan.InUse: "!", plan.NotKnown: "?"}

func writePowerShell(w *bufio.Writer, p *plan.Plan) error {
	w.WriteString(scriptHead)
	writeHeader(w, p)
	var steps []string
	for i := range p.Steps {
		for j := range p.Steps[i].Actions {
			a := &p.Steps[i].Actions[j]
			if len(a.Changes) == 0 {
				writeComment(w, a)
				continue
			}
			entry, err := writeFunction(w, p, &p.Steps[i], a)
			if err != nil {
				return err
			}
			steps = append(steps, entry)
		}
	}
	fmt.Fprintf(w, "\n# The order.\n$script:Steps = @(\n%s\n)\n", strings.Join(steps, "\n"))
	writeSetApart(w, p)
	writeTable(w, p)
	w.WriteString(scriptTail)
	return nil
}

// writeHeader writes what the script checks before it does anything.
func writeHeader(w *bufio.Writer, p *plan.Plan) {
	var glass []string
	for _, a := range p.BreakGlass {
		for _, name := range []string{a.ID, a.UserPrincipalName} {
			if name != "" {
				glass = append(glass, name)
			}
		}
	}
	fmt.Fprintf(w, "\n# The plan. Everything from here to the end of the table is data and calls.\n$script:Plan = @{\n")
	fmt.Fprintf(w, "    Id = %s\n", literal(planID(p)))
	fmt.Fprintf(w, "    TenantId = %s\n", literal(p.Tenant.ID))
	fmt.Fprintf(w, "    TenantName = %s\n", literal(p.Tenant.Name))
	fmt.Fprintf(w, "    CollectedAt = %s\n", literal(p.Snapshot.CollectedAt))
	fmt.Fprintf(w, "    MaxAgeHours = %d\n", p.MaxAgeHours)
	fmt.Fprintf(w, "    BreakGlass = %s\n", list(glass))
	fmt.Fprintf(w, "    Policies = %s\n", list(createdPolicies(p)))
	fmt.Fprintf(w, "    OktaSteps = %s\n", list(oktaSteps(p)))
	fmt.Fprintf(w, "    Exchange = $%t\n    Scopes = %s\n}\n", usesExchange(p), list(scopes(p)))
}

// planID tells plans of different snapshots apart.
func planID(p *plan.Plan) string {
	return p.Snapshot.SHA256[:min(16, len(p.Snapshot.SHA256))]
}

func changes(p *plan.Plan) []plan.Change {
	var all []plan.Change
	for i := range p.Steps {
		for j := range p.Steps[i].Actions {
			all = append(all, p.Steps[i].Actions[j].Changes...)
		}
	}
	return all
}

func createdPolicies(p *plan.Plan) []string {
	var names []string
	for _, c := range changes(p) {
		if c.Op == plan.CreatePolicy {
			names = append(names, c.Identity)
		}
	}
	return names
}

// oktaSteps are the numbers of what is done at Okta.
func oktaSteps(p *plan.Plan) []string {
	var ids []string
	for i := range p.Steps {
		for j := range p.Steps[i].Actions {
			if a := &p.Steps[i].Actions[j]; len(a.Requests) > 0 {
				ids = append(ids, a.ID)
			}
		}
	}
	return ids
}

func usesExchange(p *plan.Plan) bool {
	return slices.ContainsFunc(changes(p), func(c plan.Change) bool {
		return c.Op == plan.Set || c.Op == plan.SetMailbox || c.Op == plan.CreatePolicy
	})
}

// scopes are the permissions of Graph that the script needs, the least for each.
func scopes(p *plan.Plan) []string {
	var needed []string
	for _, c := range changes(p) {
		switch {
		case c.Op == plan.Revoke:
			needed = append(needed, "User.RevokeSessions.All")
		case c.Op == plan.Create:
			needed = append(needed, "Policy.Read.All", "Policy.ReadWrite.ConditionalAccess")
		case c.Op == plan.Patch && strings.HasPrefix(c.URI, "/v1.0/admin/sharepoint/"):
			needed = append(needed, "SharePointTenantSettings.ReadWrite.All")
		case c.Op == plan.Patch:
			needed = append(needed, "Policy.Read.All", "Policy.ReadWrite.ApplicationConfiguration")
		}
	}
	slices.Sort(needed)
	return slices.Compact(needed)
}

func writeComment(w *bufio.Writer, a *plan.Action) {
	where := "by hand"
	if len(a.Requests) > 0 {
		where = "in Okta, see the runbook"
	}
	fmt.Fprintf(w, "\n%s\n", comment(fmt.Sprintf("%s %s (%s): %s.", a.ID, a.Title, strings.Join(a.Controls, ", "), where)))
	if a.PowerShell == "" {
		return
	}
	for line := range strings.Lines(a.PowerShell) {
		fmt.Fprintln(w, comment("    "+strings.TrimRight(line, "\r\n")))
	}
}

// writeFunction writes an action's function, and gives its line in the order.
func writeFunction(w *bufio.Writer, p *plan.Plan, s *plan.Step, a *plan.Action) (string, error) {
	name := "Invoke-Postern" + strings.ReplaceAll(a.ID, "-", "")
	fmt.Fprintf(w, "\n%s\n", comment(fmt.Sprintf("%s %s (%s)", a.ID, a.Title, strings.Join(a.Controls, ", "))))
	if a.Ready+a.InUse+a.NotKnown > 0 {
		fmt.Fprintln(w, comment(fmt.Sprintf("Mailboxes: %d now, %d in use, %d not known.", a.Ready, a.InUse, a.NotKnown)))
	}
	fmt.Fprintf(w, "function %s {\n    [CmdletBinding(SupportsShouldProcess = $true)]\n    param()\n", name)
	if a.Gate > 0 {
		fmt.Fprintf(w, "    if (-not (Test-PosternGate -Step %s -Count %d)) { return }\n", literal(a.ID), a.Gate)
	}
	for i := range a.Changes {
		if err := writeChange(w, a, &a.Changes[i]); err != nil {
			return "", err
		}
	}
	fmt.Fprint(w, "}\n")
	var after []string
	okta := false
	for _, n := range a.After {
		before := p.Action(n)
		switch {
		case before == nil:
		case len(before.Changes) > 0:
			after = append(after, before.ID)
		default:
			okta = true
		}
	}
	return fmt.Sprintf("    @{ Id = %s; Step = %s; Title = %s; Function = '%s'; After = %s; WaitHours = %d; AfterOkta = $%t }",
		literal(a.ID), literal(s.ID), literal(a.Title), name, list(after), a.WaitHours, okta), nil
}

func writeChange(w *bufio.Writer, a *plan.Action, c *plan.Change) error {
	step := literal(a.ID)
	set := ""
	if len(c.Value) > 0 {
		text, err := jsonLiteral(c.Value)
		if err != nil {
			return err
		}
		set = text
	}
	switch c.Op {
	case plan.Set:
		fmt.Fprintf(w, "    Set-PosternValue -Step %s -Kind %s -Identity %s -Property %s -Value %s\n",
			step, literal(c.Kind), literal(c.Identity), literal(c.Property), set)
	case plan.SetMailbox:
		fmt.Fprintf(w, "    foreach ($mailbox in @(Get-PosternTarget -Name %s -Apart $%t)) {\n", literal(c.Select), c.Apart)
		fmt.Fprintf(w, "        Set-PosternValue -Step %s -Kind %s -Identity $mailbox.Name -Id $mailbox.Id -Property %s -Value %s\n    }\n",
			step, literal(c.Kind), literal(c.Property), set)
	case plan.CreatePolicy:
		fmt.Fprintf(w, "    New-PosternPolicy -Step %s -Name %s -Flags %s\n", step, literal(c.Identity), list(c.Flags))
	case plan.Patch:
		fmt.Fprintf(w, "    Set-PosternGraph -Step %s -Uri %s -Property %s -Value %s\n", step, literal(c.URI), literal(c.Property), set)
	case plan.Create:
		fmt.Fprintf(w, "    New-PosternGraph -Step %s -Uri %s -Name %s -Body %s\n", step, literal(c.URI), literal(c.Identity), literal(string(c.Body)))
	case plan.Revoke:
		fmt.Fprintf(w, "    foreach ($mailbox in @(Get-PosternTarget -Name %s -Apart $false)) {\n", literal(c.Select))
		fmt.Fprintf(w, "        Revoke-PosternSession -Step %s -Identity $mailbox.Name -Id $mailbox.Id\n    }\n", step)
	default:
		return fmt.Errorf("write the script: unknown change %q", c.Op)
	}
	return nil
}

// writeSetApart lists the accounts in use for whoever reads the script.
func writeSetApart(w *bufio.Writer, p *plan.Plan) {
	if len(p.SetApart) == 0 {
		return
	}
	fmt.Fprint(w, "\n# In use, and left as they are unless -IncludeInUse is given:\n")
	for i := range p.SetApart {
		a := &p.SetApart[i]
		var doors []string
		for _, d := range a.Doors {
			doors = append(doors, d.Title())
		}
		fmt.Fprintln(w, comment("    "+a.UserPrincipalName+": "+strings.Join(doors, ", ")))
	}
}

// writeTable writes the mailboxes as CSV in a here-string of single quotes. A line of
// it starts with an id, which has neither quotes nor signs in it, so none ends it.
func writeTable(w *bufio.Writer, p *plan.Plan) {
	fmt.Fprint(w, "\n# The mailboxes and what they are targets of: ! is in use, ? is not known.\n$script:Table = @'\nId,Name,Targets\n")
	for i := range p.Targets {
		t := &p.Targets[i]
		var names []string
		for name, mark := range t.Marks {
			names = append(names, name+marks[mark])
		}
		slices.Sort(names)
		fmt.Fprintf(w, "%s,%s,%s\n", t.ID, cell(t.UserPrincipalName), strings.Join(names, " "))
	}
	fmt.Fprint(w, "'@\n")
}
