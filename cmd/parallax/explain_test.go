package main

import (
	"os"
	"path/filepath"
	"testing"
)

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

// TestProgram: what is printed to be typed starts the program as it was started.
func TestProgram(t *testing.T) {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for started, want := range map[string]string{
		"parallax": "parallax", "/opt/hub/parallax": "/opt/hub/parallax", "./parallax": filepath.Join(here, "parallax"),
		"/tmp/go-build123/b001/exe/parallax": "go run ./cmd/parallax", "/home/the editor/parallax": "'/home/the editor/parallax'",
	} {
		if got := programOf(started); got != want {
			t.Errorf("%s: %s, want %s", started, got, want)
		}
	}
}
