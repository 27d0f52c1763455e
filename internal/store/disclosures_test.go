package store_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/news"
)

func ownedBy(value string, by news.Authority, read string) news.Disclosure {
	return news.Disclosure{Owners: []news.Claim{{Value: value, By: by, Read: read}}}
}

// saying is a declaration of aurora in which one document names these owners.
func saying(due time.Time, owners ...string) *news.Declaration {
	d := &news.Declaration{SourceID: "aurora", Due: due, Documents: []news.DeclaredIn{
		{Name: "home page", URL: "https://aurora.example/", Read: start, Due: due, Problems: []string{"line 3: no JSON-LD"}},
		{Name: "trust.txt", Error: "fetch: 500", Failures: 2, Due: due},
	}}
	for _, o := range owners {
		d.Documents[0].Said.Owners = append(d.Documents[0].Said.Owners, news.Claim{Value: o, By: news.Self, URL: "https://aurora.example/", Date: "2026-11-01", Read: "JSON-LD"})
	}
	return d
}

// A declaration is due once its outlet was read, and again when it says so.
func TestDeclarations(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		ctx := t.Context()
		a := source("aurora")
		a.Routes = []string{"direct"}
		a.Carriage.Until = start.Add(100 * time.Hour)
		w.apply(start, a, source("beacon"))
		due := func(now time.Time) []*news.Declaration {
			list, err := w.DueDeclarations(ctx, now, 10)
			w.must(err)
			return list
		}
		expect(t, "before anything is read", len(due(start)), 0)
		w.save(start, "aurora")
		if diff := cmp.Diff([]*news.Declaration{{SourceID: "aurora", Home: a.Home, Routes: a.Routes}}, due(start)); diff != "" {
			t.Fatalf("due (-want +got):\n%s", diff)
		}
		n := saying(start.Add(time.Hour), "Quay Holding")
		for range 2 {
			w.must(w.SaveDeclaration(ctx, n, start))
		}
		expect(t, "due before its time", len(due(n.Due.Add(-time.Millisecond))), 0)
		n.Home, n.Routes = a.Home, a.Routes
		if diff := cmp.Diff([]*news.Declaration{n}, due(n.Due)); diff != "" {
			t.Errorf("due again (-want +got):\n%s", diff)
		}
		expect(t, "due when the carriage has ended", len(due(a.Carriage.Until)), 0)
		w.must(w.SaveDeclaration(ctx, &news.Declaration{SourceID: "beacon", Documents: []news.DeclaredIn{{Name: "ads.txt", Error: `"problems":`}}}, start))
		asked, say, flawed, err := w.Declared(ctx)
		w.must(err)
		if asked != 2 || say != 1 || flawed != 1 {
			t.Errorf("%d asked, %d say something, %d with flaws; want 2, 1, 1", asked, say, flawed)
		}
		got, err := w.Declaration(ctx, "aurora")
		w.must(err)
		if diff := cmp.Diff(n.Documents, got.Documents); diff != "" {
			t.Errorf("documents (-want +got):\n%s", diff)
		}
		got, err = w.Declaration(ctx, "nobody")
		w.must(err)
		expect(t, "documents of none", len(got.Documents), 0)
	})
}

// What is configured and what is declared stand beside one another; each change of what they say
// together is a version, and nothing else is.
func TestDisclosureVersions(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		t := w.T
		ctx := t.Context()
		hours := func(n int) time.Time { return start.Add(time.Duration(n) * time.Hour) }
		a := source("aurora")
		w.apply(hours(0), a) // 1: nobody says anything
		w.apply(hours(1), a)
		a.Disclosure = ownedBy("Government of Norrland", news.Operator, "")
		w.apply(hours(2), a) // 2
		a.Name = "The Aurora"
		w.apply(hours(3), a)
		w.must(w.SaveDeclaration(ctx, saying(hours(9), "Quay Holding"), hours(4))) // 3
		w.must(w.SaveDeclaration(ctx, saying(hours(10), "Quay Holding"), hours(5)))
		w.must(w.SaveDeclaration(ctx, saying(hours(11)), hours(6))) // 4: as 2
		a.Disclosure = ownedBy("Government of Norrland", news.Self, "")
		w.apply(hours(7), a)                                                                    // 5
		w.must(w.SaveDeclaration(ctx, saying(hours(12), " government of norrland "), hours(8))) // the outlet has said so already
		w.must(w.SaveDeclaration(ctx, saying(hours(13), "Mill Trust"), hours(1)))               // 6: the clock was set back

		s, err := w.Source(ctx, "aurora")
		w.must(err)
		if diff := cmp.Diff([]time.Time{hours(0), hours(2), hours(4), hours(6), hours(7), hours(7)}, s.Versions); diff != "" {
			t.Errorf("versions (-want +got):\n%s", diff)
		}
		all, err := w.Sources(ctx)
		w.must(err)
		if diff := cmp.Diff([]*news.Source{s}, all); diff != "" {
			t.Errorf("among all sources it is another (-one +all):\n%s", diff)
		}
		for n, want := range []string{"", "", "Government of Norrland", "Government of Norrland, Quay Holding", "Government of Norrland", "Government of Norrland", "Government of Norrland, Mill Trust"} {
			v, err := w.DisclosureVersion(ctx, "aurora", n)
			if n == 0 {
				if !errors.Is(err, news.ErrNotFound) {
					t.Errorf("version 0: %v", err)
				}
				continue
			}
			w.must(err)
			var owners []string
			for _, c := range v.Disclosure.Owners {
				owners = append(owners, c.Value)
			}
			sum := sha256.Sum256([]byte(v.Body))
			if got := strings.Join(owners, ", "); got != want || v.N != n || v.Hash != hex.EncodeToString(sum[:]) || !v.Since.Equal(s.Versions[n-1]) {
				t.Errorf("version %d: %q, want %q: %+v", n, got, want, v)
			}
		}
		if diff := cmp.Diff(s.Disclosure.Owners, []news.Claim{{Value: "Government of Norrland", By: news.Self}, saying(start, "Mill Trust").Documents[0].Said.Owners[0]}); diff != "" {
			t.Errorf("owners now (-got +want):\n%s", diff)
		}

		// What another site declared is not said of this one.
		stale := saying(hours(13), "Mill Trust")
		stale.Home = a.Home
		a.Home = "https://aurora-news.example"
		w.apply(hours(9), a) // 7
		w.must(w.SaveDeclaration(ctx, stale, hours(9)))
		v, err := w.DisclosureVersion(ctx, "aurora", 7)
		w.must(err)
		expect(t, "owners after the home page has changed", len(v.Disclosure.Owners), 1)
		d, err := w.Declaration(ctx, "aurora")
		w.must(err)
		expect(t, "documents after the home page has changed", len(d.Documents), 0)

		// Taken out of the configuration, and withdrawn, it keeps them all.
		b := source("beacon")
		w.apply(hours(20), b)
		_, err = w.Withdraw(ctx, hours(9999), 0)
		w.must(err)
		v, err = w.DisclosureVersion(ctx, "aurora", 3)
		w.must(err)
		expect(t, "owners in version 3 when all is over", len(v.Disclosure.Owners), 2)
	})
}
