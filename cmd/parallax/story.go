package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"parallax/internal/hub"
	"parallax/internal/news"
	"parallax/internal/publish"
	"parallax/internal/store"
)

// storyCmd is the editor's hand.
type storyCmd struct {
	Show   storyShowCmd   `cmd:"" help:"Print a story with its articles, and what happened to it."`
	Move   storyMoveCmd   `cmd:"" help:"Move an article to another story."`
	Lock   storyLockCmd   `cmd:"" help:"Keep a story as it is."`
	Unlock storyUnlockCmd `cmd:"" help:"Let the hub go on with a story that was locked."`
	Merge  storyMergeCmd  `cmd:"" help:"Make one story part of another."`
	Unpin  storyUnpinCmd  `cmd:"" help:"Let the hub move an article again that was moved by hand."`
}

// maxReason bounds what the editor says of a decision, in letters: it stands on a page.
const maxReason = 500

// A deed is a decision that is about to be made.
type deed struct {
	cfg *hub.Config
	db  *store.DB
	now time.Time
	why string
}

// decide opens the store for a decision; why is what the editor says of it, or "".
func decide(e *env, why string, f func(d *deed) error) (err error) {
	why = strings.Join(strings.Fields(why), " ")
	if n := utf8.RuneCountInString(why); n > maxReason {
		return hinted{fmt.Errorf("the reason has %d letters, and may have %d", n, maxReason), "say it shorter: it stands on a page"}
	}
	cfg, db, err := openStore(e)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return f(&deed{cfg, db, time.Now(), why})
}

func (d *deed) story(id string) string { return pageAt(d.cfg)("/story/" + id) }

type storyMoveCmd struct {
	Names []string `arg:"" name:"article" help:"Articles, each by its id or the address of its page or of the original; the last is the story: its id, its page, or an article of it."`
	New   bool     `help:"Into a story of their own; then all are articles."`
	Why   string   `placeholder:"TEXT" help:"Why; readers find it at /article/ID/why."`
}

// Help implements kong's detailed help.
func (storyMoveCmd) Help() string {
	return `Moves articles, each with the copies of its text that stand beside it, to another story or
to one of their own. The hub will not move them again, nor merge the two stories. A hub that runs takes
notice at once. That an editor moved it stands on an article's page; when, and why, one click further.

Examples:
  parallax story move https://harbour-times.example/ferry --new --why "Another ferry."
  parallax story move abcdefghijklmnop bcdefghijklmnopq /story/qrstuvwxyz234567`
}

// Run implements the command.
func (c storyMoveCmd) Run(e *env) error {
	names, story := c.Names, ""
	if !c.New {
		if len(names) < 2 {
			return hinted{errors.New("name a story, or say --new"), moveHint}
		}
		names, story = names[:len(names)-1], names[len(names)-1]
	}
	return decide(e, c.Why, func(d *deed) (err error) {
		articles := make([]string, len(names))
		for i, name := range names { // before any is moved
			if articles[i], err = articleID(e.ctx, d.db, name); err != nil {
				return err
			}
		}
		if !c.New {
			if story, err = storyID(e.ctx, d.db, story); err != nil {
				return err
			}
		}
		for i, article := range articles {
			which := ""
			if len(articles) > 1 {
				which = names[i] + ": "
			}
			done, said, err := d.move(e, article, story)
			if err != nil {
				return fmt.Errorf("%s%w", which, err)
			}
			if _, err := io.WriteString(e.out, which+said); err != nil {
				return err
			}
			story = done.To // a new one takes up the rest
		}
		return nil
	})
}

// move moves one article into a story, or one of its own where that is "", and returns what is to be said of it.
func (d *deed) move(e *env, article, into string) (done store.Moved, said string, err error) {
	done, err = d.db.MoveArticle(e.ctx, article, into, d.why, d.now)
	switch {
	case errors.Is(err, news.ErrUnplaced):
		return done, "", hinted{err, unplacedHint}
	case errors.Is(err, news.ErrNotFound):
		return done, "", hinted{err, "was it withdrawn? What is withdrawn cannot be moved"}
	case err != nil:
		return done, "", err
	}
	switch {
	case done.From == done.To && into == "":
		said = fmt.Sprintf("it stands alone in %s already, and stays there\n", d.story(done.To))
	case done.From == done.To:
		said = fmt.Sprintf("it stands in %s already, and stays there\n", d.story(done.To))
	default:
		said = fmt.Sprintf("moved%s from %s\n  to %s\n", withCopies(done.Copies), d.story(done.From), d.story(done.To))
		if done.Stay > 0 {
			said += fmt.Sprintf("copies of it that stay, for you moved or merged them there: %d; move them likewise\n", done.Stay)
		}
		if done.Left {
			said += "the story that it left is locked, and stays so\n"
		}
	}
	if done.Locked {
		said += "that story is locked, and stays so\n"
	}
	return done, said, nil
}

const moveHint = "parallax story move ARTICLE STORY, or parallax story move ARTICLE --new; there may be several articles"

func withCopies(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return ", with a copy of it,"
	}
	return fmt.Sprintf(", with %d copies of it,", n)
}

type storyUnpinCmd struct {
	Article string `arg:"" help:"An article's id, or the address of its page or of the original."`
}

// Run implements the command.
func (c storyUnpinCmd) Run(e *env) error {
	return decide(e, "", func(d *deed) error {
		article, err := articleID(e.ctx, d.db, c.Article)
		if err != nil {
			return err
		}
		if err := d.db.UnpinArticle(e.ctx, article, d.now); errors.Is(err, news.ErrNotFound) {
			return hinted{fmt.Errorf("article %s is not pinned", article), "parallax explain says what holds for an article"}
		} else if err != nil {
			return err
		}
		_, err = fmt.Fprintln(e.out, "it stays where it is, and the hub may move it again; stories that you told apart by moving it stay apart")
		return err
	})
}

type storyLockCmd struct {
	Story string `arg:"" help:"A story's id, the address of its page, or an article of it."`
	Why   string `placeholder:"TEXT" help:"Why; readers find it at /article/ID/why of its articles."`
}

// Help implements kong's detailed help.
func (storyLockCmd) Help() string {
	return `Keeps a story as it is: nothing joins it, leaves it or merges with it but by your hand.
What would have joined it stands elsewhere. A story that is locked already stays so; with
--why its reason is another from then on.

Example:
  parallax story lock https://hub.example/story/abcdefghijklmnop`
}

// Run implements the command.
func (c storyLockCmd) Run(e *env) error {
	return decide(e, c.Why, func(d *deed) error {
		id, err := storyID(e.ctx, d.db, c.Story)
		if err != nil {
			return err
		}
		id, before, err := d.db.LockStory(e.ctx, id, d.why, d.now)
		switch {
		case err != nil:
			return err
		case before.IsZero():
			_, err = fmt.Fprintf(e.out, "locked %s\n", d.story(id))
		case d.why != "":
			_, err = fmt.Fprintf(e.out, "locked since %s already, with that reason from now on: %s\n", publish.Day(before), d.story(id))
		default:
			_, err = fmt.Fprintf(e.out, "locked since %s already: %s\n", publish.Day(before), d.story(id))
		}
		return err
	})
}

type storyUnlockCmd struct {
	Story string `arg:"" help:"A story's id, the address of its page, or an article of it."`
}

// Run implements the command.
func (c storyUnlockCmd) Run(e *env) error {
	return decide(e, "", func(d *deed) error {
		id, err := storyID(e.ctx, d.db, c.Story)
		if err != nil {
			return err
		}
		if err := d.db.UnlockStory(e.ctx, id, d.now); errors.Is(err, news.ErrNotFound) {
			return hinted{fmt.Errorf("story %s is not locked", id), "parallax story show says what holds for a story"}
		} else if err != nil {
			return err
		}
		_, err = fmt.Fprintf(e.out, "unlocked %s\n", d.story(id))
		return err
	})
}

type storyMergeCmd struct {
	Story string `arg:"" help:"A story's id, the address of its page, or an article of it."`
	Into  string `arg:"" help:"That of the one which takes it up, and keeps its address."`
	Why   string `placeholder:"TEXT" help:"Why; readers find it at /article/ID/why of its articles."`
}

// Help implements kong's detailed help.
func (storyMergeCmd) Help() string {
	return `Makes one story part of another. Its address leads to the other from then on, and the hub
does not take the articles of the two apart again. Where either was locked, the whole is. It
cannot be taken back at once: parallax story move takes articles out again.

Example:
  parallax story merge abcdefghijklmnop qrstuvwxyz234567 --why "One storm."`
}

// Run implements the command.
func (c storyMergeCmd) Run(e *env) error {
	return decide(e, c.Why, func(d *deed) error {
		from, err := storyID(e.ctx, d.db, c.Story)
		if err != nil {
			return err
		}
		into, err := storyID(e.ctx, d.db, c.Into)
		if err != nil {
			return err
		}
		if from == into {
			return hinted{fmt.Errorf("both are the story %s", into), "an address of a story that merged leads to the one that took it up"}
		}
		done, err := d.db.MergeStories(e.ctx, from, into, d.why, d.now)
		if err != nil {
			return err
		}
		said := fmt.Sprintf("%s\n  is part of %s now\n", d.story(from), d.story(into))
		if done.Apart {
			said += "you had told the two apart; that holds no longer\n"
		}
		if done.Locked {
			said += "the whole is locked, for one of the two was, or both\n"
		}
		_, err = io.WriteString(e.out, said)
		return err
	})
}

type storyShowCmd struct {
	Story string `arg:"" help:"A story's id, the address of its page, or an article of it."`
}

// Run implements the command.
func (c storyShowCmd) Run(e *env) (err error) {
	cfg, db, err := openStore(e)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	id, err := storyID(e.ctx, db, c.Story)
	if err != nil {
		return err
	}
	now := time.Now()
	record, err := db.RecordOf(e.ctx, id)
	if err != nil {
		return err
	}
	articles, err := db.ArticlesOf(e.ctx, []string{id}, now)
	if err != nil {
		return err
	}
	var out strings.Builder
	printf := func(format string, args ...any) { _, _ = fmt.Fprintf(&out, format, args...) }
	printf("%s  %s\n", id, pageAt(cfg)("/story/"+id))
	for _, a := range articles[id] {
		mark := ""
		if a.WireRoot != "" {
			mark = "  (copy of " + a.WireRoot + ")"
		}
		if i := slices.IndexFunc(record.Pinned, func(p news.Pin) bool { return p.ArticleID == a.ID }); i >= 0 {
			mark += "  (kept here by the editor" + reason(record.Pinned[i].Why) + ")"
		}
		printf("  %s  %s  %s: %s%s\n", a.ID, a.When().UTC().Format("2 Jan 15:04"), a.SourceID, a.Title, mark)
	}
	if n := record.Locked; n != nil {
		printf("locked since %s%s\n", publish.Day(n.At), reason(n.Why))
	}
	for _, other := range record.Apart {
		printf("kept apart from %s\n", other)
	}
	for _, m := range record.Merges {
		by := ""
		if m.Editor {
			by = ", by the editor"
		}
		printf("took up %s on %s%s%s\n", m.From, publish.Day(m.At), by, reason(m.Why))
	}
	_, err = io.WriteString(e.out, out.String())
	return err
}

// reason returns why, if that is known, to be said after what.
func reason(why string) string {
	if why == "" {
		return ""
	}
	return ": " + why
}
