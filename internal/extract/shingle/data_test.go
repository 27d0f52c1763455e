package shingle

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"parallax/internal/news"
	"parallax/internal/testkit"
)

// A recorded article, of a collection of those that outlets had of one event.
type recorded struct {
	*Text

	Source    string `json:"source"`
	Title     string `json:"title"`
	Body      string `json:"text"`
	Published string `json:"published"`
	Crawled   string `json:"crawled"`
	at        time.Time
}

func record(t *testing.T, names ...string) (list []*recorded) {
	t.Helper()
	for _, name := range names {
		f, err := os.Open(testkit.Data(t, name))
		if err != nil {
			t.Fatal(err)
		}
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(z)
		lines.Buffer(nil, 1<<24)
		for lines.Scan() {
			r := new(recorded)
			if err := json.Unmarshal(lines.Bytes(), r); err != nil {
				t.Fatal(err)
			}
			for _, layout := range []string{time.RFC3339, time.DateOnly} {
				if at, err := time.Parse(layout, cmp.Or(r.Published, r.Crawled)); err == nil {
					r.at = at
				}
			}
			if r.Text = Of(r.Title, r.Body); r.size >= minWords && !r.at.IsZero() {
				list = append(list, r)
			}
		}
		if err := cmp.Or(lines.Err(), f.Close()); err != nil {
			t.Fatal(err)
		}
	}
	slices.SortStableFunc(list, func(a, b *recorded) int { return a.at.Compare(b.at) })
	return list
}

// TestAgainstBruteForce finds the copies among recorded articles by comparing all that have a
// run in common, and holds that what an index holds of them finds nearly all.
func TestAgainstBruteForce(t *testing.T) {
	all := record(t, "stories/groundnews_2025.jsonl.gz", "stories/groundnews_2026.jsonl.gz", "stories/ruwa_2022_weak.jsonl.gz")
	runs, samples := map[uint64][]int{}, map[int32][]int{}
	var rows, pairs, found, looked int
	for i, later := range all {
		sharing, sampling := map[int]bool{}, map[int]bool{}
		for _, r := range later.set {
			for _, j := range runs[r] {
				sharing[j] = true
			}
			runs[r] = append(runs[r], i)
		}
		for _, h := range later.Sample() {
			rows++
			for _, j := range samples[h] {
				sampling[j] = true
			}
			samples[h] = append(samples[h], i)
		}
		for j := range sharing {
			earlier := all[j]
			if earlier.Source == later.Source || later.at.Sub(earlier.at) > 72*time.Hour {
				continue
			}
			if sampling[j] {
				looked++
			}
			if _, copied := Copies(later.Text, earlier.Text); copied {
				pairs++
				if sampling[j] {
					found++
				}
			}
		}
	}
	t.Logf("%d articles of %.1f rows; %d of %d pairs of copies are found; %d pairs are looked at",
		len(all), float64(rows)/float64(len(all)), found, pairs, looked)
	if pairs < 4000 || found*1000 < pairs*998 || rows > 24*len(all) || looked > 4*len(all) {
		t.Error("fewer than 998 of 1,000 copies are found, or at too high a price")
	}
}

// What outlets and feeds give of a text is a copy of it, and found.
func TestParts(t *testing.T) {
	all := record(t, "stories/groundnews_2025.jsonl.gz")
	for _, part := range []struct {
		name string
		of   func(text string, words []string) string
		// how many of 1,000 are copies, and of these are found, at least: a summary of a text of more
		// than 32 times its length is none
		copied, found int
	}{
		{"a summary of 300 characters", func(text string, _ []string) string { return news.Cut(text, 300) }, 820, 990},
		{"a summary of 600 characters", func(text string, _ []string) string { return news.Cut(text, 600) }, 960, 990},
		{"the first half", func(_ string, words []string) string { return strings.Join(words[:len(words)/2], " ") }, 990, 998},
		{"the second half", func(_ string, words []string) string { return strings.Join(words[len(words)/2:], " ") }, 990, 990},
		{"the third in the middle", func(_ string, words []string) string {
			return strings.Join(words[len(words)/3:2*len(words)/3], " ")
		}, 990, 980},
		{"every tenth word changed", func(_ string, words []string) string {
			words = slices.Clone(words)
			for i := 5; i < len(words); i += 10 {
				words[i] = "another"
			}
			return strings.Join(words, " ")
		}, 0, 0},
		{"every fortieth word changed", func(_ string, words []string) string {
			words = slices.Clone(words)
			for i := 20; i < len(words); i += 40 {
				words[i] = "another"
			}
			return strings.Join(words, " ")
		}, 900, 998},
	} {
		n, copied, found := 0, 0, 0
		for _, whole := range all {
			if whole.size < 200 {
				continue
			}
			n++
			x := Of("", part.of(whole.Body, strings.Fields(whole.Body)))
			if _, ok := Copies(x, whole.Text); !ok {
				continue
			}
			copied++
			if slices.ContainsFunc(x.Sample(), func(h int32) bool { return slices.Contains(whole.Sample(), h) }) {
				found++
			}
		}
		t.Logf("%s: %d of %d are copies, of which %d are found", part.name, copied, n, found)
		if 1000*copied < part.copied*n || 1000*found < part.found*copied || part.copied == 0 && copied*20 > n {
			t.Errorf("%s: want %d of 1,000, and %d of these found", part.name, part.copied, part.found)
		}
	}
}
