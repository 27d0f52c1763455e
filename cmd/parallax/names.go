package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"time"

	"parallax/internal/extract"
	"parallax/internal/news"
	"parallax/internal/store"
)

// page is the path of an article's or a story's page, or of one below it.
var page = regexp.MustCompile(`^/(article|story)/([a-z2-7]{16})(/|\.|$)`)

// articleID returns the id of the article that word names: by its id, by the address or path
// of its page, or by the address of its original.
func articleID(ctx context.Context, db *store.DB, word string) (string, error) {
	var ids []string
	u, err := url.Parse(word)
	switch {
	case err != nil:
	case page.MatchString(u.Path) && page.FindStringSubmatch(u.Path)[1] == "story":
		return "", notAnArticle(word)
	case page.MatchString(u.Path):
		ids = append(ids, page.FindStringSubmatch(u.Path)[2])
	}
	if err == nil && u.Host != "" { // or it is the original
		sources, err := db.Sources(ctx)
		if err != nil {
			return "", err
		}
		for _, s := range sources {
			ids = append(ids, extract.ArticleID(&news.Item{SourceID: s.ID, Link: word}))
		}
	}
	if len(ids) == 0 {
		ids = []string{word}
	}
	known, err := db.KnownArticles(ctx, ids)
	if err != nil {
		return "", err
	}
	switch len(known) {
	case 0:
		if _, err := db.Story(ctx, word, time.Now()); err == nil {
			return "", notAnArticle(word)
		}
		return "", hinted{fmt.Errorf("no article is known as %s", word), "name it by its id, the address of its page, or that of the original as its feed gave it"}
	case 1:
		return known[0], nil
	}
	slices.Sort(known)
	return "", hinted{fmt.Errorf("%d outlets have an article of that address: %v", len(known), known), "name one by its id"}
}

func notAnArticle(story string) error {
	return hinted{fmt.Errorf("%s is a story, not an article", story), "parallax story show " + shellWord(story) + " lists its articles; name one by its id"}
}

// storyID returns the id of the story that word names, by its id or the address or path of its
// page, or as an article that stands in it; of one that merged, that of the one that took it up.
func storyID(ctx context.Context, db *store.DB, word string) (string, error) {
	id := word
	if u, err := url.Parse(word); err == nil && page.MatchString(u.Path) {
		id = page.FindStringSubmatch(u.Path)[2]
	}
	st, err := db.Story(ctx, id, time.Now())
	if errors.Is(err, news.ErrNotFound) {
		return storyOf(ctx, db, word)
	}
	if err != nil {
		return "", err
	}
	if st.MergedInto != "" {
		return st.MergedInto, nil
	}
	return st.ID, nil
}

// storyOf returns the story in which the article stands that word names.
func storyOf(ctx context.Context, db *store.DB, word string) (string, error) {
	id, err := articleID(ctx, db, word)
	if err != nil {
		return "", hinted{fmt.Errorf("no story is known as %s, and no article", word), "name a story by its id, the address of its page, or an article of it"}
	}
	a, err := db.Article(ctx, id)
	if err != nil {
		return "", err
	}
	if a.StoryID == "" {
		return "", hinted{fmt.Errorf("article %s: %w", id, news.ErrUnplaced), unplacedHint}
	}
	return a.StoryID, nil
}

const unplacedHint = "the hub places it within seconds; parallax run does it where none serves"
