package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"parallax/internal/api"
	"parallax/internal/news"
	"parallax/internal/web"
	"parallax/internal/webtest"
)

// A contract holds answers to the OpenAPI document: nothing that is not in it, and everything that is.
type contract struct {
	router routers.Router
	doc    *openapi3.T
	seen   map[string]bool // operations, with the status
}

func contractOf(t *testing.T, h http.Handler) *contract {
	t.Helper()
	text := get(t, h, "/openapi.json").body
	// Members that are not described are allowed by the document, for some may be added; here they are not.
	var strict any
	if err := json.Unmarshal(text, &strict); err != nil {
		t.Fatal(err)
	}
	closeObjects(strict)
	closed, err := json.Marshal(strict)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range [][]byte{text, closed} {
		doc, err := openapi3.NewLoader().LoadFromData(text)
		if err != nil {
			t.Fatalf("the document cannot be read: %v", err)
		}
		if err := doc.Validate(t.Context(), openapi3.IsOpenAPI31OrLater()); err != nil {
			t.Fatalf("the document is not OpenAPI 3.1: %v", err)
		}
		if bytes.Equal(text, closed) {
			router, err := legacy.NewRouter(doc)
			if err != nil {
				t.Fatal(err)
			}
			return &contract{router, doc, map[string]bool{}}
		}
	}
	return nil // unreachable: the loop returns
}

// closeObjects forbids members that a schema does not have.
func closeObjects(v any) {
	switch v := v.(type) {
	case map[string]any:
		if v["type"] == "object" && v["properties"] != nil && v["additionalProperties"] == nil {
			v["additionalProperties"] = false
		}
		for _, part := range v {
			closeObjects(part)
		}
	case []any:
		for _, part := range v {
			closeObjects(part)
		}
	}
}

// check asks, and holds request and answer to the document.
func (c *contract) check(t *testing.T, h http.Handler, target string, status int) answer {
	t.Helper()
	a := get(t, h, target)
	if a.StatusCode != status {
		t.Errorf("%s: %d, want %d: %s", target, a.StatusCode, status, a.body)
		return a
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, api.Root+target, nil)
	route, params, err := c.router.FindRoute(r)
	if err != nil {
		t.Errorf("%s: %v", target, err)
		return a
	}
	in := &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route}
	if err := openapi3filter.ValidateRequest(t.Context(), in); err != nil && status != http.StatusBadRequest && !strings.Contains(target, "q=") {
		t.Errorf("%s: the request: %v", target, err)
	}
	out := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: a.StatusCode, Header: a.Header,
		Options: &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true},
	}
	out.SetBodyBytes(a.body)
	if err := openapi3filter.ValidateResponse(t.Context(), out); err != nil {
		t.Errorf("%s: the answer: %v", target, err)
	}
	c.seen[fmt.Sprint(route.Operation.OperationID, " ", status)] = true
	return a
}

// Every operation of the document is answered as it says, in every status that the World has.
func TestContract(t *testing.T) {
	t.Parallel()
	w := webtest.New()
	var log bytes.Buffer
	h := serve(t, w, func(o *web.Options) { o.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
	c := contractOf(t, h)
	for _, target := range []string{
		"/", "/openapi.json", "/sources", "/sources?state=withdrawn&country=CH&language=en&side=river:elsewhere", "/items", "/items?source=tarn&since=2026-11-01",
		"/articles", "/articles?side=river:south&since=2026-11-12T01:00:00Z&until=2026-11-13&language=en", "/articles?source=tarn&story=weir", "/articles?source=tarn&side=river:south",
		"/stories", "/stories?sort=first&lens=control&min_owners=2&min_sides=2&language=ar", "/stories?sort=last&since=2026-11-12", "/stories?since=2026-11-12T12:00:00%2B02:00",
		"/lenses", "/search?q=weir+villages", "/search?q=zeppelin",
	} {
		c.check(t, h, target, http.StatusOK)
	}
	for _, src := range w.SourceList {
		c.check(t, h, "/sources/"+src.ID, http.StatusOK)
		status := http.StatusOK
		if src.ID == "old-mill" {
			status = http.StatusGone
		}
		c.check(t, h, "/sources/"+src.ID+"/articles?limit=3&language=en&since=2026-01-01&until=2027-01-01", status)
	}
	for _, l := range w.Lenses() {
		c.check(t, h, "/lenses/"+l.ID, http.StatusOK)
	}
	k := &news.Takedown{Kind: news.TakenArticle, Target: article(w, "tarn", 0), At: webtest.Hours(1), Why: "Ordered.", Legal: true, By: "Court of Pell", Jurisdiction: "Norrland", URL: "https://court.example/1"}
	w.TakenDown = map[string]*news.Takedown{k.Target: k}
	w.ByID[k.Target].Purged = k.At
	for _, id := range w.Order {
		a, status := w.ByID[id], http.StatusOK
		switch {
		case id == k.Target:
			status = http.StatusUnavailableForLegalReasons
		case a.SourceID == "old-mill":
			status = http.StatusGone
		}
		for _, below := range []string{"", "/revisions", "/why"} {
			c.check(t, h, "/articles/"+id+below, status)
		}
		if status != http.StatusOK {
			status = http.StatusNotFound // an item that is gone leaves no trace
		}
		c.check(t, h, "/items/"+w.ItemOf(a).ID, status)
		switch status = http.StatusOK; a.StoryID {
		case "mill":
			status = http.StatusGone
		}
		if a.StoryID != "" {
			c.check(t, h, "/stories/"+a.StoryID, status)
			for _, l := range w.Lenses() {
				c.check(t, h, "/stories/"+a.StoryID+"/comparison?lens="+l.ID, status)
			}
		}
	}
	// A story of which all is withheld by law.
	only := article(w, "tarn", 2)
	w.ByID[only].Purged, w.TakenDown[only] = k.At, k
	c.check(t, h, "/stories/"+w.ByID[only].StoryID, http.StatusUnavailableForLegalReasons)
	c.check(t, h, "/stories/"+w.ByID[only].StoryID+"/comparison", http.StatusUnavailableForLegalReasons)
	for _, p := range []string{"", "/comparison"} {
		a := c.check(t, h, "/stories/weirmergedstory"+p, http.StatusPermanentRedirect)
		if got, want := a.Header.Get("Location"), "https://hub.example"+api.Root+"/stories/weir"+p; got != want {
			t.Errorf("the merged story is at %s, want %s", got, want)
		}
	}
	for _, target := range []string{"/sources/nobody", "/sources/nobody/articles", "/items/x", "/articles/x", "/articles/x/revisions", "/articles/x/why", "/stories/x", "/stories/x/comparison", "/lenses/x"} {
		c.check(t, h, target, http.StatusNotFound)
	}
	src, _ := w.Source(t.Context(), "tarn")
	src.TakenDown, w.TakenDown["tarn"] = k.At, &news.Takedown{Kind: news.TakenSource, Target: "tarn", At: k.At, Why: "Ordered.", Legal: true, By: "Court of Pell", Jurisdiction: "Norrland"}
	a := c.check(t, h, "/sources/tarn/articles", http.StatusUnavailableForLegalReasons)
	if link := a.Header.Get("Link"); link != `<https://hub.example/about>; rel="blocked-by"` {
		t.Errorf("451 with Link %q", link)
	}
	src, _ = w.Source(t.Context(), "meridian")
	src.Carriage.From = webtest.Now.Add(time.Hour)
	c.check(t, h, "/sources/meridian/articles", http.StatusNotFound)
	c.check(t, h, "/articles/"+article(w, "meridian", 0), http.StatusNotFound)
	if log.Len() > 0 {
		t.Errorf("log: %s", log.String())
	}
	w.Err = io.ErrUnexpectedEOF
	h = serve(t, w)
	for path, item := range c.doc.Paths.Map() {
		target := strings.NewReplacer("{id}", "weir").Replace(path)
		if path == "/search" {
			target += "?q=weir"
		}
		c.check(t, h, target, http.StatusInternalServerError)
		c.check(t, h, path+"?nonsense=1", http.StatusBadRequest)
		op := item.Get
		for status := range op.Responses.Map() {
			if key := op.OperationID + " " + status; !c.seen[key] && status != "304" && status != "429" {
				t.Errorf("the document has %s, and nothing here answers so", key)
			}
		}
	}
}

// What does not conform is noticed: an answer that lacks a member, has one more, or one of another type.
func TestContractNotices(t *testing.T) {
	t.Parallel()
	h := serve(t, webtest.New())
	c := contractOf(t, h)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, api.Root+"/lenses", nil)
	route, params, err := c.router.FindRoute(r)
	if err != nil {
		t.Fatal(err)
	}
	for body, ok := range map[string]bool{
		`{"lenses": []}`: true, `{}`: false, `{"lenses": [], "more": 1}`: false, `{"lenses": {}}`: false, `{"lenses": null}`: false, `[]`: false,
		`{"lenses": [{"id": "a", "title": "A", "built_in": true, "sides": []}]}`: true, `{"lenses": [{"id": "a", "title": "A", "built_in": "yes", "sides": []}]}`: false,
	} {
		out := &openapi3filter.ResponseValidationInput{
			RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route},
			Status:                 http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}},
		}
		out.SetBodyBytes([]byte(body))
		if err := openapi3filter.ValidateResponse(t.Context(), out); (err == nil) != ok {
			t.Errorf("%s: %v", body, err)
		}
	}
}
