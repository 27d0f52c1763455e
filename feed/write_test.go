package feed_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/feed"
)

// full is a feed that says something in every field that the formats have in common.
func full() *feed.Feed {
	at := time.Date(2026, 11, 2, 7, 15, 0, 0, time.UTC)
	return &feed.Feed{
		ID: "https://hub.example/", Title: feed.PlainText("R&D <now>"), Description: feed.HTMLText("All <b>sides</b>"), Link: "https://hub.example/",
		Language: "en", Self: "https://hub.example/feed", Hubs: []string{"https://push.example/"}, Next: "https://hub.example/feed?page=2",
		Updated: at, TTL: time.Hour, SkipHours: []int{3}, SkipDays: []time.Weekday{time.Sunday}, UpdatePeriod: 30 * time.Minute,
		Authors: []feed.Person{{Name: "Hub", Email: "hub@hub.example"}}, Icon: "https://hub.example/i.png", Logo: "https://hub.example/l.png",
		Image:   &feed.Image{URL: "https://hub.example/l.png", Title: "Hub", Link: "https://hub.example/"},
		Deleted: []feed.Deleted{{ID: "urn:x:gone", When: at, Comment: "withdrawn <b>", By: feed.Person{Name: "Editor"}, Link: "https://ost.example/0"}},
		Entries: []*feed.Entry{{
			ID: "https://ost.example/1", IDIsLink: true, Link: "https://ost.example/1", Title: feed.PlainText("AT&amp;T is how it is written"),
			Summary: feed.HTMLText("<p>Short &amp; good</p>"), Content: feed.HTMLText("<p>Long ]]> text</p>"), Language: "de",
			Authors: []feed.Person{{Name: "A. Writer"}, {Name: "B", URL: "https://ost.example/b"}}, Published: at, Updated: at.Add(time.Hour),
			Categories: []feed.Category{{Term: "Town"}}, Enclosures: []feed.Enclosure{{URL: "https://ost.example/a.mp3", Type: "audio/mpeg", Length: "5"}},
			Image:  &feed.Image{URL: "https://ost.example/p.jpg"},
			Source: &feed.Feed{ID: "urn:x:ost", Title: feed.PlainText("Ost"), Link: "https://ost.example/", Self: "https://ost.example/feed"},
			Notes:  []feed.Note{{Name: "disclosure", Text: "Owned by <A> & B", URL: "https://hub.example/ost"}, {Name: "carriage", Text: "until May"}},
		}, {ID: "plain guid 7", Title: feed.PlainText("2"), Content: feed.PlainText("a < b")}, {}, nil},
	}
}

// What matters of an entry comes back from each format.
func TestWriteKeeps(t *testing.T) {
	for name, write := range writers {
		t.Run(name, func(t *testing.T) {
			f := full()
			f.Entries = f.Entries[:3]
			got := stable(t, name, write, f)
			want, e := f.Entries[0], got.Entries[0]
			type kept struct {
				ID, Link, Title, Language string
				Summary, Content          string
				Published, Updated        time.Time
				Authors                   []string
				Categories                []feed.Category
				Enclosures                []feed.Enclosure
				Image                     string
				Source                    [3]string
				Notes                     []feed.Note
			}
			keep := func(e *feed.Entry) kept {
				k := kept{
					ID: e.ID, Link: e.Link, Title: e.Title.String(), Language: e.Language, Summary: e.Summary.String(), Content: e.Content.HTML(),
					Published: e.Published, Updated: e.Updated, Categories: e.Categories, Enclosures: e.Enclosures, Image: e.Image.URL,
					Source: [3]string{e.Source.Title.String(), e.Source.Self, e.Source.ID}, Notes: e.Notes,
				}
				for _, a := range e.Authors {
					k.Authors = append(k.Authors, a.Name+a.URL)
				}
				return k
			}
			w := keep(want)
			w.Enclosures = e.Enclosures // JSON Feed has the length as a number
			if name == "rss" {
				w.Title = "AT&T is how it is written" // said as markup, the only way there
				w.Title = want.Title.Body
			}
			if diff := cmp.Diff(w, keep(e)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if got.Entries[1].Content.HTML() != "a &lt; b" {
				t.Errorf("plain content came back as %q", got.Entries[1].Content)
			}
			if name == "rss" && (!e.IDIsLink || got.Entries[1].IDIsLink || got.Entries[1].ID != "plain guid 7") {
				t.Errorf("isPermaLink came back wrong: %v %v", e.IDIsLink, got.Entries[1])
			}
			if len(got.Deleted) != 1 || got.Deleted[0] != f.Deleted[0] {
				t.Errorf("tombstones came back as %v", got.Deleted)
			}
		})
	}
}

// The documents are well-formed by a parser that forgives nothing.
func TestWriteWellFormed(t *testing.T) {
	for name, write := range writers {
		var b bytes.Buffer
		if err := write(&b, full()); err != nil {
			t.Fatal(err)
		}
		if name == "json" {
			if !json.Valid(b.Bytes()) {
				t.Errorf("no JSON: %s", b.Bytes())
			}
			continue
		}
		for dec := xml.NewDecoder(&b); ; {
			if _, err := dec.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
}

func TestNotFeed(t *testing.T) {
	for doc, want := range map[string]string{
		"": "empty", "\xef\xbb\xbf \n": "empty", "<html><body>": "html", "\x89PNG\r\n": "image", `{"a":1}`: "json", "[1]": "json",
		"<opml/>": "opml", "<urlset><url/></urlset>": "sitemap", "<?xml version='1.0'?><note/>": "xml", "Not found": "text", "%PDF-1.4": "pdf",
		"\x1f\x8b\x08": "gzip",
	} {
		_, err := feed.Parse([]byte(doc), feed.Options{})
		var no *feed.NotFeedError
		if !errors.As(err, &no) || no.Looks != want || no.Hint == "" {
			t.Errorf("Parse(%q): %v, want one that looks like %s", doc, err, want)
		}
	}
}

func TestFind(t *testing.T) {
	page := `<html><head><base href="https://ost.example/de/"><link rel="stylesheet" href="/s.css">
<link rel="alternate" hreflang="en" href="/en/"><link rel="alternate" type="application/rss+xml" title="Kommentare" href="/comments/feed">
<link rel="Alternate" type="application/atom+xml; charset=utf-8" title="All" href="all.atom"><link rel="alternate" type="application/rss+xml" href="all.atom"></head>
<a href="feed://ost.example/f">f</a><a href="/rss/sport.xml"><b>Sport</b> <i>news</i></a><a href="/about">RSS</a><a href="/sitemap.xml">x</a><a href="mailto:a@b.example">RSS</a></html>`
	want := []feed.Link{
		{URL: "https://ost.example/de/all.atom", Rel: "alternate", Type: "application/atom+xml", Title: "All"},
		{URL: "http://ost.example/f", Rel: "alternate", Title: "f"},
		{URL: "https://ost.example/rss/sport.xml", Rel: "alternate", Title: "Sport news"},
		{URL: "https://ost.example/about", Rel: "alternate", Title: "RSS"},
		{URL: "https://ost.example/comments/feed", Rel: "alternate", Type: "application/rss+xml", Title: "Kommentare"},
	}
	if diff := cmp.Diff(want, feed.Find([]byte(page), "https://elsewhere.example/")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := feed.CommonPaths("https://ost.example/news/?x=1"); len(got) != 20 || got[0] != "https://ost.example/news/feed" || got[10] != "https://ost.example/feed" {
		t.Errorf("CommonPaths: %q", got)
	}
	if got := feed.CommonPaths("no url"); got != nil {
		t.Errorf("CommonPaths: %q", got)
	}
}

// A title that is borrowed from a link reads as titles do, however the link is spaced.
func TestWriteBorrowedTitle(t *testing.T) {
	f := &feed.Feed{Link: "https://ost.example/h\u00a0\u00a0m", Entries: []*feed.Entry{}}
	for name, write := range writers {
		stable(t, name, write, f)
	}
}

// Links are relative to the feed's own as that is written, not as it was said.
func TestWriteRelative(t *testing.T) {
	f := &feed.Feed{Title: feed.PlainText("T"), Link: "https://ost.example/?a\x7f", Entries: []*feed.Entry{{ID: "h", Link: "h", Title: feed.PlainText("B")}}}
	for name, write := range writers {
		if got := stable(t, name, write, f); got.Entries[0].Link != "https://ost.example/h" {
			t.Errorf("%s: the link is %q", name, got.Entries[0].Link)
		}
	}
}

// RSS cannot say of what type its link is, and so no other link can be of the same.
func TestWriteAlternates(t *testing.T) {
	f := &feed.Feed{Title: feed.PlainText("T"), Link: "https://ost.example/", Entries: []*feed.Entry{{
		ID: "urn:x:1", Title: feed.PlainText("B"), Link: "https://ost.example/1",
		Links: []feed.Link{
			{URL: "https://ost.example/1", Rel: "alternate", Type: "text/html"}, {URL: "https://ost.example/2", Rel: "alternate", Title: "story"},
		},
	}}}
	for name, write := range writers {
		if got := stable(t, name, write, f); name != "json" && len(got.Entries[0].Links) != 2 {
			t.Errorf("%s: the links are %v", name, got.Entries[0].Links)
		}
	}
}

// A licence is written in RSS so that readers of either extension find it, and read back as one.
func TestLicenceInRSS(t *testing.T) {
	const by = "https://creativecommons.org/licenses/by/4.0/"
	f := &feed.Feed{Title: feed.PlainText("T"), Link: "https://a.example/", Entries: []*feed.Entry{{ID: "1", Title: feed.PlainText("One"), License: by}, {ID: "2", Title: feed.PlainText("Two")}}}
	var b strings.Builder
	if err := feed.WriteRSS(&b, f); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"<creativeCommons:license>" + by + "</creativeCommons:license>", `rel="license" href="` + by + `"`} {
		if strings.Count(b.String(), want) != 1 {
			t.Errorf("%s is not there once:\n%s", want, b.String())
		}
	}
	back, err := feed.Parse([]byte(b.String()), feed.Options{})
	if err != nil || len(back.Problems) > 0 {
		t.Fatal(err, back.Problems)
	}
	if back.Entries[0].License != by || back.Entries[1].License != "" {
		t.Errorf("read back: %q, %q", back.Entries[0].License, back.Entries[1].License)
	}
}
