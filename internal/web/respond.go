package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"

	"parallax/internal/news"
)

// A pageError is an error that readers are told about, on a page of their own.
type pageError struct {
	Status int
	Title  string
	Text   string
	More   map[string]any // further members of the error as data
}

func (e *pageError) Error() string { return fmt.Sprintf("%d %s", e.Status, e.Title) }

func notFound(title, text string) error {
	return &pageError{Status: http.StatusNotFound, Title: title, Text: text}
}

func badRequest(title, text string) error {
	return &pageError{Status: http.StatusBadRequest, Title: title, Text: text}
}

// fail is the one place where errors become pages. What a reader cannot have caused is
// logged; readers and what they asked for are not.
func (s *site) fail(w http.ResponseWriter, r *http.Request, err error) {
	var pe *pageError
	switch {
	case errors.As(err, &pe):
	case errors.Is(err, news.ErrNotFound):
		pe = &pageError{Status: http.StatusNotFound, Title: "Not found", Text: "Nothing of this name is known to this hub."}
	case errors.Is(err, news.ErrCursor):
		pe = &pageError{Status: http.StatusBadRequest, Title: "There is no such page of this list", Text: "Its address was changed on the way. The list itself is there: begin with its first page."}
	case r.Context().Err() != nil:
		return // the reader has gone
	default:
		s.Logger.ErrorContext(context.WithoutCancel(r.Context()), "page failed", "route", r.Pattern, "error", err)
		pe = &pageError{
			Status: http.StatusInternalServerError, Title: "This page could not be made",
			Text: "Something went wrong in the hub; it is not your doing. Please try again in a few minutes.",
		}
	}
	s.mark(w, r, pe.Status)
	if wantsData(r) {
		s.failData(w, r, pe)
		return
	}
	p := &errorPage{frame: s.frame(r, pe.Title), Status: pe.Status, Text: pe.Text}
	p.NoIndex = true
	body, err := s.execute("error", p)
	if err != nil { // unreachable: the template is tested with every status
		http.Error(w, pe.Title, pe.Status)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(pe.Status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the reader may be gone
	}
}

// failData answers with the error as data, see RFC 9457.
func (s *site) failData(w http.ResponseWriter, r *http.Request, pe *pageError) {
	members := map[string]any{"title": pe.Title, "detail": pe.Text, "status": pe.Status}
	maps.Copy(members, pe.More)
	body, err := json.Marshal(members)
	if err != nil { // unreachable: these are strings, numbers and times
		http.Error(w, pe.Title, pe.Status)
		return
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.WriteHeader(pe.Status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(append(body, '\n')) // the reader may be gone
	}
}

// An errorPage says what went wrong.
type errorPage struct {
	frame
	Status int
	Text   string
}

// render answers with the page made of the template of this name.
func (s *site) render(w http.ResponseWriter, r *http.Request, name string, p any) error {
	body, err := s.execute(name, p)
	if err != nil {
		return err
	}
	s.send(w, r, "text/html; charset=utf-8", body)
	return nil
}

func (s *site) execute(name string, p any) ([]byte, error) {
	var b bytes.Buffer
	if err := s.pages[name].ExecuteTemplate(&b, "layout", p); err != nil {
		return nil, fmt.Errorf("make page %s: %w", name, err)
	}
	return tidy(b.Bytes()), nil
}

// tidy drops the indentation and empty lines that templates leave: a tenth of a page.
// Nothing on our pages depends on white space at the start of a line: there is no
// <pre> but in foreign text, whose line breaks sanitize keeps inside <pre>.
func tidy(page []byte) []byte {
	if bytes.Contains(page, []byte("<pre")) {
		return page
	}
	out := make([]byte, 0, len(page))
	for line := range bytes.Lines(page) {
		if line = bytes.TrimLeft(line, " \t"); len(bytes.TrimSpace(line)) > 0 {
			out = append(out, line...)
		}
	}
	return out
}

func (s *site) plain(w http.ResponseWriter, r *http.Request, status int, text string) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write([]byte(text)) //nolint:gosec // plain text; the reader may be gone
	}
	return nil
}

// maxAge is for how long a page may be kept without asking again: what is withdrawn
// vanishes from caches after at most this time.
const maxAge = "public, max-age=60"

// compressFrom is from what size on compressing is worth it: less fits one packet anyway.
const compressFrom = 1400

// compressible reports whether a body of this type shrinks: pictures are compressed already.
func compressible(contentType string) bool {
	return !strings.HasPrefix(contentType, "image/") || strings.HasPrefix(contentType, "image/svg")
}

// send answers with body. Pages tell how long ago something was, so most read differently
// from one minute to the next, and a reader is spared nothing but asking again within it;
// feeds hold no such times. Compressing, and the answer to a reader who has it already, are
// the shelf's.
func (s *site) send(w http.ResponseWriter, r *http.Request, contentType string, body []byte) {
	etag, now := etagOf(body), s.Now()
	modified := s.seen.since(r.URL.RequestURI(), etag, now)
	if now.Sub(modified) < time.Second {
		// The date has whole seconds, and another version may come within this one: who had only
		// the date would be told that nothing changed (RFC 9110 §8.8.2.2).
		modified = time.Time{}
	}
	answerWith(w, contentType, body, etag, modified)
}

// sendFile answers like send with what is the same as long as the program runs.
func (s *site) sendFile(w http.ResponseWriter, contentType string, body []byte) {
	answerWith(w, contentType, body, etagOf(body), s.started)
}

func etagOf(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:8])
}

func answerWith(w http.ResponseWriter, contentType string, body []byte, etag string, modified time.Time) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Add("Vary", "Accept-Encoding")
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", maxAge)
	}
	h.Set("ETag", `"`+etag+`"`)
	if !modified.IsZero() {
		h.Set("Last-Modified", modified.UTC().Format(http.TimeFormat))
	}
	_, _ = w.Write(body) //nolint:gosec // into the shelf; pages are made by html/template, which escapes
}

// maxSeen is for how many addresses the hub remembers since when they read as they do.
const maxSeen = 4096

// seen remembers since when a page reads as it does. The newest date on a page would
// not do for Last-Modified: withdrawing an article changes the page and no date. What
// is forgotten counts as changed just now, which costs one answer in full.
//
// It keeps hashes, not addresses: these come from readers, are as long as they like,
// and say what they searched for. What it takes is bounded, some 100 bytes a page. The
// host is not part of an address: readers choose it as they like, too.
type seen struct {
	mu    sync.Mutex // guards pages
	pages map[digest]version
	limit int
}

// A digest stands for an address: the first half of its SHA-256.
type digest [16]byte

type version struct {
	etag string
	at   time.Time
}

func newSeen(limit int) *seen { return &seen{pages: map[digest]version{}, limit: limit} }

// since returns since when the page at address reads as the one with this etag does.
func (s *seen) since(address, etag string, now time.Time) time.Time {
	sum := sha256.Sum256([]byte(address))
	page := digest(sum[:16])
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.pages[page]
	if ok && v.etag == etag {
		return v.at
	}
	if !ok && len(s.pages) >= s.limit {
		for old := range s.pages { // any one
			delete(s.pages, old)
			break
		}
	}
	s.pages[page] = version{etag, now}
	return now
}
