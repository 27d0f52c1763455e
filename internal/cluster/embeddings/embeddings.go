// Package embeddings asks an endpoint that the operator named for embeddings of texts: texts
// go out, one news.Embedding for each comes back, or none. How it goes out is told in package endpoint.
//
// Two forms of the question are spoken. That of OpenAI, which most servers know:
//
//	POST URL/embeddings  {"model": "M", "input": ["...", "..."]}
//	{"data": [{"index": 0, "embedding": [0.1, ...]}, ...]}
//
// and, where the path of the URL ends in /api, that of Ollama:
//
//	POST URL/embed       {"model": "M", "input": ["...", "..."]}
//	{"embeddings": [[0.1, ...], ...]}
//
// Of the numbers a byte each is kept. That changes a cosine by less than .002; see TestLoss.
package embeddings

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"strconv"
	"strings"
	"time"

	"parallax/internal/endpoint"
	"parallax/internal/news"
)

const (
	// MaxBatch is how many texts one request may hold: servers refuse some hundreds more.
	MaxBatch = 256
	// MaxLength is how many numbers an embedding may have; known models give 256 to 4,096. Each costs
	// a byte for each article of the last week.
	MaxLength = 4096
	// MaxModel is how long the name of a model may be, in bytes: it is kept with each article.
	MaxModel = 200
	// numberBytes is what one number takes in an answer, and answerBytes all around them: an
	// answer that is longer is not read to its end.
	numberBytes = 32
	answerBytes = 64 << 10
)

// Options of a Client.
type Options struct {
	URL   string // see the package comment; it must pass endpoint.CheckURL
	Model string
	Key   string // may be empty
	// Timeout bounds one call of Embed, all its requests together.
	Timeout time.Duration
	Batch   int // texts of one request
	Now     func() time.Time
	Logger  *slog.Logger // may be nil
	// Count is told what became of so many texts; it may be nil.
	Count func(r Result, n int)
}

// A Client asks one endpoint for the embeddings of one model. It is safe for concurrent use.
type Client struct {
	opts     Options
	path     string
	endpoint poster
	breaker  *endpoint.Breaker
}

// A poster is an endpoint.Client.
type poster interface {
	Post(ctx context.Context, path string, question any, limit int64) ([]byte, error)
	Close()
}

// New returns a Client.
func New(o Options) *Client {
	if o.Count == nil {
		o.Count = func(Result, int) {}
	}
	c := &Client{
		opts: o, path: "/embeddings", endpoint: endpoint.New(endpoint.Options{URL: o.URL, Key: o.Key, Section: "embeddings"}),
		breaker: endpoint.NewBreaker("embeddings", o.Now, o.Logger),
	}
	if strings.HasSuffix(strings.TrimRight(o.URL, "/"), "/api") {
		c.path = "/embed"
	}
	return c
}

// Close closes what connections are left.
func (c *Client) Close() { c.endpoint.Close() }

// A number is finite: what cannot be counted is refused, and null, which some servers write for it.
type number float64

// UnmarshalJSON implements json.Unmarshaler.
func (n *number) UnmarshalJSON(text []byte) error {
	v, err := strconv.ParseFloat(string(text), 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return fmt.Errorf("%.20q is no number", text)
	}
	*n = number(v)
	return nil
}

type question struct {
	Model string   `json:"model"`
	Input []string `json:"input"`
}

type answer struct {
	Data []struct {
		Index     *int     `json:"index"`
		Embedding []number `json:"embedding"`
	} `json:"data"`
	Embeddings [][]number `json:"embeddings"`
}

// Ask makes one request, of at most MaxBatch texts, none of them empty. It returns an embedding for
// each, or an *endpoint.Error.
func (c *Client) Ask(ctx context.Context, texts []string) ([]*news.Embedding, error) {
	text, err := c.endpoint.Post(ctx, c.path, question{c.opts.Model, texts}, int64(answerBytes+len(texts)*MaxLength*numberBytes))
	if err != nil {
		return nil, err
	}
	list, hint, err := c.read(text, len(texts))
	if err != nil {
		return nil, &endpoint.Error{URL: strings.TrimRight(c.opts.URL, "/") + c.path, Hint: hint, Err: err}
	}
	return list, nil
}

const (
	// besideVectors is how many lists, objects and commas an answer has beside its embeddings: the whole, what it says
	// of the model and of its use.
	besideVectors = 64
	// maxTold is how many characters are told of why an answer cannot be read.
	maxTold = 200
	// besideNumbers is how many members an embedding has beside its numbers.
	besideNumbers = 8
)

// read returns the embeddings of n texts.
func (c *Client) read(text []byte, n int) (list []*news.Embedding, hint string, err error) {
	const form = "does url end where the paths of the API begin: /v1 for OpenAI's form, /api for Ollama's?"
	// What an answer of this form can hold is known before it is decoded, which takes many times its size.
	if opened := bytes.Count(text, []byte("[")) + bytes.Count(text, []byte("{")); opened > 2*n+besideVectors || bytes.Count(text, []byte(",")) > n*(MaxLength+besideNumbers)+besideVectors {
		return nil, form, fmt.Errorf("the answer holds more than %d embeddings of %d numbers", n, MaxLength)
	}
	var a answer
	if err := json.Unmarshal(text, &a); err != nil {
		return nil, form, errors.New("the answer cannot be read: " + news.Cut(err.Error(), maxTold)) // it may hold what the answer is of, which is long
	}
	vectors, err := a.vectors(n)
	if err != nil {
		return nil, form, err
	}
	list = make([]*news.Embedding, n)
	for i, v := range vectors {
		vector, err := quantise(v)
		if err == nil && len(v) != len(vectors[0]) {
			err = fmt.Errorf("the embeddings of one answer have %d and %d numbers", len(vectors[0]), len(v))
		}
		if err != nil {
			return nil, "is this a model for embeddings?", err
		}
		list[i] = &news.Embedding{Model: c.opts.Model, Vector: vector}
	}
	return list, "", nil
}

// vectors returns those of n texts, in their order.
func (a *answer) vectors(n int) ([][]number, error) {
	if len(a.Data)+len(a.Embeddings) != n {
		return nil, fmt.Errorf("%d embeddings for %d texts", len(a.Data)+len(a.Embeddings), n)
	}
	if a.Data == nil {
		return a.Embeddings, nil
	}
	list := make([][]number, n)
	for i, d := range a.Data {
		at := i
		if d.Index != nil {
			at = *d.Index
		}
		if at < 0 || at >= n || list[at] != nil || d.Embedding == nil {
			return nil, fmt.Errorf("the embeddings are not numbered from 0 to %d", n-1)
		}
		list[at] = d.Embedding
	}
	return list, nil
}

// quantise keeps a byte of each number.
func quantise(v []number) ([]int8, error) {
	if len(v) == 0 || len(v) > MaxLength {
		return nil, fmt.Errorf("an embedding has %d numbers, not 1 to %d", len(v), MaxLength)
	}
	most := 0.0
	for _, x := range v {
		most = max(most, math.Abs(float64(x)))
	}
	if most == 0 {
		return nil, errors.New("an embedding has no direction")
	}
	list := make([]int8, len(v))
	for i, x := range v {
		list[i] = int8(math.Round(float64(x) / most * math.MaxInt8))
	}
	return list, nil
}
