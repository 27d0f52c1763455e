package ingest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/feed"
	"parallax/internal/fetch"
	"parallax/internal/news"
)

func TestDiscovery(t *testing.T) {
	const self, hub = `<atom:link rel="self" href="https://h.example/self"/>`, `<atom:link rel="hub" href="https://hub.example/"/>`
	rss := func(links string) string {
		return `<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>t</title>` + links + `<item><title>i</title></item></channel></rss>`
	}
	const own = "https://hub.example/"
	known := &news.Subscription{Hubs: []string{own}, Topic: "https://h.example/self", State: news.SubscriptionVerified}
	leaving := &news.Subscription{Hubs: []string{own}, Topic: "https://h.example/self", State: news.SubscriptionLeaving}
	found := func(topic string, hubs ...string) *news.Discovery { return &news.Discovery{Hubs: hubs, Topic: topic} }
	for name, c := range map[string]struct {
		body  string
		link  []string
		route string
		known *news.Subscription
		want  *news.Discovery
	}{
		"none":                    {body: rss(self)},
		"in RSS":                  {body: rss(self + hub), want: found("https://h.example/self", own)},
		"in Atom":                 {body: `<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><link rel="self" href="/s"/><link rel="hub" href="/hub"/></feed>`, want: found("https://h.example/s", "https://h.example/hub")},
		"in JSON Feed":            {body: `{"version":"https://jsonfeed.org/version/1.1","title":"t","feed_url":"https://h.example/j","hubs":[{"type":"WebSub","url":"https://hub.example/"}],"items":[]}`, want: found("https://h.example/j", own)},
		"without self":            {body: rss(hub), want: found("https://h.example/feed", own)},
		"header wins":             {body: rss(self + hub), link: []string{`</hub>; rel="hub", <https://h.example/header>; rel=self`}, want: found("https://h.example/header", "https://h.example/hub")},
		"several":                 {body: rss(self), link: []string{`<https://1.example>; rel=hub`, `<https://2.example>; rel=hub, <https://1.example>; rel=hub`}, want: found("https://h.example/self", "https://1.example", "https://2.example")},
		"many":                    {body: rss(self + strings.Repeat(hub, 3) + `<atom:link rel="hub" href="https://2.example"/><atom:link rel="hub" href="https://3.example"/><atom:link rel="hub" href="https://4.example"/><atom:link rel="hub" href="https://5.example"/>`), want: found("https://h.example/self", own, "https://2.example", "https://3.example", "https://4.example")},
		"no web address":          {body: rss(self + `<atom:link rel="hub" href="ftp://hub.example/"/><atom:link rel="hub" href="javascript:1"/>`)},
		"too long":                {body: rss(self + `<atom:link rel="hub" href="https://hub.example/` + strings.Repeat("x", maxURL) + `"/>`)},
		"on a mirror":             {body: rss(self + hub), route: "mirror:https://m.example"},
		"known":                   {body: rss(self + hub), known: known},
		"another topic":           {body: rss(hub), known: known, want: found("https://h.example/feed", own)},
		"none any more":           {body: rss(self), known: known, want: &news.Discovery{}},
		"none on a mirror":        {body: rss(self), known: known, route: "mirror:https://m.example"},
		"while leaving":           {body: rss(self + hub), known: leaving, want: found("https://h.example/self", own)},
		"none while leaving":      {body: rss(self), known: leaving},
		"a third one that is new": {body: rss(self + hub), link: []string{`<https://new.example/>; rel=hub`}, known: known, want: found("https://h.example/self", "https://new.example/")},
	} {
		parsed, err := feed.Parse([]byte(c.body), feed.Options{URL: "https://h.example/feed"})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if c.route == "" {
			c.route = "direct"
		}
		got := discovery(&news.Feed{Push: c.known}, &document{target: "https://user@h.example/feed", parsed: parsed},
			&fetch.Response{URL: "https://h.example/feed", Route: c.route, Header: http.Header{"Link": c.link}})
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// What is pushed makes the very items that a poll would have made, and is news only once.
func TestPush(t *testing.T) {
	w := newWorld(t, "/rss")
	told := 0
	w.stage.cfg.Kept = func() { told++ }
	entries := []string{"1"}
	doc := func() string {
		var b strings.Builder
		b.WriteString(`<rss version="2.0"><channel><title>Harbour Times</title>`)
		for _, e := range entries {
			fmt.Fprintf(&b, `<item><guid>%s</guid><title>Entry %s</title><link>/e/%s</link><description>x</description></item>`, e, e, e)
		}
		return b.String() + "</channel></rss>"
	}
	w.handler = func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("ETag", `"1"`) // without one it would be asked for hardly more often than once an hour
		_, _ = fmt.Fprint(rw, doc())
	}
	push := func(body string) bool {
		t.Helper()
		kept, err := w.stage.Push(t.Context(), "/rss", http.Header{"Content-Type": {"application/rss+xml"}, "Content-Location": {"https://evil.example/"}}, []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		return kept
	}
	w.run(t)
	entries = []string{"2", "1"}
	w.now = w.now.Add(10 * time.Minute)
	if !push(doc()) || len(w.store.items) != 2 || told != 2 {
		t.Errorf("after a push there are %d items, told of %d times", len(w.store.items), told)
	}
	f := w.store.last["/rss"]
	if !f.Pushed || f.Document || f.Discovery != nil || len(f.Evidence) != 0 || !f.Feed.LastTry.Equal(noon) || len(f.Items) != 1 {
		t.Errorf("the push was saved as %+v", f)
	}
	pushed := *f.Items[0]
	w.store.feeds[0] = clone(w.store.feeds[0])
	w.store.feeds[0].Entries, w.store.feeds[0].Due = "", w.now // as if nothing were known
	w.run(t)
	for _, i := range w.store.last["/rss"].Items {
		if i.GUID == "2" && (i.ID != pushed.ID || i.Hash != pushed.Hash || i.Link != pushed.Link) {
			t.Errorf("polled %+v, pushed %+v", i, pushed)
		}
	}
	if len(w.store.items) != 2 || told != 2 {
		t.Errorf("after a poll there are %d items, told of %d times", len(w.store.items), told)
	}

	// What cannot be used makes us look, but not at once again.
	for name, body := range map[string]string{"empty": "", "a page": "<html><body>hello</body></html>"} {
		due := w.store.feeds[0].Due
		if push(body) || !w.store.feeds[0].Due.Before(due) || w.store.feeds[0].Due.Before(w.now.Add(defaultMin)) {
			t.Errorf("%s: due %v, was %v", name, w.store.feeds[0].Due, due)
		}
		w.store.feeds[0] = clone(w.store.feeds[0])
		w.store.feeds[0].Due = due
	}
	// And so does a feed whose entries are told apart by one another.
	w.store.feeds[0] = clone(w.store.feeds[0])
	w.store.feeds[0].Entries = ""
	if entries = append(entries, "3"); push(doc()) || len(w.store.items) != 2 {
		t.Error("what depends on other entries was kept without them")
	}
}

// What the outlet asks for holds whoever calls: its caching fields, also of a 304, and the
// hours that it names.
func TestPollSoon(t *testing.T) {
	w := newWorld(t, "/rss")
	w.handler = func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Cache-Control", "max-age=7200")
		rw.Header().Set("ETag", `"1"`)
		if r.Header.Get("If-None-Match") != "" {
			rw.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = fmt.Fprint(rw, strings.Replace(rss, "<ttl>90</ttl>", "<skipHours><hour>21</hour></skipHours>", 1))
	}
	for range 2 {
		w.run(t)
		polled, due := w.now, w.store.feeds[0].Due
		w.now = w.now.Add(time.Minute)
		if err := w.stage.PollSoon(t.Context(), "/rss"); err != nil {
			t.Fatal(err)
		}
		if soon := w.store.feeds[0].Due; soon.Sub(polled) < 2*time.Hour || soon.After(due) {
			t.Errorf("a minute after a poll a hub made it due after %v", soon.Sub(polled))
		}
		w.now = w.store.feeds[0].Due
	}
	w.run(t)
	w.now = time.Date(2026, 11, 2, 21, 30, 0, 0, time.UTC)
	w.store.feeds[0] = clone(w.store.feeds[0])
	w.store.feeds[0].Due = w.now.Add(10 * time.Hour)
	if err := w.stage.PollSoon(t.Context(), "/rss"); err != nil {
		t.Fatal(err)
	}
	if soon := w.store.feeds[0].Due; soon.Before(w.now.Add(30*time.Minute)) || soon.After(w.now.Add(40*time.Minute)) {
		t.Errorf("in an hour that it excepts a hub made it due at %v", soon)
	}
}

// A hub that is trusted lets us poll seldom, but never so seldom that news could fall out of
// the document; it is not blamed for what came before it was there.
func TestTrustedHub(t *testing.T) {
	s := Schedule{}.withDefaults()
	at := noon
	trusted := &news.Subscription{State: news.SubscriptionVerified, Trusted: true, Since: at.Add(-time.Hour), Until: at.Add(time.Hour)}
	fresh, over, doubted := *trusted, *trusted, *trusted
	doubted.Missing = at.Add(-time.Minute)
	fresh.Trusted = false
	over.Until = at
	for name, c := range map[string]struct {
		push   *news.Subscription
		window time.Duration
		want   bool
		wait   time.Duration
	}{
		"none":            {nil, 0, false, 0},
		"has not pushed":  {&fresh, 0, false, 0},
		"lease is over":   {&over, 0, false, 0},
		"has missed some": {&doubted, 48 * time.Hour, false, 0},
		"window unknown":  {trusted, 0, false, 0},
		"long document":   {trusted, 48 * time.Hour, true, pushedPause},
		"short document":  {trusted, 3 * time.Hour, true, 90 * time.Minute},
		"shortest of all": {trusted, time.Minute, false, 0},
	} {
		lively := &news.Feed{LastNew: at, LastGood: at, Rhythm: livelyRhythm(at)}
		alone, _ := s.Next(lively, at, Hints{}, 0)
		lively.Push = c.push
		lively.Window = c.window
		due, why := s.Next(lively, at, Hints{}, 0)
		if got := strings.Contains(why, "pushes"); got != c.want || c.want && due.Sub(at) != c.wait || !c.want && !due.Equal(alone) {
			t.Errorf("%s: due after %v, %s; alone after %v", name, due.Sub(at), why, alone.Sub(at))
		}
	}
	stage := New(Config{}, nil, nil)
	for name, c := range map[string]struct {
		push     *news.Subscription
		lastGood time.Time
		want     bool
	}{
		"all the time since the last poll": {trusted, at.Add(-30 * time.Minute), true},
		"only since after it":              {trusted, at.Add(-2 * time.Hour), false},
		"not trusted":                      {&fresh, at.Add(-30 * time.Minute), false},
		"blamed already":                   {&doubted, at.Add(-30 * time.Minute), false},
		"none":                             {nil, at.Add(-30 * time.Minute), false},
	} {
		f := &news.Feed{Push: c.push, LastGood: c.lastGood, Rhythm: livelyRhythm(at), LastNew: at}
		got := stage.missed(f, f, at, Hints{}, 0)
		if (got != nil) != c.want || got != nil && got.At.Sub(at) >= pushedPause {
			t.Errorf("%s: %+v, want blame: %t", name, got, c.want)
		}
	}
}

// Whatever comes of a poll, it notices that a hub has had the time to push.
func TestSilentHub(t *testing.T) {
	for missing, want := range map[time.Duration]bool{news.PushGrace - time.Second: false, news.PushGrace: true} {
		for _, status := range []int{http.StatusOK, http.StatusInternalServerError} {
			w := newWorld(t, "/rss")
			w.handler = func(rw http.ResponseWriter, _ *http.Request) {
				rw.WriteHeader(status)
				_, _ = fmt.Fprint(rw, rss)
			}
			w.store.feeds[0].Push = &news.Subscription{Trusted: true, Missing: noon.Add(-missing)}
			w.run(t)
			if got := w.store.last["/rss"].Silent; got != want {
				t.Errorf("%v after a poll that was first, status %d: silent %t, want %t", missing, status, got, want)
			}
		}
	}
}

// livelyRhythm is that of a feed with an entry every quarter of an hour.
func livelyRhythm(now time.Time) string {
	var r rhythm
	var items []*news.Item
	for n := range 200 {
		items = append(items, &news.Item{Published: now.Add(-time.Duration(n) * 15 * time.Minute)})
	}
	r.learn(items, time.Time{}, now)
	return r.String()
}

func TestWindow(t *testing.T) {
	every := func(n int, d time.Duration, pinned ...time.Duration) *feed.Feed {
		doc := &feed.Feed{}
		for i := range n {
			doc.Entries = append(doc.Entries, &feed.Entry{Published: noon.Add(-time.Duration(i+1) * d)})
		}
		for _, age := range pinned {
			doc.Entries = append(doc.Entries, &feed.Entry{Published: noon.Add(-age)})
		}
		return doc
	}
	const year = 365 * 24 * time.Hour
	undated := &feed.Feed{Entries: []*feed.Entry{{}, {}, {}, {}, {}}}
	for name, c := range map[string]struct {
		doc  *feed.Feed
		pace float64
		want time.Duration
	}{
		"by dates":                     {every(9, 2*time.Minute), 1, 14 * time.Minute},
		"one pinned":                   {every(9, 2*time.Minute, year), 1, 14 * time.Minute},
		"two pinned":                   {every(8, 2*time.Minute, year, 2*year), 1, 14 * time.Minute},
		"mostly pinned":                {every(2, 2*time.Minute, year, year, year, year), 30, 12 * time.Minute},
		"one entry":                    {every(1, time.Hour), .01, time.Hour},
		"updates where not published":  {&feed.Feed{Entries: []*feed.Entry{{Updated: noon.Add(-3 * time.Hour)}, {Published: noon.Add(time.Hour)}}}, .01, 3 * time.Hour},
		"undated":                      {undated, 20, 15 * time.Minute},
		"undated, and hardly any come": {undated, 1e-9, maxWindow},
		"empty":                        {&feed.Feed{}, 1, 0},
	} {
		if got := window(c.doc, c.pace, noon); got != c.want {
			t.Errorf("%s: window = %v, want %v", name, got, c.want)
		}
	}
}

// A hub that falls silent loses nothing, though an old entry is kept in place, dates are
// missing, or answers bring no document.
func TestWindowIsKept(t *testing.T) {
	for name, c := range map[string]struct {
		date func(age time.Duration) string
		most time.Duration
	}{
		"dated": {func(age time.Duration) string {
			return "<pubDate>" + noon.Add(-age).Format(time.RFC1123Z) + "</pubDate>"
		}, 45 * time.Minute},
		// Of ten entries, of which four come in an hour, half are new after this.
		"undated": {func(time.Duration) string { return "" }, 80 * time.Minute},
	} {
		w := newWorld(t, "/rss")
		var doc strings.Builder
		doc.WriteString(`<rss version="2.0"><channel><title>Harbour Times</title>`)
		for i := range 10 {
			age := time.Duration(i) * 2 * time.Minute
			if i == 9 {
				age = 3 * 365 * 24 * time.Hour // pinned
			}
			fmt.Fprintf(&doc, "<item><guid>%d</guid><title>Entry %d</title>%s</item>", i, i, c.date(age))
		}
		doc.WriteString("</channel></rss>")
		w.handler = func(rw http.ResponseWriter, r *http.Request) {
			rw.Header().Set("ETag", `"1"`)
			if r.Header.Get("If-None-Match") != "" {
				rw.WriteHeader(http.StatusNotModified)
				return
			}
			_, _ = fmt.Fprint(rw, doc.String())
		}
		f := w.store.feeds[0]
		f.Rhythm, f.LastNew, f.LastGood = livelyRhythm(noon), noon, noon.Add(-time.Minute)
		f.Push = &news.Subscription{State: news.SubscriptionVerified, Trusted: true, Since: noon.Add(-time.Hour), Until: noon.Add(100 * time.Hour)}
		for look, status := range []int{http.StatusOK, http.StatusNotModified} {
			w.run(t)
			f := w.store.feeds[0]
			if wait := f.Due.Sub(w.now); f.Status != status || wait > c.most {
				t.Errorf("%s, look %d, status %d: next one after %v", name, look, f.Status, wait)
			}
			w.now = f.Due
		}
	}
}
