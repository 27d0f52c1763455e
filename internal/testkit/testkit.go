// Package testkit holds what tests of several packages need: the recorded data, and a
// PostgreSQL server of their own. Only tests import it.
//
// What a test needs and does not find makes it skip, saying so, unless the variable
// PARALLAX_REQUIRE names it (comma-separated: data, postgres, chromium): then it
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
func Missing(t testing.TB, what, why string) {
	t.Helper()
	if slices.Contains(strings.Split(os.Getenv(Require), ","), what) {
		t.Fatalf("%s is required (%s) but missing: %s", what, Require, why)
	}
	t.Skipf("skipped, for %s is missing: %s", what, why)
}

// Root returns the root folder of the module.
func Root(t testing.TB) string {
	t.Helper()
	_, file, _, ok := runtime.Caller(0)
	if !ok {
		t.Fatal("the place of this source file is not known")
	}
	return filepath.Join(filepath.Dir(file), "..", "..")
}

// Data returns the path of a file or folder of recorded real data. These lie outside
// the repository, beside it, because their texts belong to the outlets.
func Data(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join(Root(t), "..", "shared", "data", filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		Missing(t, "data", err.Error())
	}
	return path
}
