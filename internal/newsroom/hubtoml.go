package newsroom

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Lens is the id of the lens that HubTOML declares.
const Lens = "sarn"

// HubTOML returns the text of an ordinary hub.toml that carries the outlets of this
// world. It listens where the hub listens by default and keeps its data in data/.
func (w *World) HubTOML(name string) string {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, format, args...) }
	p(`# An ordinary configuration of a Parallax hub. The outlets in it are invented, and so is
# what they report; everything else is as in a real one. Read it, change it, start again.

[hub]
name     = %s
listen   = "127.0.0.1:8480"
data     = "data"
operator = "You, on your own machine"
# Names of countries that are in no table.
countries = { %s }

[fetch]
# These outlets run on this machine and are asked every few minutes, without a pause
# between two requests. Real ones are not: leave these lines out for a real hub.
interval       = "1m"
min_interval   = "1s"
max_interval   = "5m"
per_host_delay = "0s"
timeout        = "10s"
# A hub fetches nothing from its own network, unless an address is named here.
allow_private = [
`, quote(name), countryNames())
	for _, o := range w.script.Outlets {
		p("  %s, # %s\n", quote(w.host(o.ID)), o.Name)
	}
	p(`]

# A lens divides the outlets into sides. "Who controls the outlet", "country" and
# "language" are built in; this one is for the dispute that the outlets report.
[[lens]]
id    = %s
title = "The Sarn dispute"
when  = ["Sarn", "Velmora", "Orrin", "Gannet", "Lorvane", "Keldmark", "Port Ansel"]
sides = [ `, quote(Lens))
	for i, s := range sides {
		if i > 0 {
			p(", ")
		}
		p("{ id = %s, title = %s }", quote(s.id), quote(s.title))
	}
	p(" ]\n")
	p(`
# Topics have a page and feeds, with every article that holds their words.
[[topic]]
id    = "ferries"
title = "Ferries"
words = "ferry"

[[topic]]
id    = "talks"
title = "The talks"
words = "talks"
`)
	for _, o := range w.script.Outlets {
		w.sourceTOML(p, o)
	}
	return b.String()
}

func (w *World) sourceTOML(p func(string, ...any), o *Outlet) {
	p("\n\n# ---- %s: %s", o.Name, o.Tagline)
	switch o.State {
	case Blocked:
		p("; its server answers 451, Unavailable For Legal Reasons")
	case Down:
		p("; its server is down")
	}
	p("\n[[source]]\nid        = %s\nname      = %s\nhome      = %s\n", quote(o.ID), quote(o.Name), quote(w.Home(o.ID)))
	p("country   = %s\nlanguages = %s\n", quote(o.Country), quotes(o.Languages))
	p("feeds     = %s\nsides     = { %s = %s }\n", quotes([]string{w.FeedURL(o.ID)}), Lens, quote(o.Side))

	c := o.Carriage
	p("[source.carriage]\nwhy  = %s\n", quote(c.Why))
	if c.Mode == "" {
		p("mode = \"excerpt\" # headline, link and the first sentences\n")
	} else {
		p("mode = %s\n", quote(c.Mode))
	}
	switch c.Basis {
	case "":
	case "licence":
		p("basis = %s # whole texts need a basis\n", quote(w.urls[o.ID]+"/licence"))
	default:
		p("basis = %s\n", quote(c.Basis))
	}
	if c.Until {
		p("from  = %s\nuntil = %s # from this day on it is withdrawn: not fetched, not shown\n",
			w.start.AddDate(0, -3, 0).Format(time.DateOnly), w.untilDate())
	}
	if c.Keep != "" {
		p("keep = %s # so long after it was first seen, an article is withdrawn\n", quote(c.Keep))
	}
	if c.Boilerplate != "" {
		p("boilerplate = %s\n", quote(c.Boilerplate))
	}
	for _, f := range o.Disclosure.fields() {
		for _, c := range f.claims {
			p("[[source.disclosure.%s]]\nvalue = %s\nby = %s\n", f.key, quote(c.Value), quote(string(c.By)))
			if c.Who != "" {
				p("who = %s\n", quote(c.Who))
			}
			if u := w.claimURL(o, c); u != "" {
				p("url = %s\n", quote(u))
			}
			p("date = %s\n", w.start.AddDate(0, 0, -c.Date).Format(time.DateOnly))
		}
	}
}

// untilDate returns the day on which the carriage that has ended did so: the UTC day
// on which the world's third evening lies, which has begun by then.
func (w *World) untilDate() string { return w.Evening().UTC().Format(time.DateOnly) }

func (w *World) claimURL(o *Outlet, c claim) string {
	switch c.URL {
	case "observatory":
		return w.observatory + "/outlets/" + o.ID
	case "about", "licence":
		return w.urls[o.ID] + "/" + c.URL
	}
	return ""
}

// host returns address and port of an outlet.
func (w *World) host(outletID string) string {
	u, err := url.Parse(w.urls[outletID])
	if err != nil {
		return "" // unreachable: serve made the address
	}
	return u.Host
}

// countryNames writes the names of the invented countries as the inside of a TOML table.
func countryNames() string {
	var names []string
	for _, code := range slices.Sorted(maps.Keys(countries)) {
		names = append(names, code+" = "+quote(countries[code]))
	}
	return strings.Join(names, ", ")
}

// countries names the invented ones for the reader of hub.toml.
var countries = map[string]string{
	"XH": "Hochtal", "XL": "Lorvane", "XM": "Keldmark", "XP": "Pellan", "XS": "Sahar Islands",
}

// quote writes a TOML basic string. What strconv escapes in these texts TOML escapes
// alike; a test reads the whole file back.
func quote(s string) string { return strconv.Quote(s) }

func quotes(list []string) string {
	var q []string
	for _, s := range list {
		q = append(q, quote(s))
	}
	return "[" + strings.Join(q, ", ") + "]"
}
