// Package publish decides what readers may be given. From Articles and their Sources,
// as the Carriage allows at a moment, it makes: the body of an article (nothing, an
// excerpt or the whole text), the sentence that says who stands behind the outlet, the
// note that says on what terms it is carried, and feeds in which both stand apart from
// the text. Its Stage withdraws what may no longer be given.
//
// Apart from the Stage everything here is a pure function: times are arguments, and
// nothing is remembered.
package publish

import (
	"context"
	"fmt"
	"log/slog"
	"time"
)

// Grace is how long the text of a withdrawn Source stays stored, unseen by readers,
// before it is purged: an operator who mistyped a date has a week to notice.
const Grace = 7 * 24 * time.Hour

// A Store is what publishing needs to remember.
type Store interface {
	// Withdraw purges the text of what is no longer carried and returns of how many Articles.
	Withdraw(ctx context.Context, now time.Time, grace time.Duration) (int, error)
}

// A Stage withdraws Articles whose carriage has ended.
type Stage struct {
	store Store
	log   *slog.Logger
	now   func() time.Time
}

// New returns the stage.
func New(store Store, log *slog.Logger, now func() time.Time) *Stage {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Stage{store: store, log: log, now: now}
}

// Name returns "publish".
func (*Stage) Name() string { return "publish" }

// Run withdraws everything that is due, then returns. Readers do not wait for it: what
// is not carried any more is left out of every answer from the moment that it ends.
func (s *Stage) Run(ctx context.Context) error {
	n, err := s.store.Withdraw(ctx, s.now(), Grace)
	if err != nil {
		return fmt.Errorf("withdraw what is no longer carried: %w", err)
	}
	if n > 0 {
		s.log.InfoContext(ctx, "texts withdrawn because their carriage ended", "articles", n)
	}
	return nil
}
