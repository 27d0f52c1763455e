package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/testkit"
)

var update = flag.Bool("update", false, "make data/owners.csv anew from the recorded list")

func TestOwnersFileIsMadeOfTheList(t *testing.T) {
	var got bytes.Buffer
	if err := run(testkit.Data(t, "lists/kite_media_owners.json"), &got); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("..", "data", "owners.csv")
	if *update {
		if err := os.WriteFile(file, got.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("data/owners.csv is not what the list gives (-file +made):\n%s", diff)
	}
}

func TestOwners(t *testing.T) {
	repeated := map[string]bool{"harbour lights": true}
	tests := []struct{ text, owners, indirect string }{
		// A name, and nothing but that.
		{"Norrland Media Group", "Norrland Media Group", ""},
		{" Tarn\u00a0Verlag  GmbH & Co. KG ", "Tarn Verlag GmbH & Co. KG", ""},
		{"Halvorsen family", "Halvorsen family", ""},
		{"Government of Norrland", "Government of Norrland", ""},
		{"Lindqvist, Inc.", "Lindqvist, Inc.", ""},
		{"Lindqvist Limited.", "Lindqvist Limited", ""},
		{"NorPress", "NorPress", ""},
		{"Harbour Lights", "Harbour Lights", ""}, // the list has it as the owner of several

		// What stands in brackets.
		{"Norrland Media Group (NMG)", "Norrland Media Group", ""},
		{"Norrland Media Group (family-owned)", "Norrland Media Group", ""},
		{"Norrland Media Group (owned by Halvorsen Trust)", "Norrland Media Group", "Halvorsen Trust"},
		{"Norrland Media Group (100% Halvorsen Holding – Ada Berg)", "Norrland Media Group", "Halvorsen Holding"},
		{"The Post (part of Halvorsen Holding)", "Halvorsen Holding", ""},
		{"Ministry of Information (Oman)", "Ministry of Information, Oman", ""},

		// Persons: those who hold something, not those who may only have founded or edit it.
		{"Ada Berg", "", ""},
		{"Ada Berg, Nils Holm", "", ""},
		{"Ada Berg (52%)", "Ada Berg (52 %)", ""},
		{"Ada Berg (52 %), Nils Holm (48 %)", "Ada Berg (52 %); Nils Holm (48 %)", ""},
		{"Ada Berg (52,5 %, with votes), other shareholders (47,5 %)", "Ada Berg (52,5 %)", ""},
		{"Ada Berg via Tarn", "Ada Berg", ""},
		{"Ada Berg via Tarn 63%, Nils Holm 11%", "Ada Berg (63 %); Nils Holm (11 %)", ""},
		{"Ada Berg (through Tarn Ltd)", "Ada Berg", ""},

		// What is no name, or not surely one, and then nothing of the text.
		{"", "", ""},
		{"Unknown", "", ""},
		{"Private Ownership", "", ""},
		{"Non-Profit GmbH (with two directors)", "", ""},
		{"The Post", "", ""}, // its own name
		{"The Post Ltd", "", ""},
		{"Groupe The Post", "", ""},
		{"The Post is owned by Norrland Media Group.", "", ""},
		{"Norrland Media Group / Government", "", ""},
		{"Norrland Media Group & Sudermark Media Group", "", ""},
		{"Norrland Media Group (75%), the staff each own 10%", "", ""},
		{"Norrland Media Group, a subsidiary of Halvorsen", "", ""},
		{"RTL Norrland (75% Halvorsen family)", "", ""}, // whose share is that?
		{"Norrland Post Company (1994-2019), Tarn Media (2019-)", "", ""},
	}
	for _, test := range tests {
		own, indirect := owners(test.text, "The Post", repeated)
		if got := strings.Join(own, "; "); got != test.owners {
			t.Errorf("owners(%q) = %q, want %q", test.text, got, test.owners)
		}
		if got := strings.Join(indirect, "; "); got != test.indirect {
			t.Errorf("owners(%q): behind them %q, want %q", test.text, got, test.indirect)
		}
	}
}

func TestControl(t *testing.T) {
	tests := []struct {
		o    organisation
		want string
	}{
		{organisation{Typology: "Private Media", Owner: "Tarn Ltd", Description: "A paper."}, "private"},
		{organisation{Typology: "Private Enterprise"}, "private"},
		{organisation{Typology: "Non-Profit", Owner: "Tarn Ltd"}, "non-profit"},
		{organisation{Typology: "Private Media", Owner: "Tarn Ltd (non-profit)"}, "non-profit"},
		{organisation{Typology: "Private Media", Description: "A nonprofit paper."}, ""},
		{organisation{Typology: "Private Media", Owner: "Tarn Cooperative"}, ""},
		{organisation{Typology: "Private Media", Description: "Funded by the government."}, ""},
		{organisation{Typology: "State Funded Media"}, ""},
		{organisation{Typology: "Public Broadcaster"}, ""},
		{organisation{Typology: "Independent Media"}, ""},
	}
	for _, test := range tests {
		if got := control(test.o); got != test.want {
			t.Errorf("control(%+v) = %q, want %q", test.o, got, test.want)
		}
	}
}

func TestList(t *testing.T) {
	const head = "domain,organisation,country,kind,control,owners,indirect_owners\n"
	rows := func(csv []byte) string {
		_, text, _ := strings.Cut(string(csv), head)
		return text
	}
	tests := []struct{ name, list, want string }{
		{
			"facts only", `[{"country":"The Netherlands","organization":"The Post","domains":["www.Post.example","de post","b.post.example"],"description":"Its own words.","owner":"Tarn Ltd","typology":"Private Media"}]`,
			"b.post.example,The Post,NL,Private Media,private,Tarn Ltd,\npost.example,The Post,NL,Private Media,private,Tarn Ltd,\n",
		},
		{
			"two that differ", `[{"organization":"One","domains":["a.example"],"owner":"Tarn Ltd","typology":"Private Media"},{"organization":"Two","domains":["a.example"],"owner":"Berg Ltd","typology":"Private Media"}]`,
			"",
		},
		{
			"two that agree", `[{"organization":"One","domains":["a.example"],"owner":"Tarn Ltd","typology":"Private Media"},{"organization":"Two","domains":["a.example"],"owner":"Tarn Ltd","typology":"Private Media"}]`,
			"a.example,One,,Private Media,private,Tarn Ltd,\n",
		},
		{"platforms", `[{"organization":"Big","domains":["youtube.com","us.disqus.com"],"typology":"Private Media"}]`, ""},
	}
	for _, test := range tests {
		got, err := list([]byte(test.list))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		if diff := cmp.Diff(test.want, rows(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
	for text, want := range map[string]string{
		`[`:  "unexpected end of JSON input",
		`[]`: "there is no organisation in it",
		`[{"country":"Atlantis","organization":"One"}]`: `One: country "Atlantis" is not known; add it to countries`,
	} {
		if _, err := list([]byte(text)); err == nil || err.Error() != want {
			t.Errorf("list(%s): error %v, want %s", text, err, want)
		}
	}
	if err := run("nothing.json", &bytes.Buffer{}); err == nil {
		t.Error("a file that is not there was read")
	}
}

// Whatever stands in a text, a name that is taken from it is a part of it.
func FuzzOwners(f *testing.F) {
	for _, s := range []string{"Ada Berg via Tarn 63%, Nils Holm 11%", "Tarn Media (owned by the Berg Group – x)", "Berg Limited.", "a (b) c (d), (", "100% X (5 %)", "Ministry of (Oman)"} {
		f.Add(s, "The Post")
	}
	f.Fuzz(func(t *testing.T, text, organisation string) {
		own, indirect := owners(text, organisation, map[string]bool{"tarn": true})
		plain := strings.Join(strings.Fields(text), " ")
		for _, name := range slices.Concat(own, indirect) {
			bare := name
			if m := bracketed.FindStringSubmatch(name); m != nil {
				bare = m[1]
			}
			bare, _, _ = strings.Cut(bare, ", ") // "Lindqvist, Inc.", "Ministry of Information, Oman"
			if bare == "" || !strings.Contains(plain, bare) {
				t.Errorf("owners(%q): %q stands nowhere in it", text, name)
			}
		}
	})
}
