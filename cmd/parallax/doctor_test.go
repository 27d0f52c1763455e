package main

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/hub"
	"parallax/internal/news"
)

// What the doctor says of a feed that is blocked, pushed, moved and told to be left alone.
func TestDoctorOfAFeed(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 25, 14, 28, 0, 0, time.UTC)
	d := &doctor{now: now, carried: map[string]bool{"harbour-times": true}}
	feed := &news.Feed{
		SourceID: "harbour-times", Due: now.Add(2 * time.Hour), LastTry: now.Add(-time.Hour), DueWhy: "by its own rhythm: about 2 entries a day",
	}
	push := &news.Subscription{
		Hubs: []string{"https://push.example/"}, Hub: "https://push.example/", State: news.SubscriptionVerified,
		Until: now.Add(48 * time.Hour), Pushes: 3, LastPush: now.Add(-3 * time.Hour), Forged: 1,
	}
	trusted := *push
	trusted.Trusted, trusted.Forged = true, 0
	for _, c := range []struct{ got, want string }{
		{d.dueWords(feed), "in 2 hours (Wed 25 Nov 16:28 UTC): by its own rhythm: about 2 entries a day"},
		{d.dueWords(&news.Feed{SourceID: "harbour-times"}), "now: it was never asked"},
		{d.dueWords(&news.Feed{SourceID: "harbour-times", LastTry: now, Due: now.Add(-3 * time.Minute)}), "now, since 3 minutes (Wed 25 Nov 14:25 UTC)"},
		{d.dueWords(&news.Feed{SourceID: "old-mill"}), "never: its outlet is not carried at this time"},
		{d.pushWords(push), "verified by https://push.example/, not trusted yet: the feed is polled as often as others; agreed until Fri 27 Nov 14:28 UTC; 3 pushes, the last 3 hours ago; 1 without the right signature"},
		{d.pushWords(&trusted), "verified by https://push.example/, trusted: polls are only to see that nothing is missing; agreed until Fri 27 Nov 14:28 UTC; 3 pushes, the last 3 hours ago"},
		{d.pushWords(&news.Subscription{Hubs: push.Hubs, State: news.SubscriptionDenied, Error: "no such topic"}), "denied by https://push.example/; no such topic"},
		{attempt(news.Evidence{Route: "direct", Failure: "connection_reset", Operation: "tls_handshake", Took: 31 * time.Millisecond}), "direct  connection_reset at tls_handshake  31ms"},
		{attempt(news.Evidence{Route: "direct", Status: 451, Note: "451 Unavailable For Legal Reasons, blocked by https://court.example/"}), "direct  451 Unavailable For Legal Reasons: blocked by https://court.example/"},
		{validators(&news.Feed{ETag: `"1"`, LastModified: "Wed, 25 Nov 2026 00:00:00 GMT"}), "ETag and Last-Modified"},
		{strings.Join(names([]string{"direct", "http://user:secret@proxy.example:3128"}), " "), "direct http://proxy.example:3128"},
	} {
		if c.got != c.want {
			t.Errorf("%s\nwant %s", c.got, c.want)
		}
	}
}

// A host that wants to be left alone may say so on one way to it only.
func TestDoctorOfHosts(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 25, 14, 28, 0, 0, time.UTC)
	d := &doctor{now: now, blocked: map[string]time.Time{
		"harbour-times.example": now.Add(time.Hour), "harbour-times.example by socks5h://127.0.0.1:9050": now.Add(2 * time.Hour),
		"copy.example": now.Add(time.Minute), "old-mill.example by every way": now.Add(time.Hour),
	}}
	const why = " (Retry-After, or too many requests)"
	for _, c := range []struct {
		feed *news.Feed
		want []string
	}{
		{&news.Feed{URL: "https://www.harbour-times.example/feed"}, []string{
			"harbour-times.example wants to be left alone for another 60 minutes, until Wed 25 Nov 15:28 UTC" + why,
			"harbour-times.example by socks5h://127.0.0.1:9050 wants to be left alone for another 2 hours, until Wed 25 Nov 16:28 UTC" + why,
		}},
		{&news.Feed{URL: "https://lantern.example/feed", Host: "copy.example"}, []string{
			"copy.example wants to be left alone for another 1 minute, until Wed 25 Nov 14:29 UTC" + why,
		}},
		{&news.Feed{URL: "https://old-mill.example/feed"}, []string{
			"old-mill.example by every way wants to be left alone for another 60 minutes, until Wed 25 Nov 15:28 UTC" + why,
		}},
		{&news.Feed{URL: "https://mill.example/feed"}, nil},
	} {
		if diff := cmp.Diff(c.want, d.held(c.feed)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.feed.URL, diff)
		}
	}
}

// That nothing can be read is said where nothing is, not where all is read by a detour.
func TestDoctorAdvice(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		failures int
		want     bool
	}{{"all fail", 1, true}, {"all are read by another route", 0, false}} {
		var said strings.Builder
		feeds := []*news.Feed{{Reach: news.ReachBlocked, Failures: c.failures}, {Reach: news.ReachDown, Failures: c.failures}}
		d := &doctor{env: &env{out: &said}, cfg: &hub.Config{}, feeds: feeds}
		d.advice(time.Time{}, 0)
		if got := strings.Contains(said.String(), "no feed can be read at all"); got != c.want {
			t.Errorf("%s: %s", c.name, &said)
		}
	}
}

func TestSayRefreshed(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 25, 14, 28, 0, 0, time.UTC)
	var said strings.Builder
	sayRefreshed(&said, []*news.Feed{
		{SourceID: "good", LastTry: now},
		{SourceID: "bad", URL: "https://bad.example/feed", LastTry: now.Add(time.Second), Failures: 1, LastError: "404 Not Found", Due: now.Add(10 * time.Minute)},
		{SourceID: "held", URL: "https://held.example/feed", LastTry: now.Add(-time.Hour), DueWhy: "its server asked to be left alone", Due: now.Add(2 * time.Hour)},
	}, now)
	want := `  bad: https://bad.example/feed
    404 Not Found; next try in 10m0s
  held: https://held.example/feed
    not asked: its server asked to be left alone; next try in 2h0m0s
1 of 3 feeds failed
1 of 3 feeds not asked
`
	if said.String() != want {
		t.Errorf("%s\nwant %s", &said, want)
	}
}

func TestSayFailing(t *testing.T) {
	t.Parallel()
	private := &news.Feed{SourceID: "a", Failures: 1, LastError: "address is not public: 10.0.0.1"}
	away := &news.Feed{SourceID: "b", Failures: 1, LastError: "no such host"}
	for _, c := range []struct {
		feeds []*news.Feed
		want  string
	}{
		{[]*news.Feed{private, {SourceID: "good"}}, ""},
		{[]*news.Feed{away}, ""},
		{[]*news.Feed{private, private}, "allow_private"},
		{[]*news.Feed{private, away}, "online"},
	} {
		var said strings.Builder
		err := sayFailing(&said, c.feeds, time.Now())
		if (err != nil) != (c.want != "") || err != nil && !strings.Contains(hintFor(err), c.want) {
			t.Errorf("%v, want an error with a hint to %q", err, c.want)
		}
	}
}
