// Package assist asks a machine that the operator named, at any OpenAI-compatible endpoint, for one sentence
// about each section of a story's page and for translations of headlines and quotes. It reads Stories that two
// sides tell and that changed, and writes Gists and Translations.
//
// What goes out is what readers may see, no more. What comes back is held against it (package check) and
// dropped where it does not stand; what was dropped is asked for once more, with the reason, and then
// remembered, so that the same is not asked again. A page without any of it lacks nothing.
package assist

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"parallax/internal/endpoint"
	"parallax/internal/news"
	"parallax/internal/publish"
)

const (
	// fresh is how old news are that the machine is still asked about, for stories of two owners and sides;
	// a story of twice as many may be half a day older, see news.Rank.
	fresh = 48 * time.Hour
	// perRun is how many stories one run asks about, so that the newest come first again after.
	perRun = 10
	// longestRun is how long a run begins further questions: where stages run one after the other, the next
	// ones wait for it. What is left waits for the next run.
	longestRun = 5 * time.Minute
	// again is how long a story rests after the machine was asked about it: one that breaks
	// changes every minute.
	again = 20 * time.Minute
	// headlines and quotes are how many of a story's are translated into each language; of the quotes those
	// that stand first on its page, quotesEach of one speaker, as there.
	headlines, quotes, quotesEach = 24, 10, 3
)

// A Store is what the assistant needs to remember.
type Store interface {
	Unassisted(ctx context.Context, now time.Time, least float64, limit int) ([]*news.Story, error)
	ArticlesOf(ctx context.Context, storyIDs []string, now time.Time) (map[string][]*news.Article, error)
	ReadTexts(ctx context.Context, articles []*news.Article) error
	Comparisons(ctx context.Context, lensID string, storyIDs []string) (map[string]*news.Comparison, error)
	Findings(ctx context.Context, storyID string) (*news.Findings, error)
	Gists(ctx context.Context, storyID string) ([]news.Gist, error)
	Translations(ctx context.Context, articleIDs []string) ([]news.Translation, error)
	SaveAssisted(ctx context.Context, s *news.Story, gists []news.Gist, translations []news.Translation, due time.Time) error
	AskAssistant(ctx context.Context, now time.Time, most int) (bool, error)
}

// Least is the rank below which a story is too old to be asked about at now.
func Least(now time.Time) float64 { return news.Rank(2, 2, now.Add(-fresh)) }

// Kinds of what the machine writes, and the result of what is shown; of what is not it is a
// check.Reason.
const (
	KindSentence    = "sentence"
	KindTranslation = "translation"
	Shown           = "shown"
)

// Config is what the stage needs.
type Config struct {
	Store     Store
	Endpoint  Endpoint
	Model     string
	Sentences bool
	Languages []string // base languages into which headlines and quotes are translated; check.Checks holds for each
	PerHour   int      // questions
	Timeout   time.Duration
	Lenses    func(ctx context.Context) ([]news.Lens, []*news.Source, error)
	// Opening chooses the lens through which a story's page opens.
	Opening func(lenses []news.Lens, sources []*news.Source, articles []*news.Article) *news.Lens
	Now     func() time.Time
	Logger  *slog.Logger              // may be nil
	Count   func(kind, result string) // may be nil
}

// A Stage asks the assistant.
type Stage struct {
	cfg     Config
	breaker *endpoint.Breaker
	spent   time.Time // until when no question is left
	began   time.Time // the run did
	// atOnce is how many things of a kind are asked for in one question, where answers were cut.
	atOnce map[string]int
}

// New returns the stage.
func New(cfg Config) *Stage {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Count == nil {
		cfg.Count = func(string, string) {}
	}
	return &Stage{cfg: cfg, atOnce: map[string]int{}, breaker: endpoint.NewBreaker("the assistant", cfg.Now, cfg.Logger)}
}

// Name returns "assist".
func (*Stage) Name() string { return "assist" }

var (
	// errSpent says that no question is left for this hour.
	errSpent = errors.New("no question is left for this hour")
	// errLate says that the run has taken longestRun.
	errLate = errors.New("the run has taken long enough")
)

// waits reports whether err only says that what is left is asked for later.
func waits(err error) bool { return errors.Is(err, errSpent) || errors.Is(err, errLate) }

// Run asks about the stories that wait, the newest and widest first, as far as questions are left. That the
// endpoint fails is no failure of the hub: its breaker tells the operator.
func (s *Stage) Run(ctx context.Context) error {
	now := s.cfg.Now()
	if now.Before(s.spent) || s.breaker.Resting() {
		return nil
	}
	stories, err := s.cfg.Store.Unassisted(ctx, now, Least(now), perRun)
	if err != nil || len(stories) == 0 {
		return err
	}
	lenses, sources, err := s.cfg.Lenses(ctx)
	if err != nil {
		return fmt.Errorf("read lenses and sources: %w", err)
	}
	s.began = now
	for _, st := range stories {
		if s.late() {
			return nil
		}
		err := s.story(ctx, st, lenses, sources)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, errSpent):
			s.spent = now.Truncate(time.Hour).Add(time.Hour)
			s.cfg.Logger.DebugContext(ctx, "assistant rests, all questions of the hour are asked", "until", s.spent)
			return nil
		case errors.Is(err, errLate):
			s.cfg.Logger.DebugContext(ctx, "assistant goes on in the next run, this one has taken long", "story", st.ID)
			return nil
		case err != nil:
			return fmt.Errorf("story %s: %w", st.ID, err)
		case s.breaker.Resting():
			return nil
		}
	}
	return nil
}

// A work is what is to be asked about one story, and what came of it.
type work struct {
	story        *news.Story
	lens         *news.Lens
	now          time.Time
	sections     []section
	said         []news.Gist // before
	gists        []news.Gist
	texts        []original
	translations []news.Translation
	failed       bool // the endpoint did: the rest waits
}

func (s *Stage) story(ctx context.Context, st *news.Story, lenses []news.Lens, sources []*news.Source) error {
	w, err := s.prepare(ctx, st, lenses, sources)
	if err != nil {
		return err
	}
	asks := len(w.sections)+len(w.texts) > 0
	err = s.sentences(ctx, w)
	for _, l := range s.cfg.Languages {
		if err == nil && !w.failed {
			err = s.translate(ctx, w, l)
		}
	}
	if err != nil && !waits(err) {
		return err
	}
	done, due := *st, w.now
	if asks {
		due = w.now.Add(again)
	}
	if err != nil || w.failed {
		done.Changes = 0 // it goes on waiting for what is left, and what was said holds as long as what it rests on does
		for _, g := range w.said {
			if !slices.ContainsFunc(w.gists, func(x news.Gist) bool { return x.Section == g.Section }) {
				w.gists = append(w.gists, g)
			}
		}
	}
	if waits(err) {
		due = w.now
	}
	return errors.Join(s.cfg.Store.SaveAssisted(ctx, &done, w.gists, w.translations, due), err)
}

// prepare finds out what is to be asked about a story that was not asked before.
func (s *Stage) prepare(ctx context.Context, st *news.Story, lenses []news.Lens, sources []*news.Source) (*work, error) {
	w := &work{story: st, now: s.cfg.Now()}
	byStory, err := s.cfg.Store.ArticlesOf(ctx, []string{st.ID}, w.now)
	if err != nil {
		return nil, err
	}
	articles := byStory[st.ID]
	if w.lens = s.cfg.Opening(lenses, sources, articles); w.lens == nil || len(articles) == 0 {
		return w, nil
	}
	view := &seen{
		now: w.now, lens: w.lens, sources: map[string]*news.Source{}, owners: news.Owners(sources),
		articles: map[string]*news.Article{},
	}
	for _, src := range sources {
		view.sources[src.ID] = src
	}
	for _, a := range articles {
		view.articles[a.ID] = a
	}
	if err := s.find(ctx, st.ID, view); err != nil {
		return nil, err
	}
	if s.cfg.Sentences {
		if err := s.wanted(ctx, w, view); err != nil {
			return nil, err
		}
	}
	if len(s.cfg.Languages) > 0 {
		return w, s.foreign(ctx, w, view, articles)
	}
	return w, nil
}

// find reads how the accounts compare, what was found in them, and the texts in which it stands.
func (s *Stage) find(ctx context.Context, storyID string, view *seen) (err error) {
	comparisons, err := s.cfg.Store.Comparisons(ctx, view.lens.ID, []string{storyID})
	if err != nil {
		return err
	}
	if c := comparisons[storyID]; c != nil {
		view.sides = c.Sides
	}
	if view.findings, err = s.cfg.Store.Findings(ctx, storyID); err != nil || view.findings == nil {
		return err
	}
	named := map[string]*news.Article{}
	view.findings.Each(func(p news.Passage) {
		if a := view.articles[p.ArticleID]; a != nil {
			named[a.ID] = a
		}
	})
	if err := s.cfg.Store.ReadTexts(ctx, slices.Collect(maps.Values(named))); err != nil {
		return err
	}
	view.quoter = publish.NewQuoter(view.now, view.articles, view.sources, view.findings.Each)
	return nil
}

// wanted finds the sections about which the machine has said nothing yet, and keeps what it has said about the
// others.
func (s *Stage) wanted(ctx context.Context, w *work, view *seen) error {
	var err error
	if w.said, err = s.cfg.Store.Gists(ctx, w.story.ID); err != nil {
		return err
	}
	for _, sec := range view.sections() {
		asked := sec.hash(w.lens.ID, s.cfg.Model)
		if i := slices.IndexFunc(w.said, func(g news.Gist) bool {
			// One that is not shown any more, though it would be asked with the same words, is asked for again.
			return g.Asked == asked && g.Section == sec.name && (g.Text == "" || publish.GistStands(&g, w.lens, view.articles, view.sources, w.now))
		}); i >= 0 {
			w.gists = append(w.gists, w.said[i])
			continue
		}
		w.sections = append(w.sections, sec)
	}
	return nil
}
