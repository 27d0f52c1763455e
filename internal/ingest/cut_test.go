package ingest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"parallax/internal/news"
)

// tide is a feed as it is now, with titles for its two entries, up to and without a piece of it.
func tide(first, second, until string) string {
	all := `<?xml version="1.0"?><rss version="2.0"><channel><title>Harbour Times</title>` +
		`<item><guid>1</guid><title>` + first + `</title><link>https://h.example/1</link></item>` +
		`<item><guid>2</guid><title>` + second + `</title><link>https://h.example/2</link><description>The tide is out.</description></item>` +
		`</channel></rss>`
	if until != "" {
		all, _, _ = strings.Cut(all, until)
	}
	return all
}

func (w *world) poll(t *testing.T) *news.Fetch {
	t.Helper()
	for _, f := range w.store.feeds {
		if f.Due.After(w.now) {
			w.now = f.Due
		}
	}
	w.run(t)
	return w.store.last[w.store.feeds[0].ID]
}

func titles(items []*news.Item) string {
	var all []string
	for _, i := range items {
		all = append(all, i.Title)
	}
	return strings.Join(all, ", ")
}

// What is whole of a document that was cut is taken, an entry that was cut is not, and
// nothing of it stands for the document when the next one comes.
func TestCut(t *testing.T) {
	for _, c := range []struct{ name, until, items string }{
		{"within the text of an entry", "is out", "New flood"},
		{"within a tag of an entry", "cription>The", "New flood"},
		{"before the end of an entry", "</item></channel>", "New flood"},
		{"between two entries", "<item><guid>2", "New flood"},
		{"before all entries", "<item><guid>1", ""},
		{"within the first entry", "</title><link>https://h.example/1", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, "/feed")
			body, etag, conditions := tide("Flood", "Ebb", ""), `"v1"`, ""
			w.handler = func(rw http.ResponseWriter, r *http.Request) {
				conditions = r.Header.Get("If-None-Match")
				rw.Header().Set("ETag", etag)
				rw.Header().Set("Last-Modified", "Mon, 02 Nov 2026 09:00:00 GMT")
				_, _ = io.WriteString(rw, body)
			}
			before := w.poll(t).Feed

			body, etag = tide("New flood", "New ebb", c.until), `"v2"`
			f := w.poll(t)
			if got := titles(f.Items); got != c.items {
				t.Errorf("items %q, want %q", got, c.items)
			}
			if f.Document || f.Feed.ETag != before.ETag || f.Feed.LastModified != before.LastModified || f.Feed.BodyHash != before.BodyHash ||
				f.Feed.Entries != before.Entries || !f.Feed.LastGood.Equal(before.LastGood) {
				t.Errorf("it stands for the document: %+v", f.Feed)
			}
			want := news.ReachDegraded
			if c.items == "" {
				want = news.ReachDown
			}
			if f.Feed.Failures != 1 || f.Feed.Reach != want || !strings.Contains(f.Feed.LastError, "ends early") || !strings.Contains(f.Feed.LastError, hintEarly) {
				t.Errorf("%d failures, %s: %s", f.Feed.Failures, f.Feed.Reach, f.Feed.LastError)
			}
			if wait := f.Feed.Due.Sub(w.now); wait > 15*time.Minute {
				t.Errorf("asked again in %v", wait)
			}

			body = tide("New flood", "New ebb", "")
			f = w.poll(t)
			if conditions != `"v1"` || !f.Document || f.Feed.Failures != 0 || f.Feed.Reach != news.ReachOK || f.Feed.ETag != `"v2"` {
				t.Errorf("whole again: asked with %s, %+v", conditions, f.Feed)
			}
			if got := titles(f.Items); got != "New flood, New ebb" {
				t.Errorf("items in the end %q", got)
			}
		})
	}
}

// A feed that came cut is asked for by the next route; if all are cut, the most is taken.
func TestCutOnOneRoute(t *testing.T) {
	w := newWorld(t, "/feed")
	w.handler = func(rw http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(rw, tide("Flood", "Ebb", "Flood"))
	}
	elsewhere := tide("Flood", "Ebb", "")
	proxy := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(rw, elsewhere) }))
	t.Cleanup(proxy.Close)
	w.store.feeds[0].Routes = []string{"direct", proxy.URL}

	f := w.poll(t)
	if titles(f.Items) != "Flood, Ebb" || !f.Document || f.Feed.Failures != 0 || f.Feed.Route != proxy.URL || f.Feed.Reach != news.ReachDegraded {
		t.Errorf("items %q, %+v", titles(f.Items), f.Feed)
	}
	if e := f.Evidence[0]; e.Route != "direct" || e.Status != 200 || !strings.Contains(e.Note, "ends early") {
		t.Errorf("evidence %+v", e)
	}
	elsewhere = tide("New flood", "New ebb", "The tide")
	f = w.poll(t)
	if titles(f.Items) != "New flood" || f.Document || f.Feed.Failures != 1 || f.Feed.Reach != news.ReachDegraded {
		t.Errorf("all cut: items %q, %+v", titles(f.Items), f.Feed)
	}
}

// A feed that is never closed looks cut when it is seen first; after that it is how its
// publisher writes.
func TestNeverClosed(t *testing.T) {
	w := newWorld(t, "/feed")
	body := tide("Flood", "Ebb", "</channel>")
	w.handler = func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("ETag", `"v1"`)
		if r.Header.Get("If-None-Match") != "" && strings.Contains(body, ">Flood<") {
			rw.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = io.WriteString(rw, body)
	}
	if f := w.poll(t); titles(f.Items) != "Flood, Ebb" || f.Feed.Failures != 1 || f.Feed.ETag != "" {
		t.Errorf("first: items %q, %+v", titles(f.Items), f.Feed)
	}
	for range 3 {
		if f := w.poll(t); f.Feed.Failures != 0 || f.Feed.Reach != news.ReachOK || f.Feed.ETag != `"v1"` || !slices.Contains(f.Feed.Problems, problemOpen) {
			t.Errorf("later: %+v", f.Feed)
		}
	}
	body = tide("New flood", "Ebb", "</channel>")
	if f := w.poll(t); titles(f.Items) != "New flood" || !f.Document || f.Feed.Failures != 0 {
		t.Errorf("changed: items %q, %+v", titles(f.Items), f.Feed)
	}
	body = tide("New flood", "Ebb", "")
	if f := w.poll(t); f.Feed.Failures != 0 || slices.Contains(f.Feed.Problems, problemOpen) {
		t.Errorf("closed at last: %+v", f.Feed)
	}
}

// A feed that is cut for ever is asked for about as often as a whole one: what is whole of
// it is news.
func TestAlwaysCut(t *testing.T) {
	w := newWorld(t, "/feed")
	w.handler = func(rw http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(rw, tide("Flood", "Ebb", "The tide"))
	}
	var f *news.Fetch
	for range 20 {
		f = w.poll(t)
	}
	if wait := f.Feed.Due.Sub(w.now); f.Feed.Failures != 20 || wait > 3*time.Hour {
		t.Errorf("after %d failures asked again in %v: %s", f.Feed.Failures, wait, f.Feed.DueWhy)
	}
}
