package ingest

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"parallax/feed"
	"parallax/internal/news"
)

// A guid that was seen to stand for two entries tells them apart no more when one of them has
// fallen out.
func TestSharedGUIDIsRemembered(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "/rss")
	body := ""
	w.handler = func(rw http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(rw, body) }
	for _, titles := range [][]string{{"fog"}, {"storm", "fog"}, {"storm"}, {"frost", "storm"}, {"frost"}} {
		body = `<rss version="2.0"><channel><title>Harbour Times</title>`
		for _, title := range titles {
			body += `<item><guid isPermaLink="false">live</guid><title>` + title + `</title><link>https://h.example/` + title + `</link></item>`
		}
		body += `</channel></rss>`
		w.run(t)
		w.now = w.store.last["/rss"].Feed.Due
	}
	var said []string
	for _, i := range w.store.items {
		said = append(said, i.Title)
	}
	slices.Sort(said)
	if got := strings.Join(said, " "); got != "fog frost storm" {
		t.Errorf("items: %s, want each entry once", got)
	}
}

func TestReadShared(t *testing.T) {
	t.Parallel()
	entries := func(n int) (list []*feed.Entry) {
		for i := range n {
			for _, link := range []string{"a", "b"} {
				list = append(list, &feed.Entry{ID: fmt.Sprint("guid ", i), Link: link})
			}
		}
		return append(list, &feed.Entry{ID: "alone", Link: "c"}, &feed.Entry{Link: "d"})
	}
	g := readShared("")
	if n := g.learn(entries(maxShared)); n != maxShared {
		t.Errorf("%d guids are shared, want %d", n, maxShared)
	}
	g = readShared(g.String())
	if !g.has("guid 0") || !g.has("guid 63") || g.has("alone") || g.has("guid 64") {
		t.Errorf("what is remembered is not what was learned: %s", g)
	}
	g.learn(entries(maxShared + 1))
	if g = readShared(g.String()); !g.has("alone") || g.learn(entries(2)) != 2 || g.String() != allShared {
		t.Errorf("of more than %d none tells anything, but: %s", maxShared, g)
	}
	if g := readShared("no base64!"); g.has("x") {
		t.Error("what cannot be read says something")
	}
}

// That a feed is gone is said once, and since then.
func TestGoneSince(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "/rss")
	w.handler = func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusNotFound) }
	w.store.feeds[0].LastGood = noon
	var changes []news.Reach
	for range 40 {
		w.run(t)
		f := w.store.last["/rss"]
		if f.Feed.ReachSince.Equal(f.At) {
			changes = append(changes, f.Feed.Reach)
		}
		w.now = f.Feed.Due
	}
	if !slices.Equal(changes, []news.Reach{news.ReachDown, news.ReachGone}) {
		t.Errorf("changes: %v, want down, then gone", changes)
	}
}
