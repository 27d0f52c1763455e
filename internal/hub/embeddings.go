package hub

import (
	"cmp"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"parallax/internal/cluster"
	"parallax/internal/cluster/embeddings"
	"parallax/internal/endpoint"
)

// longestTimeout is the longest that placing may be kept waiting for embeddings: readers are to see
// an article soon, and better without.
const longestTimeout = time.Minute

func (c *Config) checkEmbeddings() error {
	e := c.Embeddings
	fail := func(key, hint, format string, args ...any) error {
		return c.errAt(c.lineOf("embeddings", 0, key), fmt.Sprintf(format, args...), hint)
	}
	if e.URL == "" {
		if set := cmp.Or(e.Model, e.Key, e.Weights); set != "" {
			return fail("model", `url = "http://127.0.0.1:11434/api", or take the whole section out`, "[embeddings] has no url")
		}
		return nil
	}
	if err := endpoint.CheckURL(e.URL); err != nil {
		return fail("url", `e.g. "http://127.0.0.1:8080/v1", or "http://127.0.0.1:11434/api" for Ollama`, "url: %v", err)
	}
	switch {
	case e.Model == "":
		return fail("url", `e.g. model = "nomic-embed-text"`, "[embeddings] names no model")
	case len(e.Model) > embeddings.MaxModel:
		return fail("model", "", "the name of the model is longer than %d bytes", embeddings.MaxModel)
	case e.Timeout <= 0 || time.Duration(e.Timeout) > longestTimeout:
		return fail("timeout", "", "timeout = %q is not more than nothing and at most a minute", e.Timeout)
	case e.Batch < 1 || e.Batch > embeddings.MaxBatch:
		return fail("batch", "", "batch = %d is not between 1 and %d", e.Batch, embeddings.MaxBatch)
	}
	return nil
}

// Meaning reads what the likeness of embeddings counts, nil where that is what is shipped.
func (c *Config) Meaning() (*cluster.Meaning, error) {
	file := c.Embeddings.Weights
	if file == "" {
		return nil, nil //nolint:nilnil // the default
	}
	if !filepath.IsAbs(file) {
		file = filepath.Join(filepath.Dir(c.file), file)
	}
	var m *cluster.Meaning
	text, err := os.ReadFile(file) //nolint:gosec // the operator names the file
	if err == nil {
		m, err = cluster.ParseMeaning(string(text))
	}
	if err != nil {
		return nil, c.errAt(c.lineOf("embeddings", 0, "weights"), fmt.Sprintf("weights = %q: %v", c.Embeddings.Weights, err),
			`a file, relative to hub.toml, of lines such as "version mine", "bias -1.6" and "meaning 0.4"`)
	}
	return m, nil
}

// NewEmbedder returns what asks the endpoint that cfg names, nil where it names none. Count may be nil.
func NewEmbedder(cfg *Config, now func() time.Time, log *slog.Logger, count func(embeddings.Result, int)) *embeddings.Client {
	e := cfg.Embeddings
	if e.URL == "" {
		return nil
	}
	return embeddings.New(embeddings.Options{
		URL: e.URL, Model: e.Model, Key: e.Key, Timeout: time.Duration(e.Timeout), Batch: e.Batch,
		Now: now, Logger: log, Count: count,
	})
}
