package hub

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"parallax/internal/fetch"
	"parallax/internal/lang"
	"parallax/internal/limit"
	"parallax/internal/news"
)

// check returns the first thing that is wrong in the values.
func (c *Config) check() error {
	if _, _, err := net.SplitHostPort(c.Hub.Listen); err != nil {
		return c.errAt(c.lineOf("hub", 0, "listen"), fmt.Sprintf("listen = %q is not an address with a port", c.Hub.Listen), `e.g. "127.0.0.1:8480", or ":8480" for every interface`)
	}
	if c.Hub.URL != "" && !isHTTP(c.Hub.URL) {
		return c.errAt(c.lineOf("hub", 0, "url"), fmt.Sprintf("url = %q is not an http or https address", c.Hub.URL), "")
	}
	for code := range c.Hub.Countries {
		if !countryForm.MatchString(code) || code != strings.ToUpper(code) {
			return c.errAt(c.lineOf("hub", 0, "countries"), fmt.Sprintf("countries: %q is not a two-letter code in capitals", code), "")
		}
	}
	if _, err := limit.ParseProxies(c.Hub.TrustedProxies); err != nil {
		return c.errAt(c.lineOf("hub", 0, "trusted_proxies"), "trusted_proxies: "+err.Error(), `e.g. ["127.0.0.1", "10.0.0.0/8"]`)
	}
	if n := c.API.PerMinute; n < 0 || n > 1_000_000 {
		return c.errAt(c.lineOf("api", 0, "per_minute"), fmt.Sprintf("per_minute = %d is not between 0 and 1000000", n), "0 lets everybody ask as often as they like")
	}
	if err := c.checkFetch(); err != nil {
		return err
	}
	if err := c.checkAssistant(); err != nil {
		return err
	}
	if err := c.checkEmbeddings(); err != nil {
		return err
	}
	if err := c.checkTopics(); err != nil {
		return err
	}
	if err := c.checkMail(); err != nil {
		return err
	}
	lenses := map[string][]string{}
	for i, l := range c.Lenses {
		line := c.lineOf("lens", i, "id")
		var sides []string
		for _, s := range l.Sides {
			if !idForm.MatchString(s.ID) || slices.Contains(sides, s.ID) || s.ID == news.Unplaced {
				return c.errAt(c.lineOf("lens", i, "sides"), fmt.Sprintf("lens %q: side id %q is taken twice, reserved, or not made of a-z, 0-9 and hyphens", l.ID, s.ID), "")
			}
			if s.Title == "" {
				return c.errAt(c.lineOf("lens", i, "sides"), fmt.Sprintf("lens %q: side %q has no title", l.ID, s.ID), "")
			}
			sides = append(sides, s.ID)
		}
		switch _, twice := lenses[l.ID]; {
		case !idForm.MatchString(l.ID):
			return c.errAt(line, fmt.Sprintf("lens id %q is not made of a-z, 0-9 and hyphens", l.ID), "")
		case twice || slices.Contains([]string{news.LensControl, news.LensCountry, news.LensLanguage}, l.ID):
			return c.errAt(line, fmt.Sprintf("there are two lenses with the id %q", l.ID), "control, country and language are built in")
		case l.Title == "":
			return c.errAt(line, fmt.Sprintf("lens %q has no title", l.ID), "")
		case len(sides) < 2:
			return c.errAt(line, fmt.Sprintf("lens %q has fewer than two sides", l.ID), `sides = [ { id = "a", title = "A" }, { id = "b", title = "B" } ]`)
		}
		lenses[l.ID] = sides
	}
	return c.checkSources(lenses)
}

// maxTopics bounds how many topics there are, which a page lists, and maxTopicTitle how long a title is, in characters.
const maxTopics, maxTopicTitle = 30, 60

func (c *Config) checkTopics() error {
	if len(c.Topics) > maxTopics {
		return c.errAt(c.lineOf("topic", maxTopics, "id"), fmt.Sprintf("there are %d topics, more than %d", len(c.Topics), maxTopics), "readers can subscribe to any search: /search/feed.atom?q=")
	}
	ids := map[string]bool{}
	for i, t := range c.Topics {
		fail := func(key, hint, format string, args ...any) error {
			return c.errAt(c.lineOf("topic", i, key), fmt.Sprintf("topic %q: ", t.ID)+fmt.Sprintf(format, args...), hint)
		}
		switch {
		case !idForm.MatchString(t.ID):
			return fail("id", "", "the id is not made of a-z, 0-9 and hyphens")
		case ids[t.ID]:
			return fail("id", "", "there are two topics with this id")
		case t.Title == "":
			return fail("id", `title = "Floods"`, "it has no title")
		case utf8.RuneCountInString(t.Title) > maxTopicTitle:
			return fail("title", "it stands in the navigation of the front page", "its title has more than %d characters", maxTopicTitle)
		case len(lang.QueryTerms(t.Words, t.Languages)) == 0:
			return fail("words", `words = "flood"`, "words = %q has no word to look for", t.Words)
		}
		for _, l := range t.Languages {
			if !langForm.MatchString(l) {
				return fail("languages", `e.g. "en", "pt-BR"`, "%q is no language tag (BCP 47)", l)
			}
		}
		ids[t.ID] = true
	}
	return nil
}

func (c *Config) checkFetch() error {
	f := c.Fetch
	for _, r := range f.Routes {
		if err := fetch.CheckRoute(r); err != nil {
			return c.errAt(c.lineOf("fetch", 0, "routes"), err.Error(), `e.g. "direct", "direct-http1", "socks5h://127.0.0.1:9050"`)
		}
	}
	for _, d := range []struct {
		key string
		v   Duration
		min time.Duration
	}{
		{"interval", f.Interval, time.Second},
		{"min_interval", f.MinInterval, time.Second},
		{"max_interval", f.MaxInterval, time.Second},
		{"timeout", f.Timeout, time.Second},
		{"per_host_delay", f.PerHostDelay, 0},
	} {
		if time.Duration(d.v) < d.min {
			return c.errAt(c.lineOf("fetch", 0, d.key), fmt.Sprintf("%s = %q is too short", d.key, d.v), "")
		}
	}
	switch {
	case f.MinInterval > f.MaxInterval:
		return c.errAt(c.lineOf("fetch", 0, "min_interval"), "min_interval is longer than max_interval", "")
	case f.Workers < 1 || f.Workers > 1000:
		return c.errAt(c.lineOf("fetch", 0, "workers"), fmt.Sprintf("workers = %d is not between 1 and 1000", f.Workers), "")
	case f.MaxBody < 1<<10:
		return c.errAt(c.lineOf("fetch", 0, "max_body"), fmt.Sprintf("max_body = %d bytes is too small for a feed", f.MaxBody), "")
	}
	for _, a := range f.AllowPrivate {
		if err := fetch.CheckAllow(a); err != nil {
			return c.errAt(c.lineOf("fetch", 0, "allow_private"), err.Error(), `e.g. "127.0.0.1:8080", "10.1.2.3", "192.168.7.0/24"`)
		}
	}
	return nil
}

func (c *Config) checkSources(lenses map[string][]string) error {
	ids, feeds := map[string]bool{}, map[string]string{}
	for i := range c.Sources {
		s := &c.Sources[i]
		fail := func(key, format string, args ...any) error {
			return c.errAt(c.lineOf("source", i, key), fmt.Sprintf("source %q: ", s.ID)+fmt.Sprintf(format, args...), "")
		}
		switch {
		case !idForm.MatchString(s.ID):
			return fail("id", "the id is not made of a-z, 0-9 and hyphens")
		case ids[s.ID]:
			return fail("id", "there are two sources with this id")
		case s.Name == "":
			return fail("id", "it has no name")
		case s.Home != "" && !isHTTP(s.Home):
			return fail("home", "home = %q is not an http or https address", s.Home)
		case s.Country != "" && !countryForm.MatchString(s.Country):
			return fail("country", "country = %q is not a two-letter code of ISO 3166-1", s.Country)
		case len(s.Feeds) == 0:
			return fail("id", "it has no feeds")
		}
		ids[s.ID] = true
		for _, l := range s.Languages {
			if !langForm.MatchString(l) {
				return fail("languages", "%q is not a language tag such as \"en\" or \"pt-BR\"", l)
			}
		}
		for _, f := range s.Feeds {
			if !isHTTP(f) {
				return fail("feeds", "%q is not an http or https address", f)
			}
			if other, twice := feeds[f]; twice {
				return fail("feeds", "%s is a feed of %q already", f, other)
			}
			feeds[f] = s.ID
		}
		for _, r := range s.Routes {
			if err := fetch.CheckRoute(r); err != nil {
				return fail("routes", "%v", err)
			}
		}
		for lens, side := range s.Sides {
			sides, ok := lenses[lens]
			if !ok {
				return fail("sides", "there is no lens %q%s", lens, suggest(lens, keys(lenses)))
			}
			if !slices.Contains(sides, side) {
				return fail("sides", "lens %q has no side %q%s", lens, side, suggest(side, sides))
			}
		}
		if err := s.Carriage.news().Check(); err != nil {
			return fail("carriage", "carriage: %v", err)
		}
		if err := checkClaims(s.news().Disclosure); err != nil {
			return fail("disclosure", "disclosure: %v", err)
		}
	}
	return nil
}

func checkClaims(d news.Disclosure) error {
	for _, f := range d.Fields() {
		for _, cl := range f.Claims {
			switch {
			case cl.Value == "":
				return fmt.Errorf("%s: a claim has no value", f.Key)
			case !slices.Contains(authorities, cl.By):
				return fmt.Errorf(`%s: by = %q is not one of "self", "registry", "third party", "operator": every claim says on whose word it rests`, f.Key, cl.By)
			case cl.URL != "" && !isHTTP(cl.URL):
				return fmt.Errorf("%s: url = %q is not an http or https address", f.Key, cl.URL)
			case f.Key == "control" && !isGrade(cl.Value):
				return fmt.Errorf("control: %q is not a grade%s", cl.Value, suggest(cl.Value, grades()))
			}
		}
	}
	return nil
}

func isGrade(v string) bool { return slices.Contains(grades(), v) }

func grades() []string {
	var out []string
	for _, g := range news.ControlGrades {
		out = append(out, g.ID)
	}
	return out
}

func isHTTP(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}
