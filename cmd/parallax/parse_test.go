package main

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"testing"

	"parallax/feed"
)

func TestParseBounds(t *testing.T) {
	if data, err := bounded(strings.NewReader("12345678"), "a.xml", 8); err != nil || string(data) != "12345678" {
		t.Errorf("bounded at the limit = %q, %v", data, err)
	}
	_, err := bounded(strings.NewReader(strings.Repeat("a", 1<<20+1)), "a.xml", 1<<20)
	if err == nil || err.Error() != "a.xml is larger than 1 MB" || hintFor(err) == "" {
		t.Errorf("bounded beyond the limit: %v, hint %q", err, hintFor(err))
	}
	in := bufio.NewReaderSize(strings.NewReader("1\n"+strings.Repeat("a", 100)+"\n2\n3"), 16)
	for _, want := range []struct {
		line string
		err  error
	}{{"1\n", nil}, {"", bufio.ErrBufferFull}, {"2\n", nil}, {"3", io.EOF}} {
		if line, err := jobLine(in); string(line) != want.line || !errors.Is(err, want.err) {
			t.Errorf("jobLine = %q, %v; want %q, %v", line, err, want.line, want.err)
		}
	}
}

// Whatever goes wrong with one document costs one document.
func TestParsePanic(t *testing.T) {
	doc, err := parseCmd{}.guarded(func() (*feed.Feed, error) { panic("no") })
	if err == nil || doc.Error != err.Error() || hintFor(err) == "" {
		t.Errorf("guarded = %+v, %v", doc, err)
	}
}
