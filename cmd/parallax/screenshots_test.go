package main

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"parallax/internal/news"
	"parallax/internal/newsroom"
	"parallax/internal/testkit"
)

// screenshots names a folder in which TestScreenshots leaves the pictures of the README.
const screenshots = "PARALLAX_SCREENSHOTS"

// A newcomer's tour of the demo in a real browser: the front page, its first story, an
// article that was changed, a source that cannot be reached; on a desk and on a phone,
// light and dark. With PARALLAX_SCREENSHOTS it leaves pictures, else it only looks.
func TestScreenshots(t *testing.T) {
	path := testkit.Chromium(t)
	world, err := newsroom.Start(t.Context(), newsroom.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer world.Close()
	cfg := configure(t, world.HubTOML("Both Banks of the Sarn"), "")
	for _, at := range []time.Time{world.Day(1).Add(evening), world.Day(2).Add(evening), world.Evening(), world.End()} {
		world.At(at)
		pass(t, cfg, world.Now)
	}
	h := open(t, cfg, world.Now)
	defer shut(t, h)
	w := newPlayed(t, world, h)
	site := httptest.NewServer(w.site)
	defer site.Close()

	changed, unreached := "", ""
	w.tellings(func(t *newsroom.Telling, a *news.Article) {
		if a != nil && a.Revision > 1 && !t.Versions[len(t.Versions)-1].Retraction {
			changed = "/article/" + a.ID
		}
	})
	for _, o := range world.Script().Outlets {
		if o.State == newsroom.Blocked {
			unreached = "/source/" + o.ID
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	alloc, cancel := chromedp.NewExecAllocator(ctx, append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox)...)
	defer cancel()
	tab, cancel := chromedp.NewContext(alloc)
	defer cancel()
	for _, shot := range []struct {
		name, page, scheme string
		width, height      int64
	}{
		{"front", "/", "light", 1280, 1000},
		{"front-dark", "/", "dark", 1280, 1000},
		{"front-phone", "/", "light", 390, 844},
		{"story", "first story", "light", 1280, 1000},
		{"story-phone-dark", "first story", "dark", 390, 844},
		{"article", changed, "light", 1280, 1000},
		{"source", unreached, "light", 1280, 1000},
	} {
		page := shot.page
		if page == "first story" {
			front := ask(t, w.site, "/").Body.String()
			_, rest, _ := strings.Cut(front, `href="/story/`)
			id, _, _ := strings.Cut(rest, `"`)
			page = "/story/" + id
		}
		if _, err := chromedp.Call(tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: shot.scheme}},
		}); err != nil {
			t.Fatal(err)
		}
		if err := chromedp.Do(tab, chromedp.EmulateViewport(shot.width, shot.height), chromedp.Navigate(site.URL+page)); err != nil {
			t.Fatalf("%s: %v", shot.name, err)
		}
		headline, err := chromedp.Run(tab, chromedp.Evaluate[string]("document.querySelector('h1, h2').innerText"))
		if err != nil || strings.TrimSpace(headline) == "" {
			t.Errorf("%s (%s) shows no headline: %v", shot.name, page, err)
		}
		png, err := chromedp.Run(tab, chromedp.CaptureScreenshot())
		if err != nil {
			t.Fatalf("%s: %v", shot.name, err)
		}
		if dir := os.Getenv(screenshots); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, shot.name+".png"), png, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}
