package distribute_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"parallax/internal/distribute"
)

// What is wrong with a request is said at once, in words, and nobody is called for it.
func TestBadRequests(t *testing.T) {
	w := newWorld(t)
	w.set("/search/feed.atom?q=harbour+strike", "application/atom+xml", "found")
	w.set("/stories.atom", "application/atom+xml", "told")
	w.set("/stories.atom?lens=country", "application/atom+xml", "told")
	w.set("/source/ä/feed.atom", "application/atom+xml", "no")
	w.answer("/about", &distribute.Document{Status: http.StatusOK, Type: "text/html"})
	s := newSubscriber(t, "")
	long := strings.Repeat("x", 2<<10)
	for name, c := range map[string]struct {
		set    []string
		status int
		text   string
	}{
		"all right":                {nil, 202, "accepted"},
		"no mode":                  {[]string{"hub.mode", ""}, 400, "hub.mode is missing"},
		"another mode":             {[]string{"hub.mode", "love"}, 400, `hub.mode is "love"`},
		"publish":                  {[]string{"hub.mode", "publish"}, 400, "knows when they change"},
		"no topic":                 {[]string{"hub.topic", ""}, 400, "hub.topic is missing"},
		"a topic of another":       {[]string{"hub.topic", "https://other.example/feed.atom"}, 400, "no feed of this hub"},
		"another scheme":           {[]string{"hub.topic", "http://us.example/feed.atom"}, 400, "no feed of this hub"},
		"another port":             {[]string{"hub.topic", "https://us.example:8443/feed.atom"}, 400, "no feed of this hub"},
		"its own port":             {[]string{"hub.topic", "HTTPS://US.example.:443/feed.atom"}, 202, ""},
		"written otherwise":        {[]string{"hub.topic", ours + "/feed.%61tom"}, 202, ""},
		"a path alone":             {[]string{"hub.topic", "/feed.atom"}, 400, "no whole address"},
		"a page":                   {[]string{"hub.topic", ours + "/about"}, 400, "hub.topic is no feed"},
		"a feed that is not there": {[]string{"hub.topic", ours + "/source/nobody/feed.rss"}, 404, "no feed that there is"},
		"a way up":                 {[]string{"hub.topic", ours + "/source/../feed.atom"}, 400, "hub.topic is no feed"},
		"a way up, hidden":         {[]string{"hub.topic", ours + "/source/%2e%2e/feed.atom"}, 400, "hub.topic is no feed"},
		"a slash, hidden":          {[]string{"hub.topic", ours + "/x%2Ffeed.atom"}, 400, "no feed of this hub"},
		"an older page":            {[]string{"hub.topic", ours + "/feed.atom?page=2"}, 400, "has a query, ?page=2"},
		"a fragment":               {[]string{"hub.topic", ours + "/feed.atom#top"}, 400, "fragment"},
		"a user":                   {[]string{"hub.topic", "https://me@us.example/feed.atom"}, 400, "no feed of this hub"},
		"a long topic":             {[]string{"hub.topic", ours + "/" + long}, 400, "bytes, more than"},
		"a search":                 {[]string{"hub.topic", ours + "/search/feed.atom?q=harbour%20%20strike"}, 202, ""},
		"stories":                  {[]string{"hub.topic", ours + "/stories.atom"}, 202, ""},
		"stories by a lens":        {[]string{"hub.topic", ours + "/stories.atom?lens=%63ountry"}, 202, ""},
		"stories of a page":        {[]string{"hub.topic", ours + "/stories.atom?lens=country&after=x"}, 400, "stories with something other"},
		"stories elsewhere":        {[]string{"hub.topic", ours + "/x/stories.atom"}, 400, "no feed"},
		"a search for nothing":     {[]string{"hub.topic", ours + "/search/feed.atom?q="}, 400, "a search with something other"},
		"a search for more":        {[]string{"hub.topic", ours + "/search/feed.atom?q=harbour+strike&from=20"}, 400, "a search with something other"},
		"no callback":              {[]string{"hub.callback", ""}, 400, "hub.callback is missing"},
		"callback without host":    {[]string{"hub.callback", "http:///x"}, 400, "names no host"},
		"callback no address":      {[]string{"hub.callback", "http:x"}, 400, "no address"},
		"callback by mail":         {[]string{"hub.callback", "mailto:me@you.example"}, 400, "hub.callback"},
		"callback by file":         {[]string{"hub.callback", "file:///etc/passwd"}, 400, `scheme "file"`},
		"callback with password":   {[]string{"hub.callback", "https://me:pw@you.example/"}, 400, "user or password"},
		"callback with fragment":   {[]string{"hub.callback", "https://you.example/#x"}, 400, "fragment"},
		"a long callback":          {[]string{"hub.callback", "https://you.example/" + long}, 400, "bytes, more than"},
		"callback is private":      {[]string{"hub.callback", "http://10.1.2.3/"}, 400, "not public"},
		"callback is a number":     {[]string{"hub.callback", "http://2130706433/"}, 400, "not public"},
		"callback is a cloud's":    {[]string{"hub.callback", "http://169.254.169.254/latest/meta-data"}, 400, "not public"},
		"callback is local":        {[]string{"hub.callback", "http://printer.local/"}, 400, "local network"},
		"callback at another port": {[]string{"hub.callback", "https://you.example:25/"}, 202, ""}, // seen when it is called
		"callback is the hub":      {[]string{"hub.callback", ours + ":443/websub/x"}, 400, "this hub itself"},
		"a secret":                 {[]string{"hub.secret", strings.Repeat("s", 199)}, 202, ""},
		"a long secret":            {[]string{"hub.secret", strings.Repeat("s", 200)}, 400, "hub.secret has 200 bytes"},
		"a lease":                  {[]string{"hub.lease_seconds", "60"}, 202, ""},
		"a long lease":             {[]string{"hub.lease_seconds", "9999999999"}, 202, ""},
		"no lease":                 {[]string{"hub.lease_seconds", ""}, 202, ""},
		"a lease of nothing":       {[]string{"hub.lease_seconds", "0"}, 400, `hub.lease_seconds is "0"`},
		"a lease backwards":        {[]string{"hub.lease_seconds", "-1"}, 400, "hub.lease_seconds"},
		"a lease in words":         {[]string{"hub.lease_seconds", "forever"}, 400, "a number of seconds"},
		"no UTF-8":                 {[]string{"hub.secret", "\xff"}, 400, "UTF-8"},
	} {
		v := url.Values{"hub.mode": {"subscribe"}, "hub.topic": {ours + atom}, "hub.callback": {s.callback}}
		for pair := range slices.Chunk(c.set, 2) {
			v.Set(pair[0], pair[1])
		}
		res := w.post(v)
		body := res.Body.String()
		if res.Code != c.status || !strings.Contains(body, c.text) || !strings.HasPrefix(res.Header().Get("Content-Type"), "text/plain") {
			t.Errorf("%s: %d %s", name, res.Code, body)
		}
		if c.status != 202 && !strings.Contains(body, "\nhint: ") {
			t.Errorf("%s: no hint in %s", name, body)
		}
	}
}

// What is no form is not read as one.
func TestNoForm(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		method, kind, body string
		status             int
	}{
		"a reader":   {"GET", "", "", 405},
		"JSON":       {"POST", "application/json", "{}", 415},
		"no type":    {"POST", "", "hub.mode=subscribe", 415},
		"too large":  {"POST", "application/x-www-form-urlencoded", "a=" + strings.Repeat("x", 16<<10), 413},
		"many":       {"POST", "application/x-www-form-urlencoded", strings.Repeat("a=b&", 100), 400},
		"broken":     {"POST", "application/x-www-form-urlencoded; charset=utf-8", "hub.mode=%zz", 400},
		"two topics": {"POST", "application/x-www-form-urlencoded", "hub.mode=subscribe&hub.topic=a&hub.topic=b", 400},
	} {
		r := httptest.NewRequestWithContext(t.Context(), c.method, distribute.Path, strings.NewReader(c.body))
		r.Header.Set("Content-Type", c.kind)
		res := httptest.NewRecorder()
		w.hub.ServeHTTP(res, r)
		if res.Code != c.status || !strings.Contains(res.Body.String(), "\nhint: ") {
			t.Errorf("%s: %d %s", name, res.Code, res.Body)
		}
	}
}

// The lease that a subscriber gets is the one that it asked for, within bounds.
func TestLease(t *testing.T) {
	for asked, want := range map[string]string{"": "864000", "1": "300", "300": "300", "86400": "86400", "99999999999": "2592000"} {
		w := newWorld(t)
		s := newSubscriber(t, "")
		w.ask("subscribe", s, atom, "hub.lease_seconds", asked)
		w.run(0)
		if got, _ := s.take(); len(got) != 1 || got[0].Get("hub.lease_seconds") != want {
			t.Errorf("asked for %q: granted %v, want %s", asked, got, want)
		}
	}
}

// Whom somebody wants to be bothered is asked a few times, and then more and more seldom,
// whatever the addresses are called; one who is there for others all the same is asked.
func TestThirdParty(t *testing.T) {
	w := newWorld(t)
	victim := newSubscriber(t, "127.0.0.2")
	victim.answers(func(w http.ResponseWriter, _ *http.Request) bool { http.NotFound(w, nil); return true })
	calls := 0
	for n := range 360 {
		v := url.Values{"hub.mode": {"subscribe"}, "hub.topic": {ours + atom}, "hub.callback": {victim.callback + strings.Repeat("x", n%50)}}
		res := w.post(v)
		if res.Code == http.StatusTooManyRequests && res.Header().Get("Retry-After") == "" {
			t.Fatal("no Retry-After")
		}
		w.run(10 * time.Second)
		asked, _ := victim.take()
		calls += len(asked)
	}
	if calls < 3 || calls > 8 {
		t.Errorf("in an hour with 360 requests the third party was called %d times", calls)
	}
	other := newSubscriber(t, "127.0.0.3")
	w.ask("subscribe", other, atom)
	w.run(time.Second)
	if w.counts().Live != 1 {
		t.Error("another was not asked")
	}
	// Many at once, before the first has answered.
	w = newWorld(t)
	for n := range 100 {
		w.post(url.Values{"hub.mode": {"subscribe"}, "hub.topic": {ours + atom}, "hub.callback": {victim.callback + strings.Repeat("y", n)}})
	}
	w.run(time.Second)
	if asked, _ := victim.take(); len(asked) == 0 || len(asked) > 5 {
		t.Errorf("of 100 requests at once %d led to a call", len(asked))
	}
}

// A callback in a network that is not public is not called, whatever it was when it was named.
func TestPrivateCallback(t *testing.T) {
	w := newWorld(t)
	s := newSubscriber(t, "")
	w.ask("subscribe", s, atom)
	w.reopen(nil) // nothing is allowed any more
	w.run(time.Minute)
	if asked, _ := s.take(); len(asked) != 0 || w.counts().Asking != 0 {
		t.Errorf("a callback that is not public was asked %v", asked)
	}
}

func FuzzParseRequest(f *testing.F) {
	f.Add("hub.mode=subscribe&hub.topic=https%3A%2F%2Fus.example%2Ffeed.atom&hub.callback=https%3A%2F%2Fyou.example%2Fcb%3Fa%3Db&hub.secret=s&hub.lease_seconds=86400")
	f.Add("hub.mode=unsubscribe&hub.topic=x&hub.callback=http://[::1]:80/&hub.lease_seconds=9223372036854775808")
	f.Add("hub.mode=publish")
	f.Add("&&&;%")
	f.Fuzz(func(t *testing.T, form string) {
		r, err := distribute.ParseRequest(form)
		if err != nil {
			if r != nil || err.Error() == "" {
				t.Errorf("%v with %v", r, err)
			}
			return
		}
		// What was taken is what was written, within all limits, and can be written again.
		again := url.Values{"hub.mode": {r.Mode}, "hub.topic": {r.Topic}, "hub.callback": {r.Callback.String()}, "hub.secret": {r.Secret}}
		second, err := distribute.ParseRequest(again.Encode())
		if err != nil || second.Mode != r.Mode || second.Topic != r.Topic || second.Secret != r.Secret || second.Callback.String() != r.Callback.String() {
			t.Errorf("%q, again: %v, %v", form, second, err)
		}
		if r.Mode != "subscribe" && r.Mode != "unsubscribe" || len(r.Topic) > 2<<10 || len(r.Secret) > 199 || r.Lease < 0 || r.Lease > 30*24*time.Hour ||
			r.Callback.User != nil || r.Callback.Host == "" || r.Callback.Fragment != "" || !utf8.ValidString(r.Topic+r.Secret) {
			t.Errorf("%q was taken as %+v", form, r)
		}
	})
}
