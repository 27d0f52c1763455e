package fetch

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// User and password of a URL go to its server and nowhere else.
func TestSecret(t *testing.T) {
	var strayed []string
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if h := r.Header.Get("Authorization"); h != "" {
			strayed = append(strayed, r.URL.Path+": "+h)
		}
	}))
	t.Cleanup(other.Close)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, ok := r.BasicAuth(); !ok || user != "bob" || password != "hunter2" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		switch r.URL.Path {
		case "/home":
			w.Header().Set("Location", "http://"+r.Host+"/rss")
			w.WriteHeader(http.StatusMovedPermanently)
		case "/away":
			w.Header().Set("Location", strings.Replace(other.URL, "://", "://mallory:other@", 1)+"/rss")
			w.WriteHeader(http.StatusMovedPermanently)
		case "/gone":
			w.WriteHeader(http.StatusGone)
		case "/nowhere":
			w.Header().Set("Location", "http://")
			w.WriteHeader(http.StatusFound)
		case "/private":
			w.Header().Set("Location", "http://10.1.2.3/")
			w.WriteHeader(http.StatusFound)
		}
	}))
	t.Cleanup(srv.Close)
	at := func(path string) string { return strings.Replace(srv.URL, "://", "://bob:hunter2@", 1) + path }
	for _, c := range []struct {
		name, url, want string // the final URL, or a part of the error
		routes          []string
	}{
		{name: "plain", url: at("/rss"), want: srv.URL + "/rss"},
		{name: "to itself", url: at("/home"), want: srv.URL + "/rss"},
		{name: "to another", url: at("/away"), want: other.URL + "/rss"},
		{name: "gone", url: at("/gone"), want: "410"},
		{name: "nowhere", url: at("/nowhere"), want: "leads nowhere"},
		{name: "private", url: at("/private"), want: "not public"},
		{name: "checked", url: at("/rss?check"), want: "no feed"},
		{name: "no port", url: "http://bob:hunter2@127.0.0.1:0/", want: "port"}, //nolint:gosec // an invented password
		{name: "no URL", url: "http://bob:hun ter2@ost.example/", want: "not a URL"},
		{name: "slash", url: "http://bob:ter2/ter2@ost.example/", want: "not a URL"},
		{name: "no host", url: "http://bob:hunter2@/", want: "no host"},
		{name: "route", url: at("/rss"), routes: []string{"ftp://bob:hunter2@ost.example"}, want: "route"},
		{name: "dead proxy", url: at("/rss"), routes: []string{"http://bob:hunter2@127.0.0.1:1"}, want: "refused"},
		{name: "mirror", url: "http://ost.example/rss", routes: []string{"mirror:" + at("")}, want: srv.URL + "/rss"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var log bytes.Buffer
			o := Options{
				AllowPrivate: []string{strings.TrimPrefix(srv.URL, "http://"), strings.TrimPrefix(other.URL, "http://")},
				Logger:       slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
			}
			req := Request{URL: c.url, Routes: c.routes}
			if strings.HasSuffix(c.url, "?check") {
				req.Check = func(r *Response) error { return fmt.Errorf("%s is no feed", r.URL) }
			}
			resp, err := client(t, o).Get(t.Context(), req)
			said := log.String() + fmt.Sprintf("%+v %v", resp, err)
			if e, ok := errors.AsType[*Error](err); ok {
				said += fmt.Sprintf("%+v", *e)
				if !strings.Contains(err.Error(), c.want) {
					t.Errorf("error %q does not say %q", err, c.want)
				}
			} else if err != nil || resp.URL != c.want {
				t.Errorf("Get: %+v, %v; want the URL %s", resp, err, c.want)
			}
			for _, secret := range []string{"bob", "ter2", "mallory"} {
				if strings.Contains(said, secret) {
					t.Errorf("%q is told: %s", secret, said)
				}
			}
		})
	}
	if len(strayed) > 0 {
		t.Errorf("credentials went to another server: %q", strayed)
	}
}

func TestTrusted(t *testing.T) {
	for _, c := range []struct {
		from, next string
		want       bool
	}{
		{"https://ost.example/a", "https://OST.example:443/b", true},
		{"http://ost.example/", "https://ost.example/", true},
		{"https://ost.example/", "http://ost.example/", false},
		{"http://ost.example:8080/", "https://ost.example/", false},
		{"https://ost.example/", "https://ost.example:8443/", false},
		{"https://ost.example/", "https://www.ost.example/", false},
	} {
		from, err := url.Parse(c.from)
		if err != nil {
			t.Fatal(err)
		}
		next, err := url.Parse(c.next)
		if err != nil {
			t.Fatal(err)
		}
		if got := trusted(from, next); got != c.want {
			t.Errorf("trusted(%s, %s) = %v", c.from, c.next, got)
		}
	}
	if got := WithUser("https://eve@ost.example/b", "http://bob:hunter2@ost.example/a"); got != "https://bob:hunter2@ost.example/b" { //nolint:gosec // an invented password
		t.Errorf("WithUser at home: %s", got)
	}
	if got := WithUser("https://eve@west.example/b", "http://bob:hunter2@ost.example/a"); got != "https://west.example/b" {
		t.Errorf("WithUser elsewhere: %s", got)
	}
}

// The hint names the setting and the address that it wants.
func TestAddressHint(t *testing.T) {
	for _, u := range []string{"http://127.0.0.1:46387/feed", "http://[::1]:46387/feed"} {
		e := fails(t, client(t, Options{}), Request{URL: u})
		host := strings.TrimSuffix(strings.TrimPrefix(u, "http://"), "/feed")
		if want := `[fetch] allow_private = ["` + host + `"]`; !strings.Contains(e.Hint, want) {
			t.Errorf("hint %q does not say %s", e.Hint, want)
		}
		if err := CheckAllow(host); err != nil {
			t.Error(err)
		}
	}
}
