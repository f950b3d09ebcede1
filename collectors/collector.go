package collectors

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Offer is one resource that a collector can read: a line of the ledger before
// it is known how it ends.
type Offer struct {
	// Name is stable: <collector>.<resource>, such as entra.domains. One service
	// may fill sections of two names: sharepoint.settings comes from Graph.
	Name string
	// Endpoint is the API path or the cmdlet.
	Endpoint string
	// Permission is the least privilege that reads it.
	Permission string
	// Paths are the places of the document it fills, dotted from the root;
	// mailboxes[] stands for each mailbox.
	Paths []string
	// After are the resources that this one asks for with Sink.Await.
	After []string
}

// Collector reads one service.
type Collector interface {
	// Name is the service: entra, exchange, okta.
	Name() string
	// Offers are the resources it can read; always the same ones.
	Offers() []Offer
	// Collect reads every resource through sink.Do or sink.DoAll. What goes wrong
	// with one resource belongs to that resource; the error is for what stops the
	// whole service, and ends in the ledger for every resource that had not ended.
	Collect(ctx context.Context, sink *Sink) error
}

// absent stands in for a service that is not collected.
type absent struct {
	name   string
	offers []Offer
	reason error
}

// Absent makes a collector for a service that was not asked for: all its
// resources end in the ledger as skipped, with the reason.
func Absent(name string, offers []Offer, reason string) Collector {
	return &absent{name: name, offers: offers, reason: &Error{Code: CodeNotRequested, Problem: reason}}
}

func (a *absent) Name() string                         { return a.name }
func (a *absent) Offers() []Offer                      { return a.offers }
func (a *absent) Collect(context.Context, *Sink) error { return a.reason }

// checkOffers refuses collectors that cannot run together: a name twice, an
// unknown dependency, a circle. Any of them is a mistake in the program.
func checkOffers(list []Collector) (map[string]Offer, error) {
	offers := make(map[string]Offer)
	names := make(map[string]bool)
	for _, c := range list {
		if names[c.Name()] {
			return nil, fmt.Errorf("collector %s: given twice", c.Name())
		}
		names[c.Name()] = true
		for _, offer := range c.Offers() {
			if _, ok := offers[offer.Name]; ok {
				return nil, fmt.Errorf("resource %s: offered twice", offer.Name)
			}
			offers[offer.Name] = offer
		}
	}
	for name := range offers {
		if circle := findCircle(offers, name, nil); circle != nil {
			return nil, fmt.Errorf("resource %s: waits for itself: %s", name, strings.Join(circle, ", "))
		}
	}
	return offers, nil
}

// findCircle follows the dependencies of name and returns the way back to it, or
// nil. A dependency that nobody offers is no mistake: its collector may be left
// out of this run, and Await then says that it was skipped.
func findCircle(offers map[string]Offer, name string, way []string) []string {
	if slices.Contains(way, name) {
		return append(way, name)
	}
	for _, before := range offers[name].After {
		if circle := findCircle(offers, before, append(slices.Clone(way), name)); circle != nil {
			return circle
		}
	}
	return nil
}
