package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"time"

	"parallax/feed"
	"parallax/feed/nf1"
	"parallax/internal/fetch"
	"parallax/internal/hub"
	"parallax/internal/sanitize"
)

// maxDocument is how many bytes of a file or of standard input are read: the largest honest
// feeds seen have 6 MB.
const maxDocument = 64 << 20

type parseCmd struct {
	File        string `arg:"" default:"-" help:"A file, an address, or - for standard input."`
	Raw         bool   `help:"Print HTML and addresses as the publisher wrote them, with what could run."`
	Problems    bool   `help:"Also say what is wrong with it."`
	Batch       bool   `help:"Read jobs from standard input, one a line."`
	URL         string `name:"url" env:"FEED_BASE_URL" placeholder:"URL" help:"Where it came from, for its relative addresses."`
	ContentType string `env:"FEED_CONTENT_TYPE" placeholder:"TYPE" help:"As what the server sent it."`
}

// Help implements kong's detailed help.
func (parseCmd) Help() string {
	return `Reads a feed of any format, however broken, and prints what it says as JSON (schema nf1,
docs/formats/nf1.md). Scripts, frames, forms and what else could run are taken out of its
HTML, but with --raw. What is no feed gives a document with "error", and exit status 1.
With --batch it reads one job a line, {"file": "...", "base_url": "...", "content_type":
"...", "headers": {}}, and prints one document a line.

Example:
  parallax parse --problems https://harbour-times.example/feed.xml`
}

// Run implements the command.
func (c parseCmd) Run(e *env) error {
	if c.Batch {
		return batch(e, c.File, c.job, nf1.Failed)
	}
	data, o, failed := c.read(e)
	if failed != nil && e.ctx.Err() != nil {
		return failed
	}
	var doc *nf1.Document
	if failed == nil {
		doc, failed = c.parse(data, o)
	} else {
		doc = nf1.Failed(failed)
	}
	out := json.NewEncoder(e.out)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	if err := out.Encode(doc); err != nil {
		return err
	}
	return failed
}

// read gets the document that the command line names, and what is known of it.
func (c parseCmd) read(e *env) ([]byte, feed.Options, error) {
	o := feed.Options{URL: c.URL, ContentType: c.ContentType}
	switch {
	case strings.HasPrefix(c.File, "http://"), strings.HasPrefix(c.File, "https://"):
		return c.get(e, o)
	case c.File == "-":
		data, err := await(e.ctx, func() ([]byte, error) { return bounded(os.Stdin, "standard input", maxDocument) })
		return data, o, err
	}
	data, err := await(e.ctx, func() ([]byte, error) { return readFile(c.File) })
	return data, o, err
}

// get asks an address as the hub would, under its rules.
func get(e *env, r fetch.Request) (*fetch.Response, error) {
	client, err := asker(e)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	return client.Get(e.ctx, r)
}

// asker is the way out to the network that hub.toml describes, if there is one.
func asker(e *env) (*fetch.Client, error) {
	cfg, err := settings(e)
	if err != nil {
		return nil, err
	}
	return hub.NewClient(cfg, nil, time.Now, e.log), nil
}

// settings are those of hub.toml, or, where none was named and there is none, the defaults.
func settings(e *env) (*hub.Config, error) {
	cfg, err := hub.Load(e.config)
	if _, missing := os.Stat(e.config); e.config == defaultConfig() && errors.Is(missing, fs.ErrNotExist) {
		cfg, err = hub.Parse(e.config, "") // a document can be looked at without a hub
	}
	return cfg, err
}

func (c parseCmd) get(e *env, o feed.Options) ([]byte, feed.Options, error) {
	answer, err := get(e, fetch.Request{URL: c.File, Kind: fetch.Feed})
	if err != nil {
		return nil, o, err
	}
	if o.URL == "" {
		o.URL = answer.URL
	}
	if o.ContentType == "" {
		o.ContentType = answer.Header.Get("Content-Type")
	}
	o.ContentLocation, o.ContentLanguage = answer.Header.Get("Content-Location"), answer.Header.Get("Content-Language")
	return answer.Body, o, nil
}

// parse makes a document of what was read. The error is what the document says, too.
func (c parseCmd) parse(data []byte, o feed.Options) (*nf1.Document, error) {
	return c.guarded(func() (*feed.Feed, error) { return feed.Parse(data, o) })
}

// guarded makes a panic, which is a mistake of ours, into the error of one document.
func (c parseCmd) guarded(parse func() (*feed.Feed, error)) (doc *nf1.Document, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = hinted{fmt.Errorf("the parser failed: %v", p), "please report it, with the document"}
			doc = nf1.Failed(err)
		}
	}()
	f, err := parse()
	if err != nil {
		return nf1.Failed(err), err
	}
	cleaner := nf1.Cleaner{HTML: sanitize.Fragment, URL: sanitize.URL}
	if c.Raw {
		cleaner = nf1.Cleaner{}
	}
	doc = nf1.From(f, cleaner)
	if c.Problems {
		doc.Problems = nf1.Problems(f)
	}
	return doc, nil
}

// job answers a job of --batch.
func (c parseCmd) job(line []byte) *nf1.Document {
	var job nf1.Job
	if err := json.Unmarshal(line, &job); err != nil {
		return nf1.Failed(fmt.Errorf("no job: %w", err))
	}
	if job.File == "" {
		return nf1.Failed(errors.New("no job: file is missing"))
	}
	data, err := readFile(job.File)
	if err != nil {
		return nf1.Failed(err)
	}
	header := http.Header{}
	for key, value := range job.Headers {
		header.Set(key, value)
	}
	o := feed.Options{
		URL: job.BaseURL, ContentType: job.ContentType,
		ContentLocation: header.Get("Content-Location"), ContentLanguage: header.Get("Content-Language"),
	}
	if o.ContentType == "" {
		o.ContentType = header.Get("Content-Type")
	}
	doc, _ := c.parse(data, o) // the document says it
	return doc
}

func readFile(name string) ([]byte, error) {
	file, err := os.Open(name) //nolint:gosec // whoever calls names the file
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // read only
	return bounded(file, name, maxDocument)
}

// bounded reads a document of at most limit bytes.
func bounded(r io.Reader, name string, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if int64(len(data)) > limit {
		return nil, hinted{fmt.Errorf("%s is larger than %d MB", name, limit>>20), "no honest feed is; check what it is"}
	}
	return data, nil
}

// await returns what read does, or earlier when ctx ends: a read from a terminal or a
// pipe cannot be broken off, and the program is about to end then.
func await[T any](ctx context.Context, read func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		value, err := read()
		done <- result{value, err}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}
