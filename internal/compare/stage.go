package compare

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"parallax/internal/lang"
	"parallax/internal/news"
)

// batch is how many Stories are read at a time.
const batch = 200

// A Store is what comparing needs to remember.
type Store interface {
	// Uncompared returns Stories that changed since they were compared.
	Uncompared(ctx context.Context, limit int) ([]*news.Story, error)
	// ArticlesOf returns the Articles of each Story that are carried at now.
	ArticlesOf(ctx context.Context, storyIDs []string, now time.Time) (map[string][]*news.Article, error)
	// ReadTexts fills in the Text of articles.
	ReadTexts(ctx context.Context, articles []*news.Article) error
	// SaveComparisons replaces the Comparisons of s and its Findings, and keeps what s says of itself.
	SaveComparisons(ctx context.Context, s *news.Story, cs []*news.Comparison, f *news.Findings, now time.Time) error
	// CountOutput counts in how many Stories each outlet took part of late (news.Output).
	CountOutput(ctx context.Context, now time.Time) error
}

// Lenses returns the lenses of the hub, operator's and built in, and all Sources.
type Lenses func(ctx context.Context) ([]news.Lens, []*news.Source, error)

// Config is what a Stage works with.
type Config struct {
	Store    Store
	Lenses   Lenses
	Now      func() time.Time
	Logger   *slog.Logger
	Progress news.Progress // may be nil
}

// A Stage compares the Stories that changed.
type Stage struct{ cfg Config }

// New returns the stage.
func New(cfg Config) *Stage {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	return &Stage{cfg}
}

// Name returns "compare".
func (*Stage) Name() string { return "compare" }

// Run compares every Story that changed. A Story that cannot be kept does not stop the
// others; it stays waiting, and Run ends with its error.
func (s *Stage) Run(ctx context.Context) error {
	lenses, sources, err := s.cfg.Lenses(ctx)
	if err != nil {
		return fmt.Errorf("compare: read lenses and sources: %w", err)
	}
	owners := news.Owners(sources) // of all, carried or not, for who owns whom does not end with that
	done, failed := 0, 0
	var failure error // the first
	tried := map[string]bool{}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		now := s.cfg.Now()
		// Those that failed come back, so the batch must reach beyond them.
		stories, err := s.cfg.Store.Uncompared(ctx, batch+failed)
		if err != nil {
			return fmt.Errorf("compare: read stories that changed: %w", err)
		}
		stories = slices.DeleteFunc(stories, func(st *news.Story) bool { return tried[st.ID] })
		if len(stories) == 0 {
			break
		}
		ids := make([]string, len(stories))
		for i, st := range stories {
			ids[i] = st.ID
		}
		articles, err := s.cfg.Store.ArticlesOf(ctx, ids, now)
		if err != nil {
			return fmt.Errorf("compare: read the articles of %d stories: %w", len(ids), err)
		}
		// Who is not carried now cannot be called silent.
		carried := slices.DeleteFunc(slices.Clone(sources), func(src *news.Source) bool {
			return src.At(now) != news.Carried
		})
		for _, st := range stories {
			err := s.compare(ctx, st, lenses, carried, owners, articles[st.ID], now)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			tried[st.ID] = true
			if err != nil {
				failed++
				if failure == nil {
					failure = fmt.Errorf("compare: keep story %s: %w", st.ID, err)
				}
				continue
			}
			done++
			s.cfg.Progress.Tell(done, 0, "stories compared")
		}
	}
	s.cfg.Logger.Debug("stories compared", "stories", done, "failed", failed)
	if err := s.cfg.Store.CountOutput(ctx, s.cfg.Now()); err != nil {
		return errors.Join(failure, fmt.Errorf("compare: %w", err))
	}
	if failed > 1 {
		return fmt.Errorf("%w, and %d more", failure, failed-1)
	}
	return failure
}

// compare compares one Story and keeps what came of it.
func (s *Stage) compare(ctx context.Context, st *news.Story, lenses []news.Lens, sources []*news.Source, owners map[string]string, articles []*news.Article, now time.Time) error {
	story, comparisons := compareStory(st, lenses, sources, owners, articles)
	var found *news.Findings
	if len(articles) > 1 { // most stories are one account
		if err := s.cfg.Store.ReadTexts(ctx, articles); err != nil {
			return err
		}
		if r := readAccounts(articles, owners); r != nil {
			found = find(st.ID, r)
			word(comparisons, r, namesOf(sources, articles))
		}
	}
	return s.cfg.Store.SaveComparisons(ctx, story, comparisons, found, now)
}

// namesOf returns the names of the sources that have an article.
func namesOf(sources []*news.Source, articles []*news.Article) []string {
	var names []string
	for _, src := range sources {
		if slices.ContainsFunc(articles, func(a *news.Article) bool { return a.SourceID == src.ID }) {
			names = append(names, src.Name)
		}
	}
	return names
}

// lively is how long before a Story an outlet may have been read last and still be called
// silent about it. Outlets are read at least once a day while they can be.
const lively = 24 * time.Hour

// read leaves out the sources of which the hub cannot say that they are silent: those
// that it did not read while the Story was live, and those that write in none of its
// languages, for articles of two languages do not meet in one Story. An outlet was read
// then if its present time of reading, without a gap of more than a day, had begun by the
// Story's last Article and had not ended more than a day before its first. One that was
// added, or came back, after the Story is thus never held against it.
func read(sources []*news.Source, articles []*news.Article) []*news.Source {
	reported, languages := map[string]bool{}, map[string]bool{}
	var first, last time.Time
	for _, a := range articles {
		reported[a.SourceID], languages[lang.Base(a.Language)] = true, true
		at := a.When()
		if first.IsZero() || at.Before(first) {
			first = at
		}
		if at.After(last) {
			last = at
		}
	}
	var out []*news.Source
	for _, s := range sources {
		writes := len(s.Languages) == 0 || slices.ContainsFunc(s.Languages, func(l string) bool { return languages[lang.Base(l)] })
		lived := !s.ReadSince.IsZero() && !s.ReadSince.After(last) && !s.LastRead.Before(first.Add(-lively))
		if reported[s.ID] || writes && lived {
			out = append(out, s)
		}
	}
	return out
}

// compareStory returns the Comparisons of st through each lens, and st as its carried
// articles make it. Without any there is nothing to compare. Owners are those of all sources, as
// news.Owners has them.
func compareStory(st *news.Story, lenses []news.Lens, sources []*news.Source, owners map[string]string, articles []*news.Article) (*news.Story, []*news.Comparison) {
	story := *st
	sources = read(sources, articles)
	comparisons := make([]*news.Comparison, 0, len(lenses))
	sides := 0
	if len(articles) > 0 {
		for i := range lenses {
			c := Compare(&lenses[i], sources, articles)
			c.StoryID = st.ID
			sides = max(sides, c.Told())
			comparisons = append(comparisons, c)
		}
	}
	story.Articles, story.Outlets = len(articles), 0
	outlets, headed := map[string]bool{}, false
	told := map[string]time.Time{} // owner -> when the first of its outlets told the Story
	first := ""                    // what heads the Story if its head is not carried any more
	story.First, story.Last = time.Time{}, time.Time{}
	for _, a := range articles {
		outlets[a.SourceID] = true
		headed = headed || a.ID == st.HeadID
		at := a.When()
		owner := cmp.Or(owners[a.SourceID], a.SourceID)
		if t, known := told[owner]; !known || at.Before(t) {
			told[owner] = at
		}
		if story.First.IsZero() || at.Before(story.First) || at.Equal(story.First) && a.ID < first {
			story.First, first = at, a.ID
		}
		if at.After(story.Last) {
			story.Last = at
		}
	}
	if !headed {
		story.HeadID = first
	}
	if len(articles) == 0 {
		story.First, story.Last = st.First, st.Last
	}
	story.Outlets = len(outlets)
	fresh := story.First
	for _, at := range told {
		if at.After(fresh) {
			fresh = at
		}
	}
	story.Rank = news.Rank(len(told), sides, fresh)
	return &story, comparisons
}
