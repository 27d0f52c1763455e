package webtest

import (
	"bufio"
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"parallax/feed"
	"parallax/internal/testkit"
)

// Schemas of what the hub gives out, written from their specifications, and a program that
// reads feeds with the libraries of others.
//
//go:embed schemas
var schemas embed.FS

// python is Debian's, for which it packages feedparser and jsonschema.
const python = "/usr/bin/python3"

// Validate holds documents against judges that are not ours: xmllint and the schemas of Atom,
// RSS, sitemaps and OPML; Python's feedparser, which must read the same entries as we do and find
// nothing wrong; jsonschema for JSON Feeds. The ending of a document's name says what it is:
// .atom, .rss, .json, .opml, and .xml for sitemaps.
func Validate(tb testing.TB, documents map[string][]byte) {
	tb.Helper()
	for _, tool := range []string{"xmllint", python} {
		if _, err := exec.LookPath(tool); err != nil {
			testkit.Missing(tb, "validators", err.Error()+"; Debian has libxml2-utils, python3-feedparser, python3-jsonschema")
		}
	}
	if out, err := exec.CommandContext(tb.Context(), python, "-c", "import feedparser, jsonschema").CombinedOutput(); err != nil {
		testkit.Missing(tb, "validators", fmt.Sprintf("%v: %s; Debian has python3-feedparser, python3-jsonschema", err, out))
	}
	folder := tb.TempDir()
	if err := os.CopyFS(folder, schemas); err != nil {
		tb.Fatal(err)
	}
	names, files := map[string]string{}, map[string][]string{} // file -> name, ending -> files
	for i, name := range slices.Sorted(func(yield func(string) bool) {
		for n := range documents {
			if !yield(n) {
				return
			}
		}
	}) {
		path, _, _ := strings.Cut(name, "?")
		ending := filepath.Ext(path)
		file := filepath.Join(folder, fmt.Sprint(i, ending))
		if err := os.WriteFile(file, documents[name], 0o600); err != nil {
			tb.Fatal(err)
		}
		names[file] = name
		files[ending] = append(files[ending], file)
	}
	for ending, schema := range map[string]string{".atom": "atom", ".rss": "rss", ".xml": "sitemap", ".opml": "opml"} {
		if len(files[ending]) > 0 {
			lint(tb, filepath.Join(folder, "schemas", schema+".rng"), files[ending], names)
		}
	}
	read(tb, folder, slices.Concat(files[".atom"], files[".rss"], files[".json"]), names, documents)
}

// lint holds files against a schema.
func lint(tb testing.TB, schema string, files []string, names map[string]string) {
	tb.Helper()
	out, err := exec.CommandContext(tb.Context(), "xmllint", append([]string{"--noout", "--nonet", "--relaxng", schema}, files...)...).CombinedOutput() //nolint:gosec // files of the test's own
	if err == nil {
		return
	}
	told := 0
	for line := range bytes.Lines(out) {
		text := strings.TrimSpace(string(line))
		if strings.HasSuffix(text, " validates") || text == "" {
			continue
		}
		for file, name := range names {
			text = strings.ReplaceAll(text, file, name)
		}
		if told++; told <= 10 {
			tb.Errorf("xmllint, by %s: %s", filepath.Base(schema), text)
		}
	}
	if told == 0 {
		tb.Errorf("xmllint, by %s: %v", filepath.Base(schema), err)
	}
}

// read compares what feedparser and jsonschema make of feeds with what we do.
func read(tb testing.TB, folder string, files []string, names map[string]string, documents map[string][]byte) {
	tb.Helper()
	if len(files) == 0 {
		return
	}
	args := append([]string{filepath.Join(folder, "schemas", "readers.py"), filepath.Join(folder, "schemas", "jsonfeed.json")}, files...)
	var errs bytes.Buffer
	cmd := exec.CommandContext(tb.Context(), python, args...) //nolint:gosec // files of the test's own
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		tb.Fatalf("readers.py: %v: %s", err, errs.String())
	}
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 64<<20)
	n := 0
	for ; lines.Scan(); n++ {
		var found struct {
			File, Problem string
			Entries       [][3]string // id, title, link
		}
		if err := json.Unmarshal(lines.Bytes(), &found); err != nil {
			tb.Fatal(err)
		}
		name := names[found.File]
		if found.Problem != "" {
			tb.Errorf("%s: others find wrong with it: %s", name, found.Problem)
			continue
		}
		ours, err := feed.Parse(documents[name], feed.Options{URL: "https://hub.example" + name})
		if err != nil {
			tb.Errorf("%s: %v", name, err)
			continue
		}
		if len(ours.Entries) != len(found.Entries) {
			tb.Errorf("%s: others read %d entries, we %d", name, len(found.Entries), len(ours.Entries))
			continue
		}
		for i, e := range ours.Entries {
			theirs := found.Entries[i]
			theirs[1] = strings.Join(strings.Fields(html.UnescapeString(theirs[1])), " ")
			if want := [3]string{e.ID, strings.Join(strings.Fields(html.UnescapeString(e.Title.String())), " "), e.Link}; theirs != want {
				tb.Errorf("%s, entry %d: others read %q, we %q", name, i+1, theirs, want)
			}
		}
	}
	if n != len(files) {
		tb.Errorf("others read %d of %d feeds", n, len(files))
	}
}
