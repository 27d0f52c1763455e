package newsroom

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"
	"unicode/utf8"

	"parallax/internal/news"
)

func script(t *testing.T) *Script {
	t.Helper()
	s, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The world is what its package comment promises.
func TestPromises(t *testing.T) {
	s := script(t)
	if n := len(s.Outlets); n < 14 {
		t.Errorf("%d outlets, at least 14 are promised", n)
	}
	if n := len(s.Events); n < 26 {
		t.Errorf("%d events, at least 26 are promised", n)
	}
	formats, texts, languages, states := map[string]int{}, map[string]int{}, map[string]int{}, map[State]int{}
	var fulltext, link, ended int
	for _, o := range s.Outlets {
		formats[o.Format]++
		texts[o.Text]++
		languages[o.Languages[0]]++
		states[o.State]++
		switch news.Mode(o.Carriage.Mode) {
		case news.FullText:
			fulltext++
			if o.Carriage.Basis == "" {
				t.Errorf("%s is carried in full without a basis", o.ID)
			}
		case news.Link:
			link++
		}
		if o.Carriage.Until {
			ended++
		}
		if o.State == Up && len(o.tellings) == 0 {
			t.Errorf("%s tells nothing", o.ID)
		}
		if allLabels[o.Languages[0]] == nil {
			t.Errorf("%s: no labels in %q", o.ID, o.Languages[0])
		}
		if countries[o.Country] == "" {
			t.Errorf("%s: the country %q has no name", o.ID, o.Country)
		}
	}
	for _, f := range []string{"rss", "atom", "rdf", "json"} {
		if formats[f] == 0 {
			t.Errorf("no outlet has a feed in %s", f)
		}
	}
	for _, x := range []string{"full", "summary", "stub"} {
		if texts[x] == 0 {
			t.Errorf("no outlet's feed has texts as %s", x)
		}
	}
	for _, l := range []string{"en", "de", "ar"} {
		if languages[l] == 0 {
			t.Errorf("no outlet writes in %s", l)
		}
	}
	if states[Blocked] != 1 || states[Down] != 1 {
		t.Errorf("states %v, want one outlet blocked and one down", states)
	}
	if fulltext == 0 || link == 0 || ended != 1 {
		t.Errorf("%d in full, %d as links, %d whose carriage has ended; want some, some, 1", fulltext, link, ended)
	}

	perDay := map[int]int{}
	var copies, edits, late, retractions, all, oneSide int
	for _, e := range s.Events {
		bySide := map[string]int{}
		for _, x := range e.Tellings {
			bySide[x.Outlet.Side]++
			if x.CopyOf != "" {
				copies++
			}
			for _, v := range x.Versions[1:] {
				switch {
				case v.Retraction:
					retractions++
				default:
					edits++
				}
				if v.From > evening {
					late++
				}
				if v.From > end {
					t.Errorf("%s, %s: a version after the end of the world", e.ID, x.Outlet.ID)
				}
			}
			if x.Versions[0].From > evening {
				t.Errorf("%s, %s is published after the evening", e.ID, x.Outlet.ID)
			}
			for _, v := range x.Versions {
				words := len(strings.Fields(strings.Join(v.Paragraphs, " ")))
				if words < 60 || words > 170 {
					t.Errorf("%s, %s has %d words, want 60 to 170", e.ID, x.Outlet.ID, words)
				}
				if n := utf8.RuneCountInString(v.Title); n < 15 || n > 120 {
					t.Errorf("%s, %s: a headline of %d letters: %q", e.ID, x.Outlet.ID, n, v.Title)
				}
			}
		}
		perDay[int(e.Tellings[0].Versions[0].From/(24*time.Hour))+1]++
		if len(e.Tellings) < 2 || len(e.Tellings) > 9 {
			t.Errorf("%s is told %d times, want 2 to 9", e.ID, len(e.Tellings))
		}
		if len(bySide) == 3 && bySide["keldmark"] > 1 && bySide["lorvane"] > 1 {
			all++
		}
		if len(bySide) == 1 && bySide["elsewhere"] == 0 {
			oneSide++
		}
	}
	for d := 1; d <= days; d++ {
		if perDay[d] < 5 {
			t.Errorf("day %d has %d events", d, perDay[d])
		}
	}
	if copies < 8 || edits != 4 || retractions != 1 || late != 3 || all < 5 || oneSide < 4 {
		t.Errorf("%d copies, %d silent edits, %d retractions, %d changes after the evening, %d events told by all, %d by one side only",
			copies, edits, retractions, late, all, oneSide)
	}
}

// Both parties are treated alike: as many outlets of each kind, as much text, as many
// edits, the same terms.
func TestSidesAlike(t *testing.T) {
	s := script(t)
	type sum struct {
		outlets, tellings, words, edits int
		kinds                           string
	}
	got := map[string]sum{}
	for _, o := range s.Outlets {
		x := got[o.Side]
		x.outlets++
		x.tellings += len(o.tellings)
		for _, c := range o.Disclosure.Control {
			x.kinds += c.Value + "/" + string(c.By) + "/" + o.Format + "/" + o.Carriage.Mode + " "
		}
		for _, y := range o.tellings {
			x.words += len(strings.Fields(strings.Join(y.Versions[0].Paragraphs, " ")))
			x.edits += len(y.Versions) - 1
		}
		got[o.Side] = x
	}
	a, b := got["keldmark"], got["lorvane"]
	if a.outlets != b.outlets || a.edits != b.edits {
		t.Errorf("the sides differ: %+v, %+v", a, b)
	}
	const tolerated = 12 // per cent
	if d := 100 * (a.words - b.words) / a.words; d > tolerated || d < -tolerated {
		t.Errorf("words differ by %d %%: %d and %d", d, a.words, b.words)
	}
	if d := 100 * (a.tellings - b.tellings) / a.tellings; d > tolerated || d < -tolerated {
		t.Errorf("tellings differ by %d %%: %d and %d", d, a.tellings, b.tellings)
	}
	for kind := range strings.SplitSeq("state-controlled independent-public private party", " ") {
		if strings.Count(a.kinds, kind) != strings.Count(b.kinds, kind) {
			t.Errorf("outlets of control %s: %q and %q", kind, a.kinds, b.kinds)
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	outlets, err := fs.ReadFile(files, "world/outlets.toml")
	if err != nil {
		t.Fatal(err)
	}
	const ok = "about: x\n-- lir-wire --\nat: 1 06:55\ntitle: T\n\nText.\n"
	for _, tt := range []struct{ name, outlets, event, want string }{
		{"good", "", ok, ""},
		{"no about", "", strings.TrimPrefix(ok, "about: x\n"), "about"},
		{"no outlet", "", strings.Replace(ok, "lir-wire", "lir-wir", 1), "no such outlet"},
		{"day 4", "", strings.Replace(ok, "1 06", "4 06", 1), "not a day"},
		{"no time", "", strings.Replace(ok, "at: 1 06:55\n", "", 1), "not a day"},
		{"no title", "", strings.Replace(ok, "title: T\n", "", 1), "no title"},
		{"unknown key", "", strings.Replace(ok, "title: T", "titel: T", 1), "unknown key"},
		{"no chart", "", strings.Replace(ok, "title: T", "title: T\nchart: 3 4 | Only a caption", 1), "Caption | Credit"},
		{"a bar below", "", strings.Replace(ok, "title: T", "title: T\nchart: 3 -4 | C | D", 1), "no bar"},
		{"one bar", "", strings.Replace(ok, "title: T", "title: T\nchart: 3 | C | D", 1), "1 bars"},
		{"no text", "", strings.Replace(ok, "Text.", "", 1), "no text"},
		{"twice", "", ok + strings.TrimPrefix(ok, "about: x\n"), "twice"},
		{"edit of nothing", "", strings.Replace(ok, "lir-wire", "lir-wire edit", 1), "changes nothing"},
		{"edit too early", "", ok + strings.Replace(strings.TrimPrefix(ok, "about: x\n"), "lir-wire", "lir-wire edit", 1), "changes nothing"},
		{"other kind", "", ok + strings.Replace(strings.TrimPrefix(ok, "about: x\n"), "lir-wire", "lir-wire change", 1), "neither"},
		{"copy of nothing", "", strings.Replace(ok, "title", "copy: al-marsa\ntitle", 1), "tells nothing"},
		{"outlet that is down", "", strings.Replace(ok, "lir-wire", "radio-gannet", 1), "nobody could read"},
		{"nobody", "", "about: x\n", "nobody tells"},
		{"unknown key of an outlet", strings.Replace(string(outlets), "tagline", "tag_line", 1), ok, "unknown key"},
		{"real country", strings.Replace(string(outlets), `"XS"`, `"CH"`, 1), ok, "user-assigned"},
		{"unknown format", strings.Replace(string(outlets), `"rdf"`, `"cdf"`, 1), ok, "format"},
		{"unknown grade", strings.Replace(string(outlets), `"private"`, `"privat"`, 1), ok, "no grade"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			world := fstest.MapFS{"outlets.toml": {Data: outlets}, "events/x.txtar": {Data: []byte(tt.event)}}
			if tt.outlets != "" {
				world["outlets.toml"] = &fstest.MapFile{Data: []byte(tt.outlets)}
			}
			_, err := load(world)
			switch {
			case tt.want == "" && err != nil:
				t.Error(err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
		})
	}
}

func TestStartFor(t *testing.T) {
	day := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	for m := 0; m < 24*60; m += 7 {
		present := day.Add(time.Duration(m) * time.Minute)
		start := StartFor(present)
		if late := present.Sub(start.Add(end)); late < 0 || late >= 15*time.Minute {
			t.Errorf("at %s the world has ended %s ago", present.Format("15:04"), late)
		}
		if start.Hour() != 0 || start.Minute() != 0 {
			t.Errorf("at %s day 1 begins at %s", present.Format("15:04"), start)
		}
		if _, zone := start.Zone(); zone < -12*3600 || zone > 14*3600 {
			t.Errorf("at %s the world lies %d seconds east of Greenwich, where nothing is", present.Format("15:04"), zone)
		}
	}
}
