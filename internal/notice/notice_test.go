package notice

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parallax/internal/fetch"
	"parallax/internal/news"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

// memory is a Store of one outlet.
type memory struct{ notice news.Notice }

func (m *memory) DueNotices(_ context.Context, now time.Time, _ int) ([]*news.Notice, error) {
	if m.notice.Due.After(now) {
		return nil, nil
	}
	n := m.notice
	return []*news.Notice{&n}, nil
}

func (m *memory) SaveNotice(_ context.Context, n *news.Notice) error {
	m.notice = *n
	return nil
}

// The files are read once a month; one that is missing says nothing, and where the outlet cannot be
// reached what it said stays.
func TestStage(t *testing.T) {
	t.Parallel()
	var broken atomic.Bool
	var asked atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		switch {
		case broken.Load():
			w.WriteHeader(http.StatusInternalServerError)
		case r.URL.Path == "/robots.txt":
			_, _ = w.Write([]byte("User-agent: *\nDisallow: /.well-known/\nContent-Usage: train-ai=n\nLicense: /rsl.xml\n"))
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	defer srv.Close()
	now := noon
	clock := func() time.Time { return now }
	client := fetch.New(fetch.Options{AllowPrivate: []string{strings.TrimPrefix(srv.URL, "http://")}, PerHostDelay: -1, Now: clock})
	defer client.Close()
	m := &memory{news.Notice{SourceID: "harbour", Home: srv.URL + "/news"}}
	s := New(m, client, nil, clock)
	run := func() int {
		t.Helper()
		before := asked.Load()
		if err := s.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		return int(asked.Load() - before)
	}
	if n := run(); n != 2 || len(m.notice.Terms) != 2 || m.notice.Terms[0].Value != srv.URL+"/rsl.xml" || !m.notice.Due.Equal(noon.Add(again)) {
		t.Errorf("asked for %d files: %+v", n, m.notice)
	}
	if now = noon.Add(again - time.Hour); run() != 0 {
		t.Error("asked again before its time")
	}
	broken.Store(true)
	now = noon.Add(again)
	if run(); m.notice.Failures != 1 || len(m.notice.Terms) != 2 || !m.notice.Due.Equal(now.Add(firstRetry)) {
		t.Errorf("out of reach: %+v", m.notice)
	}
	now = m.notice.Due
	m.notice.Routes = []string{"mirror:https://copy.example"}
	if n := run(); n != 0 || m.notice.Failures != 2 || len(m.notice.Terms) != 2 {
		t.Errorf("read from copies: asked for %d files: %+v", n, m.notice)
	}
}
