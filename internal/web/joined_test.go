package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Answers of every length arrive whole on a connection that is used again and again, with
// those between them that nobody promised.
func TestJoined(t *testing.T) {
	shelf := newShelfWorld()
	var lc net.ListenConfig
	ln, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: shelf, ReadHeaderTimeout: time.Minute}
	joined := Join(server, ln)
	done := make(chan error, 1)
	go func() { done <- server.Serve(joined) }()
	defer func() {
		if err := server.Shutdown(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	}()
	client := &http.Transport{}
	defer client.CloseIdleConnections()
	ask := func(method, path, tag string) (status int, body string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, "http://"+ln.Addr().String()+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept-Encoding", "identity")
		if tag != "" {
			r.Header.Set("If-None-Match", tag)
		}
		res, err := client.RoundTrip(r)
		if err != nil {
			t.Fatalf("%s %s: %v", method, path, err)
		}
		defer func() { _ = res.Body.Close() }()
		b, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatalf("%s %s: %v", method, path, err)
		}
		return res.StatusCode, string(b)
	}
	for _, n := range []int{0, 1, 2000, 3700, 3900, 4000, 4095, 4096, 4097, 8000, 8192, 70_000, shelfBody, shelfBody + 1} {
		shelf.body = strings.Repeat("x", n)
		path := fmt.Sprint("/", n)
		for range 2 {
			if status, b := ask(http.MethodGet, path, ""); status != http.StatusOK || b != shelf.body {
				t.Errorf("%d bytes: %d came", n, len(b))
			}
			if status, b := ask(http.MethodHead, path, ""); status != http.StatusOK || b != "" {
				t.Errorf("HEAD of %d bytes: %d", n, status)
			}
			if status, b := ask(http.MethodGet, path, "*"); n <= shelfBody && (status != http.StatusNotModified || b != "") {
				t.Errorf("%d bytes that are known: %d", n, status)
			}
		}
	}
}
