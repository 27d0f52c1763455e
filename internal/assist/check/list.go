package check

import (
	"embed"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"parallax/internal/lang"
)

//go:embed data/*.txt
var data embed.FS

// A list is what is known of a language. The files in data/ have lines of a kind, a colon, and
// entries with commas between; "#" begins a comment. A word that ends in "*" stands for all that begin
// so. Kinds:
//
//	open    words that begin sentences and are no names
//	not     words that negate
//	count   words for numbers, each with its value; negative ones are vague: dozens -10
//	judge   words and phrases that judge, or call true or false
//	plain   words with a capital letter that a translation need not have from the original: days, titles
//	order   phrases that tell a machine what to do; they are looked for in texts of all languages
type list struct {
	open  map[string]bool
	not   phrases
	count map[string]float64
	judge phrases
	plain map[string]bool
}

// lists are those of all languages, orders the phrases that tell a machine what to do.
var lists, orders = func() (map[string]*list, phrases) {
	all, orders := map[string]*list{}, phrases{}
	entries, err := data.ReadDir("data")
	if err != nil {
		panic("check: data: " + err.Error()) // unreachable: it is embedded
	}
	for _, e := range entries {
		tag := strings.TrimSuffix(e.Name(), ".txt")
		text, err := data.ReadFile("data/" + e.Name())
		if err == nil {
			all[tag], err = parse(string(text), tag, orders)
		}
		if err != nil {
			panic("check: data/" + e.Name() + ": " + err.Error()) // unreachable: a test reads them
		}
	}
	return all, orders
}()

func parse(text, tag string, orders phrases) (*list, error) {
	l := &list{open: map[string]bool{}, not: phrases{}, count: map[string]float64{}, judge: phrases{}, plain: map[string]bool{}}
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		kind, entries, ok := strings.Cut(strings.TrimSpace(line), ":")
		if !ok {
			if strings.TrimSpace(line) != "" {
				return nil, fmt.Errorf("no kind: %q", line)
			}
			continue
		}
		for entry := range strings.SplitSeq(entries, ",") {
			entry = strings.TrimSpace(entry)
			switch kind {
			case "open":
				l.open[folded(entry, tag)] = true
			case "plain":
				l.plain[folded(entry, tag)] = true
			case "not":
				l.not.add(entry, tag)
			case "judge":
				l.judge.add(entry, tag)
			case "order":
				orders.add(entry, tag)
			case "count":
				words := strings.Fields(entry)
				v, err := 0.0, error(nil)
				if len(words) == 2 {
					v, err = strconv.ParseFloat(words[1], 64)
				}
				if len(words) != 2 || err != nil {
					return nil, fmt.Errorf("%q is no word and its value", entry)
				}
				l.count[folded(words[0], tag)] = v
			default:
				return nil, fmt.Errorf("nothing is of the kind %q", kind)
			}
		}
	}
	return l, nil
}

// Checks reports whether sentences in the language of tag can be checked: there must be a list, and
// its script must tell names by a capital letter.
func Checks(tag string) bool { return lists[lang.Base(tag)] != nil }

// Languages are the base languages in which sentences can be checked.
func Languages() []string {
	var tags []string
	for tag := range lists {
		tags = append(tags, tag)
	}
	slices.Sort(tags)
	return tags
}

// Commands reports whether text tells a machine what to do instead of readers what happened, as far
// as that is known.
func Commands(text string) bool {
	for _, tag := range Languages() {
		if orders.in(read(text, tag)) {
			return true
		}
	}
	return false
}

// folded is a word as texts are compared by.
func folded(word, tag string) string {
	t := lang.FirstTokens(word, tag, 1)
	if len(t) == 0 {
		return ""
	}
	return t[0].Word
}

// phrases are runs of words, by their first word; those of which the first word is a beginning
// are under "*".
type phrases map[string][][]string

func (p phrases) add(entry, tag string) {
	var words []string
	for w := range strings.FieldsSeq(strings.ReplaceAll(entry, "-", " ")) {
		star := ""
		if strings.HasSuffix(w, "*") {
			star = "*"
		}
		if f := folded(strings.TrimSuffix(w, "*"), tag); f != "" {
			words = append(words, f+star)
		}
	}
	if len(words) == 0 {
		return
	}
	first := words[0]
	if strings.HasSuffix(first, "*") {
		first = "*"
	}
	p[first] = append(p[first], words)
}

// in reports whether one of the phrases stands in text.
func (p phrases) in(t *text) bool { return p.count(t) > 0 }

// count returns how many words of text begin one of the phrases.
func (p phrases) count(t *text) int {
	n := 0
	for i := range t.words {
		at := func(words []string) bool {
			for j, w := range words {
				if i+j >= len(t.words) || !is(t.words[i+j].folded, w) {
					return false
				}
			}
			return true
		}
		if slices.ContainsFunc(p[t.words[i].folded], at) || slices.ContainsFunc(p["*"], at) {
			n++
		}
	}
	return n
}

func is(word, entry string) bool {
	if begin, ok := strings.CutSuffix(entry, "*"); ok {
		return strings.HasPrefix(word, begin)
	}
	return word == entry
}
