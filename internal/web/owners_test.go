package web_test

import (
	"strings"
	"testing"

	"parallax/internal/news"
	"parallax/internal/webtest"
)

// TestOwners: where outlets that tell a story share an owner, its page and the front page say how
// many owners they have; elsewhere they say nothing of it.
func TestOwners(t *testing.T) {
	w := webtest.New()
	for path, alone := range map[string]string{"/story/weir": "12 outlets, 13 articles", "/": "12 outlets, 13 articles"} {
		if page := string(read(t, get(t, serve(t, w), path))); !strings.Contains(page, alone) || strings.Contains(page, "outlets of") {
			t.Errorf("%s, where no two outlets share an owner, lacks %q", path, alone)
		}
	}
	sources, err := w.Sources(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sources {
		if s.ID == "fjord-post" || s.ID == "meridian" {
			s.Disclosure.BeneficialOwners = []news.Claim{{Value: "Mrs Halvorsen", By: news.ThirdParty, Who: "Atlas of Media Ownership"}}
		}
	}
	h := serve(t, w)
	for path, want := range map[string]string{
		"/story/weir": `12 outlets of <a href="/about#rank">11 owners</a>, 13 articles`,
		"/":           `12 outlets of 11 owners, 13 articles`,
	} {
		if page := string(read(t, get(t, h, path))); !strings.Contains(page, want) {
			t.Errorf("%s lacks %q", path, want)
		}
	}
}
