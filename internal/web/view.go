package web

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"parallax/internal/lang"
	"parallax/internal/news"
	"parallax/internal/publish"
)

// Words is a piece of foreign text with what a browser needs to set and speak it.
type words struct{ Text, Lang, Dir string }

// Quoted reports whether the text begins with a quote mark of its own.
func (w words) Quoted() bool {
	first, _ := utf8.DecodeRuneInString(w.Text)
	return strings.ContainsRune("\"“”„«»「『‹›", first) && first != utf8.RuneError
}

func foreign(text, tag string) words {
	if tag == "" || tag == "und" {
		return words{text, "", "auto"} // lang="" says that it is not known (HTML §3.2.6.2)
	}
	return words{text, tag, lang.Dir(tag)}
}

// A moment is a time as readers see it: how long ago, and exactly.
type moment struct{ ISO, Exact, Ago string }

func at(t, now time.Time) moment {
	if t.IsZero() {
		return moment{}
	}
	t = t.UTC()
	return moment{t.Format(time.RFC3339), exact(t), ago(t, now)}
}

func exact(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04 UTC") }

// ago says how long before now t was, in the largest unit that fits; dates from a
// fortnight on.
func ago(t, now time.Time) string {
	d := now.Sub(t)
	if d < 0 {
		switch d = -d; {
		case d < time.Minute:
			return "just now"
		case d < time.Hour:
			return "in " + plural(int(d/time.Minute), "minute", "minutes")
		case d < 48*time.Hour:
			return "in " + plural(int(d/time.Hour), "hour", "hours")
		}
		return t.UTC().Format("2 Jan 2006")
	}
	switch {
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return plural(int(d/time.Minute), "minute", "minutes") + " ago"
	case d < 24*time.Hour:
		return plural(int(d/time.Hour), "hour", "hours") + " ago"
	case d < 14*24*time.Hour:
		return plural(int(d/(24*time.Hour)), "day", "days") + " ago"
	}
	return t.UTC().Format("2 Jan 2006")
}

// later says how long after first t was: "at first", "+25 min", "+3 h", "+2 d".
func later(t, first time.Time) string {
	d := t.Sub(first)
	switch {
	case d < time.Minute:
		return "first"
	case d < time.Hour:
		return fmt.Sprintf("+%d min", d/time.Minute)
	case d < 48*time.Hour:
		return fmt.Sprintf("+%d h", int(math.Round(d.Hours())))
	}
	return fmt.Sprintf("+%d d", d/(24*time.Hour))
}

// An outlet is a Source as it is named beside what it says.
type outlet struct {
	Name, Href string
	Line       string // who stands behind it, and who says so
	Short      string // the same in a few words
	Country    string
	// Then is the version of what is said of it that was in force when the article beside which it
	// is named was first seen; nil where it is the present one, or not known.
	Then *versionLink
}

func outletOf(s *news.Source) outlet {
	o := outlet{
		Name: s.Name, Href: "/source/" + url.PathEscape(s.ID),
		Line: publish.DisclosureLine(s), Short: publish.ShortLine(s),
	}
	if s.Country != "" {
		o.Country = cmp.Or(s.CountryName, lang.CountryName(s.Country))
	}
	return o
}

// hues is how many hues layout.css has for sides, patterns how many parts.html has.
const (
	hues     = 8
	patterns = 8
)

// notStated is the side of the outlets of which a lens knows nothing.
var notStated = news.Side{ID: news.Unplaced, Title: "Not stated"}

// A side is a news.Side with what marks it on every page.
type side struct {
	ID, Title, Href string
	Hue             string // class of its hue
	Pattern         string // id of its pattern, "" for plain
}

// sideOf gives the side at place its hue and pattern. Both are decided by its place in
// the lens alone. No side is plain and every pattern covers about a quarter, so that
// none looks heavier than another. Where there are more sides than hues, the pattern goes on by one with
// each round, so that 64 sides differ.
func sideOf(lens *news.Lens, sd news.Side, place int) side {
	v := side{
		ID: sd.ID, Title: sd.Title, Hue: "s0",
		Href: "/lens/" + url.PathEscape(lens.ID) + "/" + url.PathEscape(sd.ID),
	}
	if sd.ID == news.Unplaced {
		return v // grey: not knowing is no side
	}
	v.Hue = fmt.Sprintf("s%d", place%hues+1)
	v.Pattern = fmt.Sprintf("p%d", (place+place/hues)%patterns+1)
	return v
}

// A lensChoice is one link of the lens switcher.
type lensChoice struct {
	Title, Href string
	Current     bool
}

// switcher offers every lens at path, keeping query.
func (h *hub) switcher(current *news.Lens, path string, query url.Values) []lensChoice {
	var list []lensChoice
	for i := range h.lenses {
		l := &h.lenses[i]
		q := url.Values{}
		maps.Copy(q, query)
		q.Set("lens", l.ID)
		list = append(list, lensChoice{l.Title, path + "?" + q.Encode(), l.ID == current.ID})
	}
	return list
}
