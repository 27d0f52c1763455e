package digest_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/digest"
	"parallax/internal/news"
	"parallax/internal/webtest"
)

var update = flag.Bool("update", false, "rewrite the expected messages")

// What digests of the invented world say, as text and as HTML.
func TestDigest(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]news.MailChoice{
		"daily": {LensID: "river"}, "weekly": {LensID: "country", Weekly: true}, "topic": {LensID: "control", Query: "weir"}, "nothing": {LensID: "river", Query: "zeppelin"},
	} {
		w := webtest.New()
		for _, s := range w.SourceList {
			if s.ID == "norrland-today" {
				s.Carriage.Boilerplate = "Published under an open licence of Norrland Today"
			}
		}
		o := digest.New(digest.Config{
			Store: w, HubName: "Both Sides", HubURL: "https://hub.example", Now: func() time.Time { return webtest.Now },
			Lenses: func(context.Context) ([]news.Lens, error) { return w.Lenses(), nil },
		})
		d, err := o.Compose(t.Context(), c, webtest.Now.Add(-7*24*time.Hour), webtest.Now)
		if err != nil {
			t.Fatal(err)
		}
		if name == "nothing" {
			if len(d.Stories) > 0 {
				t.Errorf("stories with a word that nobody says: %v", d.Stories)
			}
			continue
		}
		text, page := d.Text("https://hub.example/mail/manage/M", "https://hub.example/mail/unsubscribe/U"), d.HTML("https://hub.example/mail/manage/M", "https://hub.example/mail/unsubscribe/U")
		for line := range strings.Lines(text) {
			if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > 74 && !strings.Contains(line, "://") { // 72, and marks of no width
				t.Errorf("%s: a line of %d characters: %s", name, n, line)
			}
		}
		if bad := regexp.MustCompile(`(?i)<(img|link|script|iframe|object|svg|video|audio)|url\(|@import|srcset|background=`).FindString(page); bad != "" {
			t.Errorf("%s: the page asks somebody for something: %s", name, bad)
		}
		for _, l := range regexp.MustCompile(`href="([^"]*)"`).FindAllStringSubmatch(page, -1) {
			if !strings.HasPrefix(l[1], "https://hub.example/") {
				t.Errorf("%s: a link to %s", name, l[1])
			}
		}
		golden(t, name+".txt", text)
		golden(t, name+".html", page)
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (run the test with -update to write it)", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func TestParseAddress(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ in, want, wrong string }{
		{" Ann@Mail.Example ", "ann@mail.example", ""},
		{"ann+news@mail.example", "ann+news@mail.example", ""},
		{"ann@bücher.example", "ann@xn--bcher-kva.example", ""},
		{"", "", "missing"},
		{"ann", "", "an @"},
		{"@mail.example", "", "an @"},
		{"ann@", "", "an @"},
		{"ann@mail", "", "no domain"},
		{"ann@mail..example", "", "no e-mail address"},
		{"ann@[127.0.0.1]", "", "no domain"},
		{"änn@mail.example", "", "Latin letters"},
		{"ann bob@mail.example", "", "Latin letters"},
		{"Ann <ann@mail.example>", "", "Latin letters"},
		{"ann@mail.example\r\nBcc: eve@mail.example", "", "Latin letters"},
		{"ann@mail.example\r\nX: y", "", "no domain"},
		{"a..n@mail.example", "", "no e-mail address"},
		{strings.Repeat("a", 65) + "@mail.example", "", "no e-mail address"},
		{strings.Repeat("a", 255) + "@mail.example", "", "at most 254"},
	} {
		got, err := digest.ParseAddress(tt.in)
		if got != tt.want || (err == nil) != (tt.wrong == "") || err != nil && !strings.Contains(err.Error(), tt.wrong) {
			t.Errorf("%q: %q, %v; want %q, %q", tt.in, got, err, tt.want, tt.wrong)
		}
	}
}

func TestParseServer(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ in, password, wrong string }{
		{"smtp://digest@mail.example:587", "p", ""},
		{"smtp://mail.example", "", ""},
		{"smtps://digest@mail.example", "p", ""},
		{"smtp+plain://127.0.0.1:25", "", ""},
		{"smtp+plain://[::1]:25", "", ""},
		{"smtp+plain://localhost", "", ""},
		{"smtp+plain://mail.example:25", "", "on this machine"},
		{"smtp+plain://10.0.0.1:25", "", "on this machine"},
		{"smtp://digest:hunter2@mail.example", "", "does not belong"},
		{"smtp://digest@mail.example", "", "there is no password"},
		{"smtp://mail.example", "p", "no user"},
		{"mail.example:587", "", "scheme, a user"},
		{"http://mail.example", "", `scheme is "http"`},
		{"smtp://mail.example:0", "", "no port"},
		{"smtp://mail.example/x", "", "no more"},
		{"smtp://hunter2@ho st", "", "no address"},
	} {
		_, err := digest.ParseServer(tt.in, tt.password, "")
		if (err == nil) != (tt.wrong == "") || err != nil && (!strings.Contains(err.Error(), tt.wrong) || strings.Contains(err.Error(), "hunter2")) {
			t.Errorf("%s: %v, want %q", tt.in, err, tt.wrong)
		}
	}
}
