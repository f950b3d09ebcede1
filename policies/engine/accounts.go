package engine

import (
	"slices"
	"strings"
	"sync"

	"github.com/seed-07732396/postern/policies/population"
)

// An accounts list holds declared accounts and the mailboxes that answer to them. An account
// may be declared by its id or by its name alone, and policies name it by its id:
// its mailbox tells the other.
type accounts struct {
	declared []Account

	lock sync.Mutex
	// found are the accounts as their mailboxes have them.
	found []Account
}

func newAccounts(declared []Account) *accounts {
	return &accounts{declared: declared, found: slices.Clone(declared)}
}

// match reports whether a mailbox is one of the accounts. Both ids and user
// principal names are matched without regard to case, as Entra does.
func (a *accounts) match(who population.Identity) bool {
	is := false
	for i := range a.declared {
		if a.declared[i].is(who) {
			is = true
			a.complete(i, who)
		}
	}
	return is
}

// is reports whether the account is a mailbox's. Where both are declared the id
// decides: a name can pass to somebody else, whom nobody has declared.
func (a *Account) is(who population.Identity) bool {
	if a.ID != "" {
		return strings.EqualFold(a.ID, who.ID)
	}
	return a.UserPrincipalName != "" && strings.EqualFold(a.UserPrincipalName, who.UserPrincipalName)
}

func (a *accounts) complete(i int, who population.Identity) {
	a.lock.Lock()
	defer a.lock.Unlock()
	if account := &a.found[i]; account.ID == "" {
		account.ID = who.ID
	} else if account.UserPrincipalName == "" {
		account.UserPrincipalName = who.UserPrincipalName
	}
}

// completed are the declared accounts in their order, with what their mailboxes
// tell.
func (a *accounts) completed() []Account {
	a.lock.Lock()
	defer a.lock.Unlock()
	return slices.Clone(a.found)
}
