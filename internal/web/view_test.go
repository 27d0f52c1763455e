package web

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"parallax/internal/lang"
	"parallax/internal/news"
)

func TestAgo(t *testing.T) {
	now := time.Date(2026, 11, 12, 18, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		d    time.Duration
		want string
	}{
		{0, "just now"},
		{59 * time.Second, "just now"},
		{time.Minute, "1 minute ago"},
		{59*time.Minute + 59*time.Second, "59 minutes ago"},
		{time.Hour, "1 hour ago"},
		{47 * time.Hour, "1 day ago"},
		{13 * 24 * time.Hour, "13 days ago"},
		{14 * 24 * time.Hour, "29 Oct 2026"},
		{-10 * time.Second, "just now"},
		{-7 * time.Minute, "in 7 minutes"},
		{-90 * time.Minute, "in 1 hour"},
		{-72 * time.Hour, "15 Nov 2026"},
	} {
		if got := ago(now.Add(-c.d), now); got != c.want {
			t.Errorf("%s before now: %q, want %q", c.d, got, c.want)
		}
	}
}

func TestPlural(t *testing.T) {
	for n, want := range map[int]string{0: "0 items", 1: "1 item", 9999: "9999 items", 1234567: "1\u202f234\u202f567 items"} {
		if got := plural(n, "item", "items"); got != want {
			t.Errorf("plural(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestMarked(t *testing.T) {
	terms := lang.QueryTerms("villages", []string{"en"})
	var b strings.Builder
	for _, s := range marked("The “village” (and villages), nobody: Villages!", "en", terms) {
		if s.Mark {
			b.WriteString("[" + s.Text + "]")
		} else {
			b.WriteString(s.Text)
		}
	}
	if got, want := b.String(), "The “[village]” (and [villages]), nobody: [Villages]!"; got != want {
		t.Errorf("marked: %s, want %s", got, want)
	}
}

// 64 sides of a lens are told apart, and not knowing has no hue.
func TestSidesDiffer(t *testing.T) {
	seen := map[string]bool{}
	for i := range hues * patterns {
		v := sideOf(&news.Lens{ID: "l"}, news.Side{ID: fmt.Sprint(i)}, i)
		if key := v.Hue + v.Pattern; seen[key] || v.Pattern == "" {
			t.Errorf("side %d looks like another: %s", i, key)
		} else {
			seen[key] = true
		}
	}
	if v := sideOf(&news.Lens{}, news.Side{ID: news.Unplaced}, 3); v.Hue != "s0" || v.Pattern != "" {
		t.Errorf("unplaced looks like %s %s", v.Hue, v.Pattern)
	}
}

// fixture is a story told by outlets of two sides, with a copy and a silent outlet.
func fixture(first, second string) (*hub, *news.Lens, []*news.Article, *news.Comparison) {
	lens := &news.Lens{ID: "l", Sides: []news.Side{{ID: first, Title: first}, {ID: second, Title: second}}}
	h := &hub{sources: map[string]*news.Source{}, lenses: []news.Lens{*lens}, now: time.Unix(1e6, 0)}
	for id, sd := range map[string]string{"a": "one", "b": "one", "c": "two", "d": "two", "e": ""} {
		h.sources[id] = &news.Source{ID: id, Name: id, Sides: map[string]string{"l": sd}}
	}
	mk := func(id, src string, at int64) *news.Article {
		return &news.Article{ID: id, SourceID: src, FirstSeen: time.Unix(at, 0)}
	}
	articles := []*news.Article{mk("a1", "a", 30), mk("b1", "b", 20), mk("c1", "c", 10), mk("e1", "e", 40)}
	c := &news.Comparison{Sides: []news.Coverage{
		{SideID: "one", Copies: map[string]string{"a1": "c1"}},
		{SideID: "two", Silent: []string{"d", "c"}}, // c told it since the comparison was made
	}}
	return h, lens, articles, c
}

func describe(list []*telling) string {
	var b strings.Builder
	for _, t := range list {
		fmt.Fprintf(&b, "%s:", t.side.ID)
		for _, a := range t.articles {
			b.WriteString(" " + a.ID)
		}
		for _, root := range sortedKeys(t.copies) {
			fmt.Fprintf(&b, " %s<-%s", root, t.copies[root][0].ID)
		}
		for _, s := range t.silent {
			b.WriteString(" !" + s.ID)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestTellings(t *testing.T) {
	h, lens, articles, c := fixture("one", "two")
	list := h.tellings(lens, articles, c)
	if got, want := describe(list), "one: b1 c1<-a1\ntwo: c1 !d\nunplaced: e1\n"; got != want {
		t.Errorf("tellings:\n%swant:\n%s", got, want)
	}
	b := barOf(list)
	if want := "Outlets found to tell it. one: all 2; two: 1 of 2; Not stated: 1 of 1."; b.Label != want {
		t.Errorf("bar: %s, want %s", b.Label, want)
	}
	if len(b.Strokes) != 4 || b.Strokes[1].Hollow || !b.Strokes[2].Hollow {
		t.Errorf("strokes: %+v", b.Strokes)
	}
	if want := "M0 1h12v10h-12zm14 0h12v10h-12z"; b.Strokes[0].Path != want {
		t.Errorf("two cells: %s, want %s", b.Strokes[0].Path, want)
	}
	byFirst(list)
	if got, want := describe(list), "two: c1 !d\none: b1 c1<-a1\nunplaced: e1\n"; got != want {
		t.Errorf("by first report:\n%swant:\n%s", got, want)
	}
}

// Relabelling the sides relabels the page and changes nothing else: what is shown of a
// side does not depend on its place in the lens.
func TestSymmetry(t *testing.T) {
	h, lens, articles, c := fixture("one", "two")
	h2, swapped, _, _ := fixture("two", "one")
	a, b := h.tellings(lens, articles, c), h2.tellings(swapped, articles, c)
	byFirst(a)
	byFirst(b)
	if describe(a) != describe(b) {
		t.Errorf("in the lens one, two:\n%sin the lens two, one:\n%s", describe(a), describe(b))
	}
	if x, y := h.evenness(lens, articles), h2.evenness(swapped, articles); x != y {
		t.Errorf("evenness %v and %v", x, y)
	}
}

func TestOpening(t *testing.T) {
	h, _, articles, _ := fixture("one", "two")
	h.lenses = append(h.lenses, news.Lens{ID: "named", When: []string{"Halda"}})
	if got, by := h.opening(articles); got.ID != "l" || by != byDivision {
		t.Errorf("opens with %q, want the lens that divides it", got.ID)
	}
	articles[1].Title = "The haldanes"
	if got, by := h.opening(articles); got.ID != "l" || by != byDivision {
		t.Errorf("a part of a word opened lens %q", got.ID)
	}
	articles[1].Title = "What of the HALDA?"
	if got, by := h.opening(articles); got.ID != "named" || by != byName {
		t.Errorf("opens with %q, want the lens that is named", got.ID)
	}
}

// A bar of very many outlets has few cells, and a legend of very many sides is short.
func TestWideBar(t *testing.T) {
	var list []*telling
	for i := range 20 {
		tl := &telling{side: side{ID: fmt.Sprint(i), Title: fmt.Sprint(i), Hue: "s1"}}
		for range 30 {
			tl.silent = append(tl.silent, &news.Source{})
		}
		if i < 3 {
			tl.outlets = append(tl.outlets, &news.Source{})
		}
		list = append(list, tl)
	}
	b := barOf(list)
	if len(b.Strokes) != 23 || len(b.Sides) != 3 || b.Rest != "17 other sides: none found of 510" || b.Width > 800 {
		t.Errorf("%d strokes, %d sides, rest %q, width %d", len(b.Strokes), len(b.Sides), b.Rest, b.Width)
	}
}

func TestSeen(t *testing.T) {
	s := newSeen(2)
	t0, t1 := time.Unix(1, 0), time.Unix(2, 0)
	s.since("/a", "x", t0)
	if got := s.since("/a", "x", t1); !got.Equal(t0) {
		t.Errorf("unchanged since %v, want %v", got, t0)
	}
	if got := s.since("/a", "y", t1); !got.Equal(t1) {
		t.Errorf("changed at %v, want %v", got, t1)
	}
	for i := range 10 {
		s.since(fmt.Sprint(i), "x", t0)
	}
	if len(s.pages) > 2 {
		t.Errorf("remembers %d pages, at most 2", len(s.pages))
	}
}
