package access_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/seed-07732396/postern/collectors/snapshot"
	"github.com/seed-07732396/postern/policies/access"
)

func TestDebug(t *testing.T) {
	if os.Getenv("DEBUG") == "" {
		t.Skip()
	}
	files, _ := filepath.Glob("../../testdata/tenants/" + os.Getenv("DEBUG") + "/snapshot.json")
	for _, f := range files {
		var raws [][]byte
		doc, err := snapshot.ReadFile(f, func(r *snapshot.Record) error { raws = append(raws, append([]byte(nil), r.Value...)); return nil })
		if err != nil {
			t.Fatal(err)
		}
		e, err := access.New(access.FromDocument(doc), access.Options{AsPublished: os.Getenv("PUB") != ""})
		if err != nil {
			t.Fatal(err)
		}
		acc := e.NewAccumulator()
		for i, r := range raws {
			if err := acc.AddJSON(r, i, 1); err != nil {
				t.Fatal(err)
			}
		}
		res := e.Evaluate(acc)
		fmt.Println("=====", filepath.Base(filepath.Dir(f)), res.Mailboxes, res.LeftOut)
		for _, c := range res.Matrix() {
			fmt.Printf("%-12s%-16s", c.Protocol, c.Method)
			for _, n := range c.Counts {
				fmt.Printf(" %s:%d", n.Outcome, n.Mailboxes)
			}
			fmt.Println()
		}
		for _, d := range res.Doors {
			if d.Outcome != access.Open && d.Outcome != access.Undecided {
				continue
			}
			fmt.Printf("-- %s %s %s mailboxes %d first %d via %v\n", d.Protocol, d.Method, d.Outcome, d.Mailboxes, d.First, d.Via)
			if os.Getenv("V") == "" {
				continue
			}
			for _, s := range d.Steps {
				fmt.Println("     ", access.Sentence(s.Key, s.Args), s.Pointer)
			}
			for _, r := range d.Reasons {
				fmt.Println("    ?", r.Sentence())
			}
			if d.Witness.Okta != nil {
				fmt.Printf("    okta  %+v\n", *d.Witness.Okta)
			}
			if d.Witness.Entra != nil {
				fmt.Printf("    entra %+v\n", *d.Witness.Entra)
			}
		}
		raw, err := res.Facts()
		fmt.Println(len(raw), err)
		if os.Getenv("RAW") != "" {
			raw.Indent()
			fmt.Println(string(raw))
		}
	}
}
