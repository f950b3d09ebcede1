//go:build ignore

// Batches judges a file with OPA alone, as one would who had to do without
// Postern's engine: one prepared query, a thousand mailboxes at a time, on all
// cores. It counts what the controls say.
//
//	batches POLICIES INPUT
package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
)

const size = 1000

func main() {
	n, err := judge(os.Args[1], os.Args[2])
	if err != nil {
		fmt.Fprintln(os.Stderr, "batches:", err)
		os.Exit(1)
	}
	fmt.Println(n)
}

func judge(policies, input string) (int64, error) {
	ctx := context.Background()
	query, err := rego.New(rego.Query("data.controls"), rego.Load([]string{policies}, nil)).PrepareForEval(ctx)
	if err != nil {
		return 0, err
	}
	batches := make(chan ast.Value)
	var said atomic.Int64
	var failed atomic.Value
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for batch := range batches {
				results, err := query.Eval(ctx, rego.EvalParsedInput(batch))
				if err != nil {
					failed.Store(err)
					continue
				}
				said.Add(entries(results[0].Expressions[0].Value))
			}
		})
	}
	err = read(input, batches)
	close(batches)
	group.Wait()
	if broken, ok := failed.Load().(error); ok && err == nil {
		err = broken
	}
	return said.Load(), err
}

// entries counts what stands in the lists of an answer.
func entries(value any) (n int64) {
	switch v := value.(type) {
	case map[string]any:
		for _, item := range v {
			n += entries(item)
		}
	case []any:
		n = int64(len(v))
	}
	return n
}

// read gives the document in batches, each with all that is not a mailbox. The
// mailboxes come last in a snapshot.
func read(path string, batches chan<- ast.Value) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	d := jsontext.NewDecoder(f)
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	var fields [][2]*ast.Term
	for {
		name, err := d.ReadToken()
		if err != nil || name.Kind() == '}' {
			return err
		}
		key := name.String()
		if key == "mailboxes" {
			if err := mailboxes(d, fields, batches); err != nil {
				return err
			}
			continue
		}
		value, err := next(d)
		if err != nil {
			return err
		}
		fields = append(fields, [2]*ast.Term{ast.StringTerm(key), value})
	}
}

func mailboxes(d *jsontext.Decoder, fields [][2]*ast.Term, batches chan<- ast.Value) error {
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	var batch []*ast.Term
	hand := func() {
		all := append(fields[:len(fields):len(fields)], [2]*ast.Term{ast.StringTerm("mailboxes"), ast.ArrayTerm(batch...)})
		batches <- ast.NewObject(all...)
		batch = nil
	}
	for d.PeekKind() != ']' {
		value, err := next(d)
		if err != nil {
			return err
		}
		if batch = append(batch, value); len(batch) == size {
			hand()
		}
	}
	if len(batch) > 0 {
		hand()
	}
	_, err := d.ReadToken()
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

func next(d *jsontext.Decoder) (*ast.Term, error) {
	raw, err := d.ReadValue()
	if err != nil {
		return nil, err
	}
	value, err := ast.ValueFromReader(bytes.NewReader(raw))
	return ast.NewTerm(value), err
}
