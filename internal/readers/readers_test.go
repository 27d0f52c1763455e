package readers

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/news"
	"parallax/internal/store"
)

var update = flag.Bool("update", false, "rewrite expected output")

var now = time.Date(2026, 11, 12, 18, 30, 0, 0, time.UTC)

// world is a hub of three outlets on two sides, with one account.
type world struct {
	testing.TB
	db       *store.DB
	handler  http.Handler
	password string
	now      time.Time
}

func newWorld(tb testing.TB) *world {
	tb.Helper()
	db, err := store.Open(tb.Context(), filepath.Join(tb.TempDir(), "hub.db"), store.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	w := &world{TB: tb, db: db, now: now}
	w.apply(outlets()...)
	lens := news.Lens{ID: "river", Title: "The river", Sides: []news.Side{{ID: "north", Title: "Northbank"}, {ID: "south", Title: "Southbank"}, {ID: "none", Title: "Nobody"}}}
	w.handler = New(Options{
		Store: db, HubURL: "https://hub.example", HubName: "The River",
		Lenses: func(context.Context) ([]news.Lens, error) { return []news.Lens{lens}, nil },
		Now:    func() time.Time { return w.now },
	})
	w.tell("herald", "dam", "Dam gates opened", "The gates of the <b>dam</b> were opened at noon.", 0)
	w.tell("post", "dam", "Gates of the dam opened", "At noon the gates were opened.", time.Hour)
	w.tell("voice", "dam", "السد يُفتح", "فُتحت بوابات السد ظهراً.", 2*time.Hour)
	w.tell("herald", "ferry", "Ferry & bridge closed", "Both stay closed until Friday.", 3*time.Hour)
	account, password, err := NewAccount("ann", now)
	w.must(err)
	w.must(db.AddAccount(tb.Context(), account))
	w.password = password
	return w
}

func outlets() []*news.Source {
	herald := &news.Source{ID: "herald", Name: "Northbank Herald", Home: "https://herald.example", Sides: map[string]string{"river": "north"}}
	herald.Carriage = news.Carriage{Mode: news.FullText, Basis: "permission: letter of 2026-10-01"}
	post := &news.Source{ID: "post", Name: "Southbank Post", Home: "https://post.example", Sides: map[string]string{"river": "south"}}
	post.Carriage.Why = "So that both banks are heard"
	voice := &news.Source{ID: "voice", Name: "Voice", Home: "https://voice.example", Languages: []string{"ar"}}
	voice.Carriage.Mode = news.Link
	for _, s := range []*news.Source{herald, post, voice} {
		s.FeedURLs = []string{s.Home + "/feed"}
	}
	return []*news.Source{herald, post, voice}
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) apply(sources ...*news.Source) {
	w.Helper()
	w.must(w.db.ApplySources(w.Context(), sources, now.Add(-24*time.Hour)))
}

// tell takes an article through the store, seen so long after the first.
func (w *world) tell(source, key, title, text string, after time.Duration) {
	w.Helper()
	feeds, err := w.db.Feeds(w.Context(), source)
	w.must(err)
	seen := now.Add(-12 * time.Hour).Add(after)
	link := "https://" + source + ".example/" + key
	it := &news.Item{
		ID: news.ID("item", source, key), FeedID: feeds[0].ID, SourceID: source, Key: key, GUID: key, Link: link, Title: title,
		Published: seen, FirstSeen: seen, LastSeen: seen, Hash: key,
	}
	_, err = w.db.SaveFetch(w.Context(), &news.Fetch{Feed: feeds[0], Items: []*news.Item{it}, At: seen, Document: true})
	w.must(err)
	language := "en"
	if source == "voice" {
		language = "ar"
	}
	w.must(w.db.SaveArticle(w.Context(), it.ID, 1, &news.Article{
		ID: news.ID("article", source, key), SourceID: source, ItemID: it.ID, GUID: key, URL: link, Title: title,
		Lead: text, Text: text, HTML: "<p>" + text + "</p>", Authors: []string{"A. Writer"}, Language: language, Published: seen, FirstSeen: seen,
	}, seen))
}

// ask sends a request; form is the body where there is one.
func (w *world) ask(method, path, token, form string) *httptest.ResponseRecorder {
	w.Helper()
	var body io.Reader = http.NoBody
	if method == http.MethodPost {
		body = strings.NewReader(form)
	}
	r := httptest.NewRequestWithContext(w.Context(), method, path, body)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if token != "" {
		r.Header.Set("Authorization", "GoogleLogin auth="+token)
	}
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r)
	if got := rec.Header().Get("Cache-Control"); got != "no-store" {
		w.Errorf("%s %s: Cache-Control is %q", method, path, got)
	}
	return rec
}

func (w *world) login() string {
	w.Helper()
	rec := w.ask(http.MethodPost, "/greader/accounts/ClientLogin", "", url.Values{"Email": {"ann"}, "Passwd": {w.password}}.Encode())
	_, token, found := strings.Cut(rec.Body.String(), "Auth=")
	if rec.Code != http.StatusOK || !found {
		w.Fatalf("login: %d %s", rec.Code, rec.Body)
	}
	return strings.TrimSpace(token)
}

// TestConversations holds what is asked and answered against testdata/NAME.txt: lines that
// begin with > are requests, with a form behind the address where it is a POST.
func TestConversations(t *testing.T) {
	for _, name := range []string{"greader", "fever"} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			token, key := w.login(), feverKey("ann", w.password)
			file := filepath.Join("testdata", name+".txt")
			script, err := os.ReadFile(file)
			w.must(err)
			var got bytes.Buffer
			for line := range strings.Lines(string(script)) {
				line = strings.TrimSuffix(line, "\n")
				request, isRequest := strings.CutPrefix(line, "> ")
				switch {
				case strings.HasPrefix(line, "#"):
					_, _ = fmt.Fprintf(&got, "\n%s\n", line)
				case isRequest:
					_, _ = fmt.Fprintln(&got, line)
					fields := strings.Fields(request)
					form := ""
					if len(fields) > 2 {
						form = fields[2]
					}
					fill := strings.NewReplacer("KEY", key, "PASSWORD", w.password)
					rec := w.ask(fields[0], fields[1], token, fill.Replace(form))
					_, _ = fmt.Fprintf(&got, "%d\n%s\n", rec.Code, strings.NewReplacer(token, "TOKEN", hashOf(token)[:32], "T").Replace(pretty(rec)))
				}
			}
			text := strings.TrimSpace(got.String()) + "\n"
			if *update {
				w.must(os.WriteFile(file, []byte(text), 0o600))
				return
			}
			if diff := cmp.Diff(string(script), text); diff != "" {
				t.Errorf("%s mismatch (-want +got):\n%s", file, diff)
			}
		})
	}
}

func pretty(rec *httptest.ResponseRecorder) string {
	if !strings.HasPrefix(rec.Header().Get("Content-Type"), "application/json") {
		return strings.TrimSpace(rec.Body.String())
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	var v any
	d := json.NewDecoder(rec.Body)
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return "no JSON: " + err.Error()
	}
	if err := e.Encode(v); err != nil {
		return err.Error()
	}
	return strings.TrimSpace(b.String())
}

// Nothing is told to whom has no account, whatever is asked.
func TestStrangers(t *testing.T) {
	w := newWorld(t)
	for _, secret := range []string{"", "nobody", w.password, feverKey("ann", w.password), hashOf(w.login())} {
		for _, path := range []string{"token", "user-info", "subscription/list", "stream/contents/user/-/state/com.google/reading-list", "unread-count"} {
			if rec := w.ask(http.MethodGet, "/greader/reader/api/0/"+path, secret, ""); rec.Code != http.StatusUnauthorized {
				t.Errorf("%s with %q: %d", path, secret, rec.Code)
			}
		}
		if secret == feverKey("ann", w.password) {
			continue
		}
		if rec := w.ask(http.MethodPost, "/fever/?api&items&feeds", "", "api_key="+secret); strings.TrimSpace(rec.Body.String()) != `{"api_version":3,"auth":0}` {
			t.Errorf("fever with %q: %s", secret, rec.Body)
		}
	}
	for _, form := range []string{"", "Email=ann", "Email=ann&Passwd=wrong", "Email=bob&Passwd=" + w.password, "Passwd=%zz"} {
		if rec := w.ask(http.MethodPost, "/greader/accounts/ClientLogin", "", form); rec.Code == http.StatusOK {
			t.Errorf("login with %q: %s", form, rec.Body)
		}
	}
}

// What is not carried any more is in no answer, and what is carried only in part is not whole.
func TestCarriage(t *testing.T) {
	w := newWorld(t)
	token, key := w.login(), feverKey("ann", w.password)
	answers := func() string {
		return w.ask(http.MethodGet, "/greader/reader/api/0/stream/contents/user/-/state/com.google/reading-list", token, "").Body.String() +
			w.ask(http.MethodGet, "/greader/reader/api/0/subscription/list", token, "").Body.String() +
			w.ask(http.MethodPost, "/fever/?api&items&feeds&groups", "", "api_key="+key).Body.String()
	}
	before := answers()
	for text, want := range map[string]bool{"Northbank Herald": true, "were opened at noon": true, "At noon the gates": true, "فُتحت": false} {
		if strings.Contains(before, text) != want {
			t.Errorf("%q is told: %v", text, !want)
		}
	}
	list := outlets()
	list[0].Carriage.Until = now.Add(-time.Hour)
	w.apply(list...)
	if after := answers(); strings.Contains(after, "Northbank Herald") || strings.Contains(after, "opened at noon") || !strings.Contains(after, "Southbank Post") {
		t.Errorf("after the withdrawal: %s", after)
	}
	if rec := w.ask(http.MethodGet, "/greader/reader/api/0/stream/contents/feed/herald", token, ""); rec.Code != http.StatusNotFound {
		t.Errorf("the stream of a withdrawn outlet: %d", rec.Code)
	}
}

// A program that walks through a stream gets each article once, whichever way it goes, and
// however many come meanwhile.
func TestWalk(t *testing.T) {
	for _, order := range []string{"n", "o"} {
		w := newWorld(t)
		for i := range 23 {
			w.tell("post", fmt.Sprint("k", i), fmt.Sprint("Title ", i), "Text.", 4*time.Hour+time.Duration(i)*time.Minute)
		}
		token := w.login()
		seen, next := map[string]int{}, ""
		for page := range 40 {
			rec := w.ask(http.MethodGet, "/greader/reader/api/0/stream/items/ids?s=user/-/state/com.google/reading-list&n=5&r="+order+"&c="+next, token, "")
			var answer struct {
				ItemRefs     []itemRef
				Continuation string
			}
			w.must(json.Unmarshal(rec.Body.Bytes(), &answer))
			for _, ref := range answer.ItemRefs {
				seen[ref.ID]++
			}
			if page == 1 {
				w.tell("herald", "late", "Late", "Text.", 11*time.Hour)
			}
			if next = answer.Continuation; next == "" {
				break
			}
		}
		for n := 1; n <= 27; n++ {
			if seen[fmt.Sprint(n)] != 1 {
				t.Errorf("order %s: article %d came %d times", order, n, seen[fmt.Sprint(n)])
			}
		}
	}
}

func TestTooLarge(t *testing.T) {
	w := newWorld(t)
	rec := w.ask(http.MethodPost, "/greader/reader/api/0/edit-tag", w.login(), strings.Repeat("i=1&", maxForm/4+1))
	if rec.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("a form that is too large: %d %s", rec.Code, rec.Body)
	}
}

func TestNumbersOf(t *testing.T) {
	var list []*news.Source
	for i := range 5000 {
		list = append(list, &news.Source{ID: fmt.Sprint("s", i)})
	}
	seen := map[uint32]bool{}
	for _, n := range numbersOf(list) {
		if n == 0 || n >= 1<<31 || seen[n] {
			t.Fatalf("number %d is none, or there twice", n)
		}
		seen[n] = true
	}
}

var plain = regexp.MustCompile(`^[\x20-\x7e]*$`)

// Whatever is asked, the hub answers, and blames itself for nothing.
func FuzzAsk(f *testing.F) {
	for _, seed := range []string{
		"stream/contents/feed/herald?n=3", "stream/items/ids?s=user/1/label/Northbank&xt=user/-/state/com.google/read",
		"stream/items/contents?i=1&i=tag:google.com,2005:reader/item/0000000000000002", "stream/items/ids?ot=99999999999&c=-1",
	} {
		f.Add(seed)
	}
	shared := newWorld(f)
	token := shared.login()
	f.Fuzz(func(t *testing.T, path string) {
		target := "/greader/reader/api/0/" + path
		if _, err := url.ParseRequestURI(target); err != nil || !plain.MatchString(path) || strings.Contains(path, " ") {
			t.Skip()
		}
		w := *shared
		w.TB = t
		if rec := w.ask(http.MethodGet, target, token, ""); rec.Code >= 500 {
			t.Errorf("%s: %d %s", target, rec.Code, rec.Body)
		}
		_, query, _ := strings.Cut(path, "?")
		if rec := w.ask(http.MethodPost, "/fever/?api&"+query, "", "api_key="+feverKey("ann", w.password)); rec.Code >= 500 {
			t.Errorf("fever %s: %d %s", query, rec.Code, rec.Body)
		}
	})
}
