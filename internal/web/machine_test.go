package web_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"parallax/internal/news"
	"parallax/internal/web"
	"parallax/internal/webtest"
)

// machined is a world in which a machine wrote beside the story of the weir.
func machined() (w *webtest.World, north, south, rtl string) {
	w = webtest.New()
	north, south, rtl = article(w, "norrland-today", 0), article(w, "sudermark-voice", 0), article(w, "al-mirsad", 0)
	cite := func(id, side string) news.Citation {
		return news.Citation{ArticleID: id, Revision: w.ByID[id].Revision, SideID: side, Words: true}
	}
	gist := func(lens, section, text string, cites ...news.Citation) news.Gist {
		return news.Gist{LensID: lens, Section: section, Language: "en", Text: text, Cites: cites, Model: "scribe <3b>", Prompt: 1, At: webtest.Hours(1)}
	}
	w.Said = map[string][]news.Gist{"weir": {
		gist("river", news.GistAll, "Both tell of the weir.", cite(north, "north"), cite(south, "south")),
		gist("river", news.GistSide+"north", "The north tells of the weir.", cite(north, "north")),
		gist("river", news.GistSide+"south", "", cite(south, "south")), // it was dropped
		gist("country", news.GistShared, "Through another lens."),
	}}
	quoted := w.Passage("weir", "sudermark-voice", "no warning had come")
	w.Translated = []news.Translation{
		{ArticleID: rtl, Revision: w.ByID[rtl].Revision, Language: "en", Text: "The weir is opened", Model: "scribe <3b>", Prompt: 1, At: webtest.Hours(1)},
		{ArticleID: north, Revision: w.ByID[north].Revision + 1, Language: "de", Text: "Eine andere Fassung", Names: true, Model: "scribe <3b>", Prompt: 1, At: webtest.Hours(1)},
		{ArticleID: south, Revision: w.ByID[south].Revision, Language: "de", Model: "scribe <3b>", Prompt: 1, At: webtest.Hours(1)},
		{ArticleID: quoted.ArticleID, Revision: quoted.Revision, From: quoted.From, To: quoted.To, Language: "de", Text: "Es war keine Warnung gekommen", Names: true, Model: "scribe <3b>", Prompt: 1, At: webtest.Hours(1)},
		{ArticleID: south, Revision: w.ByID[south].Revision, From: 0, To: 9, Language: "de", Text: "Ein Zitat", Model: "scribe <3b>", Prompt: 1, At: webtest.Hours(1)},
	}
	return w, north, south, rtl
}

func assisted(o *web.Options) { o.Assistant = "scribe <3b>" }

// Machine text stands beside what it rests on, marked, and what does not hold any more is not shown.
func TestMachineText(t *testing.T) {
	w, north, south, rtl := machined()
	h := serve(t, w, assisted)
	body := read(t, get(t, h, "/story/weir"))
	webtest.CheckPage(t, "story with machine text", body)
	page := string(body)
	for text, there := range map[string]bool{
		"Both tell of the weir.": true, "The north tells of the weir.": true, "Through another lens.": false,
		">The weir is opened</p>": true, "Eine andere Fassung": false, "Ein Zitat": false, ">Es war keine Warnung gekommen</p>": true,
		`<a href="/about#machine">Machine text</a> by scribe &lt;3b&gt;, checked against the accounts it cites: <a href="/article/` + north + `">`: true,
		"its names could not be checked": true,
	} {
		if strings.Contains(page, text) != there {
			t.Errorf("%q is on the page: %t", text, !there)
		}
	}
	if n := strings.Count(page, `class="machine"`); n != 4 {
		t.Errorf("%d pieces of machine text", n)
	}
	// It takes the place of nothing.
	without := string(read(t, get(t, serve(t, webtest.New()), "/story/weir")))
	for _, a := range []string{north, south, rtl} {
		if title := w.ByID[a].Title; strings.Count(page, ">"+title+"<") != strings.Count(without, ">"+title+"<") {
			t.Errorf("%q is shown another number of times", title)
		}
	}
	if about := string(read(t, get(t, h, "/about"))); !strings.Contains(about, `id="machine"`) || !strings.Contains(about, "scribe &lt;3b&gt;") {
		t.Error("the page about the hub says nothing of it")
	}

	var data struct {
		Machine []struct {
			Section, Text, Lang, Model string
			Articles                   []string
			Prompt                     int
		}
		Quotes []struct {
			Sayings []struct {
				Words []struct {
					Text         string
					Translations []struct{ Text, Lang string }
				}
			}
		}
		Articles map[string]struct {
			Title        string
			Translations []struct {
				Text, Lang string
				Names      bool `json:"names_checked"`
			}
		}
	}
	if err := json.Unmarshal(read(t, get(t, h, "/story/weir.json")), &data); err != nil {
		t.Fatal(err)
	}
	if m := data.Machine; len(m) != 2 || m[0].Section != "all" || m[0].Text != "Both tell of the weir." || m[0].Lang != "en" || len(m[0].Articles) != 2 || m[0].Prompt != 1 || m[1].Section != "side:north" {
		t.Errorf("as data: %+v", m)
	}
	if a := data.Articles[rtl]; len(a.Translations) != 1 || a.Translations[0].Text != "The weir is opened" || a.Translations[0].Lang != "en" || a.Title == "" {
		t.Errorf("a translation as data: %+v", a)
	}

	if q := data.Quotes[len(data.Quotes)-1].Sayings[0].Words[0]; len(q.Translations) != 1 || q.Translations[0].Lang != "de" || q.Text != "no warning had come" {
		t.Errorf("a quote as data: %+v", q)
	}

	for name, change := range map[string]func(w *webtest.World){
		"switched off":             nil,
		"an account was edited":    func(w *webtest.World) { w.ByID[north].Revision++ },
		"an account is gone":       func(w *webtest.World) { w.ByID[north].Purged = webtest.Now },
		"its headline only":        func(w *webtest.World) { carriage(w, "norrland-today").Mode = news.Link },
		"its outlet is on no side": func(w *webtest.World) { source(w, "norrland-today").Sides = nil },
	} {
		w, _, _, _ := machined()
		h := serve(t, w)
		if change != nil {
			change(w)
			h = serve(t, w, assisted)
		}
		res := get(t, h, "/story/weir")
		page := string(read(t, res))
		if res.StatusCode != http.StatusOK || strings.Contains(page, "tells of the weir.") || strings.Contains(page, "Both tell") {
			t.Errorf("%s: status %d, and it is shown", name, res.StatusCode)
		}
		if name == "switched off" && strings.Contains(page, "machine") {
			t.Errorf("%s: something is left of it", name)
		}
	}
}

func source(w *webtest.World, id string) *news.Source {
	for _, s := range w.SourceList {
		if s.ID == id {
			return s
		}
	}
	panic("no such source " + id)
}

func carriage(w *webtest.World, id string) *news.Carriage { return &source(w, id).Carriage }
