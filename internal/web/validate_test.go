package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"parallax/internal/news"
	"parallax/internal/opml"
	"parallax/internal/web"
	"parallax/internal/webtest"
)

// All feeds, sitemaps and lists of the hub stand before judges that are not ours.
func TestValidators(t *testing.T) {
	w := webtest.New()
	h := serve(t, w)
	documents := map[string][]byte{}
	add := func(path string) {
		t.Helper()
		res := get(t, h, path)
		if res.StatusCode != http.StatusOK {
			t.Fatalf("GET %s: %s", path, res.Status)
		}
		documents[path] = read(t, res)
	}
	stems := map[string]string{"/feed": "", "/story/weir/feed": "", "/story/ferry/feed": "", "/search/feed": "?q=weir", "/topic/weir/feed": "", "/stories": "", "/edits/feed": "", "/source/sudermark-voice/edits/feed": ""}
	for _, s := range w.SourceList {
		if s.At(webtest.Now) == news.Carried {
			stems["/source/"+s.ID+"/feed"] = ""
		}
	}
	for _, l := range w.Lenses() {
		stems["/blindspots/"+l.ID+"/feed"] = ""
		add("/lens/" + l.ID + "/sources.opml")
		for _, sd := range l.Sides {
			stems["/lens/"+l.ID+"/"+sd.ID+"/feed"] = ""
		}
	}
	for stem, query := range stems {
		for _, f := range []string{".rss", ".atom", ".json"} {
			add(stem + f + query)
		}
	}
	for _, path := range []string{"/sitemap.xml", "/sitemap-news.xml", "/sources.opml", "/feeds.opml"} {
		add(path)
	}
	t.Logf("%d documents", len(documents))
	webtest.Validate(t, documents)
}

// The sitemaps name what should be found, and nothing that is withdrawn or older than they may
// have.
func TestSitemaps(t *testing.T) {
	w := webtest.New()
	h := serve(t, w)
	all := string(read(t, get(t, h, "/sitemap.xml")))
	for text, want := range map[string]bool{
		"<loc>https://hub.example/story/weir</loc>":            true,
		"<loc>https://hub.example/source/norrland-today</loc>": true,
		"<loc>https://hub.example/topic/weir</loc>":            true,
		"/source/old-mill<":                                    false, // not carried any more
		"/story/mill<":                                         false,
		"/article/":                                            false, // these are their outlets'
	} {
		if strings.Contains(all, text) != want {
			t.Errorf("/sitemap.xml has %s: %v", text, !want)
		}
	}
	fresh := string(read(t, get(t, h, "/sitemap-news.xml")))
	if !strings.Contains(fresh, "/story/weir<") || !strings.Contains(fresh, "<news:name>Both Sides of the River</news:name>") {
		t.Errorf("/sitemap-news.xml lacks the weir: %s", fresh)
	}
	later := serve(t, w, func(o *web.Options) { o.Now = func() time.Time { return webtest.Now.Add(48 * time.Hour) } })
	if old := string(read(t, get(t, later, "/sitemap-news.xml"))); strings.Contains(old, "<url>") {
		t.Errorf("two days later /sitemap-news.xml still has %s", old)
	}
	if robots := string(read(t, get(t, h, "/robots.txt"))); !strings.Contains(robots, "\nSitemap: https://hub.example/sitemap.xml\n") {
		t.Errorf("robots.txt does not name the sitemap: %s", robots)
	}
}

// Who takes the list of outlets home has the outlets with their own feeds, in groups by side
// where that was asked for, and no password of the operator's.
func TestOPML(t *testing.T) {
	w := webtest.New()
	for _, s := range w.SourceList {
		for i, u := range s.FeedURLs {
			s.FeedURLs[i] = strings.Replace(u, "https://", "https://reader:secret@", 1)
		}
	}
	h := serve(t, w)
	for _, path := range []string{"/sources.opml", "/lens/river/sources.opml"} {
		body := read(t, get(t, h, path))
		if strings.Contains(string(body), "secret") {
			t.Errorf("%s tells the operator's password", path)
		}
		outlines, err := opml.Parse(body)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		got := map[string]*news.Source{}
		for _, s := range opml.Sources(outlines) {
			got[s.ID] = s
		}
		for _, s := range w.SourceList {
			carried := s.Retired.IsZero() && s.At(webtest.Now) == news.Carried && len(s.FeedURLs) > 0
			if back := got[s.ID]; (back != nil) != carried {
				t.Errorf("%s: %s is there: %v, want %v", path, s.ID, back != nil, carried)
			} else if carried && (back.Name != s.Name || len(back.FeedURLs) != len(s.FeedURLs)) {
				t.Errorf("%s: %s came back as %q with %d feeds", path, s.ID, back.Name, len(back.FeedURLs))
			}
		}
	}
	if body := string(read(t, get(t, h, "/lens/river/sources.opml"))); !strings.Contains(body, `<outline text="Norrland" title="Norrland">`) {
		t.Errorf("the outlets do not stand by sides: %s", body)
	}
	if res := get(t, h, "/lens/none/sources.opml"); res.StatusCode != http.StatusNotFound {
		t.Errorf("a lens that is none: %s", res.Status)
	}
}
