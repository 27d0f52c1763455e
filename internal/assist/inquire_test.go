package assist

import (
	"context"
	"encoding/json"
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

// TestCut: what is missing of an answer that was cut is not taken for refused. It is asked for again, less at
// once, and in the end all is there.
func TestCut(t *testing.T) {
	for name, test := range map[string]struct {
		finish string
		cut    func(said string) string
	}{
		"said to be":   {`"length"`, func(said string) string { return said[:len(said)-2] }},
		"seen to be":   {`null`, func(said string) string { return said[:len(said)/2] }},
		"all thinking": {`"length"`, func(string) string { return "" }},
		"between two":  {`"length"`, func(string) string { return `{"sentences":[]}` }},
	} {
		m, lenses := shores(8)
		var questions []int
		e := serve(t, func(w http.ResponseWriter, q questioner) {
			questions = append(questions, len(q.Sections))
			var said saidSentences
			for _, sec := range q.Sections {
				if sec.Refused != "" {
					t.Errorf("%s: a section is said to be refused: %s", name, sec.Refused)
				}
				said.Sentences = append(said.Sentences, saidSentence{sec.Section, "Harbour pilots stop work.", of(sec)})
			}
			text, _ := json.Marshal(said)
			if len(q.Sections) > 2 {
				finish(w, test.cut(string(text)), test.finish)
				return
			}
			write(w, string(text))
		})
		s, counts := stage(m, e, at(start))
		s.cfg.Languages, s.cfg.Lenses = nil, lenses
		if err := s.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		// After each answer that was whole twice as much is tried.
		if want := []int{8, 4, 2, 4, 2, 4, 2, 3, 1, 2}; !slices.Equal(questions, want) {
			t.Errorf("%s: questions of %v sections", name, questions)
		}
		if len(m.shown()) != 9 || counts["sentence shown"] != 9 || len(counts) != 1 {
			t.Errorf("%s: shown %q, %v", name, m.shown(), counts)
		}
	}
}

// TestCutOfSome: what such an answer does have counts.
func TestCutOfSome(t *testing.T) {
	m, lenses := shores(2)
	n := 0
	e := serve(t, func(w http.ResponseWriter, q questioner) {
		if n++; n > 1 {
			tell(w, q, func(sec askedSection) (string, []string) { return "Harbour pilots stop work.", of(sec) })
			return
		}
		text, _ := json.Marshal(saidSentences{[]saidSentence{
			{"s1", "Harbour pilots stop work.", of(q.Sections[0])}, {"s2", "Pilots of Keldmark stop work.", of(q.Sections[1])},
		}})
		finish(w, string(text)+strings.Repeat(" ", 100), `"length"`)
	})
	s, counts := stage(m, e, at(start))
	s.cfg.Languages, s.cfg.Lenses = nil, lenses
	if err := s.Run(t.Context()); err != nil || len(m.shown()) != 3 || counts["sentence shown"] != 3 || n != 3 {
		t.Errorf("shown %q after %d questions, %v, %v", m.shown(), n, counts, err)
	}
}

// TestAlwaysCut: a machine that never ends is asked less at once until it is asked for one thing, and then no more
// for the same; of other stories it is asked for one thing at a time.
func TestAlwaysCut(t *testing.T) {
	m, lenses := shores(8)
	var questions []int
	e := serve(t, func(w http.ResponseWriter, q questioner) {
		questions = append(questions, len(q.Sections))
		finish(w, `{"sentences":[{"section":"s1","text":"Harbour pil`, `"length"`)
	})
	s, counts := stage(m, e, at(start))
	s.cfg.Languages, s.cfg.Lenses = nil, lenses
	if err := s.Run(t.Context()); err != nil || !slices.Equal(questions[:5], []int{8, 4, 2, 1, 1}) || slices.Max(questions[5:]) != 1 || len(questions) != 3+attempts*9 {
		t.Errorf("questions of %v sections, %v", questions, err)
	}
	if len(m.shown()) > 0 || m.done != 1 || counts["sentence missing"] != 9 {
		t.Errorf("shown %q, done %d, %v", m.shown(), m.done, counts)
	}
	n := len(questions)
	m.changes, m.due = 2, time.Time{}
	if err := s.Run(t.Context()); err != nil || len(questions) != n {
		t.Errorf("the same is asked again: %v, %v", questions[n:], err)
	}
}

// TestCutSlow: where each answer is cut and takes as long as a run, the next run goes on with less, and translations
// do so as sentences do.
func TestCutSlow(t *testing.T) {
	m := strike()
	now := start
	var questions []int
	e := serve(t, func(w http.ResponseWriter, q questioner) {
		now = now.Add(longestRun + time.Second)
		questions = append(questions, len(q.Items))
		if len(q.Items) > 1 {
			finish(w, `{"translations":[`, `"length"`)
			return
		}
		tell(w, q, nil)
	})
	for _, title := range []string{"Lotsen legen Arbeit in Sarn nieder", "Lotsen in Sarn legen Arbeit nieder"} {
		a := *m.articles[4]
		a.ID, a.Title = title, title
		m.articles = append(m.articles, &a)
	}
	s, _ := stage(m, e, func() time.Time { return now })
	s.cfg.Sentences = false
	for range 10 {
		if err := s.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if want := []int{3, 1, 2, 1, 1}; !slices.Equal(questions, want) || len(m.shown()) != 3 || m.done != 1 {
		t.Errorf("questions of %v, shown %q, done %d", questions, m.shown(), m.done)
	}
}
