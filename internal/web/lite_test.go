package web_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"parallax/internal/news"
	"parallax/internal/sanitize"
	"parallax/internal/testkit"
	"parallax/internal/webtest"
)

const (
	// liteWire is what a lite page takes at most, with its header.
	liteWire = 10 << 10
	// cutAfter is what some censors let an answer have.
	cutAfter = 16 << 10
)

var liteNext = regexp.MustCompile(`<a href="([^"]+)">(?:Part \d+ of \d+|Further stories)</a>`)

// liteParts asks for all parts of a lite page, over a connection of their own, and checks each.
func liteParts(tb testing.TB, address, path string) (parts []string, largest int) {
	tb.Helper()
	for path != "" {
		for _, accepts := range []string{"identity", "gzip", "br"} {
			n, header, body := exchange(tb, address, path, accepts)
			if largest = max(largest, n); n > liteWire {
				tb.Errorf("%s takes %d bytes in %s, more than %d", path, n, accepts, liteWire)
			}
			if accepts == "identity" {
				parts = append(parts, body)
				webtest.CheckLite(tb, path, header, body)
			}
		}
		if len(parts) > 100 {
			tb.Fatalf("%s has no end", path)
		}
		next := liteNext.FindStringSubmatch(parts[len(parts)-1])
		path = ""
		if next != nil {
			path = html.UnescapeString(next[1])
		}
	}
	return parts, largest
}

// exchange sends one request and counts every byte that comes.
func exchange(tb testing.TB, address, path, accepts string) (n int, header http.Header, body string) {
	tb.Helper()
	var d net.Dialer
	c, err := d.DialContext(tb.Context(), "tcp", address)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if _, err := fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: hub.example\r\nAccept-Encoding: %s\r\nConnection: close\r\n\r\n", path, accepts); err != nil {
		tb.Fatal(err)
	}
	raw, err := io.ReadAll(c)
	if err != nil {
		tb.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(raw)), nil)
	if err != nil {
		tb.Fatalf("%s: %v", path, err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		tb.Fatalf("GET %s: %s", path, res.Status)
	}
	text, err := io.ReadAll(res.Body)
	if err != nil {
		tb.Fatal(err)
	}
	return len(raw), res.Header, string(text)
}

func listen(tb testing.TB, h http.Handler) string {
	tb.Helper()
	server := httptest.NewServer(h)
	tb.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// Every story, in every lens, every article and the front page has lite pages, each of at most
// 10 KB, which read as they did.
func TestLite(t *testing.T) {
	w := webtest.New()
	address := listen(t, serve(t, w))
	paths := map[string]string{"": "/lite"}
	for _, id := range w.Order {
		a := w.ByID[id]
		if src, err := w.Source(t.Context(), a.SourceID); err != nil || src.At(webtest.Now) != news.Carried {
			continue
		}
		paths["/article/"+id] = "/article/" + id + "/lite"
		if a.StoryID != "" && w.Merged[a.StoryID] == "" {
			for _, l := range w.Lenses() {
				paths["/story/"+a.StoryID+l.ID] = "/story/" + a.StoryID + "/lite?lens=" + l.ID
			}
		}
	}
	if len(paths) < 40 {
		t.Errorf("only %d pages are looked at", len(paths))
	}
	for _, path := range paths {
		liteParts(t, address, path)
	}
	for name, path := range map[string]string{
		"lite-front": "/lite", "lite-story": "/story/weir/lite", "lite-article": "/article/" + article(w, "sudermark-voice", 0) + "/lite",
		"lite-article-excerpt": "/article/" + article(w, "norrland-today", 0) + "/lite", "lite-article-rtl": "/article/" + article(w, "al-mirsad", 0) + "/lite",
		"lite-article-link": "/article/" + article(w, "harbour-lights", 0) + "/lite",
	} {
		parts, _ := liteParts(t, address, path)
		file := filepath.Join("testdata", name+".html")
		got := strings.Join(parts, "")
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s mismatch (-want +got):\n%s", file, diff)
		}
	}
}

// The parts of an article together have its whole text, whatever it is written in and however
// long its paragraphs are.
func TestLiteLosesNothing(t *testing.T) {
	for name, text := range map[string]string{
		"one paragraph without an end": strings.Repeat("The water rose and rose, and nobody came. ", 900),
		"no sentences":                 strings.Repeat("water ", 9000),
		"no words":                     strings.Repeat("水", 15_000),
		"chinese":                      strings.Repeat("水位在夜间上升。没有人来。\n\n", 700),
		"arabic":                       strings.Repeat("ارتفع الماء ليلاً. لم يأت أحد.\n\n", 500),
		"many short ones":              strings.Repeat("Yes.\n\nNo.\n\n", 2000),
		"markup":                       strings.Repeat("5 < 6 & 7 > 2 \"said\" 'she' ", 1500),
	} {
		t.Run(name, func(t *testing.T) {
			w := webtest.New()
			a := w.ByID[article(w, "sudermark-voice", 0)]
			var b strings.Builder
			for p := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
				b.WriteString("<p>" + html.EscapeString(p) + "</p>")
			}
			a.HTML, a.Text = b.String(), text
			parts, _ := liteParts(t, listen(t, serve(t, w)), "/article/"+a.ID+"/lite")
			if len(parts) < 2 {
				t.Errorf("it has %d parts", len(parts))
			}
			var got strings.Builder
			for _, part := range parts {
				_, main, _ := strings.Cut(part, "<main>")
				main, _, _ = strings.Cut(main, "</main>")
				got.WriteString(sanitize.Text(main) + "\n")
			}
			plain := func(s string) string { return strings.Join(strings.Fields(s), "") }
			// Each part but the first begins with the headline.
			if want := plain(sanitize.Text(a.HTML)); !strings.Contains(strings.ReplaceAll(plain(got.String()), plain(a.Title), ""), want) {
				t.Errorf("the parts do not have the whole text of %d bytes", len(want))
			}
		})
	}
}

// cutter is a proxy that lets each connection have so many bytes of answer, and then breaks it
// off. Some censors let it hang instead, to the same effect.
func cutter(tb testing.TB, to string, after int64) (address string) {
	tb.Helper()
	var lc net.ListenConfig
	ln, err := lc.Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	var wg sync.WaitGroup
	tb.Cleanup(func() { _ = ln.Close(); wg.Wait() })
	wg.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer func() { _ = c.Close() }()
				var d net.Dialer
				up, err := d.DialContext(context.WithoutCancel(tb.Context()), "tcp", to)
				if err != nil {
					return
				}
				defer func() { _ = up.Close() }()
				wg.Go(func() {
					_, _ = io.CopyN(c, up, after)
					_ = c.Close()
				})
				_, _ = io.Copy(up, c) // until the client closes
			})
		}
	})
	return ln.Addr().String()
}

// Over a line that is cut after 16 KB, TLS and its handshake included, lite pages come whole;
// the full page does not.
func TestLiteThroughACut(t *testing.T) {
	w := webtest.New()
	a := w.ByID[article(w, "sudermark-voice", 0)]
	a.HTML = "<p>" + strings.Repeat("The water rose and rose, and nobody came. ", 900) + "</p>"
	server := httptest.NewUnstartedServer(serve(t, w))
	server.StartTLS()
	defer server.Close()
	address := cutter(t, server.Listener.Addr().String(), cutAfter)
	ask := func(path string) (string, error) {
		transport := server.Client().Transport.(*http.Transport).Clone()
		transport.DisableKeepAlives, transport.DisableCompression = true, true
		transport.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "tcp", address)
		}
		defer transport.CloseIdleConnections()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		res, err := transport.RoundTrip(r)
		if err != nil {
			return "", err
		}
		defer func() { _ = res.Body.Close() }()
		body, err := io.ReadAll(res.Body)
		return string(body), err
	}
	for _, path := range []string{"/lite", "/story/weir/lite", "/article/" + a.ID + "/lite", "/article/" + a.ID + "/lite?p=2"} {
		body, err := ask(path)
		if err != nil {
			t.Errorf("%s through a line that is cut: %v after %d bytes", path, err, len(body))
			continue
		}
		webtest.CheckLite(t, path, http.Header{"Content-Security-Policy": {"default-src 'none'; style-src 'sha256-"}}, body)
	}
	if body, err := ask("/article/" + a.ID); err == nil {
		t.Errorf("the full page of %d bytes came through: the line is not cut", len(body))
	}
}

// Real stories and articles, in whatever language and of whatever length, keep the bound.
func TestLiteReal(t *testing.T) {
	for _, set := range []string{"groundnews_2025", "groundnews_2026", "newswcl50"} {
		t.Run(set, func(t *testing.T) {
			w := realWorld(t, set)
			address := listen(t, serve(t, w))
			var sizes []int
			parts := 0
			look := func(path string) {
				all, largest := liteParts(t, address, path)
				sizes = append(sizes, largest)
				parts += len(all)
			}
			look("/lite")
			stories := map[string]bool{}
			for i, id := range w.Order {
				if st := w.ByID[id].StoryID; st != "" && !stories[st] {
					stories[st] = true
					look("/story/" + st + "/lite")
				}
				if i%5 == 0 {
					look("/article/" + id + "/lite")
				}
			}
			slices.Sort(sizes)
			t.Logf("%d pages in %d parts, with their headers at most %d bytes, in the median %d", len(sizes), parts, sizes[len(sizes)-1], sizes[len(sizes)/2])
		})
	}
}

// realWorld is a World of recorded articles, in the stories to which people put them.
func realWorld(tb testing.TB, set string) *webtest.World {
	tb.Helper()
	folder := testkit.Data(tb, "clusters/"+set)
	story := map[string]string{}
	gold, err := os.ReadFile(filepath.Join(folder, "gold.jsonl"))
	if err != nil {
		tb.Fatal(err)
	}
	for line := range bytes.Lines(gold) {
		var g struct{ ID, Story string }
		if err := json.Unmarshal(line, &g); err != nil {
			tb.Fatal(err)
		}
		story[g.ID] = g.Story
	}
	f, err := os.Open(filepath.Join(folder, "docs.jsonl.gz"))
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	w := webtest.New()
	w.SourceList, w.Order, w.ByID, w.Heads = nil, nil, map[string]*news.Article{}, map[string]string{}
	sources := map[string]bool{}
	docs := json.NewDecoder(z)
	for i := 0; docs.More(); i++ {
		var d struct{ ID, URL, Source, Title, Text, Lang string }
		if err := docs.Decode(&d); err != nil {
			tb.Fatal(err)
		}
		if !sources[d.Source] {
			sources[d.Source] = true
			w.SourceList = append(w.SourceList, &news.Source{
				ID: d.Source, Name: d.Source, Home: "https://" + d.Source, Sides: map[string]string{"river": []string{"north", "south"}[len(sources)%2]},
				Carriage: news.Carriage{Mode: news.FullText, Basis: "test"},
			})
		}
		seen := webtest.Now.Add(-time.Duration(1+i%2000) * time.Minute)
		a := &news.Article{
			ID: news.ID("real", d.ID), SourceID: d.Source, URL: d.URL, Title: d.Title, Lead: news.Cut(d.Text, news.ExcerptRunes), Text: d.Text,
			HTML: "<p>" + strings.ReplaceAll(html.EscapeString(d.Text), "\n", "</p><p>") + "</p>", Language: d.Lang, FirstSeen: seen, Published: seen,
		}
		if st := story[d.ID]; st != "" {
			a.StoryID = news.ID("story", st)
			if w.Heads[a.StoryID] == "" {
				w.Heads[a.StoryID] = a.ID
			}
		}
		w.ByID[a.ID] = a
		w.Order = append(w.Order, a.ID)
	}
	return w
}
