package web

import (
	"bytes"
	"context"
	"hash/maphash"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"parallax/internal/api"
)

// A shelf keeps finished answers, so that what many read is made once. It stands before the
// whole site: an answer that lies ready costs a look into a table.
//
// An answer is good for as long as the content of the hub is that from which it was made
// (see Options.Edition), and for shelfTime at most: pages tell how long ago something was,
// and what is carried ends by the clock, too. Only answers that any reader may be given and
// any cache may keep are laid on it: 200 and "public".
type shelf struct {
	site    http.Handler
	edition *editions
	now     func() time.Time
	anyHost bool // answers are the same whatever host the reader asked
	seed    maphash.Seed

	mu      sync.RWMutex // guards the rest
	answers map[shelfKey]*answer
	making  map[shelfKey]chan struct{} // closed when the answer was made, or could not be
	size    int
	limit   int
}

const (
	// shelfTime is for how long an answer is given. Under load it is made once in this time.
	shelfTime = 10 * time.Second
	// shelfSize is how much the answers take, in bytes: more than a thousand pages.
	shelfSize = 64 << 20
	// shelfBody is the largest answer that is laid on the shelf, in bytes.
	shelfBody = 1 << 20
	// answerCost is what an answer takes besides its body, in bytes.
	answerCost = 2 << 10
	// clearSample is among how many answers the one that was not asked for the longest has to
	// go when the shelf is full: nearly as good as among all, without a list of them.
	clearSample = 8
)

// A shelfKey stands for a request, apart from the encoding that it takes. It is a hash: an
// address is as long as a reader likes. The seed is secret, so that nobody makes two meet.
type shelfKey uint64

// An answer is one that was made, in the encodings in which it went out so far.
type answer struct {
	place
	made     time.Duration // on the shelf's clock, see ticks
	life     time.Duration // for how long it is good at most
	site     time.Time     // on the site's clock, which tests and replays move
	header   http.Header   // without what goes with a body
	modified string        // Last-Modified
	plain    []byte
	etag     string
	once     [encodings]sync.Once
	bodies   [encodings]*body
	touched  atomic.Int64 // when it was given last, in whole seconds of ticks
	size     int
}

// A body is the body of an answer in one encoding, with the header fields that go with it.
type body struct {
	bytes                    []byte
	tag                      string
	tags, length, encodingOf []string // the fields ETag, Content-Length, Content-Encoding
}

func newShelf(site http.Handler, edition *editions, now func() time.Time, anyHost bool) *shelf {
	return &shelf{
		site: site, edition: edition, now: now, anyHost: anyHost, seed: maphash.MakeSeed(),
		answers: map[shelfKey]*answer{}, making: map[shelfKey]chan struct{}{}, limit: shelfSize,
	}
}

// processStart makes ticks of the monotonic clock, which no setting of the time sets back.
var processStart = time.Now()

func ticks() time.Duration { return time.Since(processStart) }

func (s *shelf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		s.site.ServeHTTP(w, r)
		return
	}
	if fresh(r.Context()) {
		a := s.ask(w, r, func() {})
		s.edition.expire() // whoever is told of a change and asks at once is given no less than that
		if a != nil {
			a.give(w, r)
		}
		return
	}
	edition, ok := s.edition.current(r.Context())
	if !ok || ofOneReader(r) {
		if a := s.ask(w, r, func() {}); a != nil {
			a.give(w, r)
		}
		return
	}
	at := place{uri: s.address(r), edition: edition}
	at.key = shelfKey(maphash.String(s.seed, at.uri))
	a, wait := s.take(at)
	if wait != nil {
		select {
		case <-wait:
		case <-r.Context().Done():
			return
		}
		if a, wait = s.take(at); wait != nil { // it is not for the shelf: nobody waits for others
			a = s.ask(w, r, func() {})
		}
	}
	if a == nil && wait == nil {
		a = s.make(w, r, at)
	}
	if a != nil {
		a.give(w, r)
	}
}

// ofOneReader reports whether a request is one that others hardly make, and that nobody
// shall find in our memory: what a reader searched for, and what is an account's or an address's.
func ofOneReader(r *http.Request) bool {
	for _, own := range []string{"/greader", "/fever", "/mail", "/metrics"} {
		if rest, ok := strings.CutPrefix(r.URL.Path, own); ok && (rest == "" || rest[0] == '/') {
			return true
		}
	}
	return isSearch(r) || strings.HasPrefix(r.URL.Path, api.Root+"/search")
}

// A place is where an answer lies.
type place struct {
	key          shelfKey
	uri, edition string
}

// address returns what tells requests apart: where they ask, and whether for data.
func (s *shelf) address(r *http.Request) string {
	uri := r.RequestURI
	if uri == "" { // asked from within
		uri = r.URL.RequestURI()
	}
	if !s.anyHost {
		uri = r.Host + " " + uri
	}
	if wantsData(r) {
		uri = "data " + uri
	}
	return uri
}

// take returns the answer that lies ready. Where there is none it returns nil and what to
// wait for, because somebody makes it, or nil and nil: the caller has to make it.
func (s *shelf) take(p place) (*answer, <-chan struct{}) {
	s.mu.RLock()
	a := s.answers[p.key]
	s.mu.RUnlock()
	if s.good(a, p) {
		return a, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if a = s.answers[p.key]; s.good(a, p) {
		return a, nil
	}
	if wait := s.making[p.key]; wait != nil {
		return nil, wait
	}
	s.making[p.key] = make(chan struct{})
	return nil, nil
}

func (s *shelf) good(a *answer, p place) bool {
	if a == nil || a.edition != p.edition || a.uri != p.uri {
		return false
	}
	now := ticks()
	if now-a.made >= a.life || s.now().Sub(a.site).Abs() >= shelfTime {
		return false
	}
	if second := int64(now / time.Second); second != a.touched.Load() { // seldom, so that cores do not wait for one another
		a.touched.Store(second)
	}
	return true
}

// make asks the site, and lays its answer on the shelf if it is for that.
func (s *shelf) make(w http.ResponseWriter, r *http.Request, p place) (a *answer) {
	made := sync.OnceFunc(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		close(s.making[p.key])
		delete(s.making, p.key)
		if a != nil && a.public() {
			a.place = p
			if a.made-s.edition.since() < knownFor+editionTime {
				a.life = knownFor // it may be made of what was known before this edition
			}
			s.lay(a)
		}
	})
	defer made() // after a panic, too
	// What is not for the shelf goes to its reader at the pace of the reader, for whom nobody waits.
	a = s.ask(w, r, made)
	return a
}

// ask asks the site. What it answers with an entity tag is returned; everything else is
// given to the reader as it is, after before was called, and nil returned.
func (s *shelf) ask(w http.ResponseWriter, r *http.Request, before func()) *answer {
	asked := r.Clone(r.Context())
	asked.Method = http.MethodGet
	for _, name := range []string{"Accept-Encoding", "If-None-Match", "If-Modified-Since", "If-Match", "If-Unmodified-Since", "If-Range", "Range"} {
		asked.Header.Del(name)
	}
	made, site := ticks(), s.now() // before: what changes meanwhile may be in it or not
	rec := &recorder{to: w, head: r.Method == http.MethodHead, header: http.Header{}, before: before}
	s.site.ServeHTTP(rec, asked)
	h := rec.header
	if rec.passing || rec.status != http.StatusOK || h.Get("ETag") == "" {
		rec.send()
		return nil
	}
	a := &answer{
		made: made, life: shelfTime, site: site, header: h, plain: rec.body.Bytes(),
		modified: h.Get("Last-Modified"), etag: strings.Trim(h.Get("ETag"), `"`),
	}
	a.touched.Store(int64(made / time.Second))
	h.Del("ETag")
	h.Del("Content-Length")
	return a
}

// public reports whether any reader may be given the answer, and any cache keep it.
func (a *answer) public() bool {
	return strings.HasPrefix(a.header.Get("Cache-Control"), "public") && a.header.Get("Set-Cookie") == ""
}

// lay puts a on the shelf and clears away what has no room beside it. The caller holds mu.
func (s *shelf) lay(a *answer) {
	// Its compressed forms, each of which is shorter, are counted as long as it is itself.
	a.size = 2*len(a.plain) + len(a.uri) + answerCost
	if old := s.answers[a.key]; old != nil {
		s.size -= old.size
	}
	s.answers[a.key] = a
	s.size += a.size
	for s.size > s.limit {
		var oldest *answer
		n := 0
		for _, b := range s.answers { // in random order
			if b != a && (oldest == nil || b.touched.Load() < oldest.touched.Load()) {
				oldest = b
			}
			if n++; n == clearSample {
				break
			}
		}
		if oldest == nil {
			return
		}
		s.size -= oldest.size
		delete(s.answers, oldest.key)
	}
}

// body returns the body in the encoding, made when it is first asked for.
func (a *answer) body(e encoding) *body {
	a.once[e].Do(func() {
		b := &body{bytes: encode(e, a.plain), tag: `"` + a.etag + encodingTags[e] + `"`}
		if e != identity && len(b.bytes) >= len(a.plain) {
			a.bodies[e] = a.body(identity)
			return
		}
		b.tags, b.length = []string{b.tag}, []string{strconv.Itoa(len(b.bytes))}
		if e != identity {
			b.encodingOf = []string{encodingNames[e]}
		}
		a.bodies[e] = b
	})
	return a.bodies[e]
}

// give answers r with a, with 304 where the reader has it already.
func (a *answer) give(w http.ResponseWriter, r *http.Request) {
	e := identity
	if len(a.plain) >= compressFrom && compressible(a.header.Get("Content-Type")) {
		e = accepted(r.Header.Get("Accept-Encoding"))
	}
	b := a.body(e)
	h := w.Header()
	maps.Copy(h, a.header) // its values are shared, and nobody changes them
	h["Etag"] = b.tags
	if a.known(r, b) {
		delete(h, "Content-Type")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h["Content-Length"] = b.length
	if b.encodingOf != nil {
		h["Content-Encoding"] = b.encodingOf
	}
	if r.Method != http.MethodHead {
		promise(r, len(b.bytes))
		_, _ = w.Write(b.bytes) // the reader may be gone
	}
}

// known reports whether the reader says that it has the answer, RFC 9110 §13.2.2.
func (a *answer) known(r *http.Request, b *body) bool {
	if tags := r.Header.Get("If-None-Match"); tags != "" {
		for tag := range strings.SplitSeq(tags, ",") {
			tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/")
			if tag == b.tag || tag == "*" {
				return true
			}
		}
		return false
	}
	since := r.Header.Get("If-Modified-Since")
	if since == "" || a.modified == "" {
		return false
	}
	if since == a.modified {
		return true
	}
	have, err := http.ParseTime(since)
	if err != nil {
		return false
	}
	changed, err := http.ParseTime(a.modified)
	return err == nil && !changed.After(have)
}

// A recorder keeps an answer of the site until it is known whether it is for the shelf. What
// is too large for the shelf it passes on as it comes.
type recorder struct {
	to      http.ResponseWriter
	head    bool // the reader wants the header only
	header  http.Header
	status  int
	body    bytes.Buffer
	passing bool
	before  func() // is called before anything goes to the reader
}

func (rec *recorder) Header() http.Header { return rec.header }

func (rec *recorder) WriteHeader(status int) {
	if rec.status == 0 {
		rec.status = status
	}
}

func (rec *recorder) Write(p []byte) (int, error) {
	rec.WriteHeader(http.StatusOK)
	if !rec.passing && rec.body.Len()+len(p) <= shelfBody {
		return rec.body.Write(p)
	}
	rec.send()
	rec.passing = true
	if rec.head {
		return len(p), nil
	}
	return rec.to.Write(p)
}

// send passes on what is recorded, once.
func (rec *recorder) send() {
	if rec.passing {
		return
	}
	rec.before()
	h := rec.to.Header()
	maps.Copy(h, rec.header)
	if rec.status != 0 {
		rec.to.WriteHeader(rec.status)
	}
	if !rec.head {
		_, _ = rec.to.Write(rec.body.Bytes()) //nolint:gosec // what the site wrote, as it wrote it
	}
}

// editionTime is for how long the edition of the hub is taken to be the one read last: what
// is taken down is gone from all answers after it.
const editionTime = 250 * time.Millisecond

// editions remembers for a moment which edition of its content the hub has.
type editions struct {
	read func(ctx context.Context) (string, error) // nil: nobody can tell
	last atomic.Pointer[edition]
	mu   sync.Mutex // held by the one who reads

	expired atomic.Int64 // how often it was: what was read before the last time is not used
}

type edition struct {
	name  string
	at    time.Duration // in ticks, before it was read
	since time.Duration // when it was seen first, in ticks

	expired int64 // see editions, before it was read
}

// expire has the edition read again before it is used, also by whoever reads it just now.
func (e *editions) expire() { e.expired.Add(1) }

// good reports whether last need not be read again.
func (e *editions) good(last *edition) bool {
	return last != nil && last.expired == e.expired.Load() && ticks()-last.at < editionTime
}

// since returns when the edition was seen first, in ticks.
func (e *editions) since() time.Duration {
	if last := e.last.Load(); last != nil {
		return last.since
	}
	return ticks()
}

// current returns the edition; false where it cannot be told.
func (e *editions) current(ctx context.Context) (string, bool) {
	if e.read == nil {
		return "", false
	}
	if last := e.last.Load(); e.good(last) {
		return last.name, true
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	at, expired := ticks(), e.expired.Load()
	if last := e.last.Load(); e.good(last) {
		return last.name, true
	}
	name, err := e.read(ctx)
	if err != nil {
		return "", false
	}
	since := at
	if last := e.last.Load(); last != nil && last.name == name {
		since = last.since
	}
	e.last.Store(&edition{name, at, since, expired})
	return name, true
}
