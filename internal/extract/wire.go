package extract

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"parallax/internal/extract/shingle"
	"parallax/internal/news"
)

const (
	// wireWindow is how long after another an Article can be its copy.
	wireWindow = 72 * time.Hour
	// maxCompared bounds with how many others an Article is compared, and perRoot with how many
	// copies of one root: of a text that stands in a hundred outlets two or three tell as much.
	maxCompared, perRoot = 16, 3
)

// A made Article is about to be saved, with its text as shingles.
type made struct {
	*news.Article

	text *shingle.Text
}

// root looks for the Article of which e is a copy, and for those that are copies of it: among
// those of the store and those that are about to be saved before it.
func (s *Stage) root(ctx context.Context, e *news.Extraction, text *shingle.Text, before []made) error {
	a := e.Article
	a.Shingles = text.Sample()
	if len(a.Shingles) == 0 {
		return nil
	}
	w := wired{made: made{a, text}, edited: e.ItemRevision > 1, texts: map[string]*shingle.Text{}, read: s.text}
	var near []*news.Article
	for _, b := range before {
		w.texts[b.ID] = b.text
		near = append(near, b.Article)
	}
	stored, err := s.o.Store.Similar(ctx, a.Shingles, a.SourceID, a.FirstSeen.Add(-wireWindow), a.FirstSeen.Add(wireWindow))
	if err != nil {
		return fmt.Errorf("look for copies of %s: %w", a.URL, err)
	}
	for _, b := range stored {
		if w.texts[b.ID] == nil { // else it is about to be saved anew
			near = append(near, b)
		}
	}
	if err := w.find(ctx, near); err != nil {
		return fmt.Errorf("look for copies of %s: %w", a.URL, err)
	}
	a.WireRoot, a.WireShare, e.Copies = w.root, w.share, w.copies
	for _, c := range e.Copies {
		for _, b := range before {
			if b.ID == c.ID || b.WireRoot == c.ID {
				b.WireRoot, b.WireShare = cmp.Or(a.WireRoot, a.ID), 0
			}
			if b.ID == c.ID {
				b.WireShare = c.Share
			}
		}
	}
	return nil
}

// text reads the text of an Article; an empty one where that is gone.
func (s *Stage) text(ctx context.Context, of *news.Article) (*shingle.Text, error) {
	if t := s.texts.get(of); t != nil {
		return t, nil
	}
	a, err := s.o.Store.Article(ctx, of.ID)
	if errors.Is(err, news.ErrNotFound) {
		return new(shingle.Text), nil
	}
	if err != nil {
		return nil, err
	}
	t := shingle.Of(a.Title, a.Text)
	s.texts.put(a, t)
	return t, nil
}

// wired is how an Article stands to others.
type wired struct {
	made

	edited bool                                                        // it may have been seen before the text that it has now
	texts  map[string]*shingle.Text                                    // of Articles about to be saved, by their ids
	read   func(context.Context, *news.Article) (*shingle.Text, error) // of those that are stored

	root   string
	share  int
	copies []news.WireCopy
}

// find goes through the Articles near it in the order in which they were seen. The first whose
// text it repeats is its root, or has the root that it gets. Roots that were seen later than it and
// repeat it, which happens when its page was slow, become copies of it, or of its root, with all
// that are copies of theirs. An edited Article may have been seen before the text that it
// has now: nothing becomes its copy.
func (w *wired) find(ctx context.Context, near []*news.Article) error {
	var from *news.Article
	for _, b := range w.chosen(near) {
		before := order(b, w.Article) < 0
		if before && from != nil || !before && (w.edited || b.WireRoot != "") {
			continue
		}
		text, err := w.textOf(ctx, b)
		if err != nil {
			return err
		}
		if !before {
			if share, copied := shingle.Copies(text, w.text); copied {
				w.copies = append(w.copies, news.WireCopy{ID: b.ID, Share: share})
			}
			continue
		}
		if share, copied := shingle.Copies(w.text, text); copied {
			from, w.root, w.share = b, cmp.Or(b.WireRoot, b.ID), share
		}
	}
	if w.root == "" {
		return nil
	}
	for i := range w.copies {
		w.copies[i].Share = 0 // how much of them stands in its root nobody looked
	}
	if from.ID == w.root {
		return nil
	}
	text, err := w.textOf(ctx, &news.Article{ID: w.root})
	if err != nil {
		return err
	}
	w.share = w.text.Share(text)
	return nil
}

// chosen are the Articles among those near with which it is compared, in the order in which
// they were seen: those that share most shingles with it, and of the copies of one root a few.
func (w *wired) chosen(near []*news.Article) (list []*news.Article) {
	shared := map[string]int{}
	for _, b := range near {
		if b.ID == w.ID || b.SourceID == w.SourceID || b.WireRoot == w.ID || w.FirstSeen.Sub(b.FirstSeen).Abs() > wireWindow {
			continue
		}
		for _, h := range w.Shingles {
			if slices.Contains(b.Shingles, h) {
				shared[b.ID]++
			}
		}
		if shared[b.ID] > 0 {
			list = append(list, b)
		}
	}
	slices.SortFunc(list, func(a, b *news.Article) int { return cmp.Or(shared[b.ID]-shared[a.ID], order(a, b)) })
	of := map[string]int{}
	list = slices.DeleteFunc(list, func(b *news.Article) bool {
		of[b.WireRoot]++
		return b.WireRoot != "" && of[b.WireRoot] > perRoot
	})
	list = list[:min(maxCompared, len(list))]
	slices.SortFunc(list, order)
	return list
}

func (w *wired) textOf(ctx context.Context, a *news.Article) (*shingle.Text, error) {
	if t := w.texts[a.ID]; t != nil {
		return t, nil
	}
	return w.read(ctx, a)
}

// maxTexts is how many texts are remembered, so that those that many outlets print are not
// read each time: five megabytes, half a day of a hub of average size.
const maxTexts = 512

// recent are the texts of Articles that were read last.
type recent struct {
	of   map[string]remembered
	ring [maxTexts]string // ids
	next int
}

type remembered struct {
	revision int
	text     *shingle.Text
}

func (r *recent) get(a *news.Article) *shingle.Text {
	if m := r.of[a.ID]; m.revision == a.Revision {
		return m.text
	}
	return nil
}

func (r *recent) put(a *news.Article, t *shingle.Text) {
	if r.of == nil {
		r.of = map[string]remembered{}
	}
	if _, known := r.of[a.ID]; !known {
		delete(r.of, r.ring[r.next])
		r.ring[r.next] = a.ID
		r.next = (r.next + 1) % maxTexts
	}
	r.of[a.ID] = remembered{a.Revision, t}
}

// forget drops the text of an article that is cleaned: its revision stays.
func (r *recent) forget(id string) { delete(r.of, id) }

// sameTime is how long what a hub sees counts as seen at one time: in which order it comes to the
// feeds within an hour says nothing of who was first.
const sameTime = time.Hour

// order is that in which Articles came out: as they were seen, and within an hour of the clock as
// their outlets date them.
func order(a, b *news.Article) int {
	return cmp.Or(a.FirstSeen.Truncate(sameTime).Compare(b.FirstSeen.Truncate(sameTime)), a.When().Compare(b.When()),
		a.FirstSeen.Compare(b.FirstSeen), strings.Compare(a.ID, b.ID))
}
