package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// A call is made as it is given, and leads nowhere else: no redirect, no address that is not
// public, whatever its name led to before.
func TestCall(t *testing.T) {
	got := ""
	base, addr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.URL.Path == "/cb" {
			got = fmt.Sprintf("%s %s %s %s %s", r.Method, r.URL.RawQuery, r.Header.Get("Link"), r.Header.Get("User-Agent"), body)
			_, _ = io.WriteString(w, strings.Repeat("x", 100))
			return
		}
		status := 0
		_, _ = fmt.Sscanf(r.URL.Path, "/to/%d", &status)
		w.Header().Set("Location", "/cb")
		w.WriteHeader(status)
	})
	c := client(t, Options{AllowPrivate: []string{addr}, UserAgent: "Us/1"})
	resp, err := c.Call(t.Context(), Call{URL: base + "/cb?a=b", Method: http.MethodPost, Header: http.Header{"Link": {"<x>"}, "User-Agent": {"forged"}}, Body: []byte("text"), MaxReply: 7})
	if err != nil || got != "POST a=b <x> Us/1 text" || string(resp.Body) != "xxxxxxx" {
		t.Errorf("the server got %q, err %v", got, err)
	}
	resp, err = c.Call(t.Context(), Call{URL: base + "/cb", Method: http.MethodGet})
	if err != nil || got != "GET   Us/1 " || len(resp.Body) != 100 {
		t.Errorf("the server got %q, err %v", got, err)
	}
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		for _, status := range []int{301, 302, 303, 307, 308} {
			got = ""
			_, err := c.Call(t.Context(), Call{URL: fmt.Sprintf("%s/to/%d", base, status), Method: method})
			e, ok := errors.AsType[*Error](err)
			if !ok || e.Status != status || got != "" || !errors.Is(err, errNoRedirect) {
				t.Errorf("%s, %d: the server got %q, err %v", method, status, got, err)
			}
		}
	}
	for _, address := range []string{"http://10.0.0.1/cb", "http://169.254.169.254/latest", "http://2130706433/", "http://[::1]/"} {
		if _, err := c.Call(t.Context(), Call{URL: address, Method: http.MethodPost, Body: []byte("x")}); !errors.Is(err, ErrAddress) {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// A name that led to a public address when it was checked, and leads to a private one when it
// is called, is not called.
func TestCallRebound(t *testing.T) {
	dialled := ""
	c := client(t, Options{
		Dial: func(_ context.Context, _, address string) (net.Conn, error) {
			dialled = address
			return nil, errors.New("no network here")
		},
		Resolver: fakeDNS(t, map[string][]string{"rebound.example.": {"127.0.0.1"}, "public.example.": {"9.9.9.9"}}),
	})
	if err := CheckPublic("http://rebound.example/cb", nil); err != nil {
		t.Fatalf("its name shows nothing: %v", err)
	}
	if _, err := c.Call(t.Context(), Call{URL: "http://rebound.example/cb", Method: http.MethodPost}); !errors.Is(err, ErrAddress) || dialled != "" {
		t.Errorf("dialled %q, err %v", dialled, err)
	}
	if _, err := c.Call(t.Context(), Call{URL: "http://public.example/cb", Method: http.MethodPost}); errors.Is(err, ErrAddress) || dialled != "9.9.9.9:80" {
		t.Errorf("dialled %q, err %v", dialled, err)
	}
}
