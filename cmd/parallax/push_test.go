package main

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"parallax/internal/hub"
	"parallax/internal/news"
	"parallax/internal/newsroom"
	"parallax/internal/store"
	"parallax/internal/testkit"
)

// The program as it is served, behind a proxy as in the world, subscribes at a WebSub hub,
// and what that pushes stands in its story at once; a forged push does not. How long it
// takes is logged: go test ./cmd/parallax -run TestPush -v.
func TestPush(t *testing.T) {
	both(t, func(t *testing.T, database string) { //nolint:thelper // the test itself
		webSub := testkit.NewWebSubHub(t)
		world, err := newsroom.Start(t.Context(), newsroom.Options{Hub: webSub.URL})
		if err != nil {
			t.Fatal(err)
		}
		defer world.Close()
		told := lateTelling(t, world)
		from := world.Day(1).Add(told.Versions[0].From)
		world.At(from.Add(-time.Second))
		s := serveWorld(t, world, database, webSub)

		topic := world.FeedURL(told.Outlet.ID)
		if got := webSub.Await(s.ctx, topic); got.Secret == "" || !strings.HasPrefix(got.Callback, s.public+"/websub/") {
			t.Errorf("subscribed with %+v", got)
		}
		s.settled()

		world.At(from)
		contentType, body := s.get(topic)
		title := told.Versions[0].Title
		_, front := s.get(s.public + "/")
		_, page := s.get(s.public + "/source/" + told.Outlet.ID)
		if strings.Contains(page, title) {
			t.Fatal("it is there before it was pushed")
		}
		start := time.Now()
		if status := webSub.Publish(topic, contentType, body, ""); status != http.StatusAccepted {
			t.Fatalf("the push is answered %d", status)
		}
		answered := time.Since(start)
		article := s.await("/source/"+told.Outlet.ID, regexp.MustCompile(`href="(/article/[^"]+)"[^>]*>`+regexp.QuoteMeta(title)))
		shown := time.Since(start)
		story := s.await(article, regexp.MustCompile(`href="(/story/[a-z0-9]+)`))
		s.await(story, regexp.MustCompile(`()`+regexp.QuoteMeta(title)))
		inStory := time.Since(start)
		for now := front; teaser(now, story) == teaser(front, story); {
			_, now = s.get(s.public + "/")
		}
		t.Logf("a push is answered after %v, on the outlet's page after %v, in its story after %v, on the front page after %v",
			answered.Round(time.Millisecond), shown.Round(time.Millisecond), inStory.Round(time.Millisecond), time.Since(start).Round(time.Millisecond))

		// Whoever knows the address and not the secret is answered likewise, and not believed.
		forged := strings.NewReplacer(title, "A forged headline", world.GUID(told), world.GUID(told)+"-forged").Replace(body)
		if status := webSub.Publish(topic, contentType, forged, "guessed"); status != http.StatusAccepted {
			t.Errorf("a forged push is answered %d", status)
		}
		_, metrics := s.get(s.local + "/metrics")
		for _, want := range []string{`parallax_pushes_total{result="forged"} 1`, `parallax_pushes_total{result="kept"} 1`} {
			if !strings.Contains(metrics, want) {
				t.Errorf("the metrics lack %s", want)
			}
		}
		_, page = s.get(s.public + "/source/" + told.Outlet.ID)
		if strings.Contains(page, "A forged headline") || !strings.Contains(page, "pushed by") {
			t.Error("the page of the outlet shows what was forged, or says nothing of the hub")
		}
	})
}

// teaser is what the front page says of a story.
func teaser(front, story string) string {
	_, text, _ := strings.Cut(front, story+`"`)
	text, _, _ = strings.Cut(text, `"/story/`)
	return text
}

// lateTelling is the last that somebody tells whose feed names hubs and has whole texts, of
// what another has told in the same language.
func lateTelling(tb testing.TB, world *newsroom.World) *newsroom.Telling {
	tb.Helper()
	var last *newsroom.Telling
	for _, e := range world.Script().Events {
		for _, told := range e.Tellings {
			o := told.Outlet
			earlier := slices.ContainsFunc(e.Tellings, func(other *newsroom.Telling) bool {
				return other.Outlet != o && other.Outlet.State == newsroom.Up && other.Outlet.Languages[0] == o.Languages[0] &&
					other.Versions[0].From < told.Versions[0].From
			})
			if earlier && o.State == newsroom.Up && o.Text == "full" && !o.Carriage.Until &&
				(last == nil || told.Versions[0].From > last.Versions[0].From) {
				last = told
			}
		}
	}
	if last == nil {
		tb.Fatal("nobody tells what another has told")
	}
	return last
}

// patience is after how long what was to come in a moment is given up.
const patience = 2 * time.Minute

// A served hub is a process that runs parallax serve, behind a proxy.
type served struct {
	testing.TB
	ctx           context.Context  // ends when something that is awaited will not come any more
	front         *httptest.Server // the proxy
	public, local string
	dsn, dir      string // of the database, and where hub.toml is
}

func serveWorld(tb testing.TB, world *newsroom.World, database string, webSub *testkit.WebSubHub, allow ...string) *served {
	tb.Helper()
	var proxy http.Handler
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { proxy.ServeHTTP(w, r) }))
	tb.Cleanup(front.Close)
	text := strings.Replace(world.HubTOML("Pushed"), "allow_private = [\n",
		fmt.Sprintf("allow_private = [\n  %q, %q,%s\n", front.Listener.Addr(), webSub.Listener.Addr(), quoted(allow)), 1)
	text = strings.Replace(text, "[hub]\n", fmt.Sprintf("[hub]\ndatabase = %q\nurl = %q\n", database, front.URL), 1)
	// Polls are an hour apart, so that nothing but a push can bring what is new.
	text = regexp.MustCompile(`(?m)^(interval|min_interval|max_interval) +=.*`).ReplaceAllString(text, `$1 = "1h"`)
	dir := tb.TempDir()
	file := filepath.Join(dir, "hub.toml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
	cfg, err := hub.Load(file)
	if err != nil {
		tb.Fatal(err)
	}
	cmd := exec.CommandContext(tb.Context(), os.Args[0], "serve", "--listen", "127.0.0.1:0") //nolint:gosec // this very binary
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), beMain+"=1", "SSL_CERT_FILE="+webSub.CertFile())
	cmd.Stderr = tb.Output()
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	out, err := cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := cmd.Wait(); err != nil && cmd.ProcessState.ExitCode() != 0 {
			tb.Logf("serve: %v", err)
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		tb.Fatalf("serve says nothing: %v", err)
	}
	local := regexp.MustCompile(`http://\S+`).FindString(line)
	target, err := url.Parse(local)
	if err != nil {
		tb.Fatal(err)
	}
	proxy = httputil.NewSingleHostReverseProxy(target)
	ctx, cancel := context.WithTimeout(tb.Context(), patience)
	tb.Cleanup(cancel)
	return &served{tb, ctx, front, front.URL, local, cfg.DSN(), dir}
}

// quoted are the elements of a list in TOML.
func quoted(list []string) string {
	var b strings.Builder
	for _, s := range list {
		fmt.Fprintf(&b, " %q,", s)
	}
	return b.String()
}

// get returns the type and the body of what an address answers.
func (s *served) get(address string) (contentType, body string) {
	s.Helper()
	ask, err := http.NewRequestWithContext(s.ctx, http.MethodGet, address, nil)
	if err != nil {
		s.Fatal(err)
	}
	res, err := s.front.Client().Do(ask)
	if err != nil {
		s.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		s.Fatal(err)
	}
	return res.Header.Get("Content-Type"), string(raw)
}

// await asks for a page until it holds what is looked for, and returns the first group.
func (s *served) await(path string, what *regexp.Regexp) string {
	s.Helper()
	for {
		_, page := s.get(s.public + path)
		if m := what.FindStringSubmatch(page); m != nil {
			return m[1]
		}
	}
}

// settled returns when everything that the outlets have said stands in stories.
func (s *served) settled() {
	s.Helper()
	db, err := store.Open(s.ctx, s.dsn, store.Options{})
	if err != nil {
		s.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for {
		c, err := db.FreshCounts(s.ctx, time.Now())
		if err != nil {
			s.Fatal(err)
		}
		feeds, err := db.Feeds(s.ctx, "")
		if err != nil {
			s.Fatal(err)
		}
		waits := func(f *news.Feed) bool {
			src, err := db.Source(s.ctx, f.SourceID)
			return err != nil || src.Carriage.At(time.Now()) == news.Carried && !f.Due.After(time.Now())
		}
		if cmp.Or(c.Unextracted, c.Unplaced, c.Uncompared) == 0 && c.Stories > 0 && !slices.ContainsFunc(feeds, waits) {
			return
		}
	}
}
