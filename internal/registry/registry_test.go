package registry

import (
	"bytes"
	"encoding/csv"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/news"
	"parallax/internal/testkit"
)

var update = flag.Bool("update", false, "cut data/matrix.csv anew from the recorded original")

func TestMatrixIsCutFromTheOriginal(t *testing.T) {
	original, err := os.ReadFile(testkit.Data(t, "lists/state_media_matrix.csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(original)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, name := range rows[0] {
		at[strings.TrimPrefix(name, "\ufeff")] = i
	}
	var want bytes.Buffer
	w := csv.NewWriter(&want)
	_ = w.Write(matrixColumns)
	seen := map[string]bool{}
	for _, r := range rows[1:] {
		cut := []string{r[at["Country"]], r[at["Media company"]], r[at["Main assets"]], r[at["URL"]], r[at["Typology"]]}
		for i := range cut {
			cut[i] = strings.Join(strings.Fields(cut[i]), " ")
		}
		key := strings.Join(cut, "\n")
		if cut[3] == "" || seen[key] {
			continue
		}
		seen[key] = true
		if !strings.Contains(cut[3], "://") {
			cut[3] = "http://" + cut[3]
		}
		_ = w.Write(cut)
	}
	w.Flush()
	if *update {
		if err := os.WriteFile("data/matrix.csv", want.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("data/matrix.csv")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want.String(), string(got)); diff != "" {
		t.Errorf("data/matrix.csv is not the cut of the original (-want +got):\n%s", diff)
	}
}

func TestMatrixIsRead(t *testing.T) {
	entries, err := readMatrix(matrixFile, countriesFile)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) < 1000 {
		t.Errorf("only %d entries", len(entries))
	}
	for _, e := range entries {
		if hostOf(e.URL) == "" {
			t.Errorf("%s: %s has no host", e.Asset, e.URL)
		}
		found := slices.ContainsFunc(Lookup(hostOf(e.URL)), func(f Entry) bool { return f.URL == e.URL && f.Asset == e.Asset })
		if !found {
			t.Errorf("%s is not found by its host %s", e.Asset, hostOf(e.URL))
		}
	}
}

const invented = `country,company,asset,url,typology
Norrland,Norrland Broadcasting Corporation,One,https://www.one.example/,SC
Norrland,Norrland Broadcasting Corporation,Two,https://two.example/tv/,IP
Norrland,Norrland Broadcasting Corporation,Two Radio,http://two.example/radio,ISF
Norrland,Norrland Broadcasting Corporation,Two Culture,http://two.example/radio/culture/,ISM
Sudermark,Sudermark University,Campus TV,https://tv.university.example/,CaPu
Sudermark,Sudermark Post,Post,https://Post.example,ISFM?
Sudermark,Sudermark Post,Post Abroad,http://abroad.post.example/,CaPr
`

const inventedCountries = "name,code\nNorrland,NO\nSudermark,SE\n"

func TestLookup(t *testing.T) {
	entries, err := readMatrix(invented, inventedCountries)
	if err != nil {
		t.Fatal(err)
	}
	x := newIndex(entries)
	tests := []struct {
		host string
		want string // assets
	}{
		{"one.example", "One"},
		{"WWW.One.Example.", "One"},
		{"one.example:8080", "One"},
		{"live.de.one.example", "One"},
		{"two.example", "Two, Two Radio, Two Culture"},
		{"abroad.post.example", "Post Abroad"},
		{"post.example", "Post"},
		{"x.post.example", "Post"},
		{"tv.university.example", "Campus TV"},
		{"university.example", "Campus TV"}, // the domain's owner is the same
		{"paper.university.example", ""},    // a neighbour is not
		{"someone.example", ""},
		{"example", ""},
		{"", ""},
		{"192.0.2.1", ""},
		{"[2001:db8::1]:80", ""},
	}
	for _, test := range tests {
		if got := assets(x.lookup(test.host)); got != test.want {
			t.Errorf("lookup(%q) = %q, want %q", test.host, got, test.want)
		}
	}

	for path, want := range map[string]string{
		"/radio/today":          "Two Radio",
		"/radio":                "Two Radio",
		"/radio/culture/x.html": "Two Culture",
		"/radiology":            "Two, Two Radio, Two Culture",
		"/":                     "Two, Two Radio, Two Culture",
		"/tv/programme":         "Two",
	} {
		if got := assets(atPath(x.lookup("two.example"), path)); got != want {
			t.Errorf("atPath(%q) = %q, want %q", path, got, want)
		}
	}
}

func assets(entries []Entry) string {
	var names []string
	for _, e := range entries {
		names = append(names, e.Asset)
	}
	return strings.Join(names, ", ")
}

func TestClaims(t *testing.T) {
	entries, err := readMatrix(invented, inventedCountries)
	if err != nil {
		t.Fatal(err)
	}
	claim := func(v string) []news.Claim {
		return []news.Claim{{Value: v, By: news.Registry, Who: matrixWho, URL: matrixURL, Date: matrixDate}}
	}
	want := Entry{
		Country: "NO", Company: "Norrland Broadcasting Corporation", Asset: "One", URL: "https://www.one.example/",
		Disclosure: news.Disclosure{
			Owners:  claim("Norrland Broadcasting Corporation"),
			Control: claim(news.StateControlled),
		},
	}
	if diff := cmp.Diff(want, entries[0]); diff != "" {
		t.Errorf("first entry (-want +got):\n%s", diff)
	}
	if c := entries[5].Disclosure.Control; c != nil {
		t.Errorf("a grade with a question mark became the claim %v", c)
	}
	d := Disclose(entries[1:3])
	if len(d.Owners) != 1 || len(d.Control) != 2 {
		t.Errorf("Disclose: %d owners and %d grades, want 1 and 2", len(d.Owners), len(d.Control))
	}
	for code, grade := range grades {
		if !slices.ContainsFunc(news.ControlGrades, func(g struct{ ID, Title, Side string }) bool { return g.ID == grade }) {
			t.Errorf("typology %s maps to %q, which is no grade", code, grade)
		}
	}
}

func TestLookupGivesCopies(t *testing.T) {
	host := hostOf(matrix().entries[0].URL)
	Lookup(host)[0].Disclosure.Control[0].Value = "changed"
	if got := Lookup(host)[0].Disclosure.Control[0].Value; got == "changed" {
		t.Error("a caller could change the registry")
	}
}

func TestMatrixErrors(t *testing.T) {
	const head = "country,company,asset,url,typology\n"
	const ok = "Norrland,C,A,https://a.example/,SC\n"
	one := "name,code\nNorrland,NO\n"
	tests := []struct{ name, matrix, countries, want string }{
		{"empty", "", one, "matrix.csv: is empty"},
		{"column", "land,company,asset,url,typology\n", one, `matrix.csv, line 1: column 1 is "land", not "country"`},
		{"country", head + ok + "Atlantis,C,A,https://a.example/,SC\n", one, `matrix.csv, line 3: country "Atlantis" is not in countries.csv`},
		{"grade", head + "Norrland,C,A,https://a.example/,XY\n", one, `matrix.csv, line 2: typology "XY" is not one of SC, CaPu, CaPr, ISFM, ISM, ISF, IP`},
		{"address", head + "Norrland,C,A,a.example,SC\n", one, `matrix.csv, line 2: "a.example" is not the address of a web page`},
		{"twice", head + ok + ok, one, "matrix.csv, line 3: the same asset as on line 2"},
		{"no asset", head + "Norrland,C,,https://a.example/,SC\n", one, "matrix.csv, line 2: company or asset is empty"},
		{"space", head + "Norrland,C ,A,https://a.example/,SC\n", one, `matrix.csv, line 2: white space around "C "`},
		{"fields", head + "Norrland,C\n", one, "matrix.csv: record on line 2: wrong number of fields"},
		{"unused country", head + ok, one + "Sudermark,SE\n", `countries.csv: "Sudermark" is in no row of matrix.csv`},
		{"country twice", head + ok, one + "Norrland,NO\n", `countries.csv, line 3: name "Norrland" is empty or stands here twice`},
		{"code", head + ok, "name,code\nNorrland,no\n", `countries.csv, line 2: code "no" of "Norrland" is not two capital letters`},
	}
	for _, test := range tests {
		_, err := readMatrix(test.matrix, test.countries)
		if err == nil || err.Error() != test.want {
			t.Errorf("%s: error %v, want %s", test.name, err, test.want)
		}
	}
}
