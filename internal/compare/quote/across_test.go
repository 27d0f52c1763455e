package quote

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"parallax/internal/news"
)

func at(id string, minute int, language, text string) *news.Article {
	return &news.Article{ID: id, Revision: 1, Language: language, Text: text, FirstSeen: time.Date(2026, 11, 2, 8, minute, 0, 0, time.UTC)}
}

// carried is what a test says of a Saying: the article, the words, the cuts, the differences.
func carried(articles []*news.Article, q news.Quote) (lines []string) {
	in := func(p news.Passage) string {
		for _, a := range articles {
			if words, ok := p.In(a); ok {
				return words
			}
		}
		return ""
	}
	for _, s := range q.Sayings {
		line := s.Words[0].ArticleID + ": " + s.Speaker
		for _, c := range s.Cuts {
			line += fmt.Sprintf(" | cut at %s: %s", c.Where, in(c.Left))
			if c.Marked {
				line += " (marked)"
			}
		}
		for _, d := range s.Differs {
			line += fmt.Sprintf(" | %s for %s", in(d.Here), in(d.First))
		}
		lines = append(lines, line)
	}
	return lines
}

func TestAcross(t *testing.T) {
	articles := []*news.Article{
		at("a", 1, "en", "“We never asked for talks, but we always said we would listen,” said Anna Vale, the mayor of Olm.\n\nShe spoke on Monday."),
		at("b", 2, "en", "Vale said: “We never asked for talks.”"),
		at("c", 3, "en", "“We never asked for talks, but ... we would listen,” Anna Vale told reporters."),
		at("d", 4, "en", "The mayor said that “we always said we would listen”."),
		at("e", 5, "en", "“We never asked for negotiations, but we always said we would listen,” Ms. Vale said."),
		at("f", 6, "en", "“The storm took every roof in the harbour,” said the harbour master, Per Dorn."),
		at("g", 7, "de", "„Wir haben nie um Gespräche gebeten“, sagte Anna Vale."),
	}
	quotes := Across(articles)
	want := []string{
		"a: Anna Vale",
		"e: Vale | negotiations for talks",
		"c: Anna Vale | cut at inside: we always said (marked)",
		"d: The mayor | cut at start: We never asked for talks, but",
		"b: Vale | cut at end: but we always said we would listen",
	}
	if diff := cmp.Diff(want, carried(articles, quotes[0])); diff != "" {
		t.Errorf("mismatch (-want +got):\n%s", diff)
	}
	if len(quotes) != 3 || len(quotes[1].Sayings) != 1 || quotes[2].Language != "de" {
		t.Errorf("%d quotes, want 3: %+v", len(quotes), quotes)
	}
}

// What is cut and what differs is told of the first Saying, and with what is the same makes it whole;
// the order in which articles come does not matter.
func TestAcrossProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SampledFrom(strings.Fields("we never asked for talks but always said that harbour storm port would listen … ...")) //nolint:gocritic // one literal is easier to read
		var articles []*news.Article
		for i := range rapid.IntRange(1, 8).Draw(t, "articles") {
			said := strings.Join(rapid.SliceOfN(words, 4, 14).Draw(t, "words"), " ")
			articles = append(articles, at(fmt.Sprint("a", i), i, rapid.SampledFrom([]string{"en", "en", "de"}).Draw(t, "tag"), "“"+said+",” said Anna Vale."))
		}
		quotes := Across(articles)
		shuffled := slices.Clone(articles)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)) //nolint:gosec // not for secrets
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if diff := cmp.Diff(quotes, Across(shuffled)); diff != "" {
			t.Fatalf("order matters (-first +shuffled):\n%s", diff)
		}
		seen := 0
		for _, q := range quotes {
			first := q.Sayings[0]
			for n, s := range q.Sayings {
				seen++
				if n == 0 && len(s.Cuts)+len(s.Differs) > 0 {
					t.Fatalf("the first lacks words: %+v", s)
				}
				last := -1
				for _, c := range s.Cuts {
					if c.Left.ArticleID != first.Words[0].ArticleID || c.Left.From < last || c.Left.From < first.Words[0].From || c.Left.To > first.Words[0].To {
						t.Fatalf("cut %+v of %+v after %d", c, first, last)
					}
					last = c.Left.To
				}
				for _, d := range s.Differs {
					if d.Here.From < s.Words[0].From || d.Here.To > s.Words[0].To {
						t.Fatalf("difference %+v of %+v", d, s)
					}
				}
			}
		}
		want := 0
		for _, a := range articles {
			want += len(Of(a))
		}
		if seen != want {
			t.Fatalf("%d sayings, want %d", seen, want)
		}
	})
}

// Of two people of one surname neither is named for what both are said to have said.
func TestNamesakes(t *testing.T) {
	const words = "“The gates will stay open for as long as the water rises in Olm,” said "
	for _, test := range []struct{ a, b, want string }{
		{"Anna Dorn", "Christopher Dorn", ""},
		{"Anna Dorn", "Dorn", "Anna Dorn"},
		{"Anna Dorn", "Anna Maria Dorn", "Anna Maria Dorn"},
	} {
		quotes := Across([]*news.Article{at("a", 1, "en", words+test.a+"."), at("b", 2, "en", words+test.b+".")})
		if len(quotes) != 1 || quotes[0].Speaker != test.want {
			t.Errorf("%s and %s: %+v, want %q", test.a, test.b, quotes, test.want)
		}
	}
}

// BenchmarkHostile is of texts that an outlet wrote so that much is looked through.
func BenchmarkHostile(b *testing.B) {
	many := "“We all stay in the harbour tonight,” said Anna Dorn."
	for i := range 3000 {
		many += fmt.Sprintf(" gov %caa%d,", 'A'+rune(i%26), i)
	}
	soup := ""
	for i := range 900 {
		soup += fmt.Sprintf("“We open the gates when the water asks for it %d and not before it does,” said Anna Dorn. ", i%7)
	}
	for name, text := range map[string]string{
		"names": many + strings.Repeat("\n\n“a", 6000),
		"said":  strings.Repeat("“a b c d e,” Dorn said, “a b” ", 2000),
		"soup":  soup,
	} {
		b.Run(name, func(b *testing.B) {
			var articles []*news.Article
			for i := range 20 {
				articles = append(articles, at(fmt.Sprint("a", i), i, "en", strings.ToValidUTF8(text[:min(len(text), 60_000)], "")))
			}
			for b.Loop() {
				Across(articles)
			}
		})
	}
}
