package newsroom

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"html"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// captureTime is how snapshots are named.
const captureTime = "20060102T150405Z"

// maxCapture is the largest snapshot that is read, decompressed. The largest recorded
// one has 4 MB.
const maxCapture = 64 << 20

// ReplayOptions say what is replayed of a folder, and when. The zero value replays
// everything; its clock stands at the first capture.
type ReplayOptions struct {
	// Feeds names the feeds to replay; nil means all.
	Feeds []string
	// From and To bound the window of captures; zero means unbounded. A feed starts
	// with the capture that was its newest at From, where there is one.
	From, To time.Time
	// Now is the clock until At is called.
	Now func() time.Time
	// Logger hears of every request at level Debug.
	Logger *slog.Logger
}

// A Recorded is one feed that is replayed.
type Recorded struct {
	Name  string
	Home  string      // address of its home page
	URL   string      // address of the feed
	Times []time.Time // when it changes, ascending

	files []string // beside Times
	mu    sync.Mutex
	last  int // index of what body holds, -1 for nothing
	body  []byte
}

// Replayed is recorded feeds while their servers run.
type Replayed struct {
	feeds []*Recorded
	servers
	clock
}

// Replay serves the snapshots in dir/raw/FEED/UTC.xml.gz, or dir/FEED/UTC.xml.gz, each
// feed on a port of its own, until Close is called or ctx ends. Each capture is served
// from its time on; before the first, and for every article, the answer is 404.
func Replay(ctx context.Context, dir string, o ReplayOptions) (*Replayed, error) {
	root := filepath.Join(dir, "raw")
	if _, err := os.Stat(root); err != nil {
		root = dir
	}
	entries, err := os.ReadDir(root)
	if err != nil {
		return nil, fmt.Errorf("replay: %w", err)
	}
	r := &Replayed{}
	r.log, r.now = o.Logger, o.Now
	for _, e := range entries {
		if !e.IsDir() || o.Feeds != nil && !slices.Contains(o.Feeds, e.Name()) {
			continue
		}
		f := &Recorded{Name: e.Name(), last: -1}
		if err := f.list(filepath.Join(root, e.Name()), o.From, o.To); err != nil {
			return nil, fmt.Errorf("replay %s: %w", e.Name(), err)
		}
		if len(f.Times) > 0 {
			r.feeds = append(r.feeds, f)
		}
	}
	for _, name := range o.Feeds {
		if r.Feed(name) == nil {
			return nil, fmt.Errorf("replay %s: no capture of feed %q in the window", root, name)
		}
	}
	if len(r.feeds) == 0 {
		return nil, fmt.Errorf("replay %s: no captures in the window", root)
	}
	if r.now == nil {
		r.At(r.Times()[0])
	}
	for _, f := range r.feeds {
		url, err := r.serve(ctx, 0, r.handler(f))
		if err != nil {
			r.Close()
			return nil, fmt.Errorf("start the server of %s: %w", f.Name, err)
		}
		f.Home, f.URL = url+"/", url+"/feed.xml"
	}
	r.closeWith(ctx)
	return r, nil
}

// list finds the captures of a feed in the window.
func (f *Recorded) list(dir string, from, to time.Time) error {
	names, err := filepath.Glob(filepath.Join(dir, "*.xml.gz"))
	if err != nil {
		return err
	}
	slices.Sort(names) // which is by time
	for _, name := range names {
		t, err := time.Parse(captureTime, strings.TrimSuffix(filepath.Base(name), ".xml.gz"))
		if err != nil {
			return fmt.Errorf("%s is not named after a time: %w", filepath.Base(name), err)
		}
		if !to.IsZero() && t.After(to) {
			break
		}
		if len(f.Times) == 1 && !f.Times[0].After(from) && !t.After(from) {
			f.Times, f.files = nil, nil // a newer one from before the window
		}
		f.Times, f.files = append(f.Times, t), append(f.files, name)
	}
	return nil
}

// Feeds returns what is replayed, by name.
func (r *Replayed) Feeds() []*Recorded { return r.feeds }

// Feed returns the feed of that name, or nil.
func (r *Replayed) Feed(name string) *Recorded {
	for _, f := range r.feeds {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// Times returns every moment at which a feed changes, ascending, each once. Whoever
// looks at every feed at every one of them has seen everything.
func (r *Replayed) Times() []time.Time {
	var all []time.Time
	for _, f := range r.feeds {
		all = append(all, f.Times...)
	}
	slices.SortFunc(all, time.Time.Compare)
	return slices.CompactFunc(all, time.Time.Equal)
}

// at returns the index of the capture that is valid at t, or -1.
func (f *Recorded) at(t time.Time) int {
	i, found := slices.BinarySearchFunc(f.Times, t, time.Time.Compare)
	if found {
		return i
	}
	return i - 1
}

// read returns the i-th capture. The last one read is kept.
func (f *Recorded) read(i int) ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.last == i {
		return f.body, nil
	}
	packed, err := os.ReadFile(f.files[i])
	if err != nil {
		return nil, err
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.files[i], err)
	}
	body, err := io.ReadAll(io.LimitReader(z, maxCapture))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.files[i], err)
	}
	f.last, f.body = i, body
	return body, nil
}

func (r *Replayed) handler(f *Recorded) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, req *http.Request) {
		document{
			body: []byte("<!doctype html><title>" + html.EscapeString(f.Name) +
				`</title><link rel="alternate" type="application/rss+xml" href="/feed.xml"><p>A recorded feed.</p>`),
			contentType: "text/html; charset=utf-8",
		}.serve(w, req)
	})
	mux.HandleFunc("GET /feed.xml", func(w http.ResponseWriter, req *http.Request) {
		i := f.at(r.Now())
		if i < 0 {
			http.Error(w, "404 not recorded yet", http.StatusNotFound)
			return
		}
		body, err := f.read(i)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		document{body: body, contentType: "application/xml", modified: f.Times[i]}.serve(w, req)
	})
	return mux
}

// Nameless begins what Expect calls an item that has neither guid nor link.
const Nameless = "title: "

// Expect returns for each feed the ids of the items that a hub must have kept if it
// looked at every feed at each of Times between from and to; zero times are the bounds
// of the window. An id is the guid or atom:id, else the link, else Nameless and the
// title. It is found by searching the bytes for tags, which shares no code and no idea
// with package feed; tests hold it against the list of items that came with the
// recording.
func (r *Replayed) Expect(from, to time.Time) (map[string][]string, error) {
	want := map[string][]string{}
	for _, f := range r.feeds {
		seen := map[string]bool{}
		for i, t := range f.Times {
			replaced := i+1 < len(f.Times) && !from.IsZero() && !f.Times[i+1].After(from)
			if replaced || !to.IsZero() && t.After(to) {
				continue
			}
			body, err := f.read(i)
			if err != nil {
				return nil, fmt.Errorf("what is expected of %s: %w", f.Name, err)
			}
			for _, id := range itemIDs(body) {
				seen[id] = true
			}
		}
		ids := slices.AppendSeq(make([]string, 0, len(seen)), maps.Keys(seen))
		slices.Sort(ids)
		want[f.Name] = ids
	}
	return want, nil
}

// itemIDs returns the ids of the items of a feed, repeated ones included.
func itemIDs(body []byte) []string {
	name := "item"
	if bytes.Contains(body, []byte("<entry")) {
		name = "entry"
	}
	var ids []string
	for {
		item, rest, ok := element(body, name)
		if !ok {
			return ids
		}
		body = rest
		for _, key := range []string{"guid", "id", "link", "title"} {
			value, _, _ := element(item, key)
			id := strings.TrimSpace(string(value))
			if text, ok := strings.CutPrefix(id, "<![CDATA["); ok { // in which nothing is escaped
				id = strings.TrimSpace(strings.TrimSuffix(text, "]]>"))
			} else {
				id = html.UnescapeString(id)
			}
			if id == "" {
				continue
			}
			if key == "title" {
				id = Nameless + id
			}
			ids = append(ids, id)
			break
		}
	}
}

// element finds the first element of that name and returns its content and what
// follows it. One without an end tag is none.
func element(b []byte, name string) (content, rest []byte, ok bool) {
	open, end := []byte("<"+name), []byte("</"+name+">")
	for {
		i := bytes.Index(b, open)
		if i < 0 {
			return nil, nil, false
		}
		b = b[i+len(open):]
		if len(b) == 0 || !bytes.ContainsRune([]byte("> \t\r\n"), rune(b[0])) {
			continue // <guidance>, or <link/>
		}
		start := bytes.IndexByte(b, '>')
		stop := bytes.Index(b, end)
		if start < 0 || stop < start {
			continue
		}
		return b[start+1 : stop], b[stop+len(end):], true
	}
}

// HubTOML returns the text of an ordinary hub.toml for the recorded feeds. Countries,
// by name of the feed, become the countries of the outlets. Pages are not fetched, for
// none were recorded.
func (r *Replayed) HubTOML(name string, countries map[string]string) string {
	var b strings.Builder
	var hosts []string
	for _, f := range r.feeds {
		hosts = append(hosts, strings.Trim(strings.TrimPrefix(f.Home, "http://"), "/"))
	}
	fmt.Fprintf(&b, "[hub]\nname = %s\n\n[fetch]\npages = false\nmin_interval = \"1s\"\ninterval = \"1s\"\nper_host_delay = \"0s\"\nallow_private = %s\n",
		quote(name), quotes(hosts))
	for _, f := range r.feeds {
		id := strings.Trim(strings.ToLower(regexp.MustCompile(`[^A-Za-z0-9]+`).ReplaceAllString(f.Name, "-")), "-")
		fmt.Fprintf(&b, "\n[[source]]\nid = %s\nname = %s\nhome = %s\nfeeds = %s\n", quote(id), quote(f.Name), quote(f.Home), quotes([]string{f.URL}))
		if c := countries[f.Name]; c != "" {
			fmt.Fprintf(&b, "country = %s\n", quote(c))
		}
		b.WriteString("[source.carriage]\nwhy = \"A recorded feed, replayed for a test.\"\n")
	}
	return b.String()
}
