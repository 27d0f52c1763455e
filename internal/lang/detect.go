package lang

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/RadhiFadlillah/whatlanggo"
	"golang.org/x/text/language"
)

// Und is the tag of a language that is not known.
const Und = "und"

const (
	// detectBytes is how much of a text language detection reads: more of the same
	// language teaches it nothing.
	detectBytes = 4 << 10
	// detectLetters is how few letters tell nothing but their script.
	detectLetters = 12
	// sure is how much better than the declared language another must fit to replace it,
	// in the detector's terms; likely is enough where nothing was declared.
	sure, likely = 0.9, 0.05
)

// Detect returns the BCP 47 base tag of the language of text, or "und". The hint is the
// language that feed or page declares, or ""; it decides unless the text says otherwise
// clearly, for in a headline of five words the declaration is the better witness, and
// in a whole text the text is.
func Detect(text, hint string) string {
	text = bounded(text, detectBytes)
	declared := base(hint)
	script, letters := scriptOf(text)
	if letters == 0 {
		return declared
	}
	if declared != Und && !writes(hint, script) {
		declared = Und // declared English, written in Cyrillic: the usual mistake
	}
	if tag := ofScript[script]; tag != "" {
		if declared != Und {
			return declared
		}
		return tag
	}
	if letters < detectLetters {
		return declared
	}
	switch script {
	case "Cyrl":
		// Few languages share this alphabet whole; a letter says more than its neighbours.
		switch told := cyrillic(text); told {
		case "":
		case Und:
			return declared
		default:
			return told
		}
		if declared == Und {
			if tag := byCommonWords(text, notCyrillic(text)...); tag != "" {
				return tag
			}
		}
	case "Arab":
		if tag := plainArabic(text, declared, letters); tag != "" {
			return tag
		}
	case "Latn":
		if tag := bySmallWords(text, declared); tag != "" {
			return tag
		}
		if declared == Und {
			if tag := byCommonWords(text); tag != "" {
				return tag
			}
		}
	}
	var options whatlanggo.Options
	if script == "Cyrl" {
		options.Blacklist = map[whatlanggo.Lang]bool{}
		for _, tag := range notCyrillic(text) {
			options.Blacklist[profiles[tag]] = true
		}
	}
	info := whatlanggo.DetectWithOptions(text, options)
	found := base(info.Lang.Iso6391())
	switch {
	case found == Und || info.Confidence == 0 || found == declared:
		return declared
	case letters < fewLetters && !frequent[found]:
		// Of so few letters the detector makes Javanese and Hausa of what is neither.
		return declared
	case declared == Und:
		if info.Confidence < likely && letters < fewLetters {
			return Und
		}
		return found
	}
	// The two in a contest of their own.
	prior, known := profiles[declared]
	if !known {
		// The detector knows the neighbours of this language only (Catalan, Slovak,
		// Galician, Malay): what it found is one of them, or the declaration is wrong. English
		// fits few neighbours, and is what wrong declarations hide.
		if found == "en" && info.Confidence >= sure {
			return found
		}
		return declared
	}
	contest := whatlanggo.DetectWithOptions(text, whatlanggo.Options{
		Whitelist: map[whatlanggo.Lang]bool{info.Lang: true, prior: true},
	})
	if contest.Lang == info.Lang && contest.Confidence >= sure {
		return found
	}
	return declared
}

// cyrillic returns the one language that has the letters of text, as far as letters
// tell; Und for a language that the detector does not know, "" if they do not tell.
func cyrillic(text string) string {
	has := func(letters string) bool { return strings.ContainsAny(text, letters) }
	switch {
	case has("ҚқҢңҒғҮүҰұҺһӘәӨөҲҳҶҷӢӣӮӯӀ"): // Kazakh, Kyrgyz, Mongolian, Tatar, Tajik, Chechen
		return Und
	case has("Ўў"):
		return "be"
	case has("ЇїЄєҐґ") || has("Іі") && !has("ЫыЭэ"):
		return "uk"
	case has("ЃѓЌќЅѕ"):
		return "mk"
	case has("ЂђЋћ"):
		return "sr"
	case has("ЫыЭэ") && !has("Іі"):
		return "ru"
	}
	return ""
}

// notCyrillic returns languages that do not have the letters of text, or would have others.
func notCyrillic(text string) (tags []string) {
	if !strings.ContainsAny(text, "ЈјЉљЊњЏџ") || strings.ContainsAny(text, "ЙйЯяЮюЩщЬьЪъ") {
		tags = append(tags, "sr", "mk")
	}
	// The only place of ь in Bulgarian is before о.
	if strings.ContainsRune(strings.ReplaceAll(strings.ToLower(text), "ьо", ""), 'ь') {
		tags = append(tags, "bg")
	}
	// Where the letters that cyrillic looks for are missing, so is Ukrainian.
	return append(tags, "uk")
}

// manyLetters is how many letters of a text hold each letter of its alphabet that is not
// rare.
const manyLetters = 60

// plainArabic returns "ar" for text that has no letter which only its neighbours have (Persian,
// Urdu, Pashto, Kurdish), if it is declared or the text is long; otherwise "".
func plainArabic(text, declared string, letters int) string {
	if (declared == "ar" || declared == Und && letters >= manyLetters) && !strings.ContainsAny(text, "پچژگکیٹڈڑےںھہټډړښڼېۍڕڵۆێە") {
		return "ar"
	}
	return ""
}

// fewLetters is how many letters are too few to tell a language that news are seldom written in.
const fewLetters = 200

// frequent are the languages that a headline may be in without being declared.
var frequent = func() map[string]bool {
	m := map[string]bool{"ru": true, "uk": true, "bg": true, "be": true, "mk": true, "ar": true, "fa": true, "ur": true, "hi": true, "he": true, "mr": true, "ne": true}
	for _, tag := range smallTags {
		m[tag] = true
	}
	return m
}()

// profiles are the languages that the detector knows, by base tag.
var profiles = func() map[string]whatlanggo.Lang {
	m := map[string]whatlanggo.Lang{}
	for l := range whatlanggo.Langs {
		if tag := base(l.Iso6391()); tag != Und && l != whatlanggo.Nno {
			m[tag] = l
		}
	}
	return m
}()

// ofScript are the languages that have a script to themselves, near enough.
var ofScript = map[string]string{
	"Grek": "el", "Thai": "th", "Hang": "ko", "Geor": "ka", "Armn": "hy", "Khmr": "km", "Laoo": "lo", "Mymr": "my",
	"Beng": "bn", "Taml": "ta", "Telu": "te", "Knda": "kn", "Mlym": "ml", "Gujr": "gu", "Guru": "pa", "Orya": "or",
	"Sinh": "si", "Hani": "zh", "Jpan": "ja", "Thaa": "dv", "Tibt": "bo",
}

// scripts are looked up in this order.
var scripts = []struct {
	name  string
	table *unicode.RangeTable
}{
	{"Latn", unicode.Latin},
	{"Cyrl", unicode.Cyrillic},
	{"Arab", unicode.Arabic},
	{"Hani", unicode.Han},
	{"Jpan", unicode.Hiragana},
	{"Jpan", unicode.Katakana},
	{"Hang", unicode.Hangul},
	{"Deva", unicode.Devanagari},
	{"Hebr", unicode.Hebrew},
	{"Grek", unicode.Greek},
	{"Thai", unicode.Thai},
	{"Beng", unicode.Bengali},
	{"Taml", unicode.Tamil},
	{"Telu", unicode.Telugu},
	{"Geor", unicode.Georgian},
	{"Armn", unicode.Armenian},
	{"Ethi", unicode.Ethiopic},
	{"Khmr", unicode.Khmer},
	{"Laoo", unicode.Lao},
	{"Mymr", unicode.Myanmar},
	{"Knda", unicode.Kannada},
	{"Mlym", unicode.Malayalam},
	{"Gujr", unicode.Gujarati},
	{"Guru", unicode.Gurmukhi},
	{"Orya", unicode.Oriya},
	{"Sinh", unicode.Sinhala},
	{"Thaa", unicode.Thaana},
	{"Tibt", unicode.Tibetan},
}

// scriptOf returns the script of most letters of text, and how many it has. Text with a
// share of kana is Japanese, however many Han characters it has.
func scriptOf(text string) (name string, letters int) {
	var counts [32]int
	last := 0
	for _, r := range text {
		if r < utf8.RuneSelf {
			if 'a' <= r|0x20 && r|0x20 <= 'z' {
				counts[0]++
				letters++
			}
			continue
		}
		if !unicode.IsLetter(r) {
			continue
		}
		letters++
		if unicode.Is(scripts[last].table, r) {
			counts[last]++
			continue
		}
		for i := range scripts {
			if unicode.Is(scripts[i].table, r) {
				counts[i]++
				last = i
				break
			}
		}
	}
	const han, hiragana, katakana = 3, 4, 5
	if kana := counts[hiragana] + counts[katakana]; kana > 0 && counts[hiragana]*10 >= counts[han] {
		counts[hiragana], counts[katakana], counts[han] = kana+counts[han], 0, 0
	}
	best, most := -1, 0
	for i, n := range counts {
		// A Han character says as much as three letters of an alphabet: names in Latin
		// letters do not make a Chinese headline English.
		if i == han || i == hiragana || i == 6 {
			n *= 3
		}
		if n > most {
			best, most = i, n
		}
	}
	if best < 0 {
		return "", letters
	}
	return scripts[best].name, letters
}

// writes reports whether the language of tag is written in script. Serbian, Uzbek, Kurdish
// and the like are written in two.
func writes(tag, script string) bool {
	t, err := language.Parse(tag)
	if err != nil {
		return false
	}
	s, _ := t.Script()
	likely := s.String()
	switch likely {
	case script:
		return true
	case "Hans", "Hant":
		return script == "Hani"
	case "Jpan", "Kore":
		return script == "Hani" || script == "Hang" && likely == "Kore"
	}
	return strings.Contains(twoScripts[base(tag)], script)
}

// twoScripts are the second scripts of languages that have two in daily use.
var twoScripts = map[string]string{
	"sr": "Latn Cyrl", "bs": "Latn Cyrl", "sh": "Latn Cyrl", "me": "Latn Cyrl", "uz": "Latn Cyrl Arab", "kk": "Latn Cyrl Arab",
	"az": "Latn Cyrl Arab", "tk": "Latn Cyrl", "ku": "Latn Arab", "pa": "Guru Arab", "ks": "Arab Deva", "sd": "Arab Deva",
	"mn": "Cyrl", "ug": "Arab Cyrl Latn", "ms": "Latn Arab", "ha": "Latn Arab", "so": "Latn Arab", "tt": "Cyrl Latn",
	"yi": "Hebr", "ber": "Latn Tfng Arab", "zgh": "Latn Tfng Arab", "kab": "Latn Tfng",
}
