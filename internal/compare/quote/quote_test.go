package quote

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"parallax/internal/news"
)

// shape is what every Quote of an Article holds to.
func shape(t interface {
	Helper()
	Fatalf(format string, args ...any)
}, a *news.Article, quotes []news.Quote,
) {
	t.Helper()
	last := -1
	for _, q := range quotes {
		if len(q.Sayings) != 1 {
			t.Fatalf("%d sayings in one article", len(q.Sayings))
		}
		s := q.Sayings[0]
		if len(s.Words) == 0 || s.Words[0].From < last {
			t.Fatalf("words %v after %d", s.Words, last)
		}
		last = s.Words[0].From
		at := -1
		for _, p := range s.Words {
			words, ok := p.In(a)
			if !ok || p.From < at || strings.TrimSpace(words) != words {
				t.Fatalf("%+v is %q of %q", p, words, a.Text)
			}
			at = p.To
		}
		if q.Speaker != s.Speaker || (s.Speaker == "") != (s.Named == news.Passage{}) {
			t.Fatalf("speaker %q, %q, named at %v", q.Speaker, s.Speaker, s.Named)
		}
		if s.Speaker != "" {
			if named, ok := s.Named.In(a); !ok || named != s.Speaker {
				t.Fatalf("%q is named at %q of %q", s.Speaker, named, a.Text)
			}
		}
		if _, ok := s.By.In(a); s.By != (news.Passage{}) && !ok {
			t.Fatalf("%+v is nowhere in %q", s.By, a.Text)
		}
		if q.Kind == news.QuoteDirect {
			before, _ := utf8.DecodeLastRuneInString(strings.TrimRightFunc(a.Text[:s.Words[0].From], func(r rune) bool { return unicode.IsSpace(r) && r != '\n' || r == utf8.RuneError }))
			if s.Words[0].From > 0 && kindOf(before) == 0 && !dash(string(before)) && before != '\n' {
				t.Fatalf("no mark before %q of %q", a.Text[s.Words[0].From:], a.Text)
			}
		}
	}
}

var languages = []string{"en", "ru", "uk", "de", "fr", "es", "ar", "zh", "ja", "und"}

func drawText(t *rapid.T) (string, string) {
	piece := rapid.SampledFrom([]string{
		"“", "”", "„", "«", "»", "‹", "›", "\"", "'", "’", "‘", "「", "」", "『", "』", "—", " – ", "- ", ", ", ". ", ": ", "! ", "…", "\n\n", " ", "(", ")",
		"Anna Vale", "Dorn", "the minister", "said", "he", "told", "According to", "that", "which", "The port of Olm", "was shut",
		"сказал", "министр", "Анна Валь", "что", "по словам", "он", "Порт закрыт", "قال", "الوزير", "إن", "表示", "王某", "港口关闭", "，", "。", "：",
		"sagte", "laut", "a déclaré", "dijo", "el ministro", "ё\u0301", "\u00a0", "\uFFFD", "𝒳",
	})
	tag := rapid.SampledFrom(languages).Draw(t, "language")
	text := rapid.OneOf(
		rapid.Map(rapid.SliceOfN(piece, 0, 60), func(p []string) string { return strings.Join(p, "") }),
		rapid.Map(rapid.SliceOfN(piece, 0, 60), func(p []string) string { return strings.Join(p, " ") }),
		rapid.String(),
	).Draw(t, "text")
	return text, tag
}

// Whatever a text holds, what is found in it stands in it, in order, in whole characters.
func TestShape(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, tag := drawText(t)
		a := &news.Article{ID: "a", Revision: 3, Language: tag, Text: text}
		quotes := Of(a)
		shape(t, a, quotes)
	})
}

func FuzzOf(f *testing.F) {
	f.Add("en", "“We stay,” said Anna Vale. “All of us.”\n\n“And")
	f.Add("ru", "«Мы останемся, — сказал Дорн. — Все».")
	f.Add("zh", "王某表示：“港口关闭。”")
	f.Fuzz(func(t *testing.T, tag, text string) {
		a := &news.Article{ID: "a", Revision: 1, Language: tag, Text: text}
		shape(t, a, Of(a))
	})
}
