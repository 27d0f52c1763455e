package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parallax/internal/news"
	"parallax/internal/store"
)

// An ever newer outlet: feed n has entries 1 to n%7+12+generation, of which it shows the
// last thirty. When it is asked for the time that moment names, strike is called.
type outlet struct {
	generation, asked, moment atomic.Int64
	strike                    atomic.Pointer[func()]
}

func (o *outlet) newest(feed int) int64 { return int64(feed%7) + 12 + o.generation.Load() }

func (o *outlet) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if o.asked.Add(1) == o.moment.Load() {
		(*o.strike.Load())()
	}
	var feed int
	if _, err := fmt.Sscanf(r.URL.Path, "/%d.xml", &feed); err != nil {
		http.NotFound(w, r)
		return
	}
	newest := o.newest(feed)
	etag := fmt.Sprintf(`"%d"`, newest)
	w.Header().Set("ETag", etag)
	if r.Header.Get("If-None-Match") == etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Type", "application/rss+xml")
	_, _ = fmt.Fprintf(w, `<rss version="2.0"><channel><title>Feed %d</title>`, feed)
	for i := newest; i > max(newest-30, 0); i-- {
		_, _ = fmt.Fprintf(w, `<item><guid>%d-%d</guid><title>Event %d of %d</title></item>`, feed, i, i, feed)
	}
	_, _ = fmt.Fprint(w, `</channel></rss>`)
}

// The program is killed while it asks, again and again and each time at another moment.
// In the end every entry that was ever there is kept, once.
func TestKilledAgainAndAgain(t *testing.T) {
	t.Parallel()
	const feeds = 60
	o := new(outlet)
	server := httptest.NewServer(o)
	defer server.Close()
	text := fmt.Sprintf("[hub]\n[fetch]\nper_host_delay = \"0s\"\nallow_private = [%q]\n", server.Listener.Addr())
	for n := range feeds {
		text += fmt.Sprintf("[[source]]\nid = \"s%d\"\nname = \"s%d\"\nfeeds = [\"%s/%d.xml\"]\n", n, n, server.URL, n)
	}
	cfg := configure(t, text, "")
	dir := filepath.Dir(cfg.DataDir())
	db, err := store.Open(t.Context(), cfg.DSN(), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // nothing is written at the end
	if err := db.ApplySources(t.Context(), cfg.NewsSources(), time.Now()); err != nil {
		t.Fatal(err)
	}
	killed := 0
	for round, moment := range []int64{1, 2, 5, 11, 17, 29, 41, 53, 59, 60, 0} {
		o.generation.Store(int64(round))
		// What the dead one had claimed would be free after five minutes.
		_, err := db.Refresh(t.Context(), nil, time.Now())
		var claimed []*news.Feed
		if err == nil {
			claimed, err = db.Feeds(t.Context(), "")
		}
		if err == nil {
			err = db.ReleaseFeeds(t.Context(), claimed)
		}
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), os.Args[0], "run", "--stages", "ingest") //nolint:gosec // this very binary
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), beMain+"=1")
		var said strings.Builder
		cmd.Stdout, cmd.Stderr = &said, &said
		started := make(chan struct{})
		strike := func() {
			<-started
			_ = cmd.Process.Kill()
		}
		o.asked.Store(0)
		o.strike.Store(&strike)
		o.moment.Store(moment)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		close(started)
		err = cmd.Wait()
		switch {
		case moment == 0 && err != nil:
			t.Fatalf("left in peace it ends with %v: %s", err, &said)
		case moment > 0 && err == nil:
			t.Fatalf("at its request %d it was not killed: %s", moment, &said)
		case moment > 0:
			killed++
		}
	}
	want := 0
	for n := range feeds {
		want += int(o.newest(n))
	}
	items, err := db.ClaimItems(t.Context(), time.Now(), time.Minute, 2*want, nil)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for _, i := range items {
		seen[i.GUID]++
	}
	for n := range feeds {
		for i := int64(1); i <= o.newest(n); i++ {
			if guid := fmt.Sprintf("%d-%d", n, i); seen[guid] != 1 {
				t.Errorf("entry %s is kept %d times", guid, seen[guid])
			}
		}
	}
	if len(items) != want {
		t.Errorf("%d items are kept, want %d", len(items), want)
	}
	t.Logf("killed %d times; %d entries of %d feeds are kept, each once", killed, len(items), feeds)
}
