package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"parallax/internal/explain"
	"parallax/internal/hub"
	"parallax/internal/lang"
	"parallax/internal/news"
	"parallax/internal/store"
)

type explainCmd struct {
	Article string `arg:"" help:"An article's id, or the address of its page or of the original."`
	JSON    bool   `name:"json" help:"Print what is known as JSON."`
}

// Help implements kong's detailed help.
func (explainCmd) Help() string {
	return `Says why an article stands in its story: what it had in common with the story and with
the next best one, what each thing that was measured added, what happened to it since, what
the editor decided, and how to change it.

Example:
  parallax explain https://harbour-times.example/ferry`
}

// Run implements the command.
func (c explainCmd) Run(e *env) (err error) {
	cfg, db, err := openStore(e)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	id, err := articleID(e.ctx, db, c.Article)
	if err != nil {
		return err
	}
	all := func(*news.Article, *news.Source) bool { return true }
	x, err := explain.Of(e.ctx, db, id, time.Now(), all)
	if err != nil {
		return err
	}
	if c.JSON {
		out := json.NewEncoder(e.out)
		out.SetEscapeHTML(false)
		out.SetIndent("", "  ")
		return out.Encode(x)
	}
	if _, err := io.WriteString(e.out, x.Text(pageAt(cfg))); err != nil || x.Story == nil {
		return err
	}
	own, err := strand(e, db, x)
	if err != nil {
		return err
	}
	return changes(e, x, own)
}

// maxStrand is how many articles a command names at most.
const maxStrand = 20

// strand returns the articles of the story that are in the language of the one explained, if that is another than the
// headline's and they are not too many.
func strand(e *env, db *store.DB, x *explain.Explanation) (ids []string, err error) {
	own := lang.Base(x.Article.Language)
	if x.Story.Language == "" || lang.Base(x.Story.Language) == own {
		return nil, nil
	}
	articles, err := db.ArticlesOf(e.ctx, []string{x.Story.ID}, time.Now())
	if err != nil {
		return nil, err
	}
	for _, a := range articles[x.Story.ID] {
		if lang.Base(a.Language) == own {
			ids = append(ids, a.ID)
		}
	}
	if len(ids) > maxStrand {
		return nil, nil
	}
	return ids, nil
}

// changes prints the commands by which the editor can change where an article stands, each as a
// line that a shell takes as it is. Of own, the articles of the story in its language, it tells where there are others.
func changes(e *env, x *explain.Explanation, own []string) error {
	story := program() + " story"
	if e.config != defaultConfig() {
		file, err := filepath.Abs(e.config)
		if err != nil {
			return err
		}
		story = fmt.Sprintf("%s -c %s story", program(), shellWord(file))
	}
	list := [][2]string{
		{"To put it into another story, STORY", "move " + x.Article.ID + " STORY"},
		{"To put it into one of its own", "move " + x.Article.ID + " --new"},
	}
	if len(own) > 1 {
		list = append(list, [2]string{"To take all that the story has in this language out of it", "move " + strings.Join(own, " ") + " --new"})
	}
	if x.Pinned != nil {
		list = append(list, [2]string{"To let the hub move it again", "unpin " + x.Article.ID})
	}
	if x.Story.Locked == nil {
		list = append(list, [2]string{"To keep the whole story as it is", "lock " + x.Story.ID})
	} else {
		list = append(list, [2]string{"To let the hub go on with the story", "unlock " + x.Story.ID})
	}
	for _, c := range list {
		if _, err := fmt.Fprintf(e.out, "\n%s\n  %s %s\n", c[0], story, c[1]); err != nil {
			return err
		}
	}
	return nil
}

// program returns how this program was started, as a shell takes it.
func program() string { return programOf(os.Args[0]) }

func programOf(started string) string {
	switch {
	case strings.Contains(filepath.ToSlash(started), "/go-build"): // a file that is gone afterwards
		return "go run ./cmd/parallax"
	case !strings.ContainsRune(filepath.ToSlash(started), '/'):
		return shellWord(started)
	}
	if file, err := filepath.Abs(started); err == nil {
		started = file
	}
	return shellWord(started)
}

// shellWord returns s as one word of a POSIX shell.
func shellWord(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-+:", r)
	}
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !plain(r) }) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// pageAt returns how pages of the hub are addressed: by their path, where it does not know its
// own address.
func pageAt(cfg *hub.Config) func(path string) string {
	return func(path string) string { return cfg.Hub.URL + path }
}
