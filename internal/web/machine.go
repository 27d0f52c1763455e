package web

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"parallax/internal/news"
	"parallax/internal/publish"
)

// A gist is a sentence that a machine wrote of a section of a story's page.
type gist struct {
	Words words
	Model string
	Cites []gistCite
	gist  *news.Gist
}

type gistCite struct{ Name, Href string }

// A translated is what a machine made of a headline or of what somebody said.
type translated struct {
	Words words
	Model string
	Names bool // they were held against those of the original
	of    *news.Translation
}

// A machine is what there is of machine text for a story. It adds to the page and takes nothing
// from it.
type machine struct {
	gists     map[string]*gist        // by section, see news.Gist
	headlines map[string][]translated // by article
	passages  map[news.Passage][]translated
}

// machine returns what of it may be shown with a story as it is seen.
func (s *site) machine(ctx context.Context, seen *seenStory) (*machine, error) {
	m := &machine{gists: map[string]*gist{}, headlines: map[string][]translated{}, passages: map[news.Passage][]translated{}}
	if s.Assistant == "" {
		return m, nil // what one said that is switched off is shown no more
	}
	said, err := s.Store.Gists(ctx, seen.story.ID)
	if err != nil {
		return nil, fmt.Errorf("machine text of story %s: %w", seen.story.ID, err)
	}
	for i := range said {
		g := &said[i]
		if !publish.GistStands(g, seen.lens, seen.byID, seen.h.sources, seen.h.now) {
			continue
		}
		shown := &gist{Words: foreign(g.Text, g.Language), Model: g.Model, gist: g}
		for _, c := range g.Cites {
			a := seen.byID[c.ArticleID]
			shown.Cites = append(shown.Cites, gistCite{seen.h.sources[a.SourceID].Name, "/article/" + a.ID})
		}
		m.gists[g.Section] = shown
	}
	ids := make([]string, len(seen.articles))
	for i, a := range seen.articles {
		ids[i] = a.ID
	}
	made, err := s.Store.Translations(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("translations of story %s: %w", seen.story.ID, err)
	}
	for i := range made {
		t := &made[i]
		a := seen.byID[t.ArticleID]
		if t.Text == "" || a == nil || a.Revision != t.Revision {
			continue
		}
		shown := translated{foreign(t.Text, t.Language), t.Model, t.Names, t}
		if t.To == 0 {
			m.headlines[a.ID] = append(m.headlines[a.ID], shown)
			continue
		}
		p := news.Passage{ArticleID: a.ID, Revision: t.Revision, From: t.From, To: t.To}
		m.passages[p] = append(m.passages[p], shown)
	}
	return m, nil
}

// add puts machine text where the page has its sections.
func (m *machine) add(p *storyPage, headID string) {
	p.Gists, p.Translated = m.gists, m.headlines[headID]
	for i := range p.Quotes {
		if q := &p.Quotes[i]; q.whole {
			q.Translated = m.passages[q.Shown.passage]
		}
	}
	for i := range p.Columns {
		c := &p.Columns[i]
		c.Gist = m.gists[news.GistSide+c.Side.ID]
		for j := range c.Articles {
			c.Articles[j].Translated = m.headlines[strings.TrimPrefix(c.Articles[j].Href, "/article/")]
		}
	}
}

// Machine text as data.
type (
	gistData struct {
		Section  string    `json:"section"`
		Text     string    `json:"text"`
		Lang     string    `json:"lang"`
		Articles []string  `json:"articles"`
		Model    string    `json:"model"`
		Prompt   int       `json:"prompt"`
		At       time.Time `json:"at"`
	}
	translationData struct {
		Text   string    `json:"text"`
		Lang   string    `json:"lang"`
		Names  bool      `json:"names_checked"`
		Model  string    `json:"model"`
		Prompt int       `json:"prompt"`
		At     time.Time `json:"at"`
	}
)

// data adds machine text to the data of a story.
func (m *machine) data(d *storyData) {
	for _, section := range sortedKeys(m.gists) {
		g := m.gists[section].gist
		data := gistData{Section: g.Section, Text: g.Text, Lang: g.Language, Model: g.Model, Prompt: g.Prompt, At: g.At.UTC()}
		for _, c := range g.Cites {
			data.Articles = append(data.Articles, c.ArticleID)
		}
		d.Machine = append(d.Machine, data)
	}
	for id, list := range m.headlines {
		if a, ok := d.ByID[id]; ok {
			a.Translations = translations(list)
			d.ByID[id] = a
		}
	}
	for i := range d.Quotes {
		for j := range d.Quotes[i].Sayings {
			for k := range d.Quotes[i].Sayings[j].Words {
				if w := &d.Quotes[i].Sayings[j].Words[k]; w.Text != "" {
					w.Translations = translations(m.passages[w.Passage])
				}
			}
		}
	}
}

// translations are in the order of their languages.
func translations(list []translated) []translationData {
	var data []translationData
	for _, t := range list {
		data = append(data, translationData{t.of.Text, t.of.Language, t.of.Names, t.of.Model, t.of.Prompt, t.of.At.UTC()})
	}
	slices.SortFunc(data, func(a, b translationData) int { return strings.Compare(a.Lang, b.Lang) })
	return data
}
