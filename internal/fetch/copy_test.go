package fetch

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestAddressesOfCopies(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		route, target string
		kind          Kind
		want          string // "" for none
	}{
		{"mirror:https://m.example/nt/", "http://outlet.example:81/a%2Fb/rss?x=1", Feed, "https://m.example/nt/a%2Fb/rss?x=1"},
		{"archive:https://archive.example/web", "https://user:pw@outlet.example/rss?x=1", Feed, "https://archive.example/web/https://outlet.example/rss?x=1"},
		{"archive:https://archive.example/web/", "https://outlet.example/a%2Fb", Page, "https://archive.example/web/https://outlet.example/a%2Fb"},
		{"peer:https://hub.example/source/outlet/feed.atom", "https://outlet.example/rss", Feed, "https://hub.example/source/outlet/feed.atom"},
		{"peer:https://hub.example/source/outlet/feed.atom", "https://outlet.example/news/1", Page, ""},
		{"direct", "https://outlet.example/rss", Feed, "https://outlet.example/rss"},
	} {
		r, err := parseRoute(c.route)
		if err != nil {
			t.Fatal(err)
		}
		target, _ := url.Parse(c.target)
		got, err := r.rewrite(target, c.kind)
		if (err != nil) != (c.want == "") || err == nil && got.String() != c.want {
			t.Errorf("%s for %s: %v, %v, want %s", c.route, c.target, got, err, c.want)
		}
	}
}

// Of archives that change the links of what they give the copy is asked for as it was sent.
func TestUntouchedMementos(t *testing.T) {
	t.Parallel()
	r, err := parseRoute("archive:https://archive.example/web/")
	if err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string]string{
		"https://archive.example/web/20261101120000/https://o.example/a%2Fb?x=1": "https://archive.example/web/20261101120000id_/https://o.example/a%2Fb?x=1",
		"https://archive.example/web/20261101120000if_/http://o.example/":        "https://archive.example/web/20261101120000id_/http://o.example/",
		"https://archive.example/web/20261101120000id_/http://o.example/":        "",
		"https://archive.example/web/2026/http://o.example/":                     "",
		"https://archive.example/web/20261101120000":                             "",
		"https://archive.example/20261101120000/http://o.example/":               "",
		"https://other.example/web/20261101120000/http://o.example/":             "",
	} {
		u, _ := url.Parse(in)
		if want == "" {
			want = in
		}
		if got := r.untouched(u).String(); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func TestSameAddress(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"http://www.Outlet.example:80/feed/", "https://outlet.example/feed", true},
		{"https://outlet.example/feed?x=1", "https://outlet.example/feed", false},
		{"https://outlet.example/feed", "https://other.example/feed", false},
		{"https://outlet.example:8443/feed", "https://outlet.example/feed", false},
		{"https://outlet.example/Feed", "https://outlet.example/feed", false},
	} {
		if SameAddress(c.a, c.b) != c.want || SameAddress(c.b, c.a) != c.want {
			t.Errorf("%s and %s: not %v", c.a, c.b, c.want)
		}
	}
}

// A web archive is asked by its TimeGate, for what the outlet sent and not what the archive
// makes of it; what it took is taken once; and what is no copy of the target is refused.
func TestArchive(t *testing.T) {
	const taken = "Sun, 01 Nov 2026 12:00:00 GMT"
	var asked []string
	stamp := "20261101120000"
	original, moment, archive := "", taken, ""
	base, addr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.EscapedPath())
		if r.Header.Get("If-None-Match") != "" {
			t.Errorf("%s was asked with the validators of another", r.URL.Path)
		}
		target, isGate := strings.CutPrefix(r.URL.EscapedPath(), "/web/http")
		if isGate {
			w.Header().Set("Vary", "accept-datetime")
			w.Header().Set("Location", "/web/"+stamp+"/http"+target)
			w.WriteHeader(http.StatusFound)
			return
		}
		if moment != "" {
			w.Header().Set("Memento-Datetime", moment)
		}
		if original != "" {
			w.Header().Set("Link", `<`+original+`>; rel="original", <`+archive+`>; rel="timegate"`)
		}
		_, _ = io.WriteString(w, "as archived")
	})
	archive = base + "/web/"
	c := client(t, Options{AllowPrivate: []string{addr}})
	const target = "https://outlet.example/rss"
	route := "archive:" + archive
	get := func(req Request) (*Response, error) {
		req.URL, req.Routes = target, []string{route}
		asked = nil
		return c.Get(t.Context(), req)
	}
	original = "http://www.outlet.example/rss"
	first, err := get(Request{ETag: `"the outlet's"`, Route: "direct", Validated: target})
	if err != nil {
		t.Fatal(err)
	}
	raw := base + "/web/20261101120000id_/" + target
	if string(first.Body) != "as archived" || first.URL != raw || first.Route != route || first.PermanentURL != "" ||
		!first.Archived.Equal(time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)) || len(asked) != 2 {
		t.Errorf("first: %+v after %q", first, asked)
	}
	again, err := get(Request{Route: first.Route, Validated: first.URL})
	if err != nil || !again.NotModified || again.URL != raw || len(asked) != 1 {
		t.Errorf("the same memento: %+v, %v after %q", again, err, asked)
	}
	stamp = "20261102120000"
	if next, err := get(Request{Route: first.Route, Validated: first.URL}); err != nil || next.NotModified || len(asked) != 2 {
		t.Errorf("the next memento: %+v, %v after %q", next, err, asked)
	}
	for _, c := range []struct{ original, moment, want string }{
		{"https://other.example/rss", taken, "a copy of https://other.example/rss"},
		{"", "", "Memento-Datetime"},
		{"", "yesterday", "Memento-Datetime"},
	} {
		original, moment = c.original, c.moment
		resp, err := get(Request{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %+v, %v", c, resp, err)
		}
	}
}

// What a copy's server says ends nothing: another route may still lead to the outlet.
func TestCopiesEndNothing(t *testing.T) {
	copied, copiedAddr := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) })
	origin, originAddr := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "here") })
	c := client(t, Options{AllowPrivate: []string{copiedAddr, originAddr}})
	for _, first := range []string{"mirror:" + copied, "archive:" + copied + "/web/", "peer:" + copied + "/feed.atom"} {
		resp, err := c.Get(t.Context(), Request{URL: origin + "/rss", Routes: []string{first, "direct"}})
		if err != nil || string(resp.Body) != "here" {
			t.Errorf("after %s: %+v, %v", first, resp, err)
		}
	}
}
