package cluster

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"html"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"parallax/internal/lang"
	"parallax/internal/news"
	"parallax/internal/testkit"
)

// realStreams are those that hold several outlets and times.
var realStreams = []string{
	"us_world_2020", "aug2026/lede_us_outlets", "aug2026/reuters_bloomberg_pool",
	"feb2026/en_ft_wsj_economist_nyt", "feb2026/zh_translated_rt_aljazeera_fox_zerohedge", "en_top_headlines_2025_2026",
}

// allStreams is the environment variable with which the measurements on real streams take all of
// them, a minute or two each; otherwise one will do.
const allStreams = "PARALLAX_ALL_STREAMS"

// streamsToMeasure are the streams that a test measures on.
func streamsToMeasure() []string {
	if os.Getenv(allStreams) != "" {
		return realStreams
	}
	return realStreams[1:2]
}

// An arrival is a document with the time at which a hub would have taken it in.
type arrival struct {
	Doc
	seen time.Time
}

// realStream returns the items of a stream in the order in which they came: those that were seen at
// once in the order of their own time. A test without the streams is skipped.
func realStream(tb testing.TB, folder string) []arrival {
	tb.Helper()
	f, err := os.Open(testkit.Data(tb, "stream/"+folder+"/items.jsonl.gz"))
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 16<<20)
	var all []arrival
	known := map[string]bool{}
	for lines.Scan() {
		var i struct {
			URL, Link, Outlet, Feed, Source string
			Published, Pub                  string
			Summary, Description            string
			Desc, Titles                    [][2]string
			FirstSeen                       time.Time `json:"first_seen"`
		}
		if err := json.Unmarshal(lines.Bytes(), &i); err != nil {
			tb.Fatal(err)
		}
		if len(i.Titles) == 0 || i.FirstSeen.IsZero() {
			continue
		}
		a := arrival{seen: i.FirstSeen}
		a.Title, a.Text, a.Source = line(i.Titles[0][1]), line(i.Summary+i.Description), i.Outlet+i.Feed+i.Source
		if a.Text == "" && len(i.Desc) > 0 {
			a.Text = line(i.Desc[0][1])
		}
		// An item that stands in two feeds of an outlet is one.
		a.ID = news.ID(a.Source, a.Title)
		if a.Title == "" || known[a.ID] {
			continue
		}
		known[a.ID] = true
		// What the outlet says, unless that cannot be: as news.Article.When has it.
		a.At, err = time.Parse(time.RFC3339, i.Published+i.Pub)
		if err != nil {
			a.At, err = mail.ParseDate(i.Published + i.Pub)
		}
		if err != nil || a.At.Year() < 2000 || a.At.After(i.FirstSeen) {
			a.At = i.FirstSeen
		}
		a.Language = lang.Detect(a.Title+"\n"+a.Text, "")
		a.Prepare()
		all = append(all, a)
	}
	if err := lines.Err(); err != nil {
		tb.Fatal(err)
	}
	slices.SortStableFunc(all, func(a, b arrival) int {
		return cmp.Or(a.seen.Compare(b.seen), a.At.Compare(b.At), cmp.Compare(a.ID, b.ID))
	})
	return all
}

var tag = regexp.MustCompile(`(?s)<[^>]*>`)

// line returns a line of text without markup.
func line(s string) string {
	return strings.Join(strings.Fields(html.UnescapeString(tag.ReplaceAllString(s, " "))), " ")
}

// A shelf keeps where documents stand, as a store does, and what became of stories.
type shelf struct {
	of    map[string]string   // document -> its story
	in    map[string][]string // story -> its documents
	leads map[string]string   // merged story -> that which took it up
	moves int                 // of documents from one story to another that both remain
}

func newShelf() *shelf {
	return &shelf{of: map[string]string{}, in: map[string][]string{}, leads: map[string]string{}}
}

// keep takes in what was decided of id.
func (s *shelf) keep(id string, dec Decision) {
	for _, m := range dec.Merges {
		docs := s.in[m.From]
		delete(s.in, m.From)
		s.leads[m.From] = m.Into
		for _, d := range docs {
			s.of[d] = m.Into
		}
		s.in[m.Into] = append(s.in[m.Into], docs...)
	}
	s.of[id] = dec.StoryID
	s.in[dec.StoryID] = append(s.in[dec.StoryID], id)
	for _, m := range dec.Moves {
		from := s.of[m.ArticleID]
		s.in[from] = slices.DeleteFunc(s.in[from], func(d string) bool { return d == m.ArticleID })
		s.of[m.ArticleID] = m.To
		s.in[m.To] = append(s.in[m.To], m.ArticleID)
		s.moves++
	}
}

// lead returns the story to which the address of a story leads.
func (s *shelf) lead(story string) string {
	for s.leads[story] != "" {
		story = s.leads[story]
	}
	return story
}

// A part counts some of what there was, and those among them that changed.
type part struct{ changed, of int }

func (p *part) add(changed bool) {
	p.of++
	if changed {
		p.changed++
	}
}

func (p part) String() string {
	return fmt.Sprintf("%.2f %% (%d of %d)", 100*float64(p.changed)/float64(max(p.of, 1)), p.changed, p.of)
}

// TestIDsStay counts on the real streams how many addresses of stories changed on a day, of those
// that there were of the week before it, and holds that every address that ever was
// leads to a story with articles. The first day is that of a hub that is being filled, and not counted.
func TestIDsStay(t *testing.T) {
	const week = 7 * 24 * time.Hour
	for _, folder := range streamsToMeasure() {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			all := realStream(t, folder)
			c, s := NewClusterer(Options{}), newShelf()
			var several, single, fresh, articles part
			seen, given := map[string]time.Time{}, map[string]bool{} // documents of the week; stories of the day
			yesterday, stood := map[string]int{}, map[string]string{}
			days := 0
			end := func(now time.Time) {
				if len(yesterday) > 0 {
					days++
					for story, size := range yesterday {
						if size > 1 {
							several.add(s.leads[story] != "")
						} else {
							single.add(s.leads[story] != "")
						}
					}
					for d, story := range stood {
						articles.add(s.lead(story) != s.of[d])
					}
					for story := range given {
						fresh.add(s.leads[story] != "")
					}
				}
				clear(given)
				clear(yesterday)
				clear(stood)
				for d, at := range seen {
					if now.Sub(at) > week {
						delete(seen, d)
						continue
					}
					yesterday[s.of[d]]++
					stood[d] = s.of[d]
				}
			}
			for i, a := range all {
				if i > 0 && !a.seen.Truncate(24*time.Hour).Equal(all[i-1].seen.Truncate(24*time.Hour)) {
					end(a.seen)
				}
				dec := c.Add(a.Doc)
				s.keep(a.ID, dec)
				given[dec.StoryID] = given[dec.StoryID] || dec.Founded
				if !given[dec.StoryID] {
					delete(given, dec.StoryID)
				}
				seen[a.ID] = a.seen
			}
			end(all[len(all)-1].seen)
			for from := range s.leads {
				if len(s.in[s.lead(from)]) == 0 {
					t.Errorf("story %s leads to %s, which has no article", from, s.lead(from))
				}
			}
			for story, docs := range s.in {
				if len(docs) == 0 {
					t.Errorf("story %s has no article and leads nowhere", story)
				}
			}
			t.Logf("%d days, %d articles: addresses that merged on a day: of several reports %s, of one %s; of those first given that day %s; articles that moved away %s",
				days, len(all), several, single, fresh, articles)
			if len(s.leads) == 0 {
				t.Error("nothing merged: the test shows nothing")
			}
		})
	}
}
