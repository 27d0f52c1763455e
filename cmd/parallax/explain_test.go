package main

import "testing"

// TestShellWord: whatever a file is called, a shell takes what is printed as one word, and as that.
func TestShellWord(t *testing.T) {
	for word, want := range map[string]string{
		"/srv/hub.toml": "/srv/hub.toml", "": "''", "the hub.toml": "'the hub.toml'", "it's": `'it'\''s'`, "$HOME": "'$HOME'", "~/hub": "'~/hub'",
	} {
		if got := shellWord(word); got != want {
			t.Errorf("%q: %s, want %s", word, got, want)
		}
	}
}
