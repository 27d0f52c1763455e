package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/news"
)

var mailLimits = news.MailLimits{All: 5, Asks: 3, AsksIn: time.Hour, AskAgain: 24 * time.Hour, Confirm: 48 * time.Hour}

// An address is asked once a day, whoever asks for it how often, and forgotten if it does not confirm.
func TestMailAsked(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t, ctx := w.T, w.Context()
		edition, err := w.Edition(ctx)
		w.must(err)
		daily, weekly := news.MailChoice{LensID: "control"}, news.MailChoice{LensID: "country", Query: "harbour", Weekly: true}
		w.must(w.AskMail(ctx, "ann@mail.example", daily, mailLimits, start))
		due, err := w.DueMail(ctx, start, time.Minute, 9)
		w.must(err)
		want := news.MailSubscriber{
			Address: "ann@mail.example", Wanted: &daily, WantedUntil: start.Add(48 * time.Hour), Asked: start, Asking: true, Due: start,
		}
		if len(due) != 1 {
			t.Fatalf("%d are due, want 1", len(due))
		}
		if diff := cmp.Diff(want, *due[0]); diff != "" {
			t.Errorf("who is asked (-want +got):\n%s", diff)
		}
		// Claimed: nobody else gets it until the lease ends, as it does when who has it dies.
		due, err = w.DueMail(ctx, start.Add(59*time.Second), time.Minute, 9)
		w.must(err)
		expect(t, "due while another has it", len(due), 0)
		due, err = w.DueMail(ctx, start.Add(time.Minute), time.Minute, 9)
		w.must(err)
		expect(t, "due when the lease is over", len(due), 1)
		w.must(w.ChangeMail(ctx, "ann@mail.example", func(m *news.MailSubscriber) bool { m.Asking, m.Due = false, time.Time{}; return true }))

		// Within a day nothing changes; after it, it is asked again, for what is wanted then.
		w.must(w.AskMail(ctx, "ann@mail.example", weekly, mailLimits, start.Add(23*time.Hour)))
		due, err = w.DueMail(ctx, start.Add(23*time.Hour), time.Minute, 9)
		w.must(err)
		expect(t, "asked again within a day", len(due), 0)
		w.must(w.AskMail(ctx, "ann+news@mail.example", weekly, mailLimits, start.Add(23*time.Hour)))
		n0, err := w.CountMail(ctx)
		w.must(err)
		expect(t, "addresses, with the tagged one of the same mailbox", n0, news.MailCounts{Waiting: 1})
		w.must(w.AddMailToken(ctx, "hash", "ann@mail.example", true, start.Add(48*time.Hour)))
		m, err := w.MailOfToken(ctx, "hash", true, start)
		w.must(err)
		expect(t, "wanted", *m.Wanted, daily)
		for name, f := range map[string]func() error{
			"another kind": func() error { _, err := w.MailOfToken(ctx, "hash", false, start); return err },
			"another hash": func() error { _, err := w.MailOfToken(ctx, "other", true, start); return err },
			"too late":     func() error { _, err := w.MailOfToken(ctx, "hash", true, start.Add(48*time.Hour)); return err },
			"nobody's":     func() error { return w.AddMailToken(ctx, "h2", "eve@mail.example", true, start) },
			"not there":    func() error { return w.ForgetMail(ctx, "eve@mail.example") },
		} {
			if err := f(); !errors.Is(err, news.ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		w.must(w.AskMail(ctx, "ann@mail.example", weekly, mailLimits, start.Add(24*time.Hour)))
		due, err = w.DueMail(ctx, start.Add(24*time.Hour), time.Minute, 9)
		w.must(err)
		if len(due) != 1 || *due[0].Wanted != weekly {
			t.Errorf("asked again after a day: %+v", due)
		}
		n, err := w.PurgeMail(ctx, start.Add(72*time.Hour-time.Millisecond))
		w.must(err)
		expect(t, "forgotten too early", n, 0)
		n, err = w.PurgeMail(ctx, start.Add(72*time.Hour))
		w.must(err)
		expect(t, "forgotten", n, 1)
		counts, err := w.CountMail(ctx)
		w.must(err)
		expect(t, "addresses", counts, news.MailCounts{})
		after, err := w.Edition(ctx)
		w.must(err)
		expect(t, "edition: readers are told nothing else", after, edition)
	})
}

// What was confirmed stays when something else is wanted and not confirmed; to forget deletes everything.
func TestMailConfirmed(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t, ctx := w.T, w.Context()
		daily, weekly := news.MailChoice{LensID: "control"}, news.MailChoice{LensID: "country", Weekly: true}
		w.must(w.AskMail(ctx, "ann@mail.example", daily, mailLimits, start))
		digest := start.Add(20 * time.Hour)
		w.must(w.ChangeMail(ctx, "ann@mail.example", func(m *news.MailSubscriber) bool {
			m.Choice, m.Wanted, m.WantedUntil, m.Asking, m.Due, m.Since, m.Tries, m.Refused = m.Wanted, nil, time.Time{}, false, digest, start, 3, 2
			return true
		}))
		w.must(w.AddMailToken(ctx, "manage", "ann@mail.example", false, start.Add(1000*time.Hour)))
		w.must(w.AskMail(ctx, "ann@mail.example", weekly, mailLimits, start.Add(30*time.Hour)))
		m, err := w.MailOfToken(ctx, "manage", false, start)
		w.must(err)
		if diff := cmp.Diff(*m, news.MailSubscriber{
			Address: "ann@mail.example", Choice: &daily, Wanted: &weekly, WantedUntil: start.Add(78 * time.Hour), Asked: start.Add(30 * time.Hour),
			Asking: true, Since: start, Due: digest, Refused: 2,
		}); diff != "" {
			t.Errorf("asked for something else (-got +want):\n%s", diff)
		}
		_, err = w.PurgeMail(ctx, start.Add(78*time.Hour))
		w.must(err)
		m, err = w.MailOfToken(ctx, "manage", false, start)
		w.must(err)
		if m.Wanted != nil || m.Asking || m.Choice == nil || *m.Choice != daily {
			t.Errorf("when that was not confirmed: %+v", m)
		}
		w.must(w.ChangeMail(ctx, "ann@mail.example", func(*news.MailSubscriber) bool { return false }))
		if _, err := w.MailOfToken(ctx, "manage", false, start); !errors.Is(err, news.ErrNotFound) {
			t.Errorf("a link of who left: %v", err)
		}
		if err := w.ChangeMail(ctx, "ann@mail.example", func(*news.MailSubscriber) bool { return true }); !errors.Is(err, news.ErrNotFound) {
			t.Errorf("changed after it left: %v", err)
		}
	})
}

// So many addresses are taken in an hour, and so many in all, whether an address is known or not.
func TestMailLimits(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t, ctx := w.T, w.Context()
		ask := func(name string, at time.Duration) error {
			return w.AskMail(ctx, name+"@mail.example", news.MailChoice{LensID: "control"}, mailLimits, start.Add(at))
		}
		for _, name := range []string{"a", "b", "c"} {
			w.must(ask(name, 0))
		}
		for _, name := range []string{"a", "d"} {
			if err := ask(name, time.Minute); !errors.Is(err, news.ErrTooMany) {
				t.Errorf("%s, the fourth within the hour: %v", name, err)
			}
		}
		w.must(ask("d", time.Hour))
		w.must(ask("e", time.Hour))
		for _, name := range []string{"a", "f"} {
			if err := ask(name, 3*time.Hour); !errors.Is(err, news.ErrTooMany) {
				t.Errorf("%s, when there are five: %v", name, err)
			}
		}
	})
}
