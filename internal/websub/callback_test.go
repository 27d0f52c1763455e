package websub

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parallax/internal/fetch"
	"parallax/internal/news"
	"parallax/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// memory is a Store with one Subscription, and an Ingest that counts.
type memory struct {
	mu     sync.Mutex
	sub    *news.Subscription
	broken error
	hold   chan struct{} // while it is open, nothing is kept

	got, polls int
	unusable   bool
	routes     []string // of the feed
}

func (m *memory) DueSubscriptions(_ context.Context, now time.Time, _ time.Duration, _ int) ([]*news.Subscription, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.sub == nil || m.sub.Due.After(now) {
		return nil, m.broken
	}
	s := *m.sub
	return []*news.Subscription{&s}, m.broken
}

func (m *memory) ChangeSubscription(_ context.Context, _ string, f func(*news.Subscription)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.sub == nil || m.broken != nil {
		return errors.Join(m.broken, news.ErrNotFound)
	}
	s := *m.sub
	f(&s)
	if m.sub = &s; s.State == news.SubscriptionEnded {
		m.sub = nil
	}
	return nil
}

func (m *memory) SubscriptionOf(_ context.Context, token string) (*news.Subscription, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.broken != nil {
		return nil, m.broken
	}
	if m.sub == nil || m.sub.Token != token {
		return nil, news.ErrNotFound
	}
	s := *m.sub
	return &s, nil
}

func (m *memory) EndSubscriptions(context.Context, time.Time) (int, error) { return 0, nil }

func (m *memory) Feed(_ context.Context, id string) (*news.Feed, error) {
	return &news.Feed{ID: id, SourceID: "aurora", URL: topic, Routes: m.routes}, nil
}

func (m *memory) Push(ctx context.Context, _ string, _ http.Header, _ []byte) (bool, error) {
	if m.hold != nil {
		select {
		case <-m.hold:
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.broken != nil {
		return false, m.broken
	}
	if m.unusable {
		return false, nil
	}
	m.got++
	return true, nil
}

func (m *memory) PollSoon(context.Context, string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.polls++
	return m.broken
}

// poster is the network.
type poster func(address string, values url.Values, routes []string) error

func (p poster) Post(_ context.Context, address string, values url.Values, routes []string, _ string) (*fetch.Response, error) {
	return nil, p(address, values, routes)
}

// A world is a Subscriber with a clock of its own.
type world struct {
	*Subscriber
	*memory
	now     time.Time
	results map[Result]int
}

func newWorld(t *testing.T, p poster, hubs ...string) *world {
	t.Helper()
	w := &world{memory: &memory{sub: wanted(hubs...), routes: []string{"direct", "mirror:https://m.example"}}, now: noon, results: map[Result]int{}}
	w.Subscriber = New(Config{
		Store: w.memory, Ingest: w.memory, Poster: p, URL: "https://us.example", MaxBody: 1 << 10,
		Now: func() time.Time { return w.now }, Rand: func() float64 { return 0 },
		Count: func(r Result) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.results[r]++
		},
	})
	return w
}

// verified makes the Subscription one that its hub has confirmed.
func (w *world) verified(t *testing.T) {
	t.Helper()
	ask(t, w.sub, w.now)
	if res := w.get(subscribe, topic, "abc"); res.Code != http.StatusOK || res.Body.String() != "abc" {
		t.Fatalf("the hub that was asked is answered %d %q", res.Code, res.Body)
	}
}

func (w *world) get(mode, topic, challenge string) *httptest.ResponseRecorder {
	q := url.Values{"hub.mode": {mode}, "hub.topic": {topic}, "hub.challenge": {challenge}, "hub.lease_seconds": {"36000"}}
	return w.serve(httptest.NewRequest(http.MethodGet, Path+w.sub.Token+"?"+q.Encode(), nil)) //nolint:noctx // a request to a handler
}

func (w *world) serve(r *http.Request) *httptest.ResponseRecorder {
	res := httptest.NewRecorder()
	w.ServeHTTP(res, r)
	return res
}

func (w *world) post(path, signature string, body io.Reader) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, body) //nolint:noctx // a request to a handler
	r.Header.Set("X-Hub-Signature", signature)
	return w.serve(r)
}

func sign(secret, body string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = io.WriteString(mac, body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

func (w *world) push(body string) *httptest.ResponseRecorder {
	return w.post(Path+w.sub.Token, sign(w.sub.Secret, body), strings.NewReader(body))
}

func TestCalls(t *testing.T) {
	w := newWorld(t, nil, "https://hub.example")
	if res := w.get(subscribe, topic, "abc"); res.Code != http.StatusNotFound {
		t.Errorf("a hub that was not asked is answered %d", res.Code)
	}
	w.verified(t)
	for name, res := range map[string]*httptest.ResponseRecorder{
		"again":          w.get(subscribe, topic, "abc"),
		"another mode":   w.get("publish", topic, "abc"),
		"nothing":        w.get("", "", ""),
		"unknown token":  w.serve(httptest.NewRequest(http.MethodGet, Path+"x?hub.mode=subscribe", nil)),                      //nolint:noctx // a request to a handler
		"no token":       w.serve(httptest.NewRequest(http.MethodGet, Path+"?hub.mode=subscribe", nil)),                       //nolint:noctx // a request to a handler
		"long token":     w.serve(httptest.NewRequest(http.MethodGet, Path+strings.Repeat("x", 1000), nil)),                   //nolint:noctx // a request to a handler
		"broken query":   w.serve(httptest.NewRequest(http.MethodGet, Path+w.sub.Token+"?hub.mode=%zz&hub.challenge=a", nil)), //nolint:noctx // a request to a handler
		"no subscribers": w.get(unsubscribe, topic, "abc"),
	} {
		if res.Code != http.StatusNotFound || strings.Contains(res.Body.String(), "abc") {
			t.Errorf("%s: answered %d %q", name, res.Code, res.Body)
		}
	}
	ask(t, w.sub, w.now.Add(9*time.Hour))
	for challenge, want := range map[string]int{"": 404, strings.Repeat("x", maxChallenge+1): 404} {
		if res := w.get(subscribe, topic, challenge); res.Code != want {
			t.Errorf("a challenge of %d bytes is answered %d", len(challenge), res.Code)
		}
	}
	const script = "<script>alert(1)</script>"
	if res := w.get(subscribe, topic, script); res.Body.String() != script || !strings.HasPrefix(res.Header().Get("Content-Type"), "text/plain") {
		t.Errorf("a challenge comes back as %s %q", res.Header().Get("Content-Type"), res.Body)
	}
	if res := w.get(denied, topic, ""); res.Code != http.StatusOK || w.sub.State != news.SubscriptionDenied {
		t.Errorf("a denial is answered %d, state %s", res.Code, w.sub.State)
	}
	w.broken = errors.New("the store is away")
	if res := w.get(subscribe, topic, "abc"); res.Code != http.StatusServiceUnavailable {
		t.Errorf("without a store a hub is answered %d", res.Code)
	}
	if res := w.serve(httptest.NewRequest(http.MethodPut, Path+"x", nil)); res.Code != http.StatusMethodNotAllowed { //nolint:noctx // a request to a handler
		t.Errorf("PUT is answered %d", res.Code)
	}
}

func TestPushed(t *testing.T) {
	w := newWorld(t, nil, "https://hub.example")
	token := func() string { return Path + w.sub.Token }
	if res := w.push("<rss/>"); res.Code != http.StatusGone {
		t.Errorf("before it was confirmed a push is answered %d", res.Code)
	}
	w.verified(t)
	if res := w.push("<rss/>"); res.Code != http.StatusAccepted || w.got != 1 {
		t.Errorf("a push is answered %d, kept %d", res.Code, w.got)
	}
	for _, bad := range []string{"", "sha256=00", sign("guessed", "<rss/>"), sign(w.sub.Secret, "<rss />")} {
		if res := w.post(token(), bad, strings.NewReader("<rss/>")); res.Code != http.StatusAccepted || w.got != 1 {
			t.Errorf("a push signed %q is answered %d, kept %d", bad, res.Code, w.got)
		}
	}
	if w.sub.Forged != 4 || w.polls != 0 {
		t.Errorf("forged pushes: counted %d, polled for %d", w.sub.Forged, w.polls)
	}
	if res := w.post(Path+"x", "", strings.NewReader("<rss/>")); res.Code != http.StatusGone {
		t.Errorf("a push to nobody is answered %d", res.Code)
	}
	if res := w.push(strings.Repeat("x", 1<<10+1)); res.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("a push that is too large is answered %d", res.Code)
	}
	if res := w.push(strings.Repeat("x", 1<<10)); res.Code != http.StatusAccepted {
		t.Errorf("a push that is just not too large is answered %d", res.Code)
	}
	w.unusable = true
	if res := w.push("hello"); res.Code != http.StatusAccepted {
		t.Errorf("a push that is no feed is answered %d", res.Code)
	}
	w.broken = errors.New("the store is away")
	if res := w.push("<rss/>"); res.Code != http.StatusServiceUnavailable || res.Header().Get("Retry-After") == "" {
		t.Errorf("without a store a push is answered %d", res.Code)
	}
	w.broken = nil
	w.sub.State = news.SubscriptionLeaving
	if res := w.push("<rss/>"); res.Code != http.StatusGone {
		t.Errorf("a push that is not wanted any more is answered %d", res.Code)
	}
	want := map[Result]int{Kept: 2, Forged: 4, Refused: 4, Polled: 1, Failed: 1}
	for _, r := range Results {
		if w.results[r] != want[r] {
			t.Errorf("%s was counted %d times, want %d", r, w.results[r], want[r])
		}
	}

	// Without a secret nobody is believed, whatever he signs with.
	w = newWorld(t, nil, "http://hub.example")
	w.verified(t)
	if res := w.push("<rss/>"); res.Code != http.StatusAccepted || w.got != 0 || w.polls != 1 {
		t.Errorf("a push of an http hub is answered %d, kept %d, polled for %d", res.Code, w.got, w.polls)
	}
}

// However many pushes come at once, few are in hand: of one topic two, and of all together
// no more bytes than is allowed. What is over gets its turn later, and the memory back.
func TestFlood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil, "https://hub.example")
		w.verified(t)
		w.hold = make(chan struct{})
		codes := make(chan int, 10)
		for range cap(codes) {
			go func() { codes <- w.push("<rss/>").Code }()
		}
		synctest.Wait()
		close(w.hold)
		got := map[int]int{}
		for range cap(codes) {
			got[<-codes]++
		}
		if got[http.StatusAccepted] != maxWaiting || got[http.StatusTooManyRequests] != cap(codes)-maxWaiting {
			t.Errorf("ten pushes at once are answered %v", got)
		}

		// A push that cannot be kept in time is asked for again.
		w.hold = make(chan struct{})
		start := time.Now()
		if res := w.push("<rss/>"); res.Code != http.StatusServiceUnavailable || time.Since(start) != keepTime {
			t.Errorf("after %v a push is answered %d", time.Since(start), res.Code)
		}
		close(w.hold)

		// Nor does a body that never ends take more than its part.
		w.pushes.left = 2 * chunk
		slow, sender := io.Pipe()
		go func() { codes <- w.post(Path+w.sub.Token, "", slow).Code }()
		synctest.Wait()
		if w.pushes.left != chunk {
			t.Errorf("a push that is being read holds %d bytes, want %d", 2*chunk-w.pushes.left, chunk)
		}
		w.pushes.left = 0
		if res := w.push("<rss/>"); res.Code != http.StatusServiceUnavailable || res.Header().Get("Retry-After") == "" {
			t.Errorf("with all memory taken a push is answered %d", res.Code)
		}
		_ = sender.Close()
		<-codes
		if w.pushes.left != chunk || len(w.pushes.of) != 0 {
			t.Errorf("at the end %d bytes and %d topics are held", chunk-w.pushes.left, len(w.pushes.of))
		}
	})
}

func TestRead(t *testing.T) {
	p := pushes{left: 10 * chunk}
	for _, n := range []int{0, 1, chunk - 1, chunk, chunk + 1, 3 * chunk} {
		body, err := p.read(bytes.NewReader(make([]byte, n)), int64(n))
		if err != nil || len(body) != n || p.left != 10*chunk-n {
			t.Errorf("a body of %d bytes: %d, %v, %d left", n, len(body), err, p.left)
		}
		p.free(n)
		if n > 0 {
			if body, err := p.read(bytes.NewReader(make([]byte, n)), int64(n)-1); !errors.Is(err, errTooLarge) {
				t.Errorf("a body of %d bytes where one less is allowed: %v", n, err)
			} else {
				p.free(len(body))
			}
		}
	}
	if body, err := p.read(bytes.NewReader(make([]byte, 20*chunk)), 20*chunk); !errors.Is(err, errFull) || p.left != 10*chunk-len(body) {
		t.Errorf("a body of twice the memory: %d bytes, %v, %d left", len(body), err, p.left)
	}
}
