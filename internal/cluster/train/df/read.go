package main

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"parallax/feed"
	"parallax/internal/lang"
)

// maxLine is more than the longest document has.
const maxLine = 16 << 20

// A document is what is counted of one.
type document struct{ language, title, text string }

// collections hold documents as JSON lines.
var collections = []string{
	"stories/*.jsonl.gz", "stream/*/items.jsonl.gz", "stream/*/*/items.jsonl.gz", "news_pages/pages.jsonl",
}

// eachDoc calls yield for each document under dir once, in a fixed order.
func eachDoc(dir string, yield func(document)) error {
	seen := map[string]bool{}
	take := func(title, text, hint string) {
		title, text = plain(title), plain(text)
		known := title + text[:min(len(text), 60)]
		if seen[known] || known == "" {
			return
		}
		seen[known] = true
		yield(document{lang.Detect(title+"\n"+text, hint), title, text})
	}
	for _, pattern := range collections {
		files, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			return err
		}
		for _, file := range files {
			if err := eachLine(file, take); err != nil {
				return err
			}
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "feeds", "*"))
	if err != nil {
		return err
	}
	for _, file := range files {
		b, err := os.ReadFile(file) //nolint:gosec // the operator names the folder
		if err != nil {
			return err
		}
		f, err := feed.Parse(b, feed.Options{})
		if err != nil {
			continue // no feed, the manifest and what is there to be refused
		}
		for _, e := range f.Entries {
			text := e.Content.Body
			if text == "" {
				text = e.Summary.Body
			}
			take(e.Title.Body, text, e.Language)
		}
	}
	return nil
}

// eachLine reads one collection. The title of a stream's item is the last one it had.
func eachLine(path string, take func(title, text, hint string)) error {
	f, err := os.Open(path) //nolint:gosec // the operator names the folder
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	var in io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if in, err = gzip.NewReader(f); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxLine)
	for n := 1; lines.Scan(); n++ {
		var d struct {
			Title, Text, Body, Description, Summary, Lang string
			Titles, Desc                                  [][2]string
		}
		if err := json.Unmarshal(lines.Bytes(), &d); err != nil {
			return fmt.Errorf("%s, line %d: %w", path, n, err)
		}
		last := func(list [][2]string) string {
			if len(list) == 0 {
				return ""
			}
			return list[len(list)-1][1]
		}
		take(d.Title+last(d.Titles), d.Text+d.Body+d.Description+d.Summary+last(d.Desc), d.Lang)
	}
	return lines.Err()
}

var tag = regexp.MustCompile(`(?s)<[^>]*>`)

// plain returns text without markup, near enough to count words.
func plain(s string) string {
	return strings.TrimSpace(html.UnescapeString(tag.ReplaceAllString(s, " ")))
}
