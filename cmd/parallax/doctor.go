package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

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
		d.carried[s.ID] = s.At(d.now) == news.Carried
	}
	if d.feeds, err = db.Feeds(e.ctx, ""); err != nil {
		return err
	}
	if d.taken, err = db.Takedowns(e.ctx); err != nil {
		return err
	}
	for _, k := range d.taken {
		if k.Kind == news.TakenSource {
			d.carried[k.Target] = false
		}
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
		if i+1 == len(named) || named[i+1].SourceID != f.SourceID {
			if err := d.declares(f.SourceID); err != nil {
				return err
			}
			d.legal(f.SourceID)
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
	taken   []*news.Takedown
	wrong   *siterule.Set // with lines that could not be read; may be nil
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
	if len(d.taken) > 0 {
		d.line("taken down", d.takedowns())
	}
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
	if err := d.subscribers(); err != nil {
		return err
	}
	if err := d.declarations(); err != nil {
		return err
	}
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
	d.restricted()
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

// subscribers says how many are told by push what is new in the feeds of the hub, or why
// nobody is.
func (d *doctor) subscribers() error {
	if why := d.cfg.NoSubscribers(); why != nil {
		d.line("pushes", "to nobody: "+why.Error())
		return nil //nolint:nilerr // it is told
	}
	c, err := d.db.Subscribers(d.ctx, d.now)
	if err != nil {
		return err
	}
	d.line("pushes", subscriberWords(c))
	return nil
}

func subscriberWords(c news.SubscriberCounts) string {
	words := fmt.Sprintf("%s to %d WebSub subscribers", feeds(c.Topics), c.Live)
	if c.Asking > 0 {
		words += fmt.Sprintf("; %d have not confirmed yet", c.Asking)
	}
	if c.Failing > 0 {
		words += fmt.Sprintf("; %d do not take what they are told, and are tried again", c.Failing)
	}
	return words
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
	n, ended := map[news.Reach]int{}, 0
	for _, f := range d.feeds {
		if !d.carried[f.SourceID] {
			ended++
			continue
		}
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
	if ended > 0 {
		parts = append(parts, fmt.Sprintf("%d of outlets that are not carried now", ended))
	}
	return cmp.Or(strings.Join(parts, ", "), "none")
}

// takedowns says how much was taken down, and how much text of it is still stored.
func (d *doctor) takedowns() string {
	sources, articles, held := 0, 0, 0
	for _, k := range d.taken {
		if k.Kind == news.TakenSource {
			sources++
		} else {
			articles++
		}
		if !k.Purged {
			held++
		}
	}
	said := counted(sources, "outlet", "outlets") + ", " + counted(articles, "article", "articles")
	if held > 0 {
		said += fmt.Sprintf("; the text of %d is still stored", held)
	}
	return said + " (parallax takedown --list)"
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
