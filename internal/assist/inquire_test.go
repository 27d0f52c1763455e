package assist

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"parallax/internal/news"
)

// shores is a story that many sides tell, three outlets on each.
func shores(sides int) (*memory, func(context.Context) ([]news.Lens, []*news.Source, error)) {
	m := &memory{changes: 1, comparison: &news.Comparison{StoryID: "s", LensID: "shore"}}
	lens := news.Lens{ID: "shore"}
	var sources []*news.Source
	for i := range sides {
		side := fmt.Sprintf("shore%02d", i)
		lens.Sides = append(lens.Sides, news.Side{ID: side, Title: "Shore " + fmt.Sprint(i)})
		c := news.Coverage{SideID: side}
		for j := range 3 {
			id := fmt.Sprintf("%s-%d", side, j)
			sources = append(sources, &news.Source{ID: id, Name: "The " + id, Sides: map[string]string{"shore": side}})
			m.articles = append(m.articles, &news.Article{ID: id, SourceID: id, Language: "en", Title: "Harbour pilots stop work", Lead: "Harbour pilots stopped work on Monday.", Revision: 1, FirstSeen: start})
			c.Articles, c.Outlets = append(c.Articles, id), append(c.Outlets, id)
		}
		m.comparison.Sides = append(m.comparison.Sides, c)
	}
	return m, func(context.Context) ([]news.Lens, []*news.Source, error) { return []news.Lens{lens}, sources, nil }
}

// TestManySides: each of many sides gets its sentence, in as many questions as it takes; and of what all tell as
// many accounts of each are read, or there is no sentence.
func TestManySides(t *testing.T) {
	for sides, want := range map[int]struct {
		questions []int // sections in each
		ofEach    int   // accounts of each side in the section about all
	}{
		2:  {[]int{3}, 3},
		8:  {[]int{8, 1}, 3},
		12: {[]int{8, 5}, 2},
		24: {[]int{8, 8, 8, 1}, 1},
		25: {[]int{8, 8, 8, 1}, 0},
	} {
		m, lenses := shores(sides)
		var questions []int
		ofEach := map[string]int{}
		e := serve(t, func(w http.ResponseWriter, q questioner) {
			questions = append(questions, len(q.Sections))
			for _, sec := range q.Sections {
				if strings.HasPrefix(sec.About, "the whole story") {
					for _, it := range sec.Items {
						ofEach[it.Side]++
					}
				}
			}
			tell(w, q, func(sec askedSection) (string, []string) { return "Harbour pilots stop work.", of(sec) })
		})
		s, _ := stage(m, e, at(start))
		s.cfg.Languages, s.cfg.Lenses = nil, lenses
		if err := s.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(questions, want.questions) {
			t.Errorf("%d sides: questions of %v sections", sides, questions)
		}
		for _, c := range m.comparison.Sides {
			if !slices.ContainsFunc(m.gists, func(g news.Gist) bool { return g.Section == news.GistSide+c.SideID && g.Text != "" }) {
				t.Errorf("%d sides: %s has no sentence", sides, c.SideID)
			}
		}
		if want.ofEach > 0 && len(ofEach) != sides || want.ofEach == 0 && len(ofEach) > 0 {
			t.Errorf("%d sides: the section about all has those of %d", sides, len(ofEach))
		}
		for side, n := range ofEach {
			if n != want.ofEach {
				t.Errorf("%d sides: the section about all has %d accounts of %s", sides, n, side)
			}
		}
	}
}

// TestManySidesPerHour: where the questions of the hour are spent in between, the other sides have theirs in the
// next, and nothing is asked twice.
func TestManySidesPerHour(t *testing.T) {
	m, lenses := shores(12)
	asked := 0
	e := serve(t, func(w http.ResponseWriter, q questioner) {
		asked += len(q.Sections)
		tell(w, q, func(sec askedSection) (string, []string) { return "Harbour pilots stop work.", of(sec) })
	})
	now := start
	s, _ := stage(m, e, func() time.Time { return now })
	s.cfg.Languages, s.cfg.Lenses, s.cfg.PerHour = nil, lenses, 1
	if err := s.Run(t.Context()); err != nil || len(m.shown()) != 8 || m.done != 0 {
		t.Errorf("shown %q, done %d, %v", m.shown(), m.done, err)
	}
	now, m.asked = now.Add(time.Hour), 0
	if err := s.Run(t.Context()); err != nil || len(m.shown()) != 13 || m.done != 1 || asked != 13 {
		t.Errorf("an hour later: shown %q, done %d, %d asked, %v", m.shown(), m.done, asked, err)
	}
}
