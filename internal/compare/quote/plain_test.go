package quote

import (
	"strings"
	"testing"

	"parallax/internal/news"
)

// What another says behind a semicolon is not the first one's.
func TestReportedApart(t *testing.T) {
	a := &news.Article{ID: "a", Revision: 1, Language: "en", Text: "Corin Dask says that the patrol boat was in its waters that night; Liv Karrenby says that the ferry had left the channel."}
	for _, q := range Of(a) {
		if words, _ := q.Sayings[0].Words[0].In(a); strings.Contains(words, "Karrenby") || q.Speaker == "Corin Dask" && strings.Contains(words, "channel") {
			t.Errorf("%s: %q", q.Speaker, words)
		}
	}
}

// A speaker is named where it is plainly one, and a few words in marks are nothing said.
func TestPlainly(t *testing.T) {
	for _, test := range []struct {
		name, text string
		quotes     int
		speaker    string
	}{
		{"a name", "“We open the gates when the water asks for it,” said Osk Hellender.", 1, "Osk Hellender"},
		{"an office", "“We open the gates when the water asks for it,” said a spokesman for the coast guard.", 1, "a spokesman for the coast guard"},
		{"hands", "The pilot showed her hands. “We open the gates when the water asks for it,” her hands said.", 1, ""},
		{"a pronoun among them", "A ratio he said was wrong: “We open the gates when the water asks for it.”", 1, ""},
		{"a verb among them", "The voice off-camera can then be heard saying: “We open the gates when the water asks for it.”", 1, ""},
		{"a town", "A professor of finance in Olm, who asked us for silence, called it “the most expensive talk on the river”.", 1, ""},
		{"of somebody", "“We open the gates when the water asks for it,” said Follow Harbour’s.", 1, ""},
		{"a name of a thing", "They call it the “iron harbour” in Velmora.", 0, ""},
		{"two words that somebody said", "It was “no accident”, said Osk Hellender.", 0, ""},
		{"a half sentence of nobody", "The gates were opened “without any real need”.", 0, ""},
	} {
		a := &news.Article{ID: "a", Revision: 1, Language: "en", Text: test.text}
		var direct []news.Quote
		for _, q := range Of(a) {
			if q.Kind == news.QuoteDirect {
				direct = append(direct, q)
			}
		}
		if len(direct) != test.quotes || len(direct) > 0 && direct[0].Speaker != test.speaker {
			t.Errorf("%s: %+v, want %d of %q", test.name, direct, test.quotes, test.speaker)
		}
	}
}
