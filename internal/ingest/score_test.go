package ingest

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parallax/internal/fetch"
	"parallax/internal/news"
)

// A request as the score keeper's server saw it, and what it answered.
type request struct {
	at       time.Time
	uri      string
	header   http.Header
	method   string
	length   int64
	status   int
	answered http.Header
}

// A scorekeeper answers for feeds of every temper and keeps what was asked.
type scorekeeper struct {
	now func() time.Time

	mu  sync.Mutex // guards log
	log []request
}

// scoreAgent is who asks.
const scoreAgent = "Parallax/1.0 (+https://hub.example/about)"

const scoreVersion = 7 * time.Hour // between two changes of a feed

func (k *scorekeeper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	now := k.now()
	k.mu.Lock()
	visits := 0
	for _, q := range k.log {
		if q.uri == r.RequestURI {
			visits++
		}
	}
	k.mu.Unlock()
	n := int(now.Sub(noon) / scoreVersion) // the version of every feed
	h := w.Header()
	h.Set("Date", now.Format(http.TimeFormat))
	h.Set("Set-Cookie", "visitor=17; Path=/")
	etag, modified := fmt.Sprintf(`"%s-%d"`, r.URL.Path[1:], n), now.Truncate(scoreVersion).Format(http.TimeFormat)
	text := fmt.Sprintf("news %d", n)
	status := http.StatusOK
	switch r.URL.Path {
	case "/etag":
		modified = ""
	case "/modified": // no date that HTTP knows
		etag, modified = "", "yesterday at "+fmt.Sprint(n)
	case "/none":
		etag, modified = "", ""
	case "/touched": // new validators with the same text
		text = "never changes"
	case "/seconds": // two changes within one second: only the ETag tells
		modified = "Mon, 02 Nov 2026 09:00:00 GMT"
	case "/weak": // strong and weak, in turn, and one that is not even quoted
		etag = []string{`"x"`, `W/"x"`, `W/"x y"`, `unquoted-` + fmt.Sprint(n)}[n%4]
	case "/drops": // gives none any more
		if n >= 4 {
			etag, modified = "", ""
		}
	case "/trouble": // every third answer is an error, with validators of its own
		if visits%3 == 2 {
			status = []int{500, 404, 502, 410}[visits/3%4]
			if status == 410 {
				status = 403
			}
			etag, modified, text = `"error page"`, "Sun, 01 Nov 2026 00:00:00 GMT", "sorry"
		}
	case "/hop": // leads to one place, then to another; the redirect has an ETag, too
		h.Set("ETag", `"redirect"`)
		to := "/place-a"
		if n%2 == 1 {
			to = "/place-b"
		}
		h.Set("Location", to)
		status, text = http.StatusFound, "there"
		etag, modified = `"redirect"`, ""
	case "/later": // a 304 has a new ETag, which is to be sent from then on
		etag = fmt.Sprintf(`"later-%d"`, visits)
	case "/cached": // the whole answer says how long it is fresh, the 304 nothing
		h.Set("Cache-Control", "public, s-maxage=60, max-age=10800, immutable")
	case "/expires":
		h.Set("Expires", now.Add(5*time.Hour).Format(http.TimeFormat))
	case "/busy", "/other-of-busy":
		switch visits {
		case 2:
			status = http.StatusTooManyRequests
			h.Set("Retry-After", "18000")
		case 4:
			status = http.StatusServiceUnavailable
			h.Set("Retry-After", now.Add(9*time.Hour).Format(http.TimeFormat))
		}
	}
	if etag != "" {
		h["Etag"] = []string{etag}
	}
	if modified != "" {
		h.Set("Last-Modified", modified)
	}
	same := etag != "" && r.Header.Get("If-None-Match") == etag ||
		(etag == "" || r.Header.Get("If-None-Match") == "") && modified != "" && r.Header.Get("If-Modified-Since") == modified ||
		r.URL.Path == "/later" && visits%4 != 0 && r.Header.Get("If-None-Match") == fmt.Sprintf(`"later-%d"`, visits-1)
	if same && status == http.StatusOK {
		status = http.StatusNotModified
		h.Del("Cache-Control")
		h.Del("Expires")
		if r.URL.Path == "/etag" {
			h.Del("ETag") // an empty 304
		}
	}
	k.mu.Lock()
	k.log = append(k.log, request{now, r.RequestURI, r.Header.Clone(), r.Method, r.ContentLength, status, h.Clone()})
	k.mu.Unlock()
	w.WriteHeader(status)
	if status != http.StatusNotModified {
		_, _ = io.WriteString(w, strings.Replace(rss, "<ttl>90</ttl>", "", 1)+"<!-- "+text+" -->")
	}
}

// each calls f with every request but the first to each URL, and with what was known of the
// URL before it: the validators of its last answer that was a feed.
func (k *scorekeeper) each(f func(q request, known validators)) {
	state := map[string]validators{}
	for _, q := range k.log {
		known, asked := state[q.uri]
		if asked {
			f(q, known)
		}
		known.last, known.answer = q.at, q
		switch q.status {
		case http.StatusOK:
			known.etag, known.modified = q.answered.Get("ETag"), q.answered.Get("Last-Modified")
			known.whole = q
		case http.StatusNotModified:
			known.etag = cmp.Or(q.answered.Get("ETag"), known.etag)
			known.modified = cmp.Or(q.answered.Get("Last-Modified"), known.modified)
		}
		state[q.uri] = known
	}
}

type validators struct {
	etag, modified string
	last           time.Time
	answer, whole  request
}

// TestFeedReaderScore holds the ten behaviours that the public Feed Reader Score project
// looks at (docs/politeness.md lists them), over a week of polls.
func TestFeedReaderScore(t *testing.T) {
	now := noon
	k := &scorekeeper{now: func() time.Time { return now }}
	var feeds []*news.Feed
	var allowed []string
	serve := func(paths ...string) {
		s := httptest.NewServer(k)
		t.Cleanup(s.Close)
		allowed = append(allowed, s.Listener.Addr().String())
		for _, p := range paths {
			feeds = append(feeds, &news.Feed{ID: p, SourceID: "harbour-times", URL: s.URL + p, Due: noon})
		}
	}
	serve("/both", "/etag", "/modified", "/none", "/touched", "/seconds", "/weak", "/drops", "/trouble", "/hop", "/later", "/cached", "/expires")
	serve("/busy", "/other-of-busy")
	store := remember(feeds...)
	c := fetch.New(fetch.Options{
		UserAgent: "Parallax/1.0", Contact: "https://hub.example/about", AllowPrivate: allowed, PerHostDelay: -1, Now: k.now,
	})
	t.Cleanup(c.Close)
	seed := 0.0
	stage := New(Config{Now: k.now, Workers: 1, Rand: func() float64 { seed += 0.37; return seed - float64(int(seed)) }}, store, c)
	for end := noon.Add(7 * 24 * time.Hour); now.Before(end); {
		if err := stage.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		next := slices.MinFunc(store.feeds, func(a, b *news.Feed) int { return a.Due.Compare(b.Due) }).Due
		now = next
	}
	asked := map[string]int{}
	for _, q := range k.log {
		asked[q.uri]++
	}
	for _, f := range feeds {
		if asked[f.ID] < 7 {
			t.Errorf("%s was asked only %d times in a week", f.ID, asked[f.ID])
		}
	}

	for _, behaviour := range []struct {
		name string
		hold func(fault func(q request, format string, a ...any))
	}{
		{"1 a request is conditional whenever it can be", func(fault func(request, string, ...any)) {
			k.each(func(q request, known validators) {
				if known.etag+known.modified != "" && q.header.Get("If-None-Match")+q.header.Get("If-Modified-Since") == "" &&
					!strings.HasPrefix(q.uri, "/place") { // the redirect leads now here, now there
					fault(q, "asked for the whole, though %q and %q are known", known.etag, known.modified)
				}
			})
		}},
		{"2 both validators are sent back, byte for byte", func(fault func(request, string, ...any)) {
			k.each(func(q request, known validators) {
				if q.header.Get("If-None-Match")+q.header.Get("If-Modified-Since") == "" {
					return
				}
				if e, m := q.header.Get("If-None-Match"), q.header.Get("If-Modified-Since"); e != known.etag || m != known.modified {
					fault(q, "sent %q and %q, known are %q and %q", e, m, known.etag, known.modified)
				}
			})
		}},
		{"3 no validator is older than the last answer", func(fault func(request, string, ...any)) {
			k.each(func(q request, known validators) {
				for _, v := range []struct{ sent, given string }{
					{q.header.Get("If-None-Match"), known.etag}, {q.header.Get("If-Modified-Since"), known.modified},
				} {
					if v.sent != "" && v.sent != v.given {
						fault(q, "sent %q, the last was %q", v.sent, v.given)
					}
				}
			})
		}},
		{"4 no validator is made up, or that of an error or of another URL", func(fault func(request, string, ...any)) {
			given := map[string]bool{}
			for _, q := range k.log {
				for _, name := range []string{"If-None-Match", "If-Modified-Since"} {
					if v := q.header.Get(name); v != "" && !given[q.uri+v] {
						fault(q, "%s: %s was not given by it", name, v)
					}
				}
				if q.status == http.StatusOK || q.status == http.StatusNotModified {
					given[q.uri+q.answered.Get("ETag")], given[q.uri+q.answered.Get("Last-Modified")] = true, true
				}
			}
		}},
		{"5 a document that comes whole each time comes at most once an hour", func(fault func(request, string, ...any)) {
			k.each(func(q request, known validators) {
				whole := q.status != http.StatusFound // and not one line that leads elsewhere
				if whole && q.header.Get("If-None-Match")+q.header.Get("If-Modified-Since") == "" && q.at.Sub(known.last) < time.Hour {
					fault(q, "asked for the whole again after %v", q.at.Sub(known.last))
				}
			})
		}},
		{"6 a new feed is fetched once", func(fault func(request, string, ...any)) {
			n := map[string]int{}
			for _, q := range k.log {
				if q.at.Equal(noon) {
					if n[q.uri]++; n[q.uri] > 1 {
						fault(q, "fetched twice when it was added")
					}
				}
			}
		}},
		{"7 no cookie, no referrer and no other field that says nothing", func(fault func(request, string, ...any)) {
			for _, q := range k.log {
				for name := range q.header {
					if !slices.Contains([]string{"User-Agent", "Accept", "Accept-Encoding", "If-None-Match", "If-Modified-Since", "A-Im"}, name) {
						fault(q, "sent %s: %s", name, q.header.Get(name))
					}
				}
				if q.header.Get("A-Im") != "" && q.header.Get("If-None-Match") == "" {
					fault(q, "asked for a difference to nothing")
				}
			}
		}},
		{"8 the URL is asked for as it is, with GET", func(fault func(request, string, ...any)) {
			for _, q := range k.log {
				if q.method != http.MethodGet || q.length != 0 || strings.ContainsAny(q.uri, "?#") {
					fault(q, "%s with %d bytes", q.method, q.length)
				}
			}
		}},
		{"9 one honest User-Agent with a contact", func(fault func(request, string, ...any)) {
			for _, q := range k.log {
				if got := q.header.Values("User-Agent"); len(got) != 1 || got[0] != scoreAgent {
					fault(q, "User-Agent: %q", got)
				}
			}
		}},
		{"10 Cache-Control, Expires and Retry-After are waited for", func(fault func(request, string, ...any)) {
			k.each(func(q request, known validators) {
				least := map[string]time.Duration{"/cached": 3 * time.Hour}[q.uri]
				if q.uri == "/expires" && known.answer.status == http.StatusOK {
					least = 5 * time.Hour
				}
				if wait := q.at.Sub(known.last); wait < least {
					fault(q, "asked after %v, it was fresh for %v", wait, least)
				}
			})
			var until time.Time // the whole host
			for _, q := range k.log {
				if !strings.Contains(q.uri, "busy") {
					continue
				}
				if q.at.Before(until) {
					fault(q, "asked %v before the host wants to be asked again", until.Sub(q.at))
				}
				if u := fetch.ParseRetryAfter(q.answered.Get("Retry-After"), q.at); u.After(until) {
					until = u
				}
			}
			if until.IsZero() {
				fault(request{}, "the host never said Retry-After")
			}
		}},
	} {
		t.Run(behaviour.name, func(t *testing.T) {
			faults := 0
			behaviour.hold(func(q request, format string, a ...any) {
				if faults++; faults <= 5 {
					t.Errorf("%s at %v: %s", q.uri, q.at.Sub(noon), fmt.Sprintf(format, a...))
				}
			})
		})
	}
}
