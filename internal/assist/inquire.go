package assist

import (
	"context"
	"slices"
	"strconv"

	"parallax/internal/assist/check"
	"parallax/internal/lang"
)

// attempts is how often one thing is asked for.
const attempts = 2

// A pending thing is to be asked for; asked before, it was refused for a reason.
type pending[T any] struct {
	of     T
	asked  int // how often
	reason check.Reason
}

// inquire asks for all things, most of them in one question, and once more for those that do not stand. The
// function ask keeps what stands and returns, for each, why nothing does, and whether the answer was cut; its error
// is that of the endpoint. What is refused is dropped in the end; if it cannot be asked for again now, too, for it
// is not asked for a third time another day.
//
// What is missing of an answer that was cut was not refused: it is asked for again, half as much at once, and
// twice as much again after an answer that was not. Only an answer about one thing that is cut is none.
func inquire[T any](ctx context.Context, s *Stage, w *work, kind string, things []T, most int, ask func([]pending[T]) (reasons []check.Reason, cut bool, err error), drop func(T)) error {
	var left, refused []pending[T]
	for _, t := range things {
		left = append(left, pending[T]{of: t})
	}
	end := func(err error) error {
		for _, p := range append(refused, left...) {
			if p.asked > 0 {
				s.count(ctx, kind, w.story.ID, p.reason)
				drop(p.of)
			}
		}
		return err
	}
	if s.atOnce[kind] == 0 {
		s.atOnce[kind] = most
	}
	for len(left) > 0 {
		if err := s.may(ctx); err != nil {
			return end(err)
		}
		batch := left[:min(s.atOnce[kind], len(left))]
		reasons, cut, err := ask(batch)
		if !s.answered(ctx, w, err) {
			return end(nil)
		}
		left = left[len(batch):]
		s.atOnce[kind] = min(2*s.atOnce[kind], most)
		if cut {
			s.atOnce[kind] = max(len(batch)/2, 1)
		}
		var missed []pending[T]
		for i, p := range batch {
			if cut && reasons[i] == check.Missing && len(batch) > 1 {
				missed = append(missed, p)
				continue
			}
			p.asked++
			switch p.reason = reasons[i]; {
			case p.reason == "":
				s.count(ctx, kind, w.story.ID, "")
			case p.asked < attempts:
				refused = append(refused, p)
			default:
				s.count(ctx, kind, w.story.ID, p.reason)
				drop(p.of)
			}
		}
		if left = append(missed, left...); len(left) == 0 {
			left, refused = refused, nil
		}
	}
	return nil
}

// sentences asks for the sentences.
func (s *Stage) sentences(ctx context.Context, w *work) error {
	title := func(id string) string {
		side, _, _ := w.lens.Side(id)
		return side.Title
	}
	ask := func(batch []pending[section]) (reasons []check.Reason, cut bool, err error) {
		asked := struct {
			Sections []askedSection `json:"sections"`
		}{}
		for i, p := range batch {
			asked.Sections = append(asked.Sections, p.of.asked("s"+strconv.Itoa(i+1), title, p.reason))
		}
		written, err := s.ask(ctx, prompts.sentences, "sentences", sentencesSchema, asked)
		if err != nil {
			return nil, false, err
		}
		said, cut, err := read[saidSentences](written)
		if err != nil {
			s.cfg.Logger.DebugContext(ctx, "assistant wrote no such JSON", "cut", cut, "error", err)
		}
		reasons = make([]check.Reason, len(batch))
		for i, p := range batch {
			// What is said twice about one section is not looked at twice: the first counts.
			at := slices.IndexFunc(said.Sentences, func(x saidSentence) bool { return x.Section == "s"+strconv.Itoa(i+1) })
			if at < 0 {
				reasons[i] = check.Missing
				continue
			}
			x := said.Sentences[at]
			if reasons[i] = check.Sentence(x.Text, x.Items, p.of.checked(), p.of.demand); reasons[i] == "" {
				g := p.of.gist(w, s.cfg.Model)
				g.Text, g.Cites = x.Text, p.of.cites(x.Items)
				w.gists = append(w.gists, g)
			}
		}
		return reasons, cut, nil
	}
	return inquire(ctx, s, w, KindSentence, w.sections, sectionsAsked, ask, func(sec section) { w.gists = append(w.gists, sec.gist(w, s.cfg.Model)) })
}

// translate asks for the translations into one language.
func (s *Stage) translate(ctx context.Context, w *work, to string) error {
	ask := func(batch []pending[original]) (reasons []check.Reason, cut bool, err error) {
		asked := struct {
			Language string      `json:"language"`
			Items    []askedItem `json:"items"`
		}{Language: lang.LanguageName(to)}
		for i, p := range batch {
			asked.Items = append(asked.Items, askedItem{ID: "t" + strconv.Itoa(i+1), Language: lang.LanguageName(p.of.from), Text: p.of.text, Refused: said(p.reason)})
		}
		written, err := s.ask(ctx, prompts.translations, "translations", translationsSchema, asked)
		if err != nil {
			return nil, false, err
		}
		said, cut, err := read[saidTranslations](written)
		if err != nil {
			s.cfg.Logger.DebugContext(ctx, "assistant wrote no such JSON", "cut", cut, "error", err)
		}
		reasons = make([]check.Reason, len(batch))
		for i, p := range batch {
			at := slices.IndexFunc(said.Translations, func(x saidTranslation) bool { return x.ID == "t"+strconv.Itoa(i+1) })
			if at < 0 {
				reasons[i] = check.Missing
				continue
			}
			tr := p.of.Translation
			tr.At, tr.Text = w.now, said.Translations[at].Text
			if reasons[i], tr.Names = (check.Translation{Text: tr.Text, Language: to, Original: p.of.text, From: p.of.from}).Check(); reasons[i] == "" {
				w.translations = append(w.translations, tr)
			}
		}
		return reasons, cut, nil
	}
	into := slices.DeleteFunc(slices.Clone(w.texts), func(o original) bool { return o.Language != to })
	return inquire(ctx, s, w, KindTranslation, into, headlines+quotes, ask, func(o original) {
		o.At = w.now
		w.translations = append(w.translations, o.Translation)
	})
}

// late reports whether the run has taken so long that nothing more is begun.
func (s *Stage) late() bool { return s.cfg.Now().Sub(s.began) > longestRun }

// may counts a question; errLate or errSpent where none is to be asked now.
func (s *Stage) may(ctx context.Context) error {
	if s.late() {
		return errLate
	}
	ok, err := s.cfg.Store.AskAssistant(ctx, s.cfg.Now(), s.cfg.PerHour)
	if err == nil && !ok {
		return errSpent
	}
	return err
}

// answered tells the breaker how the endpoint did, and whether it did well. Whoever stops is no
// failure of it.
func (s *Stage) answered(ctx context.Context, w *work, err error) bool {
	switch {
	case ctx.Err() != nil:
		w.failed = true
	case err != nil:
		w.failed = true
		s.breaker.Failed(err)
	default:
		s.breaker.Worked()
	}
	return err == nil
}

// count tells what came of one thing that the machine wrote.
func (s *Stage) count(ctx context.Context, kind, storyID string, reason check.Reason) {
	if reason == "" {
		s.cfg.Count(kind, Shown)
		return
	}
	s.cfg.Count(kind, string(reason))
	s.cfg.Logger.DebugContext(ctx, "what the assistant said is dropped", "kind", kind, "story", storyID, "reason", string(reason))
}
