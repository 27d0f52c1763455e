package ingest

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

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
