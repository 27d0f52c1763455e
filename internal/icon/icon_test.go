package icon

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parallax/internal/fetch"
	"parallax/internal/news"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

// memory is a Store of one outlet.
type memory struct {
	icon  news.Icon
	asked int
}

func (m *memory) DueIcons(_ context.Context, now time.Time, _ int) ([]*news.Icon, error) {
	m.asked++
	if m.icon.Due.After(now) {
		return nil, nil
	}
	i := m.icon
	return []*news.Icon{&i}, nil
}

func (m *memory) SaveIcon(_ context.Context, i *news.Icon) error {
	m.icon = *i
	return nil
}

// world is an outlet's server, a clock and a stage.
type world struct {
	base  string
	now   time.Time
	store *memory
	stage *Stage

	mu    sync.Mutex // guards what follows
	asked []string
	files map[string][]byte
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{now: noon, files: map[string][]byte{}}
	s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			rw.WriteHeader(http.StatusNotFound)
			return
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		w.asked = append(w.asked, r.URL.Path)
		body := w.files[r.URL.Path]
		if body == nil {
			rw.WriteHeader(http.StatusNotFound)
			return
		}
		tag := fmt.Sprintf(`"%d"`, len(body))
		rw.Header().Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			rw.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = rw.Write(body)
	}))
	t.Cleanup(s.Close)
	w.base = s.URL
	now := func() time.Time { return w.now }
	c := fetch.New(fetch.Options{AllowPrivate: []string{strings.TrimPrefix(s.URL, "http://")}, PerHostDelay: -1, Now: now})
	t.Cleanup(c.Close)
	w.store = &memory{icon: news.Icon{SourceID: "harbour", Home: s.URL + "/"}}
	w.stage = New(w.store, c, nil, now)
	return w
}

// run runs the stage when the icon is due, and returns what was asked for.
func (w *world) run(t *testing.T) string {
	t.Helper()
	if w.store.icon.Due.After(w.now) {
		w.now = w.store.icon.Due
	}
	w.asked = nil
	if err := w.stage.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	return strings.Join(w.asked, " ")
}

func TestWhereIconsAre(t *testing.T) {
	good := pngOf(t, sample(64, 64))
	page := []byte(`<!doctype html><link rel="icon" href="/small.png" sizes="16x16"><link rel="shortcut icon" href="/i.ico">` +
		`<link rel="icon" type="image/svg+xml" href="/i.svg"><link rel=apple-touch-icon href="/touch.png"><body><link rel=icon href="/late.png">`)
	for _, c := range []struct {
		name, named string
		files       map[string][]byte
		asked, at   string
		why         string
	}{
		{"the feed names it", "/feed.png", map[string][]byte{"/feed.png": good, "/": page}, "/feed.png", "/feed.png", ""},
		{"the feed names a banner", "/banner.png", map[string][]byte{"/banner.png": pngOf(t, sample(88, 31)), "/": page, "/touch.png": good}, "/banner.png / /touch.png", "/touch.png", ""},
		{"the page names several", "", map[string][]byte{"/": page, "/i.ico": ico(dib(sample(32, 32), 32)), "/small.png": good}, "/ /touch.png /i.ico", "/i.ico", ""},
		{"nobody names it", "", map[string][]byte{"/": []byte("<p>"), "/favicon.ico": good}, "/ /favicon.ico", "/favicon.ico", ""},
		{"no page", "", map[string][]byte{"/favicon.ico": good}, "/ /favicon.ico", "/favicon.ico", ""},
		{"a drawing", "", map[string][]byte{"/": []byte("<p>"), "/favicon.ico": []byte("<svg/>")}, "/ /favicon.ico", "", "no picture"},
		{"too large", "", map[string][]byte{"/favicon.ico": append(bytes.Clone(good), make([]byte, maxIcon)...)}, "/ /favicon.ico", "", "too large"},
		{"nothing", "", nil, "/ /favicon.ico", "", "404"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.files = c.files
			if c.named != "" {
				w.store.icon.Named = w.base + c.named
			}
			asked := w.run(t)
			i := w.store.icon
			if asked != c.asked || strings.TrimPrefix(i.URL, w.base) != c.at || (i.Small != nil) != (c.at != "") || (i.Large != nil) != (c.at != "") {
				t.Errorf("asked %s, found %s, want %s, %s: %s", asked, i.URL, c.asked, c.at, i.LastError)
			}
			if c.why != "" && (!strings.Contains(i.LastError, c.why) || i.Failures != 1) {
				t.Errorf("error %q", i.LastError)
			}
		})
	}
}

// An icon is asked for once a month, and costs nothing where it is as it was; one that is
// gone stays, and is looked for later and later.
func TestIconsAgain(t *testing.T) {
	w := newWorld(t)
	w.files["/favicon.ico"] = pngOf(t, sample(64, 64))
	w.run(t)
	first := w.store.icon
	if !first.Due.Equal(noon.Add(again)) {
		t.Errorf("due at %v", first.Due)
	}
	if asked := w.run(t); asked != "/favicon.ico" || !bytes.Equal(w.store.icon.Large, first.Large) || w.store.icon.ETag != first.ETag {
		t.Errorf("unchanged: asked %s: %+v", asked, w.store.icon)
	}
	w.files["/favicon.ico"] = pngOf(t, sample(16, 16))
	if w.run(t); bytes.Equal(w.store.icon.Large, first.Large) {
		t.Error("a changed icon is not taken")
	}
	changed := w.store.icon
	w.files = nil
	var waits []time.Duration
	for range 7 {
		w.run(t)
		waits = append(waits, w.store.icon.Due.Sub(w.now))
	}
	if !bytes.Equal(w.store.icon.Large, changed.Large) || waits[0] != firstRetry || waits[1] != 2*firstRetry || waits[6] != again {
		t.Errorf("gone: waits %v, %+v", waits, w.store.icon)
	}
}

// A mirror's icon might be anybody's.
func TestIconsOfTheOutletOnly(t *testing.T) {
	w := newWorld(t)
	w.files["/copy/favicon.ico"] = pngOf(t, sample(64, 64))
	w.store.icon.Routes = []string{"mirror:" + w.base + "/copy"}
	if asked := w.run(t); asked != "" || w.store.icon.Small != nil {
		t.Errorf("asked %s: %+v", asked, w.store.icon)
	}
	w.store.icon.Routes = append(w.store.icon.Routes, "direct")
	if asked := w.run(t); asked != "/ /favicon.ico" || w.store.icon.Small != nil {
		t.Errorf("asked %s: %+v", asked, w.store.icon)
	}
}

// Where nothing is due the store is left in peace for a while.
func TestRest(t *testing.T) {
	w := newWorld(t)
	w.store.icon.Due = noon.Add(time.Hour)
	for range 3 {
		if err := w.stage.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.now = w.now.Add(rest / 2)
	}
	if w.store.asked != 2 {
		t.Errorf("asked %d times", w.store.asked)
	}
}

func FuzzLinks(f *testing.F) {
	f.Add(`<link rel="icon" href="a.png" sizes="32x32"><link rel="apple-touch-icon" href="//b.example/x?y#z">`, "https://h.example/a/")
	f.Add(`<base href="x"><link rel=icon href="data:image/png;base64,AA==">`, "")
	f.Fuzz(func(t *testing.T, page, base string) {
		links := Links([]byte(page), base)
		if len(links) > maxLinks {
			t.Fatalf("%d links", len(links))
		}
		for _, l := range links {
			if !strings.HasPrefix(l, "http://") && !strings.HasPrefix(l, "https://") || strings.Contains(l, "#") {
				t.Errorf("link %q", l)
			}
		}
	})
}
