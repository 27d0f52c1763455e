// Package endpoint asks a server for language models that the operator named: a question goes out
// as JSON, the bytes of the answer come back, or an *Error with a hint. What is asked and what the
// answer means is the caller's.
//
// The endpoint is the operator's, often on this machine or in the same network, and no feed or page
// can name it; so it is not asked through package fetch, which refuses such addresses. A Client goes
// to this one address only: it follows no redirect and uses no proxy. An answer is read to a bound.
package endpoint

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"parallax/internal/news"
)

// saidBytes is how much of the body of an error is told.
const saidBytes = 200

// Options of a Client.
type Options struct {
	URL     string // where the paths of the API begin, e.g. http://127.0.0.1:11434/v1; see CheckURL
	Key     string // sent as a bearer token; may be empty
	Section string // of hub.toml, for hints: "assistant"
}

// A Client asks one endpoint. It is safe for concurrent use.
type Client struct {
	opts Options
	http *http.Client
}

// New returns a Client; its URL must pass CheckURL.
func New(o Options) *Client {
	o.URL = strings.TrimRight(o.URL, "/")
	return &Client{opts: o, http: &http.Client{
		// Without a proxy: the operator named where the texts and the key go.
		Transport:     &http.Transport{MaxIdleConnsPerHost: 1, IdleConnTimeout: time.Minute, ForceAttemptHTTP2: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Close closes what connections are left.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// CheckURL returns what is wrong with the address of an endpoint.
func CheckURL(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("%q is not an http or https address", news.PublicURL(address))
	case u.User != nil:
		return errors.New("the address holds a password; write it as key")
	case u.RawQuery != "" || u.Fragment != "":
		return fmt.Errorf("%q has more than a path", news.PublicURL(address))
	}
	path := strings.TrimRight(u.Path, "/")
	for _, function := range []string{"/embeddings", "/embed", "/completions"} {
		if strings.HasSuffix(path, function) {
			return fmt.Errorf("%q names the function; the hub adds it to the base", address)
		}
	}
	return nil
}

// An Error is what went wrong when an endpoint was asked, and what can be done.
type Error struct {
	URL  string
	Hint string
	Err  error
}

func (e *Error) Error() string { return "ask " + e.URL + ": " + e.Err.Error() }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Post asks question at a path below the URL and returns the body of the answer, which is an error
// where it is longer than limit or its status is not 200.
func (c *Client) Post(ctx context.Context, path string, question any, limit int64) ([]byte, error) {
	body, hint, err := c.post(ctx, c.opts.URL+path, question, limit)
	if err != nil {
		return nil, &Error{URL: c.opts.URL + path, Hint: hint, Err: &said{c.secret(err.Error()), err}}
	}
	return body, nil
}

// A said is an error whose words may be those of the server, which may be long and repeat the key.
type said struct {
	words string
	cause error
}

func (s *said) Error() string { return s.words }

// Unwrap returns the cause, whose words are not to be told.
func (s *said) Unwrap() error { return s.cause }

const slow = "a larger timeout, or a smaller model"

func (c *Client) post(ctx context.Context, to string, question any, limit int64) (text []byte, hint string, err error) {
	body, err := json.Marshal(question)
	if err != nil {
		return nil, "", err // unreachable: questions are structs of strings and numbers
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return nil, "", err
	}
	req.Header.Set("Content-Type", "application/json")
	if c.opts.Key != "" {
		req.Header.Set("Authorization", "Bearer "+c.opts.Key)
	}
	res, err := c.http.Do(req)
	if err != nil {
		if wrapped, ok := errors.AsType[*url.Error](err); ok {
			err = wrapped.Err // without the address, which is told already
		}
		if errors.Is(err, context.DeadlineExceeded) {
			return nil, slow, err
		}
		return nil, "is the server running, and url under [" + c.opts.Section + "] right?", err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		words, _ := io.ReadAll(io.LimitReader(res.Body, saidBytes)) // what there is of it; the status is the error
		return nil, c.hint(res.StatusCode), fmt.Errorf("%d %s: %q", res.StatusCode, http.StatusText(res.StatusCode), c.secret(string(words)))
	}
	text, err = io.ReadAll(io.LimitReader(res.Body, limit+1))
	switch {
	case err != nil:
		return nil, slow, fmt.Errorf("read the answer: %w", err)
	case int64(len(text)) > limit:
		return nil, "", fmt.Errorf("the answer is longer than %d bytes", limit)
	}
	return text, "", nil
}

// maxError is how many bytes of an error are told: more than any of ours has.
const maxError = 500

// secret is what a server said, or an error that holds words of it, without the key, which some repeat.
func (c *Client) secret(words string) string {
	text := words
	if len(text) > maxError {
		text = text[:maxError] // a character that is cut is no valid one
	}
	text = strings.ToValidUTF8(text, "")
	if c.opts.Key == "" {
		return text
	}
	text = strings.ReplaceAll(text, c.opts.Key, "...")
	// It may have been cut within the key.
	for n := len(c.opts.Key) - 1; n > 3; n-- {
		if cut, ok := strings.CutSuffix(text, c.opts.Key[:n]); ok {
			return cut + "..."
		}
	}
	return text
}

func (c *Client) hint(status int) string {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return "is key under [" + c.opts.Section + "] right?"
	case http.StatusNotFound:
		return "has the server that model, and does url end where the paths of the API begin?"
	case http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return "redirects are not followed: write the address at their end as url"
	case http.StatusTooManyRequests:
		return "the server wants fewer requests"
	}
	return "the server's log may tell more"
}
