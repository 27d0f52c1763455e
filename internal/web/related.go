package web

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"parallax/internal/lang"
	"parallax/internal/news"
)

// maxThread is how many earlier and how many later stories a page names.
const maxThread = 3

// A kin is a story that belongs together with the one of a page.
type kin struct {
	ID       string
	Href     string
	Title    words
	Language string // in English
	Outlets  int
	First    moment
	Why      string
	Score    float64
}

// Percent says how probable it is that the two are one event.
func (k kin) Percent() string { return fmt.Sprintf("%.0f %%", 100*k.Score) }

// kinship is how the story of a page belongs together with others.
type kinship struct {
	Same           []kin // the same event, in other languages
	Earlier, Later []kin // of its thread, the latest first
}

// kinship returns what is carried of the stories that belong together with one.
func (s *site) kinship(ctx context.Context, h *hub, storyID string) (kinship, error) {
	var k kinship
	relations, err := s.Store.Relations(ctx, storyID)
	if err != nil {
		return k, fmt.Errorf("read the relations of story %s: %w", storyID, err)
	}
	others := make([]string, len(relations))
	for i, r := range relations {
		if others[i] = r.B; r.B == storyID {
			others[i] = r.A
		}
	}
	headed := map[string]news.Headed{}
	if len(others) > 0 {
		if headed, err = s.Store.Headed(ctx, others, h.now); err != nil {
			return k, fmt.Errorf("read the stories related to %s: %w", storyID, err)
		}
	}
	for i, r := range relations {
		other, ok := headed[others[i]]
		if !ok {
			continue
		}
		tag := r.LangB
		if others[i] == r.A {
			tag = r.LangA
		}
		one := kin{
			ID: other.Story.ID, Href: "/story/" + other.Story.ID, Title: foreign(other.Head.Title, other.Head.Language), Outlets: other.Story.Outlets,
			First: at(other.Story.First, h.now), Why: r.Why, Score: r.Score, Language: lang.LanguageName(tag),
		}
		switch {
		case r.Kind == news.Same:
			k.Same = append(k.Same, one)
		case r.Kind == news.Follows && r.B == storyID:
			k.Earlier = append(k.Earlier, one)
		case r.Kind == news.Follows:
			k.Later = append(k.Later, one)
		}
	}
	latest := func(a, b kin) int { return cmp.Compare(b.First.ISO, a.First.ISO) }
	slices.SortStableFunc(k.Earlier, latest)
	slices.SortStableFunc(k.Later, latest)
	k.Earlier = k.Earlier[:min(len(k.Earlier), maxThread)]
	k.Later = k.Later[max(len(k.Later)-maxThread, 0):] // those that came next
	return k, nil
}

// A relatedData is a kin as data.
type relatedData struct {
	Kind    string  `json:"kind"` // same, earlier or later
	ID      string  `json:"id"`
	URL     string  `json:"url"`
	Title   string  `json:"title"`
	Lang    string  `json:"lang,omitempty"`
	Outlets int     `json:"outlets"`
	First   string  `json:"first"`
	Score   float64 `json:"score"`
	Why     string  `json:"why"`
}

func (k *kinship) data(base string) []relatedData {
	var list []relatedData
	for _, of := range []struct {
		kind string
		kin  []kin
	}{{news.Same, k.Same}, {"earlier", k.Earlier}, {"later", k.Later}} {
		for _, one := range of.kin {
			list = append(list, relatedData{of.kind, one.ID, base + one.Href, one.Title.Text, one.Title.Lang, one.Outlets, one.First.ISO, one.Score, one.Why})
		}
	}
	return list
}
