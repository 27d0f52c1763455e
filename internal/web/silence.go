package web

import (
	"context"
	"fmt"
	"math"
	"time"

	"parallax/internal/compare/silence"
	"parallax/internal/lang"
	"parallax/internal/news"
)

// outputFor is how long the record of what outlets told is good for: it is counted anew
// every ten minutes and says of two weeks how much is to be expected of whom.
const outputFor = time.Minute

// unseenNamed is how many outlets without an account are named on a story's page, on each
// side; the bar counts all.
const unseenNamed = 24

// An unseen is what the hub can say of the outlets of a side in which it has not seen a
// story.
type unseen struct {
	Feeds        int // of theirs that it read
	One, Many    string
	Since        moment
	Alive, Quiet crowd  // that published something since, or nothing
	Expected     string // "" where there is too little to say it
	Rule         string // address of the rule by which that is fewer than chance explains, or ""
}

// A crowd is outlets of which the first few are named.
type crowd struct {
	All   int
	Named []outlet
}

// Others is how many are not named.
func (c crowd) Others() int { return c.All - len(c.Named) }

// unseen says it of a side of a story; nil where all its outlets tell it.
func (seen *seenStory) unseen(t *telling) *unseen {
	if len(t.silent) == 0 {
		return nil
	}
	u := seen.h.unseenOf(t, seen.articles, seen.output, unseenNamed)
	if side, ok := seen.judged.Sides[t.side.ID]; ok && seen.judged.Enough {
		u.Expected = expected(seen.judged, side)
		if side.Fewer {
			u.Rule = blindspotsHref(seen.lens) + "#rule"
		}
	}
	return u
}

func (s *site) outputs(ctx context.Context, h *hub) (*news.Output, error) {
	o, err := s.output.get(ctx, h.now, s.Store.Output)
	if err != nil {
		return nil, fmt.Errorf("read what outlets told of late: %w", err)
	}
	return o, nil
}

// unseenOf is about one side, which has outlets without an account.
func (h *hub) unseenOf(t *telling, articles []*news.Article, o *news.Output, named int) *unseen {
	first, _ := span(articles)
	u := &unseen{Since: at(first.When(), h.now), One: "feed of this side", Many: "feeds of this side"}
	if len(t.outlets) > 0 {
		u.One, u.Many = "other feed of this side", "other feeds of this side"
	}
	if t.side.ID == news.Unplaced {
		u.One, u.Many = "other feed of outlets of no known side", "other feeds of outlets of no known side"
	}
	for _, src := range t.silent {
		u.Feeds += src.FeedsRead
		group := &u.Quiet
		if alive(src, first, o) {
			group = &u.Alive
		}
		if group.All++; len(group.Named) < named {
			group.Named = append(group.Named, outletOf(src))
		}
	}
	return u
}

// alive reports whether src published anything since a story began.
func alive(src *news.Source, first *news.Article, o *news.Output) bool {
	return !o.Last[src.ID].Before(first.When())
}

// judge says how much of a story each side has, and how much is to be expected of it.
func (h *hub) judge(list []*telling, articles []*news.Article, o *news.Output) silence.Finding {
	first, last := span(articles)
	languages := map[string]bool{}
	for _, a := range articles {
		languages[lang.Base(a.Language)] = true
	}
	took, stories := o.Until(last.When(), func(l string) bool { return languages[lang.Base(l)] })
	var outlets []silence.Outlet
	for _, t := range list {
		for _, src := range t.outlets {
			outlets = append(outlets, silence.Outlet{Side: t.side.ID, Owner: h.owners[src.ID], Told: true, Stories: took[src.ID]})
		}
		for _, src := range t.silent {
			if alive(src, first, o) {
				outlets = append(outlets, silence.Outlet{Side: t.side.ID, Owner: h.owners[src.ID], Stories: took[src.ID]})
			}
		}
	}
	return silence.Judge(outlets, stories, h.now.Sub(first.When()))
}

// expected says in words how many owners were to be expected on a side, and how many there are.
func expected(f silence.Finding, s silence.Side) string {
	many := fmt.Sprintf("about %d", int(math.Round(s.Expected)))
	if s.Expected < 1 {
		many = "fewer than one"
	}
	return fmt.Sprintf("Expected here: %s of the %d owners who tell it, by what all told in the two weeks before. Found: %d.", many, f.Owners, s.Told)
}

// A silenceData is what is said of the outlets of a side without an account, as data.
type silenceData struct {
	Feeds int      `json:"feeds"` // of them, that the hub read
	Alive []string `json:"alive,omitempty"`
}

// A shareData is how many owners of a side tell a story, and how many were to be expected.
type shareData struct {
	Owners   int     `json:"owners"` // that tell it or could have
	Told     int     `json:"told"`
	Expected float64 `json:"expected"`
	Z        float64 `json:"z"`
	Fewer    bool    `json:"fewer,omitempty"`
	Misses   bool    `json:"misses,omitempty"`
}

// silence adds to the data of a side what the story's page says of its silence.
func (sd *sideData) silence(seen *seenStory, t *telling) {
	if len(t.silent) > 0 {
		first, _ := span(seen.articles)
		sd.Unseen = new(silenceData)
		for _, src := range t.silent {
			sd.Unseen.Feeds += src.FeedsRead
			if alive(src, first, seen.output) {
				sd.Unseen.Alive = append(sd.Unseen.Alive, src.ID)
			}
		}
	}
	if side, ok := seen.judged.Sides[t.side.ID]; ok && seen.judged.Enough {
		hundredth := func(f float64) float64 { return math.Round(f*100) / 100 }
		sd.Share = &shareData{side.Owners, side.Told, hundredth(side.Expected), hundredth(side.Z), side.Fewer, side.Misses}
	}
}
