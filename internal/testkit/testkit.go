// Package testkit holds what tests of several packages need: the recorded data, and a
// PostgreSQL server of their own. Only tests import it.
//
// What a test needs and does not find makes it skip, saying so, unless the variable
// PARALLAX_REQUIRE names it (comma-separated: data, postgres, chromium, validators, loopback): then it
// fails. CI requires everything.
package testkit

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// Require is the environment variable that turns skips into failures.
const Require = "PARALLAX_REQUIRE"

// Missing skips the test, or fails it where PARALLAX_REQUIRE names what is missing.
func Missing(tb testing.TB, what, why string) {
	tb.Helper()
	if slices.Contains(strings.Split(os.Getenv(Require), ","), what) {
		tb.Fatalf("%s is required (%s) but missing: %s", what, Require, why)
	}
	tb.Skipf("skipped, for %s is missing: %s", what, why)
}

// Root returns the root folder of the module.
func Root(tb testing.TB) string {
	tb.Helper()
	_, file, _, ok := runtime.Caller(0)
	if !ok {
		tb.Fatal("the place of this source file is not known")
	}
	return filepath.Join(filepath.Dir(file), "..", "..")
}

// Data returns the path of a file or folder of recorded real data. These lie outside
// the repository, beside it, because their texts belong to the outlets.
func Data(tb testing.TB, name string) string {
	tb.Helper()
	path := filepath.Join(Root(tb), "..", "shared", "data", filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		Missing(tb, "data", err.Error())
	}
	return path
}
