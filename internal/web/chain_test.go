package web_test

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"parallax/feed"
	"parallax/internal/news"
	"parallax/internal/store"
	"parallax/internal/web"
	"parallax/internal/webtest"
)

// A stream is a hub over a database that takes in article after article.
type stream struct {
	*testing.T
	*store.DB
	http.Handler
	now time.Time
	all map[string]string // guid -> id, of what is carried
}

const hubURL = "https://hub.example"

func newStream(t *testing.T) *stream {
	t.Helper()
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "hub.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	s := &stream{T: t, DB: db, now: begun, all: map[string]string{}}
	var sources []*news.Source
	for _, id := range []string{"north", "south"} {
		sources = append(sources, &news.Source{
			ID: id, Name: "The " + id, Home: "https://" + id + ".example", Country: map[string]string{"north": "NO", "south": "SE"}[id], Languages: []string{"en"},
			FeedURLs: []string{"https://" + id + ".example/feed"}, Carriage: news.Carriage{Mode: news.FullText, Basis: "https://creativecommons.org/licenses/by/4.0/"},
		})
	}
	s.must(db.ApplySources(t.Context(), sources, begun))
	s.Handler, err = web.New(web.Options{
		Store: db, HubURL: hubURL, Now: func() time.Time { return s.now }, WebSubHub: hubURL + "/hub",
		Topics: func() []news.Subject { return []news.Subject{{ID: "valley", Title: "The valley", Words: "valley"}} },
		Lenses: func(context.Context) ([]news.Lens, error) {
			return news.BuiltInLenses(sources, strings.ToUpper, strings.ToUpper), nil
		},
	})
	s.must(err)
	return s
}

func (s *stream) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// tell takes n articles in at this moment, of either source in turn. Some are dated long ago.
func (s *stream) tell(n int) {
	s.Helper()
	for range n {
		i := len(s.all)
		source := []string{"north", "south"}[i%2]
		key := fmt.Sprint(source, "-", i)
		feeds, err := s.Feeds(s.Context(), source)
		s.must(err)
		link := "https://" + source + ".example/" + key
		it := &news.Item{ID: news.ID("item", key), FeedID: feeds[0].ID, SourceID: source, Key: key, GUID: key, Link: link, FirstSeen: s.now, LastSeen: s.now, Hash: key}
		_, err = s.SaveFetch(s.Context(), &news.Fetch{Feed: feeds[0], Items: []*news.Item{it}, At: s.now, Document: true})
		s.must(err)
		a := &news.Article{
			ID: news.ID("article", source, link), SourceID: source, ItemID: it.ID, GUID: key, URL: link, Title: "Valley " + key, Text: "The valley.", HTML: "<p>The valley.</p>",
			Language: "en", Published: s.now.Add(-time.Duration(i%7) * 24 * time.Hour), FirstSeen: s.now,
		}
		s.must(s.SaveArticle(s.Context(), it.ID, 1, a, s.now))
		s.all[key] = a.ID
	}
}

// read asks for a document of a feed and reads it, in its own format.
func (s *stream) read(uri string) *feed.Feed {
	s.Helper()
	res := get(s.T, s.Handler, uri) //nolint:bodyclose // read does
	body := read(s.T, res)
	if res.StatusCode != http.StatusOK {
		s.Fatalf("%s: status %d: %s", uri, res.StatusCode, body)
	}
	f := webtest.CheckFeed(s.T, uri, hubURL+uri, res.Header.Get("Content-Type"), body)
	if f.Self != hubURL+uri {
		s.Errorf("%s names itself %s", uri, f.Self)
	}
	further := strings.Contains(uri, "after=") || strings.Contains(uri, "archive=")
	links := strings.Join(res.Header.Values("Link"), ", ")
	if hubs := strings.Join(f.Hubs, " "); further != (hubs == "") || further == strings.Contains(links, `rel="hub"`) || further == strings.Contains(links, `rel="self"`) {
		s.Errorf("%s names the hubs %q, in its header %q", uri, hubs, links)
	}
	return f
}

func local(address string) string { return strings.TrimPrefix(address, hubURL) }

func linkOf(f *feed.Feed, rel string) string {
	for _, l := range f.Links {
		if l.Rel == rel {
			return local(l.URL)
		}
	}
	return ""
}

func guid(e *feed.Entry) string { return strings.TrimPrefix(e.ID, "urn:guid:") }

var walked = []string{"/feed", "/topic/valley/feed", "/lens/country/NO/feed", "/source/south/feed"}

// of reports whether an article belongs into the feed at stem.
func of(stem, key string) bool {
	switch {
	case strings.HasPrefix(stem, "/lens"):
		return strings.HasPrefix(key, "north")
	case strings.HasPrefix(stem, "/source"):
		return strings.HasPrefix(key, "south")
	}
	return true
}

// Who follows a feed from page to page meets each article that there was at the beginning once, in each format, whatever
// comes meanwhile, and nothing that is withdrawn; and finds the way back.
func TestPagesOfFeeds(t *testing.T) {
	t.Parallel()
	s := newStream(t)
	for range 15 {
		s.tell(11)
		s.now = s.now.Add(7 * time.Hour)
	}
	for _, stem := range walked {
		for suffix := range formats {
			want := map[string]bool{}
			for key := range s.all {
				if of(stem, key) {
					want[key] = true
				}
			}
			seen := map[string]string{}
			var pages []string
			for uri := stem + "." + suffix; uri != ""; {
				f := s.read(uri)
				for _, e := range f.Entries {
					if before, twice := seen[guid(e)]; twice {
						t.Errorf("%s: %s stands in %s, too", uri, guid(e), before)
					}
					seen[guid(e)] = uri
					if e.License != "https://creativecommons.org/licenses/by/4.0/" {
						t.Errorf("%s: %s has the licence %q", uri, guid(e), e.License)
					}
				}
				if suffix != "json" { // which has no words for these
					if first := linkOf(f, "first"); first != stem+"."+suffix || (linkOf(f, "previous") == "") != (len(pages) == 0) {
						t.Errorf("%s: first %s, previous %s", uri, first, linkOf(f, "previous"))
					}
				}
				pages = append(pages, uri)
				if uri = local(f.Next); uri != "" {
					s.now = s.now.Add(time.Minute)
					s.tell(2)
				}
			}
			if len(pages) < 2 {
				t.Errorf("%s.%s has %d pages", stem, suffix, len(pages))
			}
			back := map[string]bool{}
			for uri := pages[len(pages)-1]; suffix != "json" && uri != ""; {
				f := s.read(uri)
				for _, e := range f.Entries {
					if back[guid(e)] && uri != stem+"."+suffix { // which is as long as it must be
						t.Errorf("on the way back %s has %s again", uri, guid(e))
					}
					back[guid(e)] = true
				}
				uri = linkOf(f, "previous")
			}
			for key := range want {
				if suffix != "json" && !back[key] {
					t.Errorf("%s.%s lacks %s on the way back", stem, suffix, key)
				}
				if seen[key] == "" {
					t.Errorf("%s.%s lacks %s", stem, suffix, key)
				}
			}
			for key := range seen {
				if !of(stem, key) || s.all[key] == "" {
					t.Errorf("%s.%s has %s", stem, suffix, key)
				}
			}
		}
		s.withdraw()
	}
}

// withdraw takes one article down that is neither new nor old.
func (s *stream) withdraw() {
	s.Helper()
	keys := make([]string, 0, len(s.all))
	for key := range s.all {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	key := keys[len(keys)/2]
	id := s.all[key]
	delete(s.all, key)
	s.must(s.TakeDown(s.Context(), &news.Takedown{Kind: news.TakenArticle, Target: id, Why: "Asked for.", At: s.now, PurgeAt: s.now.Add(time.Hour)},
		func(it *news.Item) bool { return news.ID("article", it.SourceID, it.Link) == id }))
	s.now = s.now.Add(time.Second)
}

// Who reads a feed now and then, and its archives back to one that is known, misses nothing; and an archive never
// gets another entry.
func TestArchivesOfFeeds(t *testing.T) {
	t.Parallel()
	for suffix := range formats {
		t.Run(suffix, func(t *testing.T) {
			t.Parallel()
			s := newStream(t)
			type reader struct {
				has      map[string]bool
				archives map[string][]string
			}
			readers := map[string]*reader{}
			for round := range 6 {
				s.tell([]int{70, 3, 0, 130, 1, 66}[round])
				s.now = s.now.Add([]time.Duration{5 * time.Minute, 20 * time.Hour, 2 * time.Hour, 30 * time.Hour, time.Hour, 3 * time.Minute}[round])
				if round == 3 {
					s.withdraw()
				}
				for _, stem := range walked {
					rd := readers[stem]
					if rd == nil {
						rd = &reader{map[string]bool{}, map[string][]string{}}
						readers[stem] = rd
					}
					f := s.read(stem + "." + suffix)
					if f.Archive {
						t.Errorf("%s says that it is an archive", stem)
					}
					for _, e := range f.Entries {
						rd.has[guid(e)] = true
					}
					for uri := s.archive(f, stem, suffix); uri != "" && rd.archives[uri] == nil; {
						f = s.read(uri)
						rd.archives[uri] = []string{}
						for _, e := range f.Entries {
							rd.has[guid(e)] = true
							rd.archives[uri] = append(rd.archives[uri], guid(e))
						}
						if len(f.Entries) > 60 {
							t.Errorf("%s has %d entries", uri, len(f.Entries))
						}
						if suffix != "json" && (!f.Archive || linkOf(f, "current") != stem+"."+suffix) {
							t.Errorf("%s: archive %t, current %s", uri, f.Archive, linkOf(f, "current"))
						}
						uri = s.archive(f, stem, suffix)
					}
					for key := range s.all {
						if of(stem, key) && !rd.has[key] {
							t.Errorf("round %d: a reader of %s.%s missed %s", round, stem, suffix, key)
						}
					}
					for uri, had := range rd.archives {
						for _, e := range s.read(uri).Entries {
							if !slices.Contains(had, guid(e)) {
								t.Errorf("round %d: the archive %s got %s", round, uri, guid(e))
							}
							if s.all[guid(e)] == "" {
								t.Errorf("round %d: the archive %s has %s, which was withdrawn", round, uri, guid(e))
							}
						}
					}
				}
			}
		})
	}
}

// archive returns the address of the archive before f. JSON Feed has no word for it: there it is a link in the header.
func (s *stream) archive(f *feed.Feed, stem, suffix string) string {
	s.Helper()
	if suffix != "json" {
		return linkOf(f, "prev-archive")
	}
	res := get(s.T, s.Handler, local(f.Self)) //nolint:bodyclose // read does
	_ = read(s.T, res)
	for _, l := range res.Header.Values("Link") {
		if address, ok := strings.CutSuffix(l, `>; rel="prev-archive"`); ok {
			archive := local(strings.TrimPrefix(address, "<"))
			if !strings.HasPrefix(archive, stem+".json?archive=") || strings.Contains(f.Self, "archive=") && local(f.Next) != archive {
				s.Errorf("%s: the archive before is %s, next_url %s", f.Self, archive, f.Next)
			}
			return archive
		}
	}
	return ""
}

// An address that no feed gave is told to be none.
func TestNoSuchPageOfAFeed(t *testing.T) {
	t.Parallel()
	s := newStream(t)
	s.tell(3)
	for _, q := range []string{"after=x", "archive=x", "archive=YSAxIGE", "after=YSAxIGE&archive=YSAxIGE"} {
		for _, stem := range append([]string{"/stories", "/edits/feed"}, walked...) {
			if strings.Contains(q, "archive") && !slices.Contains(walked, stem) {
				continue
			}
			if res := get(t, s.Handler, stem+".atom?"+q); res.StatusCode != http.StatusBadRequest {
				t.Errorf("%s.atom?%s: status %d", stem, q, res.StatusCode)
			}
		}
	}
	if res := get(t, s.Handler, "/topic/none/feed.rss"); res.StatusCode != http.StatusNotFound {
		t.Errorf("a topic that there is not: status %d", res.StatusCode)
	}
}

// Pages and archives, too, stand before judges that are not ours.
func TestChainsAreValid(t *testing.T) {
	t.Parallel()
	s := newStream(t)
	s.tell(150)
	s.now = s.now.Add(30 * time.Hour)
	s.tell(10)
	documents := map[string][]byte{}
	for suffix := range formats {
		uri := "/feed." + suffix
		f := s.read(uri)
		archive := s.archive(f, "/feed", suffix)
		before := s.archive(s.read(archive), "/feed", suffix)
		for _, uri := range []string{uri, local(f.Next), archive, before} {
			documents[uri] = read(t, get(t, s.Handler, uri))
		}
	}
	if len(documents) != 12 {
		t.Fatalf("%d documents", len(documents))
	}
	webtest.Validate(t, documents)
}
