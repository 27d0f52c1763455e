package extract

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"parallax/internal/lang"
	"parallax/internal/testkit"
)

// The text of real news pages of many countries must be found as well as when this
// floor was set. The measure is that of the article extraction benchmark: precision and
// recall of runs of four words, F1 of the two means.
func TestQualityFloor(t *testing.T) {
	const every, floor = 4, 0.90 // a sample; the whole scores within 0.01 of it
	index, err := os.Open(testkit.Data(t, "news_pages/pages.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = index.Close() }()
	type page struct {
		File, URL, Body string
	}
	var pages []page
	lines := bufio.NewScanner(index)
	lines.Buffer(nil, 16<<20)
	for n := 0; lines.Scan(); n++ {
		var p page
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		if n%every == 0 || os.Getenv("PARALLAX_ALL_PAGES") != "" {
			pages = append(pages, p)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	args := []string{"-xJf", testkit.Data(t, "news_pages/pages.tar.xz"), "-C", dir}
	for _, p := range pages {
		args = append(args, p.File)
	}
	if out, err := exec.CommandContext(t.Context(), "tar", args...).CombinedOutput(); err != nil {
		testkit.Missing(t, "data", "tar: "+err.Error()+": "+string(bytes.TrimSpace(out)))
	}

	var precision, recall float64
	counted := 0
	for _, p := range pages {
		raw, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(p.File)))
		if err != nil {
			t.Fatal(err)
		}
		got, err := ReadPage(raw, p.URL, "text/html")
		if err != nil {
			t.Errorf("%s: %v", p.URL, err)
			continue
		}
		hit, extra, lost := match(p.Body, got.body.text)
		pr, re := ratio(hit, extra), ratio(hit, lost)
		if hit+extra > 0 {
			precision += pr
			counted++
		}
		recall += re
		if got.Blocked != "" {
			t.Errorf("%s is taken for blocked: %s", p.URL, got.Blocked)
		}
		if pr < 0.8 || re < 0.8 {
			t.Logf("P %.2f R %.2f %s: %s, %d characters of %d, ending %d, %s", pr, re, got.Engine, p.File, len(got.body.text), len(p.Body), got.body.end, lang.Detect(got.body.text, got.Language))
		}
	}
	precision, recall = precision/float64(max(counted, 1)), recall/float64(len(pages))
	f1 := 2 * precision * recall / (precision + recall)
	t.Logf("%d pages: F1 %.3f, precision %.3f, recall %.3f", len(pages), f1, precision, recall)
	if f1 < floor {
		t.Errorf("F1 %.3f is below %.3f", f1, floor)
	}
}

var word = regexp.MustCompile(`[\pL\pN\pM_]+`)

func runs(text string) map[string]int {
	m := map[string]int{}
	words := word.FindAllString(text, -1)
	for i := range max(1, len(words)-3) {
		if i < len(words) {
			m[strings.Join(words[i:min(i+4, len(words))], " ")]++
		}
	}
	return m
}

func match(want, got string) (hit, extra, lost float64) {
	a, b := runs(want), runs(got)
	for s, n := range b {
		hit += float64(min(n, a[s]))
		extra += float64(n)
	}
	for _, n := range a {
		lost += float64(n)
	}
	return hit, extra - hit, lost - hit
}

func ratio(hit, miss float64) float64 {
	if hit+miss == 0 {
		return 1
	}
	return hit / (hit + miss)
}
