package ingest

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"parallax/feed"
	"parallax/internal/news"
)

// The feed of an outlet that another hub gives out is read as the outlet's: its entries are
// the items that the outlet's own feed would make, without what the hub says about them.
func TestPeer(t *testing.T) {
	const home = "https://www.h.example/"
	entry := func(id, link, self, home string) *feed.Entry {
		return &feed.Entry{
			ID: id, Link: link, IDIsLink: id == link, Title: feed.PlainText("News"), Summary: feed.PlainText("An excerpt …"), Published: noon,
			Authors: []feed.Person{{Name: "A. Writer"}},
			Source:  &feed.Feed{ID: "harbour", Title: feed.PlainText("Harbour Times"), Link: home, Self: self},
			Notes:   []feed.Note{{Name: "disclosure", Text: "Owned by the port.", URL: "https://hub.example/source/harbour"}},
		}
	}
	entries := []*feed.Entry{
		entry("guid 1", "https://h.example/1", "", ""),
		entry("https://h.example/2", "https://h.example/2", "https://h.example/other", "https://h.example"),
		entry("3", "https://elsewhere.example/3", "https://elsewhere.example/rss", "https://elsewhere.example/"),
		entry("4", "https://h.example/4", "", ""),
	}
	for name, write := range map[string]func(io.Writer, *feed.Feed) error{"rss": feed.WriteRSS, "atom": feed.WriteAtom, "json": feed.WriteJSON} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "/feed")
			list := entries
			w.handler = func(rw http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/source/harbour/feed" {
					rw.WriteHeader(http.StatusBadGateway)
					return
				}
				var b bytes.Buffer
				if err := write(&b, &feed.Feed{
					ID: "https://hub.example/", Title: feed.PlainText("Harbour Times · The Hub"), Link: "https://hub.example/source/harbour", Self: w.base + "/source/harbour/feed",
					Updated: noon, Entries: list,
				}); err != nil {
					t.Error(err)
				}
				_, _ = rw.Write(b.Bytes())
			}
			peer := "peer:" + w.base + "/source/harbour/feed"
			f := w.store.feeds[0]
			f.Routes, f.Home, f.Title = []string{"direct", peer}, home, "Harbour Times"
			entries[0].Source.Self = f.URL
			w.run(t)
			got := w.store.last["/feed"]
			if len(got.Items) != 2 || got.Feed.Title != "Harbour Times" || got.Feed.Failures > 0 || got.Feed.Reach != news.ReachDown {
				t.Fatalf("%d items; %+v", len(got.Items), got.Feed)
			}
			for i, want := range []string{"guid 1", "https://h.example/2"} {
				it := got.Items[i]
				if it.Key != want || it.GUID != want || it.Via != (news.Via{Route: peer}) || it.Title != "News" || !it.Published.Equal(noon) ||
					len(it.Authors) != 1 || it.ID != news.ID("item", "/feed", want) || strings.Contains(it.Summary+it.Content, "port") {
					t.Errorf("item %d: %+v", i, it)
				}
			}
			if said := strings.Join(got.Feed.Problems, "\n"); !strings.Contains(said, "2 entries of other outlets") {
				t.Errorf("problems: %s", said)
			}

			// All of another outlet: the route has failed.
			list = entries[2:3]
			w.now = got.Feed.Due
			w.run(t)
			if got := w.store.last["/feed"]; got.Feed.Failures != 1 || got.Items != nil || !strings.Contains(got.Evidence[1].Note, "another outlet") {
				t.Errorf("of another outlet: %+v, %+v", got.Feed, got.Evidence)
			}
		})
	}
}
