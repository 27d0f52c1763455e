package registry

import (
	"encoding/json"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"parallax/internal/news"
	"parallax/internal/testkit"
)

func TestStarter(t *testing.T) {
	if _, err := readStarter(starterFile, matrix().entries); err != nil {
		t.Fatal(err)
	}
	sources := Starter()
	if n := len(sources); n < 30 || n > 40 {
		t.Errorf("%d sources, want 30 to 40", n)
	}
	sides, countries, languages := map[string]int{}, map[string]int{}, map[string]int{}
	lens := news.BuiltInLenses(sources, strings.ToUpper, strings.ToUpper)[0]
	for _, s := range sources {
		sides[lens.SideOf(s)]++
		countries[s.Country]++
		for _, l := range s.Languages {
			base, _, _ := strings.Cut(l, "-")
			languages[base]++
		}
		for _, f := range s.Disclosure.Fields() {
			for _, c := range f.Claims {
				if c.Value == "" || c.By == "" || c.Who == "" || c.URL == "" || c.Date == "" {
					t.Errorf("%s, %s: claim %+v does not say what, who, where and when", s.ID, f.Key, c)
				}
			}
		}
	}
	if len(countries) < 15 {
		t.Errorf("%d countries, want 15 or more", len(countries))
	}
	for _, side := range []string{"government", "public", "private", "non-profit"} {
		if sides[side] == 0 {
			t.Errorf("no source is %s", side)
		}
	}
	for _, l := range []string{"ar", "de", "en", "es", "fa", "fr", "hi", "ja", "pt", "ru", "uk", "zh"} {
		if languages[l] == 0 {
			t.Errorf("no source writes in %s", l)
		}
	}
	t.Logf("control %v, countries %v, languages %v", sides, countries, languages)
}

// The starter set takes no side: same terms for all, an order that nobody chose, and
// parties of conflicts in equal numbers.
func TestStarterIsEven(t *testing.T) {
	sources := Starter()
	want := news.Carriage{Why: StarterWhy, Mode: news.Excerpt}
	per := map[string]int{}
	var ids []string
	for _, s := range sources {
		if s.Carriage != want {
			t.Errorf("%s is carried on other terms than the rest: %+v", s.ID, s.Carriage)
		}
		if s.Sides != nil || s.Routes != nil {
			t.Errorf("%s has sides or routes, which are the operator's to give", s.ID)
		}
		ids = append(ids, s.ID)
		per[s.Country]++
	}
	if !slices.IsSorted(ids) {
		t.Errorf("not in the order of ids: %v", ids)
	}
	for _, pair := range [][2]string{{"CN", "TW"}, {"IL", "PS"}, {"IN", "PK"}, {"IR", "SA"}, {"RU", "UA"}} {
		if a, b := per[pair[0]], per[pair[1]]; a != b || a == 0 {
			t.Errorf("%d sources of %s but %d of %s", a, pair[0], b, pair[1])
		}
	}
	for _, camps := range [][2]string{{"fox-news", "new-york-times"}, {"daily-telegraph", "guardian"}} {
		if slices.Contains(ids, camps[0]) != slices.Contains(ids, camps[1]) {
			t.Errorf("of %v only one is there", camps)
		}
	}
}

// Leaving out what is known about one outlet and telling it of another would take a
// side as surely as inventing it.
func TestStarterLeavesOutNoClaim(t *testing.T) {
	for _, s := range Starter() {
		if known := LookupURL(s.Home); known != nil && !slices.ContainsFunc(s.Disclosure.Control, func(c news.Claim) bool {
			return c.By == news.Registry
		}) {
			t.Errorf("the registry knows %s (%s), but its source has no such claim", s.ID, assets(known))
		}
	}
}

func TestStarterGivesNewValues(t *testing.T) {
	a := Starter()
	a[0].FeedURLs[0], a[0].Name = "changed", "changed"
	a[0].Disclosure.Owners[0].Value = "changed"
	if b := Starter(); b[0].FeedURLs[0] == "changed" || b[0].Name == "changed" || b[0].Disclosure.Owners[0].Value == "changed" {
		t.Error("a caller could change the starter set")
	}
}

func TestStarterFeedsAreKnown(t *testing.T) {
	known := map[string]bool{}
	var kite map[string]struct{ Feeds []string }
	data, err := os.ReadFile(testkit.Data(t, "lists/kite_feeds.json"))
	if err == nil {
		err = json.Unmarshal(data, &kite)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, category := range kite {
		for _, f := range category.Feeds {
			known[f] = true
		}
	}
	files, err := filepath.Glob(filepath.Join(testkit.Data(t, "lists/opml_countries"), "*.opml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no lists of countries: %v", err)
	}
	address := regexp.MustCompile(`xmlUrl="([^"]*)"`)
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range address.FindAllSubmatch(data, -1) {
			known[html.UnescapeString(string(m[1]))] = true
		}
	}
	for _, s := range Starter() {
		for _, f := range s.FeedURLs {
			if !known[f] {
				t.Errorf("%s: feed %s stands in no list", s.ID, f)
			}
		}
	}
}

// The starter set says of an outlet what add would: all that there is, and no more.
func TestStarterSaysWhatAddDoes(t *testing.T) {
	for _, s := range Starter() {
		country, known := About(s.Home)
		if country != "" && country != s.Country {
			t.Errorf("%s is in %s, but the data have it in %s", s.ID, s.Country, country)
		}
		for i, f := range known.Fields() {
			has := s.Disclosure.Fields()[i].Claims
			for _, c := range f.Claims {
				if c.By == news.ThirdParty && !slices.Contains(has, c) {
					t.Errorf("%s, %s: the data say %q, and the starter set does not", s.ID, f.Key, c.Value)
				}
			}
			for _, c := range has {
				if c.By == news.ThirdParty && !slices.Contains(f.Claims, c) {
					t.Errorf("%s, %s: the starter set says %q, and the data do not", s.ID, f.Key, c.Value)
				}
			}
		}
	}
}

func TestStarterErrors(t *testing.T) {
	entries, err := readMatrix(invented, inventedCountries)
	if err != nil {
		t.Fatal(err)
	}
	head := strings.Join(starterColumns, ",") + "\n"
	const ok = "bee,Bee,https://bee.example/,NO,no,https://bee.example/rss,\n"
	tests := []struct{ name, rows, want string }{
		{"order", ok + "ant,Ant,https://ant.example/,NO,no,https://ant.example/rss,\n", `starter.csv, line 3: id "ant" does not come after "bee" in the alphabet`},
		{"twice", ok + ok, `starter.csv, line 3: id "bee" does not come after "bee" in the alphabet`},
		{"same feed", ok + "cat,Cat,https://cat.example/,NO,no,https://bee.example/rss,\n", "starter.csv, line 3: feed https://bee.example/rss is also that of bee"},
		{"id", "Bee,Bee,https://bee.example/,NO,no,https://bee.example/rss,\n", `starter.csv, line 2: id "Bee" is not made of a-z, 0-9 and hyphens`},
		{"no feed", "bee,Bee,https://bee.example/,NO,no,,\n", "starter.csv, line 2: name, languages or feeds are empty"},
		{"country", "bee,Bee,https://bee.example/,Norrland,no,https://bee.example/rss,\n", `starter.csv, line 2: country "Norrland" is not two capital letters`},
		{"address", "bee,Bee,ftp://bee.example/,NO,no,https://bee.example/rss,\n", `starter.csv, line 2: "ftp://bee.example/" is not the address of a web page`},
		{"not registered", "bee,Bee,https://bee.example/,NO,no,https://bee.example/rss,https://bee.example/\n", "starter.csv, line 2: registry: matrix.csv has no https://bee.example/"},
	}
	for _, test := range tests {
		_, err := readStarter(head+test.rows, entries)
		if err == nil || err.Error() != test.want {
			t.Errorf("%s: error %v, want %s", test.name, err, test.want)
		}
	}
	if _, err := readStarter("# how\n"+head+ok, entries); err != nil {
		t.Errorf("a good file: %v", err)
	}
}
