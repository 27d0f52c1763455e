package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	list := filepath.Join(t.TempDir(), "list.txt")
	if err := os.WriteFile(list, []byte("der\ndie\nthe 1\nHaus\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	prior, err := expected(list, "de")
	if err != nil {
		t.Fatal(err)
	}
	if len(prior) != 3 || prior["der"] <= prior["die"] || prior["die"] <= prior["haus"] || prior["der"] > 1 {
		t.Errorf("expected %v; want der, die and haus in this order", prior)
	}
	c := &counts{docs: map[string]int{}}
	for range 6 {
		c.add(document{"de", "Das Haus am Hafen", "Im Hafen, nicht im Wald"})
	}
	c.add(document{"de", "Wald", ""})
	if c.all != 7 || c.docs["haf"] != 6 || c.docs["wald"] != 7 {
		t.Errorf("counted %d documents and %v", c.all, c.docs)
	}
	table := c.table("de", prior)
	if !strings.Contains(table, "# documents\t10000\n") || !strings.Contains(table, "\nhaf\t195\n") {
		t.Errorf("table:\n%s", table)
	}
	// What no list has and what stands in too few documents says nothing.
	if one := (&counts{all: 4, docs: map[string]int{"haf": 4}}).table("de", prior); strings.Contains(one, "haf\t") {
		t.Errorf("a stem of four documents is in the table:\n%s", one)
	}
}

func TestExpectedForeign(t *testing.T) {
	list := filepath.Join(t.TempDir(), "list.txt")
	if err := os.WriteFile(list, []byte("что\nthe\nна\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	prior, err := expected(list, "ru")
	if err != nil || len(prior) != 2 || prior["the"] != 0 {
		t.Errorf("expected = %v, %v; want что and на", prior, err)
	}
	if _, err := expected(list+"x", "ru"); err == nil || !strings.Contains(err.Error(), "comment of the package") {
		t.Errorf("without the list: %v; want where it comes from", err)
	}
}

func TestPlain(t *testing.T) {
	if got := plain("<p>Fish &amp;\nchips</p>"); got != "Fish &\nchips" {
		t.Errorf("plain = %q", got)
	}
}
