package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"parallax/internal/extract"
	"parallax/internal/extract/siterule"
	"parallax/internal/fetch"
	"parallax/internal/news"
)

type extractCmd struct {
	File        string `arg:"" default:"-" help:"A file, an address, or - for standard input."`
	HTML        bool   `xor:"form" help:"Print the article as safe HTML."`
	JSON        bool   `name:"json" xor:"form" help:"Print all that the page says, and what each field was taken from."`
	Batch       bool   `xor:"form" help:"Read jobs from standard input, one a line."`
	URL         string `name:"url" env:"EXTRACT_URL" placeholder:"URL" help:"Where it came from, for its relative addresses."`
	ContentType string `placeholder:"TYPE" help:"As what the server sent it."`
	Rules       string `placeholder:"DIR" type:"path" help:"A folder of rules for sites (default: that of hub.toml)."`

	sites *siterule.Set
}

// Help implements kong's detailed help.
func (extractCmd) Help() string {
	return `Finds the article in a web page and prints it as text: headline, byline, date, body.
Menus, boxes for newsletters, related links and the like are left out; pictures and
what is said under them are in --html. A page that is a
challenge, a consent wall or no article gives an error, and exit status 1.
With --batch it reads one job a line, {"file": "...", "url": "..."}, and prints one line
for each, {"articleBody", "title", "author", "date", "error"}, in the same order.

Example:
  parallax extract --html https://harbour-times.example/ferry`
}

// Run implements the command.
func (c extractCmd) Run(e *env) (err error) {
	if c.sites, err = c.rules(e); err != nil {
		return err
	}
	if c.Batch {
		return batch(e, c.File, c.job, func(err error) line { return line{Error: err.Error()} })
	}
	page, failed := c.read(e)
	if failed != nil && e.ctx.Err() != nil {
		return failed
	}
	doc := extracted(page, failed)
	switch {
	case c.JSON:
		out := json.NewEncoder(e.out)
		out.SetEscapeHTML(false)
		out.SetIndent("", "  ")
		if err := out.Encode(doc); err != nil {
			return err
		}
	case doc.Error != "":
	case c.HTML:
		if _, err := fmt.Fprintln(e.out, doc.HTML); err != nil {
			return err
		}
	default:
		if _, err := io.WriteString(e.out, doc.plain()); err != nil {
			return err
		}
	}
	if failed == nil && doc.Error != "" {
		failed = hinted{errors.New(doc.Error), "look at the page in a browser, save it there and give the file"}
	}
	return failed
}

// read gets the page that the command line names, and finds the article.
func (c extractCmd) read(e *env) (*extract.Page, error) {
	switch {
	case isAddress(c.File):
		return c.ask(e)
	case strings.Contains(c.File, "://"):
		return nil, hinted{fmt.Errorf("%s is no address of the Web", c.File), "give one that begins with http:// or https://, or a file"}
	case c.File == "-":
		data, err := await(e.ctx, func() ([]byte, error) { return bounded(os.Stdin, "standard input", maxDocument) })
		if err != nil {
			return nil, err
		}
		return c.find(data)
	}
	data, err := await(e.ctx, func() ([]byte, error) { return readFile(c.File) })
	if err != nil {
		return nil, err
	}
	return c.find(data)
}

func isAddress(file string) bool {
	return strings.HasPrefix(file, "http://") || strings.HasPrefix(file, "https://")
}

// find makes a panic, which is a mistake of ours or of a library, into an error.
func (c extractCmd) find(data []byte) (page *extract.Page, err error) {
	defer func() {
		if p := recover(); p != nil {
			page, err = nil, hinted{fmt.Errorf("the extractor failed: %v", p), "please report it, with the page"}
		}
	}()
	return extract.ReadPageBy(c.sites, data, c.URL, c.ContentType)
}

// rules reads the rules for sites, and tells what of them cannot be read.
func (c extractCmd) rules(e *env) (*siterule.Set, error) {
	if c.Rules == "" {
		cfg, err := settings(e)
		if err != nil && e.config == defaultConfig() && !isAddress(c.File) {
			// A file can be looked at beside a hub.toml that is being written.
			e.log.Warn("rules for sites are not followed, for hub.toml cannot be read", "error", err)
			return nil, nil //nolint:nilnil // no rules are none
		}
		if err != nil {
			return nil, err
		}
		return cfg.SiteRules()
	}
	s, err := siterule.Load(os.DirFS(c.Rules))
	if err != nil {
		return nil, hinted{err, "--rules names a folder with files such as harbour-times.example.txt"}
	}
	for _, p := range s.Problems[:min(len(s.Problems), maxShown)] {
		e.log.Warn("a line of a site rule cannot be read", "line", p.String())
	}
	if s.Wrong > maxShown {
		e.log.Warn("more lines of site rules could not be read", "lines", s.Wrong-maxShown)
	}
	return s, nil
}

// maxShown is how many lines of site rules that could not be read are told.
const maxShown = 20

// ask gets the page from its address, with the rest of the article where that is elsewhere.
func (c extractCmd) ask(e *env) (*extract.Page, error) {
	client, err := asker(e)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	get := func(ctx context.Context, url string) (*extract.Page, error) {
		answer, err := client.Get(ctx, fetch.Request{URL: url, Kind: fetch.Page, Accept: "text/html, application/xhtml+xml;q=0.9"})
		if err != nil {
			return nil, err
		}
		as := c
		if as.URL == "" || url != c.File {
			as.URL = answer.URL
		}
		if as.ContentType == "" {
			as.ContentType = answer.Header.Get("Content-Type")
		}
		return as.find(answer.Body)
	}
	page, err := get(e.ctx, c.File)
	if err != nil {
		return nil, err
	}
	whole, err := page.Whole(e.ctx, &news.Item{Title: page.Title, Summary: page.Description, Link: c.File}, 0, get)
	if err != nil {
		e.log.Warn("the article may go on", "error", err)
	}
	return whole, nil
}

// A document is what `parallax extract --json` prints.
type document struct {
	Error       string            `json:"error,omitempty"`
	URL         string            `json:"url,omitempty"`
	Canonical   string            `json:"canonical,omitempty"`
	Title       string            `json:"title,omitempty"`
	Description string            `json:"description,omitempty"`
	Authors     []string          `json:"authors,omitempty"`
	Published   *time.Time        `json:"published,omitempty"`
	Modified    *time.Time        `json:"modified,omitempty"`
	Language    string            `json:"language,omitempty"`
	Paid        bool              `json:"paid,omitempty"`
	Cut         bool              `json:"cut,omitempty"`
	Terms       []news.Term       `json:"terms,omitempty"` // what the page says of its use
	Text        string            `json:"text,omitempty"`
	HTML        string            `json:"html,omitempty"`
	Apart       []news.Apart      `json:"apart,omitempty"` // what stood in the text and is not of it
	Why         map[string]string `json:"why,omitempty"`
}

// extracted makes a document of a page, or of what went wrong.
func extracted(p *extract.Page, failed error) document {
	if failed != nil {
		return document{Error: failed.Error()}
	}
	d := document{
		URL: p.URL, Canonical: p.Canonical, Title: p.Title, Description: p.Description, Authors: p.Authors,
		Language: p.Language, Paid: p.Paid, Terms: p.Terms, Cut: p.Cut(), Text: p.Text(), HTML: p.HTML(), Apart: p.Apart(), Why: p.Why, Error: p.Blocked,
	}
	if !p.Published.IsZero() {
		d.Published = &p.Published
	}
	if !p.Modified.IsZero() {
		d.Modified = &p.Modified
	}
	if d.Text == "" && d.Error == "" {
		d.Error = "no article was found in the page"
	}
	return d
}

// plain is a document as text.
func (d document) plain() string {
	var b strings.Builder
	if d.Title != "" {
		b.WriteString(d.Title + "\n")
	}
	by := d.Authors
	if d.Published != nil {
		by = append(slices.Clip(by), d.Published.Format("2006-01-02 15:04 MST"))
	}
	if len(by) > 0 {
		b.WriteString(strings.Join(by, ", ") + "\n")
	}
	if b.Len() > 0 {
		b.WriteByte('\n')
	}
	b.WriteString(d.Text + "\n")
	return b.String()
}

// A line is what --batch prints for a job.
type line struct {
	Body   string `json:"articleBody"`
	Title  string `json:"title"`
	Author string `json:"author"`
	Date   string `json:"date"`
	Error  string `json:"error"`
}

// job answers a job of --batch.
func (c extractCmd) job(job []byte) line {
	var j struct{ File, URL string }
	if err := json.Unmarshal(job, &j); err != nil {
		return line{Error: fmt.Sprintf("no job: %v", err)}
	}
	if j.File == "" {
		return line{Error: "no job: file is missing"}
	}
	data, err := readFile(j.File)
	if err != nil {
		return line{Error: err.Error()}
	}
	c.URL = j.URL
	d := extracted(c.find(data))
	l := line{Body: d.Text, Title: d.Title, Author: strings.Join(d.Authors, ", "), Error: d.Error}
	if d.Published != nil {
		l.Date = d.Published.Format(time.RFC3339)
	}
	return l
}
