package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"parallax/internal/testkit"
)

func TestMain(m *testing.M) {
	testscript.Main(tests{m}, map[string]func(){"parallax": main})
}

// tests are the tests of the package, after which the PostgreSQL server ends.
type tests struct{ *testing.M }

func (t tests) Run() int { return testkit.Run(t.M) }
