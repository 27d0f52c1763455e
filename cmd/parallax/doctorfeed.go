package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"parallax/feed"
	"parallax/internal/fetch"
	"parallax/internal/news"
	"parallax/internal/publish"
)

// feed tells of one feed.
func (d *doctor) feed(f *news.Feed) error {
	_, _ = fmt.Fprintf(d.out, "%s: %s\n", f.SourceID, news.PublicURL(f.URL))
	d.line("due", d.dueWords(f))
	state := publish.ReachTitle(f.Reach)
	if !f.ReachSince.IsZero() {
		state = fmt.Sprintf("%s, for %s: %s", f.Reach, news.Span(d.now.Sub(f.ReachSince)), state)
	}
	d.line("reach", state)
	if f.Control != "" {
		d.line("", fmt.Sprintf("the direct way fails by %s, while %s leads to the outlet", f.Blocking, f.Control))
	}
	if !f.LastTry.IsZero() {
		last := d.ago(f.LastTry)
		if f.Status != 0 {
			last += fmt.Sprintf(", %d %s", f.Status, http.StatusText(f.Status))
		}
		d.line("last try", last)
		d.line("last read", d.ago(f.LastGood)+by(f.Route))
		d.line("last news", d.ago(f.LastNew))
	}
	if !f.LastGood.IsZero() {
		d.line("asks with", validators(f))
	}
	if f.Push != nil {
		d.line("pushed", d.pushWords(f.Push))
	}
	if len(f.Routes) > 0 {
		d.line("routes", strings.Join(names(f.Routes), ", "))
	}
	if f.MovedTo != "" {
		d.line("moved to", news.PublicURL(f.MovedTo)+" for good; put that into hub.toml")
	}
	for i, held := range d.held(f) {
		d.line([]string{"host", ""}[min(i, 1)], held)
	}
	if f.LastError != "" {
		why, hint, _ := strings.Cut(f.LastError, "; hint: ")
		d.line("trouble", fmt.Sprintf("%s (%d in a row)", why, f.Failures))
		if hint != "" {
			d.line("hint", hint)
		}
	}
	for i, p := range f.Problems {
		d.line([]string{"problems", ""}[min(i, 1)], p)
	}
	attempts, err := d.db.Evidence(d.ctx, f.ID, shownAttempts)
	if err != nil {
		return err
	}
	for i, a := range attempts {
		d.line([]string{"attempts", ""}[min(i, 1)], clock(a.At)+"  "+attempt(a))
	}
	if d.client == nil {
		return nil
	}
	return d.ask(f)
}

// ask tries each route of a feed now and tells what comes.
func (d *doctor) ask(f *news.Feed) error {
	routes := f.Routes
	if len(routes) == 0 {
		routes = []string{fetch.RouteDirect}
	}
	var all []news.Evidence
	var hint string
	for i, route := range routes {
		entries := ""
		resp, err := d.client.Get(d.ctx, fetch.Request{
			URL: f.URL, Kind: fetch.Feed, Routes: []string{route}, Isolation: f.SourceID,
			Check: func(resp *fetch.Response) error {
				parsed, err := feed.Parse(resp.Body, feed.Options{URL: resp.URL, ContentType: resp.Header.Get("Content-Type")})
				if err == nil {
					entries = fmt.Sprintf("a feed with %d entries", len(parsed.Entries))
				}
				return err
			},
		})
		label := []string{"asked now", ""}[min(i, 1)]
		var evidence []news.Evidence
		if e, ok := errors.AsType[*fetch.Error](err); ok {
			evidence, hint = e.Evidence, cmp.Or(hint, e.Hint)
		} else if err != nil {
			return err // d.ctx has ended
		} else {
			evidence = resp.Evidence
		}
		for _, a := range evidence {
			d.line(label, strings.TrimSpace(attempt(a)+"  "+entries))
		}
		if len(evidence) == 0 {
			d.line(label, fmt.Sprintf("%s  not asked: %v", fetch.RouteName(route), errors.Unwrap(err)))
		}
		all = append(all, evidence...)
	}
	finding := fetch.Judge(all)
	said := publish.ReachTitle(finding.Reach)
	if finding.Blocking != "" {
		said = fmt.Sprintf("the direct way fails by %s, while %s leads to the outlet", finding.Blocking, finding.Control)
		if f.Reach != news.ReachBlocked {
			said += "; if a later look says the same, it counts as blocked"
		}
	}
	d.line("finding", said)
	if hint != "" {
		d.line("hint", hint)
	}
	return nil
}

// declarations counts the outlets that declare something on their sites, and those with flaws in it.
func (d *doctor) declarations() error {
	asked, say, flawed, err := d.db.Declared(d.ctx)
	if err != nil || asked == 0 {
		return err
	}
	said := fmt.Sprintf("%d of %d outlets say on their site who stands behind them", say, asked)
	if flawed > 0 {
		said += fmt.Sprintf(", %d with flaws, which parallax doctor OUTLET names", flawed)
	}
	d.line("declared", said)
	return nil
}

// declares tells what the documents on an outlet's site declare of it, and what is wrong with them.
func (d *doctor) declares(sourceID string) error {
	declaration, err := d.db.Declaration(d.ctx, sourceID)
	if err != nil {
		return err
	}
	if !declaration.Due.IsZero() && len(declaration.Documents) == 0 {
		d.line("declares", "nothing is read: it has no home in hub.toml")
	}
	label := "declares"
	for _, doc := range declaration.Documents {
		said := "nothing"
		switch n := doc.Said.Count(); {
		case n == 1:
			said = "1 claim in " + doc.URL
		case n > 1:
			said = fmt.Sprintf("%d claims in %s", n, doc.URL)
		case doc.URL == "" && !doc.Read.IsZero():
			said = "there is none"
		}
		if doc.Read.IsZero() {
			said = "not read yet"
		} else {
			said += ", read " + d.ago(doc.Read)
		}
		if doc.Doubts > 0 {
			said += "; at the last look it said nothing, which is believed if it is so again"
		}
		d.line(label, fmt.Sprintf("%s: %s; next look %s", doc.Name, said, clock(doc.Due)))
		label = ""
		if doc.Error != "" {
			d.line(label, fmt.Sprintf("  %s (%d in a row)", doc.Error, doc.Failures))
		}
		for _, p := range doc.Problems {
			d.line(label, "  "+p)
		}
	}
	return nil
}

// due reports whether the hub wants to ask for f now.
func (d *doctor) due(f *news.Feed) bool { return !f.Due.After(d.now) && d.carried[f.SourceID] }

// dueWords says when a feed is asked next, and why then.
func (d *doctor) dueWords(f *news.Feed) string {
	switch {
	case !d.carried[f.SourceID]:
		for _, k := range d.taken {
			if k.Kind == news.TakenSource && k.Target == f.SourceID {
				return "never: its outlet was taken down on " + publish.Day(k.At) + ". " + publish.WhyTaken(k)
			}
		}
		return "never: its outlet is not carried at this time"
	case f.LastTry.IsZero() && d.due(f):
		return "now: it was never asked"
	case d.due(f):
		return fmt.Sprintf("now, since %s (%s)", news.Span(d.now.Sub(f.Due)), clock(f.Due)) + because(f)
	}
	return fmt.Sprintf("in %s (%s)", news.Span(f.Due.Sub(d.now)), clock(f.Due)) + because(f)
}

// pushWords says how a feed's WebSub subscription stands.
func (d *doctor) pushWords(s *news.Subscription) string {
	words := fmt.Sprintf("%s by %s", s.State, cmp.Or(news.PublicURL(s.Hub), strings.Join(s.Hubs, ", ")))
	switch {
	case s.Trusts(d.now):
		words += ", trusted: polls are only to see that nothing is missing"
	case s.Live(d.now):
		words += ", not trusted yet: the feed is polled as often as others"
	}
	if s.Live(d.now) {
		words += "; agreed until " + clock(s.Until)
	}
	if s.Pushes > 0 {
		words += fmt.Sprintf("; %d pushes, the last %s", s.Pushes, d.ago(s.LastPush))
	}
	if s.Forged > 0 {
		words += fmt.Sprintf("; %d without the right signature", s.Forged)
	}
	if s.Error != "" {
		words += "; " + s.Error
	}
	return words
}

// holds says until when a host wants to be left alone.
func (d *doctor) holds(until time.Time) string {
	return fmt.Sprintf("wants to be left alone for another %s, until %s", news.Span(until.Sub(d.now)), clock(until))
}

// held says by which ways the host of a feed, or the one that is asked next, wants to be
// left alone.
func (d *doctor) held(f *news.Feed) (list []string) {
	for _, name := range slices.Sorted(maps.Keys(d.blocked)) {
		if host := fetch.HostBlocked(name); host == news.Host(f.URL) || host == f.Host {
			list = append(list, name+" "+d.holds(d.blocked[name])+" (Retry-After, or too many requests)")
		}
	}
	return list
}

func because(f *news.Feed) string {
	if f.DueWhy == "" {
		return ""
	}
	return ": " + f.DueWhy
}

func by(route string) string {
	if route == "" || route == fetch.RouteDirect {
		return ""
	}
	return ", by " + route
}

// validators says by what a feed's server can tell that nothing has changed.
func validators(f *news.Feed) string {
	var with []string
	if f.ETag != "" {
		with = append(with, "ETag")
	}
	if f.LastModified != "" {
		with = append(with, "Last-Modified")
	}
	if len(with) == 0 {
		return "nothing: its server gives neither ETag nor Last-Modified, so it comes whole each time"
	}
	return strings.Join(with, " and ")
}

// attempt is an attempt on one line.
func attempt(a news.Evidence) string {
	what := fmt.Sprintf("%d %s", a.Status, http.StatusText(a.Status))
	if a.Failure != "" {
		what = a.Failure
		if a.Operation != "" {
			what += " at " + a.Operation
		}
	}
	if note := strings.TrimLeft(strings.TrimPrefix(a.Note, what), ",;: "); note != "" && a.Failure == "" {
		what += ": " + note
	}
	what = a.Route + "  " + what
	if a.Took >= time.Millisecond {
		what += "  " + a.Took.Round(time.Millisecond).String()
	}
	if a.Bytes > 0 {
		what += fmt.Sprintf("  %d kB", (a.Bytes+999)/1000)
	}
	return what
}
