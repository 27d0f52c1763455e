package readers

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"parallax/feed"
	"parallax/internal/lang"
	"parallax/internal/news"
	"parallax/internal/publish"
)

// What articles are in answers of the Google Reader API.

type linkJSON struct {
	Href string `json:"href"`
	Type string `json:"type,omitempty"`
}

type itemJSON struct {
	ID         string      `json:"id"`
	Crawled    string      `json:"crawlTimeMsec"`
	Timestamp  string      `json:"timestampUsec"`
	Published  int64       `json:"published"`
	Updated    int64       `json:"updated,omitempty"`
	Title      string      `json:"title"`
	Canonical  []linkJSON  `json:"canonical"`
	Alternate  []linkJSON  `json:"alternate"`
	Categories []string    `json:"categories"`
	Origin     originJSON  `json:"origin"`
	Summary    summaryJSON `json:"summary"`
	Author     string      `json:"author,omitempty"`
}

type originJSON struct {
	StreamID string `json:"streamId"`
	Title    string `json:"title"`
	HTMLURL  string `json:"htmlUrl"`
}

type summaryJSON struct {
	Direction string `json:"direction"`
	Content   string `json:"content"`
}

type streamJSON struct {
	Direction    string     `json:"direction"`
	ID           string     `json:"id"`
	Title        string     `json:"title"`
	Updated      int64      `json:"updated"`
	Items        []itemJSON `json:"items"`
	Continuation string     `json:"continuation,omitempty"`
}

func (rd *reader) item(m news.Marked) itemJSON {
	a, src := m.Article, rd.sources[m.SourceID]
	text := rd.text(a)
	it := itemJSON{
		ID:      fmt.Sprintf("%s%016x", longID, m.N),
		Crawled: strconv.FormatInt(m.Seen.UnixMilli(), 10), Timestamp: usec(m.Seen), Published: a.When().Unix(),
		Title: a.Title, Canonical: []linkJSON{{Href: a.URL}}, Alternate: []linkJSON{{a.URL, "text/html"}},
		Categories: rd.tags(m),
		Origin:     originJSON{"feed/" + src.ID, src.Name, src.Home},
		Summary:    summaryJSON{lang.Dir(a.Language), text},
		Author:     authorsOf(a),
	}
	if !a.Updated.IsZero() {
		it.Updated = a.Updated.Unix()
	}
	if it.Summary.Direction == "" {
		it.Summary.Direction = "ltr"
	}
	return it
}

// titleOf returns the name of an outlet or a folder, or of the hub for everything else.
func (rd *reader) titleOf(stream string) string {
	if id, isFeed := strings.CutPrefix(stream, "feed/"); isFeed && rd.sources[id] != nil {
		return rd.sources[id].Name
	}
	if _, title, isLabel := strings.Cut(stream, "/label/"); isLabel {
		return title
	}
	return rd.HubName
}

// tags are the streams that an article is in.
func (rd *reader) tags(m news.Marked) []string {
	tags := []string{state + "reading-list"}
	if m.Read {
		tags = append(tags, state+"read")
	}
	if m.Starred {
		tags = append(tags, state+"starred")
	}
	if f := rd.of(m.SourceID); f != "" {
		tags = append(tags, label+f)
	}
	return tags
}

func (rd *reader) stream(id string, list []news.Marked, next string) streamJSON {
	st := streamJSON{"ltr", id, rd.titleOf(id), rd.now.Unix(), []itemJSON{}, next}
	for _, m := range list {
		if m.Article != nil && rd.sources[m.SourceID] != nil { // it may have gone a moment ago
			st.Items = append(st.Items, rd.item(m))
		}
	}
	return st
}

func (rd *reader) itemContents(w http.ResponseWriter, r *http.Request) error {
	list, err := numbers(r, maxItems)
	if err != nil {
		return err
	}
	found, err := rd.Store.Marked(r.Context(), news.MarkedQuery{
		Account: rd.account.Name, Now: rd.now, Numbers: list, Limit: len(list), Full: true,
	})
	if err != nil {
		return err
	}
	return sendJSON(w, rd.stream(state+"reading-list", found, ""))
}

func (rd *reader) streamContents(w http.ResponseWriter, r *http.Request) error {
	stream := r.PathValue("stream")
	if stream == "" {
		stream = r.Form.Get("s")
	}
	q, err := rd.query(r, stream, defaultItems, maxItems)
	if err != nil {
		return err
	}
	q.Full = true
	list, next, err := rd.page(r.Context(), q)
	if err != nil {
		return err
	}
	return sendJSON(w, rd.stream(stream, list, next))
}

// streamAtom gives a stream as Atom, which programs of the first years ask for: with the ids of
// this API, and what is read and starred as categories.
func (rd *reader) streamAtom(w http.ResponseWriter, r *http.Request) error {
	stream := r.PathValue("stream")
	q, err := rd.query(r, stream, defaultItems, maxItems)
	if err != nil {
		return err
	}
	q.Full = true
	list, _, err := rd.page(r.Context(), q)
	if err != nil {
		return err
	}
	f := &feed.Feed{
		ID: longID[:len(longID)-len("item/")] + stream, Title: feed.PlainText(rd.titleOf(stream)), Link: rd.hub + "/",
		Updated: rd.now,
	}
	for _, m := range list {
		if m.Article == nil || rd.sources[m.SourceID] == nil { // it may have gone a moment ago
			continue
		}
		e := publish.Entry(m.Article, rd.sources[m.SourceID], rd.hub, rd.now)
		e.ID, e.IDIsLink = fmt.Sprintf("%s%016x", longID, m.N), false
		e.Content, e.Summary = feed.HTMLText(rd.text(m.Article)), feed.Text{}
		e.Updated = firstOf(e.Updated, e.Published, m.Seen)
		e.Categories = nil
		for _, tag := range rd.tags(m) {
			e.Categories = append(e.Categories, feed.Category{Term: tag, Label: tag[strings.LastIndexByte(tag, '/')+1:], Scheme: "http://www.google.com/reader/"})
		}
		f.Entries = append(f.Entries, e)
	}
	var b bytes.Buffer
	if err := feed.WriteAtom(&b, f); err != nil {
		return fmt.Errorf("write a stream as Atom: %w", err)
	}
	w.Header().Set("Content-Type", "application/atom+xml; charset=utf-8")
	_, _ = w.Write(b.Bytes()) // the program may be gone
	return nil
}

// firstOf returns the first of times that is one.
func firstOf(times ...time.Time) time.Time {
	for _, t := range times {
		if !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}
