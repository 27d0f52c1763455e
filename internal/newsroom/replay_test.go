package newsroom

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"html"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/feed"
	"parallax/internal/hub"
	"parallax/internal/testkit"
)

// record writes a folder of invented snapshots.
func record(t *testing.T, captures map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, body := range captures {
		file := filepath.Join(dir, "raw", filepath.FromSlash(name)+".xml.gz")
		if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
			t.Fatal(err)
		}
		f, err := os.Create(file)
		if err != nil {
			t.Fatal(err)
		}
		z := gzip.NewWriter(f)
		if _, err := z.Write([]byte(body)); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func at(clock string) time.Time {
	t, err := time.Parse("15:04", clock)
	if err != nil {
		panic(err)
	}
	return time.Date(2031, 1, 15, t.Hour(), t.Minute(), 0, 0, time.UTC)
}

var snapshots = map[string]string{
	"one/20310115T080000Z": `<rss><channel><item><guid>a</guid></item><item><guid isPermaLink="false"> b </guid></item></channel></rss>`,
	"one/20310115T090000Z": `<rss><channel><item><guid>b</guid></item><item><guid><![CDATA[c&d]]></guid></item></channel></rss>`,
	"one/20310115T100000Z": `<rss><channel><item><guid>c&amp;d</guid></item></channel></rss>`,
	"two/20310115T093000Z": `<rss><channel><item><link>https://x.example/?a=1&amp;b=2</link></item></channel></rss>`,
}

func TestReplay(t *testing.T) {
	dir := record(t, snapshots)
	r, err := Replay(t.Context(), dir, ReplayOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if diff := cmp.Diff([]time.Time{at("08:00"), at("09:00"), at("09:30"), at("10:00")}, r.Times()); diff != "" {
		t.Errorf("Times mismatch (-want +got):\n%s", diff)
	}
	one, two := r.Feed("one"), r.Feed("two")
	for _, tt := range []struct {
		clock, url, body string
		status           int
	}{
		{"07:59", one.URL, "", 404},
		{"08:00", one.URL, "<guid>a</guid>", 200},
		{"08:59", one.URL, "<guid>a</guid>", 200},
		{"09:00", one.URL, "CDATA", 200},
		{"23:00", one.URL, "c&amp;d", 200},
		{"08:00", two.URL, "", 404},
		{"09:30", two.URL, "x.example", 200},
		{"09:30", two.Home, "/feed.xml", 200},
		{"09:30", two.Home + "article", "", 404},
	} {
		r.At(at(tt.clock))
		res, body := get(t, tt.url)
		if res.StatusCode != tt.status || !strings.Contains(string(body), tt.body) {
			t.Errorf("%s at %s: %s, %s", tt.url, tt.clock, res.Status, body)
		}
	}
	r.At(at("09:10"))
	res, _ := get(t, one.URL)
	if res.Header.Get("Last-Modified") != at("09:00").Format(http.TimeFormat) {
		t.Errorf("Last-Modified %q", res.Header.Get("Last-Modified"))
	}
	etag := res.Header.Get("Etag")
	if res, _ := get(t, one.URL, "If-None-Match", etag); res.StatusCode != http.StatusNotModified {
		t.Errorf("the same capture: %s", res.Status)
	}
	r.At(at("10:00"))
	if res, _ := get(t, one.URL, "If-None-Match", etag); res.StatusCode != http.StatusOK {
		t.Errorf("the next capture: %s", res.Status)
	}
	if _, err := hub.Parse("hub.toml", r.HubTOML("Replay", map[string]string{"one": "XL"})); err != nil {
		t.Errorf("HubTOML: %v", err)
	}
}

func TestExpect(t *testing.T) {
	dir := record(t, snapshots)
	link := "https://x.example/?a=1&b=2"
	for _, tt := range []struct {
		name               string
		winFrom, winTo     string
		from, to           string
		one, two           []string
		replays, feedsLeft int
	}{
		{name: "all", one: []string{"a", "b", "c&d"}, two: []string{link}, replays: 4},
		{name: "first hour", to: "08:59", one: []string{"a", "b"}, two: []string{}, replays: 4},
		{name: "what is valid at the start of a stretch counts", from: "09:10", to: "09:20", one: []string{"b", "c&d"}, two: []string{}, replays: 4},
		{name: "from a capture on", from: "09:00", one: []string{"b", "c&d"}, two: []string{link}, replays: 4},
		{name: "window", winFrom: "09:40", one: []string{"b", "c&d"}, two: []string{link}, replays: 3},
		{name: "short window", winFrom: "08:30", winTo: "08:40", one: []string{"a", "b"}, replays: 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			when := func(s string) time.Time {
				if s == "" {
					return time.Time{}
				}
				return at(s)
			}
			r, err := Replay(t.Context(), dir, ReplayOptions{From: when(tt.winFrom), To: when(tt.winTo)})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if n := len(r.Times()); n != tt.replays {
				t.Errorf("%d captures, want %d", n, tt.replays)
			}
			got, err := r.Expect(when(tt.from), when(tt.to))
			if err != nil {
				t.Fatal(err)
			}
			want := map[string][]string{"one": tt.one}
			if tt.two != nil {
				want["two"] = tt.two
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("Expect mismatch (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReplayRefuses(t *testing.T) {
	for _, tt := range []struct {
		name, dir string
		o         ReplayOptions
		want      string
	}{
		{"no folder", filepath.Join(t.TempDir(), "none"), ReplayOptions{}, "no such file"},
		{"nothing in it", t.TempDir(), ReplayOptions{}, "no captures"},
		{"no such feed", record(t, snapshots), ReplayOptions{Feeds: []string{"three"}}, `feed "three"`},
		{"nothing in the window", record(t, snapshots), ReplayOptions{To: at("07:00")}, "no captures"},
		{"odd name", record(t, map[string]string{"one/yesterday": ""}), ReplayOptions{}, "named after a time"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := Replay(t.Context(), tt.dir, tt.o)
			if err == nil {
				r.Close()
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
		})
	}
}

// What Expect finds in real recordings is what the list of items that came with them
// says, and what package feed finds in the same captures.
func TestReplayRecorded(t *testing.T) {
	for _, tt := range []struct {
		stream string
		feeds  []string // compared with package feed, too
	}{
		{"stream/us_world_2020", []string{"bbc", "wsj", "abscbnnews", "nzherald", "dailytelegraph"}},
		{"stream/feb2026/zh_translated_rt_aljazeera_fox_zerohedge", []string{"aljazeera"}},
		{"stream/feb2026/ru_independent", []string{"afisha", "bbc", "verstka"}},
	} {
		t.Run(filepath.Base(tt.stream), func(t *testing.T) {
			dir := testkit.Data(t, tt.stream)
			first, last, err := sights(filepath.Join(dir, "items.jsonl.gz"))
			if err != nil {
				t.Fatal(err)
			}
			r, err := Replay(t.Context(), dir, ReplayOptions{})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			whole, err := r.Expect(time.Time{}, time.Time{})
			if err != nil {
				t.Fatal(err)
			}
			items := 0
			for name, all := range whole {
				items += len(all)
				ids := listed(all)
				want := slices.AppendSeq(make([]string, 0, len(first[name])), maps.Keys(first[name]))
				slices.Sort(want)
				if diff := cmp.Diff(want, ids); diff != "" {
					t.Errorf("%s: %d items expected, the list has %d (-list +ours):\n%.2000s", name, len(ids), len(want), diff)
				}
			}
			t.Logf("%d feeds change at %d moments and hold %d items", len(r.Feeds()), len(r.Times()), items)

			// A window in the middle: whatever was first or last seen in it must be expected,
			// and nothing that had gone before or came after.
			times := r.Times()
			from, to := times[len(times)/3], times[len(times)/2]
			window, err := r.Expect(from, to)
			if err != nil {
				t.Fatal(err)
			}
			for name, all := range window {
				ids := listed(all)
				if len(first[name]) == 0 {
					t.Errorf("%s is not in the list", name)
				}
				for id, seen := range first[name] {
					gone := last[name][id]
					inside := !seen.Before(from) && !seen.After(to) || !gone.Before(from) && !gone.After(to)
					f := r.Feed(name)
					begin := f.Times[max(f.at(from), 0)] // what was valid at from was seen earlier
					outside := seen.After(to) || gone.Before(begin)
					_, got := slices.BinarySearch(ids, id)
					if inside && !got || outside && got {
						t.Errorf("%s: %s seen from %s to %s; expected in the window: %v", name, id, seen, gone, got)
					}
				}
			}

			for _, name := range tt.feeds {
				got := map[string]bool{}
				f := r.Feed(name)
				for i, at := range f.Times {
					if i%20 != 0 && i != len(f.Times)-1 {
						continue // every capture would take seconds
					}
					r.At(at)
					res, body := get(t, f.URL)
					if res.StatusCode != http.StatusOK {
						t.Fatalf("%s at %s: %s", name, at, res.Status)
					}
					parsed, err := feed.Parse(body, feed.Options{URL: f.URL, ContentType: res.Header.Get("Content-Type")})
					if err != nil {
						t.Fatalf("%s at %s: %v", name, at, err)
					}
					ours := itemIDs(body)
					if len(parsed.Entries) != len(ours) {
						t.Errorf("%s at %s: %d entries, expected %d", name, at, len(parsed.Entries), len(ours))
					}
					for _, e := range parsed.Entries {
						id := e.ID
						if id == "" {
							id = e.Link
						}
						if id == "" {
							id = Nameless + e.Title.Body
						}
						got[id] = true
						if _, known := slices.BinarySearch(whole[name], id); !known {
							t.Errorf("%s at %s: %q is not expected", name, at, id)
						}
					}
				}
				if len(got) == 0 {
					t.Errorf("%s: no entries", name)
				}
			}
		})
	}
}

// listed returns ids as the list of items has them: without those items that have
// none, and with one layer of escapes less (one outlet escapes its links twice).
func listed(ids []string) []string {
	out := []string{}
	for _, id := range ids {
		if !strings.HasPrefix(id, Nameless) {
			out = append(out, html.UnescapeString(id))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// sights reads the list of items that came with a recording: feed -> id -> when it was
// first and last seen.
func sights(file string) (first, last map[string]map[string]time.Time, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close() //nolint:errcheck // read only
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, nil, err
	}
	first, last = map[string]map[string]time.Time{}, map[string]map[string]time.Time{}
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var item struct {
			Feed  string    `json:"feed"`
			GUID  string    `json:"guid"`
			First time.Time `json:"first_seen"`
			Last  time.Time `json:"last_seen"`
		}
		if err := json.Unmarshal(lines.Bytes(), &item); err != nil {
			return nil, nil, err
		}
		if first[item.Feed] == nil {
			first[item.Feed], last[item.Feed] = map[string]time.Time{}, map[string]time.Time{}
		}
		// An id that an outlet used again stands there twice.
		id := html.UnescapeString(item.GUID)
		if seen := first[item.Feed][id]; seen.IsZero() || item.First.Before(seen) {
			first[item.Feed][id] = item.First
		}
		if item.Last.After(last[item.Feed][id]) {
			last[item.Feed][id] = item.Last
		}
	}
	return first, last, lines.Err()
}
