package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"parallax/internal/news"
	"parallax/internal/registry"
	"parallax/internal/store"
)

type importRatingsCmd struct {
	File   string `arg:"" optional:"" placeholder:"FILE.csv" help:"The ratings, or - for standard input."`
	By     string `required:"" placeholder:"NAME" help:"Whose ratings they are, as readers are told."`
	Label  string `placeholder:"WORD" help:"What is rated, put before each value: \"Accuracy\"."`
	Remove bool   `help:"Take all ratings of this rater away."`
}

// Help implements kong's detailed help.
func (importRatingsCmd) Help() string {
	return `Takes in what somebody else says of outlets, for each of which you need the right to show
it: a CSV file with the columns domain, value, url and date, of which the last two may be
left out. Each outlet's page shows what is said of its domain, with the rater's name, as a
third party's word; nothing else is done with it. Another import replaces all that this
rater said before. A running hub shows them at once.

Example:
  parallax import ratings board.csv --by "Press Board of Norrland" --label Accuracy
  parallax import ratings --remove --by "Press Board of Norrland"`
}

// maxName is the most runes of a rater's name and of a label.
const maxName = 100

// Run implements the command.
func (c importRatingsCmd) Run(e *env) (err error) {
	c.By, c.Label = strings.TrimSpace(c.By), strings.TrimSpace(c.Label)
	for flag, s := range map[string]string{"--by": c.By, "--label": c.Label} {
		if utf8.RuneCountInString(s) > maxName || strings.ContainsFunc(s, unicode.IsControl) || !utf8.ValidString(s) {
			return hinted{fmt.Errorf("%s is longer than %d characters, or has some that cannot be shown", flag, maxName), "give a name as readers know it"}
		}
	}
	switch {
	case c.By == "":
		return hinted{errors.New("--by is empty"), "name whose ratings they are: readers are told who says it"}
	case c.Remove && (c.File != "" || c.Label != ""):
		return hinted{errors.New("--remove goes with --by alone"), "an import replaces what the rater said before; there is no need to remove it first"}
	case !c.Remove && c.File == "":
		return hinted{errors.New("no file is named"), "parallax import ratings FILE.csv --by NAME, or --remove --by NAME"}
	}
	ratings := news.Ratings{By: c.By, Label: c.Label}
	if !c.Remove {
		if ratings.List, err = readRatings(c.File); err != nil {
			return err
		}
	}
	cfg, db, err := openStore(e)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if c.Remove {
		return c.remove(e, db, ratings)
	}
	rated, had, err := db.SaveRatings(e.ctx, ratings, time.Now())
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(e.out, "%s of %s taken in", count(len(ratings.List), "rating"), c.By)
	if had > 0 {
		_, _ = fmt.Fprintf(e.out, ", in place of %d", had)
	}
	_, _ = fmt.Fprintf(e.out, "; %s of this hub among them.\n", count(rated, "outlet"))
	if rated == 0 && len(cfg.Sources) > 0 {
		_, _ = fmt.Fprintln(e.out, "Outlets are found by the domain of their home page, from when the hub has taken them up.")
	}
	return nil
}

func (c importRatingsCmd) remove(e *env, db *store.DB, none news.Ratings) error {
	raters, err := db.Raters(e.ctx)
	if err != nil {
		return err
	}
	_, had, err := db.SaveRatings(e.ctx, none, time.Now())
	if err != nil {
		return err
	}
	if had == 0 {
		return unknownRater(c.By, raters)
	}
	_, _ = fmt.Fprintf(e.out, "%s of %s removed.\n", count(int(had), "rating"), c.By)
	return nil
}

func unknownRater(name string, raters []string) error {
	hint := "no ratings were imported yet: parallax import ratings FILE.csv --by NAME"
	if len(raters) > 0 {
		hint = "there are ratings of " + strings.Join(raters, ", ")
	}
	if name == "" {
		return hinted{errors.New("--by is missing: whose ratings?"), hint}
	}
	return hinted{fmt.Errorf("there are no ratings of %s", name), hint}
}

func readRatings(file string) (list []news.Rating, err error) {
	in := io.ReadCloser(os.Stdin)
	if file != "-" {
		if in, err = os.Open(file); err != nil { //nolint:gosec // the operator names the file
			return nil, err
		}
		defer in.Close() //nolint:errcheck // read only
	}
	if list, err = registry.ReadRatings(in); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return list, nil
}

func exportRatings(e *env, by string) (err error) {
	_, db, err := openStore(e)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	r, err := db.Ratings(e.ctx, by)
	if err != nil {
		return err
	}
	if len(r.List) == 0 {
		raters, err := db.Raters(e.ctx)
		if err != nil {
			return err
		}
		return unknownRater(by, raters)
	}
	return registry.WriteRatings(e.out, r.List)
}

// count says how many there are of what has a regular plural.
func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}
