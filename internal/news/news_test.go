package news

import (
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

var noon = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

func TestID(t *testing.T) {
	parts := [][]string{
		{},
		{""},
		{"", ""},
		{"a"},
		{"a", ""},
		{"", "a"},
		{"ab", "c"},
		{"a", "bc"},
		{"abc"},
		{"feed", "https://a.example/"},
		{"item", "https://a.example/"},
	}
	seen := map[string][]string{}
	for _, p := range parts {
		id := ID(p...)
		if len(id) != 16 || strings.Trim(id, "abcdefghijklmnopqrstuvwxyz234567") != "" {
			t.Errorf("ID(%q) = %q, not 16 letters of base32", p, id)
		}
		if other, ok := seen[id]; ok {
			t.Errorf("ID(%q) = ID(%q)", p, other)
		}
		seen[id] = p
		if ID(p...) != id {
			t.Errorf("ID(%q) differs the second time", p)
		}
	}
	// Links that readers have kept, and databases, hold ids: they never change.
	if got, want := ID("article", "norrland-today", "https://today.norrland.example/1"), "grjfs6ow6segxi5k"; got != want {
		t.Errorf("ID = %q, want %q", got, want)
	}
}

func TestProgress(t *testing.T) {
	Progress(nil).Tell(1, 2, "nobody listens") // must not panic
	var got string
	Progress(func(done, total int, what string) { got = what }).Tell(1, 2, "a feed")
	if got != "a feed" {
		t.Errorf("told %q", got)
	}
}

func TestCut(t *testing.T) {
	tests := []struct {
		name, text string
		limit      int
		want       string
	}{
		{"empty", "", 10, ""},
		{"short", "The river rose.", 20, "The river rose."},
		{"exact", "The river rose.", 15, "The river rose."},
		{"white space", "  The\n river\t rose. ", 15, "The river rose."},
		{"at a word", "The river rose and the harbour closed", 20, "The river rose and …"},
		{"at a sentence", "The river rose. The harbour closed.", 25, "The river rose. …"},
		{"sentence too early", "It rose. The harbour of Velmora closed on Monday.", 30, "It rose. The harbour of …"},
		{"question", "Did the river rise? The harbour closed.", 30, "Did the river rise? …"},
		{"quotation", "“The river rose.” The harbour closed.", 25, "“The river rose.” …"},
		{"Cyrillic", "Река поднялась. Порт закрыт.", 22, "Река поднялась. …"},
		{"Japanese", "かわがあふれた。みなとはしまった。", 12, "かわがあふれた。 …"},
		{"Arabic", "ارتفع النهر وأغلق الميناء", 14, "ارتفع النهر …"},
		{"one long word", "Donaudampfschiff", 5, "Don…"},
		{"a word only in the second half", "2026 年河水上涨港口关闭渡船停航", 12, "2026 年河水上涨…"},
		{"a quotation ends no sentence", "He said the \"River\" rose again", 24, "He said the \"River\" …"},
		{"a sentence ends just there", "The river rose. The harbour closed.", 17, "The river rose. …"},
		{"Hindi", "नदी चढ़ गई। बंदरगाह बंद है", 20, "नदी चढ़ गई। …"},
	}
	for _, test := range tests {
		if got := Cut(test.text, test.limit); got != test.want {
			t.Errorf("%s: Cut(%q, %d) = %q, want %q", test.name, test.text, test.limit, got, test.want)
		}
	}
}

func FuzzCut(f *testing.F) {
	f.Add("The river rose. The harbour closed.", 20)
	f.Add("かわがあふれた。みなとはしまった。", 5)
	f.Add("\xff\xfe. . .", 2)
	f.Fuzz(func(t *testing.T, text string, limit int) {
		if limit < 1 || limit > 1000 || !utf8.ValidString(text) {
			return
		}
		got := Cut(text, limit)
		whole := strings.Join(strings.Fields(text), " ")
		if got == whole {
			return
		}
		if utf8.RuneCountInString(whole) <= limit {
			t.Fatalf("Cut(%q, %d) = %q, although the text is short enough", text, limit, got)
		}
		kept, cut := strings.CutSuffix(got, "…")
		kept = strings.TrimSuffix(kept, " ")
		if !cut || !strings.HasPrefix(whole, kept) || utf8.RuneCountInString(kept) > limit {
			t.Fatalf("Cut(%q, %d) = %q is not the beginning of the text with an ellipsis", text, limit, got)
		}
	})
}

func TestWhen(t *testing.T) {
	const day = 24 * time.Hour
	tests := []struct {
		name      string
		published time.Time
		want      time.Time
	}{
		{"no date", time.Time{}, noon},
		{"before", noon.Add(-time.Hour), noon.Add(-time.Hour)},
		{"the same", noon, noon},
		{"in the future", noon.Add(time.Minute), noon},
		{"just credible", noon.Add(-30 * day), noon.Add(-30 * day)},
		{"too old", noon.Add(-30*day - time.Second), noon},
		{"1970", time.Unix(0, 0), noon},
	}
	for _, test := range tests {
		a := Article{Published: test.published, FirstSeen: noon}
		if got := a.When(); !got.Equal(test.want) {
			t.Errorf("%s: When() = %s, want %s", test.name, got, test.want)
		}
	}
}

func TestCarriageInTime(t *testing.T) {
	from, until := noon, noon.Add(48*time.Hour)
	tests := []struct {
		name  string
		c     Carriage
		now   time.Time
		state CarriageState
	}{
		{"unbounded", Carriage{}, noon, Carried},
		{"before", Carriage{From: from, Until: until}, from.Add(-time.Nanosecond), Pending},
		{"at the start", Carriage{From: from, Until: until}, from, Carried},
		{"just before the end", Carriage{From: from, Until: until}, until.Add(-time.Nanosecond), Carried},
		{"at the end", Carriage{From: from, Until: until}, until, Withdrawn},
		{"after", Carriage{Until: until}, until.Add(time.Hour), Withdrawn},
		{"no end", Carriage{From: from}, until.Add(1e6 * time.Hour), Carried},
		{"in another zone", Carriage{Until: until}, until.In(time.FixedZone("", 9*3600)), Withdrawn},
	}
	for _, test := range tests {
		if got := test.c.At(test.now); got != test.state {
			t.Errorf("%s: At = %s, want %s", test.name, got, test.state)
		}
		if got, want := test.c.Carries(test.now, test.now), test.state == Carried; got != want {
			t.Errorf("%s: Carries = %t, want %t", test.name, got, want)
		}
	}
}

func TestCarriageKeeps(t *testing.T) {
	seen := noon
	c := Carriage{Keep: time.Hour}
	for after, want := range map[time.Duration]bool{
		0: true, time.Hour - 1: true, time.Hour: false, 24 * time.Hour: false,
	} {
		if got := c.Carries(seen, seen.Add(after)); got != want {
			t.Errorf("kept for an hour, after %s: Carries = %t", after, got)
		}
	}
	if !(Carriage{}).Carries(seen, seen.Add(1e5*time.Hour)) {
		t.Error("without Keep it must be carried as long as the source is")
	}
	c.Until = noon.Add(time.Minute)
	if c.Carries(seen, c.Until) {
		t.Error("Keep must not outlast Until")
	}
}

func TestCarriageCheck(t *testing.T) {
	tests := []struct {
		name string
		c    Carriage
		want string // part of the error, "" for none
	}{
		{"default", Carriage{}, ""},
		{"link", Carriage{Mode: Link}, ""},
		{"excerpt", Carriage{Mode: Excerpt, Keep: time.Hour, From: noon, Until: noon.Add(1)}, ""},
		{"fulltext with basis", Carriage{Mode: FullText, Basis: "public domain"}, ""},
		{"fulltext", Carriage{Mode: FullText}, "needs a basis"},
		{"unknown", Carriage{Mode: "full"}, `mode = "full" is not one of link, excerpt, fulltext`},
		{"ends as it starts", Carriage{From: noon, Until: noon}, "until 2026-11-01 is not after from 2026-11-01"},
		{"ends before it starts", Carriage{From: noon, Until: noon.Add(-48 * time.Hour)}, "until 2026-10-30 is not after from 2026-11-01"},
		{"negative", Carriage{Keep: -time.Hour}, "keep -1h0m0s is negative"},
	}
	for _, test := range tests {
		err := test.c.Check()
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: Check = %v, want %q", test.name, err, test.want)
		}
	}
	for c, want := range map[Mode]Mode{"": Excerpt, Link: Link, Excerpt: Excerpt, FullText: FullText} {
		if got := (Carriage{Mode: c}).EffectiveMode(); got != want {
			t.Errorf("EffectiveMode of %q = %q, want %q", c, got, want)
		}
	}
}

func TestControlGrades(t *testing.T) {
	control := BuiltInLenses(nil, strings.ToUpper, strings.ToUpper)[0]
	seen := map[string]bool{}
	for _, g := range ControlGrades {
		if _, _, ok := control.Side(g.Side); !ok {
			t.Errorf("grade %s belongs to side %q, which the lens has not", g.ID, g.Side)
		}
		if seen[g.ID] || g.ID == "" || g.Title == "" {
			t.Errorf("grade %q is there twice, or has no title", g.ID)
		}
		seen[g.ID] = true
	}
}

func TestSideOfControl(t *testing.T) {
	claim := func(by Authority, value string) Claim { return Claim{By: by, Value: value} }
	tests := []struct {
		name   string
		claims []Claim
		want   string
	}{
		{"nobody says", nil, Unplaced},
		{"itself", []Claim{claim(Self, IndependentPublic)}, "public"},
		{"the register before all", []Claim{claim(Self, Private), claim(Operator, Party), claim(ThirdParty, NonProfit), claim(Registry, StateControlled)}, "government"},
		{"third parties before the operator", []Claim{claim(Operator, Party), claim(ThirdParty, NonProfit)}, "non-profit"},
		{"the operator before itself", []Claim{claim(Self, Private), claim(Operator, Party)}, "party"},
		{"an unknown grade does not decide", []Claim{claim(Registry, "bad"), claim(Self, Private)}, "private"},
		{"of equals the first", []Claim{claim(Registry, Private), claim(Registry, Party)}, "private"},
		{"of equals the first that is known", []Claim{claim(Registry, "?"), claim(Registry, Party)}, "party"},
		{"without authority", []Claim{claim("", Private)}, Unplaced},
	}
	control := BuiltInLenses(nil, strings.ToUpper, strings.ToUpper)[0]
	for _, test := range tests {
		s := &Source{Disclosure: Disclosure{Control: test.claims}}
		if got := control.SideOf(s); got != test.want {
			t.Errorf("%s: side %q, want %q", test.name, got, test.want)
		}
	}
}

func TestSideOfOperatorsLens(t *testing.T) {
	lens := Lens{ID: "river-dispute", Sides: []Side{{"north", "Norrland"}, {"south", "Sudermark"}}}
	s := &Source{Country: "NO", Sides: map[string]string{"river-dispute": "north", "other": "south"}}
	if got := lens.SideOf(s); got != "north" {
		t.Errorf("side %q, want north", got)
	}
	if got := lens.SideOf(&Source{Country: "NO"}); got != Unplaced {
		t.Errorf("a source that the operator has not placed is on side %q", got)
	}
	// An operator's lens with the name of a built-in one does not look at the source.
	lens.ID = LensCountry
	if got := lens.SideOf(&Source{Country: "NO"}); got != Unplaced {
		t.Errorf("side %q, want %q", got, Unplaced)
	}
	if side, place, ok := lens.Side("south"); !ok || place != 1 || side.Title != "Sudermark" {
		t.Errorf("Side(south) = %v, %d, %t", side, place, ok)
	}
	if _, place, ok := lens.Side("east"); ok || place != -1 {
		t.Errorf("Side(east) = %d, %t", place, ok)
	}
}

func TestBuiltInLenses(t *testing.T) {
	sources := []*Source{
		{ID: "a", Country: "SE", Languages: []string{"sv-SE", "en"}},
		{ID: "b", Country: "no", Languages: []string{"NN"}},
		{ID: "c", Country: "NO", Languages: []string{"en-GB"}},
		{ID: "d"},
	}
	name := func(code string) string { return "name of " + code }
	lenses := BuiltInLenses(sources, name, name)
	want := map[string][]Side{
		LensControl: {
			{"government", "Government-controlled"},
			{"public", "Independent public"},
			{"private", "Private"},
			{"party", "Party or movement"},
			{"non-profit", "Non-profit"},
			{Unplaced, "Not stated"},
		},
		LensCountry:  {{"NO", "name of NO"}, {"SE", "name of SE"}, {Unplaced, "Not stated"}},
		LensLanguage: {{"en", "name of en"}, {"nn", "name of nn"}, {"sv", "name of sv"}, {Unplaced, "Not stated"}},
	}
	var ids []string
	for _, l := range lenses {
		ids = append(ids, l.ID)
		if diff := cmp.Diff(want[l.ID], l.Sides); diff != "" {
			t.Errorf("sides of %s (-want +got):\n%s", l.ID, diff)
		}
		if !l.BuiltIn || l.Title == "" {
			t.Errorf("%s: built in %t, title %q", l.ID, l.BuiltIn, l.Title)
		}
		for _, s := range sources {
			if _, _, ok := l.Side(l.SideOf(s)); !ok {
				t.Errorf("%s puts %s on side %q, which it has not", l.ID, s.ID, l.SideOf(s))
			}
		}
	}
	if diff := cmp.Diff([]string{LensControl, LensCountry, LensLanguage}, ids); diff != "" {
		t.Errorf("lenses (-want +got):\n%s", diff)
	}

	// Hues follow the order of sides: it must not depend on the order of sources.
	slices.Reverse(sources)
	if diff := cmp.Diff(lenses, BuiltInLenses(sources, name, name)); diff != "" {
		t.Errorf("with the sources in reverse (-want +got):\n%s", diff)
	}
	// Where everybody is placed, nobody is shown as not stated.
	if sides := BuiltInLenses(sources[1:], name, name)[1].Sides; len(sides) != 2 {
		t.Errorf("sides %v, want NO and SE alone", sides)
	}
}

func TestRank(t *testing.T) {
	base := Rank(4, 2, noon)
	for name, higher := range map[string]float64{
		"more owners": Rank(5, 2, noon),
		"more sides":  Rank(4, 3, noon),
		"fresher":     Rank(4, 2, noon.Add(time.Second)),
	} {
		if higher <= base {
			t.Errorf("%s: rank %f, not above %f", name, higher, base)
		}
	}
	if a, b := Rank(8, 2, noon), Rank(4, 2, noon.Add(12*time.Hour)); math.Abs(a-b) > 1e-9 {
		t.Errorf("twice the owners is %f, half a day later %f", a, b)
	}
	if a, b := Rank(4, 4, noon), Rank(4, 2, noon.Add(12*time.Hour)); math.Abs(a-b) > 1e-9 {
		t.Errorf("twice the sides is %f, half a day later %f", a, b)
	}
	if Rank(0, 0, noon) != Rank(1, 1, noon) || math.IsInf(Rank(-1, 0, time.Time{}), 0) {
		t.Error("a story without outlets must have a rank as well")
	}
}

func TestDisclosureFields(t *testing.T) {
	var d Disclosure
	for _, f := range d.Fields() {
		if f.Title == "" || len(f.Claims) != 0 || d.Field(f.Key) == nil {
			t.Errorf("field %s (%q) of an empty disclosure holds %v", f.Key, f.Title, f.Claims)
			continue
		}
		*d.Field(f.Key) = []Claim{{Value: f.Key}}
	}
	if d.Field("nobody") != nil {
		t.Error("there is a field that is none")
	}
	// Every field of the struct is in the list, under the name that it has in JSON.
	data, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string][]Claim
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	if n := reflect.TypeOf(d).NumField(); len(got) != n || len(d.Fields()) != n {
		t.Errorf("%d fields are listed and %d written, of %d", len(d.Fields()), len(got), n)
	}
	law := map[string]bool{}
	for _, f := range d.Fields() {
		if list := got[f.Key]; len(list) != 1 || list[0].Value != f.Key {
			t.Errorf("field %s is written as %v", f.Key, list)
		}
		law[f.Law] = true
	}
	for _, point := range []string{"a", "b", "c", "d"} {
		if !law[point] {
			t.Errorf("nothing is there for Art. 6(1)(%s) of the European Media Freedom Act", point)
		}
	}
}

func TestDisclosureAdd(t *testing.T) {
	one, two := Claim{Value: "Ada Berg", By: Self}, Claim{Value: "Berg Ltd", By: Registry}
	d := Disclosure{Owners: append(make([]Claim, 0, 4), one)} // with room behind it
	shared := d
	d.Add(Disclosure{Owners: []Claim{two, one, two}, Kind: []Claim{two}})
	if diff := cmp.Diff(Disclosure{Owners: []Claim{one, two}, Kind: []Claim{two}}, d); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if shared.Add(Disclosure{Owners: []Claim{{Value: "other"}}}); d.Owners[1] != two {
		t.Error("what shared its memory was changed")
	}
}

func TestCompany(t *testing.T) {
	for value, want := range map[string]string{
		"Berg Verlag GmbH & Co. KG (52 %)": "Berg Verlag GmbH & Co. KG", "Norrland Media, S.A.": "Norrland Media, S.A.", "Tarn Ltd.": "Tarn Ltd.",
		"Ada Berg": "", "Ada Berg (52 %)": "", "Government of Norrland": "", "AG": "", "": "",
	} {
		if name, is := Company(value); is != (want != "") || is && name != want {
			t.Errorf("Company(%q) = %q, %t, want %q", value, name, is, want)
		}
	}
}

func TestPartial(t *testing.T) {
	for basis, want := range map[string]bool{
		"": false,
		"page: the feed gives only 212 characters, the page 1480":                                   false,
		"page: the feed gives only 212 characters, the page 480; the page shows only the beginning": true,
		"feed content: it is the whole text (1930 characters)":                                      false,
		"feed content: pages are not fetched":                                                       true,
		"feed summary: the page has no more than these 322 characters":                              false,
		"feed summary: the page was not to be had: 451":                                             true,
	} {
		if got := (&Article{Text: "Some.", Basis: basis}).Partial(); got != want {
			t.Errorf("a text of basis %q is partial: %t, want %t", basis, got, want)
		}
	}
	if !(&Article{}).Partial() {
		t.Error("no text is a whole one")
	}
}

func TestDomains(t *testing.T) {
	for home, want := range map[string]string{
		"https://www.Post.example/news": "post.example", "https://radio.post.example:8443/": "radio.post.example post.example",
		"https://post.example./": "post.example", "http://localhost/": "", "": "", "://": "", "https://[2001:db8::1]/": "",
	} {
		if got := strings.Join(Domains(home), " "); got != want {
			t.Errorf("Domains(%q) = %q, want %q", home, got, want)
		}
	}
}
