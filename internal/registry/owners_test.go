package registry

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/news"
)

func TestOwnersAreRead(t *testing.T) {
	entries, err := readOwners(ownersFile)
	if err != nil {
		t.Fatal(err)
	}
	organisations, named := map[string]bool{}, map[string]bool{}
	for _, e := range entries {
		organisations[e.Asset] = true
		for _, f := range e.Disclosure.Fields() {
			for _, c := range f.Claims {
				if c.By != news.ThirdParty || c.Who != ownersWho || c.URL != ownersURL || c.Date != ownersDate {
					t.Errorf("%s, %s: %+v does not say who, where and when", e.Asset, f.Key, c)
				}
				if f.Key == "owners" {
					named[e.Asset] = true
				}
			}
		}
		if len(e.Disclosure.Kind) == 0 {
			t.Errorf("%s: nothing is said of it", e.Asset)
		}
	}
	if len(organisations) < 500 || len(named) < 300 {
		t.Errorf("%d organisations, %d with owners", len(organisations), len(named))
	}
}

// Of a thousand outlets something is known: of every asset of the matrix, and of the
// organisations at other hosts.
func TestThousandOutlets(t *testing.T) {
	known := map[string]bool{}
	for _, e := range matrix().entries {
		if len(e.Disclosure.Owners) > 0 {
			known["asset "+e.URL+" "+e.Asset] = true
		}
	}
	assets := len(known)
	for _, e := range owners().entries {
		if Lookup(hostOf(e.URL)) == nil {
			known["organisation "+e.Asset] = true
		}
	}
	if len(known) < 1400 {
		t.Errorf("claims about %d outlets, want 1400 or more", len(known))
	}
	t.Logf("%d assets of the matrix, %d other organisations", assets, len(known)-assets)
}

func TestAbout(t *testing.T) {
	for _, test := range []struct {
		home, country string
		want          []string // field: value, authority
	}{
		{"https://www.theguardian.com/world", "GB", []string{"kind: Private Media, third party", "owners: Scott Trust Limited, third party", "control: private, third party"}},
		{"https://feeds.washingtonpost.com/rss/world", "US", []string{"kind: Private Enterprise, third party", "owners: Nash Holdings, third party", "control: private, third party"}},
		{"https://www.washingtonpost.com/", "US", []string{"kind: Private Enterprise, third party", "owners: Nash Holdings, third party", "control: private, third party"}},
		{"https://www.larepubblica.example/", "", nil},
		{"https://some.blog.youtube.com/", "", nil},
		{"", "", nil},
	} {
		country, d := About(test.home)
		var got []string
		for _, f := range d.Fields() {
			for _, c := range f.Claims {
				got = append(got, f.Key+": "+c.Value+", "+string(c.By))
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" || country != test.country {
			t.Errorf("About(%s): country %q (-want +got):\n%s", test.home, country, diff)
		}
	}
	// Where both say something, both are told, the register first; they may disagree.
	country, d := About("https://www.bbc.co.uk/news")
	if country != "GB" || len(d.Owners) < 2 || d.Owners[0].By != news.Registry || d.Owners[len(d.Owners)-1].By != news.ThirdParty || len(d.Kind) != 1 {
		t.Errorf("what is known of the BBC: %s, %+v", country, d)
	}
	d.Owners[0].Value = "changed"
	if _, again := About("https://www.bbc.co.uk/news"); again.Owners[0].Value == "changed" {
		t.Error("a caller could change the registry")
	}
}

func TestOwnersErrors(t *testing.T) {
	head := strings.Join(ownersColumns, ",") + "\n"
	const ok = "bee.example,Bee,NO,Private Media,private,Bee Ltd; Ada Berg (5 %),Berg AG\n"
	for _, test := range []struct{ rows, want string }{
		{ok + ok, "owners.csv, line 3: domain bee.example does not come after bee.example in the alphabet"},
		{"www.bee.example,Bee,NO,,,,\n", `owners.csv, line 2: "www.bee.example" is not a domain in small ASCII letters, without "www." and address`},
		{"https://bee.example,Bee,NO,,,,\n", `owners.csv, line 2: "https://bee.example" is not a domain in small ASCII letters, without "www." and address`},
		{"co.uk,Bee,NO,,,,\n", `owners.csv, line 2: "co.uk" is not a domain in small ASCII letters, without "www." and address`},
		{"bee.example,,NO,,,,\n", "owners.csv, line 2: organisation is empty"},
		{"bee.example,Bee,Norrland,,,,\n", `owners.csv, line 2: country "Norrland" is not two capital letters`},
		{"bee.example,Bee,NO,,state-controlled,,\n", `owners.csv, line 2: control "state-controlled" is not private or non-profit`},
		{"bee.example,Bee,NO,,,A; ; B,\n", `owners.csv, line 2: "A; ; B" are not names parted by "; "`},
		{"bee.example,Bee,NO\n", "owners.csv: record on line 2: wrong number of fields"},
	} {
		if _, err := readOwners(head + test.rows); err == nil || err.Error() != test.want {
			t.Errorf("%q: error %v, want %s", test.rows, err, test.want)
		}
	}
	entries, err := readOwners("# made\n" + head + ok)
	if err != nil || len(entries) != 1 || len(entries[0].Disclosure.Owners) != 2 || len(entries[0].Disclosure.IndirectOwners) != 1 {
		t.Errorf("a good file: %+v, %v", entries, err)
	}
}
