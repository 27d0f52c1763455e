package across

import (
	"strings"
	"testing"
)

// spelledIn returns how a name of a language is spelled for a family.
func spelledIn(name, tag string, f family) string {
	r := rulesOf(tag)
	s := scriptOf([]rune(name)[0])
	word := []rune(name)
	full := string(word)
	if s == arabic {
		full = bare(full)
	}
	return string(spelled(r.sound(r.unending(strings.ToLower(full)), s, nil), f, nil))
}

// TestNamesMeet: a name is spelled alike in the languages that write it.
func TestNamesMeet(t *testing.T) {
	t.Parallel()
	type name struct{ name, tag string }
	for _, names := range [][]name{
		{{"Zelensky", "en"}, {"Zelenskyy", "en"}, {"Selenskyj", "de"}, {"Zelenski", "es"}, {"Зеленский", "ru"}, {"Зеленского", "ru"}, {"Зеленському", "uk"}, {"Зяленскі", "be"}, {"Ζελένσκι", "el"}, {"Zelenskio", "lt"}, {"Zelenskim", "pl"}, {"ზელენსკი", "ka"}},
		{{"Putin", "en"}, {"Poutine", "fr"}, {"Путина", "ru"}, {"Путиным", "ru"}, {"Πούτιν", "el"}, {"Putinas", "lt"}, {"पुतिन", "hi"}, {"Պուտին", "hy"}},
		{{"Trump", "en"}, {"Трамп", "ru"}, {"Trumps", "de"}, {"ट्रंप", "hi"}, {"Τραμπ", "el"}},
		{{"Netanyahu", "en"}, {"Нетаньяху", "ru"}, {"Netanjahu", "de"}},
		{{"Khamenei", "en"}, {"Chamenei", "de"}, {"Jamenei", "es"}, {"Хаменеи", "ru"}},
		{{"Kharkiv", "en"}, {"Charkiw", "de"}, {"Харків", "uk"}},
		{{"Shevchenko", "en"}, {"Schewtschenko", "de"}, {"Chevtchenko", "fr"}, {"Шевченко", "uk"}},
		{{"Starmer", "en"}, {"Стармер", "ru"}, {"Стармера", "ru"}},
		{{"Davos", "en"}, {"Давос", "ru"}},
		{{"Velmora", "en"}, {"Вельмора", "ru"}},
	} {
		want := spelledIn(names[0].name, names[0].tag, vowels)
		for _, n := range names {
			if got := spelledIn(n.name, n.tag, vowels); got != want || got == "" {
				t.Errorf("%s (%s) is spelled %q, %s %q", n.name, n.tag, got, names[0].name, want)
			}
		}
	}
	for _, c := range []struct {
		f     family
		names []name
	}{
		{abjad, []name{{"Zelensky", "en"}, {"Зеленский", "ru"}, {"زيلينسكي", "ar"}, {"זלנסקי", "he"}, {"زلنسکی", "fa"}}},
		{abjad, []name{{"Macron", "fr"}, {"ماكرون", "ar"}, {"מקרון", "he"}, {"ماکرون", "fa"}}},
		{abjad, []name{{"Putin", "en"}, {"بوتين", "ar"}, {"پوتین", "fa"}}},
		{abjad, []name{{"Trump", "en"}, {"ترامب", "ar"}, {"ترامپ", "fa"}}},
		{east, []name{{"Zelensky", "en"}, {"젤렌스키", "ko"}, {"젤렌스키는", "ko"}, {"ゼレンスキー", "ja"}}},
		{east, []name{{"Macron", "fr"}, {"마크롱", "ko"}, {"マクロン", "ja"}}},
		{east, []name{{"Trump", "en"}, {"트럼프", "ko"}, {"トランプ", "ja"}}},
	} {
		want := spelledIn(c.names[0].name, c.names[0].tag, c.f)
		for _, n := range c.names {
			if got := spelledIn(n.name, n.tag, c.f); got != want || got == "" {
				t.Errorf("%s (%s) is spelled %q, %s %q", n.name, n.tag, got, c.names[0].name, want)
			}
		}
	}
	for _, pair := range [][2]string{{"Getty", "Gout"}, {"Rocky", "Rice"}, {"Putin", "Biden"}} {
		if a, b := spelledIn(pair[0], "en", vowels), spelledIn(pair[1], "en", vowels); a == b {
			t.Errorf("%s and %s are both spelled %q", pair[0], pair[1], a)
		}
	}
}
