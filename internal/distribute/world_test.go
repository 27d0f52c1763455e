package distribute_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parallax/internal/distribute"
	"parallax/internal/fetch"
	"parallax/internal/news"
	"parallax/internal/store"
	"parallax/internal/testkit"
)

const (
	ours = "https://us.example"
	atom = "/feed.atom"
)

var noon = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

// A world is a hub with a site of a few feeds, by a clock of its own.
type world struct {
	*testing.T
	hub     *distribute.Hub
	store   *store.DB
	through func(distribute.Store) distribute.Store // what the hub has in place of the store
	now     time.Time
	mu      sync.Mutex // guards the others
	site    map[string]*distribute.Document
	counted map[distribute.Result]int
	renders int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "hub.db"), store.Options{})
	w := &world{T: t, store: db, through: func(s distribute.Store) distribute.Store { return s }, now: noon, site: map[string]*distribute.Document{}, counted: map[distribute.Result]int{}}
	w.must(err)
	t.Cleanup(func() { w.must(db.Close()) })
	w.reopen([]string{"127.0.0.0/8"})
	w.set(atom, "application/atom+xml; charset=utf-8", "<feed>one</feed>")
	return w
}

// reopen makes the hub anew over the store, as after a restart.
func (w *world) reopen(allow []string) {
	now := func() time.Time { return w.now }
	client := fetch.New(fetch.Options{AllowPrivate: allow, PerHostDelay: -1, Now: now})
	w.Cleanup(client.Close)
	w.hub = distribute.New(distribute.Config{
		Store: w.through(w.store), Caller: client, URL: ours + "/", AllowPrivate: allow, Now: now, Rand: func() float64 { return 0 },
		Render: func(_ context.Context, path string) (*distribute.Document, error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.renders++
			return w.page(path), nil
		},
		Look: func(_ *http.Request, path string) (*distribute.Document, error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			return w.page(path), nil
		},
		Count: func(r distribute.Result, after time.Duration) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.counted[r]++
			if after < 0 {
				w.Errorf("%s after %v", r, after)
			}
		},
		Logger: slog.New(slog.NewTextHandler(w.Output(), nil)),
	})
}

// page is what the site answers. The caller holds mu.
func (w *world) page(path string) *distribute.Document {
	if doc := w.site[path]; doc != nil {
		return doc
	}
	return &distribute.Document{Status: http.StatusNotFound, Type: "text/html"}
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// set makes a feed hold something, in a new edition of the store.
func (w *world) set(path, contentType, body string) {
	w.Helper()
	w.answer(path, &distribute.Document{Status: http.StatusOK, Type: contentType, Body: []byte(body)})
}

func (w *world) answer(path string, doc *distribute.Document) {
	w.Helper()
	w.mu.Lock()
	w.site[path] = doc
	w.mu.Unlock()
	w.edit()
}

// edit makes a new edition of the store.
func (w *world) edit() {
	w.Helper()
	w.must(w.store.ApplySources(w.Context(), []*news.Source{{ID: "aurora", Name: news.ID(fmt.Sprint(time.Now().UnixNano())), Home: "https://aurora.example"}}, w.now))
}

// post asks the hub for something.
func (w *world) post(values url.Values) *httptest.ResponseRecorder {
	w.Helper()
	r := httptest.NewRequestWithContext(w.Context(), http.MethodPost, distribute.Path, strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res := httptest.NewRecorder()
	w.hub.ServeHTTP(res, r)
	return res
}

// ask asks for a feed on behalf of a subscriber, with further fields, and is accepted.
func (w *world) ask(mode string, s *subscriber, path string, more ...string) {
	w.Helper()
	v := url.Values{"hub.mode": {mode}, "hub.topic": {ours + path}, "hub.callback": {s.callback}}
	for pair := range slices.Chunk(more, 2) {
		v.Set(pair[0], pair[1])
	}
	if res := w.post(v); res.Code != http.StatusAccepted {
		w.Fatalf("asked for %v: %d %s", v, res.Code, res.Body)
	}
}

// run does all there is to do at now plus after.
func (w *world) run(after time.Duration) {
	w.Helper()
	w.now = w.now.Add(after)
	w.must(w.hub.Run(w.Context()))
}

func (w *world) count(r distribute.Result) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.counted[r]
}

func (w *world) counts() news.SubscriberCounts {
	w.Helper()
	c, err := w.store.Subscribers(w.Context(), w.now)
	w.must(err)
	return c
}

// A subscriber is a server that is told.
type subscriber struct {
	callback string

	mu     sync.Mutex // guards the others
	asked  []url.Values
	told   []delivery
	answer func(w http.ResponseWriter, r *http.Request) bool // true: it has answered
}

type delivery struct {
	header http.Header
	body   string
}

func newSubscriber(t *testing.T, address string) *subscriber {
	t.Helper()
	s := &subscriber{}
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		if r.Method == http.MethodPost {
			s.told = append(s.told, delivery{r.Header, string(body)})
		} else {
			s.asked = append(s.asked, r.URL.Query())
		}
		answer := s.answer
		s.mu.Unlock()
		if answer != nil && answer(w, r) {
			return
		}
		_, _ = io.WriteString(w, r.URL.Query().Get("hub.challenge"))
	}))
	if address != "" {
		ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", address+":0")
		if err != nil {
			testkit.Missing(t, "loopback", address+": "+err.Error())
		}
		_ = srv.Listener.Close()
		srv.Listener = ln
	}
	srv.Start()
	t.Cleanup(srv.Close)
	s.callback = srv.URL + "/cb?id=7"
	return s
}

// answers makes the subscriber answer otherwise than by agreeing.
func (s *subscriber) answers(f func(w http.ResponseWriter, r *http.Request) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = f
}

func (s *subscriber) status(method string, code int) {
	s.answers(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != method {
			return false
		}
		w.WriteHeader(code)
		return true
	})
}

// take returns what came since it was called last.
func (s *subscriber) take() (asked []url.Values, told []delivery) {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked, told, s.asked, s.told = s.asked, s.told, nil, nil
	return asked, told
}

// bodies returns the bodies that came since take was called last.
func (s *subscriber) bodies() string {
	_, told := s.take()
	all := make([]string, 0, len(told))
	for _, d := range told {
		all = append(all, d.body)
	}
	return strings.Join(all, " ")
}
