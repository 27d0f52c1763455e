package store_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parallax/internal/news"
)

// What was purged is not in the SQLite file any more: neither the text, short or long, nor
// an earlier version of it, nor its words in the search index.
func TestPurgedIsNotInTheFile(t *testing.T) {
	t.Parallel()
	w := open(t, filepath.Join(t.TempDir(), "hub.db"))
	inFile := func(word string) bool {
		t.Helper()
		w.must(w.Checkpoint(t.Context()))
		file, err := os.ReadFile(w.dsn)
		w.must(err)
		return bytes.Contains(file, []byte(word))
	}
	withdraw := func(now time.Time, want int) {
		t.Helper()
		n, err := w.Withdraw(t.Context(), now, time.Hour)
		w.must(err)
		expect(t, "purged", n, want)
	}
	short := source("short")
	short.Carriage.Keep = 24 * time.Hour
	w.apply(start, short, source("other"))
	const day = 24 * time.Hour
	first := w.publish(start, "short", "a", "Strike", "A quizzaciously worded text.")
	w.must(w.SaveClustering(t.Context(), &news.Clustering{Placements: []news.Placement{{
		ArticleID: first.ID, StoryID: "s", Seq: 1, Why: "jentacular, strike; 0.50", Revision: 1, At: start, Language: "en",
		Embedding: &news.Embedding{Model: "xylopolist", Vector: []int8{1}},
	}}}, start))
	w.must(w.SaveClustering(t.Context(), &news.Clustering{
		Merges: []news.Merge{{From: "s2", Into: "s", Why: "tergiversation; 0.50", Witness: first.ID}},
		Moves:  []news.Move{{ArticleID: first.ID, From: "s", To: "s3", Why: "callipygian; 0.50"}},
	}, start))
	changed := item("short", "a", strings.Repeat("Now oxyphenbutazone fills pages. ", 3000), start)
	w.save(start, "short", changed)
	w.must(w.SaveArticle(t.Context(), changed.ID, 2, article(changed, "Strike over", changed.Summary), start))
	for i := range 90 { // the index has more than one segment, and merges some
		w.publish(start.Add(time.Hour), "other", fmt.Sprint(i), "Fog", strings.Repeat(fmt.Sprintf("The fog %d stays. ", i), 20))
	}
	for _, word := range []string{"quizzaciously", "oxyphenbutazone", "jentacular", "tergiversation", "callipygian", "xylopolist"} {
		if !inFile(word) {
			t.Errorf("%s is not in the file before it is purged", word)
		}
	}
	withdraw(start.Add(day), 1)
	for _, word := range []string{"quizzaciously", "quizzaci", "oxyphenbutazone", "oxyphen", "jentacular", "tergiversation", "callipygian", "xylopolist"} {
		if inFile(word) {
			t.Errorf("%s is in the file after it was purged", word)
		}
	}
	expect(t, "listed of the others", w.listed(start.Add(day), "fog"), "stories 0, articles 90, found 90")

	// The index is cleared once a day.
	w.publish(start.Add(day), "short", "b", "Strike", "Some floccinaucinihilipilification.")
	withdraw(start.Add(2*day-time.Millisecond), 0)
	w.publish(start.Add(day), "short", "c", "Strike", "Some pneumonoultramicroscopic dust.")
	withdraw(start.Add(2*day), 2)
	w.publish(start.Add(day+time.Hour), "short", "d", "Strike", "A sesquipedalian.")
	withdraw(start.Add(2*day+time.Hour), 1)
	if !inFile("sesquipedal") {
		t.Error("the index is cleared more than once a day")
	}
	withdraw(start.Add(3*day), 0)
	for _, word := range []string{"floccin", "pneumono", "sesquipedal"} {
		if inFile(word) {
			t.Errorf("%s is in the file a day after it was purged", word)
		}
	}
}
