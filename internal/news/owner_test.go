package news

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOwners(t *testing.T) {
	by := func(who Authority, names ...string) (claims []Claim) {
		for _, n := range names {
			claims = append(claims, Claim{Value: n, By: who})
		}
		return claims
	}
	source := func(id string, owners, behind []Claim) *Source {
		return &Source{ID: id, Name: id, Disclosure: Disclosure{Owners: owners, BeneficialOwners: behind}}
	}
	sources := []*Source{
		source("unsaid", nil, nil),
		source("also-unsaid", by(Self, "", " (of whom nobody knows)"), nil),
		source("river-post", by(Registry, "Ester River Press Ltd."), nil),
		source("river-radio", by(Operator, "ESTER RIVER PRESS (52.04 %)"), nil),
		source("stated-otherwise", append(by(Self, "Ester River Press Ltd"), by(Registry, "Hovik S.A.")...), nil),
		source("hovik", by(Self, "Hovik SA"), nil),
		source("front", by(Registry, "Front One GmbH"), by(ThirdParty, "Mrs Lind")),
		source("second-front", by(Registry, "Front Two GmbH"), by(Self, "Mrs Lind")),
		source("joint-a", by(Registry, "Trust of Tarn"), nil),
		source("joint", by(Registry, "Trust of Tarn", "Union of Tarn"), nil),
		source("joint-b", by(ThirdParty, "Union of Tarn"), nil),
		source("spread", by(Registry, "Readers of Tarn"), by(Registry, "None with more than 25 %")),
		source("spread-too", by(Registry, "Staff of Tarn"), by(Registry, "None with more than 25 %")),
		source("hidden", by(Registry, "nobody known by name"), nil),
		source("hidden-too", by(Registry, "Nobody known by name"), nil),
		source("not-said", by(Self, "n/a"), nil),
		source("not-said-too", by(Self, "N/A"), nil),
		source("floats", by(Registry, "Various shareholders"), nil),
		source("floats-too", by(Registry, "Various Shareholders (free float)"), nil),
		source("named-so", by(Registry, "Unknown Worlds Inc."), nil),
		source("named-so-too", by(Registry, "Unknown Worlds"), nil),
		source("form-alone", by(Self, "Limited"), nil),
		source("other-form-alone", by(Self, "GmbH"), nil),
		source("horizon", by(Registry, "شركة الأفق للنشر"), nil),
		source("horizon-tv", by(Registry, "شركة الأفق للنشر"), nil),
	}
	want := map[string]string{
		"unsaid": "unsaid", "also-unsaid": "also-unsaid",
		"river-post": "river-post", "river-radio": "river-post",
		"stated-otherwise": "hovik", "hovik": "hovik",
		"front": "front", "second-front": "front",
		"joint-a": "joint", "joint": "joint", "joint-b": "joint",
		"spread": "spread", "spread-too": "spread-too", "hidden": "hidden", "hidden-too": "hidden-too",
		"not-said": "not-said", "not-said-too": "not-said-too", "floats": "floats", "floats-too": "floats-too",
		"named-so": "named-so", "named-so-too": "named-so",
		"form-alone": "form-alone", "other-form-alone": "other-form-alone",
		"horizon": "horizon", "horizon-tv": "horizon",
	}
	if diff := cmp.Diff(want, Owners(sources)); diff != "" {
		t.Errorf("owners (-want +got):\n%s", diff)
	}
	for i := range sources { // nor does their order matter
		turned := append(append([]*Source{}, sources[i:]...), sources[:i]...)
		if diff := cmp.Diff(want, Owners(turned)); diff != "" {
			t.Fatalf("owners, %d turned (-want +got):\n%s", i, diff)
		}
	}
}

func TestSameName(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"Norrland Broadcasting Corporation (NBC)", "norrland broadcasting corporation", true},
		{"Berg Verlag GmbH (52 %)", "Berg-Verlag", true},
		{"private", " Private", true},
		{"(of whom nobody knows)", "(of whom nobody knows)", true},
		{"(of whom nobody knows)", "", false},
		{"Norrland Media", "Norrland Radio", false},
		{"independent-public", "independent-state-funded", false},
	} {
		if got := SameName(test.a, test.b); got != test.want {
			t.Errorf("SameName(%q, %q) = %t", test.a, test.b, got)
		}
	}
}
