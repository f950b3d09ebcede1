// Command tenantgen makes large imaginary tenants, so that anyone can repeat the
// figures of the benchmarks: the same flags give the same bytes.
//
// The configuration is that of one of the tenants in testdata; the mailboxes are
// made up, with settings in as many distinct combinations as -classes says, a few
// of them common and most of them rare, as in real tenants. -sign-ins and -requests
// replace the rows of the logs by as many others. With -distinct no two mailboxes
// are alike in what access to them depends on, and no two rows have one client, as
// in no real tenant.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/testdata"
)

func main() {
	if err := run(os.Args[1:], os.Stderr); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "tenantgen:", err)
		}
		os.Exit(2)
	}
}

func run(args []string, stderr io.Writer) error {
	flags := flag.NewFlagSet("tenantgen", flag.ContinueOnError)
	flags.SetOutput(stderr)
	mailboxes := flags.Int("mailboxes", 1000, "how many mailboxes")
	classes := flags.Int("classes", 40, "how many distinct combinations of settings, at most")
	seed := flags.Uint64("seed", 1, "another seed gives other names, dates and frequencies")
	distinct := flags.Bool("distinct", false, "give each mailbox a domain and an authentication policy of its own, which the configuration does not have")
	signIns := flags.Int("sign-ins", 0, "how many rows of Entra's sign-in log, 0 for those of the tenant")
	requests := flags.Int("requests", 0, "how many rows of Okta's log, 0 for those of the tenant")
	tenant := flags.String("tenant", "half_done", "the tenant in testdata/tenants whose configuration is taken")
	out := flags.String("o", "", "the file to write, .json or .json.gz")
	if err := flags.Parse(args); err != nil {
		return err
	}
	switch {
	case flags.NArg() > 0:
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case *out == "":
		return errors.New("name the file to write: -o tenant.json")
	case *mailboxes < 0 || *mailboxes > maxMailboxes:
		return fmt.Errorf("-mailboxes %d: between 0 and %d", *mailboxes, maxMailboxes)
	case *classes < 1 || *classes > maxClasses:
		return fmt.Errorf("-classes %d: between 1 and %d", *classes, maxClasses)
	case min(*signIns, *requests) < 0 || max(*signIns, *requests) > maxRows:
		return fmt.Errorf("-sign-ins and -requests: between 0 and %d", maxRows)
	case *mailboxes == 0 && *signIns+*requests > 0:
		return errors.New("-sign-ins and -requests: somebody must have signed in, so let there be mailboxes")
	}
	document, err := configuration(*tenant)
	if err != nil {
		return err
	}
	maker := newMaker(document, *mailboxes, *classes, *seed)
	maker.distinct = *distinct
	maker.addLogs(document, *signIns, *requests)
	return snapshot.WriteFile(*out, document, maker.all())
}

// configuration is the document of a tenant in testdata, without its mailboxes.
func configuration(tenant string) (*snapshot.Snapshot, error) {
	name := tenant + "/snapshot.json"
	file, err := testdata.Tenants().Open(name)
	if err != nil {
		return nil, fmt.Errorf("-tenant %s: %w", tenant, err)
	}
	defer file.Close()
	document, err := snapshot.Read(name, file, nil)
	if err != nil {
		return nil, err
	}
	return document.Snapshot()
}
