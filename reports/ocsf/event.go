package ocsf

import (
	"slices"
	"strings"

	"github.com/seed-07732396/postern/policies/finding"
	"github.com/seed-07732396/postern/reports/internal/escape"
	"github.com/seed-07732396/postern/reports/internal/help"
)

// The objects, with the fields that are filled, named as the schema names them.
type (
	event struct {
		Message      string         `json:"message"`
		ActivityID   int            `json:"activity_id"`
		ActivityName string         `json:"activity_name"`
		CategoryUID  int            `json:"category_uid"`
		CategoryName string         `json:"category_name"`
		ClassUID     int            `json:"class_uid"`
		ClassName    string         `json:"class_name"`
		TypeUID      int            `json:"type_uid"`
		TypeName     string         `json:"type_name"`
		Time         int64          `json:"time"`
		SeverityID   int            `json:"severity_id"`
		Severity     string         `json:"severity"`
		StatusID     int            `json:"status_id"`
		Status       string         `json:"status"`
		StatusDetail string         `json:"status_detail,omitempty"`
		Metadata     metadata       `json:"metadata"`
		Cloud        cloud          `json:"cloud"`
		Info         findingInfo    `json:"finding_info"`
		Compliance   compliance     `json:"compliance"`
		Resources    []resource     `json:"resources"`
		Evidences    []evidence     `json:"evidences,omitempty"`
		Remediation  remediation    `json:"remediation"`
		Unmapped     map[string]any `json:"unmapped"`
	}

	metadata struct {
		Version      string   `json:"version"`
		Profiles     []string `json:"profiles"`
		Product      product  `json:"product"`
		EventCode    string   `json:"event_code"`
		TenantUID    string   `json:"tenant_uid,omitempty"`
		LogName      string   `json:"log_name"`
		OriginalTime string   `json:"original_time"`
	}

	product struct {
		Name       string `json:"name"`
		VendorName string `json:"vendor_name"`
		Version    string `json:"version"`
	}

	cloud struct {
		Provider string  `json:"provider"`
		Account  account `json:"account"`
	}

	account struct {
		UID    string `json:"uid,omitempty"`
		Name   string `json:"name,omitempty"`
		TypeID int    `json:"type_id"`
		Type   string `json:"type"`
	}

	findingInfo struct {
		UID      string   `json:"uid"`
		Title    string   `json:"title"`
		Desc     string   `json:"desc,omitempty"`
		Analytic analytic `json:"analytic"`
		Types    []string `json:"types,omitempty"`
	}

	analytic struct {
		UID    string `json:"uid"`
		Name   string `json:"name"`
		TypeID int    `json:"type_id"`
		Type   string `json:"type"`
	}

	compliance struct {
		Control       string   `json:"control"`
		Desc          string   `json:"desc,omitempty"`
		Standards     []string `json:"standards,omitempty"`
		Requirements  []string `json:"requirements,omitempty"`
		StatusID      int      `json:"status_id"`
		Status        string   `json:"status"`
		StatusCode    string   `json:"status_code"`
		StatusDetails []string `json:"status_details"`
	}

	resource struct {
		UID  string         `json:"uid,omitempty"`
		Name string         `json:"name,omitempty"`
		Type string         `json:"type,omitempty"`
		Data map[string]any `json:"data,omitempty"`
	}

	evidence struct {
		Name string         `json:"name"`
		Data map[string]any `json:"data"`
	}

	remediation struct {
		Desc       string   `json:"desc"`
		References []string `json:"references,omitempty"`
	}
)

// term is a value of an enumeration of the schema and its caption.
type term struct {
	id      int
	caption string
}

var (
	create = term{1, "Create"}
	update = term{2, "Update"}
	closed = term{3, "Close"}

	open       = term{1, "New"}
	suppressed = term{3, "Suppressed"}
	resolved   = term{4, "Resolved"}
	other      = term{99, "Other"}

	unknown       = term{0, "Unknown"}
	passed        = term{1, "Pass"}
	beside        = term{2, "Warning"}
	failed        = term{3, "Fail"}
	notApplicable = term{99, "Not applicable"}
)

const (
	categoryUID = 2    // Findings
	classUID    = 2003 // Compliance Finding
)

// control makes the event of a control's status. uid names the finding; empty is
// that of the control itself.
func (b *builder) control(control *finding.Control, status term, code, uid, sentence string) *event {
	if uid == "" {
		uid = b.own(control, code)
	}
	title := orElse(escape.Cut(escape.Line(control.Title), maxName), control.ID)
	sentence = escape.Cut(sentence, maxText)
	e := &event{
		Message:     sentence,
		CategoryUID: categoryUID, CategoryName: "Findings", ClassUID: classUID, ClassName: "Compliance Finding",
		Time: b.time, SeverityID: 1, Severity: "Informational",
		Metadata: b.metadata(control), Cloud: b.cloud(),
		Info: findingInfo{
			UID: uid, Title: title, Desc: paragraph(control.Description),
			Analytic: analytic{UID: control.ID, Name: title, TypeID: 1, Type: "Rule"},
		},
		Compliance: compliance{
			Control: control.ID, Desc: title, StatusID: status.id, Status: status.caption, StatusCode: code,
			StatusDetails: []string{sentence},
		},
		Resources:   []resource{b.tenant()},
		Remediation: remedy(control, title),
		Unmapped: map[string]any{
			"step": control.Step, "snapshot": escape.Line(b.report.Snapshot.URI), "snapshot_sha256": b.report.Snapshot.SHA256,
		},
	}
	if control.Area != "" {
		e.Info.Types = []string{escape.Line(control.Area)}
	}
	e.setRequirements(control)
	e.setActivity(create)
	// What passes or does not apply asks for nothing to be done.
	e.setStatus(open)
	if status == passed || status == notApplicable {
		e.setStatus(other)
	}
	return e
}

func (e *event) setActivity(activity term) {
	e.ActivityID, e.ActivityName = activity.id, activity.caption
	e.TypeUID = classUID*100 + activity.id
	e.TypeName = e.ClassName + ": " + activity.caption
}

func (e *event) setStatus(status term) { e.StatusID, e.Status = status.id, status.caption }

func (e *event) setSeverity(severity finding.Severity) {
	captions := map[finding.Severity]term{
		finding.Critical: {5, "Critical"}, finding.High: {4, "High"}, finding.Medium: {3, "Medium"},
		finding.Low: {2, "Low"}, finding.Info: {1, "Informational"},
	}
	e.SeverityID, e.Severity = captions[severity].id, captions[severity].caption
}

// setRequirements lists what frameworks ask for: them, and their requirements.
func (e *event) setRequirements(control *finding.Control) {
	for _, mapping := range control.Mappings {
		framework := escape.Cut(escape.Line(mapping.Framework), maxName)
		if !slices.Contains(e.Compliance.Standards, framework) {
			e.Compliance.Standards = append(e.Compliance.Standards, framework)
		}
		e.Compliance.Requirements = append(e.Compliance.Requirements, escape.Cut(framework+" "+escape.Line(mapping.ID), maxName))
	}
}

func (b *builder) metadata(control *finding.Control) metadata {
	return metadata{
		Version: Version, Profiles: []string{"cloud"}, EventCode: control.ID,
		Product: product{
			Name: orElse(escape.Line(b.report.Tool.Name), "postern"), VendorName: "Postern",
			Version: orElse(escape.Line(b.report.Tool.Version), "unknown"),
		},
		TenantUID: escape.Line(b.report.Tenant.ID), LogName: "posture", OriginalTime: b.report.Snapshot.CollectedAt,
	}
}

func (b *builder) cloud() cloud {
	tenant := &b.report.Tenant
	return cloud{Provider: "Microsoft 365", Account: account{
		UID:    escape.Cut(escape.Line(tenant.ID), maxName),
		Name:   escape.Cut(escape.Line(orElse(tenant.InitialDomain, tenant.Name)), maxName),
		TypeID: 6, Type: "Azure AD Account",
	}}
}

// tenant is the resource of what is about the tenant as a whole.
func (b *builder) tenant() resource {
	tenant := &b.report.Tenant
	return named(resource{UID: tenant.ID, Name: orElse(tenant.InitialDomain, tenant.Name), Type: "tenant"})
}

// resources are a violation's: its one, or the first members.
func (b *builder) resources(v *finding.Violation) []resource {
	if v.Members == nil {
		return []resource{named(resource{UID: v.Resource.ID, Name: v.Resource.Name, Type: v.Resource.Kind})}
	}
	var list []resource
	for _, member := range v.Members.First(maxResources) {
		list = append(list, named(resource{
			UID: member.ID, Name: orElse(member.Name, member.DisplayName), Type: v.Members.Population(),
			Data: map[string]any{"pointer": escape.Line(member.Pointer), "line": member.Line},
		}))
	}
	return list
}

// named makes a resource's texts safe, and sees to it that it has a name: the
// schema wants one or a uid.
func named(r resource) resource {
	r.UID, r.Name, r.Type = escape.Cut(escape.Line(r.UID), maxName), escape.Cut(escape.Line(r.Name), maxName), escape.Cut(escape.Line(r.Type), maxName)
	if r.UID == "" && r.Name == "" {
		r.Name = orElse(r.Type, "resource")
	}
	return r
}

// evidence is where in the snapshot a violation stands.
func (b *builder) evidence(v *finding.Violation) []evidence {
	data := map[string]any{"file": escape.Line(b.report.Snapshot.URI), "pointer": escape.Line(v.Pointer)}
	if v.Region != nil {
		data["start_line"], data["end_line"] = v.Region.StartLine, v.Region.EndLine
	}
	if v.Snippet != "" {
		data["text"] = escape.Cut(escape.Lines(v.Snippet), maxText)
	}
	return []evidence{{Name: "snapshot", Data: data}}
}

func remedy(control *finding.Control, title string) remediation {
	r := remediation{Desc: paragraph(control.Remediation.Text)}
	if r.Desc == "" {
		r.Desc = "Reach the good state: " + title
	}
	for _, link := range control.Related {
		if page, ok := help.Page(link.URL); ok {
			r.References = append(r.References, page)
		}
	}
	return r
}

// paragraph is running text on one line.
func paragraph(s string) string {
	return escape.Cut(escape.Line(strings.Join(strings.Fields(s), " ")), maxText)
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
