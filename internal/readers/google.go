package readers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"parallax/internal/news"
)

const (
	googleRoot = "/greader"
	state      = "user/-/state/com.google/"
	label      = "user/-/label/"
	longID     = "tag:google.com,2005:reader/item/"
	// defaultItems and defaultIDs are how many a program gets that does not say how many.
	defaultItems = 20
	defaultIDs   = 1000
)

// A call answers a request of a reader.
type call func(rd *reader, w http.ResponseWriter, r *http.Request) error

func (s *server) googleReader(mux *http.ServeMux) {
	mux.HandleFunc(googleRoot+"/accounts/ClientLogin", s.clientLogin)
	api := func(pattern string, f call) {
		method, path, found := strings.Cut(pattern, " ")
		if !found {
			method, path = "", pattern
		} else {
			method += " "
		}
		mux.HandleFunc(method+googleRoot+"/reader/api/0/"+path, s.answers(f))
	}
	api("GET token", (*reader).token)
	api("POST token", (*reader).token)
	api("GET user-info", (*reader).userInfo)
	api("GET tag/list", (*reader).tagList)
	api("GET subscription/list", (*reader).subscriptionList)
	api("GET unread-count", (*reader).unreadCount)
	api("GET preference/list", func(_ *reader, w http.ResponseWriter, _ *http.Request) error {
		return sendJSON(w, map[string]any{"prefs": []any{}})
	})
	api("GET preference/stream/list", func(_ *reader, w http.ResponseWriter, _ *http.Request) error {
		return sendJSON(w, map[string]any{"streamprefs": map[string]any{}})
	})
	for _, method := range []string{"GET", "POST"} { // many ids go into a body
		api(method+" stream/items/ids", (*reader).itemIDs)
		api(method+" stream/items/contents", (*reader).itemContents)
	}
	api("GET stream/contents/{stream...}", (*reader).streamContents)
	api("GET stream/contents", (*reader).streamContents)
	mux.HandleFunc("GET "+googleRoot+"/reader/atom/{stream...}", s.answers((*reader).streamAtom))
	api("POST edit-tag", (*reader).editTag)
	api("POST mark-all-as-read", (*reader).markAllAsRead)
	refused := func(*reader, http.ResponseWriter, *http.Request) error {
		return &answerError{http.StatusForbidden, "the operator of this hub says which outlets there are, and under which names"}
	}
	for _, path := range []string{"subscription/edit", "subscription/quickadd", "rename-tag", "disable-tag"} {
		api("POST "+path, refused)
	}
}

// answers calls f with the reader who asks.
func (s *server) answers(f call) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		rd, err := s.loggedIn(r)
		if err == nil {
			err = f(rd, w, r)
		}
		if err != nil {
			s.fail(w, r, err)
		}
	}
}

// clientLogin gives the token for a name and a password.
func (s *server) clientLogin(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		s.fail(w, r, formError(err))
		return
	}
	token := tokenOf(r.Form.Get("Email"), r.Form.Get("Passwd"))
	_, err := s.account(r.Context(), token, tokenHash)
	switch {
	case errors.Is(err, news.ErrNotFound):
		s.fail(w, r, &answerError{http.StatusUnauthorized, "Error=BadAuthentication"})
	case err != nil:
		s.fail(w, r, err)
	default:
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = fmt.Fprintf(w, "SID=%[1]s\nLSID=%[1]s\nAuth=%[1]s\n", token) //nolint:gosec // plain text, of hexadecimal digits
	}
}

// loggedIn returns the reader whose token the request shows.
func (s *server) loggedIn(r *http.Request) (*reader, error) {
	if err := r.ParseForm(); err != nil {
		return nil, formError(err)
	}
	scheme, auth, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	token, found := strings.CutPrefix(strings.TrimSpace(auth), "auth=")
	denied := &answerError{http.StatusUnauthorized, "log in at accounts/ClientLogin, and send Authorization: GoogleLogin auth=TOKEN"}
	if !found || !strings.EqualFold(scheme, "GoogleLogin") {
		return nil, denied
	}
	account, err := s.account(r.Context(), token, tokenHash)
	switch {
	case errors.Is(err, news.ErrNotFound):
		return nil, denied
	case err != nil:
		return nil, err
	}
	return s.reader(r, account)
}

func formError(err error) error {
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return err
	}
	return bad("the form cannot be read: %v", err)
}

// token gives what programs send back as T when they change something, against requests that
// other sites forge. Ours send the Authorization header with each, which no other site can.
func (rd *reader) token(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = fmt.Fprint(w, rd.account.TokenHash[:32]) //nolint:gosec // plain text, of hexadecimal digits
	return nil
}

func (rd *reader) userInfo(w http.ResponseWriter, _ *http.Request) error {
	name := rd.account.Name
	return sendJSON(w, map[string]string{"userId": name, "userName": name, "userProfileId": name, "userEmail": ""})
}

type tagJSON struct {
	ID   string `json:"id"`
	Type string `json:"type,omitempty"`
}

func (rd *reader) tagList(w http.ResponseWriter, _ *http.Request) error {
	tags := []tagJSON{{ID: state + "starred"}}
	for _, f := range rd.folders {
		tags = append(tags, tagJSON{label + f.title, "folder"})
	}
	return sendJSON(w, map[string]any{"tags": tags})
}

type subscriptionJSON struct {
	ID         string         `json:"id"`
	Title      string         `json:"title"`
	Categories []categoryJSON `json:"categories"`
	URL        string         `json:"url"`
	HTMLURL    string         `json:"htmlUrl"`
	IconURL    string         `json:"iconUrl"`
}

type categoryJSON struct {
	ID    string `json:"id"`
	Label string `json:"label"`
}

func (rd *reader) subscriptionList(w http.ResponseWriter, _ *http.Request) error {
	list := []subscriptionJSON{}
	for _, src := range rd.list {
		page := rd.hub + "/source/" + url.PathEscape(src.ID)
		s := subscriptionJSON{
			ID: "feed/" + src.ID, Title: src.Name, Categories: []categoryJSON{},
			URL: page + "/feed.atom", HTMLURL: src.Home, IconURL: rd.icon(src),
		}
		if f := rd.of(src.ID); f != "" {
			s.Categories = append(s.Categories, categoryJSON{label + f, f})
		}
		list = append(list, s)
	}
	return sendJSON(w, map[string]any{"subscriptions": list})
}

type countJSON struct {
	ID     string `json:"id"`
	Count  int    `json:"count"`
	Newest string `json:"newestItemTimestampUsec"`
}

func (rd *reader) unreadCount(w http.ResponseWriter, r *http.Request) error {
	unread, err := rd.Store.Unread(r.Context(), rd.account.Name, rd.now)
	if err != nil {
		return err
	}
	counts := map[string]*news.Unread{}
	var order []string
	count := func(stream string, u news.Unread) {
		c := counts[stream]
		if c == nil {
			c = &news.Unread{}
			counts[stream] = c
			order = append(order, stream)
		}
		c.Articles += u.Articles
		if u.Newest.After(c.Newest) {
			c.Newest = u.Newest
		}
	}
	for _, u := range unread {
		count(state+"reading-list", u)
		if f := rd.of(u.SourceID); f != "" {
			count(label+f, u)
		}
		count("feed/"+u.SourceID, u)
	}
	list := []countJSON{}
	for _, id := range order {
		list = append(list, countJSON{id, counts[id].Articles, usec(counts[id].Newest)})
	}
	return sendJSON(w, map[string]any{"max": maxIDs, "unreadcounts": list})
}

func usec(t time.Time) string { return strconv.FormatInt(t.UnixMicro(), 10) }

// narrow narrows q to a stream, or to what is not in it.
func (rd *reader) narrow(q *news.MarkedQuery, stream string, without bool) error {
	name := stream
	if i := strings.Index(stream, "/state/"); strings.HasPrefix(stream, "user/") && i > 0 {
		name = "user/-" + stream[i:] // user/1/state/… is the same as user/-/state/…
	} else if i := strings.Index(stream, "/label/"); strings.HasPrefix(stream, "user/") && i > 0 {
		name = "user/-" + stream[i:]
	}
	of, isFeed := strings.CutPrefix(name, "feed/")
	title, isLabel := strings.CutPrefix(name, label)
	switch {
	case name == state+"reading-list" && !without:
	case name == state+"read":
		q.Read, q.Unread = q.Read || !without, q.Unread || without
	case name == state+"kept-unread":
		q.Read, q.Unread = q.Read || without, q.Unread || !without
	case name == state+"starred" && !without:
		q.Starred = true
	case without:
		return bad("xt=%q: only what is read, or not, can be left out", news.Cut(stream, 80))
	case isFeed:
		if rd.sources[of] == nil {
			return &answerError{http.StatusNotFound, fmt.Sprintf("there is no stream %q: the hub carries no such outlet", news.Cut(stream, 80))}
		}
		q.SourceIDs = []string{of}
	case isLabel:
		i := slices.IndexFunc(rd.folders, func(f folder) bool { return f.title == title })
		if i < 0 {
			return &answerError{http.StatusNotFound, fmt.Sprintf("there is no stream %q", news.Cut(stream, 80))}
		}
		q.SourceIDs = ids(rd.folders[i].sources)
	case strings.HasPrefix(name, state): // like, broadcast, tracking-...: nobody has any
		q.Numbers = []int64{}
	default:
		return bad("there is no stream %q: streams are %sreading-list, read and starred, feed/ID and %sNAME", news.Cut(stream, 80), state, label)
	}
	return nil
}

// query reads what a request asks for of a stream.
func (rd *reader) query(r *http.Request, stream string, n, most int) (news.MarkedQuery, error) {
	f := r.Form
	q := news.MarkedQuery{Account: rd.account.Name, Now: rd.now, Limit: n, OldestFirst: f.Get("r") == "o"}
	if stream == "" {
		stream = state + "reading-list"
	}
	if err := rd.narrow(&q, stream, false); err != nil {
		return q, err
	}
	for _, it := range f["it"] {
		if err := rd.narrow(&q, it, false); err != nil {
			return q, err
		}
	}
	for _, xt := range f["xt"] {
		if err := rd.narrow(&q, xt, true); err != nil {
			return q, err
		}
	}
	for name, set := range map[string]func(int64){
		"n":  func(v int64) { q.Limit = int(min(max(v, 1), int64(most))) },
		"ot": func(v int64) { q.From = time.Unix(v, 0) },
		"nt": func(v int64) { q.To = time.Unix(v, 0).Add(time.Second) }, // it is within
		"c": func(v int64) {
			if q.OldestFirst {
				q.Above = v
			} else {
				q.Below = v
			}
		},
	} {
		text := f.Get(name)
		if text == "" {
			continue
		}
		v, err := strconv.ParseInt(text, 10, 64)
		if err != nil || v < 0 || v > maxSeconds && name != "c" {
			return q, bad("%s=%q is not a number that makes sense here", name, news.Cut(text, 40))
		}
		set(v)
	}
	return q, nil
}

// maxSeconds is the latest time that is understood: the end of the year 9999.
const maxSeconds = 253_402_300_799

// page asks for one more than a page holds, and returns the continuation where there is more.
func (rd *reader) page(ctx context.Context, q news.MarkedQuery) (list []news.Marked, next string, err error) {
	n := q.Limit
	q.Limit++
	if list, err = rd.Store.Marked(ctx, q); err != nil || len(list) <= n {
		return list, "", err
	}
	list = list[:n]
	return list, strconv.FormatInt(list[n-1].N, 10), nil
}

type itemRef struct {
	ID string `json:"id"`
}

func (rd *reader) itemIDs(w http.ResponseWriter, r *http.Request) error {
	q, err := rd.query(r, r.Form.Get("s"), defaultIDs, maxIDs)
	if err != nil {
		return err
	}
	list, next, err := rd.page(r.Context(), q)
	if err != nil {
		return err
	}
	answer := struct {
		ItemRefs     []itemRef `json:"itemRefs"`
		Continuation string    `json:"continuation,omitempty"`
	}{[]itemRef{}, next}
	for _, m := range list {
		answer.ItemRefs = append(answer.ItemRefs, itemRef{strconv.FormatInt(m.N, 10)})
	}
	return sendJSON(w, answer)
}

// numberOf reads the id of an article: decimal, or hexadecimal after its long prefix or in
// sixteen digits.
func numberOf(id string) (int64, error) {
	digits, long := strings.CutPrefix(id, longID)
	base := 10
	if long || len(digits) == 16 {
		base = 16
	}
	n, err := strconv.ParseInt(digits, base, 64)
	if err != nil {
		return 0, bad("i=%q is not the id of an item", news.Cut(id, 80))
	}
	return n, nil
}

func numbers(r *http.Request, most int) ([]int64, error) {
	list := make([]int64, 0, len(r.Form["i"]))
	for _, id := range r.Form["i"] {
		n, err := numberOf(id)
		if err != nil {
			return nil, err
		}
		list = append(list, n)
	}
	switch {
	case len(list) == 0:
		return nil, bad("i is missing: the ids of items")
	case len(list) > most:
		return nil, bad("%d items at once are too many: ask for %d at most", len(list), most)
	}
	return list, nil
}

// maxMarked is how many items are marked at once.
const maxMarked = 10_000

// editTag marks items: a adds, r removes the states read, kept-unread and starred.
func (rd *reader) editTag(w http.ResponseWriter, r *http.Request) error {
	list, err := numbers(r, maxMarked)
	if err != nil {
		return err
	}
	var m news.Mark
	set := func(tags []string, to bool) {
		from := !to
		for _, tag := range tags {
			switch {
			case strings.HasSuffix(tag, "/state/com.google/read"):
				m.Read = &to
			case strings.HasSuffix(tag, "/state/com.google/kept-unread"):
				m.Read = &from
			case strings.HasSuffix(tag, "/state/com.google/starred"):
				m.Starred = &to
			} // other tags are of no use here, and programs send them unasked
		}
	}
	set(r.Form["r"], false)
	set(r.Form["a"], true)
	if m != (news.Mark{}) {
		if err := rd.Store.Mark(r.Context(), rd.account.Name, list, m); err != nil {
			return err
		}
	}
	return ok(w)
}

// markAllAsRead marks a stream as read, up to the time ts in microseconds.
func (rd *reader) markAllAsRead(w http.ResponseWriter, r *http.Request) error {
	q := news.MarkedQuery{Account: rd.account.Name, Now: rd.now}
	stream := r.Form.Get("s")
	if stream == "" {
		return bad("s is missing: the stream to mark as read")
	}
	if err := rd.narrow(&q, stream, false); err != nil {
		return err
	}
	if text := r.Form.Get("ts"); text != "" {
		ts, err := strconv.ParseInt(text, 10, 64)
		if err != nil || ts < 0 || ts/1_000_000 > maxSeconds {
			return bad("ts=%q is not a time in microseconds", news.Cut(text, 40))
		}
		q.To = time.UnixMicro(ts).Add(time.Millisecond) // it is within
	}
	if err := rd.Store.MarkRead(r.Context(), q); err != nil {
		return err
	}
	return ok(w)
}

func ok(w http.ResponseWriter) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = fmt.Fprint(w, "OK") // the program may be gone
	return nil
}
