package endpoint

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestPost(t *testing.T) {
	var asked *http.Request
	var body []byte
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r
		body, _ = io.ReadAll(r.Body)
		switch r.URL.Path {
		case "/v1/good":
			_, _ = io.WriteString(w, `{"a":1}`)
		case "/v1/long":
			_, _ = io.WriteString(w, strings.Repeat("x", 1001))
		case "/v1/endless":
			for r.Context().Err() == nil {
				if _, err := io.WriteString(w, strings.Repeat("x", 1000)); err != nil {
					return
				}
			}
		case "/v1/away":
			http.Redirect(w, r, "/v1/good", http.StatusFound)
		case "/v1/cut":
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "{")
		case "/v1/slow":
			<-r.Context().Done()
		case "/v1/key":
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = fmt.Fprintf(w, "%s: %s %s", r.Header.Get("Authorization"), strings.Repeat("x", 200-len("Bearer sesame-open: ")-6), r.Header.Get("Authorization"))
		default:
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = io.WriteString(w, "<h1>Oops</h1>")
		}
	}))
	defer server.Close()
	c := New(Options{URL: server.URL + "/v1/", Key: "sesame-open", Section: "assistant"})
	defer c.Close()

	got, err := c.Post(t.Context(), "/good", map[string]string{"q": "?"}, 1000)
	if err != nil || string(got) != `{"a":1}` || string(body) != `{"q":"?"}` {
		t.Errorf("%q to %q, %v", got, body, err)
	}
	if asked.Method != http.MethodPost || asked.Header.Get("Authorization") != "Bearer sesame-open" || asked.Header.Get("Content-Type") != "application/json" {
		t.Errorf("asked by %s with %v", asked.Method, asked.Header)
	}
	for path, want := range map[string][2]string{
		"/long":    {"longer than 1000 bytes", ""},
		"/endless": {"longer than 1000 bytes", ""},
		"/away":    {"302 Found", "redirects are not followed"},
		"/cut":     {"read the answer", "timeout"},
		"/key":     {"401", "key under [assistant]"},
		"/broken":  {"500 Internal Server Error", "log"},
	} {
		_, err := c.Post(t.Context(), path, nil, 1000)
		e, ok := errors.AsType[*Error](err)
		if !ok || !strings.Contains(err.Error(), want[0]) || !strings.Contains(e.Hint, want[1]) {
			t.Errorf("%s: %v, hint %q", path, err, e.Hint)
		}
		if strings.Contains(err.Error(), "sesam") {
			t.Errorf("%s tells the key: %v", path, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Post(ctx, "/slow", nil, 1000); !errors.Is(err, context.Canceled) {
		t.Errorf("whoever stops gets %v", err)
	}
	server.Close()
	_, err = c.Post(t.Context(), "/good", nil, 1000)
	if e, ok := errors.AsType[*Error](err); !ok || !strings.Contains(e.Hint, "running") {
		t.Errorf("nobody there: %v", err)
	}
}

func TestCheckURL(t *testing.T) {
	for address, good := range map[string]bool{
		"http://127.0.0.1:11434/v1":               true,
		"https://llm.example/":                    true,
		"llm.example/v1":                          false,
		"ftp://llm.example/v1":                    false,
		"https://:x@llm.example/v1":               false,
		"https://llm.example/v1?key=x":            false,
		"https://llm.example/v1#x":                false,
		"https://llm.example/embeddings/":         false,
		"https://llm.example/v1/chat/completions": false,
		"://": false,
	} {
		err := CheckURL(address)
		if good != (err == nil) {
			t.Errorf("%s: %v", address, err)
		}
		if err != nil && strings.Contains(err.Error(), ":x@") {
			t.Errorf("the password is told: %v", err)
		}
	}
}

func TestBreaker(t *testing.T) {
	now := time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)
	var said bytes.Buffer
	b := NewBreaker("sentences", func() time.Time { return now }, slog.New(slog.NewTextHandler(&said, nil)))
	bad := &Error{URL: "u", Hint: "look", Err: errors.New("bad")}
	for range failuresAllowed - 1 {
		b.Failed(bad)
	}
	if b.Resting() || said.Len() > 0 {
		t.Errorf("two failures are no reason to rest: %s", &said)
	}
	for n, rest := range []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute} {
		b.Failed(bad)
		now = now.Add(rest - 1)
		if !b.Resting() {
			t.Errorf("rest %d ends too early", n)
		}
		if now = now.Add(1); b.Resting() {
			t.Errorf("rest %d does not end", n)
		}
	}
	for range 20 {
		b.Failed(bad)
	}
	if now = now.Add(longRest); b.Resting() {
		t.Error("a rest has no end")
	}
	if n := strings.Count(said.String(), "\n"); n != 1 || !strings.Contains(said.String(), "hint=look") {
		t.Errorf("told: %s", &said)
	}
	b.Worked()
	b.Failed(bad)
	if b.Resting() || !strings.Contains(said.String(), "answers again") {
		t.Errorf("after it answered: resting %t, told %s", b.Resting(), &said)
	}
	NewBreaker("x", time.Now, nil).Failed(bad)
}

// Whatever a server says in place of an answer, the key is not told and the error is short.
func TestPostTellsNoKey(t *testing.T) {
	for name, said := range map[string]string{
		"a reason":           "HTTP/1.1 401 bad key Bearer sesame-open\r\nContent-Length: 0\r\n\r\n",
		"a long reason":      "HTTP/1.1 401 " + strings.Repeat("x", 1<<16) + "\r\nContent-Length: 0\r\n\r\n",
		"where to go":        "HTTP/1.1 302 Found\r\nLocation: http://%zz/sesame-open\r\nContent-Length: 0\r\n\r\n",
		"no status":          "sesame-open\r\n\r\n",
		"a line of a header": "HTTP/1.1 200 OK\r\nsesame-open\r\n\r\n",
	} {
		listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			defer func() { _ = conn.Close() }()
			if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
				_, _ = io.WriteString(conn, said)
			}
		}()
		c := New(Options{URL: "http://" + listener.Addr().String(), Key: "sesame-open", Section: "assistant"})
		_, err = c.Post(t.Context(), "/x", nil, 1000)
		if err == nil || strings.Contains(err.Error(), "sesam") || len(err.Error()) > 1000 {
			t.Errorf("%s: %d bytes: %.200v", name, len(fmt.Sprint(err)), err)
		}
		c.Close()
		_ = listener.Close()
		<-done
	}
}
