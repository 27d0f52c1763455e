package across

import (
	_ "embed" // places that do not sound alike in all languages
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
	"golang.org/x/text/unicode/norm"

	"parallax/internal/lang"
)

//go:embed data/places.txt
var placesText string

// shortest is how many letters of a place's name must stand at the beginning of a word that is
// derived from it: "Iran" in "Iranian". Syllables and Han say more.
const (
	shortest         = 4
	shortestSyllable = 2
	// longestDerived is how many letters a derived word has more, at most.
	longestDerived = 5
	// longestPlace is of how many words a name of a place is, at most.
	longestPlace = 4
	maxPlaceName = 40 // letters
)

// nowhere is what data/places.txt calls words that are neither places nor names.
const nowhere = "-"

// A gazetteer knows the places of a language by their names.
type gazetteer struct {
	whole map[string]string   // word or words -> place
	stems map[string]string   // beginning of a word -> place
	runs  map[string][]string // for scripts without spaces: first two letters -> names, the longest first
	first map[string]int      // first word of names of several -> of how many the longest is
}

var gazetteers struct {
	sync.Mutex // guards read
	read       map[string]*gazetteer
}

// gazetteerOf returns the places of a base language: its names of CLDR, and those of
// data/places.txt. Languages that CLDR does not know share one.
func gazetteerOf(tag string) *gazetteer {
	gazetteers.Lock()
	defer gazetteers.Unlock()
	if g := gazetteers.read[tag]; g != nil {
		return g
	}
	if gazetteers.read == nil {
		gazetteers.read = map[string]*gazetteer{}
	}
	var names display.Namer
	if t, err := language.Parse(tag); err == nil && tag != lang.Und {
		names = display.Regions(t)
	}
	if names == nil {
		if tag = lang.Und; gazetteers.read[tag] != nil {
			return gazetteers.read[tag]
		}
	}
	g := &gazetteer{whole: map[string]string{}, stems: map[string]string{}, runs: map[string][]string{}, first: map[string]int{}}
	if names != nil {
		for _, r := range countries() {
			g.add(names.Name(r), r.String())
		}
	}
	for line := range strings.Lines(placesText) {
		place, names, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || place == "#" {
			continue
		}
		for name := range strings.SplitSeq(names, "|") {
			g.add(name, place)
		}
	}
	gazetteers.read[tag] = g
	return g
}

// countries returns the countries that have a code of two letters.
var countries = sync.OnceValue(func() (list []language.Region) {
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			code := string([]rune{a, b})
			if r, err := language.ParseRegion(code); err == nil && r.IsCountry() && r.String() == code {
				list = append(list, r)
			}
		}
	}
	return list
})

func (g *gazetteer) add(name, place string) {
	name = strings.ReplaceAll(plain(name), ".", "")
	n := utf8.RuneCountInString(name)
	if n < 2 || n > maxPlaceName {
		return
	}
	first, size := utf8.DecodeRuneInString(name)
	s := scriptOf(first)
	if s == han || s == kana || s == unspaced {
		_, more := utf8.DecodeRuneInString(name[size:])
		head := name[:size+more]
		if slices.Contains(g.runs[head], name) {
			return
		}
		g.whole[name] = place
		list := append(g.runs[head], name)
		for i := len(list) - 1; i > 0 && len(list[i]) > len(list[i-1]); i-- {
			list[i], list[i-1] = list[i-1], list[i]
		}
		g.runs[head] = list
		return
	}
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) })
	if len(words) == 0 {
		return
	}
	for i := range words {
		words[i] = bare(words[i])
	}
	g.whole[strings.Join(words, " ")] = place
	if len(words) > 1 {
		g.first[words[0]] = min(max(g.first[words[0]], len(words)), longestPlace)
		return
	}
	if utf8.RuneCountInString(words[0]) >= least(s) && g.stems[words[0]] == "" && place != nowhere {
		g.stems[words[0]] = place // Nigeria before Niger
	}
	stem := strings.TrimRight(words[0], "aeiouyаеиоуыяюьйієαεηιο")
	if utf8.RuneCountInString(stem) < least(s) {
		stem = words[0]
	}
	if utf8.RuneCountInString(stem) >= least(s) && g.stems[stem] == "" && place != nowhere {
		g.stems[stem] = place
	}
}

func least(s script) int {
	if s == hangul {
		return shortestSyllable
	}
	return shortest
}

// bare takes the article off an Arabic word.
func bare(word string) string {
	for _, article := range []string{"وال", "بال", "ال"} {
		if rest, ok := strings.CutPrefix(word, article); ok && utf8.RuneCountInString(rest) >= 3 {
			return rest
		}
	}
	return word
}

// word returns the place that a word in lower case without accents names or is derived from, or
// "". Initials such as US are names only where they stand in capitals.
func (g *gazetteer) word(w string, s script, capitals bool) string {
	if s == arabic {
		w = bare(w)
	}
	if s.cased() && !capitals && utf8.RuneCountInString(w) < shortest {
		return ""
	}
	if p := g.whole[w]; p != "" {
		return p
	}
	n := utf8.RuneCountInString(w)
	for end := len(w); n >= least(s); n-- {
		if p := g.stems[w[:end]]; p != "" {
			if utf8.RuneCountInString(w)-n > longestDerived {
				return ""
			}
			return p
		}
		_, size := utf8.DecodeLastRuneInString(w[:end])
		end -= size
	}
	return ""
}

// run returns the place whose name a text of a script without spaces begins with, and its length.
func (g *gazetteer) run(text string) (place string, size int) {
	_, a := utf8.DecodeRuneInString(text)
	_, b := utf8.DecodeRuneInString(text[a:])
	for _, name := range g.runs[text[:a+b]] {
		if strings.HasPrefix(text, name) {
			return g.whole[name], len(name)
		}
	}
	return "", 0
}

// plain returns s in lower case, without the accents that writers leave out.
func plain(s string) string {
	ascii := true
	for i := 0; i < len(s) && ascii; i++ {
		ascii = s[i] < utf8.RuneSelf
	}
	s = strings.ToLower(s)
	if ascii {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf:
			b.WriteRune(r)
			continue
		case r == 'أ' || r == 'إ' || r == 'آ' || r == 'ٱ':
			r = 'ا'
		case r == 'ى' || r == 'ی':
			r = 'ي'
		case r == 'ک':
			r = 'ك'
		case r == 'ё':
			r = 'е'
		case unicode.Is(unicode.Mn, r) && !unicode.Is(unicode.Devanagari, r):
			continue
		case unicode.In(r, unicode.Latin, unicode.Greek):
			if d := norm.NFD.PropertiesString(string(r)).Decomposition(); len(d) > 0 {
				r, _ = utf8.DecodeRune(d)
			}
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Base returns the base tag of a language, or "und": two or three letters, so that feeds that declare nonsense cannot
// fill tables with languages. Bokmål and Nynorsk are "no".
func Base(tag string) string {
	tag, _, _ = strings.Cut(strings.ToLower(tag), "-")
	other := func(r rune) bool { return r < 'a' || r > 'z' }
	if len(tag) < 2 || len(tag) > 3 || strings.ContainsFunc(tag, other) {
		return lang.Und
	}
	switch tag {
	case "nb", "nn":
		return "no"
	case "iw":
		return "he"
	}
	return tag
}
