package scubagear

import (
	"errors"
	"io"
	"reflect"

	"github.com/seed-07732396/postern/collectors/snapshot"
)

// Import reads ScubaGear's export of settings, ProviderSettingsExport.json or the
// ScubaResults_*.json that it is merged into, and makes a snapshot of it, without
// mailboxes. The export may be UTF-8 or UTF-16, with or without a mark, as
// PowerShell writes it.
//
// name is used in errors, which are *snapshot.Error for everything that is wrong
// with the file. What is wrong with one section alone ends in the ledger instead.
func Import(r io.Reader, name string) (*snapshot.Snapshot, error) {
	text, err := readText(r, name)
	if err != nil {
		return nil, err
	}
	if err := checkText(text, name); err != nil {
		return nil, err
	}
	e, err := readExport(name, text)
	if err != nil {
		return nil, err
	}
	s, err := e.snapshot()
	if err != nil {
		return nil, err
	}
	return s, e.hold(s)
}

// hold finds out now, with the name of the export at hand, whether the snapshot
// can be written and read again: a section may have a value of a kind that no
// API answers.
func (e *export) hold(s *snapshot.Snapshot) error {
	err := snapshot.Write(io.Discard, s, nil)
	if bad := (*snapshot.Error)(nil); errors.As(err, &bad) {
		return &snapshot.Error{
			File: e.name, Field: bad.Field, Problem: "in the snapshot made of the export: " + bad.Problem,
			Hint: "the export holds a value that Microsoft's APIs do not answer; see what wrote or changed it", Err: bad.Err,
		}
	}
	return err
}

// snapshot takes the sections that controls ask for, and accounts for the rest.
func (e *export) snapshot() (*snapshot.Snapshot, error) {
	s := &snapshot.Snapshot{
		Version: snapshot.Version, CollectedAt: e.at,
		Entra: &snapshot.Entra{}, Exchange: &snapshot.Exchange{}, SharePoint: &snapshot.SharePoint{},
	}
	read := map[string]outcome{}
	organization, tenant, o, err := e.tenant()
	if err != nil {
		return nil, err
	}
	s.Tenant, s.Entra.Organization, read["entra.organization"] = tenant, organization, o
	e.entra(s.Entra, read)
	e.exchange(s.Exchange, read)
	s.SharePoint.Settings, read["sharepoint.settings"] = e.sharePoint()
	e.compareDomains(s, read)
	s.Collection = snapshot.Collection{Source: "scubagear", Resources: e.ledger(read)}
	dropEmpty(s)
	return s, nil
}

// dropEmpty takes away the sections that nothing was put into: an absent section
// was not collected.
func dropEmpty(s *snapshot.Snapshot) {
	if reflect.ValueOf(*s.Entra).IsZero() {
		s.Entra = nil
	}
	if reflect.ValueOf(*s.Exchange).IsZero() {
		s.Exchange = nil
	}
	if reflect.ValueOf(*s.SharePoint).IsZero() {
		s.SharePoint = nil
	}
}
