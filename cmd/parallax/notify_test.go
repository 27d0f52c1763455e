package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"parallax/feed"
	"parallax/internal/newsroom"
	"parallax/internal/testkit"
)

// A listener subscribes to feeds of the hub and hears what is new.
type listener struct {
	testing.TB
	*httptest.Server
	confirmed chan url.Values
	heard     chan heard
	last      string // what was heard last
}

type heard struct {
	header http.Header
	body   string
	at     time.Time
}

func newListener(tb testing.TB) *listener {
	tb.Helper()
	l := &listener{TB: tb, confirmed: make(chan url.Values, 10), heard: make(chan heard, 1000)}
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		at := time.Now()
		if r.Method == http.MethodGet {
			_, _ = io.WriteString(w, r.URL.Query().Get("hub.challenge"))
			l.confirmed <- r.URL.Query()
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			tb.Errorf("a notification breaks off: %v", err)
		}
		l.heard <- heard{r.Header, string(body), at}
	}))
	tb.Cleanup(l.Close)
	return l
}

const listenerSecret = "between us"

// subscribe finds the hub in a feed, as a feed reader does, and subscribes at it.
func (l *listener) subscribe(s *served, path string) {
	l.Helper()
	contentType, body := s.get(s.public + path)
	f, err := feed.Parse([]byte(body), feed.Options{URL: s.public + path, ContentType: contentType})
	if err != nil {
		l.Fatal(err)
	}
	if len(f.Hubs) != 1 || f.Hubs[0] != s.public+"/hub" || f.Self != s.public+path {
		l.Fatalf("%s names the hubs %v and itself %s", path, f.Hubs, f.Self)
	}
	form := url.Values{"hub.mode": {"subscribe"}, "hub.topic": {f.Self}, "hub.callback": {l.URL + "/told"}, "hub.secret": {listenerSecret}}
	ask, err := http.NewRequestWithContext(s.ctx, http.MethodPost, f.Hubs[0], strings.NewReader(form.Encode()))
	if err != nil {
		l.Fatal(err)
	}
	ask.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := s.front.Client().Do(ask)
	if err != nil {
		l.Fatal(err)
	}
	text, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if err != nil || res.StatusCode != http.StatusAccepted {
		l.Fatalf("who subscribes is answered %d %s, %v", res.StatusCode, text, err)
	}
	select {
	case q := <-l.confirmed:
		if q.Get("hub.topic") != f.Self || q.Get("hub.mode") != "subscribe" {
			l.Fatalf("asked for %v", q)
		}
	case <-s.ctx.Done():
		l.Fatal("nobody asks the callback")
	}
}

// next returns the next notification.
func (l *listener) next(ctx context.Context) heard {
	l.Helper()
	select {
	case h := <-l.heard:
		l.last = h.body
		return h
	case <-ctx.Done():
		l.Fatal("nothing more is heard")
		return heard{}
	}
}

// hear returns the notification that holds a text.
func (l *listener) hear(ctx context.Context, text string) heard {
	l.Helper()
	for {
		if h := l.next(ctx); strings.Contains(h.body, text) {
			return h
		}
	}
}

// pushing is a served hub to which an outlet's WebSub hub pushes.
type pushing struct {
	*served
	webSub            *testkit.WebSubHub
	topic             string // the outlet's feed
	contentType, body string // which it pushes
	title, guid, date string // of the last thing in it
}

func startPushing(tb testing.TB, database string, allow ...string) *pushing {
	tb.Helper()
	webSub := testkit.NewWebSubHub(tb)
	world, err := newsroom.Start(tb.Context(), newsroom.Options{Hub: webSub.URL})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(world.Close)
	told := lateTelling(tb, world)
	from := world.Day(1).Add(told.Versions[0].From)
	world.At(from.Add(-time.Second))
	p := &pushing{served: serveWorld(tb, world, database, webSub, allow...), webSub: webSub, topic: world.FeedURL(told.Outlet.ID)}
	webSub.Await(p.ctx, p.topic)
	p.settled()
	world.At(from)
	p.contentType, p.body = p.get(p.topic)
	p.title, p.guid = told.Versions[0].Title, world.GUID(told)
	_, entry, _ := strings.Cut(p.body, p.title)
	date := regexp.MustCompile(`"date_published": "([^"]+)"`).FindStringSubmatch(entry)
	if date == nil {
		tb.Fatalf("nothing has a date in %.1000s", entry)
	}
	p.date = date[1]
	return p
}

// push pushes the feed with its last entry under another name as the news of this moment, and
// returns when.
func (p *pushing) push(title string) time.Time {
	p.Helper()
	body := p.body
	if title != p.title {
		body = strings.NewReplacer(p.title, title, p.guid, p.guid+"-"+strings.ReplaceAll(title, " ", "-"),
			p.date, time.Now().Format(time.RFC3339Nano)).Replace(body)
	}
	at := time.Now()
	if status := p.webSub.Publish(p.topic, p.contentType, body, ""); status != http.StatusAccepted {
		p.Fatalf("the push is answered %d", status)
	}
	return at
}

// What an outlet pushes to the hub as it is served, subscribers of the hub's feeds are told: of
// all, in each format. go test ./cmd/parallax -run TestPushOn -v says how long it takes.
func TestPushOn(t *testing.T) {
	both(t, func(t *testing.T, database string) { //nolint:thelper // the test itself
		listeners := map[string]*listener{"/feed.atom": newListener(t), "/feed.rss": newListener(t), "/feed.json": newListener(t)}
		var allow []string
		for _, l := range listeners {
			allow = append(allow, l.Listener.Addr().String())
		}
		p := startPushing(t, database, allow...)
		for path, l := range listeners {
			l.subscribe(p.served, path)
		}
		start := p.push(p.title)
		for path, l := range listeners {
			h := l.hear(p.ctx, p.title)
			t.Logf("%s is told after %v", path, h.at.Sub(start).Round(time.Millisecond))
			mac := hmac.New(sha256.New, []byte(listenerSecret))
			_, _ = io.WriteString(mac, h.body)
			if got, want := h.header.Get("X-Hub-Signature"), "sha256="+hex.EncodeToString(mac.Sum(nil)); got != want {
				t.Errorf("%s is signed %s, want %s", path, got, want)
			}
			contentType, body := p.get(p.public + path)
			if h.header.Get("Content-Type") != contentType {
				t.Errorf("%s is told as %s, and read as %s", path, h.header.Get("Content-Type"), contentType)
			}
			f, err := feed.Parse([]byte(h.body), feed.Options{URL: p.public + path, ContentType: contentType})
			if err != nil || f.Self != p.public+path || !strings.Contains(body, p.title) {
				t.Errorf("%s is told as something else than what readers get: %v", path, err)
			}
			if link := h.header.Get("Link"); link != fmt.Sprintf(`<%s>; rel="self", <%s/hub>; rel="hub"`, p.public+path, p.public) {
				t.Errorf("%s: Link is %s", path, link)
			}
		}

		// What is taken down, by another process, is told too: with a tombstone where there are such.
		_, all := p.get(p.public + "/feed.json")
		f, err := feed.Parse([]byte(all), feed.Options{URL: p.public})
		if err != nil {
			t.Fatal(err)
		}
		n := slices.IndexFunc(f.Entries, func(e *feed.Entry) bool { return strings.Contains(e.Title.String(), p.title) })
		if n < 0 {
			t.Fatalf("the feed lacks %q", p.title)
		}
		cmd := exec.CommandContext(p.ctx, os.Args[0], "takedown", f.Entries[n].Link, "--why", "It was a mistake.") //nolint:gosec // this very binary
		cmd.Dir, cmd.Env = p.dir, append(os.Environ(), beMain+"=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("takedown: %v: %s", err, out)
		}
		for path, l := range listeners {
			// What was told meanwhile of other articles still has it, as an element's text or a JSON string.
			for h := l.next(p.ctx); strings.Contains(h.body, ">"+p.title+"<") || strings.Contains(h.body, `"title":"`+p.title); h = l.next(p.ctx) {
			}
			t.Logf("%s is told what was taken down", path)
		}
		if body := listeners["/feed.atom"].last; !strings.Contains(body, "deleted-entry") || !strings.Contains(body, "It was a mistake.") {
			t.Errorf("the tombstone was not told: %.2000s", body)
		}
		_, metrics := p.get(p.local + "/metrics")
		if !strings.Contains(metrics, `parallax_notifications_total{result="confirmed"} 3`) {
			t.Error("the metrics lack that three have confirmed")
		}
	})
}

// BenchmarkPushOn is how long it takes from when an outlet's hub pushes something new until
// a subscriber of the hub's Atom feed of everything has it, on loopback, through all stages
// between: -benchtime 100x, and no more than fits two minutes. It says the median and the 99th percentile, where a push comes after a
// second of quiet, and where each comes as soon as the one before was told.
func BenchmarkPushOn(b *testing.B) {
	for name, quiet := range map[string]time.Duration{"quiet": time.Second, "busy": 0} {
		b.Run(name, func(b *testing.B) {
			l := newListener(b)
			p := startPushing(b, "", l.Listener.Addr().String())
			l.subscribe(p.served, "/feed.atom")
			var took []time.Duration
			for b.Loop() {
				<-time.After(quiet)
				title := fmt.Sprintf("%s %d", p.title, len(took))
				start := p.push(title)
				took = append(took, l.hear(p.ctx, title+"<").at.Sub(start))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Milliseconds()), "p50-ms")
			b.ReportMetric(float64(took[min(len(took)*99/100, len(took)-1)].Milliseconds()), "p99-ms")
		})
	}
}
