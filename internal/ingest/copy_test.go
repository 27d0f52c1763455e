package ingest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"parallax/internal/fetch"
	"parallax/internal/news"
)

// What came by a mirror is marked, and looked at again when the outlet itself answers, be
// its document byte for byte the same: only so can it be confirmed. Afterwards nothing is
// looked at twice.
func TestCopiesAreMarked(t *testing.T) {
	w := newWorld(t, "/feed")
	const entry = `<item><guid>%d</guid><title>News</title><link>https://h.example/%d</link></item>`
	body := `<rss version="2.0"><channel><title>Harbour Times</title>` + strings.ReplaceAll(entry, "%d", "1") + strings.ReplaceAll(entry, "%d", "2") + `</channel></rss>`
	down := true
	w.handler = func(rw http.ResponseWriter, r *http.Request) {
		if down && r.URL.Path == "/feed" {
			rw.WriteHeader(http.StatusBadGateway)
			return
		}
		rw.Header().Set("ETag", `"same everywhere"`)
		if r.Header.Get("If-None-Match") != "" {
			rw.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = io.WriteString(rw, body)
	}
	mirror := "mirror:" + w.base + "/copy"
	w.store.feeds[0].Routes = []string{"direct", mirror}
	poll := func(name string, copied bool, want ...news.Via) {
		t.Helper()
		w.run(t)
		f := w.store.last["/feed"]
		var got []news.Via
		for _, i := range f.Items {
			got = append(got, i.Via)
		}
		if len(got) != len(want) || f.Feed.Failures > 0 || f.Feed.Copied.IsZero() == copied {
			t.Errorf("%s: items by %+v, want %+v; copied since %v; %s", name, got, want, f.Feed.Copied, f.Feed.LastError)
			return
		}
		for i := range got {
			if got[i] != want[i] {
				t.Errorf("%s: item %d by %+v, want %+v", name, i, got[i], want[i])
			}
		}
		w.now = w.now.Add(25 * time.Hour)
	}
	poll("from the mirror", true, news.Via{Route: mirror}, news.Via{Route: mirror})
	poll("unchanged there", true)
	down = false
	poll("from the outlet", false, news.Via{}, news.Via{})
	poll("unchanged", false)
	body = strings.Replace(body, "<item>", strings.ReplaceAll(entry, "%d", "3")+"<item>", 1)
	w.store.feeds[0].ETag = ""
	poll("a new entry", false, news.Via{})
	down = true
	poll("from the mirror, nothing new", false)
}

// What an archive has is marked with when it was taken, and is asked for no oftener than
// hourly; the same memento again is no document.
func TestArchivedFeed(t *testing.T) {
	w := newWorld(t, "/feed")
	w.handler = func(rw http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/web/20261101"):
			rw.Header().Set("Memento-Datetime", "Sun, 01 Nov 2026 12:00:00 GMT")
			_, _ = io.WriteString(rw, strings.Replace(rss, "<ttl>90</ttl>", "", 1))
		case strings.HasPrefix(r.URL.Path, "/web/"):
			rw.Header().Set("Location", "/web/20261101120000"+strings.TrimPrefix(r.URL.EscapedPath(), "/web"))
			rw.WriteHeader(http.StatusFound)
		default:
			rw.WriteHeader(http.StatusBadGateway)
		}
	}
	archive := "archive:" + w.base + "/web/"
	w.store.feeds[0].Routes = []string{"direct", archive}
	w.run(t)
	f := w.store.last["/feed"]
	want := news.Via{Route: archive, Archived: time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)}
	if len(f.Items) != 2 || f.Items[0].Via != want || f.Feed.Reach != news.ReachDown || f.Feed.Blocking != "" || f.Feed.Due.Sub(w.now) < time.Hour {
		t.Fatalf("first: %+v, %+v", f.Items, f.Feed)
	}
	if link := f.Items[0].Link; link != w.base+"/strike" {
		t.Errorf("link %s", link)
	}
	w.now = f.Feed.Due
	w.run(t)
	if f := w.store.last["/feed"]; f.Document || len(f.Items) > 0 || f.Feed.Failures > 0 || f.Feed.Route != archive {
		t.Errorf("the same memento: %+v, %+v", f.Items, f.Feed)
	}
}

// While an outlet's server wants to be left alone only its mirror is asked. That the mirror
// has the feed no more says nothing of the outlet: it is no failure, and not gone.
func TestMirrorsWordIsNotTheOutlets(t *testing.T) {
	for _, status := range []int{http.StatusGone, http.StatusNotFound} {
		w := newWorld(t, "/rss", "/other")
		mirror := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(status) }))
		t.Cleanup(mirror.Close)
		now := func() time.Time { return w.now }
		c := fetch.New(fetch.Options{AllowPrivate: []string{"127.0.0.0/8"}, PerHostDelay: -1, Now: now})
		t.Cleanup(c.Close)
		w.stage = New(Config{Now: now, Rand: func() float64 { return 0.5 }}, w.store, c)
		w.store.feeds[0].Routes = []string{"direct", "mirror:" + mirror.URL}
		w.handler = func(rw http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(rw, rss) }
		w.run(t)
		before := w.store.last["/rss"].Feed

		w.handler = func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Retry-After", "7200")
			rw.WriteHeader(http.StatusTooManyRequests)
		}
		w.now = before.Due
		w.store.feeds[0].Due, w.store.feeds[1].Due = w.now.Add(time.Minute), w.now // the other one is told
		w.run(t)
		told := w.now
		w.now = w.now.Add(time.Minute)
		w.run(t)
		f := w.store.last["/rss"]
		if f.Feed.Reach != news.ReachOK || f.Feed.Failures != 0 || len(f.Evidence) != 1 || f.Evidence[0].Status != status {
			t.Errorf("mirror %d: %+v, evidence %+v", status, f.Feed, f.Evidence)
		}
		if wait := f.Feed.Due.Sub(told); wait < 2*time.Hour || wait > 4*time.Hour {
			t.Errorf("mirror %d: asked again after %v: %s", status, wait, f.Feed.DueWhy)
		}
	}
}
