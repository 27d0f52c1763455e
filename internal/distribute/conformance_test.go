package distribute_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/distribute"
)

// The cases of https://websub.rocks/hub, by their numbers, and of the implementation report
// of the W3C for hubs, which refers to them.

// 100: a subscriber who names mode, topic and callback gets the whole content of the topic in
// its type, with the two links, and nothing that it did not ask for.
func TestTypicalSubscriberRequest(t *testing.T) {
	w := newWorld(t)
	s := newSubscriber(t, "")
	w.ask("subscribe", s, atom)
	if asked, _ := s.take(); len(asked) != 0 {
		t.Error("the callback was asked before the answer")
	}
	w.run(0)
	asked, told := s.take()
	if len(asked) != 1 || len(told) != 0 || len(asked[0].Get("hub.challenge")) < 20 {
		t.Fatalf("the callback was asked %v and told %v", asked, told)
	}
	asked[0].Del("hub.challenge")
	want := url.Values{"id": {"7"}, "hub.mode": {"subscribe"}, "hub.topic": {ours + atom}, "hub.lease_seconds": {"864000"}}
	if diff := cmp.Diff(want, asked[0]); diff != "" {
		t.Errorf("the callback was asked (-want +got):\n%s", diff)
	}
	w.set(atom, "application/atom+xml; charset=utf-8", "<feed>two</feed>")
	w.run(time.Second)
	_, told = s.take()
	if len(told) != 1 || told[0].body != "<feed>two</feed>" {
		t.Fatalf("told %v", told)
	}
	for name, want := range map[string]string{
		"Content-Type": "application/atom+xml; charset=utf-8", "X-Hub-Signature": "",
		"Link": `<https://us.example/feed.atom>; rel="self", <https://us.example/hub>; rel="hub"`,
	} {
		if got := told[0].header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	// What reads as before is not told.
	w.edit()
	w.run(time.Second)
	if got := s.bodies(); got != "" {
		t.Errorf("told without a change: %s", got)
	}
}

// 101: with a secret, what is told is signed with it.
func TestSubscriberIncludesSecret(t *testing.T) {
	w := newWorld(t)
	s := newSubscriber(t, "")
	secret := strings.Repeat("s", 199)
	w.ask("subscribe", s, atom, "hub.secret", secret)
	w.run(0)
	w.set(atom, "application/atom+xml", "<feed>two</feed>")
	w.run(time.Second)
	_, told := s.take()
	if len(told) != 1 {
		t.Fatalf("told %v", told)
	}
	method, value, _ := strings.Cut(told[0].header.Get("X-Hub-Signature"), "=")
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = io.WriteString(mac, told[0].body)
	if want := hex.EncodeToString(mac.Sum(nil)); method != "sha256" || value != want {
		t.Errorf("signed %s=%s, want sha256=%s", method, value, want)
	}
}

// 102: parameters that the hub does not know mean nothing to it.
func TestSubscriberSendsAdditionalParameters(t *testing.T) {
	w := newWorld(t)
	s := newSubscriber(t, "")
	w.ask("subscribe", s, atom, "foo", "bar", "hub.verify", "async", "hub.foo", "1")
	w.run(0)
	if asked, _ := s.take(); len(asked) != 1 || asked[0].Has("foo") || asked[0].Has("hub.foo") {
		t.Errorf("the callback was asked %v", asked)
	}
	w.set(atom, "application/atom+xml", "<feed>two</feed>")
	w.run(time.Second)
	if got := s.bodies(); got != "<feed>two</feed>" {
		t.Errorf("told %q", got)
	}
}

// 103: to subscribe again before the lease ends prolongs the subscription, and does not make
// a second; it may change the secret.
func TestSubscriberResubscribesBeforeExpiration(t *testing.T) {
	w := newWorld(t)
	s := newSubscriber(t, "")
	w.ask("subscribe", s, atom, "hub.lease_seconds", "3600")
	w.run(0)
	w.ask("subscribe", s, atom, "hub.lease_seconds", "7200", "hub.secret", "new")
	if got := w.counts(); got.Live != 1 || got.Asking != 1 {
		t.Errorf("while it is prolonged: %+v", got)
	}
	w.run(30 * time.Minute)
	asked, _ := s.take()
	if len(asked) != 2 || asked[1].Get("hub.lease_seconds") != "7200" || asked[0].Get("hub.challenge") == asked[1].Get("hub.challenge") {
		t.Errorf("the callback was asked %v", asked)
	}
	w.set(atom, "application/atom+xml", "<feed>two</feed>")
	w.run(2 * time.Hour) // longer than the first lease, from when it was prolonged
	if _, told := s.take(); len(told) != 0 {
		t.Errorf("told after the lease: %v", told)
	}
	if got := w.counts(); got.Live != 0 || got.Topics != 0 {
		t.Errorf("after the lease: %+v", got)
	}

	w.ask("subscribe", s, atom, "hub.lease_seconds", "3600")
	w.run(0)
	w.ask("subscribe", s, atom, "hub.lease_seconds", "7200", "hub.secret", "new")
	w.run(30 * time.Minute)
	s.take()
	w.set(atom, "application/atom+xml", "<feed>three</feed>")
	w.run(time.Hour + 50*time.Minute)
	if _, told := s.take(); len(told) != 1 || !strings.HasPrefix(told[0].header.Get("X-Hub-Signature"), "sha256=") {
		t.Errorf("told within the second lease, once and signed: %v", told)
	}
}

// 104: who does not want to be told any more, and says so when asked, is not.
func TestUnsubscribeRequest(t *testing.T) {
	w := newWorld(t)
	s := newSubscriber(t, "")
	w.ask("subscribe", s, atom)
	w.run(0)
	// Somebody else may ask for it.
	s.status(http.MethodGet, http.StatusNotFound)
	w.ask("unsubscribe", s, atom)
	w.run(time.Second)
	w.set(atom, "application/atom+xml", "<feed>two</feed>")
	w.run(time.Second)
	if got := s.bodies(); got != "<feed>two</feed>" || w.counts().Live != 1 {
		t.Errorf("who did not want to leave was told %q", got)
	}
	s.answers(nil)
	w.ask("unsubscribe", s, atom)
	w.run(time.Second)
	asked, _ := s.take()
	if len(asked) != 1 {
		t.Fatalf("the callback was asked %v", asked)
	}
	asked[0].Del("hub.challenge")
	if diff := cmp.Diff(url.Values{"id": {"7"}, "hub.mode": {"unsubscribe"}, "hub.topic": {ours + atom}}, asked[0]); diff != "" {
		t.Errorf("the callback was asked (-want +got):\n%s", diff)
	}
	w.set(atom, "application/atom+xml", "<feed>three</feed>")
	w.run(time.Second)
	if got := s.bodies(); got != "" || w.counts().Topics != 0 {
		t.Errorf("told after it left: %q", got)
	}
	if res := w.post(url.Values{"hub.mode": {"unsubscribe"}, "hub.topic": {ours + atom}, "hub.callback": {s.callback}}); res.Code != http.StatusNotFound {
		t.Errorf("who is not there leaves: %d %s", res.Code, res.Body)
	}
}

// 105 and 106: content that is not Atom is told in its own type, byte for byte. This hub has
// no plain text to subscribe to; RSS stands for it.
func TestContentTypes(t *testing.T) {
	for path, kind := range map[string]string{
		"/feed.json": "application/feed+json; charset=utf-8", "/feed.rss": "application/rss+xml; charset=utf-8",
	} {
		w := newWorld(t)
		s := newSubscriber(t, "")
		w.set(path, kind, `{"title":"Ä & <b>"}`)
		w.ask("subscribe", s, path)
		w.run(0)
		s.take()
		body := "{\"title\":\"\\u00fc \x00 \xff\"}\r\n"
		w.set(path, kind, body)
		w.run(time.Second)
		if _, told := s.take(); len(told) != 1 || told[0].body != body || told[0].header.Get("Content-Type") != kind {
			t.Errorf("%s: told %v", path, told)
		}
	}
}

// §5.3: only a 2xx whose body is the challenge, and nothing else, makes a subscription.
func TestRejectsVerification(t *testing.T) {
	echo := func(before, after string, status int) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, r *http.Request) bool {
			w.WriteHeader(status)
			_, _ = io.WriteString(w, before+r.URL.Query().Get("hub.challenge")+after)
			return true
		}
	}
	for name, c := range map[string]struct {
		answer func(http.ResponseWriter, *http.Request) bool
		live   int
	}{
		"201":                     {echo("", "", 201), 1},
		"wrong challenge":         {echo("x", "", 200), 0},
		"more than the challenge": {echo("", strings.Repeat("x", 1<<20), 200), 0},
		"nothing":                 {func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(http.StatusOK); return true }, 0},
		"404":                     {echo("", "", 404), 0},
		"500":                     {echo("", "", 500), 0},
		"a page that repeats it":  {echo("<html>", "</html>", 200), 0},
		"a redirect": {func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path == "/cb" {
				w.Header().Set("Location", "/elsewhere?"+r.URL.RawQuery)
				w.WriteHeader(http.StatusTemporaryRedirect)
				return true
			}
			return false
		}, 0},
	} {
		w := newWorld(t)
		s := newSubscriber(t, "")
		s.answers(c.answer)
		w.ask("subscribe", s, atom)
		w.run(0)
		w.run(time.Minute)
		w.run(time.Minute)
		if got := w.counts(); got.Live != c.live || got.Asking != 0 || got.Topics != c.live {
			t.Errorf("%s: %+v, want %d live", name, got, c.live)
		}
		if w.count(distribute.Confirmed) != c.live || w.count(distribute.Refused) != 1-c.live {
			t.Errorf("%s: counted %v", name, w.counted)
		}
		s.answers(nil)
		s.take()
		w.set(atom, "application/atom+xml", "<feed>two</feed>")
		w.run(time.Second)
		if got := s.bodies(); (got != "") != (c.live == 1) {
			t.Errorf("%s: told %q", name, got)
		}
	}
}

// §5.2: a feed that is not given out any more is denied, with why.
func TestDenied(t *testing.T) {
	w := newWorld(t)
	s := newSubscriber(t, "")
	w.ask("subscribe", s, atom)
	w.run(0)
	s.take()
	w.answer(atom, &distribute.Document{Status: http.StatusGone, Type: "text/html"})
	w.run(time.Second)
	asked, told := s.take()
	want := []url.Values{{"id": {"7"}, "hub.mode": {"denied"}, "hub.topic": {ours + atom}, "hub.reason": {"this feed was withdrawn; its address says why"}}}
	if diff := cmp.Diff(want, asked); diff != "" || len(told) != 0 {
		t.Errorf("the callback was told %v and asked (-want +got):\n%s", told, diff)
	}
	if got := w.counts(); got.Live+got.Asking+got.Topics != 0 {
		t.Errorf("afterwards: %+v", got)
	}
	res := w.post(url.Values{"hub.mode": {"subscribe"}, "hub.topic": {ours + atom}, "hub.callback": {s.callback}})
	if res.Code != http.StatusGone || !strings.Contains(res.Body.String(), "hint: ") {
		t.Errorf("to subscribe to it: %d %s", res.Code, res.Body)
	}
}
