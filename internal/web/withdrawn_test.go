package web_test

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"parallax/feed"
	"parallax/internal/news"
	"parallax/internal/web"
	"parallax/internal/webtest"
)

// takenDown is a World in which an article was taken down at the operator's word, one by law, and an
// outlet by law. The texts of the first and of the outlet are not deleted yet.
func takenDown() (w *webtest.World, asked, byLaw string) {
	w = webtest.New()
	asked, byLaw = article(w, "norrland-today", 0), article(w, "sudermark-voice", 0)
	w.TakenDown = map[string]*news.Takedown{
		asked: {Kind: news.TakenArticle, Target: asked, At: webtest.Hours(2), Why: "The outlet withdrew it", PurgeAt: webtest.Now.Add(time.Hour)},
		byLaw: {
			Kind: news.TakenArticle, Target: byLaw, At: webtest.Hours(1), Why: "It names a minor.", PurgeAt: webtest.Hours(1), Purged: true,
			Legal: true, By: "Regional Court of Pell", Jurisdiction: "Norrland", URL: "https://court.example/17",
		},
		"plain-dealer": {
			Kind: news.TakenSource, Target: "plain-dealer", At: webtest.Hours(3), Why: "Its distribution is forbidden.", PurgeAt: webtest.Now.Add(time.Hour),
			Legal: true, By: "Broadcasting Council", Jurisdiction: "Sudermark",
		},
	}
	w.ByID[asked].Purged, w.ByID[byLaw].Purged = webtest.Hours(2), webtest.Hours(1)
	for _, s := range w.SourceList {
		if s.ID == "plain-dealer" {
			s.TakenDown = webtest.Hours(3)
		}
	}
	return w, asked, byLaw
}

// Where something was taken down, readers are told since when and why, by whatever way they ask.
func TestTakenDown(t *testing.T) {
	w, asked, byLaw := takenDown()
	h := serve(t, w)
	of := article(w, "plain-dealer", 0)
	const blockedBy = `<https://hub.example/about>; rel="blocked-by"`
	for _, c := range []struct {
		path   string
		status int
		has    []string
	}{
		{"/article/" + asked, 410, []string{"The outlet withdrew it.", "until <time datetime=\"2026-11-12T16:30:00Z\">", w.ByID[asked].URL, "It is not shown any more.", `href="/story/weir"`}},
		{"/article/" + asked + "/why", 410, []string{"The outlet withdrew it."}},
		{"/article/" + asked + "/beside/" + article(w, "meridian", 0), 410, []string{"The outlet withdrew it."}},
		{"/article/" + byLaw, 451, []string{"It names a minor.", "Regional Court of Pell", "Norrland", `href="https://court.example/17"`, "is not taken in again.", "Unavailable for legal reasons"}},
		{"/article/" + byLaw + "/why", 451, []string{"It names a minor."}},
		{"/article/" + of, 451, []string{"Its distribution is forbidden.", "Broadcasting Council", "is not public"}},
		{"/article/" + article(w, "meridian", 0) + "/beside/" + of, 451, []string{"Its distribution is forbidden."}},
		{"/source/plain-dealer/feed.atom", 451, []string{"Its distribution is forbidden.", "until 12 November 2026"}},
		{"/source/plain-dealer", 200, []string{"no longer carried since 12 November 2026", "Its distribution is forbidden. It is withheld for legal reasons: Broadcasting Council demanded it under the law of Sudermark."}},
		{"/story/weir", 200, []string{"The outlet withdrew it.", "It names a minor."}},
		{"/story/weir.json", 200, []string{`"status":451,"why":"It names a minor.`, `"status":410,"why":"The outlet withdrew it."`}},
	} {
		for _, accept := range []string{"text/html", "application/json"} {
			get, head := get(t, h, c.path, "Accept", accept), ask(t, h, http.MethodHead, c.path, "Accept", accept)
			body := string(read(t, get))
			if get.StatusCode != c.status || head.StatusCode != c.status || len(read(t, head)) > 0 {
				t.Errorf("%s as %s: GET %d, HEAD %d, want %d", c.path, accept, get.StatusCode, head.StatusCode, c.status)
			}
			for _, res := range []*http.Response{get, head} {
				if got := res.Header.Get("Link"); (got == blockedBy) != (c.status == 451) {
					t.Errorf("%s as %s: Link %q", c.path, accept, got)
				}
				if got := res.Header.Get("X-Robots-Tag"); c.status != 200 && got != "noindex" {
					t.Errorf("%s as %s: X-Robots-Tag %q", c.path, accept, got)
				}
				if got := res.Header.Get("Cache-Control"); got != "no-store" && got != "public, max-age=60" {
					t.Errorf("%s as %s: Cache-Control %q", c.path, accept, got)
				}
			}
			if accept == "application/json" && c.status != 200 {
				problem(t, c.path, get.Header.Get("Content-Type"), body, c.status)
				continue
			}
			for _, has := range c.has {
				if accept == "text/html" && !strings.Contains(body, has) {
					t.Errorf("%s does not say %q:\n%s", c.path, has, body)
				}
			}
			if strings.Contains(body, "four gates of the Halda") || strings.Contains(body, "no warning had come") {
				t.Errorf("%s as %s says what was taken down:\n%s", c.path, accept, body)
			}
		}
	}
	for name, path := range map[string]string{"article-taken-down": "/article/" + asked, "article-legal": "/article/" + byLaw, "story-taken-down": "/story/weir"} {
		body := read(t, get(t, h, path))
		webtest.CheckPage(t, name, body)
		golden(t, name+".html", body)
	}
}

// problem checks an error as data (RFC 9457).
func problem(t *testing.T, path, contentType, body string, status int) {
	t.Helper()
	var p struct {
		Title, Detail string
		Status        int
		From, Until   time.Time
		By            string `json:"demanded_by"`
	}
	if err := json.Unmarshal([]byte(body), &p); err != nil || contentType != "application/problem+json" || p.Status != status || p.Title == "" || p.Detail == "" {
		t.Errorf("%s: %v, %s: %s", path, err, contentType, body)
	}
	if strings.HasPrefix(path, "/article/") && (status == 451) != (p.By != "") {
		t.Errorf("%s: demanded by %q", path, p.By)
	}
}

// A story of which nothing is left says why; 451 only where the law withholds all of it.
func TestStoryTakenDown(t *testing.T) {
	w := webtest.New()
	w.TakenDown = map[string]*news.Takedown{}
	h := serve(t, w)
	for _, id := range w.Order {
		if a := w.ByID[id]; a.StoryID == "budget" {
			w.TakenDown[id] = &news.Takedown{Kind: news.TakenArticle, Target: id, At: webtest.Now, Why: "Forbidden.", Legal: true, By: "A court", Jurisdiction: "Norrland"}
			a.Purged = webtest.Now
		}
	}
	check := func(status int, has string) {
		t.Helper()
		for _, path := range []string{"/story/budget", "/story/budget.json", "/story/budget/feed.atom"} {
			res := get(t, h, path)
			if body := string(read(t, res)); res.StatusCode != status || !strings.Contains(body, has) {
				t.Errorf("%s: %d, want %d with %q: %s", path, res.StatusCode, status, has, body)
			}
		}
	}
	check(451, "A court demanded it")
	w.TakenDown[article(w, "norrland-today", 2)].Legal = false
	check(410, "Forbidden.")
}

// Feeds that can say so tell what is gone (RFC 6721), under the id that the entry had; the others
// drop it. Their own date says that they changed.
func TestTombstones(t *testing.T) {
	w, asked, byLaw := takenDown()
	before := webtest.New()
	h, old := serve(t, w), serve(t, before)
	read := func(h http.Handler, path string) *feed.Feed {
		return webtest.CheckFeed(t, path, "https://hub.example"+path, "", read(t, get(t, h, path)))
	}
	for stem, want := range map[string][]string{
		"/feed":                       {asked, byLaw, "plain-dealer", "old-mill"},
		"/source/norrland-today/feed": {asked},
		"/lens/river/north/feed":      {asked},
		"/lens/river/south/feed":      {byLaw, "plain-dealer"},
		"/story/weir/feed":            {asked, byLaw, "plain-dealer"},
		"/story/strike/feed":          nil,
		"/search/feed?q=halda":        {asked, byLaw, "plain-dealer", "old-mill"}, // who knows what it found
		"/blindspots/river/feed":      {asked, byLaw, "plain-dealer", "old-mill"},
	} {
		path := strings.Replace(stem, "/feed", "/feed.atom", 1)
		f, was := read(h, path), read(old, path)
		ids := map[string]bool{} // of those that were there
		for _, e := range was.Entries {
			ids[e.ID] = true
		}
		got := map[string]bool{}
		for _, d := range f.Deleted {
			id := strings.TrimPrefix(d.Link, "https://hub.example/article/")
			a := w.ByID[id]
			if a == nil {
				t.Errorf("%s: a tombstone of %s", path, d.Link)
				continue
			}
			name := id
			if w.TakenDown[id] == nil {
				name = a.SourceID
			}
			got[name] = true
			if d.ID != "urn:guid:"+a.GUID || d.When.IsZero() || d.By.Name != "Both Sides of the River" || d.Comment == "" {
				t.Errorf("%s: tombstone %+v", path, d)
			}
			if !ids[d.ID] && a.SourceID != "old-mill" && !strings.Contains(stem, "search") && !strings.Contains(stem, "blind") {
				t.Errorf("%s had no entry %s", path, d.ID)
			}
			if slices.ContainsFunc(f.Entries, func(e *feed.Entry) bool { return e.ID == d.ID }) {
				t.Errorf("%s has entry %s and its tombstone", path, d.ID)
			}
		}
		if names := slices.Sorted(maps.Keys(got)); !slices.Equal(names, slices.Sorted(slices.Values(want))) {
			t.Errorf("%s has tombstones of %v, want %v", path, names, want)
		}
		if want != nil && f.Updated.Before(f.Deleted[0].When) {
			t.Errorf("%s is of %s, its last tombstone of %s", path, f.Updated, f.Deleted[0].When)
		}
		for _, suffix := range []string{"rss", "json"} {
			path := strings.Replace(stem, "/feed", "/feed."+suffix, 1)
			if f := read(h, path); len(f.Deleted) > 0 {
				t.Errorf("%s has tombstones: %v", path, f.Deleted)
			}
		}
	}
}

// A compared is a Store whose comparisons are from before something was withdrawn: head was the most
// central account of every side.
type compared struct {
	*webtest.World
	head string
}

func (c compared) Comparisons(ctx context.Context, lensID string, ids []string) (map[string]*news.Comparison, error) {
	of, err := c.World.Comparisons(ctx, lensID, ids)
	for _, cmp := range of {
		for i := range cmp.Sides {
			cmp.Sides[i].Head = c.head
		}
	}
	return of, err
}

// What was withdrawn after its story was compared has nothing put beside it, and is central to nothing.
func TestCentralWithdrawn(t *testing.T) {
	w, asked, byLaw := takenDown()
	for _, gone := range []string{asked, byLaw, article(w, "plain-dealer", 0)} {
		h := serve(t, w, func(o *web.Options) { o.Store = compared{w, gone} })
		page := string(read(t, get(t, h, "/story/weir")))
		if !strings.Contains(page, "/beside/") || strings.Contains(page, "/beside/"+gone) {
			t.Errorf("/story/weir leads to what is beside %s, which is withdrawn:\n%s", gone, page)
		}
		if data := string(read(t, get(t, h, "/story/weir.json"))); strings.Contains(data, `"head":"`+gone) {
			t.Errorf("/story/weir.json has %s as a head, which is withdrawn:\n%s", gone, data)
		}
	}
}

// Why an article stands where it does names no story by a link of which nothing is carried any more.
func TestWhyWithdrawnStory(t *testing.T) {
	w := webtest.New()
	path, link := "", `href="/story/strike"`
	for id := range w.Placings {
		path = "/article/" + id + "/why"
	}
	h := serve(t, w)
	if page := string(read(t, get(t, h, path))); !strings.Contains(page, link) {
		t.Fatalf("%s does not lead to the story:\n%s", path, page)
	}
	w.TakenDown = map[string]*news.Takedown{}
	for _, id := range w.Order {
		if a := w.ByID[id]; a.StoryID == "strike" {
			w.TakenDown[id] = &news.Takedown{Kind: news.TakenArticle, Target: id, At: webtest.Now, Why: "Forbidden."}
			a.Purged = webtest.Now
		}
	}
	h = serve(t, w)
	if res := get(t, h, "/story/strike"); res.StatusCode != http.StatusGone {
		t.Fatalf("/story/strike: %d", res.StatusCode)
	}
	page := string(read(t, get(t, h, path)))
	if strings.Contains(page, link) || !strings.Contains(page, "a story of which nothing is carried") {
		t.Errorf("%s leads to a story that is gone:\n%s", path, page)
	}
}
