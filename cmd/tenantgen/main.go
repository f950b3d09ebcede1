// Command tenantgen makes large imaginary tenants, so that anyone can repeat the
// figures of the benchmarks: the same flags give the same bytes.
//
// The configuration is that of one of the tenants in testdata; the mailboxes are
// made up, with settings in as many distinct combinations as -classes says, a few
// of them common and most of them rare, as in real tenants. With -distinct no two
// mailboxes are alike in what access to them depends on, as in no real tenant.
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
	}
	document, err := configuration(*tenant)
	if err != nil {
		return err
	}
	maker := newMaker(document, *mailboxes, *classes, *seed)
	maker.distinct = *distinct
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
