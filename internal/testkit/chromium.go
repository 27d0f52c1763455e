package testkit

import (
	"os"
	"testing"
)

// Chromium returns the path of a Chromium browser, found where systems put it.
func Chromium(tb testing.TB) string {
	tb.Helper()
	for _, path := range []string{
		"/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome",
		"/Applications/Chromium.app/Contents/MacOS/Chromium", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
	} {
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	Missing(tb, "chromium", "there is none in the usual places")
	return ""
}
