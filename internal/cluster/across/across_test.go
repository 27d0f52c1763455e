package across

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"parallax/internal/news"
)

var start = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

// A told is a document and the story in which it stands.
type told struct {
	Doc
	story string
}

// read returns the documents of a case, and what it wants.
func readCase(t *testing.T, name string) (docs []told, want []string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range txtar.Parse(raw).Files {
		text := strings.TrimSpace(string(f.Data))
		if f.Name == "want" {
			want = strings.Split(text, "\n")
			continue
		}
		name := strings.Fields(f.Name)
		hour, err := strconv.Atoi(name[2])
		if err != nil {
			t.Fatal(err)
		}
		title, body, _ := strings.Cut(text, "\n")
		docs = append(docs, told{Doc{
			ID: f.Name, Language: name[1], Title: title, Text: body, At: start.Add(time.Duration(hour) * time.Hour),
		}, name[0]})
	}
	return docs, want
}

// fill puts documents into an index in their order, with other news of their languages around
// them, and returns the stories.
func fill(docs []told) (x *Index, stories []string) {
	x = NewIndex(7 * 24 * time.Hour)
	for _, tag := range []string{"en", "ru", "de", "ar", "ko"} {
		for i := range 60 {
			x.Put(Doc{ID: fmt.Sprint(tag, i), Language: tag, Title: fmt.Sprint("title ", i), At: start}, fmt.Sprint(tag, i))
		}
	}
	for _, d := range docs {
		x.Put(d.Doc, d.story)
		stories = append(stories, d.story)
	}
	return x, stories
}

func pairs(relations []news.Relation) []string {
	var list []string
	for _, r := range relations {
		list = append(list, r.A+" "+r.B)
	}
	slices.Sort(list)
	return list
}

// TestSame: stories of one event are found in each other's languages, others are not; whatever
// the order in which their documents came, and in whichever order they are asked for.
func TestSame(t *testing.T) {
	t.Parallel()
	docs, want := readCase(t, "same.txtar")
	for i := range want {
		p := strings.Fields(want[i])
		slices.Sort(p)
		want[i] = strings.Join(p, " ")
	}
	slices.Sort(want)
	x, stories := fill(docs)
	first := x.Same(stories)
	if diff := cmp.Diff(want, pairs(first)); diff != "" {
		t.Errorf("related (-want +got):\n%s", diff)
	}
	for _, r := range first {
		if r.Kind != news.Same || r.Score < Least || r.Why == "" || r.LangA == "" || r.LangA == r.LangB || r.A >= r.B {
			t.Errorf("relation %+v", r)
		}
	}
	rng := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same orders every time
	for range 5 {
		rng.Shuffle(len(docs), func(i, j int) { docs[i], docs[j] = docs[j], docs[i] })
		x, stories := fill(docs)
		if diff := cmp.Diff(pairs(first), pairs(x.Same(stories))); diff != "" {
			t.Errorf("in another order (-first +now):\n%s", diff)
		}
		// Asked one by one each says the same of itself.
		one := map[string]bool{}
		for _, s := range stories {
			for _, p := range pairs(x.Same([]string{s})) {
				one[p] = true
			}
		}
		if len(one) != len(first) {
			t.Errorf("asked one by one: %v", one)
		}
	}
}

// TestSure: names alone are sure only where it is known which are in all news of both languages; a number that tells is enough
// beside them.
func TestSure(t *testing.T) {
	t.Parallel()
	en := told{Doc{
		ID: "en", Language: "en", Title: "Mayor Solvik visits Brennholm with engineer Hellender", At: start,
		Text: "In Norway the mayor Hanne Solvik saw the dam of Orrin at Brennholm, which the engineer Jorun Hellender built.",
	}, "en"}
	de := told{Doc{
		ID: "de", Language: "de", Title: "Solvik und Hellender streiten in Brennholm", At: start,
		Text: "In Norwegen nannte Hanne Solvik den Damm Orrin bei Brennholm unsicher, den Jorun Hellender baute.",
	}, "de"}
	x, _ := fill([]told{en, de})
	if got := x.Same([]string{"de"}); len(got) != 1 || got[0].Score < sure {
		t.Fatalf("%+v", got)
	}
	if got := x.Sure("de", "de"); len(got) != 0 {
		t.Errorf("in a small window: %+v", got)
	}
	for _, tag := range []string{"en", "de"} {
		for i := range fewDocs {
			x.Put(Doc{ID: fmt.Sprint("more ", tag, i), Language: tag, Title: fmt.Sprint("title ", i), At: start}, fmt.Sprint("more ", tag, i))
		}
	}
	if got := x.Sure("de", "de"); len(got) != 1 {
		t.Errorf("in a large one: %+v", got)
	}
	for number, want := range map[string]int{"410": 1, "41": 0, "2026": 0, "500": 0} {
		en, de := en, de
		en.Text += " It has " + number + " steps."
		de.Text += " Er hat " + number + " Stufen."
		x, _ := fill([]told{en, de})
		if got := x.Sure("de", "de"); len(got) != want {
			t.Errorf("with %s in both: %+v", number, got)
		}
	}
}

// TestSync: a story is what its documents are now: one that is taken out, moved or forgotten
// takes its relations with it, and nothing is left of it.
func TestSync(t *testing.T) {
	t.Parallel()
	docs, _ := readCase(t, "same.txtar")
	x, stories := fill(docs)
	before := len(x.terms)
	if len(x.Same([]string{"dam-ru"})) == 0 {
		t.Fatal("nothing to lose")
	}
	x.Sync("dam-ru", nil)
	if got := x.Same(stories); slices.ContainsFunc(got, func(r news.Relation) bool { return r.A == "dam-ru" || r.B == "dam-ru" }) {
		t.Errorf("a story without documents is related: %v", got)
	}
	var ru []Doc
	for _, d := range docs {
		if d.story == "dam-ru" {
			ru = append(ru, d.Doc)
		}
	}
	x.Sync("merged", ru)
	if got := pairs(x.Same([]string{"merged"})); len(got) == 0 {
		t.Error("moved into another story it is related to none")
	}
	if len(x.terms) != before {
		t.Errorf("%d terms, want %d as before", len(x.terms), before)
	}
	x.Put(Doc{ID: "late", Language: "en", Title: "Much later", At: start.AddDate(0, 1, 0)}, "late")
	if x.Len() != 1 || len(x.stories) != 1 {
		t.Errorf("%d documents and %d stories after a month, want 1", x.Len(), len(x.stories))
	}
	for _, e := range x.terms {
		if e.docs != 1 {
			t.Fatalf("a term of %d documents is left", e.docs)
		}
	}
	x.Put(Doc{ID: "old", Language: "en", Title: "From long ago", At: start}, "old")
	x.Put(Doc{ID: "und", Language: "und", Title: "In no language", At: start.AddDate(0, 1, 0)}, "und")
	if x.Len() != 1 {
		t.Error("what is too old or of no language was taken in")
	}
}

// TestFollows: what goes on from a story of another day follows it; a series, a tally, another
// topic of the same names, another language and what is too near or too far do not.
func TestFollows(t *testing.T) {
	t.Parallel()
	day := func(n float64) time.Time { return start.Add(time.Duration(n * 24 * float64(time.Hour))) }
	trial := Past{"trial", day(1), Doc{
		ID: "trial", Language: "en", Title: "Trial of smuggler Torvald Hellender opens in Velmora",
		Text: "Torvald Hellender is accused of smuggling amber through the harbour. The prosecutor Sander Viktorson wants twelve years.",
	}}
	sentence := func(at time.Time) Past {
		return Past{"sentence", at, Doc{
			ID: "sentence", Language: "en", Title: "Court sentences Hellender for smuggling amber",
			Text: "The smuggler Torvald Hellender must go to prison, as prosecutor Viktorson had wanted. He hid amber in barrels.",
		}}
	}
	for name, c := range map[string]struct {
		earlier, later Past
		want           bool
	}{
		"a sentence after a trial": {trial, sentence(day(5)), true},
		"the same day":             {trial, sentence(day(1.5)), false},
		"after two months":         {trial, sentence(day(62)), false},
		"another language": {trial, func() Past {
			p := sentence(day(5))
			p.Head.Language = "de"
			return p
		}(), false},
		"the same names, another matter": {trial, Past{"prize", day(4), Doc{
			ID: "prize", Language: "en", Title: "Prosecutor Viktorson wins regatta off Velmora",
			Text: "The sloop of Sander Viktorson came in first. Torvald Hellender watched the race from a window.",
		}}, false},
		"a daily series": {
			Past{"price1", day(1), Doc{ID: "price1", Language: "en", Title: "Herring price in Velmora rises to 41 crowns", Text: "Harbour master Solvane notes 41 crowns."}},
			Past{"price2", day(3), Doc{ID: "price2", Language: "en", Title: "Herring price in Velmora rises to 43 crowns", Text: "Harbour master Solvane notes 43 crowns."}},
			false,
		},
		"a tally": {
			Past{"cases1", day(1), Doc{ID: "cases1", Language: "en", Title: "River fever spreads in Velmora", Text: "Doctors of Velmora hospital counted 1,204 infections and 118 recoveries from river fever."}},
			Past{"cases2", day(3), Doc{ID: "cases2", Language: "en", Title: "Velmora doctors count more river fever", Text: "Doctors of Velmora hospital counted 1,391 infections and 160 recoveries from river fever."}},
			false,
		},
	} {
		x, _ := fill(nil)
		x.Remember(c.earlier)
		x.Remember(c.later)
		got := x.Follows([]string{c.earlier.StoryID, c.later.StoryID})
		if (len(got) == 1) != c.want {
			t.Errorf("%s: %v", name, got)
		}
		for _, r := range got {
			if r.Kind != news.Follows || r.A != c.earlier.StoryID || r.B != c.later.StoryID || r.Why == "" {
				t.Errorf("%s: %+v", name, r)
			}
		}
		x.Forget(c.earlier.StoryID)
		if len(x.Follows([]string{c.later.StoryID})) != 0 {
			t.Errorf("%s: follows what was forgotten", name)
		}
	}
}

// TestNumbers: numbers are read as they are grouped in different languages; dates are none.
func TestNumbers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"7,200": "7200", "7.200": "7200", "7 200": "7200", "7\u202f200": "7200", "1’204’000": "1204000", "٧٢٠٠": "7200",
		"3.5": "3.5", "3,5 million": "3.5", "12": "12", "7": "", "12.02.2026": "", "२५": "25", "1,204.5 points": "1204.5", "": "",
		"2026, 44": "2026",
	} {
		r := &reader{reading: reading{words: map[uint32]string{}}, found: map[uint32]mark{}, weight: titleWeight}
		if text != "" {
			if n := r.number(text); n < 1 || n > len(text) {
				t.Errorf("%q: read %d bytes", text, n)
			}
		}
		wanted := map[uint32]bool{}
		if want != "" {
			wanted[keyOf(numberKind, want)] = true
		}
		got := map[uint32]bool{}
		for k := range r.found {
			got[k] = true
		}
		if diff := cmp.Diff(wanted, got); diff != "" {
			t.Errorf("%q is not %q: %v", text, want, r.words)
		}
	}
}

// TestPlaces: a place is known by its name in each language, in other cases and by what is
// derived from it; words that are only like it are not.
func TestPlaces(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ tag, text, want string }{
		{"en", "In Norway", "NO"},
		{"en", "the Norwegian fleet", "NO"},
		{"ru", "в Норвегии", "NO"},
		{"uk", "у Швеції", "SE"},
		{"de", "Österreichs Kanzler", "AT"},
		{"fr", "le président américain", "US"},
		{"en", "tell us", ""},
		{"en", "the U.S. army", "US"},
		{"en", "United States", "US"},
		{"es", "en EE.UU. hoy", "US"},
		{"zh", "美国总统访问挪威", "US NO"},
		{"ja", "ノルウェーで", "NO"},
		{"ko", "노르웨이에서", "NO"},
		{"ar", "في النرويج", "NO"},
		{"ar", "كوريا الجنوبية", "KR"},
		{"pl", "w Arabii Saudyjskiej", ""}, // of names of several words only the form that CLDR has
		{"en", "Saudi Arabia", "SA"},
		{"en", "on Monday", ""},
		{"en", "Nigerian", "NG"},
	} {
		r := read(c.tag, c.text, "")
		var got []string
		for _, m := range r.marks {
			if m.kind == placeKind {
				got = append(got, r.words[m.key])
			}
		}
		wanted := map[uint32]bool{}
		for p := range strings.FieldsSeq(c.want) {
			wanted[keyOf(placeKind, p)] = true
		}
		if len(got) != len(wanted) {
			t.Errorf("%s %q: places %q, want %q", c.tag, c.text, got, c.want)
		}
		for _, m := range r.marks {
			if m.kind == placeKind && !wanted[m.key] {
				t.Errorf("%s %q: place %q, want %q", c.tag, c.text, r.words[m.key], c.want)
			}
		}
	}
}

// FuzzRead: whatever the text, reading ends, keeps to its bounds, and says the same twice.
func FuzzRead(f *testing.F) {
	docs, err := os.ReadFile("testdata/same.txtar")
	if err != nil {
		f.Fatal(err)
	}
	f.Add("en", "U.S. Army", string(docs))
	f.Add("hi", "ज़ेलेंस्की १२,०००", "\xff\xfe12.")
	f.Fuzz(func(t *testing.T, tag, title, text string) {
		a, b := read(Base(tag), title, text), read(Base(tag), title, text)
		if diff := cmp.Diff(a.marks, b.marks, cmp.AllowUnexported(mark{})); diff != "" {
			t.Errorf("read twice:\n%s", diff)
		}
		used := newReader(Base(tag))
		used.read(text, title+" Velmora 4,120 in Norway. "+text)
		if diff := cmp.Diff(a, used.read(title, text), cmp.AllowUnexported(reading{}, mark{})); diff != "" {
			t.Errorf("read after another:\n%s", diff)
		}
		if len(a.marks) > maxMarks {
			t.Errorf("%d marks", len(a.marks))
		}
		if !slices.IsSortedFunc(a.marks, func(p, q mark) int { return int(int64(p.key) - int64(q.key)) }) {
			t.Error("marks are not in their order")
		}
	})
}

// TestIsolated: a word that is written from right to left turns nothing round that follows it.
func TestIsolated(t *testing.T) {
	for w, want := range map[string]string{"Velmora": "Velmora", "كلداركية": "\u2068كلداركية\u2069", "70,000": "70,000", "כלמור": "\u2068כלמור\u2069"} {
		if got := isolated(w); got != want {
			t.Errorf("%q: %q, want %q", w, got, want)
		}
	}
}
