package quote

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"parallax/internal/news"
	"parallax/internal/testkit"
)

// A labelled is a document of a collection, and what a reader found in it without having seen what
// this package finds. It holds no words of the document: places are bytes of its text.
//
// One is a line of testdata/labels-<tag>.jsonl:
//
//	{"set":"stories/x.jsonl.gz","id":"x:1","sha256":"…","quotes":[{"kind":"direct","from":120,"to":164,"speaker_from":80,"speaker_to":89}]}
type labelled struct {
	Set    string  `json:"set"`    // file of the test data: JSON lines with id and text, compressed
	ID     string  `json:"id"`     // of the document
	SHA256 string  `json:"sha256"` // of its text
	Quotes []label `json:"quotes"` // in the order of the text
}

// A label is a passage that somebody said: the words between one pair of marks, so that a quote
// with "he said" within, or of three paragraphs, is two or three of them.
type label struct {
	Kind news.QuoteKind `json:"kind"`
	From int            `json:"from"`
	To   int            `json:"to"`
	// SpeakerFrom and SpeakerTo are the fullest name of who said it, anywhere in the text; both
	// zero where a reader cannot tell.
	SpeakerFrom int `json:"speaker_from"`
	SpeakerTo   int `json:"speaker_to"`
	// Also are other names of the same in the text that are as right: a letter for who wrote it.
	Also [][2]int `json:"also"`
}

const (
	// fewest is how many words a passage has at least that counts: of a shorter one nothing is asked.
	fewest = 3
	// overlap is how much of the words of a passage and of the label together both have at least.
	overlap = 0.8
	// maxLabelLine bounds a line of labels, in bytes; maxDocument a line of a collection.
	maxLabelLine, maxDocument = 1 << 20, 1 << 24
)

// floors are what must be reached, a little below what is: a change that makes it worse is seen.
var floors = []struct {
	language string
	kind     news.QuoteKind // "" is both, words in marks and words that are told
	content  float64        // F1 of passages
	speaker  float64        // share of those shown with a speaker that are theirs
	shown    float64        // share of the labelled whose speaker is plain that are found and shown with one
}{
	{"en", news.QuoteDirect, 0.95, 0.97, 0.72},
	{"ru", "", 0.875, 0.94, 0.80},
	{"ru", news.QuoteDirect, 0.885, 0.88, 0.80},
	{"ru", news.QuoteReported, 0.86, 0.96, 0.80},
}

// QUOTE_SHOW=1 prints the errors with their words; else only places are told.
func TestLabels(t *testing.T) {
	for _, floor := range floors {
		t.Run(floor.language+"/"+cmp.Or(string(floor.kind), "all"), func(t *testing.T) {
			var sum score
			for _, doc := range readLabels(t, floor.language) {
				sum.count(t, doc, floor.language, floor.kind)
			}
			if sum.labels == 0 {
				t.Fatalf("no labels of kind %s", floor.kind)
			}
			content, speaker, shown := sum.f1(), share(sum.right, sum.shown), share(sum.shown, sum.plain)
			t.Logf("%d passages labelled, %d found, %d of them the same: precision %.3f, recall %.3f, F1 %.3f",
				sum.labels, sum.found, sum.matched, share(sum.matched, sum.found), share(sum.matched, sum.labels), content)
			t.Logf("%d of the same shown with a speaker (%.3f of the %d with a plain one), %d right: %.3f; %d shown as unclear",
				sum.shown, shown, sum.plain, sum.right, speaker, sum.matched-sum.shown)
			if content < floor.content || speaker < floor.speaker || shown < floor.shown {
				t.Errorf("F1 %.3f, speakers right %.3f, shown %.3f; want at least %.3f, %.3f, %.3f", content, speaker, shown, floor.content, floor.speaker, floor.shown)
			}
		})
	}
}

// A score counts passages.
type score struct {
	labels, found, matched int
	plain                  int // labels with a speaker
	shown, right           int // of the matched
}

func (s score) f1() float64 { return share(2*s.matched, s.labels+s.found) }

func share(part, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(part) / float64(of)
}

// A finding is a passage of a quote that was found, and the name that is shown for it.
type finding struct {
	span
	speaker string
}

// count adds what is found in one document.
func (s *score) count(t *testing.T, doc document, language string, kind news.QuoteKind) {
	t.Helper()
	a := &news.Article{ID: doc.ID, Revision: 1, Language: language, Text: doc.text}
	var found []finding
	for _, q := range Of(a) {
		if q.Kind != kind && (kind != "" || q.Kind == news.QuoteNotice) {
			continue
		}
		for _, p := range q.Sayings[0].Words {
			if len(wordsIn(a.Text, p.From, p.To)) >= fewest {
				found = append(found, finding{span{p.From, p.To}, q.Sayings[0].Speaker})
			}
		}
	}
	s.found += len(found)
	taken := make([]bool, len(found))
	for _, l := range doc.Quotes {
		if l.Kind != kind && kind != "" {
			continue
		}
		s.labels++
		plain := l.SpeakerTo > 0
		if plain {
			s.plain++
		}
		best, most := -1, 0.0
		for i, f := range found {
			if j := jaccard(a.Text, l, f.span); !taken[i] && j > most {
				best, most = i, j
			}
		}
		if most < overlap {
			show(t, "missed", a, l.From, l.To, "", l)
			continue
		}
		taken[best] = true
		s.matched++
		switch who := found[best].speaker; {
		case who == "":
			if plain {
				show(t, "unclear", a, l.From, l.To, "", l)
			}
		case plain && isOf(who, a.Text, l):
			s.shown++
			s.right++
		default:
			s.shown++
			show(t, "wrong speaker", a, l.From, l.To, who, l)
		}
	}
	for i, f := range found {
		if !taken[i] {
			show(t, "no quote", a, f.from, f.to, f.speaker, label{})
		}
	}
}

// show tells an error.
func show(t *testing.T, class string, a *news.Article, from, to int, who string, l label) {
	t.Helper()
	if os.Getenv("QUOTE_SHOW") == "" {
		return
	}
	before, after := max(0, from-120), min(len(a.Text), to+120)
	t.Logf("%s: %s %d-%d: %q, want %q\n\t%s⟦%s⟧%s", class, a.ID, from, to, who, a.Text[l.SpeakerFrom:l.SpeakerTo],
		strings.ToValidUTF8(a.Text[before:from], ""), a.Text[from:to], strings.ToValidUTF8(a.Text[to:after], ""))
}

// wordsIn returns the words of a passage with their places.
func wordsIn(text string, from, to int) []unit {
	return units(text, []news.Passage{{From: from, To: to}})
}

// jaccard returns how many of the words of either both have, each by its place.
func jaccard(text string, l label, f span) float64 {
	both := 0
	mine := wordsIn(text, l.From, l.To)
	other := wordsIn(text, f.from, f.to)
	for _, w := range other {
		if slices.ContainsFunc(mine, func(u unit) bool { return u.from == w.from }) {
			both++
		}
	}
	return share(both, len(mine)+len(other)-both)
}

// isOf reports whether who is a name of whoever the label names: their words stand within one
// another, or both end with the same name.
func isOf(who, text string, l label) bool {
	mine := nameOf(who)
	for _, at := range append(l.Also, [2]int{l.SpeakerFrom, l.SpeakerTo}) {
		name := nameOf(text[at[0]:at[1]])
		if len(mine) == 0 || len(name) == 0 {
			continue
		}
		if sameWord(mine[len(mine)-1], name[len(name)-1]) || within(mine, name) || within(name, mine) {
			return true
		}
	}
	return false
}

// nameOf returns the words of a name, without articles and the ending of the possessive.
func nameOf(name string) (words []string) {
	for _, u := range wordsIn(name, 0, len(name)) {
		low := strings.TrimSuffix(u.low, "'s")
		if low != "the" && low != "a" && low != "an" {
			words = append(words, low)
		}
	}
	return words
}

// within reports whether a stands in b, in one piece.
func within(a, b []string) bool {
	for i := 0; i+len(a) <= len(b); i++ {
		if slices.EqualFunc(a, b[i:i+len(a)], sameWord) {
			return true
		}
	}
	return false
}

// sameWord reports whether two words are forms of one: equal or, in Cyrillic letters, the same but
// for endings of three letters at most.
func sameWord(a, b string) bool {
	if a == b {
		return true
	}
	r, s := []rune(a), []rune(b)
	n := 0
	for n < len(r) && n < len(s) && r[n] == s[n] {
		n++
	}
	return n >= 3 && unicode.Is(unicode.Cyrillic, r[0]) && len(r)-n <= 3 && len(s)-n <= 3
}

// A document is a labelled one and its text.
type document struct {
	labelled
	text string
}

// readLabels returns the labelled documents of a language, in the order of the file. It skips the test where the
// collections are not there and fails it where a document is not the one that was labelled.
func readLabels(t *testing.T, language string) (list []document) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", fmt.Sprintf("labels-%s.jsonl", language)))
	if err != nil {
		t.Fatal(err)
	}
	wanted := map[string]map[string]string{} // set -> id -> text
	eachLine(t, bytes.NewReader(data), maxLabelLine, func(line []byte) {
		var l labelled
		decoder := json.NewDecoder(bytes.NewReader(line))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&l); err != nil {
			t.Fatalf("line %d: %v", len(list)+1, err)
		}
		list = append(list, document{labelled: l})
		if wanted[l.Set] == nil {
			wanted[l.Set] = map[string]string{}
		}
		wanted[l.Set][l.ID] = ""
	})
	for set, texts := range wanted {
		readTexts(t, set, texts)
	}
	for i := range list {
		d := &list[i]
		d.text = wanted[d.Set][d.ID]
		if sum := sha256.Sum256([]byte(d.text)); hex.EncodeToString(sum[:]) != d.SHA256 {
			t.Fatalf("%s of %s is not the text that was labelled", d.ID, d.Set)
		}
		if !slices.IsSortedFunc(d.Quotes, func(a, b label) int { return cmp.Compare(a.From, b.From) }) {
			t.Fatalf("%s: labels are not in the order of the text", d.ID)
		}
		for n, l := range d.Quotes {
			places := append([][2]int{{l.From, l.To}, {l.SpeakerFrom, l.SpeakerTo}}, l.Also...)
			for _, p := range places {
				if p[0] < 0 || p[0] > p[1] || p[1] > len(d.text) {
					t.Fatalf("%s: label %d: %d to %d is no place in a text of %d bytes", d.ID, n, p[0], p[1], len(d.text))
				}
			}
		}
	}
	return list
}

// readTexts fills in the texts of the documents whose ids texts has.
func readTexts(t *testing.T, set string, texts map[string]string) {
	t.Helper()
	file, err := os.Open(testkit.Data(t, set))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		t.Fatalf("unpack %s: %v", set, err)
	}
	eachLine(t, unpacked, maxDocument, func(line []byte) {
		var doc struct{ ID, Text string }
		if err := json.Unmarshal(line, &doc); err != nil {
			t.Fatalf("read %s: %v", set, err)
		}
		if _, ok := texts[doc.ID]; ok {
			texts[doc.ID] = doc.Text
		}
	})
}

// eachLine calls do with every line, each of limit bytes at most.
func eachLine(t *testing.T, r io.Reader, limit int, do func(line []byte)) {
	t.Helper()
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, limit)
	for lines.Scan() {
		do(lines.Bytes())
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}
