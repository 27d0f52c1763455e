package hub

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"parallax/internal/assist"
	"parallax/internal/assist/check"
	"parallax/internal/endpoint"
	"parallax/internal/web"
)

const (
	// longestAnswer is how long the assistant may take for one answer: a large model on a small machine
	// writes some words a second.
	longestAnswer = 15 * time.Minute
	// mostQuestions is how many questions an hour there may be at most: one a second.
	mostQuestions = 3600
	// longestModel bounds the name of the model, in bytes: readers see it, and it is kept with each text.
	longestModel = 200
)

func (c *Config) checkAssistant() error {
	a := c.Assistant
	fail := func(key, hint, format string, args ...any) error {
		return c.errAt(c.lineOf("assistant", 0, key), fmt.Sprintf(format, args...), hint)
	}
	if a.URL == "" {
		if a.Model != "" || a.Key != "" || len(a.Languages) > 0 {
			return fail("model", `url = "http://127.0.0.1:11434/v1", or take the whole section out`, "[assistant] has no url")
		}
		return nil
	}
	if err := endpoint.CheckURL(a.URL); err != nil {
		return fail("url", `e.g. "http://127.0.0.1:11434/v1"`, "url: %v", err)
	}
	for _, l := range a.Languages {
		if !check.Checks(l) || strings.ToLower(l) != l || strings.Contains(l, "-") {
			return fail("languages", "those are "+strings.Join(check.Languages(), ", "), "languages: translations into %q cannot be checked", l)
		}
	}
	switch {
	case a.Model == "":
		return fail("url", `e.g. model = "qwen3:8b"`, "[assistant] names no model")
	case len(a.Model) > longestModel:
		return fail("model", "", "the name of the model is longer than %d bytes", longestModel)
	case a.Timeout <= 0 || time.Duration(a.Timeout) > longestAnswer:
		return fail("timeout", "", "timeout = %q is not more than nothing and at most 15 minutes", a.Timeout)
	case a.PerHour < 1 || a.PerHour > mostQuestions:
		return fail("per_hour", "", "per_hour = %d is not between 1 and %d", a.PerHour, mostQuestions)
	case !a.Sentences && len(a.Languages) == 0:
		return fail("sentences", `languages = ["en"], or sentences = true`, "[assistant] has nothing to do: no sentences and no languages")
	}
	return nil
}

// assistant returns the stage that asks the assistant, or one that does nothing where there is none.
func (h *Hub) assistant() Stage {
	a := h.config().Assistant
	if a.URL == "" {
		return idle("assist")
	}
	h.helper = endpoint.New(endpoint.Options{URL: a.URL, Key: a.Key, Section: "assistant"})
	for _, kind := range []string{assist.KindSentence, assist.KindTranslation} {
		h.metrics.assisted.WithLabelValues(kind, assist.Shown) // shows a zero
	}
	return assist.New(assist.Config{
		Store: h.db, Endpoint: h.helper, Model: a.Model, Sentences: a.Sentences, Languages: slices.Compact(slices.Sorted(slices.Values(a.Languages))),
		PerHour: a.PerHour, Timeout: time.Duration(a.Timeout),
		Lenses: h.lenses, Opening: web.Opening, Now: h.now, Logger: h.log,
		Count: func(kind, result string) { h.metrics.assisted.WithLabelValues(kind, result).Inc() },
	})
}
