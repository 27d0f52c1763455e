package web_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"parallax/internal/news"
	"parallax/internal/webtest"
)

// retell adds an article of another story, told by a source in its language.
func retell(w *webtest.World, story, source, language, title string, hours float64) {
	a := *w.ByID[w.Order[0]]
	a.ID, a.SourceID, a.StoryID, a.Language, a.Title, a.WireRoot = "of-"+story, source, story, language, title, ""
	a.Published, a.FirstSeen = webtest.Hours(hours), webtest.Hours(hours)
	w.ByID[a.ID], w.Heads[story] = &a, a.ID
	w.Order = append(w.Order, a.ID)
}

// TestRelated: a page names the stories that its story belongs together with, each from its own
// side, in their own language and direction, and none that is not carried or has merged.
func TestRelated(t *testing.T) {
	w := webtest.New()
	retell(w, "sadd", "al-mirsad", "ar", "فتح سد هالدا", 8)
	retell(w, "rain", "tarn", "en", "Rain for a week", 60)
	w.Related = []news.Relation{
		{Kind: news.Same, A: "sadd", B: "weir", LangA: "ar", LangB: "en", Score: .9, Why: "هالدا = Halda, 60; 0.90"},
		{Kind: news.Same, A: "mill", B: "weir", LangA: "de", LangB: "en", Score: .8, Why: "withdrawn"},
		{Kind: news.Same, A: "weir", B: "weirmergedstory", LangA: "en", LangB: "de", Score: .8, Why: "merged"},
		{Kind: news.Same, A: "nowhere", B: "weir", LangA: "fr", LangB: "en", Score: .8, Why: "unknown"},
		{Kind: news.Follows, A: "rain", B: "weir", LangA: "en", LangB: "en", Score: .4, Why: "Halda; 2 days later"},
	}
	h := serve(t, w)
	for path, want := range map[string][]string{
		"/story/weir": {
			"Probably the same event", `Arabic: <a href="/story/sadd" lang="ar" dir="rtl">فتح سد هالدا</a>`, "هالدا = Halda, 60; 0.90",
			"Earlier in this thread", `<a href="/story/rain" lang="en" dir="ltr">Rain for a week</a>`,
		},
		"/story/sadd": {"Probably the same event", `English: <a href="/story/weir"`},
		"/story/rain": {"Later", `<a href="/story/weir"`},
	} {
		page := string(read(t, get(t, h, path)))
		for _, s := range want {
			if !strings.Contains(page, s) {
				t.Errorf("%s lacks %s", path, s)
			}
		}
		for _, s := range []string{"withdrawn", "merged", "unknown"} {
			if strings.Contains(page, ">"+s+"<") {
				t.Errorf("%s names a story that is %s", path, s)
			}
		}
	}
	if page := string(read(t, get(t, h, "/story/ferry"))); strings.Contains(page, `class="kin"`) {
		t.Error("a story without relations has a section for them")
	}
	page := read(t, get(t, h, "/story/weir"))
	w.Err = errors.New("gone")
	if res := get(t, h, "/story/weir"); res.StatusCode < http.StatusInternalServerError {
		t.Errorf("status %d while the database is away", res.StatusCode)
	}
	const budget = 60 << 10
	if len(page) > budget {
		t.Errorf("the page has %d bytes, more than %d", len(page), budget)
	}
}
