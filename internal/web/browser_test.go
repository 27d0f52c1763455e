package web_test

import (
	"context"
	"fmt"
	"image/color"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"parallax/internal/testkit"
	"parallax/internal/webtest"
)

// screenshots names a folder in which the browser test leaves pictures of the pages.
const screenshots = "PARALLAX_SCREENSHOTS"

// In a real browser, on a phone and on a desk, light and dark, no page breaks the
// policy, says anything on the console, asks another host for anything, or is wider
// than the window.
func TestBrowser(t *testing.T) {
	path := testkit.Chromium(t)
	w := webtest.New()
	w.Icons = map[string][]byte{
		"norrland-today": square(t, color.NRGBA{0x1f, 0x5f, 0x8f, 0xff}), "delta-courier": square(t, color.NRGBA{0x8f, 0x3f, 0x86, 0xff}),
	}
	illustrated(w, "al-mirsad", square(t, color.NRGBA{0x8f, 0x5f, 0x1f, 0xff}))
	site := serve(t, w)
	// One page that does what no page may, to see that this test would notice.
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/bad" {
			w.Header().Set("Content-Security-Policy", get(t, site, "/healthz").Header.Get("Content-Security-Policy"))
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, `<!doctype html><body style="color:red"><img src="http://other.example/x.png" alt=""><script>console.log(1)</script>`)
			return
		}
		site.ServeHTTP(w, r)
	}))
	defer srv.Close()
	// chromedp keeps the browser as long as the context lives, so it gets one that ends
	// with the test, in reasonable time.
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox)
	alloc, cancel := chromedp.NewExecAllocator(ctx, options...)
	defer cancel()
	tab, cancel := chromedp.NewContext(alloc)
	defer cancel()

	heard := make(chan string, 1000)
	if err := chromedp.Do(tab, chromedp.Navigate("about:blank")); err != nil {
		t.Fatalf("start the browser: %v", err)
	}
	if err := chromedp.Listen(tab, func(ev any) {
		note := ""
		switch ev := ev.(type) {
		case *cdplog.EventEntryAdded:
			note = "log: " + ev.Entry.Text
		case *runtime.EventConsoleAPICalled:
			note = fmt.Sprintf("console: %v", ev.Args)
		case *runtime.EventExceptionThrown:
			note = "exception: " + ev.ExceptionDetails.Text
		case *network.EventRequestWillBeSent:
			if !strings.HasPrefix(ev.Request.URL, srv.URL) {
				note = "asks another host: " + ev.Request.URL
			}
		}
		if note != "" {
			select {
			case heard <- note:
			default: // a thousand complaints are enough
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(tab, cdplog.Enable, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(tab, chromedp.Navigate(srv.URL+"/bad")); err != nil {
		t.Fatal(err)
	}
	if bad := strings.Join(drain(heard), "\n"); strings.Count(bad, "Content Security Policy") < 3 {
		t.Fatalf("of a page that breaks the policy three times the browser says: %s", bad)
	}
	var said []string
	all := pages(w)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		page := all[name]
		if name == "not-found" || name == "article-withdrawn" {
			continue // browsers log the status itself
		}
		for _, width := range []int64{390, 1280} {
			for _, scheme := range []string{"light", "dark"} {
				if scheme == "dark" && width == 390 && os.Getenv(screenshots) == "" {
					continue // neither the width nor what is fetched depends on the scheme
				}
				shot := fmt.Sprintf("%s-%s-%d", name, scheme, width)
				if _, err := chromedp.Call(tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
					Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
				}); err != nil {
					t.Fatal(err)
				}
				if err := chromedp.Do(tab, chromedp.EmulateViewport(width, 900), chromedp.Navigate(srv.URL+page)); err != nil {
					t.Fatalf("%s: %v", shot, err)
				}
				wide, err := chromedp.Run(tab, chromedp.Evaluate[int64]("document.documentElement.scrollWidth"))
				if err != nil {
					t.Fatalf("%s: %v", shot, err)
				}
				if wide > width {
					t.Errorf("%s is %d pixels wide", shot, wide)
				}
				styled, err := chromedp.Run(tab, chromedp.Evaluate[string]("getComputedStyle(document.body).backgroundColor"))
				if err != nil || styled == "rgba(0, 0, 0, 0)" {
					t.Errorf("%s has no styles: %q, %v", shot, styled, err)
				}
				if dir := os.Getenv(screenshots); dir != "" {
					png, err := chromedp.Run(tab, chromedp.FullScreenshot(100))
					if err != nil {
						t.Fatalf("%s: %v", shot, err)
					}
					if err := os.WriteFile(filepath.Join(dir, shot+".png"), png, 0o600); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		for _, note := range drain(heard) {
			said = append(said, name+": "+note)
		}
	}
	if len(said) > 0 {
		t.Errorf("the browser says:\n%s", strings.Join(said, "\n"))
	}
}

func drain(heard <-chan string) (notes []string) {
	for {
		select {
		case note := <-heard:
			notes = append(notes, note)
		default:
			return notes
		}
	}
}
