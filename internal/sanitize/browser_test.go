package sanitize

import (
	"context"
	_ "embed"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"parallax/internal/testkit"
)

//go:embed testdata/trap.js
var trap string

// A trapped is what the browser caught of one piece of HTML.
type trapped struct {
	Index int
	What  string
}

// In a real browser, without any policy that would help, nothing of what is known to run does so
// once it is cleaned: not when it is read as a page, not when it is put into one, and not when
// what the browser made of it is written and read again, which is where mutations happen. Nor
// does it ask anybody for anything, but for the pictures and recordings that a fragment keeps.
//
// That the trap works is seen by what it catches of the same vectors uncleaned.
func TestBrowser(t *testing.T) {
	b := newBrowser(t)
	var cleaned, fragments []string
	of := map[string]string{} // what was cleaned -> of what
	all := vectors()
	forms := slices.Clone(all)
	for _, s := range flat(told()) {
		forms = append(forms, "<p>before "+s+" after</p>", s[:len(s)/2])
	}
	for _, s := range forms {
		clean, fragment := HTML(s, base), Fragment(s)
		of[clean], of[fragment] = s, s
		cleaned, fragments = append(cleaned, clean), append(fragments, fragment)
	}
	for name, list := range map[string][]string{"HTML": cleaned, "Fragment": fragments} {
		list = unique(list)
		caught, asked := b.load(t, list)
		for _, c := range caught {
			t.Errorf("%s(%q) = %q: %s", name, of[list[c.Index]], list[c.Index], c.What)
		}
		for _, a := range asked {
			kind, _, _ := strings.Cut(a, " ")
			if name == "HTML" || kind != "Image" && kind != "Media" {
				t.Errorf("what %s lets through asks for %s", name, a)
			}
		}
		t.Logf("%s: %d different results of %d vectors", name, len(list), len(all))
	}
	dirty := flat(told())
	caught, _ := b.load(t, dirty)
	ran := map[int]bool{}
	for _, c := range caught {
		ran[c.Index] = ran[c.Index] || strings.HasPrefix(c.What, "runs")
	}
	t.Logf("uncleaned, %d of %d vectors are caught, %d of them as they run", len(ran), len(dirty), count(ran))
	if len(ran) < len(dirty)/2 || count(ran) < len(dirty)/5 {
		t.Errorf("of %d vectors the trap catches %d, and %d as they run", len(dirty), len(ran), count(ran))
	}
}

func count(set map[int]bool) (n int) {
	for _, yes := range set {
		if yes {
			n++
		}
	}
	return n
}

func unique(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}

// A browser loads HTML into the page of the trap.
type browser struct {
	tab   context.Context //nolint:containedctx // chromedp keeps the browser in it
	url   string
	mu    sync.Mutex // guards what follows
	list  []string
	asked []string
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	path := testkit.Chromium(t)
	b := &browser{}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/trap":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write([]byte("<!doctype html><meta charset=utf-8><link rel=icon href=data:,><body><script>" + trap + "</script>"))
		case "/list":
			b.mu.Lock()
			defer b.mu.Unlock()
			_ = json.NewEncoder(w).Encode(b.list)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	t.Cleanup(srv.Close)
	b.url = srv.URL
	// chromedp keeps the browser as long as the context lives, so it gets one that ends with
	// the test, in reasonable time. No host but this one is to be found.
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	t.Cleanup(cancel)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"))
	alloc, cancel := chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	b.tab, cancel = chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	if err := chromedp.Do(b.tab, chromedp.Navigate("about:blank")); err != nil {
		t.Fatalf("start the browser: %v", err)
	}
	// A dialog would hold up everything; the frames within frames have to be kept from it, too.
	if _, err := chromedp.Call(b.tab, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
		Source: `for (const n of ["alert", "confirm", "prompt", "print"]) window[n] = () => { top.postMessage("spilled", "*"); }`,
	}); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Listen(b.tab, func(ev any) {
		b.mu.Lock()
		defer b.mu.Unlock()
		switch ev := ev.(type) {
		case *network.EventRequestWillBeSent:
			if ev.Request.URL != b.url+"/trap" && ev.Request.URL != b.url+"/list" && !strings.HasPrefix(ev.Request.URL, "data:,") {
				b.asked = append(b.asked, string(ev.Type)+" "+ev.Request.URL)
			}
		case *page.EventJavascriptDialogOpening:
			b.asked = append(b.asked, "dialog "+ev.Message)
		}
	}); err != nil {
		t.Fatal(err)
	}
	return b
}

// load loads each of list, and returns what the trap caught and what was asked for meanwhile.
func (b *browser) load(t *testing.T, list []string) (caught []trapped, asked []string) {
	t.Helper()
	b.mu.Lock()
	b.list, b.asked = list, nil
	b.mu.Unlock()
	if err := chromedp.Do(b.tab, chromedp.Navigate(b.url+"/trap")); err != nil {
		t.Fatal(err)
	}
	caught, err := chromedp.Run(b.tab, chromedp.Evaluate[[]trapped]("load()", chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return caught, unique(b.asked)
}
