package cluster

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"parallax/internal/news"
)

// batch is how many Articles are placed and kept in one transaction.
const batch = 500

// A Store is what clustering needs to remember.
type Store interface {
	// Unplaced returns Articles without a Story, with Text, the earliest first.
	Unplaced(ctx context.Context, limit int) ([]*news.Article, error)
	// Placed returns Articles with a Story whose time is since or later, with Text, in the
	// order of Seq.
	Placed(ctx context.Context, since time.Time) ([]*news.Article, error)
	// LastPlaced returns the highest Seq that was ever given, 0 when none was.
	LastPlaced(ctx context.Context) (int64, error)
	// Hand returns what the editor decided, and Decisions how often so far.
	Hand(ctx context.Context) (*news.Hand, error)
	Decisions(ctx context.Context) (int64, error)
	// SaveClustering keeps all of it or nothing; nothing, and news.ErrDecided, where the editor
	// has decided something that it does not know of.
	SaveClustering(ctx context.Context, c *news.Clustering, now time.Time) error
}

// An Embedder makes embeddings of texts, one for each, nil for what has none; it never fails, and takes
// no longer for all than what it was told to.
type Embedder interface {
	Embed(ctx context.Context, texts []string) []*news.Embedding
}

// Config is what a Stage works with.
type Config struct {
	Store    Store
	Embedder Embedder // may be nil
	Now      func() time.Time
	Logger   *slog.Logger
	Progress news.Progress // may be nil
	Options  Options
}

// A Stage places the Articles that wait, and keeps its Clusterer between runs. Several may
// share a store if only one of them runs at a time: each notices what others placed. It is not safe for concurrent use.
type Stage struct {
	cfg       Config
	clusterer *Clusterer // nil when it must be rebuilt from the store
	seq       int64      // the last given, by whomever
	decisions int64      // of the editor, that the clusterer knows
}

// New returns the stage.
func New(cfg Config) *Stage {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	cfg.Options.setDefaults()
	return &Stage{cfg: cfg}
}

// Name returns "cluster".
func (*Stage) Name() string { return "cluster" }

// Run places every Article that waits. When it is stopped or the store fails, what it learned
// since the last batch that was kept is given up, and learned again from the store next time.
func (s *Stage) Run(ctx context.Context) error {
	done := 0
	defer func() {
		if p := recover(); p != nil {
			s.clusterer = nil // it may have stopped half-way
			panic(p)
		}
	}()
	for {
		waiting, err := s.cfg.Store.Unplaced(ctx, batch)
		if err != nil {
			return fmt.Errorf("cluster: read articles that wait: %w", err)
		}
		if len(waiting) == 0 {
			return nil
		}
		// Another process on the same store may have placed articles since.
		last, err := s.cfg.Store.LastPlaced(ctx)
		if err != nil {
			return fmt.Errorf("cluster: %w", err)
		}
		decisions, err := s.cfg.Store.Decisions(ctx)
		if err != nil {
			return fmt.Errorf("cluster: %w", err)
		}
		if s.clusterer == nil || s.seq != last || s.decisions != decisions {
			if err := s.rebuild(ctx); err != nil {
				return fmt.Errorf("cluster: rebuild from the store: %w", err)
			}
			s.seq = last
		}
		s.embed(ctx, waiting)
		clustering, err := s.place(ctx, waiting)
		if err != nil {
			s.clusterer = nil
			return err
		}
		if len(clustering.Placements) == 0 {
			// Nothing of the batch was ours to place, and the next would be the same.
			return nil
		}
		err = s.cfg.Store.SaveClustering(ctx, clustering, s.cfg.Now())
		if errors.Is(err, news.ErrDecided) {
			s.clusterer = nil
			continue
		}
		if err != nil {
			s.clusterer = nil
			return fmt.Errorf("cluster: keep a batch of %d articles: %w", len(waiting), err)
		}
		done += len(clustering.Placements)
		s.cfg.Progress.Tell(done, 0, fmt.Sprintf("%d articles placed, %d stories in the window", done, len(s.clusterer.stories)))
		s.cfg.Logger.Debug("batch placed", "articles", len(clustering.Placements),
			"merges", len(clustering.Merges), "window", s.clusterer.Len())
	}
}

// embed asks for the embeddings of a batch before it is placed: what has none by then is placed without
// and has none ever after, so that a Clusterer that is rebuilt sees what this one saw. Copies
// have no weight and need none.
func (s *Stage) embed(ctx context.Context, waiting []*news.Article) {
	if s.cfg.Embedder == nil {
		return
	}
	texts := make([]string, len(waiting))
	for i, a := range waiting {
		if a.StoryID == "" && a.WireRoot == "" {
			texts[i] = EmbeddingText(DocOf(a))
		}
	}
	for i, e := range s.cfg.Embedder.Embed(ctx, texts) {
		waiting[i].Embedding = e
	}
}

// place decides on a batch.
func (s *Stage) place(ctx context.Context, waiting []*news.Article) (*news.Clustering, error) {
	clustering := &news.Clustering{Decisions: s.decisions, Heads: map[string]string{}}
	now := s.cfg.Now().UnixMicro()
	for a, doc := range ahead(waiting) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if a.StoryID != "" {
			// An editor was faster: the Article counts where it is and is not touched.
			s.clusterer.Restore(doc, a.StoryID)
			continue
		}
		d := s.clusterer.Add(doc)
		root := a.WireRoot
		if d.Alone {
			root = ""
		}
		// The microsecond keeps the order ascending over the life of the hub even when
		// the article with the highest number is too old to be in the window.
		s.seq = max(s.seq+1, now)
		clustering.Placements = append(clustering.Placements, news.Placement{
			ArticleID: a.ID, StoryID: d.StoryID, Seq: s.seq, Score: d.Score, Why: d.Why, Grounds: d.Grounds,
			Revision: a.Revision, At: a.When(), Language: a.Language, WireRoot: root,
			Embedding: a.Embedding,
		})
		clustering.Merges = append(clustering.Merges, d.Merges...)
		var changed []string
		for _, m := range d.Merges {
			changed = append(changed, m.From, m.Into)
		}
		for _, m := range d.Moves {
			m.Seq = s.seq
			clustering.Moves = append(clustering.Moves, m)
			changed = append(changed, m.From, m.To)
		}
		if d.Head != "" {
			clustering.Heads[d.StoryID] = d.Head
		}
		for _, story := range changed {
			delete(clustering.Heads, story) // it may be no more
			if head := s.clusterer.Head(story); head != "" {
				clustering.Heads[story] = head
			}
		}
	}
	return clustering, nil
}

// rebuild reads the articles that the Clusterer would know had it never stopped. Which these
// are follows from the time of the latest, wherever the present is: a hub that slept for a
// month wakes in the month before.
func (s *Stage) rebuild(ctx context.Context) error {
	window := s.cfg.Options.Window
	var placed []*news.Article
	// First, so that what is decided meanwhile is not taken for known.
	hand, err := s.cfg.Store.Hand(ctx)
	if err != nil {
		return err
	}
	// Twice the window: whether a copy has weight depends on whether its original was in
	// the window when it came. A day more, for a hub that has been quiet that long.
	for back := 2*window + 24*time.Hour; ; back *= 4 {
		since := s.cfg.Now().Add(-back)
		last := back > 100*365*24*time.Hour
		if last {
			since = time.Time{}
		}
		if placed, err = s.cfg.Store.Placed(ctx, since); err != nil {
			return err
		}
		var latest time.Time
		for _, a := range placed {
			if at := a.When(); at.After(latest) {
				latest = at
			}
		}
		if last || len(placed) > 0 && !latest.Add(-2*window).Before(since) {
			break
		}
	}
	c := NewClusterer(s.cfg.Options)
	c.Obey(hand)
	for a, doc := range ahead(placed) {
		if err := ctx.Err(); err != nil {
			return err
		}
		c.Restore(doc, a.StoryID)
	}
	s.clusterer, s.decisions = c, hand.Decisions
	s.cfg.Logger.Debug("clusterer rebuilt", "articles", len(placed), "window", c.Len())
	return nil
}
