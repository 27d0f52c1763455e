// Command make takes the facts out of Kagi Kite's list of media organisations that the
// registry shows as claims of that list, and writes them as internal/registry/data/owners.csv:
//
//	go run ./internal/registry/make media_data.json > internal/registry/data/owners.csv
//
// The list is media_data.json of https://github.com/kagisearch/kite-public (MIT licence): for
// each organisation its name, country, domains and kind, and two texts. The texts are their
// authors', unverified and in part out of date; none is copied. Of the one about the owner the
// names are taken, by the rules of [owners], and only where these are sure; who changes the
// rules reads the diff of owners.csv, which is checked in.
package main

import (
	"fmt"
	"io"
	"os"
)

func main() {
	if len(os.Args) != 2 { //nolint:mnd // the program and the list
		fmt.Fprintln(os.Stderr, "usage: make media_data.json > owners.csv")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "make:", err)
		os.Exit(1)
	}
}

func run(file string, out io.Writer) error {
	data, err := os.ReadFile(file) //nolint:gosec // whoever runs it names the file
	if err != nil {
		return err
	}
	csv, err := list(data)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	_, err = out.Write(csv)
	return err
}
