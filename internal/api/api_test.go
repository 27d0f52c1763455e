package api_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"parallax/internal/api"
	"parallax/internal/news"
	"parallax/internal/web"
	"parallax/internal/webtest"
)

// serve returns the site over a World.
func serve(tb testing.TB, w *webtest.World, change ...func(*web.Options)) http.Handler {
	tb.Helper()
	o := web.Options{
		Store: w, HubName: "Both Sides of the River", HubURL: "https://hub.example", Version: "1.2.3",
		Lenses: func(context.Context) ([]news.Lens, error) { return w.Lenses(), nil },
		Now:    func() time.Time { return webtest.Now },
	}
	for _, c := range change {
		c(&o)
	}
	h, err := web.New(o)
	if err != nil {
		tb.Fatal(err)
	}
	return h
}

// An answer is what came back.
type answer struct {
	*http.Response
	body []byte
}

func ask(tb testing.TB, h http.Handler, method, target string, header ...string) answer {
	tb.Helper()
	if strings.HasPrefix(target, "/") {
		target = api.Root + target
	}
	r := httptest.NewRequestWithContext(tb.Context(), method, strings.TrimSuffix(target, "/"), nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	res := rec.Result()
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		tb.Fatal(err)
	}
	return answer{res, body}
}

func get(tb testing.TB, h http.Handler, target string, header ...string) answer {
	tb.Helper()
	return ask(tb, h, http.MethodGet, target, header...)
}

// list reads a list from page to page, and returns the values of a member of what it lists.
func list(tb testing.TB, h http.Handler, target, of, member string, each ...func(page int)) (values []string) {
	tb.Helper()
	for n := 0; ; n++ {
		a := get(tb, h, target)
		if a.StatusCode != http.StatusOK {
			tb.Fatalf("%s: %d %s", target, a.StatusCode, a.body)
		}
		var members map[string]json.RawMessage
		var things []map[string]any
		var next string
		if err := json.Unmarshal(a.body, &members); err != nil {
			tb.Fatalf("%s: %v", target, err)
		}
		if err := json.Unmarshal(members[of], &things); err != nil {
			tb.Fatalf("%s: %s: %v", target, of, err)
		}
		for _, t := range things {
			values = append(values, fmt.Sprint(t[member]))
		}
		if members["next"] == nil {
			if a.Header.Get("Link") != "" {
				tb.Errorf("%s: Link without next: %s", target, a.Header.Get("Link"))
			}
			return values
		}
		if err := json.Unmarshal(members["next"], &next); err != nil {
			tb.Fatal(err)
		}
		if link := a.Header.Get("Link"); link != "<"+next+`>; rel="next"` {
			tb.Errorf("%s: next is %s, and Link %s", target, next, link)
		}
		for _, f := range each {
			f(n)
		}
		target = strings.TrimPrefix(next, "https://hub.example")
		target = strings.TrimPrefix(target, api.Root)
	}
}

// article returns the id of the nth article of a source.
func article(w *webtest.World, source string, n int) string {
	for _, id := range w.Order {
		if w.ByID[id].SourceID == source {
			if n--; n < 0 {
				return id
			}
		}
	}
	panic("no such article of " + source)
}

// Whatever is not right with a parameter, the answer names it, and what may stand there.
func TestParameters(t *testing.T) {
	t.Parallel()
	w := webtest.New()
	h := serve(t, w)
	for _, test := range []struct {
		target, parameter, detail string
		allowed                   string
	}{
		{"/articles?sorce=tarn", "sorce", `There is no parameter "sorce" here; did you mean "source"?`, "source side story language since until limit after"},
		{"/lenses?limit=1", "limit", `There is no parameter "limit" here.`, ""},
		{"/articles?limit=101", "limit", `limit = "101" is not a whole number from 1 to 100.`, ""},
		{"/articles?limit=1e1", "limit", `limit = "1e1" is not a whole number from 1 to 100.`, ""},
		{"/articles?limit=0", "limit", `limit = "0" is not a whole number from 1 to 100.`, ""},
		{"/articles?limit=", "limit", `limit = "" is not a whole number from 1 to 100.`, ""},
		{"/articles?limit=2&limit=3", "limit", "limit is there more than once.", ""},
		{"/articles?since=yesterday", "since", `since = "yesterday" is not a time such as 2026-11-01T08:00:00Z, or a day such as 2026-11-01.`, ""},
		{"/articles?source=tarm", "source", `There is no source "tarm"; did you mean "tarn"?`, ""},
		{"/articles?side=north", "side", `side = "north" is not a lens and a side of it, such as river:north.`, ""},
		{"/articles?side=rivr:north", "side", `There is no lens "rivr"; did you mean "river"?`, "river control country language"},
		{"/articles?side=river:norht", "side", `The lens "river" has no side "norht"; did you mean "river:north"?`, "river:north river:south river:elsewhere river:unplaced"},
		{"/stories?sort=time", "sort", `sort = "time" is not one of rank, first, last.`, "rank first last"},
		{"/stories?lens=contrl", "lens", `There is no lens "contrl"; did you mean "control"?`, "river control country language"},
		{"/stories/weir/comparison?lens=x", "lens", `There is no lens "x".`, "river control country language"},
		{"/sources?state=gone", "state", `state = "gone" is not one of any, carried, pending, withdrawn.`, "any carried pending withdrawn"},
		{"/search", "q", "q is missing: What to search for.", ""},
		{"/search?q=%21%3F", "q", "q holds no word to search for.", ""},
		{"/search?q=" + strings.Repeat("a", 201), "q", "is not at most 200 characters.", ""},
		{"/articles?story=a%00b", "story", "story holds what is no text in UTF-8, or control characters.", ""},
		{"/articles?after=x", "after", "What stands in after is not what this list gave as the next page.", ""},
		{"/sources?after=x", "after", "What stands in after is not what this list gave as the next page.", ""},
		{"/articles?%zz", "", "What follows the question mark cannot be read", ""},
	} {
		a := get(t, h, test.target)
		var p struct {
			Type, Title, Detail, Parameter string
			Status                         int
			Allowed                        []string
		}
		if err := json.Unmarshal(a.body, &p); err != nil {
			t.Fatalf("%s: %v", test.target, err)
		}
		kind := api.ParameterKind
		if test.parameter == "after" {
			kind = api.CursorKind
		}
		if a.StatusCode != http.StatusBadRequest || p.Status != 400 || p.Type != "https://hub.example/api#"+string(kind) || p.Title == "" || a.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s", test.target, a.StatusCode, a.body)
		}
		if p.Parameter != test.parameter || !strings.Contains(p.Detail, test.detail) || test.allowed != "" && strings.Join(p.Allowed, " ") != test.allowed {
			t.Errorf("%s:\n got %s\nwant %s (%s): %s", test.target, a.body, test.parameter, test.allowed, test.detail)
		}
	}
	if a := get(t, h, "/storys"); a.StatusCode != http.StatusNotFound || !bytes.Contains(a.body, []byte(`"/api/v1/stories"`)) || a.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("/storys: %d %s", a.StatusCode, a.body)
	}
}

// Who reads page after page gets everything once, in the order of the list, while more arrives.
func TestPages(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ target, of, member string }{
		{"/sources", "sources", "id"},
		{"/sources?side=river:south", "sources", "id"},
		{"/items", "items", "id"},
		{"/articles", "articles", "id"},
		{"/articles?side=river:south&language=en", "articles", "id"},
		{"/sources/meridian/articles", "articles", "id"},
		{"/stories", "stories", "id"},
		{"/stories?sort=first", "stories", "id"},
		{"/stories?min_owners=2", "stories", "id"},
		{"/search?q=weir", "articles", "id"},
	} {
		with := func(limit int) string {
			sign := "?"
			if strings.Contains(test.target, "?") {
				sign = "&"
			}
			return fmt.Sprint(test.target, sign, "limit=", limit)
		}
		for limit := range 4 {
			w := webtest.New()
			h := serve(t, w)
			want := list(t, h, with(100), test.of, test.member)
			if len(want) < 3 || len(slices.Compact(slices.Sorted(slices.Values(want)))) != len(want) {
				t.Errorf("%s: %v", test.target, want)
			}
			arrived := map[string]bool{}
			got := list(t, h, with(limit+1), test.of, test.member, func(n int) {
				a := *w.ByID[article(w, "meridian", 0)]
				a.ID, a.StoryID = fmt.Sprint("arrived", n), fmt.Sprint("arrived", n)
				a.Published, a.FirstSeen = webtest.Now.Add(time.Duration(n+1)*time.Second), webtest.Now.Add(time.Duration(n+1)*time.Second)
				w.ByID[a.ID] = &a
				w.Order = append(w.Order, a.ID)
				arrived[a.ID] = true
			})
			// By rank, what is new may stand anywhere.
			got = slices.DeleteFunc(got, func(id string) bool { return arrived[id] && test.target == "/stories" })
			if !slices.Equal(got, want) {
				t.Errorf("%s in pages of %d:\n got %v\nwant %v", test.target, limit+1, got, want)
			}
		}
	}
	// Versions, the latest first.
	w := webtest.New()
	id := article(w, "sudermark-voice", 0)
	if got := list(t, serve(t, w), "/articles/"+id+"/revisions?limit=1", "revisions", "n"); !slices.Equal(got, []string{"2", "1"}) {
		t.Errorf("versions: %v", got)
	}
}

// What is asked for is what is given.
func TestFilters(t *testing.T) {
	t.Parallel()
	w := webtest.New()
	h := serve(t, w)
	for target, want := range map[string]string{
		"/sources?state=withdrawn":                       "old-mill",
		"/sources?country=jo":                            "al-mirsad",
		"/sources?language=de":                           "tarn",
		"/sources?side=control:party":                    "southern-star",
		"/sources?side=river:unplaced":                   "harbour-lights",
		"/stories?min_owners=5":                          "weir",
		"/stories?min_sides=3":                           "weir",
		"/stories?language=ar&min_owners=3":              "weir vaccine",
		"/stories?sort=last&since=2026-11-12T14:00:00Z":  "weir",
		"/stories?since=2026-11-12T14:00:00Z":            "weir",
		"/stories?sort=first&since=2026-11-12T08:00:00Z": "weir",
	} {
		of, _, _ := strings.Cut(strings.TrimPrefix(target, "/"), "?")
		if got := strings.Join(list(t, h, target+"&limit=2", of, "id"), " "); got != want {
			t.Errorf("%s: %q, want %q", target, got, want)
		}
	}
	for target, want := range map[string]int{
		"/articles?story=ferry": 4, "/articles?story=ferry&side=river:south": 3, "/articles?story=ferry&side=river:north": 0, "/articles?source=tarn": 3,
		"/articles?source=tarn&side=river:north": 0, "/articles?language=ar": 3, "/articles?language=AR&story=weir": 1, "/articles?since=2026-11-12&until=2026-11-12T09:00:00Z": 8,
		"/items?source=tarn": 3, "/items?source=tarn&since=2026-11-12T12:00:00Z": 1,
	} {
		of, _, _ := strings.Cut(strings.TrimPrefix(target, "/"), "?")
		if got := list(t, h, target, of, "id"); len(got) != want {
			t.Errorf("%s: %d, want %d", target, len(got), want)
		}
	}
}

// A story through a lens names who tells it on which side, as its comparison does.
func TestStoryAndComparison(t *testing.T) {
	t.Parallel()
	h := serve(t, webtest.New())
	var st struct {
		Title    struct{ Text, Article string }
		Outlets  int
		Articles int `json:"articles_count"`
		Sides    []struct {
			ID      string
			Outlets []string
		}
		Comparison string
	}
	for _, lens := range []string{"river", "control", "country", "language"} {
		one := get(t, h, "/stories/weir?lens="+lens)
		if err := json.Unmarshal(one.body, &st); err != nil {
			t.Fatal(err)
		}
		told := fmt.Sprint(st.Title, st.Outlets, st.Articles)
		sides := map[string]string{}
		for _, sd := range st.Sides {
			sides[sd.ID] = fmt.Sprint(sd.Outlets)
		}
		st.Sides = nil
		data := get(t, h, strings.TrimPrefix(st.Comparison, "https://hub.example"+api.Root))
		page := get(t, h, "https://hub.example/story/weir.json?lens="+lens)
		if !bytes.Equal(bytes.TrimSpace(data.body), unescaped(page.body)) {
			t.Errorf("the comparison is not that of the page:\n%s\n%s", data.body, page.body)
		}
		if err := json.Unmarshal(data.body, &st); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(st.Title, st.Outlets, st.Articles); got != told {
			t.Errorf("%s: the story says %s, its comparison %s", lens, told, got)
		}
		for _, sd := range st.Sides {
			if got := fmt.Sprint(sd.Outlets); len(sd.Outlets) > 0 && got != sides[sd.ID] {
				t.Errorf("%s, %s: the story says %s, its comparison %s", lens, sd.ID, sides[sd.ID], got)
			}
		}
		st.Sides = nil
	}
}

// unescaped writes JSON as the API does, where & stays what it is.
func unescaped(text []byte) []byte {
	return []byte(strings.NewReplacer(`\u0026`, "&", `\u003c`, "<", `\u003e`, ">").Replace(strings.TrimSpace(string(text))))
}

// Scripts of any site may read, and who has an answer already gets none; what was searched for is kept nowhere.
func TestHTTP(t *testing.T) {
	t.Parallel()
	edition := 0
	h := serve(t, webtest.New(), func(o *web.Options) {
		o.Edition = func(context.Context) (string, error) { edition++; return "same", nil }
	})
	a := get(t, h, "/articles", "Accept-Encoding", "gzip")
	for name, want := range map[string]string{
		"Content-Type": "application/json", "Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=60", "Content-Encoding": "gzip",
		"Access-Control-Expose-Headers": "ETag, Link, Retry-After, RateLimit, RateLimit-Policy", "X-Content-Type-Options": "nosniff", "Vary": "Accept-Encoding",
	} {
		if got := a.Header.Get(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	if a := get(t, h, "/articles", "Accept-Encoding", "gzip", "If-None-Match", a.Header.Get("ETag")); a.StatusCode != http.StatusNotModified || len(a.body) > 0 {
		t.Errorf("who has it gets %d and %d bytes", a.StatusCode, len(a.body))
	}
	if a := ask(t, h, http.MethodHead, "/articles"); a.StatusCode != http.StatusOK || len(a.body) > 0 || a.Header.Get("ETag") == "" {
		t.Errorf("HEAD: %d, %d bytes, %v", a.StatusCode, len(a.body), a.Header)
	}
	if a := ask(t, h, http.MethodOptions, "/articles", "Origin", "https://elsewhere.example", "Access-Control-Request-Method", "GET", "Access-Control-Request-Headers", "x-whatever"); a.StatusCode != http.StatusNoContent ||
		a.Header.Get("Access-Control-Allow-Origin") != "*" || a.Header.Get("Access-Control-Allow-Headers") != "*" || a.Header.Get("Access-Control-Allow-Methods") != "GET, HEAD, OPTIONS" {
		t.Errorf("preflight: %d %v", a.StatusCode, a.Header)
	}
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch} {
		if a := ask(t, h, method, "/articles"); a.StatusCode != http.StatusMethodNotAllowed || a.Header.Get("Allow") != "GET, HEAD, OPTIONS" || !bytes.Contains(a.body, []byte("/api#method")) {
			t.Errorf("%s: %d %s", method, a.StatusCode, a.body)
		}
	}
	if a := get(t, h, "/articles", "Accept", "text/html"); a.Header.Get("Content-Type") != "application/json" {
		t.Errorf("a browser gets %s", a.Header.Get("Content-Type"))
	}
	if a := get(t, serve(t, webtest.New(), func(o *web.Options) { o.NoAPI = true }), "/articles"); a.StatusCode != http.StatusNotFound {
		t.Errorf("without the API: %d", a.StatusCode)
	}
}

// No client asks more often than it may, pages and what lies ready included; others are not kept waiting.
func TestLimit(t *testing.T) {
	t.Parallel()
	now := webtest.Now
	h := serve(t, webtest.New(), func(o *web.Options) { o.PerMinute, o.Now = 3, func() time.Time { return now } })
	for i, target := range []string{"/lenses", "/lenses?limit=1", "https://hub.example/search?q=weir"} {
		if a := get(t, h, target); a.StatusCode == http.StatusTooManyRequests || a.Header.Get("RateLimit-Policy") != `"client";q=3;w=60` || a.Header.Get("RateLimit") != fmt.Sprintf(`"client";r=%d;t=%d`, 2-i, 20*(i+1)) {
			t.Errorf("%s: %d, %s; %s", target, a.StatusCode, a.Header.Get("RateLimit-Policy"), a.Header.Get("RateLimit"))
		}
	}
	a := get(t, h, "/lenses")
	if a.StatusCode != http.StatusTooManyRequests || a.Header.Get("Retry-After") != "20" || !bytes.Contains(a.body, []byte("https://hub.example/api#too-many")) || a.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("the fourth in a minute: %d %v %s", a.StatusCode, a.Header, a.body)
	}
	a = get(t, h, "https://hub.example/search?q=weir")
	if a.StatusCode != http.StatusTooManyRequests || a.Header.Get("Retry-After") != "20" || !bytes.Contains(a.body, []byte("Too many searches")) || a.Header.Get("Content-Security-Policy") == "" {
		t.Errorf("a search: %d %v %s", a.StatusCode, a.Header, a.body)
	}
	for _, free := range []string{"https://hub.example/about", "https://hub.example/story/weir.json", "https://hub.example/api"} {
		if a := get(t, h, free); a.StatusCode != http.StatusOK || a.Header.Get("RateLimit") != "" {
			t.Errorf("%s: %d", free, a.StatusCode)
		}
	}
	if a := ask(t, h, http.MethodOptions, "/lenses"); a.StatusCode != http.StatusNoContent {
		t.Errorf("a browser that asks first: %d", a.StatusCode)
	}
	now = now.Add(20 * time.Second)
	if a := get(t, h, "/lenses"); a.StatusCode != http.StatusOK {
		t.Errorf("twenty seconds later: %d", a.StatusCode)
	}
}

// FuzzParameters holds that whatever a client writes, it is not the hub that failed.
func FuzzParameters(f *testing.F) {
	var log bytes.Buffer
	hubs := []http.Handler{
		serve(f, webtest.New(), func(o *web.Options) { o.Logger = slog.New(slog.NewTextHandler(&log, nil)) }),
		fill(f, filepath.Join(f.TempDir(), "hub.db"), 5),
	}
	for _, seed := range [][2]string{
		{"/articles", "since=0000-01-01&until=9999-12-31T23:59:59Z"},
		{"/stories", "sort=first&after=ZiA5IGE"},
		{"/search", "q=a&after=cSA5OSA5OTk"},
		{"/sources", "after=byB0YXJu"},
		{"/sources/%ff", ""},
		{"/articles/..%2f", "x"},
		{"/stories/weir/comparison", "lens=%00"},
		{"/articles/x/revisions", "after=ciAtMQ"},
		{"/items", "limit=100&source="},
		{"/", ";"},
		{"/items", "after=aSA5MjIzMzcyMDM2ODU0Nzc1ODA3IGE"},
		{"/stories", "after=cyBOYU4gYQ"},
		{"/stories", "sort=last&after=bCAtOTIyMzM3MjAzNjg1NDc3NTgwOCBh"},
		{"/search", "q=harbour&after=cSA5MjIzMzcyMDM2ODU0Nzc1ODA3IDE"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, path, query string) {
		u := &url.URL{Scheme: "https", Host: "hub.example", Path: api.Root + path, RawQuery: query}
		if _, err := http.ReadRequest(bufio.NewReader(strings.NewReader("GET " + u.String() + " HTTP/1.0\r\n\r\n"))); err != nil {
			t.Skip() // the server answers nobody who asks so
		}
		for _, h := range hubs {
			a := get(t, h, u.String())
			if a.StatusCode >= 500 || log.Len() > 0 {
				t.Errorf("%s: %d %s", u, a.StatusCode, log.String())
			}
			if kind := a.Header.Get("Content-Type"); strings.Contains(kind, "json") && !json.Valid(a.body) {
				t.Errorf("%s: %s is not JSON", u, a.body)
			}
		}
	})
}

// No more of an article leaves the API than its carriage allows: nothing of the text where the headline alone is carried, at
// most an excerpt where that is, whatever is asked for.
func TestCarriage(t *testing.T) {
	t.Parallel()
	w := webtest.New()
	long := strings.Repeat("Somebody said that the water had come. ", 30) + "canarytail"
	for id, a := range w.ByID {
		if !a.Purged.IsZero() {
			continue
		}
		canaries := "canarybeyond"
		if a.SourceID == "harbour-lights" { // by its headline alone
			canaries = "canarylink"
			a.Lead = canaries + " lead"
		}
		if a.SourceID == "norrland-today" || a.SourceID == "tarn" || a.SourceID == "harbour-lights" {
			a.Text, a.HTML = long+canaries, "<p>"+long+canaries+"</p>"
			if a.SourceID != "harbour-lights" {
				a.Lead = long
			}
			a.Revision = 2
			w.History[id] = []news.Revision{
				{N: 1, SeenAt: a.FirstSeen, Title: "Before", Lead: a.Lead, Text: a.Text, HTML: a.HTML},
				{N: 2, SeenAt: a.FirstSeen.Add(time.Hour), Title: a.Title, Lead: a.Lead, Text: a.Text, HTML: a.HTML},
			}
		}
	}
	h := serve(t, w)
	full, whole := get(t, h, "/articles/"+article(w, "al-mirsad", 0)), w.ByID[article(w, "al-mirsad", 0)].HTML
	var given struct{ HTML, Excerpt, Mode string }
	if err := json.Unmarshal(full.body, &given); err != nil || given.HTML != whole || given.Excerpt != "" || given.Mode != "fulltext" {
		t.Errorf("of what is carried whole: %+v, %v", given, err)
	}
	asked := map[string]bool{}
	var crawl func(target string)
	crawl = func(target string) {
		if asked[target] || len(asked) > 5000 {
			return
		}
		asked[target] = true
		a := get(t, h, target)
		if bytes.Contains(a.body, []byte("canary")) {
			at := bytes.Index(a.body, []byte("canary"))
			t.Errorf("%s: …%s…", target, a.body[max(0, at-80):min(len(a.body), at+20)])
		}
		var v any
		if err := json.Unmarshal(a.body, &v); err != nil {
			t.Fatalf("%s: %v", target, err)
		}
		each(v, func(name, value string) {
			switch kind := map[string]string{"article": "articles", "wire_root": "articles", "source": "sources", "story": "stories", "item": "items", "lens": "lenses"}[name]; {
			case strings.HasPrefix(value, "https://hub.example"+api.Root+"/") && !strings.Contains(value, "{"):
				crawl(strings.TrimPrefix(value, "https://hub.example"+api.Root))
			case kind != "":
				crawl("/" + kind + "/" + url.PathEscape(value))
			}
			if utf8.RuneCountInString(value) > news.ExcerptRunes && strings.HasPrefix(value, "Somebody said") {
				t.Errorf("%s: %s has %d runes", target, name, utf8.RuneCountInString(value))
			}
		})
	}
	for _, target := range []string{"/", "/search?q=water+said&limit=100", "/search?q=CANARYLINK", "/articles?limit=100", "/items?limit=100", "/stories?limit=100", "/sources?limit=100"} {
		crawl(target)
	}
	for _, id := range w.Order {
		crawl("/articles/" + id)
	}
	if len(asked) < 150 {
		t.Errorf("only %d addresses were asked", len(asked))
	}
}

// each calls f with every text in a value of JSON, and the name of the member in which it stands.
func each(v any, f func(name, value string)) {
	var walk func(name string, v any)
	walk = func(name string, v any) {
		switch v := v.(type) {
		case string:
			f(name, v)
		case []any:
			for _, one := range v {
				walk(name, one)
			}
		case map[string]any:
			for member, one := range v {
				walk(member, one)
			}
		}
	}
	walk("", v)
}
