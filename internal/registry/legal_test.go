package registry

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLegalIsRead(t *testing.T) {
	list, err := readLegal(legalFile)
	if err != nil {
		t.Fatal(err)
	}
	jurisdictions, domains := map[string]int{}, map[string]bool{}
	for _, r := range list {
		jurisdictions[r.Jurisdiction]++
		domains[r.Domain] = true
		if strings.Contains(r.String(), "%!") {
			t.Errorf("%s", r)
		}
	}
	if len(list) < 150 || len(jurisdictions) < 15 {
		t.Errorf("%d restrictions in %d jurisdictions", len(list), len(jurisdictions))
	}
	t.Logf("%d restrictions of outlets at %d domains, by %v", len(list), len(domains), jurisdictions)
}

// Who restricts and who is restricted changes names, act and dates, and no other word: the
// parties of a dispute restrict each other in the same sentence.
func TestRestrictionsAreToldAlike(t *testing.T) {
	rename := strings.NewReplacer("Norrland One", "B", "Sudermark Voice", "B", "Russia", "J", "European Union", "J", "Decree 17", "A", "Regulation 350", "A")
	for measure := range measures {
		a := Restriction{Outlet: "Norrland One", Jurisdiction: "RU", Measure: measure, Act: "Decree 17", Date: "2024-06-25", URL: "https://a.example/"}
		b := Restriction{Outlet: "Sudermark Voice", Jurisdiction: "EU", Measure: measure, Act: "Regulation 350", Date: "2024-06-25", URL: "https://a.example/"}
		if x, y := rename.Replace(a.String()), rename.Replace(b.String()); x != y {
			t.Errorf("%s: %q is told otherwise than %q", measure, a, b)
		}
	}
	// And in fact: of the parties of present disputes, each restricts outlets of the other.
	by := map[string]string{}
	for _, r := range legal() {
		for _, one := range r {
			by[one.Jurisdiction] += one.Domain + " "
		}
	}
	for party, others := range map[string][]string{"EU": {"ria.ru"}, "RU": {"spiegel.de", "meduza.io"}, "UA": {"ria.ru", "strana.ua"}, "GB": {"cgtn.com"}, "CN": {"bbc.com"}, "IL": {"aljazeera.com"}, "PS": {"aljazeera.com"}, "LV": {"tvrain.tv"}, "DE": {"compact-online.de"}} {
		for _, outlet := range others {
			if !strings.Contains(by[party], outlet+" ") {
				t.Errorf("that %s restricted %s is left out", party, outlet)
			}
		}
	}
}

func TestRestrictions(t *testing.T) {
	for home, want := range map[string]string{
		"https://www.zeit.de/index":       "Russia: access to Die Zeit was blocked (Statement of the Ministry of Foreign Affairs (81 media of the European Union), 25 June 2024, https://ipi.media/alerts/95008)",
		"https://blog.compact-online.de/": "Germany: COMPACT was forbidden to operate (Order of the Federal Ministry of the Interior, annulled by the Federal Administrative Court (6 A 4.24), 16 July 2024; until 24 June 2025, https://www.bverwg.de/240625U6A4.24.0)",
		"https://zeit.de.example/":        "",
		"https://harbour.example/":        "",
		"":                                "",
	} {
		var got []string
		for _, r := range Restrictions(home) {
			got = append(got, r.String())
		}
		if diff := cmp.Diff(want, strings.Join(got, "\n")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", home, diff)
		}
	}
	// Those of the nearest domain, and those above it, which hold as well.
	got := Restrictions("https://arabic.rt.com/")
	if len(got) < 2 || got[0].Act != "Council Regulation (EU) 2023/427" || got[1].Domain != "rt.com" {
		t.Errorf("for a site below another: %v", got)
	}
}

func TestLegalErrors(t *testing.T) {
	head := strings.Join(legalColumns, ",") + "\n"
	const ok = "one.example,One,SE,access,Decision 17,2026-05-02,,https://council.example/17\n"
	for _, test := range []struct{ rows, want string }{
		{ok + ok, "legal.csv, line 3: one.example,One,SE,access,Decision 17,2026-05-02 does not come after one.example by domain, date, jurisdiction and measure"},
		{"www.one.example,One,SE,access,Decision 17,2026-05-02,,https://council.example/17\n", `legal.csv, line 2: "www.one.example" is not a domain in small ASCII letters, without "www." and address`},
		{"one.example,One,SE,silenced,Decision 17,2026-05-02,,https://council.example/17\n", `legal.csv, line 2: measure "silenced" is not one of access, activity, assets, broadcasting, distribution, domain, licence`},
		{"one.example,One,Sudermark,access,Decision 17,2026-05-02,,https://council.example/17\n", `legal.csv, line 2: jurisdiction "Sudermark" is not two capital letters`},
		{"one.example,One,SE,access,,2026-05-02,,https://council.example/17\n", "legal.csv, line 2: outlet or act is empty"},
		{"one.example,One,SE,access,Decision 17,May 2026,,https://council.example/17\n", `legal.csv, line 2: date "May 2026" is not a day`},
		{"one.example,One,SE,access,Decision 17,2026-05-02,2026-05-01,https://council.example/17\n", `legal.csv, line 2: until "2026-05-01" is not a day after the act`},
		{"one.example,One,SE,access,Decision 17,2026-05-02,,council\n", `legal.csv, line 2: "council" is not the address of a web page`},
	} {
		if _, err := readLegal(head + test.rows); err == nil || err.Error() != test.want {
			t.Errorf("%q: error %v, want %s", test.rows, err, test.want)
		}
	}
	if list, err := readLegal("# how\n" + head + ok); err != nil || len(list) != 1 {
		t.Errorf("a good file: %v, %v", list, err)
	}
}
