package web_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	mailing "parallax/internal/digest"
	"parallax/internal/news"
	"parallax/internal/web"
	"parallax/internal/webtest"
)

// An addressBook notes what the pages do.
type addressBook struct {
	did  []string
	full bool
	m    *news.MailSubscriber
}

func (b *addressBook) Ask(_ context.Context, address string, c news.MailChoice) error {
	if b.full {
		return news.ErrTooMany
	}
	if _, err := mailing.ParseAddress(address); err != nil {
		return err
	}
	every := " daily "
	if c.Weekly {
		every = " weekly "
	}
	b.did = append(b.did, "ask "+address+every+c.LensID+" "+c.Query)
	return nil
}

func (b *addressBook) find(token string) (*news.MailSubscriber, error) {
	if token != "TOKEN" || b.m == nil {
		return nil, news.ErrNotFound
	}
	return b.m, nil
}

func (b *addressBook) Asked(_ context.Context, token string) (*news.MailSubscriber, error) {
	return b.find(token)
}

func (b *addressBook) Subscription(_ context.Context, token string) (*news.MailSubscriber, error) {
	return b.find(token)
}

func (b *addressBook) Confirm(_ context.Context, token string) error {
	m, err := b.find(token)
	if err == nil {
		b.did = append(b.did, "confirm")
		m.Choice, m.Wanted = m.Wanted, nil
	}
	return err
}

func (b *addressBook) Change(_ context.Context, token string, c news.MailChoice) error {
	m, err := b.find(token)
	if err == nil {
		b.did = append(b.did, "change "+c.LensID+" "+c.Query)
		m.Choice = &c
	}
	return err
}

func (b *addressBook) Leave(_ context.Context, token string) error {
	b.did = append(b.did, "leave")
	if _, err := b.find(token); err != nil && !errors.Is(err, news.ErrNotFound) {
		return err
	}
	b.m = nil
	return nil
}

func mailSite(t *testing.T, b *addressBook) http.Handler {
	t.Helper()
	w := webtest.New()
	site, err := web.New(web.Options{
		Store: w, HubName: "Both Sides", HubURL: "https://hub.example", Now: func() time.Time { return webtest.Now }, Mail: b,
		Lenses: func(context.Context) ([]news.Lens, error) { return w.Lenses(), nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return site
}

// send sends a form, or gets a page where there is none.
func sendForm(site http.Handler, path string, form url.Values, header ...string) *httptest.ResponseRecorder {
	method, body := http.MethodGet, ""
	if form != nil {
		method, body = http.MethodPost, form.Encode()
	}
	r := httptest.NewRequestWithContext(context.Background(), method, "https://hub.example"+path, strings.NewReader(body))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	site.ServeHTTP(w, r)
	return w
}

// Each page of the digest is a whole page, is kept by nobody, and sets no cookie.
func TestMailPages(t *testing.T) {
	t.Parallel()
	choice := news.MailChoice{LensID: "river", Query: "weir <b>"}
	for _, tt := range []struct {
		name, path string
		form       url.Values
		m          *news.MailSubscriber
		status     int
		did, says  string
	}{
		{"form", "/mail", nil, nil, 200, "", "E-mail address"},
		{"asked", "/mail", url.Values{"address": {"ann@mail.example"}, "lens": {"river"}, "every": {"week"}, "q": {" weir  dam "}}, nil, 200, "ask ann@mail.example weekly river weir dam", "A mail is on its way"},
		{"no address", "/mail", url.Values{"address": {"ann"}}, nil, 422, "", "as in ann@mail.example."},
		{"no lens", "/mail", url.Values{"address": {"ann@mail.example"}, "lens": {"moon"}}, nil, 422, "", "does not divide"},
		{"long search", "/mail", url.Values{"address": {"ann@mail.example"}, "q": {strings.Repeat("x", 201)}}, nil, 422, "", "At most 200"},
		{"confirm", "/mail/confirm/TOKEN", nil, &news.MailSubscriber{Address: "ann@mail.example", Wanted: &choice}, 200, "", "Yes, send it"},
		{"confirmed", "/mail/confirm/TOKEN", url.Values{}, &news.MailSubscriber{Address: "ann@mail.example", Wanted: &choice}, 200, "confirm", "The first one comes shortly"},
		{"confirmed before", "/mail/confirm/TOKEN", nil, &news.MailSubscriber{Address: "ann@mail.example", Choice: &choice}, 200, "", "The first one comes shortly"},
		{"no such link", "/mail/confirm/OTHER", nil, &news.MailSubscriber{}, 404, "", "This link does not work"},
		{"confirming by no such link", "/mail/confirm/OTHER", url.Values{}, &news.MailSubscriber{}, 404, "", "This link does not work"},
		{"manage", "/mail/manage/TOKEN", nil, &news.MailSubscriber{Address: "ann@mail.example", Choice: &choice}, 200, "", "Change it"},
		{"change", "/mail/manage/TOKEN", url.Values{"lens": {"country"}, "q": {"ferry"}}, &news.MailSubscriber{Address: "ann@mail.example", Choice: &choice}, 200, "change country ferry", "From now on"},
		{"leave?", "/mail/unsubscribe/TOKEN", nil, &news.MailSubscriber{Address: "ann@mail.example", Choice: &choice}, 200, "", "Unsubscribe and delete my address"},
		{"left", "/mail/unsubscribe/TOKEN", url.Values{"List-Unsubscribe": {"One-Click"}}, &news.MailSubscriber{Address: "ann@mail.example", Choice: &choice}, 200, "leave", "are deleted"},
		{"left twice", "/mail/unsubscribe/OTHER", url.Values{}, nil, 200, "leave", "are deleted"},
	} {
		b := &addressBook{m: tt.m}
		w := sendForm(mailSite(t, b), tt.path, tt.form)
		body := w.Body.String()
		if w.Code != tt.status || !strings.Contains(body, tt.says) {
			t.Errorf("%s: %d\n%s", tt.name, w.Code, body)
		}
		if got := strings.Join(b.did, "; "); got != tt.did {
			t.Errorf("%s did %q, want %q", tt.name, got, tt.did)
		}
		if cc := w.Header().Get("Cache-Control"); cc != "no-store" || w.Header().Get("Set-Cookie") != "" || w.Header().Get("ETag") != "" {
			t.Errorf("%s: %v", tt.name, w.Header())
		}
		if strings.Contains(body, "<script") || strings.Contains(body, "<b>") {
			t.Errorf("%s: a script, or markup of a reader:\n%s", tt.name, body)
		}
		webtest.CheckPage(t, tt.name, w.Body.Bytes())
	}
}

// Whose form it is, and how many come, decides before anything is done.
func TestMailForms(t *testing.T) {
	t.Parallel()
	form := url.Values{"address": {"ann@mail.example"}, "lens": {"river"}}
	m := &news.MailSubscriber{Address: "ann@mail.example", Choice: &news.MailChoice{LensID: "river"}}
	for _, tt := range []struct {
		name, path string
		header     []string
		status     int
	}{
		{"of this hub", "/mail", []string{"Sec-Fetch-Site", "same-origin"}, 200},
		{"of this hub, by origin", "/mail", []string{"Origin", "https://hub.example"}, 200},
		{"of another site", "/mail", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"of another site, by origin", "/mail", []string{"Origin", "https://evil.example"}, 403},
		{"confirming from another site", "/mail/confirm/TOKEN", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"changing from another site", "/mail/manage/TOKEN", []string{"Origin", "https://evil.example"}, 403},
		{"no form", "/mail", []string{"Content-Type", "application/json"}, 415},
		{"one click by a mail program", "/mail/unsubscribe/TOKEN", []string{"Content-Type", "multipart/form-data; boundary=x"}, 200},
	} {
		b := &addressBook{m: m}
		w := sendForm(mailSite(t, b), tt.path, form, tt.header...)
		if w.Code != tt.status || (w.Code == 200) != (len(b.did) == 1) {
			t.Errorf("%s: %d, and it did %v", tt.name, w.Code, b.did)
		}
	}
	b := &addressBook{}
	site := mailSite(t, b)
	codes := map[int]int{}
	for range 8 {
		codes[sendForm(site, "/mail", form).Code]++
	}
	if codes[200] != 6 || codes[429] != 2 {
		t.Errorf("eight forms of one client within a minute: %v", codes)
	}
	b.full = true
	full := mailSite(t, b)
	if w := sendForm(full, "/mail", form); w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("when no address is taken in: %d", w.Code)
	}
	if w := sendForm(full, "/mail", url.Values{"q": {strings.Repeat("x", 9000)}}); w.Code != http.StatusBadRequest {
		t.Errorf("a form of 9 KB: %d", w.Code)
	}
	// Without a mail server there is no page, and no page leads to one.
	none, err := web.New(web.Options{Store: webtest.New(), Now: func() time.Time { return webtest.Now }, Lenses: func(context.Context) ([]news.Lens, error) { return nil, nil }})
	if err != nil {
		t.Fatal(err)
	}
	if w := sendForm(none, "/mail", nil); w.Code != http.StatusNotFound {
		t.Errorf("without mail: %d", w.Code)
	}
	for _, path := range []string{"/feeds", "/about"} {
		if with, without := sendForm(site, path, nil), sendForm(none, path, nil); !strings.Contains(with.Body.String(), `href="/mail"`) || strings.Contains(without.Body.String(), `href="/mail"`) {
			t.Errorf("%s: who can subscribe is not told, or who cannot is", path)
		}
	}
}
