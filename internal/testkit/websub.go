package testkit

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// A WebSubHub is an invented WebSub hub, over https on loopback. It asks back before it
// answers, as some hubs do.
type WebSubHub struct {
	*httptest.Server

	tb testing.TB

	mu     sync.Mutex // guards the others
	lease  string     // what it grants, in seconds; "" for what is asked
	topics map[string]*Subscribed
	news   chan struct{} // closed at the next change of topics
	asked  int
}

// Subscribed is what the hub knows of one topic.
type Subscribed struct {
	Callback, Secret string
	Times            int // that it was subscribed to
}

// NewWebSubHub starts a hub that ends with the test.
func NewWebSubHub(tb testing.TB) *WebSubHub {
	tb.Helper()
	h := &WebSubHub{tb: tb, topics: map[string]*Subscribed{}, news: make(chan struct{})}
	h.Server = httptest.NewTLSServer(h)
	tb.Cleanup(h.Close)
	return h
}

// CertFile writes the hub's certificate where SSL_CERT_FILE can name it.
func (h *WebSubHub) CertFile() string {
	h.tb.Helper()
	file := filepath.Join(h.tb.TempDir(), "hub.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: h.Certificate().Raw}), 0o600); err != nil {
		h.tb.Fatal(err)
	}
	return file
}

// Grant makes leases last so many seconds.
func (h *WebSubHub) Grant(seconds int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.lease = fmt.Sprint(seconds)
}

// Asked is how often the hub was asked for anything.
func (h *WebSubHub) Asked() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.asked
}

// Topic returns who has subscribed to a topic, nil if nobody has.
func (h *WebSubHub) Topic(topic string) *Subscribed {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.topics[topic]
}

// Await returns who has subscribed to a topic as soon as somebody has.
func (h *WebSubHub) Await(ctx context.Context, topic string) *Subscribed {
	h.tb.Helper()
	for {
		h.mu.Lock()
		s, news := h.topics[topic], h.news
		h.mu.Unlock()
		if s != nil {
			return s
		}
		select {
		case <-news:
		case <-ctx.Done():
			h.tb.Fatalf("nobody subscribed to %s", topic)
		}
	}
}

// ServeHTTP takes what subscribers ask for (WebSub §5).
func (h *WebSubHub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil || r.Method != http.MethodPost {
		http.Error(w, "a hub takes forms", http.StatusBadRequest)
		return
	}
	mode, topic, callback := r.PostForm.Get("hub.mode"), r.PostForm.Get("hub.topic"), r.PostForm.Get("hub.callback")
	h.mu.Lock()
	h.asked++
	lease := h.lease
	h.mu.Unlock()
	if lease == "" {
		lease = r.PostForm.Get("hub.lease_seconds")
	}
	if !h.verify(r, mode, topic, callback, lease) {
		http.Error(w, "the subscriber does not want it", http.StatusBadRequest)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if s := h.topics[topic]; mode == "unsubscribe" {
		delete(h.topics, topic)
	} else {
		times := 1
		if s != nil {
			times += s.Times
		}
		h.topics[topic] = &Subscribed{Callback: callback, Secret: r.PostForm.Get("hub.secret"), Times: times}
	}
	close(h.news)
	h.news = make(chan struct{})
	w.WriteHeader(http.StatusAccepted)
}

// verify asks the subscriber whether it wants this (§5.3).
func (h *WebSubHub) verify(r *http.Request, mode, topic, callback, lease string) bool {
	const challenge = "are you sure?"
	q := url.Values{"hub.mode": {mode}, "hub.topic": {topic}, "hub.challenge": {challenge}, "hub.lease_seconds": {lease}}
	ask, err := http.NewRequestWithContext(r.Context(), http.MethodGet, callback+"?"+q.Encode(), nil) //nolint:gosec // on loopback
	if err != nil {
		return false
	}
	res, err := h.Client().Do(ask) //nolint:gosec // on loopback
	if err != nil {
		return false
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	return err == nil && res.StatusCode == http.StatusOK && string(body) == challenge
}

// Publish pushes a document to whoever has subscribed to the topic, and returns the status
// of the answer (§7). It signs with secret, or with that of the subscriber if it is "".
func (h *WebSubHub) Publish(topic, contentType, body, secret string) int {
	h.tb.Helper()
	s := h.Topic(topic)
	if s == nil {
		h.tb.Fatalf("nobody has subscribed to %s", topic)
	}
	ask, err := http.NewRequestWithContext(h.tb.Context(), http.MethodPost, s.Callback, strings.NewReader(body))
	if err != nil {
		h.tb.Fatal(err)
	}
	ask.Header.Set("Content-Type", contentType)
	ask.Header.Add("Link", fmt.Sprintf("<%s>; rel=hub", h.URL))
	ask.Header.Add("Link", fmt.Sprintf("<%s>; rel=self", topic))
	if secret == "" {
		secret = s.Secret
	}
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = io.WriteString(mac, body)
	ask.Header.Set("X-Hub-Signature", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	res, err := h.Client().Do(ask)
	if err != nil {
		h.tb.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, res.Body)
	_ = res.Body.Close()
	return res.StatusCode
}
