package extract

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"parallax/internal/lang"
	"parallax/internal/testkit"
)

// A labelled page: news pages with their whole text, others with sentences that must and
// must not be found.
type labelled struct {
	File, URL, Body string
	With, Without   []string
	raw             []byte
}

// labelledPages reads every n-th page of a set; all of them if PARALLAX_ALL_PAGES is set.
func labelledPages(tb testing.TB, set string, n int) (pages []labelled) {
	tb.Helper()
	index, err := os.Open(testkit.Data(tb, set+"/pages.jsonl"))
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = index.Close() }()
	lines := bufio.NewScanner(index)
	lines.Buffer(nil, 16<<20)
	for i := 0; lines.Scan(); i++ {
		var p labelled
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			tb.Fatal(err)
		}
		if i%n == 0 || os.Getenv("PARALLAX_ALL_PAGES") != "" {
			pages = append(pages, p)
		}
	}
	if err := lines.Err(); err != nil {
		tb.Fatal(err)
	}
	dir := tb.TempDir()
	args := []string{"-xJf", testkit.Data(tb, set+"/pages.tar.xz"), "-C", dir}
	for _, p := range pages {
		args = append(args, p.File)
	}
	if out, err := exec.CommandContext(tb.Context(), "tar", args...).CombinedOutput(); err != nil {
		testkit.Missing(tb, "data", "tar: "+err.Error()+": "+string(bytes.TrimSpace(out)))
	}
	for i := range pages {
		if pages[i].raw, err = os.ReadFile(filepath.Join(dir, filepath.FromSlash(pages[i].File))); err != nil {
			tb.Fatal(err)
		}
	}
	return pages
}

// floorOf returns the floor under a sample, or under the whole where that is measured.
func floorOf(sample, whole float64) float64 {
	if os.Getenv("PARALLAX_ALL_PAGES") != "" {
		return whole
	}
	return sample
}

// The text of real news pages of many countries must be found as well as when this
// floor was set. The measure is that of the article extraction benchmark: precision and
// recall of runs of four words, F1 of the two means.
func TestQualityFloor(t *testing.T) {
	const every = 4
	floor := floorOf(0.971, 0.980)
	pages := labelledPages(t, "news_pages", every)
	var precision, recall float64
	counted := 0
	for _, p := range pages {
		got, err := ReadPage(p.raw, p.URL, "text/html")
		if err != nil {
			t.Errorf("%s: %v", p.URL, err)
			continue
		}
		hit, extra, lost := match(p.Body, got.Text())
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
			t.Logf("P %.2f R %.2f %s: %s, %d characters of %d, ending %d, %s", pr, re, p.File, got.Why["text"], len(got.body.text), len(p.Body), got.body.end, lang.Detect(got.body.text, got.Language))
		}
	}
	precision, recall = precision/float64(max(counted, 1)), recall/float64(len(pages))
	f1 := 2 * precision * recall / (precision + recall)
	t.Logf("%d pages: F1 %.3f, precision %.3f, recall %.3f", len(pages), f1, precision, recall)
	if f1 < floor {
		t.Errorf("F1 %.3f is below %.3f", f1, floor)
	}
}

// Pages of every kind (blogs, shops, recipes, agencies, forums) must give the sentences that
// are of their article, and not those around it.
func TestSentencesFloor(t *testing.T) {
	const every = 8
	floor := floorOf(0.934, 0.925)
	var hit, lost, extra float64
	pages := labelledPages(t, "pages", every)
	for _, p := range pages {
		got, err := ReadPage(p.raw, p.URL, "text/html")
		if err != nil {
			t.Errorf("%s: %v", p.URL, err)
			continue
		}
		text := got.Text()
		for _, s := range p.With {
			if strings.Contains(text, s) {
				hit++
			} else {
				lost++
			}
		}
		for _, s := range p.Without {
			if strings.Contains(text, s) {
				extra++
			}
		}
	}
	precision, recall := ratio(hit, extra), ratio(hit, lost)
	f1 := 2 * precision * recall / (precision + recall)
	t.Logf("%d pages: F1 %.3f, precision %.3f, recall %.3f", len(pages), f1, precision, recall)
	if f1 < floor {
		t.Errorf("F1 %.3f is below %.3f", f1, floor)
	}
}

// BenchmarkReadPage reads pages of both sets, one an iteration.
func BenchmarkReadPage(b *testing.B) {
	pages := slices.Concat(labelledPages(b, "news_pages", 4), labelledPages(b, "pages", 8))
	bytes := 0
	for _, p := range pages {
		bytes += len(p.raw)
	}
	b.SetBytes(int64(bytes / len(pages)))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := ReadPage(pages[i%len(pages)].raw, "https://a.example/x", "text/html"); err != nil {
			b.Fatal(err)
		}
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
