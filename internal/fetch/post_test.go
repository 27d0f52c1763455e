package fetch

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// A form goes where a redirect says that it should, whole, and nowhere else; the guards
// hold for it as for all else.
func TestPost(t *testing.T) {
	got := ""
	plain, plainAddr := serve(t, func(w http.ResponseWriter, r *http.Request) { got = "in the clear" })
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch status, target, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/to/"), "/"); {
		case r.URL.Path == "/hub":
			body, _ := io.ReadAll(r.Body)
			got = fmt.Sprintf("%s %s %s", r.Method, r.Header.Get("Content-Type"), body)
			w.WriteHeader(http.StatusAccepted)
		case r.URL.Path == "/no":
			http.Error(w, "no such topic", http.StatusBadRequest)
		case target == "hub":
			w.Header().Set("Location", "/hub")
			w.WriteHeader(map[string]int{"301": 301, "302": 302, "303": 303, "307": 307, "308": 308}[status])
		case target == "plain":
			w.Header().Set("Location", plain+"/")
			w.WriteHeader(http.StatusPermanentRedirect)
		case target == "private":
			w.Header().Set("Location", "https://10.0.0.1/")
			w.WriteHeader(http.StatusPermanentRedirect)
		}
	}))
	t.Cleanup(srv.Close)
	pool := x509.NewCertPool()
	pool.AddCert(srv.Certificate())
	c := client(t, Options{AllowPrivate: []string{srv.Listener.Addr().String(), plainAddr}, TLS: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}})
	const whole = "POST application/x-www-form-urlencoded hub.mode=subscribe&hub.topic=https%3A%2F%2Fa.example%2Ffeed"
	for path, want := range map[string]struct {
		got    string
		status int
		err    error
	}{
		"/hub":        {got: whole, status: http.StatusAccepted},
		"/to/307/hub": {got: whole, status: http.StatusAccepted},
		"/to/308/hub": {got: whole, status: http.StatusAccepted},
		"/to/301/hub": {status: http.StatusMovedPermanently},
		"/to/302/hub": {status: http.StatusFound},
		"/to/303/hub": {status: http.StatusSeeOther},
		"/to/x/plain": {status: http.StatusPermanentRedirect},
		"/no":         {status: http.StatusBadRequest},
		// What is wrong is told of the answer that redirected.
		"/to/x/private": {status: http.StatusPermanentRedirect, err: ErrAddress},
	} {
		got = ""
		resp, err := c.Post(t.Context(), srv.URL+path, url.Values{"hub.mode": {"subscribe"}, "hub.topic": {"https://a.example/feed"}}, nil, "")
		status := 0
		if e, ok := errors.AsType[*Error](err); ok {
			status = e.Status
		} else if err == nil {
			status = resp.Status
		}
		if got != want.got || status != want.status || want.err != nil && !errors.Is(err, want.err) {
			t.Errorf("%s: the server got %q, status %d, err %v; want %q, %d", path, got, status, err, want.got, want.status)
		}
	}
	if _, err := c.Post(t.Context(), "http://192.168.7.7/hub", nil, nil, ""); !errors.Is(err, ErrAddress) {
		t.Errorf("a form to a private address: %v", err)
	}
}

func TestCheckPublic(t *testing.T) {
	allow := []string{"127.0.0.1:8080", "hub.lan"}
	for address, public := range map[string]bool{
		"https://hub.example":       true,
		"https://192.0.2.1":         false, // documentation
		"https://9.9.9.9:8443/hub":  true,
		"http://127.0.0.1:8080":     true, // named
		"http://127.0.0.1:8480":     false,
		"http://localhost:8480":     false,
		"http://hub":                false,
		"https://news.intranet":     false,
		"https://hub.lan":           true, // named
		"https://[::1]:8480":        false,
		"http://2130706433":         false,
		"":                          false,
		"ftp://hub.example":         false,
		"https://user@hub.example/": true,
	} {
		if err := CheckPublic(address, allow); (err == nil) != public {
			t.Errorf("CheckPublic(%q) = %v, want public: %t", address, err, public)
		}
	}
}
