package assist

import (
	"context"
	_ "embed" // what the machine is told
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"parallax/internal/endpoint"
)

//go:embed data/prompt.txt
var promptText string

// A prompt is what the machine is told, by what it is to do.
type prompt struct {
	version                 int
	sentences, translations string
}

var prompts = func() prompt {
	p, err := parsePrompt(promptText)
	if err != nil {
		panic("assist: data/prompt.txt: " + err.Error()) // unreachable: a test reads it
	}
	return p
}()

// Prompt is the version of what the machine is told. It is kept with all that it says.
func Prompt() int { return prompts.version }

// parsePrompt reads a line "version N" and two parts, each after a line "== NAME".
func parsePrompt(text string) (p prompt, err error) {
	head, parts, _ := strings.Cut(text, "\n== sentences\n")
	p.sentences, p.translations, _ = strings.Cut(parts, "\n== translations\n")
	if _, err := fmt.Sscanf(head, "version %d", &p.version); err != nil || p.sentences == "" || p.translations == "" {
		return p, errors.New("no version, or not both parts")
	}
	return p, nil
}

const (
	// answerBytes is how much of an answer is read: what is asked for has a few thousand bytes, and
	// what surrounds it as many.
	answerBytes = 256 << 10
	// answerTokens bounds what the machine writes; where it is cut there, less is asked at once.
	answerTokens = 2000
)

// A question is one request in the form of OpenAI's chat completions, which most servers know.
type question struct {
	Model          string    `json:"model"`
	Messages       []message `json:"messages"`
	Temperature    float64   `json:"temperature"`
	MaxTokens      int       `json:"max_tokens"`
	ResponseFormat format    `json:"response_format"`
}

type message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

type format struct {
	Type   string `json:"type"`
	Schema struct {
		Name   string          `json:"name"`
		Strict bool            `json:"strict"`
		Schema json.RawMessage `json:"schema"`
	} `json:"json_schema"`
}

// The schemas of answers.
const (
	sentencesSchema = `{"type":"object","properties":{"sentences":{"type":"array","items":{"type":"object",` +
		`"properties":{"section":{"type":"string"},"text":{"type":"string"},"items":{"type":"array","items":{"type":"string"}}},` +
		`"required":["section","text","items"],"additionalProperties":false}}},"required":["sentences"],"additionalProperties":false}`
	translationsSchema = `{"type":"object","properties":{"translations":{"type":"array","items":{"type":"object",` +
		`"properties":{"id":{"type":"string"},"text":{"type":"string"}},` +
		`"required":["id","text"],"additionalProperties":false}}},"required":["translations"],"additionalProperties":false}`
)

// What goes out about sentences, and what comes back.
type (
	askedSection struct {
		Section  string      `json:"section"`
		About    string      `json:"about"`
		Language string      `json:"language"`
		Outlets  int         `json:"outlets_to_cite"`
		Sides    int         `json:"sides_to_cite"`
		Refused  string      `json:"refused,omitempty"`
		Items    []askedItem `json:"items"`
	}
	askedItem struct {
		ID       string `json:"id"`
		Outlet   string `json:"outlet,omitempty"`
		Side     string `json:"side,omitempty"`
		Language string `json:"language,omitempty"`
		Refused  string `json:"refused,omitempty"`
		Text     string `json:"text"`
	}
	saidSentence struct {
		Section string   `json:"section"`
		Text    string   `json:"text"`
		Items   []string `json:"items"`
	}
	saidTranslation struct {
		ID   string `json:"id"`
		Text string `json:"text"`
	}
	saidSentences struct {
		Sentences []saidSentence `json:"sentences"`
	}
	saidTranslations struct {
		Translations []saidTranslation `json:"translations"`
	}
)

// An Endpoint answers questions.
type Endpoint interface {
	Post(ctx context.Context, path string, question any, limit int64) ([]byte, error)
}

// Why a machine ended, as the servers say it; some say nothing.
const (
	finishStop   = "stop"   // it was done
	finishLength = "length" // it had no more tokens
)

// A reply is what a machine wrote, "" where it refused, and why it ended.
type reply struct{ text, finish string }

// ask asks one question. The error is the endpoint's.
func (s *Stage) ask(ctx context.Context, told, name, schema string, asked any) (r reply, err error) {
	content, err := json.Marshal(asked)
	if err != nil {
		return r, err // unreachable: it is of strings and numbers
	}
	q := question{
		Model: s.cfg.Model, MaxTokens: answerTokens,
		Messages: []message{{"system", told}, {"user", string(content)}},
	}
	q.ResponseFormat.Type = "json_schema"
	q.ResponseFormat.Schema.Name, q.ResponseFormat.Schema.Strict, q.ResponseFormat.Schema.Schema = name, true, json.RawMessage(schema)
	limited, cancel := context.WithTimeout(ctx, s.cfg.Timeout)
	defer cancel()
	body, err := s.cfg.Endpoint.Post(limited, "/chat/completions", q, answerBytes)
	if err != nil {
		return r, err
	}
	var answer struct {
		Choices []struct {
			FinishReason *string `json:"finish_reason"`
			Message      struct {
				Content *string `json:"content"`
			} `json:"message"`
		} `json:"choices"`
	}
	if err := json.Unmarshal(body, &answer); err != nil || len(answer.Choices) == 0 {
		return r, &endpoint.Error{
			URL: "/chat/completions", Hint: "does url under [assistant] end where the paths of the API begin, such as /v1?",
			Err: errors.New("the answer is not that of an OpenAI-compatible server"),
		}
	}
	if reason := answer.Choices[0].FinishReason; reason != nil {
		r.finish = *reason
	}
	if content := answer.Choices[0].Message.Content; content != nil {
		r.text = *content
	}
	return r, nil
}

// read reads what a machine wrote, which is one JSON value with the fields of T and no others. Of what is
// not, nothing counts, what could be read before the fault included. An answer is cut where the server says so, or
// where it does not say that the machine was done and the JSON ends early.
func read[T any](r reply) (said T, cut bool, err error) {
	cut = r.finish == finishLength
	d := json.NewDecoder(strings.NewReader(r.text))
	d.DisallowUnknownFields()
	var all T
	if err := d.Decode(&all); err != nil {
		return said, cut || errors.Is(err, io.ErrUnexpectedEOF) && r.finish != finishStop, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return said, cut, errors.New("something comes after the JSON")
	}
	return all, cut, nil
}
