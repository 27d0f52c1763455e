package declare

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"parallax/internal/fetch"
	"parallax/internal/news"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

// memory is a Store of one outlet.
type memory struct{ kept news.Declaration }

func (m *memory) DueDeclarations(_ context.Context, now time.Time, _ int) ([]*news.Declaration, error) {
	if m.kept.Due.After(now) {
		return nil, nil
	}
	d := m.kept
	return []*news.Declaration{&d}, nil
}

func (m *memory) SaveDeclaration(_ context.Context, d *news.Declaration, _ time.Time) error {
	m.kept = *d
	return nil
}

func (m *memory) document(name string) news.DeclaredIn {
	for _, d := range m.kept.Documents {
		if d.Name == name {
			return d
		}
	}
	return news.DeclaredIn{}
}

// An outlet is a site whose documents a test changes.
type outlet struct {
	mu     sync.Mutex // guards the others
	files  map[string]string
	status int // of every answer; 0: as it should be
	asked  []string
}

func (o *outlet) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if r.URL.Path != "/robots.txt" {
		o.asked = append(o.asked, r.URL.Path)
	}
	body, ok := o.files[r.URL.Path]
	switch etag := `"` + news.ID(body) + `"`; {
	case o.status != 0:
		w.WriteHeader(o.status)
	case !ok:
		w.WriteHeader(http.StatusNotFound)
	case r.Header.Get("If-None-Match") == etag:
		w.WriteHeader(http.StatusNotModified)
	default:
		w.Header().Set("ETag", etag)
		_, _ = w.Write([]byte(body))
	}
}

// set changes a document; an empty one is taken away.
func (o *outlet) set(path, body string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.files[path] = body; body == "" {
		delete(o.files, path)
	}
}

func (o *outlet) answer(status int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.status = status
}

// A trial is a Stage with one outlet, a clock and a memory.
type trial struct {
	*testing.T
	site *outlet
	mem  *memory
	now  time.Time
	run  func() string // the paths that were asked for
}

func try(t *testing.T) *trial {
	t.Helper()
	tr := &trial{T: t, site: &outlet{files: map[string]string{}}, now: noon}
	srv := httptest.NewServer(tr.site)
	t.Cleanup(srv.Close)
	clock := func() time.Time { return tr.now }
	client := fetch.New(fetch.Options{AllowPrivate: []string{strings.TrimPrefix(srv.URL, "http://")}, PerHostDelay: -1, Now: clock})
	t.Cleanup(client.Close)
	tr.mem = &memory{news.Declaration{SourceID: "harbour", Home: srv.URL + "/"}}
	s := New(tr.mem, client, nil, clock)
	tr.run = func() string {
		t.Helper()
		tr.site.mu.Lock()
		tr.site.asked = nil
		tr.site.mu.Unlock()
		if err := s.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		tr.site.mu.Lock()
		defer tr.site.mu.Unlock()
		return strings.Join(tr.site.asked, " ")
	}
	return tr
}

func (tr *trial) expect(what, got, want string) {
	tr.Helper()
	if got != want {
		tr.Errorf("%s: %q, want %q", what, got, want)
	}
}

// owners are what is declared of them, with the date of each.
func (tr *trial) owners() string {
	var all []string
	for _, c := range tr.mem.kept.Said().Owners {
		all = append(all, c.Value+" "+c.Date)
	}
	return strings.Join(all, ", ")
}

const homePage = `<!doctype html><title>Harbour Times</title><script type="application/ld+json">
{"@context":"https://schema.org","@type":"NewsMediaOrganization","name":"Harbour Times","legalName":"Harbour Times AB"}</script>`

// The documents are read once a month, conditionally; a claim keeps the date on which it was first
// read; what is not said any more is believed to be so when it was seen twice.
func TestStage(t *testing.T) {
	t.Parallel()
	tr := try(t)
	tr.site.set("/", homePage)
	tr.site.set("/ads.txt", "ownerdomain=quay.example\nadnet.example, 1, DIRECT\n")
	tr.expect("asked first", tr.run(), "/ /trust.txt /.well-known/trust.txt /ads.txt")
	tr.expect("owners", tr.owners(), "quay.example (domain of the owner) 2026-11-02")
	if d := tr.mem.document("trust.txt"); d.URL != "" || !d.Read.Equal(noon) || d.Failures != 0 {
		t.Errorf("there is no trust.txt, and it is kept as %+v", d)
	}
	tr.now = noon.Add(again - time.Hour)
	tr.expect("asked before its time", tr.run(), "")

	tr.now = noon.Add(again)
	tr.site.set("/.well-known/trust.txt", "controlledby=https://holding.example/\n")
	tr.run()
	tr.expect("owners a month later", tr.owners(), "holding.example (controls it) 2026-12-02, quay.example (domain of the owner) 2026-11-02")
	if d := tr.mem.document("home page"); d.Said.LegalName == nil || !d.Read.Equal(tr.now) {
		t.Errorf("the home page has not changed, and it is kept as %+v", d)
	}

	// The outlet is sold: the new owner counts at once, and the file that goes away a day later.
	tr.now = tr.now.Add(again)
	tr.site.set("/ads.txt", "OWNERDOMAIN=mill.example\n")
	tr.site.set("/.well-known/trust.txt", "")
	tr.run()
	tr.expect("owners after the sale", tr.owners(), "holding.example (controls it) 2026-12-02, mill.example (domain of the owner) 2027-01-01")
	tr.now = tr.now.Add(firstRetry)
	tr.expect("asked again a day later", tr.run(), "/trust.txt /.well-known/trust.txt")
	tr.expect("owners a day later", tr.owners(), "mill.example (domain of the owner) 2027-01-01")
}

// While the site cannot be reached, or forbids to ask, what it said stays, and the hub asks ever
// more rarely. A page that stands before it for a while takes nothing away.
func TestOutOfReach(t *testing.T) {
	t.Parallel()
	tr := try(t)
	tr.site.set("/", homePage)
	tr.site.set("/ads.txt", "OWNERDOMAIN=quay.example")
	tr.run()
	tr.now = noon.Add(again)
	tr.site.answer(http.StatusInternalServerError)
	for i, wait := range []time.Duration{firstRetry, 2 * firstRetry, 4 * firstRetry} {
		tr.run()
		if d := tr.mem.document("ads.txt"); d.Failures != i+1 || !d.Due.Equal(tr.now.Add(wait)) || !strings.Contains(d.Error, "500") {
			t.Errorf("failure %d: %+v", i+1, d)
		}
		tr.now = tr.now.Add(wait)
	}
	tr.expect("owners while it fails", tr.owners(), "quay.example (domain of the owner) 2026-11-02")

	// It answers again, though with a page that says that it is not available here.
	tr.site.answer(0)
	tr.site.set("/", "<h1>Not available in your country</h1>")
	tr.site.set("/ads.txt", "<h1>Not available in your country</h1>")
	tr.run()
	if d := tr.mem.document("home page"); d.Doubts != 1 || d.Failures != 0 || d.Error != "" || d.Said.Count() != 1 || !d.Due.Equal(tr.now.Add(firstRetry)) {
		t.Errorf("behind a notice: %+v", d)
	}
	tr.site.set("/", homePage)
	tr.site.set("/ads.txt", "OWNERDOMAIN=quay.example")
	tr.now = tr.now.Add(firstRetry)
	tr.run()
	if d := tr.mem.document("home page"); d.Doubts != 0 || d.Said.Count() != 1 {
		t.Errorf("after the notice: %+v", d)
	}
	tr.expect("owners after the notice", tr.owners(), "quay.example (domain of the owner) 2026-11-02")

	tr.site.set("/robots.txt", "User-agent: *\nDisallow: /ads.txt\n")
	tr.now = tr.now.Add(again + 25*time.Hour) // robots.txt is kept for a day
	tr.expect("asked where it is forbidden", tr.run(), "/ /trust.txt /.well-known/trust.txt")
	if d := tr.mem.document("ads.txt"); !strings.Contains(d.Error, "robots.txt forbids it") || d.Said.Count() != 1 {
		t.Errorf("forbidden: %+v", d)
	}
}

// Nobody but the outlet itself is asked, and only where it has a home page.
func TestNobodyElse(t *testing.T) {
	t.Parallel()
	for home, want := range map[string]string{"gopher://harbour.example/": "none of http or https", "copies": "from copies only"} {
		tr := try(t)
		if home == "copies" {
			tr.mem.kept.Routes = []string{"mirror:https://copy.example"}
		} else {
			tr.mem.kept.Home = home
		}
		if asked, d := tr.run(), tr.mem.document("home page"); asked != "" || !strings.Contains(d.Error, want) || d.Due.IsZero() {
			t.Errorf("%q: asked for %q, kept %+v", home, asked, d)
		}
	}
	tr := try(t)
	tr.mem.kept.Home = ""
	if asked := tr.run(); asked != "" || tr.mem.kept.Documents != nil || !tr.mem.kept.Due.Equal(noon.Add(again)) {
		t.Errorf("without a home page: asked for %q, kept %+v", asked, tr.mem.kept)
	}
}

// A flaw is kept with its place, and does not hide what stands beside it.
func TestFlaws(t *testing.T) {
	t.Parallel()
	tr := try(t)
	tr.site.set("/", homePage+"\n\n<script type='application/ld+json'>\n{\"@type\":\n oops}</script>")
	tr.site.set("/trust.txt", "# ours\nbelongto=https://guild.example/\nbelongs to nobody\n")
	tr.run()
	tr.expect("flaws of the home page", strings.Join(tr.mem.document("home page").Problems, "; "), "line 6: this JSON-LD cannot be read: invalid character 'o' looking for beginning of value")
	tr.expect("flaws of trust.txt", strings.Join(tr.mem.document("trust.txt").Problems, "; "), "line 3: no “=”")
	if d := tr.mem.kept.Said(); len(d.LegalName) != 1 || len(d.Affiliations) != 1 {
		t.Errorf("said: %+v", d)
	}
}

// Of a file that is too long the beginning is read, without the line in which it is cut.
func TestLongFile(t *testing.T) {
	t.Parallel()
	tr := try(t)
	sellers := strings.Repeat("adnet.example, 12345, DIRECT, d75815a79\n", maxFile/40)
	tr.site.set("/ads.txt", "OWNERDOMAIN=quay.example\n"+sellers[:maxFile-25-len("MANAGERDOMAIN=sells.ex")]+"\nMANAGERDOMAIN=sells.example\n")
	tr.run()
	if d := tr.mem.document("ads.txt"); len(d.Said.Owners) != 1 || d.Said.Count() != 1 || len(d.Problems) != 0 {
		t.Errorf("kept: %+v", d)
	}
}
