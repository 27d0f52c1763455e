package main

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"parallax/internal/extract"
	"parallax/internal/hub"
	"parallax/internal/news"
	"parallax/internal/publish"
	"parallax/internal/store"
	"parallax/internal/words"
)

type takedownCmd struct {
	Target string `arg:"" optional:"" help:"An article's id, or the address of its page or of the original; an outlet's id; a story's page, for all its articles."`

	Why          string       `placeholder:"TEXT" help:"Why; readers see it where the article was."`
	Legal        bool         `help:"Somebody demanded it by law: the answer is 451 and says who."`
	By           string       `placeholder:"AUTHORITY" help:"With --legal: who demanded it, e.g. \"Regional Court of Pell\"."`
	Jurisdiction string       `placeholder:"PLACE" help:"With --legal: under whose law, e.g. Norrland."`
	URL          string       `name:"url" placeholder:"URL" help:"With --legal: where the order can be read."`
	Copies       bool         `help:"Take down other outlets' copies of its text, too."`
	Hold         hub.Duration `placeholder:"TIME" help:"Hide it now and delete its text after this time, e.g. 7d; until then it can be undone (default: delete it now)."`
	DryRun       bool         `help:"Say what it would do, and do nothing."`
	List         bool         `help:"Print what was taken down."`
	Undo         bool         `help:"Let readers have it again, as long as its text is not deleted."`
}

// Help implements kong's detailed help.
func (takedownCmd) Help() string {
	return `Takes an article, all articles of a story, or a whole outlet out of the hub: at once, also while
"parallax serve" runs elsewhere, from pages, feeds, search and data; deletes its text, earlier
versions, pictures and what was made of them; and does not take it in again. Where it was stands
a tombstone with your reason (410 Gone), or with who demanded it by law (451).

To end the carriage of an outlet on a day agreed, set "until" in hub.toml instead: its text
stays stored for a week then, unseen.

Examples:
  parallax takedown https://harbour-times.example/ferry --why "The outlet withdrew it."
  parallax takedown harbour-times --legal --by "Regional Court of Pell" --jurisdiction Norrland \
    --url https://court.example/orders/17 --why "The court forbids its distribution."
  parallax takedown harbour-times --undo`
}

// Run implements the command.
func (c takedownCmd) Run(e *env) (err error) {
	switch {
	case c.List && (c.Undo || c.Why != "" || c.Legal):
		return hinted{errors.New("--list does nothing else"), "parallax takedown --list prints what was taken down"}
	case c.List && c.Target != "":
		return hinted{errors.New("--list takes no target"), "parallax takedown --list prints all of them"}
	case !c.List && c.Target == "":
		return hinted{errors.New("name what to take down"), "an article's address or id, an outlet's id, or --list to see what was taken down"}
	}
	cfg, db, err := openStore(e)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if c.List {
		return listTakedowns(e, cfg, db)
	}
	now := time.Now().Truncate(time.Millisecond)
	// An outlet that was added to hub.toml just now is meant, too.
	if err := db.ApplySources(e.ctx, cfg.NewsSources(), now); err != nil {
		return err
	}
	t := &taking{e: e, cfg: cfg, db: db, now: now}
	what, err := t.find(c.Target)
	if err != nil {
		return err
	}
	if c.Undo {
		return t.undo(what)
	}
	k := news.Takedown{
		Why: news.OneLine(c.Why), Legal: c.Legal, By: news.OneLine(c.By), Jurisdiction: news.OneLine(c.Jurisdiction), URL: strings.TrimSpace(c.URL),
		At: now, PurgeAt: now.Add(time.Duration(c.Hold)),
	}
	if err := k.Check(); err != nil {
		return hinted{err, takedownHint(k)}
	}
	return t.take(what, k, c)
}

func takedownHint(k news.Takedown) string {
	switch {
	case k.Why == "":
		return `say it to your readers: --why "The outlet withdrew it."`
	case k.Legal && (k.By == "" || k.Jurisdiction == ""):
		return `add --by "Regional Court of Pell" --jurisdiction Norrland, and --url if the order can be read somewhere`
	case !k.Legal && (k.By != "" || k.Jurisdiction != "" || k.URL != ""):
		return "add --legal, or leave --by, --jurisdiction and --url out"
	}
	return "parallax takedown --help shows what it takes"
}

// A taking is a takedown that is being made or undone.
type taking struct {
	e   *env
	cfg *hub.Config
	db  *store.DB
	now time.Time
}

// A targeted is what a word of the operator names.
type targeted struct{ kind, id string }

// find returns what word names: an outlet, the articles of a story, or an article.
func (t *taking) find(word string) ([]targeted, error) {
	id := word
	if u, err := url.Parse(word); err == nil {
		if rest, ok := strings.CutPrefix(u.Path, "/source/"); ok {
			id = rest
		}
		if m := page.FindStringSubmatch(u.Path); m != nil && m[1] == "story" {
			return t.ofStory(word)
		}
	}
	switch _, err := t.db.Source(t.e.ctx, id); {
	case err == nil:
		return []targeted{{news.TakenSource, id}}, nil
	case !errors.Is(err, news.ErrNotFound):
		return nil, err
	}
	article, err := articleID(t.e.ctx, t.db, word)
	if err != nil {
		if near := t.near(id); near != "" {
			return nil, hinted{err, "did you mean the outlet " + near + "?"}
		}
		return nil, hinted{err, "name an article by its address or id, a story by the address of its page, or an outlet by its id in hub.toml"}
	}
	return []targeted{{news.TakenArticle, article}}, nil
}

// near returns the id of the outlet that somebody meant who wrote word, or "".
func (t *taking) near(word string) string {
	var known []string
	for _, s := range t.cfg.NewsSources() {
		known = append(known, s.ID)
	}
	word = strings.ToLower(word)
	return words.Nearest(word, known, max(len(word)/3, 2))
}

func (t *taking) ofStory(word string) ([]targeted, error) {
	id, err := storyID(t.e.ctx, t.db, word)
	if err != nil {
		return nil, err
	}
	articles, err := t.db.ArticlesOf(t.e.ctx, []string{id}, t.now)
	if err != nil {
		return nil, err
	}
	var list []targeted
	for _, a := range articles[id] {
		list = append(list, targeted{news.TakenArticle, a.ID})
	}
	if len(list) == 0 {
		return nil, hinted{fmt.Errorf("nothing of story %s is carried", id), "parallax takedown --list prints what was taken down"}
	}
	return list, nil
}

// take says what is going to happen, does it, and says what did.
func (t *taking) take(what []targeted, k news.Takedown, c takedownCmd) error {
	var all []targeted
	seen := map[targeted]bool{}
	var sum store.Reached
	copies := 0
	for i := 0; i < len(what); i++ {
		if seen[what[i]] {
			continue
		}
		seen[what[i]] = true
		all = append(all, what[i])
		r, err := t.db.Reach(t.e.ctx, what[i].kind, what[i].id, t.now)
		if err != nil {
			return err
		}
		sum.Articles, sum.Feeds = sum.Articles+r.Articles, sum.Feeds+r.Feeds
		sum.Stories = max(sum.Stories, r.Stories)
		for _, id := range r.Copies {
			switch other := (targeted{news.TakenArticle, id}); {
			case c.Copies:
				what = append(what, other)
			case !seen[other]:
				copies++
			}
		}
		if err := t.name(what[i], r); err != nil {
			return err
		}
	}
	if copies > 0 {
		t.say("  %s of this text stay: name them too, or say --copies\n", counted(copies, "article has", "articles have")+" a copy")
	}
	t.say("%s", t.consequences(k, sum))
	if c.DryRun {
		t.say("nothing was done (--dry-run)\n")
		return nil
	}
	for i, one := range all {
		own := k
		own.Kind, own.Target = one.kind, one.id
		own.At = k.At.Add(time.Duration(i) * time.Millisecond) // it names the items that belong to it
		if err := t.db.TakeDown(t.e.ctx, &own, func(it *news.Item) bool { return extract.ArticleID(it) == one.id }); err != nil {
			return err
		}
	}
	t.say("taken down: %s hidden from readers\n", counted(sum.Articles, "article is", "articles are"))
	until := t.now.Add(time.Duration(len(all)) * time.Millisecond)
	if k.PurgeAt.After(until) {
		t.say("the text is deleted on %s by the hub that serves, or by parallax run; until then: parallax takedown --undo %s\n", publish.Day(k.PurgeAt), all[0].id)
		return nil
	}
	purged, err := t.db.Withdraw(t.e.ctx, until, publish.Grace)
	if err != nil {
		return hinted{fmt.Errorf("the text could not be deleted yet: %w", err), "readers do not get it any more; the hub that serves, or parallax run, tries again"}
	}
	t.say("deleted: the text of %s\n", counted(purged, "article", "articles"))
	return nil
}

func (t *taking) say(format string, args ...any) { _, _ = fmt.Fprintf(t.e.out, format, args...) }

// name says what is taken down.
func (t *taking) name(one targeted, r store.Reached) error {
	if one.kind == news.TakenSource {
		src, err := t.db.Source(t.e.ctx, one.id)
		if err != nil {
			return err
		}
		t.say("outlet %s (%s): %s in %s; %s not asked for any more\n", src.Name, src.ID,
			counted(r.Articles, "article", "articles"), counted(r.Stories, "story", "stories"), counted(r.Feeds, "feed is", "feeds are"))
		return nil
	}
	a, err := t.db.Article(t.e.ctx, one.id)
	if err != nil {
		return err
	}
	title := a.Title
	if !a.Purged.IsZero() {
		title = "withdrawn already"
	}
	t.say("article %s of %s: %s\n  %s\n", a.ID, a.SourceID, title, a.URL)
	return nil
}

// consequences says what readers get from now on.
func (t *taking) consequences(k news.Takedown, sum store.Reached) string {
	answer := "410 Gone"
	if k.Legal {
		answer = "451 Unavailable For Legal Reasons, demanded by " + k.By + " (" + k.Jurisdiction + ")"
	}
	var b strings.Builder
	_, _ = fmt.Fprintf(&b, "readers get %s: %s\n", answer, k.Why)
	b.WriteString("gone from pages, feeds, search and data; tombstones in Atom feeds; stories are compared again; never taken in again\n")
	if k.PurgeAt.Equal(k.At) && sum.Articles > 0 {
		b.WriteString("the text is deleted now, for good; backups are yours to look after\n")
	}
	return b.String()
}

// undo lets readers have again what can be had.
func (t *taking) undo(what []targeted) error {
	for _, one := range what {
		err := t.db.UndoTakedown(t.e.ctx, one.kind, one.id, t.now)
		switch {
		case errors.Is(err, news.ErrPurged):
			return hinted{
				fmt.Errorf("%s cannot come back: its text was deleted, and the hub does not take it in again", one.id),
				"to change what its tombstone says, take it down again with another --why; a hold (--hold 7d) keeps the text for a while",
			}
		case errors.Is(err, news.ErrNotFound):
			return hinted{fmt.Errorf("%s is not taken down", one.id), "parallax takedown --list prints what is"}
		case err != nil:
			return err
		}
		if one.kind == news.TakenSource {
			t.say("%s is carried again on the terms of hub.toml; articles whose text was deleted stay gone\n", one.id)
			continue
		}
		t.say("%s is carried again\n", one.id)
	}
	return nil
}

func listTakedowns(e *env, cfg *hub.Config, db *store.DB) error {
	all, err := db.Takedowns(e.ctx)
	if err != nil {
		return err
	}
	var out strings.Builder
	for _, k := range all {
		state := "text deleted"
		switch {
		case !k.Purged:
			state = "text deleted on " + publish.Day(k.PurgeAt) + "; can be undone"
		case k.Kind == news.TakenSource:
			state += "; undone, what is new is carried"
		}
		status := "410"
		if k.Legal {
			status = "451"
		}
		_, _ = fmt.Fprintf(&out, "%s  %s  %s %s  %s\n  %s\n", publish.Day(k.At), status, k.Kind, pageAt(cfg)("/"+k.Kind+"/"+k.Target), state, publish.WhyTaken(k))
		if k.URL != "" {
			_, _ = fmt.Fprintf(&out, "  %s\n", k.URL)
		}
	}
	if len(all) == 0 {
		out.WriteString("nothing was taken down\n")
	}
	_, err = io.WriteString(e.out, out.String())
	return err
}

// counted is a number with its noun.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
