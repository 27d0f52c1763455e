package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"parallax/internal/news"
	"parallax/internal/web"
	"parallax/internal/webtest"
)

// Where others can subscribe, every feed names the hub, in its header and in its body, beside
// the address by which the hub knows it.
func TestFeedsNameHub(t *testing.T) {
	w := webtest.New()
	const hub = "https://hub.example/hub"
	asked := 0
	h := serve(t, w, func(o *web.Options) {
		o.WebSubHub = hub
		o.Subscribers = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { asked++; w.WriteHeader(http.StatusAccepted) })
	})
	for _, stem := range []string{"/feed", "/source/norrland-today/feed", "/search/feed"} {
		for suffix := range formats {
			path := stem + "." + suffix
			if stem == "/search/feed" {
				path += "?q=weir"
			}
			res := get(t, h, path)
			link := strings.Join(res.Header.Values("Link"), ", ")
			f := webtest.CheckFeed(t, path, "https://hub.example"+path, res.Header.Get("Content-Type"), read(t, res))
			if !slices.Contains(f.Hubs, hub) || !strings.Contains(link, "<"+hub+`>; rel="hub"`) || !strings.Contains(link, "<"+f.Self+`>; rel="self"`) {
				t.Errorf("%s names the hubs %v and the links %s", path, f.Hubs, link)
			}
		}
	}
	if res := ask(t, h, http.MethodPost, "/hub"); res.StatusCode != http.StatusAccepted || asked != 1 {
		t.Errorf("who subscribes is answered %d", res.StatusCode)
	}
	h = serve(t, w)
	res := get(t, h, "/feed.atom")
	f := webtest.CheckFeed(t, "/feed.atom", "https://hub.example/feed.atom", "", read(t, res))
	if len(f.Hubs) != 0 || strings.Contains(strings.Join(res.Header.Values("Link"), ""), "hub") {
		t.Errorf("a hub that nobody can subscribe at is named: %v, %v", f.Hubs, res.Header)
	}
	if res := ask(t, h, http.MethodPost, "/hub"); res.StatusCode != http.StatusNotImplemented {
		t.Errorf("who subscribes there is answered %d", res.StatusCode)
	} else if body := string(read(t, res)); !strings.Contains(body, "takes no WebSub subscriptions") {
		t.Errorf("who subscribes there is told %q", body)
	}
}

// changing is a world whose first outlet changes its name whenever it is read.
type changing struct {
	*webtest.World
	reads int
}

func (c *changing) Sources(ctx context.Context) ([]*news.Source, error) {
	list, err := c.World.Sources(ctx)
	if c.reads++; err != nil {
		return nil, err
	}
	list = slices.Clone(list)
	first := *list[0]
	first.Name += strings.Repeat("!", c.reads)
	list[0] = &first
	return list, nil
}

// A fresh answer is made of what the store holds now, and is not what readers are given
// meanwhile.
func TestFresh(t *testing.T) {
	w := &changing{World: webtest.New()}
	h := serve(t, w.World, func(o *web.Options) {
		o.Store = w
		o.Edition = func(context.Context) (string, error) { return "one", nil }
	})
	readers := func() string { return string(read(t, get(t, h, "/feed.json"))) }
	fresh := func() string {
		res := httptest.NewRecorder()
		h.ServeHTTP(res, httptest.NewRequestWithContext(web.Fresh(t.Context()), http.MethodGet, "/feed.json", nil))
		return res.Body.String()
	}
	before := readers()
	if readers() != before {
		t.Fatal("readers are not given what was finished")
	}
	one, two := fresh(), fresh()
	if one == before || two == one {
		t.Error("a fresh answer is one that was made before")
	}
	if readers() != before {
		t.Error("readers are given another answer because somebody asked for a fresh one")
	}
}

// What an answer is made of may be known for a second longer than its edition lasts: of an
// outlet that came back, none that is kept for longer says that it is gone.
func TestShelfOutlivesWhatIsKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &changing{World: webtest.New()}
		edition := "one"
		h := serve(t, w.World, func(o *web.Options) {
			o.Store = w
			o.Edition = func(context.Context) (string, error) { return edition, nil }
		})
		reads := func() int {
			_, rest, _ := strings.Cut(string(read(t, get(t, h, "/sources.opml"))), "!")
			return 1 + len(rest) - len(strings.TrimLeft(rest, "!"))
		}
		time.Sleep(2 * time.Second)
		if got := reads(); got != 1 {
			t.Fatalf("the outlets were read %d times", got)
		}
		edition = "two"
		time.Sleep(260 * time.Millisecond) // the edition is asked for four times a second
		reads()                            // made of what is known for a second
		time.Sleep(1300 * time.Millisecond)
		if got := reads(); got != 2 {
			t.Errorf("a second after the outlets changed the answer is of those read first: %d", got)
		}
		time.Sleep(5 * time.Second)
		if got := reads(); got != 2 {
			t.Errorf("what does not change is made anew: %d", got)
		}
	})
}

// One client cannot take all places of those whose subscriptions wait to be confirmed.
func TestSubscriptionsOfOneClient(t *testing.T) {
	asked := 0
	h := serve(t, webtest.New(), func(o *web.Options) {
		o.Subscribers = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			asked++
			w.WriteHeader(http.StatusAccepted)
		})
	})
	ask := func(client string) int {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/hub", http.NoBody)
		r.RemoteAddr = client + ":5000"
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		if rec.Code == http.StatusTooManyRequests && rec.Header().Get("Retry-After") == "" {
			t.Error("it is not said when to ask again")
		}
		return rec.Code
	}
	refused := 0
	for range 100 {
		if ask("192.0.2.7") == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused != 70 || asked != 30 {
		t.Errorf("of a hundred requests %d were refused, and %d let through", refused, asked)
	}
	if got := ask("198.51.100.9"); got != http.StatusAccepted {
		t.Errorf("another client is answered %d", got)
	}
}
