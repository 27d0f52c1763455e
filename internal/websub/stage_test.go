package websub

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/fetch"
	"parallax/internal/news"
)

// What a hub is asked is what the specification names (§5.1), by the feed's routes without
// its copies; and only once hubs can call back.
func TestAsks(t *testing.T) {
	var got []url.Values
	var w *world
	w = newWorld(t, func(address string, values url.Values, routes []string) error {
		got = append(got, values)
		if diff := cmp.Diff([]string{"direct"}, routes); diff != "" || address != "https://hub.example/" {
			t.Errorf("asked at %s by routes (-want +got):\n%s", address, diff)
		}
		// This hub calls back before it answers.
		if res := w.get(values.Get("hub.mode"), values.Get("hub.topic"), "abc"); res.Code != http.StatusOK {
			t.Errorf("the hub is answered %d", res.Code)
		}
		return nil
	}, "https://hub.example/")
	run := func() {
		t.Helper()
		if err := w.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	run()
	if len(got) != 0 {
		t.Error("a hub was asked that cannot call back")
	}
	w.Answering()
	run()
	run()
	want := []url.Values{{
		"hub.mode": {"subscribe"}, "hub.topic": {topic}, "hub.callback": {"https://us.example/websub/" + w.sub.Token},
		"hub.lease_seconds": {"604800"}, "hub.secret": {w.sub.Secret},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("asked (-want +got):\n%s", diff)
	}
	callback := want[0]["hub.callback"]
	w.now = w.now.Add(8 * time.Hour)
	run()
	if len(got) != 2 || got[1].Get("hub.callback") != callback[0] || !w.sub.Until.Equal(w.now.Add(10*time.Hour)) {
		t.Errorf("to prolong the lease: asked %v, until %v", got[1:], w.sub.Until)
	}
	w.sub.State, w.sub.Due, got = news.SubscriptionLeaving, w.now, nil
	run()
	if diff := cmp.Diff([]url.Values{{"hub.mode": {"unsubscribe"}, "hub.topic": {topic}, "hub.callback": callback}}, got); diff != "" || w.sub != nil {
		t.Errorf("to leave: asked (-want +got):\n%s\nand what is left is %+v", diff, w.sub)
	}
}

func TestNotAsked(t *testing.T) {
	for name, c := range map[string]struct {
		err   error
		tries int
		due   time.Duration
		why   string
	}{
		"accepted":         {nil, 0, confirmTime, ""},
		"refused":          {&fetch.Error{Status: 400, Err: errors.New("400 Bad Request")}, 1, minBackoff, "hub.example: 400 Bad Request"},
		"Retry-After":      {&fetch.Error{Status: 503, Err: errors.New("503"), RetryAt: noon.Add(3 * time.Hour)}, 1, 3 * time.Hour, "503"},
		"no answer":        {&fetch.Error{Err: errors.New("connection refused")}, 1, minBackoff, "connection refused"},
		"host wants pause": {&fetch.Error{Err: fetch.ErrWait, RetryAt: noon.Add(time.Hour)}, 0, time.Hour, ""},
	} {
		w := newWorld(t, func(string, url.Values, []string) error { return c.err }, "https://hub.example/")
		w.Answering()
		if err := w.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if w.sub.Tries != c.tries || !w.sub.Due.Equal(noon.Add(c.due)) || !strings.Contains(w.sub.Error, c.why) || (w.sub.Error == "") != (c.why == "") {
			t.Errorf("%s: %d tries, due after %v, %q", name, w.sub.Tries, w.sub.Due.Sub(noon), w.sub.Error)
		}
	}
}

// Where an operator lets an outlet be read from copies only, nobody goes to its hub directly.
func TestOnlyCopies(t *testing.T) {
	w := newWorld(t, func(address string, _ url.Values, routes []string) error {
		t.Errorf("asked at %s by %q", address, routes)
		return nil
	}, "https://hub.example/")
	w.routes = []string{"mirror:https://m.example", "archive:https://archive.example/web/"}
	w.Answering()
	if err := w.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if w.sub.Asking != "" || w.sub.Error != onlyCopies || !w.sub.Due.After(w.now) {
		t.Errorf("the subscription is %+v", w.sub)
	}
}

// A hub that does not answer is not waited for again for each of its feeds.
func TestSilentHub(t *testing.T) {
	asked := 0
	w := newWorld(t, func(string, url.Values, []string) error {
		asked++
		return &fetch.Error{Err: errors.New("no answer")}
	}, "https://hub.example/a", "https://www.hub.example/b")
	w.Answering()
	if err := w.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if asked != 1 || w.sub.Tries != 2 {
		t.Errorf("asked %d times, %d tries", asked, w.sub.Tries)
	}
	w.broken = errors.New("the store is away")
	if err := w.Run(t.Context()); !errors.Is(err, w.broken) {
		t.Errorf("without a store Run returns %v", err)
	}
}
