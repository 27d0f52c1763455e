package webtest

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"parallax/internal/news"
)

// disclosed gives every source a first version of its disclosure, and norrland-today and old-mill more:
// what the operator wrote down, then what the outlet declares, then what it is now.
func (w *World) disclosed() {
	read := func(value, in, path string) news.Claim {
		return news.Claim{Value: value, By: news.Self, URL: "https://norrland-today.example/" + path, Date: "2026-11-08", Read: in}
	}
	for _, s := range w.SourceList {
		w.version(s, Hours(400), s.Disclosure)
		if s.ID != "norrland-today" && s.ID != "old-mill" {
			continue
		}
		w.Disclosures[s.ID], s.Versions = nil, nil
		now := s.Disclosure
		first := now
		first.Owners = []news.Claim{says("Norrland Press Fund", news.Operator, "")}
		first.Policies = nil
		w.version(s, Hours(400), first)
		second := now.With(news.Disclosure{Owners: []news.Claim{read("“Independent” (says Atlas of Media Ownership)", "JSON-LD", "")}})
		second.Funding = []news.Claim{{Value: "the state budget of Norrland", By: news.ThirdParty, Who: mediaMap, Date: "2026-09-01"}}
		w.version(s, Hours(100), second)
		now = now.With(news.Disclosure{
			Owners:       []news.Claim{read("holding.example (controls it)", "trust.txt", "trust.txt")},
			Affiliations: []news.Claim{read("Member of: https://guild.example/", "trust.txt", "trust.txt")},
		})
		s.Disclosure = now
		w.version(s, Hours(6), now)
	}
	w.Declared = map[string]*news.Declaration{"norrland-today": {SourceID: "norrland-today", Documents: []news.DeclaredIn{
		{Name: "home page", URL: "https://norrland-today.example/", Read: Hours(6), Failures: 1, Error: "fetch: 500", Said: news.Disclosure{Founded: []news.Claim{read("1934", "JSON-LD", "")}}},
		{
			Name: "trust.txt", URL: "https://norrland-today.example/trust.txt", Read: Hours(6), Problems: []string{"line 3: no “=”"},
			Said: news.Disclosure{Affiliations: []news.Claim{read("Member of: https://guild.example/", "trust.txt", "trust.txt")}},
		},
		{Name: "ads.txt", Read: Hours(6)},
	}}}
}

func (w *World) version(s *news.Source, since time.Time, d news.Disclosure) {
	body, err := json.Marshal(d)
	if err != nil {
		panic(err) // unreachable: it is made of strings
	}
	sum := sha256.Sum256(body)
	s.Versions = append(s.Versions, since)
	w.Disclosures[s.ID] = append(w.Disclosures[s.ID], &news.DisclosureVersion{
		N: len(s.Versions), Since: since, Body: string(body), Hash: hex.EncodeToString(sum[:]), Disclosure: d,
	})
}

// DisclosureVersion returns a version of what is said of a source.
func (w *World) DisclosureVersion(_ context.Context, sourceID string, n int) (*news.DisclosureVersion, error) {
	if list := w.Disclosures[sourceID]; n > 0 && n <= len(list) {
		return list[n-1], w.Err
	}
	return nil, cmp.Or(w.Err, news.ErrNotFound)
}

// Declaration returns what a source declares of itself.
func (w *World) Declaration(_ context.Context, sourceID string) (*news.Declaration, error) {
	if d := w.Declared[sourceID]; d != nil {
		return d, w.Err
	}
	return &news.Declaration{SourceID: sourceID}, w.Err
}
