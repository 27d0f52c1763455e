package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/andybalholm/brotli"
)

// shelfWorld is a shelf before a site that counts how often it is asked.
type shelfWorld struct {
	*shelf
	asked   atomic.Int64 // several ask at once
	edition string
	err     error
	read    int
	body    string
	cache   string // Cache-Control
	status  int
	hold    chan struct{} // the site waits for it, if there is one
}

func newShelfWorld() *shelfWorld {
	w := &shelfWorld{edition: "one", body: strings.Repeat("the same words again ", 200), cache: maxAge, status: http.StatusOK}
	site := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.asked.Add(1)
		if w.hold != nil {
			<-w.hold
		}
		if r.Header.Get("Accept-Encoding") != "" || r.Header.Get("If-None-Match") != "" || r.Method != http.MethodGet {
			panic("the site is bothered with what is the shelf's")
		}
		rw.Header().Set("Cache-Control", w.cache)
		if w.status != http.StatusOK {
			rw.WriteHeader(w.status)
			_, _ = rw.Write([]byte(w.body))
			return
		}
		answerWith(rw, "text/html; charset=utf-8", []byte(w.body), etagOf([]byte(w.body)), time.Now())
	})
	w.shelf = newShelf(site, &editions{read: func(context.Context) (string, error) {
		w.read++
		return w.edition, w.err
	}}, time.Now, true)
	return w
}

func (w *shelfWorld) get(path string, fields ...field) *httptest.ResponseRecorder {
	return w.do(http.MethodGet, path, fields...)
}

type field struct{ name, value string }

func (w *shelfWorld) do(method, path string, fields ...field) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(context.Background(), method, path, http.NoBody)
	for _, f := range fields {
		r.Header.Set(f.name, f.value)
	}
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r)
	return rec
}

func (w *shelfWorld) wantAsked(t *testing.T, n int, why string) {
	t.Helper()
	if got := w.asked.Load(); got != int64(n) {
		t.Errorf("%s: the site was asked %d times, want %d", why, got, n)
	}
}

// Whoever is told that something has changed, and asks at once, is given what it is now, although
// others asked a moment before. The one who tells asks for what is fresh.
func TestShelfGivesWhatWasTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newShelfWorld()
		before := w.get("/feed.atom").Body.String()
		w.edition, w.body = "two", "what is new"
		if got := w.get("/feed.atom").Body.String(); got != before {
			t.Errorf("within the moment for which an edition is remembered readers are given %q", got)
		}
		told := httptest.NewRecorder()
		w.ServeHTTP(told, httptest.NewRequestWithContext(Fresh(t.Context()), http.MethodGet, "/feed.atom", http.NoBody))
		if got := w.get("/feed.atom").Body.String(); got != "what is new" || told.Body.String() != got {
			t.Errorf("told was %q, and who asks then is given %q", told.Body, got)
		}
	})
}

// An edition that was being read when it expired is read again.
func TestEditionExpiresWhileRead(t *testing.T) {
	var e editions
	reads := 0
	e.read = func(context.Context) (string, error) {
		if reads++; reads == 1 {
			e.expire()
			return "old", nil
		}
		return "new", nil
	}
	for i, want := range []string{"old", "new", "new"} {
		if got, ok := e.current(t.Context()); !ok || got != want {
			t.Errorf("%d: the edition is %s, want %s", i, got, want)
		}
	}
	if reads != 2 {
		t.Errorf("the edition was read %d times, want twice", reads)
	}
}

// What many read is made once: until the content changes, and until the clock says so.
func TestShelfKeepsAnEdition(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newShelfWorld()
		for range 5 {
			if got := w.get("/story/1"); got.Code != http.StatusOK || got.Body.String() != w.body {
				t.Fatalf("answer %d, %d bytes", got.Code, got.Body.Len())
			}
		}
		w.wantAsked(t, 1, "five readers")
		w.get("/story/1?lens=x")
		w.get("/story/1", field{"Accept", "application/json"})
		w.wantAsked(t, 3, "another lens, and the data")

		w.body, w.edition = "other words", "two"
		time.Sleep(editionTime)
		if got := w.get("/story/1").Body.String(); got != "other words" {
			t.Errorf("after the content changed: %q", got)
		}
		w.wantAsked(t, 4, "another edition")

		// What was made just after the edition changed may be of what was known before.
		time.Sleep(knownFor - time.Millisecond)
		w.get("/story/1")
		w.wantAsked(t, 4, "a moment later")
		time.Sleep(editionTime + time.Millisecond)
		w.get("/story/1")
		w.wantAsked(t, 5, "a second later")
		time.Sleep(shelfTime - time.Millisecond)
		w.get("/story/1")
		w.wantAsked(t, 5, "within the time of the shelf")
		time.Sleep(time.Millisecond)
		w.get("/story/1")
		w.wantAsked(t, 6, "after the time of the shelf")
	})
}

// However many ask, the store is asked for the edition only so often; and where it cannot
// tell, every answer is made anew.
func TestShelfAsksForTheEditionSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newShelfWorld()
		for range 100 {
			w.get("/")
		}
		if w.read != 1 {
			t.Errorf("the edition was read %d times, want once", w.read)
		}
		w.err = errors.New("the database is away")
		time.Sleep(editionTime)
		w.get("/")
		w.get("/")
		w.wantAsked(t, 3, "without an edition")
		if w.read != 3 {
			t.Errorf("the edition was read %d times, want each time until it can be told", w.read)
		}
	})
}

func TestShelfLeavesAlone(t *testing.T) {
	for _, tc := range []struct {
		name, path, cache string
		status            int
	}{
		{"what a reader searched", "/search?q=north", maxAge, 200},
		{"the feed of a search", "/search/feed.atom?q=north", maxAge, 200},
		{"what no cache may keep", "/mail", "no-store", 200},
		{"what is one reader's", "/mail", "private", 200},
		{"errors", "/story/0", "no-store", 404},
		{"what is gone", "/article/1", maxAge, 410},
		{"redirects", "/story/old", maxAge, 308},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newShelfWorld()
			w.cache, w.status = tc.cache, tc.status
			for range 2 {
				if got := w.get(tc.path); got.Code != tc.status || got.Body.String() != w.body {
					t.Errorf("answer %d with %d bytes", got.Code, got.Body.Len())
				}
			}
			w.wantAsked(t, 2, "two readers")
			if len(w.answers) != 0 || w.size != 0 {
				t.Errorf("%d answers of %d bytes lie on the shelf", len(w.answers), w.size)
			}
		})
	}
}

// While one request makes a page the others wait for it and take the same; a reader who goes
// does not wait.
func TestShelfMakesOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newShelfWorld()
		w.hold = make(chan struct{})
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				if got := w.get("/story/1"); got.Body.String() != w.body {
					t.Errorf("answer %d with %d bytes", got.Code, got.Body.Len())
				}
			})
		}
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		wg.Go(func() {
			w.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, "/story/1", http.NoBody))
		})
		synctest.Wait()
		cancel()
		synctest.Wait()
		w.wantAsked(t, 1, "ten at once")
		close(w.hold)
		wg.Wait()
		w.wantAsked(t, 1, "ten at once")
	})
}

// What turns out not to be for the shelf holds nobody up.
func TestShelfWaitsOnceOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newShelfWorld()
		w.status = http.StatusNotFound
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				if got := w.get("/story/1"); got.Code != http.StatusNotFound {
					t.Errorf("answer %d", got.Code)
				}
			})
		}
		wg.Wait()
		if len(w.making) != 0 {
			t.Errorf("%d answers are still waited for", len(w.making))
		}
	})
}

func TestShelfSurvivesAPanic(t *testing.T) {
	w := newShelfWorld()
	calm := w.site
	w.site = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		w.get("/story/1")
	}()
	w.site = calm
	if got := w.get("/story/1"); got.Code != http.StatusOK {
		t.Errorf("answer %d after a panic", got.Code)
	}
}

// Whatever is asked for, the shelf takes so much and no more, and what is read stays.
func TestShelfIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newShelfWorld()
		w.limit = 40 * (2*len(w.body) + answerCost + 20)
		for i := range 500 {
			w.get("/read")
			w.get(fmt.Sprintf("/story/%d", i))
			time.Sleep(10 * time.Millisecond)
		}
		if w.size > w.limit || len(w.answers) < 20 {
			t.Errorf("%d answers of %d bytes, of at most %d", len(w.answers), w.size, w.limit)
		}
		sum := 0
		for _, a := range w.answers {
			sum += a.size
		}
		if sum != w.size {
			t.Errorf("its answers take %d bytes, and it counts %d", sum, w.size)
		}
		w.body = strings.Repeat("x", shelfBody+1)
		if got := w.get("/large"); got.Body.Len() != shelfBody+1 || got.Code != http.StatusOK {
			t.Errorf("a large answer: %d, %d bytes", got.Code, got.Body.Len())
		}
		if got := w.do(http.MethodHead, "/large"); got.Body.Len() != 0 {
			t.Errorf("a large answer to HEAD: %d bytes", got.Body.Len())
		}
	})
}

// Both ways of asking whether anything changed, in every encoding.
func TestShelfNotModified(t *testing.T) {
	w := newShelfWorld()
	for _, accepts := range []string{"", "gzip", "br"} {
		whole := w.get("/", field{"Accept-Encoding", accepts})
		tag, modified := whole.Header().Get("ETag"), whole.Header().Get("Last-Modified")
		for _, tc := range []struct {
			name, value string
			want        int
		}{
			{"If-None-Match", tag, 304},
			{"If-None-Match", `"other", W/` + tag, 304},
			{"If-None-Match", "*", 304},
			{"If-None-Match", `"other"`, 200},
			{"If-Modified-Since", modified, 304},
			{"If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT", 304},
			{"If-Modified-Since", "Fri, 01 Jan 1999 00:00:00 GMT", 200},
			{"If-Modified-Since", "yesterday", 200},
		} {
			got := w.get("/", field{"Accept-Encoding", accepts}, field{tc.name, tc.value})
			if got.Code != tc.want {
				t.Errorf("%s: %s in %q: %d, want %d", tc.name, tc.value, accepts, got.Code, tc.want)
			}
			h := got.Header()
			if h.Get("ETag") != tag || h.Get("Vary") == "" || h.Get("Cache-Control") == "" {
				t.Errorf("%s: the header lacks what RFC 9110 §15.4.5 wants: %v", tc.name, h)
			}
			if tc.want == 304 && (got.Body.Len() > 0 || h.Get("Content-Length") != "" || h.Get("Content-Type") != "") {
				t.Errorf("%s: a 304 has a body", tc.name)
			}
		}
	}
	// Not-None-Match goes before the date, RFC 9110 §13.2.2.
	if got := w.get("/", field{"If-None-Match", `"other"`}, field{"If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT"}); got.Code != 200 {
		t.Errorf("an old tag and a late date: %d", got.Code)
	}
}

func TestShelfEncodings(t *testing.T) {
	w := newShelfWorld()
	tags := map[string]bool{}
	for accepts, want := range map[string]string{"": "", "gzip": "gzip", "gzip, deflate, br, zstd": "br"} {
		got := w.get("/", field{"Accept-Encoding", accepts})
		if ce := got.Header().Get("Content-Encoding"); ce != want {
			t.Errorf("Accept-Encoding %q: Content-Encoding %q, want %q", accepts, ce, want)
		}
		if n := got.Header().Get("Content-Length"); n != fmt.Sprint(got.Body.Len()) {
			t.Errorf("Content-Length %s of %d bytes", n, got.Body.Len())
		}
		tags[got.Header().Get("ETag")] = true
		var r io.Reader = got.Body
		switch want {
		case "gzip":
			z, err := gzip.NewReader(r)
			if err != nil {
				t.Fatal(err)
			}
			r = z
		case "br":
			r = brotli.NewReader(r)
		}
		if b, err := io.ReadAll(r); err != nil || string(b) != w.body {
			t.Errorf("%q decodes to %d bytes, %v", want, len(b), err)
		}
		head := w.do(http.MethodHead, "/", field{"Accept-Encoding", accepts})
		if head.Header().Get("Content-Length") != got.Header().Get("Content-Length") || head.Body.Len() != 0 {
			t.Errorf("HEAD differs from GET in %q", accepts)
		}
	}
	if len(tags) != 3 {
		t.Errorf("three encodings have %d entity tags", len(tags))
	}
	w.wantAsked(t, 1, "three encodings")
}

func TestAccepted(t *testing.T) {
	for header, want := range map[string]encoding{
		"":                                identity,
		"identity":                        identity,
		"gzip":                            gzipped,
		"x-gzip":                          gzipped,
		"GZIP":                            gzipped,
		"gzip, deflate, br":               brotlied,
		"br;q=0.5, gzip":                  gzipped,
		"gzip;q=0.8, br;q=0.8":            brotlied,
		"br;q=0, gzip;q=0":                identity,
		"*":                               brotlied,
		"*;q=0.3, br;q=0":                 gzipped,
		"gzip;q=0":                        identity,
		"identity;q=1, gzip;q=0.5":        identity,
		"identity;q=0.5, gzip;q=1":        gzipped,
		"deflate, zstd":                   identity,
		"gzip;q=nonsense":                 identity,
		"gzip;q=NaN":                      identity,
		"gzip;q=2":                        identity,
		"gzip; q = 0.7":                   gzipped,
		"identity;q=0, *;q=0":             identity,
		"deflate;q=1, gzip;q=0.1, br;q=0": gzipped,
		";;;,,,=":                         identity,
	} {
		if got := accepted(header); got != want {
			t.Errorf("accepted(%q) = %q, want %q", header, encodingNames[got], encodingNames[want])
		}
	}
}

// Whatever a client sends, the answer can be read by who takes nothing.
func FuzzAccepted(f *testing.F) {
	f.Add("gzip;q=0.5, br")
	f.Fuzz(func(t *testing.T, header string) {
		e := accepted(header)
		if e < identity || e >= encodings {
			t.Fatalf("accepted(%q) = %d", header, e)
		}
		lower := strings.ToLower(header)
		if e != identity && !strings.Contains(lower, strings.TrimPrefix(encodingNames[e], "x-")) && !strings.Contains(header, "*") {
			t.Errorf("accepted(%q) = %s, which it does not name", header, encodingNames[e])
		}
	})
}

func BenchmarkShelf(b *testing.B) {
	w := newShelfWorld()
	r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/story/1", http.NoBody)
	r.Header.Set("Accept-Encoding", "gzip")
	w.ServeHTTP(httptest.NewRecorder(), r)
	to := &nowhere{header: http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		clear(to.header)
		w.ServeHTTP(to, r)
	}
}

type nowhere struct {
	header http.Header
	bytes.Buffer
}

func (n *nowhere) Header() http.Header         { return n.header }
func (n *nowhere) WriteHeader(int)             {}
func (n *nowhere) Write(p []byte) (int, error) { return len(p), nil }

// stuck is a reader who takes nothing until the gate opens.
type stuck struct {
	http.ResponseWriter
	gate chan struct{}
}

func (s *stuck) Write(p []byte) (int, error) {
	<-s.gate
	return len(p), nil
}

// Whoever takes an answer that is too large for the shelf at a pace of their own holds up nobody.
func TestShelfSlowReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newShelfWorld()
		w.body = strings.Repeat("x", shelfBody+1)
		slow := &stuck{httptest.NewRecorder(), make(chan struct{})}
		var wg sync.WaitGroup
		wg.Go(func() {
			w.ServeHTTP(slow, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/feed.atom", http.NoBody))
		})
		synctest.Wait()
		if got := w.get("/feed.atom"); got.Body.Len() != shelfBody+1 { // in a bubble, to wait for the slow one would be a deadlock
			t.Errorf("another reader gets %d bytes", got.Body.Len())
		}
		close(slow.gate)
		wg.Wait()
	})
}
