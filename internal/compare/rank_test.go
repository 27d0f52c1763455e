package compare

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parallax/internal/news"
)

// owned are outlets of a few owners, of which some are not stated, on the sides of river.
func owned(t *rapid.T) []*news.Source {
	var sources []*news.Source
	for i := range rapid.IntRange(1, 10).Draw(t, "sources") {
		s := source(fmt.Sprint("source", i), river.Sides[rapid.IntRange(0, 2).Draw(t, "side")].ID)
		if owner := rapid.IntRange(0, 4).Draw(t, "owner"); owner > 0 {
			s.Disclosure.Owners = []news.Claim{{Value: fmt.Sprint("Owner ", owner), By: news.Registry}}
		}
		sources = append(sources, s)
	}
	return sources
}

func rankOf(lenses []news.Lens, sources []*news.Source, articles []*news.Article) float64 {
	story, _ := compareStory(&news.Story{ID: "story"}, lenses, sources, news.Owners(sources), articles)
	return story.Rank
}

// TestRankIsNoVolume: whatever those who have told a story add to it, in the same outlets
// or in further ones of theirs on the same sides, at whatever time, it ranks no higher; what another owner
// tells later lifts it.
func TestRankIsNoVolume(t *testing.T) {
	lenses := []news.Lens{river}
	rapid.Check(t, func(t *rapid.T) {
		sources := owned(t)
		var articles []*news.Article
		for i := range rapid.IntRange(1, 12).Draw(t, "articles") {
			of := rapid.SampledFrom(sources).Draw(t, "of")
			articles = append(articles, article(fmt.Sprint("a", i), of.ID, rapid.IntRange(0, 2000).Draw(t, "minute"), ""))
		}
		before := rankOf(lenses, sources, articles)

		teller := rapid.SampledFrom(articles).Draw(t, "teller").SourceID
		told := sources[slices.IndexFunc(sources, func(s *news.Source) bool { return s.ID == teller })]
		more := sources
		if len(told.Disclosure.Owners) > 0 && rapid.Bool().Draw(t, "in another outlet") {
			sister := source("sister", told.Sides[river.ID])
			sister.Disclosure = told.Disclosure
			more, teller = append(slices.Clone(sources), sister), sister.ID
		}
		volume := slices.Clone(articles)
		for i := range rapid.IntRange(1, 30).Draw(t, "volume") {
			volume = append(volume, article(fmt.Sprint("more", i), teller, rapid.IntRange(0, 5000).Draw(t, "at"), ""))
		}
		if after := rankOf(lenses, more, volume); after > before {
			t.Fatalf("volume of one owner lifts the story from %f to %f", before, after)
		}

		stranger := source("stranger", river.Sides[0].ID)
		others := append(slices.Clone(sources), stranger)
		later := append(slices.Clone(articles), article("later", stranger.ID, 2000, ""))
		if after := rankOf(lenses, others, later); after <= before {
			t.Fatalf("another owner does not lift the story: %f, before %f", after, before)
		}
	})
}

// TestRankKnowsNoSide: exchange the sides and their order, and every story ranks as it did.
func TestRankKnowsNoSide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sources := owned(t)
		var articles []*news.Article
		for i := range rapid.IntRange(1, 12).Draw(t, "articles") {
			of := rapid.SampledFrom(sources).Draw(t, "of")
			articles = append(articles, article(fmt.Sprint("a", i), of.ID, rapid.IntRange(0, 2000).Draw(t, "minute"), ""))
		}
		sides := rapid.Permutation([]string{"north", "south", "others"}).Draw(t, "sides")
		label := map[string]string{"north": sides[0], "south": sides[1], "others": sides[2]}
		var relabelled []*news.Source
		for _, s := range sources {
			other := *s
			other.Sides = map[string]string{river.ID: label[s.Sides[river.ID]]}
			relabelled = append(relabelled, &other)
		}
		lens := river
		lens.Sides = rapid.Permutation(river.Sides).Draw(t, "order")
		want, got := rankOf([]news.Lens{river}, sources, articles), rankOf([]news.Lens{lens}, relabelled, articles)
		if want != got {
			t.Fatalf("ranks %f, with other labels %f", want, got)
		}
	})
}

// TestRank: owners count once, the widest lens counts, and the story is as fresh as its
// last owner.
func TestRank(t *testing.T) {
	a, b, c := source("a", "north"), source("b", "north"), source("c", "south")
	a.Disclosure.Owners = []news.Claim{{Value: "Lind Ltd", By: news.Self}}
	b.Disclosure.Owners = []news.Claim{{Value: "Lind", By: news.Registry}}
	sources := []*news.Source{a, b, c}
	articles := []*news.Article{article("a1", "a", 0, ""), article("c1", "c", 30, ""), article("b1", "b", 90, ""), article("a2", "a", 300, ""), article("x", "stranger", 20, "")}
	narrow := news.Lens{ID: "narrow", Sides: []news.Side{{ID: "all"}}}
	want := news.Rank(3, 2, start.Add(30*time.Minute)) // the stranger was added a moment ago
	if got := rankOf([]news.Lens{narrow, river}, sources, articles); got != want {
		t.Errorf("rank %f, want %f", got, want)
	}
}
