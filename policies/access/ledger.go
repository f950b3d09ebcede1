package access

import "github.com/seed-07732396/postern/collectors/snapshot"

// ledger says how the collection of each resource ended.
type ledger map[string]snapshot.Status

func newLedger(resources []snapshot.Resource) ledger {
	l := make(ledger, len(resources))
	for _, r := range resources {
		l[r.Name] = r.Status
	}
	return l
}

// partial reports that some of the resource was read and there may be more.
func (l ledger) partial(name string) bool { return l[name] == snapshot.Partial }

// collected reports that all of it was read.
func (l ledger) collected(name string) bool { return l[name] == snapshot.Collected }
