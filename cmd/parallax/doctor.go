package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"parallax/feed"
	"parallax/internal/assist"
	"parallax/internal/endpoint"
	"parallax/internal/extract/siterule"
	"parallax/internal/fetch"
	"parallax/internal/hub"
	"parallax/internal/news"
	"parallax/internal/publish"
	"parallax/internal/store"
)

type doctorCmd struct {
	What []string `arg:"" optional:"" placeholder:"SOURCE|URL" help:"Ids of outlets, or URLs of feeds (default: the whole hub)."`
	Ask  bool     `help:"Ask for the feeds now, by each of their routes, without changing their schedule."`
}

// Help implements kong's detailed help.
func (doctorCmd) Help() string {
	return `Without a name: whether the hub works, which of its feeds are in trouble, and what you
could do about it. With names: when each feed is due and why, how it can be reached, and
what happened at the last attempts. With --ask each of its routes is tried now, as the hub
would, and what comes is told; the hub's own schedule and records stay as they are, save that
a host which wants to be left alone is.

Example:
  parallax doctor
  parallax doctor --ask harbour-times`
}

// Run implements the command.
func (c doctorCmd) Run(e *env) (err error) {
	if c.Ask && len(c.What) == 0 {
		return hinted{errors.New("--ask needs the name of an outlet or feed"), "parallax doctor without --ask says which are in trouble"}
	}
	cfg, db, err := openStore(e)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	d := &doctor{env: e, cfg: cfg, db: db, now: time.Now(), carried: map[string]bool{}}
	for _, s := range cfg.NewsSources() {
		d.carried[s.ID] = s.Carriage.At(d.now) == news.Carried
	}
	if d.feeds, err = db.Feeds(e.ctx, ""); err != nil {
		return err
	}
	if d.blocked, err = db.BlockedHosts(e.ctx, d.now); err != nil {
		return err
	}
	if len(c.What) == 0 {
		return d.overview()
	}
	named, err := d.named(c.What)
	if err != nil {
		return err
	}
	if c.Ask {
		d.client = hub.NewClient(cfg, db, time.Now, e.log)
		defer d.client.Close()
	}
	for i, f := range named {
		if i > 0 {
			_, _ = fmt.Fprintln(e.out)
		}
		if err := d.feed(f); err != nil {
			return err
		}
	}
	return nil
}

// A doctor looks at a hub from outside: it reads what the store remembers.
type doctor struct {
	*env
	cfg     *hub.Config
	db      *store.DB
	client  *fetch.Client // nil unless feeds are to be asked for
	now     time.Time
	feeds   []*news.Feed         // all that are not retired
	blocked map[string]time.Time // hosts that want to be left alone, see fetch.HostBlocked
	carried map[string]bool      // ids of sources that are carried now
	wrong   *siterule.Set        // with lines that could not be read; may be nil
}

// named returns the feeds of which the URL or the source is among names, in their order.
func (d *doctor) named(names []string) ([]*news.Feed, error) {
	var found []*news.Feed
	for _, name := range names {
		n := len(found)
		for _, f := range d.feeds {
			if (f.URL == name || f.SourceID == name) && !slices.Contains(found, f) {
				found = append(found, f)
			}
		}
		if n == len(found) && !slices.ContainsFunc(found, func(f *news.Feed) bool { return f.URL == name || f.SourceID == name }) {
			return nil, hinted{fmt.Errorf("%s: %w", news.PublicURL(name), news.ErrNotFound), "give an outlet's id as in hub.toml or a feed's exact URL; what was added just now is known when the hub runs"}
		}
	}
	return found, nil
}

// overview tells of the whole hub.
func (d *doctor) overview() error {
	counts, err := d.db.FreshCounts(d.ctx, d.now)
	if err != nil {
		return err
	}
	d.line("hub", fmt.Sprintf("%s: %d outlets, %s", d.config, len(d.carried), feeds(d.declared())))
	d.line("database", d.database())
	d.line("holds", fmt.Sprintf("%d items, %d articles, %d stories", counts.Items, counts.Articles, counts.Stories))
	d.line("to do", fmt.Sprintf("%d items to read, %d articles to place, %d stories to compare", counts.Unextracted, counts.Unplaced, counts.Uncompared))
	d.line("feeds", d.states())
	asked, overdue := time.Time{}, 0
	for _, f := range d.feeds {
		if f.LastTry.After(asked) {
			asked = f.LastTry
		}
		if d.due(f) && d.now.Sub(f.Due) > overdueAfter {
			overdue++
		}
	}
	if rules := d.rules(); rules != "" {
		d.line("rules", rules)
	}
	d.line("asked", d.ago(asked))
	d.line("pushed", d.pushes())
	if err := d.assistant(); err != nil {
		return err
	}
	if err := d.embeddings(); err != nil {
		return err
	}
	for _, host := range slices.Sorted(maps.Keys(d.blocked)) {
		d.line("host", host+" "+d.holds(d.blocked[host]))
	}
	d.advice(asked, overdue)
	d.trouble()
	d.unread()
	return nil
}

// rules says how many rules for sites there are, and what of them is not followed.
func (d *doctor) rules() string {
	if d.cfg.RulesDir() == "" {
		return ""
	}
	s, err := d.cfg.SiteRules()
	if err != nil {
		return err.Error()
	}
	d.wrong = s
	said := fmt.Sprintf("%d for sites in %s", s.Len(), d.cfg.RulesDir())
	if s.Wrong > 0 {
		said += fmt.Sprintf(", of which %d lines could not be read", s.Wrong)
	}
	if n := s.Ignored["requires_login"]; n > 0 {
		said += fmt.Sprintf("; %d ask for a login, which the hub has not", n)
	}
	if n := s.Ignored["http_header"]; n > 0 {
		said += fmt.Sprintf("; %d want other headers sent, while the hub says who it is", n)
	}
	return said
}

// assistant says what the assistant does and how far it is, if there is one.
func (d *doctor) assistant() error {
	a := d.cfg.Assistant
	if a.URL == "" {
		return nil
	}
	asked, waiting, err := d.db.AssistantCounts(d.ctx, d.now, assist.Least(d.now))
	if err != nil {
		return err
	}
	var does []string
	if a.Sentences {
		does = append(does, "sentences")
	}
	if len(a.Languages) > 0 {
		does = append(does, "headlines and quotes in "+strings.Join(a.Languages, ", "))
	}
	d.line("assistant", fmt.Sprintf("%s at %s: %s", a.Model, news.PublicURL(a.URL), strings.Join(does, ", ")))
	d.line("", fmt.Sprintf("asked %d times this hour, of %d; stories to ask about: %d", asked, a.PerHour, waiting))
	return nil
}

// embeddings tells how the endpoint for them does, by asking it once, if there is one.
func (d *doctor) embeddings() error {
	client := hub.NewEmbedder(d.cfg, time.Now, d.log, nil)
	if client == nil {
		return nil
	}
	defer client.Close()
	const day = 24 * time.Hour
	placed, with, err := d.db.Embedded(d.ctx, d.now.Add(-day))
	if err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(d.ctx, time.Duration(d.cfg.Embeddings.Timeout))
	defer cancel()
	begun := time.Now()
	got, err := client.Ask(limited, []string{"Does this endpoint answer?"})
	if err != nil {
		d.line("embeddings", err.Error())
		if told, ok := errors.AsType[*endpoint.Error](err); ok && told.Hint != "" {
			d.line("", "hint: "+told.Hint)
		}
	} else {
		d.line("embeddings", fmt.Sprintf("%s gives %d numbers, in %s", d.cfg.Embeddings.Model, len(got[0].Vector), time.Since(begun).Round(time.Millisecond)))
	}
	d.line("", fmt.Sprintf("%d of the %d articles of the last day that were placed have one", with, placed))
	return nil
}

// unread lists the lines of rules for sites that could not be read.
func (d *doctor) unread() {
	if d.wrong == nil || d.wrong.Wrong == 0 {
		return
	}
	_, _ = fmt.Fprintln(d.out, "\nLines of site rules that could not be read:")
	for _, p := range d.wrong.Problems[:min(len(d.wrong.Problems), maxShown)] {
		_, _ = fmt.Fprintln(d.out, "  "+p.String())
	}
	if more := d.wrong.Wrong - maxShown; more > 0 {
		_, _ = fmt.Fprintf(d.out, "  and %d more\n", more)
	}
}

// declared counts the feeds in hub.toml.
func (d *doctor) declared() int {
	n := 0
	for _, s := range d.cfg.Sources {
		n += len(s.Feeds)
	}
	return n
}

// pushes says how many feeds are pushed by WebSub hubs, or why none can be.
func (d *doctor) pushes() string {
	if why := d.cfg.NoPushes(); why != nil {
		return "none can be: " + why.Error()
	}
	wanted, live := 0, 0
	for _, f := range d.feeds {
		if f.Push != nil {
			wanted++
		}
		if f.Push.Live(d.now) {
			live++
		}
	}
	return fmt.Sprintf("%d of %s that name a WebSub hub", live, feeds(wanted))
}

// overdueAfter is by how much a feed is due too long: a hub that runs asks within seconds,
// and one that has just come back needs minutes for thousands of feeds.
const overdueAfter = 10 * time.Minute

// advice says what the operator could do for the hub as a whole.
func (d *doctor) advice(asked time.Time, overdue int) {
	var all []string
	switch n := d.declared(); {
	case n == 0:
		all = append(all, "there are no feeds yet: parallax add ADDRESS, then parallax serve")
	case n > len(d.feeds):
		all = append(all, fmt.Sprintf("%s of hub.toml are not taken up yet: that is done when the hub starts, or within seconds while it runs", feeds(n-len(d.feeds))))
	}
	if overdue > 0 && d.now.Sub(asked) > overdueAfter {
		all = append(all, fmt.Sprintf("%s waited for more than %s: does a hub run? Start parallax serve, or parallax run from cron",
			feeds(overdue), news.Span(overdueAfter)))
	} else if overdue > 0 {
		all = append(all, fmt.Sprintf("%s waited for more than %s although a hub runs: it may be catching up; if it stays so, raise workers under [fetch]",
			feeds(overdue), news.Span(overdueAfter)))
	}
	if d.cfg.Hub.Contact == "" {
		all = append(all, "set contact in hub.toml: an outlet that minds can then write to you instead of banning you")
	}
	unread := 0
	for _, f := range d.feeds {
		if f.Failures > 0 {
			unread++
		}
	}
	if unread > 1 && unread == len(d.feeds) {
		all = append(all, "no feed can be read at all: is this machine online, and is its clock right?")
	}
	if len(all) == 0 {
		return
	}
	_, _ = fmt.Fprintln(d.out, "\nWhat you could do:")
	for _, a := range all {
		_, _ = fmt.Fprintln(d.out, "  "+a)
	}
}

// trouble names the feeds that fail or are not reached directly.
func (d *doctor) trouble() {
	list := d.troubled()
	if len(list) == 0 {
		return
	}
	_, _ = fmt.Fprintln(d.out, "\nFeeds in trouble (parallax doctor NAME tells more):")
	for _, f := range list {
		what := f.LastError
		if what == "" {
			what = publish.ReachTitle(f.Reach) + "; it is read by " + f.Route
		}
		_, _ = fmt.Fprintf(d.out, "  %s: %s\n    %s, for %s: %s\n", f.SourceID, news.PublicURL(f.URL), f.Reach, news.Span(d.now.Sub(f.ReachSince)), what)
	}
}

// troubled returns the feeds that fail or are not reached directly, the longest first.
func (d *doctor) troubled() []*news.Feed {
	var list []*news.Feed
	for _, f := range d.feeds {
		if f.Failures > 0 || f.Reach != news.ReachOK && f.Reach != news.ReachUnknown {
			list = append(list, f)
		}
	}
	slices.SortStableFunc(list, func(a, b *news.Feed) int { return a.ReachSince.Compare(b.ReachSince) })
	return list
}

// states counts the feeds by how they can be reached.
func (d *doctor) states() string {
	n := map[news.Reach]int{}
	for _, f := range d.feeds {
		n[f.Reach]++
	}
	var parts []string
	for _, r := range []news.Reach{
		news.ReachOK, news.ReachDegraded, news.ReachBlocked, news.ReachLegal, news.ReachRefused, news.ReachDown, news.ReachGone, news.ReachUnknown,
	} {
		if n[r] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[r], cmp.Or(string(r), "not tried yet")))
		}
	}
	return cmp.Or(strings.Join(parts, ", "), "none")
}

// database says where the store is, and how large where that is one file.
func (d *doctor) database() string {
	if info, err := os.Stat(d.cfg.DSN()); err == nil {
		return fmt.Sprintf("%s, %d MB", d.cfg.DSN(), (info.Size()+1<<19)>>20)
	}
	return news.PublicURL(d.cfg.DSN())
}

// shownAttempts is how many of the last attempts on a feed are told.
const shownAttempts = 8

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

// due reports whether the hub wants to ask for f now.
func (d *doctor) due(f *news.Feed) bool { return !f.Due.After(d.now) && d.carried[f.SourceID] }

// dueWords says when a feed is asked next, and why then.
func (d *doctor) dueWords(f *news.Feed) string {
	switch {
	case !d.carried[f.SourceID]:
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

// names are the routes as they are shown: without passwords.
func names(routes []string) []string {
	shown := make([]string, len(routes))
	for i, r := range routes {
		shown[i] = fetch.RouteName(r)
	}
	return shown
}

func (d *doctor) ago(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return news.Span(d.now.Sub(t)) + " ago"
}

func clock(t time.Time) string { return t.UTC().Format("Mon 2 Jan 15:04 UTC") }

// line prints a label and what belongs to it.
func (d *doctor) line(label, text string) { _, _ = fmt.Fprintf(d.out, "  %-10s %s\n", label, text) }
