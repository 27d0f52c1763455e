package embeddings

import (
	"context"

	"parallax/internal/news"
)

// A Result is what became of a text.
type Result string

// The results.
const (
	Given   Result = "given"   // it has an embedding
	Late    Result = "late"    // the time was over before it was its turn
	Failed  Result = "failed"  // the endpoint failed
	Resting Result = "resting" // the endpoint is left alone
)

// Results are all of them.
var Results = []Result{Given, Late, Failed, Resting}

// Embed returns the embeddings of texts, nil for each that has none: an empty one, one that had
// no turn before the Timeout, and all from the first failure on. It never fails, and returns at once
// while the endpoint is left alone, as it is after some failures in a row; see endpoint.Breaker.
func (c *Client) Embed(ctx context.Context, texts []string) []*news.Embedding {
	list := make([]*news.Embedding, len(texts))
	var asked []int // indexes of those that are not empty
	for i, t := range texts {
		if t != "" {
			asked = append(asked, i)
		}
	}
	if len(asked) == 0 {
		return list
	}
	if c.breaker.Resting() {
		c.opts.Count(Resting, len(asked))
		return list
	}
	limited, cancel := context.WithTimeout(ctx, c.opts.Timeout)
	defer cancel()
	for done := 0; done < len(asked); {
		part := asked[done:min(done+c.opts.Batch, len(asked))]
		input := make([]string, len(part))
		for i, at := range part {
			input[i] = texts[at]
		}
		got, err := c.Ask(limited, input)
		switch {
		case ctx.Err() != nil: // whoever asked is stopping
			return list
		case err != nil && done > 0 && limited.Err() != nil: // it answers, only not as fast
			c.opts.Count(Late, len(asked)-done)
			return list
		case err != nil:
			c.breaker.Failed(err)
			c.opts.Count(Failed, len(asked)-done)
			return list
		}
		c.breaker.Worked()
		c.opts.Count(Given, len(part))
		for i, at := range part {
			list[at] = got[i]
		}
		done += len(part)
	}
	return list
}
