package distribute

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"parallax/internal/news"
)

const (
	// lookEvery is how often it is looked for work while some is under way: who rests is woken.
	lookEvery = 100 * time.Millisecond
	// spacing is the least time between two looks at a feed, so that a busy minute is told in
	// some documents and not in a hundred; a feed that takes long to make is made more seldom.
	spacing     = 500 * time.Millisecond
	costSpacing = 4
	// lookAgain is when a feed is looked at although nothing has happened: what is carried ends by
	// the clock, too.
	lookAgain = 10 * time.Minute
	// lookTime is how long a feed may take to be made, and lookLater when it is tried again.
	lookTime  = 20 * time.Second
	lookLater = 30 * time.Second
	// topicBatch is how many feeds are claimed at once.
	topicBatch = 4

	// lookFreely is for how long feeds are made one after another; then there is a pause as long as
	// each took, so that of one processor no more than half is used, however many feeds there are.
	lookFreely = 500 * time.Millisecond

	maxMoves = 3 // of stories that went into others
)

// Run looks at the feeds that have subscribers, and asks and tells those that are due, until
// nothing of that is left. One that takes long holds up no other: each has its own call, and what
// comes meanwhile is begun beside it.
func (h *Hub) Run(ctx context.Context) (err error) {
	var calls sync.WaitGroup
	defer calls.Wait()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	looking, looked := false, make(chan error, 1)
	before := 0 // how many calls had ended when it was begun to look
	defer func() {
		if looking {
			if late := <-looked; err == nil {
				err = late
			}
		}
	}()
	done := 0
	for {
		if !looking {
			looking, before = true, h.flying.past()
			go func() { looked <- h.lookAround(ctx) }()
		}
		begun, err := h.begin(ctx, &calls)
		if err != nil {
			return err
		}
		if begun > 0 {
			done += begun
			h.cfg.Progress.Tell(done, 0, "subscribers called")
		}
		select {
		case err := <-looked:
			if looking = false; err != nil {
				return err
			}
			// What it found is due by now.
			n, err := h.begin(ctx, &calls)
			if err != nil {
				return err
			}
			// Who confirmed since it was begun to look may have to be told of a feed that nobody wanted by then.
			if free, _, _ := h.flying.room(); n == 0 && free == workers && h.flying.past() == before {
				return ctx.Err()
			}
			done += n
			select {
			case <-ctx.Done():
			case <-h.flying.landed:
			case <-tick.C:
			}
		case <-ctx.Done():
			return ctx.Err()
		case <-h.flying.landed:
		case <-tick.C:
		}
	}
}

// begin claims who is due, as far as there is room, and calls each beside the others.
func (h *Hub) begin(ctx context.Context, calls *sync.WaitGroup) (begun int, err error) {
	for {
		n, busy, calm := h.flying.room()
		if n <= 0 {
			return begun, nil
		}
		due, err := h.cfg.Store.DueSubscribers(ctx, h.cfg.Now(), claim, min(n, perHost), busy, calm)
		if err != nil {
			return begun, fmt.Errorf("distribute: %w", err)
		}
		if len(due) == 0 {
			return begun, nil
		}
		begun += len(due)
		for _, s := range due {
			troubled := s.Tries > 0
			h.flying.start(s.Host, troubled)
			calls.Go(func() {
				defer h.flying.end(s.Host, troubled)
				h.one(ctx, s)
			})
		}
	}
}

// one does what is to be done about a subscriber who is claimed.
func (h *Hub) one(ctx context.Context, s *news.Subscriber) {
	var err error
	now := h.cfg.Now()
	switch {
	case s.Ask.Mode != "" && !s.Ask.Due.After(now):
		err = h.ask(ctx, s)
	case !s.News.IsZero() && s.Live(now) && !s.NotBefore.After(now):
		err = h.tell(ctx, s)
	default:
		err = h.change(ctx, s, func(cur *news.Subscriber, _ string) {
			now := h.cfg.Now()
			if !cur.Live(now) {
				cur.Until, cur.Gone = time.Time{}, cur.Ask.Mode == ""
			}
		})
	}
	if ctx.Err() != nil { // others may have it
		free, cancel := context.WithTimeout(context.WithoutCancel(ctx), callTime)
		defer cancel()
		err = h.cfg.Store.ChangeSubscriber(free, s.ID, func(*news.Subscriber, string) {})
	}
	if err != nil && !errors.Is(err, news.ErrNotFound) {
		h.cfg.Logger.ErrorContext(ctx, "a subscriber was not dealt with", "host", s.Host, "error", err)
	}
}

// change is ChangeSubscriber for one that may have left meanwhile.
func (h *Hub) change(ctx context.Context, s *news.Subscriber, f func(cur *news.Subscriber, hash string)) error {
	err := h.cfg.Store.ChangeSubscriber(ctx, s.ID, f)
	if errors.Is(err, news.ErrNotFound) {
		return nil
	}
	return err
}

// lookAround makes the feeds anew whose subscribers may have to be told something.
func (h *Hub) lookAround(ctx context.Context) error {
	began, took := time.Now(), time.Duration(0)
	for {
		edition, err := h.cfg.Store.Edition(ctx)
		if err != nil {
			return fmt.Errorf("distribute: %w", err)
		}
		now := h.cfg.Now()
		due, err := h.cfg.Store.DueTopics(ctx, edition, now, now.Add(-lookAgain), claim, topicBatch)
		if err != nil {
			return fmt.Errorf("distribute: %w", err)
		}
		if len(due) == 0 {
			return h.ringAt(ctx, edition)
		}
		for _, p := range due {
			start := time.Now()
			if start.Sub(began) > lookFreely {
				select {
				case <-ctx.Done():
					return ctx.Err()
				case <-time.After(took):
				}
				start = time.Now()
			}
			if _, err := h.make(ctx, p.Path, edition, now); err != nil {
				return fmt.Errorf("distribute: %w", err)
			}
			took = time.Since(start)
			h.flying.tell()
		}
	}
}

// ringAt has the stage woken when the next feed is due that has changed and was looked at a
// moment ago: nobody rings for it otherwise, and the stage rests for longer.
func (h *Hub) ringAt(ctx context.Context, edition string) error {
	next, err := h.cfg.Store.NextTopic(ctx, edition)
	if err != nil {
		return fmt.Errorf("distribute: %w", err)
	}
	if wait := next.Sub(h.cfg.Now()); !next.IsZero() && wait > 0 {
		time.AfterFunc(wait, h.cfg.Ring)
	}
	return ctx.Err()
}

// make makes a feed anew, and has those told who do not have what it holds. It returns a
// held without a Document if there is none to be told.
func (h *Hub) make(ctx context.Context, path, edition string, noticed time.Time) (held, error) {
	start := time.Now()
	doc, err := h.render(ctx, path, h.cfg.Render)
	doc.edition, doc.made = edition, start
	took := time.Since(start)
	now := h.cfg.Now()
	switch {
	case ctx.Err() != nil:
		return held{}, ctx.Err()
	case err == nil && (doc.Status == http.StatusGone || doc.Status == http.StatusNotFound || doc.Status == http.StatusUnavailableForLegalReasons):
		h.cfg.Logger.InfoContext(ctx, "a feed is not given out any more, its subscribers are told so", "feed", path, "status", doc.Status)
		return held{}, h.cfg.Store.DenySubscribers(ctx, path, reasons[doc.Status], now)
	case err == nil && (doc.Status != http.StatusOK || !isFeed(doc.Type)):
		err = fmt.Errorf("status %d, %s", doc.Status, doc.Type)
	}
	if err != nil {
		h.cfg.Logger.WarnContext(ctx, "a feed that others subscribe to cannot be made", "feed", path, "error", err, "again_in", lookLater)
		_, err := h.cfg.Store.SaveTopic(ctx, &news.Topic{Path: path}, now, now.Add(lookLater))
		return held{}, err
	}
	h.docs.put(path, doc)
	waiting, err := h.cfg.Store.SaveTopic(ctx, &news.Topic{Path: path, Hash: doc.hash, Edition: edition}, noticed, now.Add(max(spacing, costSpacing*took)))
	if waiting > 0 {
		h.cfg.Logger.DebugContext(ctx, "subscribers are told of a feed", "feed", path, "subscribers", waiting, "bytes", len(doc.Body))
	}
	return doc, err
}

// reasons are why there is nothing more to be told of a feed.
var reasons = map[int]string{
	http.StatusNotFound:                   "this hub has no such feed any more",
	http.StatusGone:                       "this feed was withdrawn; its address says why",
	http.StatusUnavailableForLegalReasons: "this feed was taken down for legal reasons; its address says who demanded it",
}

// render returns a feed, or what it has become part of, from the site.
func (h *Hub) render(ctx context.Context, path string, site func(context.Context, string) (*Document, error)) (held, error) {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	for move := 0; ; move++ {
		doc, err := site(ctx, path)
		if err != nil {
			return held{}, fmt.Errorf("make %s: %w", path, err)
		}
		if (doc.Status == http.StatusMovedPermanently || doc.Status == http.StatusPermanentRedirect) && move < maxMoves && len(doc.Location) > 0 && doc.Location[0] == '/' {
			path = doc.Location
			continue
		}
		sum := sha256.Sum256(doc.Body)
		return held{Document: doc, hash: hex.EncodeToString(sum[:16])}, nil
	}
}
