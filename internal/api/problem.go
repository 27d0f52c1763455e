package api

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"

	"parallax/internal/news"
)

// A Kind is what sort of Problem it is: its name in the address that is its type, RFC 9457 §3.1.1.
type Kind string

// The kinds of Problems.
const (
	ParameterKind Kind = "parameter"
	CursorKind    Kind = "cursor"
	NotFoundKind  Kind = "not-found"
	GoneKind      Kind = "gone"
	LegalKind     Kind = "legal"
	MethodKind    Kind = "method"
	TooManyKind   Kind = "too-many"
	FailedKind    Kind = "failed"
)

// A KindOf says what a Kind means. Kinds lists all, in the order of their status.
type KindOf struct {
	Kind   Kind
	Status int
	Title  string
	About  string // for people: what it means, and what to do
}

// Kinds are the kinds of Problems.
var Kinds = []KindOf{
	{ParameterKind, http.StatusBadRequest, "A parameter is not right", "`parameter` is its name, and `allowed` what may stand there, where that can be listed. Parameters that an operation does not have are errors, too."},
	{CursorKind, http.StatusBadRequest, "There is no such page of this list", "`after` is not what the hub gave in `next`, or belongs to another list. Begin with the first page."},
	{NotFoundKind, http.StatusNotFound, "Not found", "Nothing of this id is known to this hub, or it is not carried yet."},
	{MethodKind, http.StatusMethodNotAllowed, "The API can only be read", "It answers GET, HEAD and OPTIONS."},
	{GoneKind, http.StatusGone, "No longer carried", "It was withdrawn: `detail` says why. Delete what you have of it. `original` is where its outlet has it, `carried_from` and `carried_until` say when this hub carried it."},
	{TooManyKind, http.StatusTooManyRequests, "Too many requests", "Wait as many seconds as the field `Retry-After` says. `RateLimit` in every answer says how many requests are left."},
	{LegalKind, http.StatusUnavailableForLegalReasons, "Unavailable for legal reasons", "As `gone`, by law (RFC 7725): `demanded_by` demanded it under the law of `jurisdiction`; `order` is where that can be read."},
	{FailedKind, http.StatusInternalServerError, "The answer could not be made", "Something went wrong in the hub. Ask again in a few minutes."},
}

// A ProblemError is an error that the client is told.
type ProblemError struct {
	Kind   Kind
	Title  string // "": that of the kind
	Detail string
	More   map[string]any // further members
}

func (p *ProblemError) Error() string { return fmt.Sprintf("%s: %s", p.Kind, p.Detail) }

// of returns what its kind means.
func (p *ProblemError) of() KindOf {
	for _, k := range Kinds {
		if k.Kind == p.Kind {
			return k
		}
	}
	return Kinds[len(Kinds)-1]
}

// Write answers with the Problem. base is the address of the hub, on whose page /api its type is explained.
func (p *ProblemError) Write(w http.ResponseWriter, base string) {
	k := p.of()
	title := p.Title
	if title == "" {
		title = k.Title
	}
	members := map[string]any{"type": base + "/api#" + string(k.Kind), "title": title, "status": k.Status, "detail": p.Detail}
	maps.Copy(members, p.More)
	body, err := encode(members)
	if err != nil { // unreachable: members are strings, numbers, times and lists of these
		body = []byte("{}\n")
	}
	h := w.Header()
	Open(h)
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Robots-Tag", "noindex")
	if k.Status == http.StatusUnavailableForLegalReasons {
		// Who obeys is this hub (RFC 7725 §4), not who demands.
		h.Add("Link", "<"+base+`/about>; rel="blocked-by"`)
	}
	w.WriteHeader(k.Status)
	_, _ = w.Write(body)
}

// fail is the one place where errors become answers. What a client cannot have caused is logged;
// clients and what they asked for are not.
func (a *api) fail(w http.ResponseWriter, r *http.Request, err error) {
	p, ok := errors.AsType[*ProblemError](err)
	switch {
	case ok:
	case errors.Is(err, news.ErrNotFound):
		p = &ProblemError{Kind: NotFoundKind, Detail: "Nothing of this id is known to this hub."}
	case errors.Is(err, news.ErrCursor):
		p = &ProblemError{Kind: CursorKind, Detail: "What stands in after is not what this list gave as the next page.", More: map[string]any{"parameter": "after"}}
	case r.Context().Err() != nil:
		return // the client has gone
	default:
		a.Logger.ErrorContext(context.WithoutCancel(r.Context()), "api failed", "route", r.Pattern, "error", err)
		p = &ProblemError{Kind: FailedKind, Detail: "Something went wrong in the hub; it is not your doing."}
	}
	p.Write(w, a.Site.Base(r))
}

// wrong says that a parameter is not right, and what is allowed.
func wrong(name, detail string, allowed ...string) *ProblemError {
	p := &ProblemError{Kind: ParameterKind, Detail: detail, More: map[string]any{"parameter": name}}
	if len(allowed) > 0 {
		p.More["allowed"] = allowed
	}
	return p
}
