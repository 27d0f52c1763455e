package feed_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"parallax/feed"
)

var update = flag.Bool("update", false, "rewrite what is expected in testdata")

// Each testdata file is one quirk: feed.xml (or feed.json) as a publisher sends it,
// options.json where something is known besides, want.json what comes of it.
func TestQuirks(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no testdata: %v", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			o := feed.Options{URL: "https://ost.example/feeds/all.xml"}
			var doc, want []byte
			for _, file := range archive.Files {
				switch {
				case strings.HasPrefix(file.Name, "feed."):
					doc = file.Data
				case file.Name == "options.json":
					if err := json.Unmarshal(file.Data, &o); err != nil {
						t.Fatal(err)
					}
				case file.Name == "want.json":
					want = file.Data
				}
			}
			var got []byte
			if f, err := feed.Parse(doc, o); err != nil {
				got = []byte(err.Error() + "\n")
			} else {
				got = said(t, f)
			}
			if *update {
				set(archive, "want.json", got)
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("Parse(%s) mismatch (-want +got):\n%s", name, diff)
			}
		})
	}
}

func set(a *txtar.Archive, name string, data []byte) {
	for i := range a.Files {
		if a.Files[i].Name == name {
			a.Files[i].Data = data
			return
		}
	}
	a.Files = append(a.Files, txtar.File{Name: name, Data: data})
}

// said renders a value as JSON without what is zero in it.
func said(t *testing.T, v any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(raw, &tree); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(prune(tree)); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func prune(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, one := range v {
			if one = prune(one); one == nil {
				delete(v, k)
			} else {
				v[k] = one
			}
		}
		if len(v) == 0 {
			return nil
		}
	case []any:
		for i := range v {
			v[i] = prune(v[i])
		}
		if len(v) == 0 {
			return nil
		}
	case string:
		if v == "" || v == "0001-01-01T00:00:00Z" {
			return nil
		}
	case float64:
		if v == 0 {
			return nil
		}
	case bool:
		if !v {
			return nil
		}
	}
	return v
}
