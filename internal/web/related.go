package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"parallax/internal/lang"
	"parallax/internal/news"
)

// maxThread is how many earlier and how many later stories a page names.
const maxThread = 3

// A kin is a story that belongs together with the one of a page.
type kin struct {
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
	for _, r := range relations {
		id, tag := r.B, r.LangB
		if id == storyID {
			id, tag = r.A, r.LangA
		}
		one, err := s.kin(ctx, h, id)
		if err != nil {
			return k, err
		}
		if one == nil {
			continue
		}
		one.Why, one.Score, one.Language = r.Why, r.Score, lang.LanguageName(tag)
		switch {
		case r.Kind == news.Same:
			k.Same = append(k.Same, *one)
		case r.Kind == news.Follows && r.B == storyID:
			k.Earlier = append(k.Earlier, *one)
		case r.Kind == news.Follows:
			k.Later = append(k.Later, *one)
		}
	}
	latest := func(a, b kin) int { return cmp.Compare(b.First.ISO, a.First.ISO) }
	slices.SortStableFunc(k.Earlier, latest)
	slices.SortStableFunc(k.Later, latest)
	k.Earlier = k.Earlier[:min(len(k.Earlier), maxThread)]
	k.Later = k.Later[max(len(k.Later)-maxThread, 0):] // those that came next
	return k, nil
}

// kin returns a story by its headline, or nil where nothing of it is carried.
func (s *site) kin(ctx context.Context, h *hub, id string) (*kin, error) {
	st, err := s.Store.Story(ctx, id, h.now)
	if errors.Is(err, news.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read related story %s: %w", id, err)
	}
	if st.MergedInto != "" || st.Articles == 0 {
		return nil, nil
	}
	head, err := s.Store.Article(ctx, st.HeadID)
	if errors.Is(err, news.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the head of related story %s: %w", id, err)
	}
	return &kin{
		Href: "/story/" + id, Title: foreign(head.Title, head.Language), Outlets: st.Outlets, First: at(st.First, h.now),
	}, nil
}
