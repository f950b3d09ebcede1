//go:build ignore

// Tokens reads a file as JSON tokens and counts them: the least that any reader of
// it must do with jsontext.
package main

import (
	"fmt"
	"io"
	"os"

	"github.com/go-json-experiment/json/jsontext"
)

func main() {
	n, err := count(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "tokens:", err)
		os.Exit(1)
	}
	fmt.Println(n)
}

func count(path string) (n int, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	for d := jsontext.NewDecoder(f); ; n++ {
		if _, err := d.ReadToken(); err == io.EOF {
			return n, nil
		} else if err != nil {
			return n, err
		}
	}
}
