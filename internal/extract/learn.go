package extract

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"parallax/internal/extract/boilerplate"
	"parallax/internal/extract/shingle"
	"parallax/internal/news"
)

const (
	// relook is in how many of a Source's last articles a block is looked for that was
	// learned from them: those in which it was counted, and those that came meanwhile.
	relook = 100
	// rememberEvery is after how many articles what was learned is kept: more often would be
	// much writing, and what a crash takes is learned again.
	rememberEvery = 256
)

// learner returns who learns what a Source repeats. The caller holds f.mu; what a learner is
// given, only who keeps articles gives it, one after the other.
func (f *flow) learner(ctx context.Context, sourceID string) (*boilerplate.Learner, error) {
	if l := f.learners[sourceID]; l != nil {
		return l, nil
	}
	known, err := f.o.Store.Boilerplate(ctx, sourceID)
	if err != nil {
		return nil, fmt.Errorf("read what %s repeats: %w", sourceID, err)
	}
	l := boilerplate.NewLearner(known)
	f.learners[sourceID] = l
	return l, nil
}

// repeated returns what is known to be repeated in the articles of a Source.
func (f *flow) repeated(ctx context.Context, sourceID string) (*boilerplate.Set, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	l, err := f.learner(ctx, sourceID)
	if err != nil {
		return nil, err
	}
	return l.Set(), nil
}

// learn learns from articles that are about to be kept, and takes out of them what it
// learned. An article of another revision is cleaned as it is in the store, too.
func (f *flow) learn(ctx context.Context, results []result) error {
	learners, err := f.see(ctx, results)
	if err != nil {
		return err
	}
	for i, it := range results {
		a := it.made.article
		if a == nil {
			continue
		}
		l := learners[i]
		set := l.Set()
		if len(clean(a, set)) > 0 {
			results[i].made.text = shingle.Of(a.Title, a.Text)
		}
		if it.Revision <= 1 {
			l.Taken(a.ID, a.Apart, f.o.Now())
			continue
		}
		if err := f.cleanStored(ctx, a.ID, set); err != nil && !errors.Is(err, news.ErrNotFound) {
			return err
		}
	}
	return nil
}

// see shows articles to those who learn, and returns who learned of each.
func (f *flow) see(ctx context.Context, results []result) ([]*boilerplate.Learner, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	learners := make([]*boilerplate.Learner, len(results))
	for i, it := range results {
		a := it.made.article
		if a == nil {
			continue
		}
		l, err := f.learner(ctx, a.SourceID)
		if err != nil {
			return nil, err
		}
		l.See(a, f.o.Now())
		learners[i] = l
		f.learned++
	}
	return learners, nil
}

func (f *flow) cleanStored(ctx context.Context, id string, set *boilerplate.Set) error {
	f.texts.forget(id)
	return f.o.Store.CleanArticle(ctx, id, func(a *news.Article) bool {
		found := len(clean(a, set)) > 0
		if found {
			a.Shingles = shingle.Of(a.Title, a.Text).Sample()
		}
		return found
	}, f.o.Now())
}

// remember keeps what was learned, after it was taken out of the articles of before. Whose
// articles come next is read again, so that not all Sources are in memory at the end.
func (f *flow) remember(ctx context.Context) error {
	f.mu.Lock()
	learners := maps.Clone(f.learners)
	f.mu.Unlock()
	var changed []*news.Boilerplate
	for id, l := range learners {
		if l.Fresh() {
			if err := f.relook(ctx, id, l); err != nil {
				return fmt.Errorf("look again at the articles of %s: %w", id, err)
			}
		}
		if b, ok := l.State(); ok {
			changed = append(changed, b)
		}
	}
	if err := f.o.Store.SaveBoilerplate(ctx, changed); err != nil {
		return fmt.Errorf("keep what sources repeat: %w", err)
	}
	f.mu.Lock()
	clear(f.learners)
	f.mu.Unlock()
	f.learned = 0
	return ctx.Err()
}

// relook takes what a Source repeats out of its last articles.
func (f *flow) relook(ctx context.Context, sourceID string, l *boilerplate.Learner) error {
	last, err := f.o.Store.LastArticles(ctx, sourceID, relook)
	if err != nil {
		return err
	}
	for _, a := range last {
		found := clean(a, l.Set())
		if len(found) == 0 {
			continue
		}
		l.Taken(a.ID, found, f.o.Now())
		if err := f.cleanStored(ctx, a.ID, l.Set()); err != nil {
			return err
		}
	}
	return nil
}
