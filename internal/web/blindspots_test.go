package web_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"parallax/feed"
	"parallax/internal/web"
	"parallax/internal/webtest"
)

func hushed() *webtest.World {
	w := webtest.New()
	w.Hush()
	return w
}

// A story that one side misses is on the page, for both parties alike; its own page names
// who was alive, and says what was to be expected.
func TestBlindspots(t *testing.T) {
	h := serve(t, hushed())
	for name, path := range map[string]string{"blindspots-found": "/blindspots", "story-unseen": "/story/port?lens=river"} {
		res := get(t, h, path)
		body := read(t, res)
		if res.StatusCode != http.StatusOK {
			t.Fatalf("%s: status %d", path, res.StatusCode)
		}
		webtest.CheckPage(t, name, body)
		golden(t, name+".html", body)
	}
	page := string(read(t, get(t, h, "/blindspots/river")))
	north, south := section(page, "side-north"), section(page, "side-south")
	if !strings.Contains(north, "Bridge at Velmora") || strings.Contains(north, "Ferry port") || !strings.Contains(south, "Ferry port of Pell") || strings.Contains(south, "Bridge at") {
		t.Errorf("the two blindspots are not where they belong:\n%s\n%s", north, south)
	}
	if !strings.Contains(section(page, "side-elsewhere"), "none was found") || strings.Contains(page, "Harvest") {
		t.Error("a blindspot was found where there is none")
	}
	for _, want := range []string{"Not seen in our 7 feeds of this side since", "Nothing published since (1)", "Expected here: about 4 of the 11 owners", "Found: 0."} {
		if !strings.Contains(south, want) || !strings.Contains(north, want) {
			t.Errorf("a side does not say %q:\n%s\n%s", want, north, south)
		}
	}
	if strings.Contains(page, "Unplaced") || strings.Contains(page, `id="side-unplaced"`) {
		t.Error("outlets of no known side are a side")
	}
	if page := string(read(t, get(t, h, "/story/harvest?lens=river"))); strings.Contains(page, "fewer than chance") {
		t.Error("a story that all sides have is flagged")
	}
}

func section(page, id string) string {
	_, after, _ := strings.Cut(page, `aria-labelledby="`+id+`"`)
	part, _, _ := strings.Cut(after, "</section>")
	return part
}

// A story is judged when it is six hours old, without any change of it; what an outlet
// published since the story began makes it alive.
func TestBlindspotAge(t *testing.T) {
	w := hushed()
	began := webtest.Hours(20)
	for _, c := range []struct {
		now  time.Time
		want bool
	}{{began.Add(6*time.Hour - time.Minute), false}, {began.Add(6 * time.Hour), true}, {webtest.Now.AddDate(0, 0, 6), true}, {webtest.Now.AddDate(0, 0, 8), false}} {
		h := serve(t, w, func(o *web.Options) { o.Now = func() time.Time { return c.now } })
		if got := strings.Contains(string(read(t, get(t, h, "/blindspots/river"))), "Ferry port"); got != c.want {
			t.Errorf("at %s: found %t, want %t", c.now, got, c.want)
		}
	}
	// Where only one outlet of a side published anything since, nothing more is expected of it.
	for _, id := range slices.Clone(w.Order) {
		if a := w.ByID[id]; a.When().After(began) && w.SideOf(a.SourceID) == "south" && a.SourceID != "south-0" {
			a.Published, a.FirstSeen = began.Add(-time.Hour), began.Add(-time.Hour)
		}
	}
	if page := string(read(t, get(t, serve(t, w), "/blindspots/river"))); strings.Contains(page, "Ferry port") {
		t.Error("outlets that published nothing are held to be silent")
	}
}

// The feeds hold the same stories, each once, and say of which side they are.
func TestBlindspotFeeds(t *testing.T) {
	h := serve(t, hushed())
	for suffix, mediaType := range formats {
		for lens, want := range map[string]int{"river": 2, "country": 3, "language": 0} {
			path := "/blindspots/" + lens + "/feed." + suffix
			res := get(t, h, path)
			body := read(t, res)
			if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), mediaType) {
				t.Fatalf("%s: status %d, type %s", path, res.StatusCode, res.Header.Get("Content-Type"))
			}
			f := webtest.CheckFeed(t, path, "https://hub.example"+path, res.Header.Get("Content-Type"), body)
			if len(f.Entries) != want {
				t.Errorf("%s: %d entries, want %d", path, len(f.Entries), want)
			}
			for _, e := range f.Entries {
				if !slices.ContainsFunc(e.Notes, func(n feed.Note) bool {
					return n.Name == "blindspot" && strings.Contains(n.Text, "Hardly seen in our feeds") && strings.HasPrefix(n.URL, "https://hub.example/story/")
				}) {
					t.Errorf("%s: %q does not say who misses it: %v", path, e.Title, e.Notes)
				}
			}
		}
	}
}

// Many blindspots make several light pages, with as many of each side.
func TestManyBlindspots(t *testing.T) {
	w := hushed()
	for i := range 11 {
		for _, id := range slices.Clone(w.Order) {
			a := *w.ByID[id]
			if a.StoryID == "port" || a.StoryID == "bridge" && i < 3 {
				a.ID, a.StoryID, a.Title = fmt.Sprintf("%s-%d", id, i), fmt.Sprintf("%s%d", a.StoryID, i), fmt.Sprintf("%s (%d)", a.Title, i)
				a.Lead = strings.Repeat("What happened is told at some length. ", 12)
				w.ByID[a.ID] = &a
				w.Order = append(w.Order, a.ID)
			}
		}
	}
	h := serve(t, w)
	path, pages, stories := "/blindspots/river", 0, map[string]int{}
	for path != "" {
		res := get(t, h, path)
		body := string(read(t, res))
		if res.StatusCode != http.StatusOK || pages > 10 {
			t.Fatalf("%s: status %d, page %d", path, res.StatusCode, pages)
		}
		p := webtest.CheckPage(t, path, []byte(body))
		weight := len(body)
		for _, s := range p.Style {
			weight += len(read(t, get(t, h, s)))
		}
		if weight > webtest.MaxPage {
			t.Errorf("%s weighs %d bytes with its styles, more than %d", path, weight, webtest.MaxPage)
		}
		pages++
		for _, side := range []string{"north", "south"} {
			n := strings.Count(section(body, "side-"+side), `class="spot"`)
			stories[side] += n
			if n > 5 || pages == 1 && n == 0 {
				t.Errorf("%s: %d stories of %s", path, n, side)
			}
		}
		if pages == 3 && !strings.Contains(section(body, "side-north"), "no further ones") {
			t.Error("a side of which there are no more does not say so")
		}
		_, next, _ := strings.Cut(body, `<p class="more"><a href="`)
		path, _, _ = strings.Cut(next, `"`)
	}
	if pages != 3 || stories["south"] != 12 || stories["north"] != 4 {
		t.Errorf("%d pages with %v stories", pages, stories)
	}
	for path, want := range map[string]int{"/blindspots/river?page=4": 404, "/blindspots/river?page=0": 404, "/blindspots/nope": 404, "/blindspots?lens=nope": 404, "/blindspots/nope/feed.rss": 404} {
		if res := get(t, h, path); res.StatusCode != want {
			t.Errorf("%s: status %d, want %d", path, res.StatusCode, want)
		}
	}
}
