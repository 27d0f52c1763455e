package nf1_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parallax/feed"
	"parallax/feed/nf1"
	"parallax/internal/testkit"
)

// A conformance case is a feed document and what a parser must find in it.
type conformanceCase struct {
	ID          string            `json:"id"`
	File        string            `json:"file"`
	Folder      string            `json:"folder"`
	Headers     map[string]string `json:"headers"`
	ContentType string            `json:"content_type"`
	BaseURL     string            `json:"base_url"`
	Checks      []check           `json:"checks"`
}

// The cases whose folder is this are about cleaned HTML, which is not ours to give.
const sanitized = "wellformed/sanitize"

// differs are the cases in which we do not find what is expected, and why.
var differs = map[string]string{
	"encoding/bozo_invalid-bytes-with-bom.xml":                 "one bad byte does not make the rest windows-1252",
	"encoding/bozo_linenoise.xml":                              "the same; and the expectation is cleaned HTML",
	"wellformed/itunes/itunes_channel_block_uppercase.xml":     "YES is meant to be yes",
	"wellformed/itunes/itunes_channel_block_whitespace.xml":    "so it is with spaces around it",
	"wellformed/itunes/itunes_channel_explicit_whitespace.xml": "as block",
	"wellformed/itunes/itunes_item_explicit_uppercase.xml":     "as block",
	"wellformed/namespace/rss2.0svg5.xml":                      "the expectation is cleaned HTML, with an element left open",
	"wellformed/namespace/rss2.0xlink.xml":                     "the same",
}

// TestConformance holds what share of the public test cases for feed parsers we pass.
func TestConformance(t *testing.T) {
	root := testkit.Data(t, "feedconf")
	file, err := os.Open(filepath.Join(root, "cases.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close() //nolint:errcheck // read only
	passed, asked := map[string]int{}, map[string]int{}
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c conformanceCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		doc := c.parse(t, root)
		if doc["error"] != nil {
			t.Errorf("%s: %v", c.ID, doc["error"])
		}
		if c.Folder == sanitized {
			continue
		}
		failed := map[string]bool{}
		for _, k := range c.Checks {
			bad := !k.holds(doc)
			failed[k.Tier] = failed[k.Tier] || bad
			if bad {
				if differs[c.ID] == "" {
					t.Errorf("%s: %s is %q, want %q", c.ID, k.Path, k.at(doc), k.Expected)
				}
			}
		}
		for tier, bad := range failed {
			asked[tier]++
			if !bad {
				passed[tier]++
			}
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	for tier, floor := range map[string]float64{"core": 99.2, "ext": 97, "derived": 80} {
		rate := 100 * float64(passed[tier]) / float64(asked[tier])
		t.Logf("%s: %d of %d cases, %.1f %%", tier, passed[tier], asked[tier], rate)
		if rate < floor {
			t.Errorf("%s: %.1f %% of the cases, want %.1f %%", tier, rate, floor)
		}
	}
}

// parse returns what we print for a case, as whoever reads it has it.
func (c *conformanceCase) parse(t *testing.T, root string) map[string]any {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, "tests", filepath.FromSlash(c.File)))
	if err != nil {
		t.Fatal(err)
	}
	o := feed.Options{URL: c.BaseURL, ContentType: c.ContentType}
	for key, value := range c.Headers {
		switch strings.ToLower(key) {
		case "content-location":
			o.ContentLocation = value
		case "content-language":
			o.ContentLanguage = value
		}
	}
	var doc *nf1.Document
	if f, err := feed.Parse(data, o); err != nil {
		doc = nf1.Failed(err)
	} else {
		doc = nf1.From(f, nf1.Cleaner{})
	}
	raw, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	var tree map[string]any
	if err := json.Unmarshal(raw, &tree); err != nil {
		t.Fatal(err)
	}
	return tree
}
