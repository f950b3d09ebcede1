package main

import (
	"slices"
	"strconv"
	"strings"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/access"
	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/policies/population"
	"github.com/seed-07732396/postern/reports/doors"
	"github.com/seed-07732396/postern/reports/matrix"
)

// reportOf puts what the access engine found into the plain types that writers
// know. first says who has a mailbox at a door's First.
func (p *accessPlan) reportOf(doc *snapshot.Document, r *access.Result, listed bool, first func(int) (population.Identity, bool)) *doors.Report {
	report := &doors.Report{
		Version: doors.Version, Tool: p.tool, Tenant: finding.Tenant(doc.Tenant), Scope: p.scope,
		Snapshot: finding.SnapshotInfo{
			URI: p.uri, SHA256: doc.SHA256, CollectedAt: doc.CollectedAt.String(), Source: doc.Collection.Source, Mailboxes: -1,
		},
		Missing: missingEvidence(doc), Doors: []doors.Door{}, Messages: access.Messages(),
	}
	if n, ok := doc.Mailboxes(); listed && ok {
		report.Snapshot.Mailboxes = n
		report.Matrix = p.narrowed(r.AccessMatrix())
	}
	for i := range r.Doors {
		d := &r.Doors[i]
		if p.wants(string(d.Protocol), string(d.Method)) {
			identity, known := first(d.First)
			report.Doors = append(report.Doors, doorOf(doc, d, whoOf(doc, d.First, identity, known)))
		}
	}
	doors.SortWorstFirst(report.Doors)
	return report
}

// narrowed leaves of a matrix what was asked for: with --open the protocols by
// which somebody gets in or may, unless there is none.
func (p *accessPlan) narrowed(m *finding.AccessMatrix) *finding.AccessMatrix {
	var cells []finding.AccessCell
	openOnly := p.scope.OpenOnly && p.user == "" && p.before == "" &&
		slices.ContainsFunc(m.Protocols, func(t finding.AccessTerm) bool { return !closedRow(m, p, t.ID) })
	var rows, columns []finding.AccessTerm
	for _, c := range m.Cells {
		if p.wants(c.Protocol, c.Method) && !(openOnly && closedRow(m, p, c.Protocol)) {
			cells = append(cells, c)
		}
	}
	for _, t := range m.Protocols {
		if slices.ContainsFunc(cells, func(c finding.AccessCell) bool { return c.Protocol == t.ID }) {
			rows = append(rows, t)
		}
	}
	for _, t := range m.Methods {
		if len(p.scope.Methods) == 0 || slices.Contains(p.scope.Methods, t.ID) {
			columns = append(columns, t)
		}
	}
	m.Cells, m.Protocols, m.Methods = cells, rows, columns
	return m
}

// closedRow reports that no door of a protocol that was asked for is open or may be.
func closedRow(m *finding.AccessMatrix, p *accessPlan, protocol string) bool {
	return !slices.ContainsFunc(m.Cells, func(c finding.AccessCell) bool {
		return c.Protocol == protocol && p.wants(c.Protocol, c.Method) && (c.Worst == finding.AccessOpen || c.Worst == finding.AccessUndecided)
	})
}

// missingEvidence lists what the doors rest on and was not collected in full.
func missingEvidence(doc *snapshot.Document) []finding.LedgerEntry {
	list := []finding.LedgerEntry{}
	for _, name := range access.Evidence() {
		n := slices.IndexFunc(doc.Collection.Resources, func(r snapshot.Resource) bool { return r.Name == name })
		if n < 0 {
			list = append(list, finding.LedgerEntry{Name: name, Paths: []string{}, Status: "absent"})
			continue
		}
		line := doc.Collection.Resources[n]
		if line.Status != snapshot.Collected {
			list = append(list, finding.LedgerEntry{
				Name: line.Name, Endpoint: line.Endpoint, Permission: line.Permission, Paths: line.Paths,
				Status: string(line.Status), Items: line.Items, Code: line.Code, Message: line.Message, Counts: line.Counts,
			})
		}
	}
	return list
}

func doorOf(doc *snapshot.Document, d *access.Door, first *doors.Who) doors.Door {
	door := doors.Door{
		Protocol: string(d.Protocol), Method: string(d.Method), Outcome: finding.AccessOutcome(d.Outcome),
		Mailboxes: d.Mailboxes, First: first, Declared: d.Declared, Via: d.Via, Witness: witnessOf(d.Witness),
	}
	for _, s := range d.Steps {
		door.Steps = append(door.Steps, stepOf(doc, s.Key, s.Args, s.Pointer))
	}
	for _, r := range d.Reasons {
		door.Reasons = append(door.Reasons, stepOf(doc, r.Key, r.Args, r.Pointer))
	}
	for _, l := range d.Locks {
		door.Locks = append(door.Locks, doors.Lock{
			Kind: string(l.Kind), Station: string(l.Station), Stage: string(l.Stage), Name: l.Name,
			Pointer: l.Pointer, Region: regionOf(doc, l.Pointer),
		})
	}
	return door
}

func stepOf(doc *snapshot.Document, key string, args finding.Args, pointer string) doors.Step {
	return doors.Step{Key: key, Args: args, Text: access.Sentence(key, args), Pointer: pointer, Region: regionOf(doc, pointer)}
}

// regionOf is where a pointer, or what is nearest above it, stands in the file.
func regionOf(doc *snapshot.Document, pointer string) *finding.Region {
	for pointer != "" {
		if region, ok := doc.Locate(pointer); ok {
			found := finding.Region(region)
			return &found
		}
		pointer = pointer[:strings.LastIndexByte(pointer, '/')]
	}
	return nil
}

func witnessOf(w *access.Witness) *doors.Witness {
	if w == nil {
		return nil
	}
	witness := &doors.Witness{Requests: []doors.Request{}}
	if o := w.Okta; o != nil {
		witness.Requests = append(witness.Requests, doors.Request{
			At: "okta", App: o.App, Client: o.Client, Anywhere: o.Anywhere, Address: o.Address, Zones: o.Zones,
			Platform: o.Platform, Device: o.Device, Risk: o.Risk, Assurances: o.Assurances,
		})
	}
	if e := w.Entra; e != nil {
		witness.Requests = append(witness.Requests, doors.Request{
			At: "entra", Client: e.Client, Anywhere: e.Anywhere, Address: e.Address, Zones: e.Locations, Platform: e.Platform,
			Risk: e.SignInRisk, UserRisk: e.UserRisk,
		})
	}
	return witness
}

// whoOf says who has the mailbox at a place; known is false where that was not read.
func whoOf(doc *snapshot.Document, place int, identity population.Identity, known bool) *doors.Who {
	pointer := "/mailboxes/" + strconv.Itoa(place)
	who := &doors.Who{Pointer: pointer, Region: regionOf(doc, pointer)}
	if known {
		who.ID, who.UserPrincipalName, who.DisplayName = identity.ID, identity.UserPrincipalName, identity.DisplayName
	}
	return who
}

func changeOf(c access.ChangeCount) doors.Change {
	return doors.Change{Change: matrix.Change{
		Protocol: string(c.Protocol), Method: string(c.Method),
		Before: finding.AccessOutcome(c.Before), After: finding.AccessOutcome(c.After), Mailboxes: c.Mailboxes,
	}}
}
