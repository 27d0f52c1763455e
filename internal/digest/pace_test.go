package digest_test

import (
	"context"
	"fmt"
	"net/mail"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"parallax/internal/digest"
	"parallax/internal/news"
	"parallax/internal/store"
	"parallax/internal/webtest"
)

// A clock is a mail server that notes when it got what.
type clock struct{ times []time.Time }

func (c *clock) Dial(context.Context) (digest.Connection, error) { return c, nil }
func (c *clock) Close() error                                    { return nil }

func (c *clock) Send(context.Context, *digest.Message) error {
	c.times = append(c.times, time.Now())
	return nil
}

// No more than 120 messages go out in a minute, in however many batches.
func TestPace(t *testing.T) {
	file := filepath.Join(t.TempDir(), "mail.db")
	synctest.Test(t, func(t *testing.T) {
		books, err := store.Open(t.Context(), file, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = books.Close() }()
		c := &clock{}
		o := digest.New(digest.Config{
			Books: books, Store: webtest.New(), Sender: c, HubName: "Both Sides", HubURL: "https://hub.example",
			From:   mail.Address{Address: "digest@hub.example"},
			Lenses: func(context.Context) ([]news.Lens, error) { return webtest.New().Lenses(), nil },
		})
		const addresses = 45
		for i := range addresses {
			if err := o.Ask(t.Context(), fmt.Sprintf("reader%d@mail.example", i), news.MailChoice{LensID: "river"}); err != nil {
				t.Fatal(err)
			}
		}
		if err := o.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(c.times) != addresses {
			t.Fatalf("%d messages, want %d", len(c.times), addresses)
		}
		for i := range addresses - 1 {
			if got := c.times[i+1].Sub(c.times[i]); got < 500*time.Millisecond {
				t.Errorf("message %d came %v after the one before", i+1, got)
			}
		}
		// Told to stop in the middle it stops at once, and what it had claimed is free for the next.
		for i := range 3 {
			if err := o.Ask(t.Context(), fmt.Sprintf("late%d@mail.example", i), news.MailChoice{LensID: "river"}); err != nil {
				t.Fatal(err)
			}
		}
		ctx, stop := context.WithTimeout(t.Context(), 700*time.Millisecond)
		defer stop()
		if err := o.Run(ctx); err == nil || len(c.times) != addresses+2 {
			t.Errorf("stopped with %v after %d messages", err, len(c.times)-addresses)
		}
		due, err := books.DueMail(t.Context(), time.Now(), time.Minute, 9)
		if err != nil || len(due) != 1 {
			t.Errorf("%d are left, %v; want 1", len(due), err)
		}
	})
}
