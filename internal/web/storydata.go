package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"parallax/internal/news"
	"parallax/internal/publish"
)

// dataSuffix at the end of the address of a story asks for it as data.
const dataSuffix = ".json"

// wantsData reports whether a request is for data and not for a page: by its address, or
// because it accepts JSON and no HTML.
func wantsData(r *http.Request) bool {
	if strings.HasSuffix(r.URL.Path, dataSuffix) || r.URL.Path == "/oembed" {
		return true
	}
	accept := r.Header.Get("Accept")
	return strings.Contains(accept, "application/json") && !strings.Contains(accept, "text/html")
}

// A storyData is a story side by side, as docs/formats/comparison.md describes it.
type storyData struct {
	ID       string                 `json:"id"`
	URL      string                 `json:"url"`
	Title    textData               `json:"title"`
	First    time.Time              `json:"first"`
	Last     time.Time              `json:"last"`
	Outlets  int                    `json:"outlets"`
	Articles int                    `json:"articles_count"`
	Copies   int                    `json:"copies_count"`
	Lens     lensData               `json:"lens"`
	Lenses   []lensData             `json:"lenses,omitempty"`
	Sides    []sideData             `json:"sides"`
	Facts    []factData             `json:"facts,omitempty"`
	Figures  []figureData           `json:"figures,omitempty"`
	Quotes   []quoteData            `json:"quotes,omitempty"`
	Edits    []news.Edit            `json:"edits,omitempty"`
	Unread   int                    `json:"unread,omitempty"`
	Machine  []gistData             `json:"machine,omitempty"`
	Related  []relatedData          `json:"related,omitempty"`
	TookUp   int                    `json:"took_up,omitempty"`
	Locked   bool                   `json:"locked,omitempty"`
	Pinned   []string               `json:"pinned,omitempty"`
	Gone     []goneData             `json:"withdrawn,omitempty"`
	ByID     map[string]articleData `json:"articles"`
	Sources  map[string]sourceData  `json:"sources"`
}

type textData struct {
	Text    string `json:"text"`
	Lang    string `json:"lang,omitempty"`
	Article string `json:"article,omitempty"`
}

type lensData struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	By    string `json:"by,omitempty"`
	URL   string `json:"url,omitempty"`
}

type sideData struct {
	ID       string            `json:"id"`
	Title    string            `json:"title"`
	Outlets  []string          `json:"outlets,omitempty"`
	Articles []string          `json:"articles,omitempty"`
	Copies   map[string]string `json:"copies,omitempty"`
	Head     string            `json:"head,omitempty"`
	First    *time.Time        `json:"first,omitempty"`
	Last     *time.Time        `json:"last,omitempty"`
	Silent   []string          `json:"silent,omitempty"`
	Words    []wordData        `json:"words,omitempty"`
	Unseen   *silenceData      `json:"unseen,omitempty"`
	Share    *shareData        `json:"share,omitempty"`
}

type passageData struct {
	news.Passage
	Side string `json:"side,omitempty"`
	Text string `json:"text,omitempty"`
	// Translations are those of Text by a machine.
	Translations []translationData `json:"translations,omitempty"`
}

type factData struct {
	Sides    []string      `json:"sides,omitempty"`
	All      bool          `json:"all,omitempty"`
	Only     string        `json:"only,omitempty"`
	Passages []passageData `json:"passages"`
	Near     []string      `json:"near,omitempty"`
}

type figureData struct {
	Counted string      `json:"counted,omitempty"`
	Unit    string      `json:"unit,omitempty"`
	Verdict string      `json:"verdict"`
	Counts  []countData `json:"counts"`
}

type countData struct {
	passageData
	Low   float64   `json:"low"`
	High  float64   `json:"high"`
	Bound string    `json:"bound,omitempty"`
	At    time.Time `json:"at"`
}

type articleData struct {
	Title        string            `json:"title"`
	Lang         string            `json:"lang,omitempty"`
	Lead         string            `json:"lead,omitempty"`
	URL          string            `json:"url"`
	Original     string            `json:"original,omitempty"`
	Source       string            `json:"source"`
	Authors      []string          `json:"authors,omitempty"`
	Published    time.Time         `json:"published,omitzero"`
	FirstSeen    time.Time         `json:"first_seen"`
	Revision     int               `json:"revision"`
	Translations []translationData `json:"translations,omitempty"`
	// DisclosureThen is the address of the version of what is said of the source that was in force
	// when the article was first seen, where it is another one now.
	DisclosureThen string `json:"disclosure_then,omitempty"`
}

type sourceData struct {
	Name       string `json:"name"`
	Home       string `json:"home,omitempty"`
	URL        string `json:"url"`
	Country    string `json:"country,omitempty"`
	Disclosure string `json:"disclosure"`
	Carriage   string `json:"carriage"`
}

// data makes the data of a story as it is seen.
func (s *site) data(r *http.Request, seen *seenStory) *storyData {
	base, f, h, st, lens, head, articles := s.base(r), seen.finder, seen.h, seen.story, seen.lens, seen.head, seen.articles
	first, last := span(articles)
	d := &storyData{
		ID: st.ID, URL: base + "/story/" + st.ID, Title: textData{head.Title, tagOf(head.Language), head.ID},
		First: first.When().UTC(), Last: last.When().UTC(), Articles: len(articles),
		Lens: lensData{ID: lens.ID, Title: lens.Title, By: seen.by}, Edits: seen.edits, Unread: seen.found.Unread,
		Related: seen.kin.data(base), TookUp: len(seen.record.Merges), Locked: seen.record.Locked != nil, Pinned: pinned(seen.record), Gone: h.goneData(base, seen.gone),
		ByID: map[string]articleData{}, Sources: map[string]sourceData{},
	}
	for i := range h.lenses {
		if l := &h.lenses[i]; l.ID != lens.ID {
			d.Lenses = append(d.Lenses, lensData{ID: l.ID, Title: l.Title, URL: d.URL + dataSuffix + "?lens=" + url.QueryEscape(l.ID)})
		}
	}
	for _, t := range seen.list {
		d.Outlets += len(t.outlets)
		sd := d.side(base, t)
		sd.silence(seen, t)
		sd.Words = f.wordData(t.side)
		d.Sides = append(d.Sides, sd)
	}
	for _, a := range articles {
		src := h.sources[a.SourceID]
		if src == nil {
			continue // added to the hub a moment ago
		}
		d.source(base, src)
		d.ByID[a.ID] = articleData{
			Title: a.Title, Lang: tagOf(a.Language), Lead: publish.Lead(a, src, h.now), URL: base + "/article/" + a.ID, Original: a.URL,
			DisclosureThen: disclosureThen(base, src, a.FirstSeen),
			Source:         a.SourceID, Authors: a.Authors, Published: a.Published.UTC(), FirstSeen: a.FirstSeen.UTC(), Revision: a.Revision,
		}
	}
	for i := range seen.found.Facts {
		if fact, ok := f.factData(&seen.found.Facts[i]); ok {
			d.Facts = append(d.Facts, fact)
		}
	}
	for i := range seen.found.Figures {
		if fig := f.figureData(&seen.found.Figures[i]); len(fig.Counts) > 1 {
			d.Figures = append(d.Figures, fig)
		}
	}
	for i := range seen.found.Quotes {
		if q, ok := f.quoteData(&seen.found.Quotes[i]); ok {
			d.Quotes = append(d.Quotes, q)
		}
	}
	seen.machine.data(d)
	return d
}

func (d *storyData) side(base string, t *telling) sideData {
	sd := sideData{ID: t.side.ID, Title: t.side.Title, Head: t.head, Copies: map[string]string{}}
	for _, src := range t.outlets {
		sd.Outlets = append(sd.Outlets, src.ID)
	}
	for _, a := range t.articles {
		sd.Articles = append(sd.Articles, a.ID)
	}
	for root, copies := range t.copies {
		for _, c := range copies {
			sd.Copies[c.ID] = root
		}
		d.Copies += len(copies)
	}
	if first, last := t.first(), t.last(); first != nil {
		from, to := first.When().UTC(), last.When().UTC()
		sd.First, sd.Last = &from, &to
	}
	for _, src := range t.silent {
		sd.Silent = append(sd.Silent, src.ID)
		d.source(base, src)
	}
	return sd
}

func (d *storyData) source(base string, src *news.Source) {
	d.Sources[src.ID] = sourceData{
		Name: src.Name, Home: src.Home, URL: base + "/source/" + url.PathEscape(src.ID), Country: src.Country,
		Disclosure: publish.DisclosureLine(src), Carriage: publish.CarriageNote(src),
	}
}

// passage names p, with its words where they may be given; false where it is not there any more.
func (f *finder) passage(p news.Passage) (passageData, bool) {
	c, ok := f.cite(p)
	if !ok {
		return passageData{}, false
	}
	f.quote(&c)
	d := passageData{Passage: p, Text: c.Words.Text}
	if sd, placed := f.sides[p.ArticleID]; placed {
		d.Side = sd.ID
	}
	return d, true
}

func (f *finder) factData(fact *news.Fact) (factData, bool) {
	var d factData
	for _, p := range fact.Passages {
		if c, ok := f.passage(p); ok {
			d.Passages = append(d.Passages, c)
		}
	}
	for _, id := range fact.Near {
		if f.byID[id] != nil {
			d.Near = append(d.Near, id)
		}
	}
	for _, sd := range f.told {
		if slices.ContainsFunc(d.Passages, func(c passageData) bool { return c.Side == sd.ID }) {
			d.Sides = append(d.Sides, sd.ID)
		}
		if len(f.told) > 1 && f.only(fact, sd) {
			d.Only = sd.ID
		}
	}
	d.All = len(f.told) > 1 && len(d.Sides) == len(f.told)
	return d, len(d.Passages) > 1
}

func (f *finder) figureData(fig *news.Figure) figureData {
	d := figureData{Counted: fig.Counted, Unit: fig.Unit, Verdict: fig.Verdict}
	for _, c := range fig.Counts {
		if p, ok := f.passage(c.Sentence); ok {
			d.Counts = append(d.Counts, countData{p, c.Low, c.High, c.Bound, f.byID[p.ArticleID].When().UTC()})
		}
	}
	return d
}

// tagOf returns a language tag, or "" where the language is not known.
func tagOf(tag string) string {
	if tag == "und" {
		return ""
	}
	return tag
}

// sendData answers with v as JSON.
func (s *site) sendData(w http.ResponseWriter, r *http.Request, v any) error {
	body, err := json.Marshal(v)
	if err != nil { // unreachable: what is sent holds strings, times and finite numbers
		return fmt.Errorf("write %s as JSON: %w", r.URL.Path, err)
	}
	w.Header().Set("Access-Control-Allow-Origin", "*") // it is as public as the page
	s.send(w, r, "application/json", append(body, '\n'))
	return nil
}

// pinned returns the ids of the articles that the editor keeps in a story.
func pinned(r *news.Record) []string {
	var ids []string
	for _, p := range r.Pinned {
		ids = append(ids, p.ArticleID)
	}
	return ids
}
