package main

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	_ "modernc.org/sqlite"

	"parallax/internal/hub"
	"parallax/internal/news"
	"parallax/internal/newsroom"
	"parallax/internal/testkit"
)

// More days take longer and show more: go test ./cmd/parallax -run TestReplay -v -args -days 19.
var days = flag.Int("days", 2, "how many days TestReplay replays, at most 19")

// peakMemory returns the most memory that this process ever had, where the system says.
func peakMemory() string {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return "not known"
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	peak, _, _ := strings.Cut(rest, "\n")
	return strings.TrimSpace(peak)
}

// countries of the outlets whose feeds were recorded.
var countries = map[string]string{
	"abscbnnews": "PH", "aljazeeraenglish": "QA", "bbc": "GB", "cnn": "US", "dailymail": "GB", "dailytelegraph": "AU",
	"fox": "US", "foxnewstv": "US", "gmanews": "PH", "gmanewstv": "PH", "latimes": "US", "nationalgeographic": "US",
	"nytimes": "US", "nzherald": "NZ", "onenewsnz": "NZ", "philstar": "PH", "rnz": "NZ", "smh": "AU", "straittimes": "SG",
	"wsj": "US",
}

// The whole program over feeds of real outlets as they were recorded, capture by
// capture: every item that was ever in a feed is kept, once; stories have sides; every
// page is well-formed; and a hub that is stopped after every look, some of them in the
// middle of the work, remembers what one that never stops remembers.
func TestReplay(t *testing.T) {
	dir := testkit.Data(t, "stream/us_world_2020")
	from := time.Date(2020, 4, 28, 0, 0, 0, 0, time.UTC)
	to := from.Add(time.Duration(*days) * 24 * time.Hour)

	start := time.Now()
	steady := replay(t, dir, from, to, false)
	defer shut(t, steady)
	counts, err := steady.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d feeds, %d items, %d articles, %d stories, %d of them with two sides or more; %.1f s, peak memory %s",
		counts.Feeds, counts.Items, counts.Articles, counts.Stories, counts.StoriesTwoSides, time.Since(start).Seconds(), peakMemory())

	broken := replay(t, dir, from, to, true)
	defer shut(t, broken)
	if diff := cmp.Diff(placed(everything(t, steady)), placed(everything(t, broken))); diff != "" {
		t.Errorf("a hub that was interrupted remembers otherwise (-steady +interrupted):\n%s", diff)
	}
	if counts.Articles > counts.Items {
		t.Errorf("%d articles of %d items: some are there twice", counts.Articles, counts.Items)
	}
	const aDay = 15 // stories a day that outlets of two countries tell: by reading them, far more
	if counts.StoriesTwoSides < aDay*(*days) {
		t.Errorf("only %d stories have two sides", counts.StoriesTwoSides)
	}
	if n := counts.Unextracted + counts.Unplaced + counts.Uncompared; n != 0 {
		t.Errorf("%d things were left undone", n)
	}
	site, err := steady.Handler()
	if err != nil {
		t.Fatal(err)
	}
	c := crawl(t, site, 1500)
	t.Logf("%d pages and %d feeds are well-formed", len(c.pages), len(c.feeds))
}

// replay runs a hub over the recorded feeds of a window and checks that it kept every
// item. With breaks it closes the hub after every look, and ends some in the middle.
func replay(t *testing.T, dir string, from, to time.Time, breaks bool) *hub.Hub {
	t.Helper()
	recorded, err := newsroom.Replay(t.Context(), dir, newsroom.ReplayOptions{From: from, To: to})
	if err != nil {
		t.Fatal(err)
	}
	defer recorded.Close()
	// Every capture is looked at, whatever the feeds' own headers ask for.
	text := strings.Replace(recorded.HubTOML("Recorded", countries), "[fetch]\n", "[fetch]\nmax_interval = \"1s\"\n", 1)
	cfg := configure(t, text, "")
	h := open(t, cfg, recorded.Now)
	stages := []string{"ingest", "extract", "cluster", "compare"}
	for i, at := range recorded.Times() {
		recorded.At(at)
		if breaks {
			shut(t, h)
			if i%3 == 0 {
				stopIn(t, cfg, recorded.Now, stages[i/3%len(stages)])
			}
			h = open(t, cfg, recorded.Now)
		}
		if err := h.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	expect, err := recorded.Expect(time.Time{}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range recorded.Feeds() {
		want := slices.Sorted(slices.Values(expect[f.Name]))
		if diff := cmp.Diff(slices.Compact(want), kept(t, cfg, f.URL)); diff != "" {
			t.Errorf("%s: items kept are not those of the feed (-feed +kept):\n%s", f.Name, diff)
		}
	}
	return h
}

// stopIn runs a hub and stops it as soon as the stage of that name is at work.
func stopIn(t *testing.T, cfg *hub.Config, now func() time.Time, stage string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	h, err := hub.Open(t.Context(), cfg, hub.Options{Now: now, Progress: func(name string) news.Progress {
		return func(int, int, string) {
			if name == stage {
				cancel()
			}
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer shut(t, h)
	if err := h.Run(ctx); err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

// kept returns the ids of all items of a feed, sorted, straight from the database.
func kept(t *testing.T, cfg *hub.Config, feedURL string) []string {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+cfg.DSN()+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	rows, err := db.QueryContext(t.Context(), `
		SELECT CASE c.guid WHEN '' THEN c.link ELSE c.guid END FROM items i JOIN item_contents c ON c.item_id = i.id
		WHERE i.feed_id = (SELECT id FROM feeds WHERE url = $1)`, feedURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(ids)
	return ids
}

// placed says where each article stands, and in which words. Its source's host has
// another port at every start, so addresses are left out.
func placed(articles []*news.Article) []string {
	var out []string
	for _, a := range articles {
		out = append(out, fmt.Sprintf("%s %q revision %d with %d others", a.SourceID, a.Title, a.Revision, mates(articles, a.StoryID)))
	}
	slices.Sort(out)
	return out
}

func mates(articles []*news.Article, story string) int {
	n := -1
	for _, a := range articles {
		if a.StoryID == story {
			n++
		}
	}
	return n
}
