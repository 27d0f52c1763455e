package publish

import (
	"strings"
	"testing"
	"time"

	"parallax/internal/news"
)

// A licence is told where the outlet is carried under one, and nowhere else.
func TestLicenceOf(t *testing.T) {
	t.Parallel()
	const by = "https://creativecommons.org/licenses/by/4.0/"
	for name, c := range map[string]struct {
		basis string
		terms []news.Term
		want  string
	}{
		"a licence":               {by, nil, by},
		"space around it":         {" " + by + "\n", nil, by},
		"a permission":            {"permission of 3 May 2026", nil, ""},
		"a permission with a URL": {"permission, see https://outlet.example/letter", nil, ""},
		"no basis":                {"", nil, ""},
		"no address":              {"creativecommons.org", nil, ""},
		"another scheme":          {"mailto:editor@outlet.example", nil, ""},
		"the article says it too": {by, []news.Term{{Kind: news.Licence, Value: "http://www.creativecommons.org/licenses/by/4.0"}}, by},
		"the article has another": {by, []news.Term{{Kind: news.Licence, Value: "https://creativecommons.org/licenses/by-nd/4.0/"}}, ""},
		"rights in words":         {by, []news.Term{{Kind: news.Rights, Value: "© The Outlet"}}, by},
	} {
		s := &news.Source{ID: "s", Name: "The Outlet", Carriage: news.Carriage{Mode: news.FullText, Basis: c.basis}}
		a := &news.Article{ID: "a", SourceID: "s", Terms: c.terms}
		if got := LicenceOf(a, s); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if e := Entry(a, s, "https://hub.example", time.Time{}); e.License != c.want {
			t.Errorf("%s: the entry has %q", name, e.License)
		}
	}
}

// What the hub says of an edit or a story is signed by the hub, names the outlet as its source with who stands behind it, and
// has neither the outlet's licence nor its text.
func TestWhatTheHubTells(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 12, 18, 0, 0, 0, time.UTC)
	s := &news.Source{ID: "s", Name: "The <b>Outlet</b>", Home: "https://s.example/", Carriage: news.Carriage{Mode: news.FullText, Basis: "https://creativecommons.org/licenses/by/4.0/"}}
	a := &news.Article{ID: "a", SourceID: "s", GUID: "g", URL: "https://s.example/a", Title: "New", Authors: []string{"A. Writer"}, HTML: "<p>Text</p>", Published: now.Add(-time.Hour)}
	change := news.Change{Edit: news.Edit{ArticleID: "a", Revision: 3, At: now, Headline: true, Was: "Old", Now: "New"}, Article: a}
	edit := EditEntry(change, s, "https://hub.example", "The Hub", now)
	told := StoryTold{
		Story: &news.Story{ID: "st", Outlets: 3, Told: now, Last: now.Add(time.Hour)}, Head: a, Owners: 2, Lens: &news.Lens{Title: "The <river>"},
		Sides: []SideTold{{"North & south", 3, 4}, {"East", 0, 1}},
	}
	story := StoryEntry(told, s, "https://hub.example", "The Hub", now)
	for _, e := range []*struct{ id, link, text, want string }{
		{edit.ID, edit.Link, edit.Summary.Body, "The <b>Outlet</b> changed the headline from “Old” to “New”."},
		{story.ID, story.Link, story.Content.Body, "<li>North &amp; south: 3 of 4 outlets</li><li>East: 0 of 1 outlet</li>"},
		{story.ID, story.Link, story.Content.Body, "3 outlets of 2 owners; the headline is that of The &lt;b&gt;Outlet&lt;/b&gt;. The &lt;river&gt;:"},
	} {
		if !strings.Contains(e.text, e.want) || !strings.HasPrefix(e.id, "https://hub.example/") || !strings.HasPrefix(e.link, "https://hub.example/") {
			t.Errorf("%s, %s: %s", e.id, e.link, e.text)
		}
	}
	if edit.Link != "https://hub.example/article/a#changes" || edit.ID == edit.Link {
		t.Errorf("an edit is %s and leads to %s", edit.ID, edit.Link)
	}
	for _, e := range []string{edit.License, story.License, edit.Content.Body, story.Summary.Body} {
		if e != "" {
			t.Errorf("what the hub says has %q", e)
		}
	}
	if len(edit.Authors) != 1 || edit.Authors[0].Name != "The Hub" || len(story.Authors) != 1 || story.Authors[0].Name != "The Hub" {
		t.Errorf("signed by %v and %v", edit.Authors, story.Authors)
	}
	if edit.Source.Link != s.Home || len(edit.Notes) < 3 || story.Source.Link != s.Home || len(story.Notes) < 3 {
		t.Errorf("the source is %v with %d notes", edit.Source, len(edit.Notes))
	}
	change.Headline, change.WasVia = false, news.Via{Route: "mirror:https://copy.example"}
	if text := EditSentence(change, s); !strings.Contains(text, "changed the text below the headline “New”") || !strings.Contains(text, "may be the copy’s") {
		t.Error(text)
	}
}
