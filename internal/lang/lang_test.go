package lang

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestTokens(t *testing.T) {
	for _, tt := range []struct {
		text, tag string
		want      string // word/stem, ^ before a capital, # before a number
	}{
		{"The ministers’ talks", "en", "^the minist:ministers talk:talks"},
		{"The minister's", "en", "^the minist:minister"},
		{"O'Neil doesn't agree", "en", "^oneil doesnt agre:agree"}, //nolint:misspell // a stem
		{"U.S. and today.norrland.example", "en", "^us and today norrland exampl:example"},
		{"l’eau d'une aujourd'hui qu'elle", "fr", "eau une aujourdhui elle"},
		{"dell'acqua", "it", "acqua"},
		{"l’eau", "und", "leau"},
		{"Malmö Häuser Straße", "de", "^malmo ^haus:hauser ^strass:strasse"},
		{"İstanbul'da ılık", "tr", "^istanbul:istanbulda ilik"},
		{"Ёлки новости", "ru", "^елк:елки новост:новости"},
		{"Україна Новий", "uk", "^україна ^новий"},
		{"12,500 and 12.500 and 3.5 and 3,25 and 1 in 2026", "en", "#12500 and #12500 and #3.5 and #3.25 and #1 in #2026"},
		{"1.250.000,75 0.125 12.10.2026 ٣٫٥", "und", "#1250000.75 #0.125 #12.10.2026 #3.5"},
		{"河川協定が", "ja", "河川 川協 協定 定が"},
		{"水", "zh", "水"},
		{"2026年の", "ja", "#2026 年の"},
		{"정부가 발표", "ko", "정부 부가 발표"},
		{"แม่น้ำ", "th", "แม่ ม่น้ น้\u0e4d\u0e32"},
		{"नदी का पानी", "hi", "नदी का पानी"},
		{"مُحَمَّد أحمد", "fa", "محمد احمد"},
		{"ＦＵＬＬ ﬁne", "und", "^full fine"},
		{"", "en", ""},
		{"… — !", "en", ""},
	} {
		var got []string
		for _, tok := range Tokens(tt.text, tt.tag) {
			s := tok.Word
			if tok.Text != tok.Word {
				s = tok.Text + ":" + tok.Word
			}
			if tok.Cap {
				s = "^" + s
			}
			if tok.Number {
				s = "#" + s
			}
			got = append(got, s)
		}
		if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" {
			t.Errorf("Tokens(%q, %q) mismatch (-want +got):\n%s", tt.text, tt.tag, diff)
		}
	}
}

// What an index holds and what a query asks for must meet.
func TestQueryFindsText(t *testing.T) {
	hub := []string{"en", "sv", "fr", "ru", "ar", "ja", "th", "hi", "de"}
	for _, tt := range []struct {
		text, tag, query string
		want             bool
	}{
		{"Hamnen i Malmö stängs", "sv", "Malmo", true},
		{"Hamnen i Malmö stängs", "sv", "malmö hamn", true},
		{"Talks on the river agreements failed", "en", "agreement talk", true},
		{"Talks on the river agreements failed", "en", "agreement peace", false},
		{"L’eau de la rivière", "fr", "eau rivières", true},
		{"L’eau de la rivière", "fr", "l'eau", true},
		{"Переговоры о реке", "ru", "переговорах", true},
		{"河川協定が結ばれた", "ja", "協定", true},
		{"河川協定が結ばれた", "ja", "海洋", false},
		{"ข่าวแม่น้ำวันนี้", "th", "แม่น้ำ", true},
		{"नदी का पानी", "hi", "पानी", true},
		{"नदी का पानी", "hi", "पाना", false},
		{"Die Straße", "de", "strasse", true},
		{"costs 12,500 crowns", "en", "12500", true},
		{"see today.norrland.example", "en", "today.norrland.example", true},
	} {
		terms := map[string]bool{}
		for _, s := range IndexTerms(tt.text, tt.tag) {
			terms[s] = true
		}
		query := QueryTerms(tt.query, hub)
		got := len(query) > 0
		for _, alternatives := range query {
			found := false
			for _, a := range alternatives {
				found = found || terms[a]
			}
			got = got && found
		}
		if got != tt.want {
			t.Errorf("query %q over %q: %v, want %v\nindex %q\nquery %q", tt.query, tt.text, got, tt.want, IndexTerms(tt.text, tt.tag), query)
		}
	}
}

func TestQueryTermsAreBounded(t *testing.T) {
	if got := len(QueryTerms(strings.Repeat("a b c ", 500), []string{"en"})); got > MaxQuery {
		t.Errorf("%d words of a query count, want at most %d", got, MaxQuery)
	}
	if got := QueryTerms(" … ", nil); len(got) != 0 {
		t.Errorf("a query without words has terms: %q", got)
	}
}

func FuzzTokens(f *testing.F) {
	for _, s := range []string{
		"The minister's 12,500 l’eau", "河川協定", "แม่น้ำ", "İI", "ﷺ", "\xff\xfe", "a\u0301\u0301", "नदी", "1.2.3.", "'s", "...", "٣٫٥",
		"O'", "K\u212a", "ǿ", "𝟘𝟙", "q.u.", strings.Repeat("啊", 100), "ーー",
	} {
		f.Add(s, "en")
		f.Add(s, "tr")
		f.Add(s, "fr")
	}
	f.Fuzz(func(t *testing.T, text, tag string) {
		first := Tokens(text, tag)
		for _, tok := range first {
			if tok.Text == "" || tok.Word == "" || !utf8.ValidString(tok.Word+tok.Text) {
				t.Fatalf("token %+v of %q", tok, text)
			}
			if utf8.RuneCountInString(tok.Word) > 20*MaxWord {
				t.Fatalf("token of %d runes", utf8.RuneCountInString(tok.Word))
			}
		}
		if diff := cmp.Diff(first, Tokens(text, tag)); diff != "" {
			t.Fatalf("a second time it differs: %s", diff)
		}
		for _, term := range IndexTerms(text, tag) {
			for _, r := range term {
				if !unicode.IsLetter(r) && !unicode.IsNumber(r) {
					t.Fatalf("term %q of %q has %U", term, text, r)
				}
			}
		}
		Detect(text, tag)
	})
}

const benchText = `The regional council of Norrland rejected the water agreement on Monday, saying that the quotas offered
by Sudermark would leave twelve villages without irrigation in dry years. Officials in the capital said that talks would
continue, and that neither side wanted the dispute over the river to reach the international court.`

func BenchmarkTokens(b *testing.B) {
	b.SetBytes(int64(len(benchText)))
	b.ReportAllocs()
	for b.Loop() {
		Tokens(benchText, "en")
	}
}

func BenchmarkDetect(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Detect(benchText, "en")
	}
}

// TestFirstTokens: the first words are those that Tokens finds first.
func TestFirstTokens(t *testing.T) {
	for _, text := range []string{"", "one", "The ferry ran aground off Callis at 6.30", "货运列车在韦尔马脱轨 铁路线 closed", "a.b.c host.name.example twice"} {
		all := Tokens(text, "en")
		for n := range len(all) + 2 {
			if got, want := FirstTokens(text, "en", n), all[:min(n, len(all))]; !slices.Equal(got, want) {
				t.Errorf("FirstTokens(%q, %d) = %v, want %v", text, n, got, want)
			}
		}
	}
}

func TestRoot(t *testing.T) {
	for _, tag := range []string{"uk", "cs-CZ", "el", "sl"} {
		if !HasEndings(tag) {
			t.Errorf("HasEndings(%s) = false", tag)
		}
	}
	for _, tag := range []string{"en", "de", "id", "zh", "he", "und", ""} {
		if HasEndings(tag) {
			t.Errorf("HasEndings(%s) = true", tag)
		}
	}
	for _, test := range []struct{ text, want string }{
		{"Ukrajině", "ukraj"},
		{"Ukrajina", "ukraj"},
		{"урядового", "урядо"},
		{"rok", "rok"},
		{"123456", "123456"},
	} {
		if got := Root(Tokens(test.text, "cs")[0]); got != test.want {
			t.Errorf("Root(%s) = %s, want %s", test.text, got, test.want)
		}
	}
}
