package api

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"parallax/internal/news"
	"parallax/internal/words"
)

const (
	// pageSize is how much a page of a list holds where nothing else is asked for, maxPage the most.
	pageSize, maxPage = 20, 100
	// maxID is the longest id, in bytes: those of sources are made by operators.
	maxID = 200
	// maxCursor is the longest cursor, maxQuery the longest search.
	maxCursor, maxQuery = 300, 200
)

// A param is a parameter of an operation.
type param struct {
	name    string
	doc     string
	inPath  bool
	must    bool
	example string
	schema  map[string]any // JSON Schema of its value
	// check says what is allowed where the value is not; "" where it is.
	check func(value string) string
}

func text(name, doc string, most int) param {
	return param{
		name: name, doc: doc, schema: map[string]any{"type": "string", "maxLength": most},
		check: func(v string) string {
			if utf8.RuneCountInString(v) > most {
				return fmt.Sprintf("at most %d characters", most)
			}
			return ""
		},
	}
}

func number(name, doc string, least, most, otherwise int) param {
	return param{
		name: name, doc: doc, schema: map[string]any{"type": "integer", "minimum": least, "maximum": most, "default": otherwise},
		check: func(v string) string {
			if n, err := strconv.Atoi(v); err != nil || n < least || n > most || strconv.Itoa(n) != v {
				return fmt.Sprintf("a whole number from %d to %d", least, most)
			}
			return ""
		},
	}
}

func choice(name, doc string, choices ...string) param {
	return param{
		name: name, doc: doc, schema: map[string]any{"type": "string", "enum": choices, "default": choices[0]},
		check: func(v string) string {
			if !slices.Contains(choices, v) {
				return "one of " + strings.Join(choices, ", ")
			}
			return ""
		},
	}
}

// moment is a time: RFC 3339, or a day in UTC.
func moment(name, doc string) param {
	return param{
		name: name, doc: doc + " RFC 3339, or a day (UTC).", example: "2026-11-01T08:00:00Z",
		schema: map[string]any{"type": "string", "pattern": `^\d{4}-\d{2}-\d{2}(T.*)?$`},
		check: func(v string) string {
			if _, err := readMoment(v); err != nil {
				return "a time such as 2026-11-01T08:00:00Z, or a day such as 2026-11-01"
			}
			return ""
		},
	}
}

func readMoment(v string) (time.Time, error) {
	if t, err := time.Parse(time.DateOnly, v); err == nil {
		return t, nil
	}
	return time.Parse(time.RFC3339, v)
}

// id is an id in the path.
func id(doc string) param {
	p := text("id", doc, maxID)
	p.inPath, p.must = true, true
	return p
}

// required is p, without which nothing is answered.
func required(p param) param {
	p.must = true
	return p
}

// list are the parameters of every list, after its own.
func list(own ...param) []param {
	return append(own,
		number("limit", "How many to give at most.", 1, maxPage, pageSize),
		text("after", "What stands in `next` of the page before. It is for the hub alone: do not make one.", maxCursor))
}

// A request is one that was read: its parameters are as the operation has them.
type request struct {
	*http.Request
	*api
	hub    *Hub
	base   string
	op     *operation
	values map[string]string
}

// read checks the parameters of a request.
func (a *api) read(r *http.Request, op *operation) (*request, error) {
	q := &request{Request: r, api: a, op: op, base: a.Site.Base(r), values: map[string]string{}}
	given, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, &ProblemError{Kind: ParameterKind, Detail: "What follows the question mark cannot be read: a % stands for itself only as %25, a ; as %3B."}
	}
	var names []string
	for _, p := range op.params {
		if p.inPath {
			given[p.name] = []string{r.PathValue(p.name)}
			continue
		}
		names = append(names, p.name)
	}
	for name := range given {
		if !slices.ContainsFunc(op.params, func(p param) bool { return p.name == name }) {
			return nil, unknown(name, names)
		}
	}
	for _, p := range op.params {
		values := given[p.name]
		if len(values) == 0 || values[0] == "" {
			if p.must {
				return nil, wrong(p.name, p.name+" is missing: "+p.doc)
			}
			if len(values) == 0 {
				continue
			}
		}
		v := values[0]
		switch allowed := p.check(v); {
		case len(values) > 1:
			return nil, wrong(p.name, p.name+" is there more than once.")
		case !clean(v) && p.inPath:
			return nil, news.ErrNotFound // nothing has such an id
		case !clean(v):
			return nil, wrong(p.name, p.name+" holds what is no text in UTF-8, or control characters.")
		case allowed != "":
			choices, _ := p.schema["enum"].([]string)
			return nil, wrong(p.name, fmt.Sprintf("%s = %q is not %s%s", p.name, news.Cut(v, 60), allowed, suggest(v, choices)), choices...)
		}
		q.values[p.name] = v
	}
	if q.hub, err = a.Site.Hub(r.Context()); err != nil {
		return nil, err
	}
	return q, nil
}

func unknown(name string, names []string) *ProblemError {
	p := wrong(news.Cut(strings.ToValidUTF8(name, "?"), 60), "", names...)
	p.Detail = fmt.Sprintf("There is no parameter %q here%s", p.More["parameter"], suggest(name, names))
	return p
}

// clean reports whether a value is what people and programs write: text without control characters.
func clean(v string) bool { return utf8.ValidString(v) && !strings.ContainsFunc(v, unicode.IsControl) }

// suggest ends a sentence with what may have been meant.
func suggest(word string, candidates []string) string {
	if best := words.Nearest(word, candidates, max(len(word)/3, 2)); best != "" {
		return fmt.Sprintf("; did you mean %q?", best)
	}
	return "."
}

// number returns the value of a parameter that is a number, or what stands for it.
func (q *request) number(name string) int {
	if n, err := strconv.Atoi(q.values[name]); err == nil {
		return n
	}
	for _, p := range q.op.params {
		if n, ok := p.schema["default"].(int); ok && p.name == name {
			return n
		}
	}
	return 0
}

// moment returns the value of a parameter that is a time; the zero time where it is not there.
func (q *request) moment(name string) time.Time {
	t, err := readMoment(q.values[name])
	if err != nil {
		return time.Time{}
	}
	return t
}

// page returns the address of the page of a list that follows cursor; "" where none does.
func (q *request) page(cursor string) string {
	if cursor == "" {
		return ""
	}
	next := url.Values{}
	for _, p := range q.op.params {
		if v := q.values[p.name]; v != "" && !p.inPath {
			next.Set(p.name, v)
		}
	}
	next.Set("after", cursor)
	return q.base + q.URL.EscapedPath() + "?" + next.Encode()
}

// at is the address of something of the API.
func (q *request) at(parts ...string) string {
	var b strings.Builder
	b.WriteString(q.base + Root)
	for _, p := range parts {
		b.WriteString("/" + url.PathEscape(p))
	}
	return b.String()
}

// source returns the source that a parameter names, nil where it names none.
func (q *request) source(name string) (*news.Source, error) {
	v := q.values[name]
	if v == "" {
		return nil, nil //nolint:nilnil // there need not be one
	}
	if src := q.hub.Sources[v]; src != nil {
		return src, nil
	}
	ids := make([]string, 0, len(q.hub.List))
	for _, src := range q.hub.List {
		ids = append(ids, src.ID)
	}
	return nil, wrong(name, fmt.Sprintf("There is no source %q%s", news.Cut(v, 60), suggest(v, ids)))
}

// lens returns the lens with an id; where that is "", the first that the operator declared, else the first.
func (q *request) lens(name, id string) (*news.Lens, error) {
	var ids []string
	for i := range q.hub.Lenses {
		l := &q.hub.Lenses[i]
		if l.ID == id || id == "" && !l.BuiltIn {
			return l, nil
		}
		ids = append(ids, l.ID)
	}
	if id == "" && len(q.hub.Lenses) > 0 {
		return &q.hub.Lenses[0], nil
	}
	return nil, wrong(name, fmt.Sprintf("There is no lens %q%s", news.Cut(id, 60), suggest(id, ids)), ids...)
}

// side returns the sources on the side that a parameter names as LENS:SIDE; all is true where it names none.
func (q *request) side(name string) (ids []string, all bool, err error) {
	v := q.values[name]
	if v == "" {
		return nil, true, nil
	}
	lensID, sideID, ok := strings.Cut(v, ":")
	if !ok {
		return nil, false, wrong(name, fmt.Sprintf("%s = %q is not a lens and a side of it, such as %s.", name, news.Cut(v, 60), q.exampleSide()))
	}
	lens, err := q.lens(name, lensID)
	if err != nil {
		return nil, false, err
	}
	var sides []string
	for _, sd := range append(slices.Clone(lens.Sides), notStated) {
		sides = append(sides, lens.ID+":"+sd.ID)
	}
	if !slices.Contains(sides, v) {
		return nil, false, wrong(name, fmt.Sprintf("The lens %q has no side %q%s", lens.ID, news.Cut(sideID, 60), suggest(v, sides)), sides...)
	}
	ids = []string{}
	for _, src := range q.hub.List {
		if lens.SideOf(src) == sideID {
			ids = append(ids, src.ID)
		}
	}
	return ids, false, nil
}

func (q *request) exampleSide() string {
	if lens, err := q.lens("side", ""); err == nil && len(lens.Sides) > 0 {
		return lens.ID + ":" + lens.Sides[0].ID
	}
	return "control:public"
}

// inLanguage reports whether a tag is in the language that is asked for: "pt" finds "pt-BR".
func inLanguage(tag, asked string) bool {
	tag, asked = strings.ToLower(tag), strings.ToLower(asked)
	return asked == "" || tag == asked || strings.HasPrefix(tag, asked+"-")
}

// gather reads pages of a list until one is at least half full of what is kept, and maxRounds at
// most: a filter that keeps little shall not make one request read everything. The list goes on
// after next, even if it is short.
func gather[T any](limit int, after string, read func(limit int, after string) ([]T, string, error), keep func([]T) ([]T, error)) (kept []T, next string, err error) {
	for range maxRounds {
		page, next, err := read(limit-len(kept), after)
		if err != nil {
			return nil, "", err
		}
		if page, err = keep(page); err != nil {
			return nil, "", err
		}
		kept, after = append(kept, page...), next
		if next == "" || 2*len(kept) >= limit {
			break
		}
	}
	return kept, after, nil
}

// maxRounds is how many pages are read for one that is given.
const maxRounds = 8
