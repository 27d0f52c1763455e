package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"parallax/internal/testkit"
)

// beMain in the environment makes the test binary the program, for tests that kill it.
const beMain = "PARALLAX_TEST_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(beMain) != "" {
		main()
	}
	testscript.Main(tests{m}, map[string]func(){"parallax": main})
}

// tests are the tests of the package, after which the PostgreSQL server ends.
type tests struct{ *testing.M }

func (t tests) Run() int { return testkit.Run(t.M) }
