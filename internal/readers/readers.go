// Package readers answers feed readers that keep on a server what was read: by the Google
// Reader API, as it lives on in many servers and apps, and by the Fever API. In come their
// requests; out go the articles that the hub carries, as far as their carriage allows, with
// the notes that every feed of the hub has, and what an Account has read and starred.
//
// To such a program every outlet is a subscription, and every side of the hub's first lens a
// folder. Which outlets there are is the operator's to say: to subscribe and to rename is
// refused.
//
// An Account has a password that the hub makes, at random, and does not keep. What programs
// show instead of it, a token and an API key, is kept as a hash only.
//
// # Google Reader
//
// Below /greader: accounts/ClientLogin and, with "Authorization: GoogleLogin auth=TOKEN",
// reader/api/0/ with token, user-info, tag/list, subscription/list, unread-count,
// stream/items/ids, stream/items/contents, stream/contents, edit-tag, mark-all-as-read,
// preference/list and preference/stream/list; and reader/atom/STREAM. Streams are reading-list, read, starred,
// kept-unread, feed/SOURCE and user/-/label/SIDE. Google published no specification; this
// follows https://raw.githubusercontent.com/mihaip/google-reader-api/master/wiki, and what
// today's apps ask for. All answers but the last are JSON, whatever output= says.
//
// # Fever
//
// At /fever/?api, with api_key in the body: version 3 of https://feedafever.com/api, without
// hot links.
package readers

import (
	"context"
	"crypto/md5" //nolint:gosec // the Fever API prescribes it
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"html"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"parallax/feed"
	"parallax/internal/news"
	"parallax/internal/publish"
)

// A Store is what programs may ask and change.
type Store interface {
	Sources(ctx context.Context) ([]*news.Source, error)
	AccountOf(ctx context.Context, hash string) (*news.Account, error)
	Marked(ctx context.Context, q news.MarkedQuery) ([]news.Marked, error)
	CountMarked(ctx context.Context, account string, now time.Time) (int, error)
	Unread(ctx context.Context, account string, now time.Time) ([]news.Unread, error)
	Mark(ctx context.Context, account string, numbers []int64, m news.Mark) error
	MarkRead(ctx context.Context, q news.MarkedQuery) error
	Icon(ctx context.Context, sourceID string, large bool) ([]byte, error) // a PNG; nil: none
}

// Options say what is answered.
type Options struct {
	Store   Store
	HubURL  string // without a slash at its end; "": the host that was asked
	HubName string
	Lenses  func(ctx context.Context) ([]news.Lens, error)
	Now     func() time.Time
	Logger  *slog.Logger
}

const (
	// maxForm is the largest form that is read, in bytes: some thousand ids.
	maxForm = 256 << 10
	// maxItems is how many articles with their texts one answer has.
	maxItems = 250
	// maxIDs is how many ids one answer has.
	maxIDs = 10_000
	// maxName is the longest name of an account.
	maxName = 64
)

// NewAccount makes an account with a new password, which is told once.
func NewAccount(name string, now time.Time) (a *news.Account, password string, err error) {
	if err := checkName(name); err != nil {
		return nil, "", err
	}
	password = rand.Text()
	return &news.Account{
		Name: name, Made: now, TokenHash: hashOf(tokenOf(name, password)), FeverHash: hashOf(feverKey(name, password)),
	}, password, nil
}

// checkName returns what is wrong with the name of an account, or nil.
func checkName(name string) error {
	switch {
	case name == "" || len(name) > maxName:
		return fmt.Errorf("the name of an account has 1 to %d bytes", maxName)
	case strings.ContainsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || r == ':' || r == '/' }):
		return errors.New("the name of an account has no spaces, colons or slashes")
	}
	return nil
}

// tokenOf is what a program shows after it has logged in. Nobody who has it learns the
// password, which has 130 random bits.
func tokenOf(name, password string) string {
	sum := sha256.Sum256([]byte("parallax reader token\x00" + name + "\x00" + password))
	return hex.EncodeToString(sum[:])
}

// feverKey is what a program shows by the Fever API.
func feverKey(name, password string) string {
	sum := md5.Sum([]byte(name + ":" + password)) //nolint:gosec // the Fever API prescribes it; the password is random and long
	return hex.EncodeToString(sum[:])
}

func hashOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// New returns what answers below /greader/ and at /fever/.
func New(o Options) http.Handler {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	s := &server{o}
	mux := http.NewServeMux()
	s.googleReader(mux)
	mux.HandleFunc("/fever", s.fever)
	mux.HandleFunc("/fever/{$}", s.fever)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "There is nothing at this address.", http.StatusNotFound)
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store") // it is one reader's
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		mux.ServeHTTP(w, r)
	})
}

type server struct{ Options }

// An answerError is an error that the program is told about.
type answerError struct {
	status int
	text   string
}

func (e *answerError) Error() string { return e.text }

func bad(format string, args ...any) error {
	return &answerError{http.StatusBadRequest, fmt.Sprintf(format, args...)}
}

// fail tells what went wrong. What the program cannot have caused is logged.
func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	var ae *answerError
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &ae):
	case errors.As(err, &large):
		ae = &answerError{http.StatusRequestEntityTooLarge, fmt.Sprintf("more than %d bytes were sent; ask in parts", maxForm)}
	case r.Context().Err() != nil:
		return // the program has gone
	default:
		s.Logger.ErrorContext(context.WithoutCancel(r.Context()), "answer to a reading program failed", "route", r.Pattern, "error", err)
		ae = &answerError{http.StatusInternalServerError, "something went wrong in the hub; please try again in a few minutes"}
	}
	http.Error(w, ae.text, ae.status)
}

func sendJSON(w http.ResponseWriter, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write an answer: %w", err)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(body) // the program may be gone
	return nil
}

// A reader is the account that asks, with the hub as it is to it.
type reader struct {
	*server
	account *news.Account
	now     time.Time
	hub     string
	sources map[string]*news.Source
	list    []*news.Source // carried, by name
	folders []folder
}

// A folder is a side of the first lens, with what it holds.
type folder struct {
	title   string
	sources []*news.Source
}

// account returns the one whose secret it is, of the kind that hash tells: a program of one API
// has no use for what belongs to the other, and the key of Fever is the weaker of the two.
func (s *server) account(ctx context.Context, secret string, hash func(*news.Account) string) (*news.Account, error) {
	a, err := s.Store.AccountOf(ctx, hashOf(secret))
	if err == nil && hash(a) != hashOf(secret) {
		err = news.ErrNotFound
	}
	return a, err
}

func tokenHash(a *news.Account) string { return a.TokenHash }
func feverHash(a *news.Account) string { return a.FeverHash }

// reader returns the hub as it is to an account.
func (s *server) reader(r *http.Request, account *news.Account) (*reader, error) {
	rd := &reader{server: s, account: account, now: s.Now(), hub: s.HubURL, sources: map[string]*news.Source{}}
	if rd.hub == "" {
		rd.hub = "http://" + r.Host
	}
	all, err := s.Store.Sources(r.Context())
	if err != nil {
		return nil, fmt.Errorf("list sources: %w", err)
	}
	for _, src := range all {
		if src.At(rd.now) == news.Carried {
			rd.sources[src.ID] = src
			rd.list = append(rd.list, src)
		}
	}
	lenses, err := s.Lenses(r.Context())
	if err != nil {
		return nil, fmt.Errorf("list lenses: %w", err)
	}
	if len(lenses) > 0 {
		rd.folders = foldersOf(&lenses[0], rd.list)
	}
	return rd, nil
}

func foldersOf(lens *news.Lens, sources []*news.Source) []folder {
	var list []folder
	for _, side := range lens.Sides {
		f := folder{title: side.Title}
		for _, src := range sources {
			if lens.SideOf(src) == side.ID {
				f.sources = append(f.sources, src)
			}
		}
		// Two sides of one title would be one folder to every program.
		if i := slices.IndexFunc(list, func(g folder) bool { return g.title == f.title }); i >= 0 {
			list[i].sources = append(list[i].sources, f.sources...)
		} else if len(f.sources) > 0 {
			list = append(list, f)
		}
	}
	return list
}

// of returns the folder in which a source is; "" where it is in none.
func (rd *reader) of(sourceID string) string {
	for _, f := range rd.folders {
		if slices.ContainsFunc(f.sources, func(s *news.Source) bool { return s.ID == sourceID }) {
			return f.title
		}
	}
	return ""
}

func ids(sources []*news.Source) []string {
	list := make([]string, len(sources)) // not nil, which means all
	for i, s := range sources {
		list[i] = s.ID
	}
	return list
}

// numbersOf returns what stands for a source where a program wants a number: a hash, or the next free one
// where two meet. It is the same for as long as the hub has the same sources.
func numbersOf(sources []*news.Source) map[string]uint32 {
	byID := slices.SortedFunc(slices.Values(sources), func(a, b *news.Source) int { return strings.Compare(a.ID, b.ID) })
	taken, numbers := map[uint32]bool{}, map[string]uint32{}
	for _, s := range byID {
		h := fnv.New32a()
		_, _ = h.Write([]byte(s.ID))
		n := h.Sum32() & (1<<31 - 1) // programs keep it in 32 bits, with a sign
		for n == 0 || taken[n] {
			n = (n + 1) & (1<<31 - 1)
		}
		taken[n], numbers[s.ID] = true, n
	}
	return numbers
}

// text returns what readers may be given of an article, with the notes of the hub set apart
// below it, for programs show nothing besides the text.
func (rd *reader) text(a *news.Article) string {
	e := publish.Entry(a, rd.sources[a.SourceID], rd.hub, rd.now)
	body := e.Content
	if body.IsZero() {
		body = e.Summary
	}
	var b strings.Builder
	if body.Type == feed.HTML {
		b.WriteString(body.HTML())
	} else if body.Body != "" {
		b.WriteString("<p>" + html.EscapeString(body.Body) + "</p>")
	}
	b.WriteString("\n<hr>\n<p><small>")
	for i, n := range e.Notes {
		if i > 0 {
			b.WriteString("<br>\n")
		}
		if n.URL == "" {
			b.WriteString(html.EscapeString(n.Text))
			continue
		}
		b.WriteString(`<a href="` + html.EscapeString(n.URL) + `">` + html.EscapeString(n.Text) + `</a>`)
	}
	b.WriteString("</small></p>")
	return b.String()
}

func authorsOf(a *news.Article) string { return strings.Join(a.Authors, ", ") }

func (rd *reader) icon(src *news.Source) string {
	return rd.hub + "/source/" + url.PathEscape(src.ID) + "/icon"
}
