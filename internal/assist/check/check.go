// Package check decides whether words that a machine wrote may be shown. In come a text, what it
// says it rests on, and the accounts as the machine was given them; out comes a Reason to drop it,
// or none. Everything here is a pure function.
//
// A sentence stands if all of this holds:
//
//   - it is one plain sentence, neither long nor empty, in the language that was asked for;
//   - it cites known accounts, of as many outlets and sides as it must, and about half of its words
//     stand in them, some in each;
//   - what it has in quote marks stands there verbatim, a few words only if they are in quote marks there, too;
//   - each number outside of them, in digits or words, stands in a cited account near one of the words that
//     it stands near here;
//   - each name, which is a word with a capital letter, stands there with one, and names that follow
//     one another here do so there;
//   - it negates only what rests on an account that does, too;
//   - it holds none of the words of data/ that judge.
//
// A translation stands if its numbers, quote marks, negation and length are those of the original, its names are known
// there as they are written or sound, and it judges only where the original does.
//
// This is not all that can be wrong: who did it to whom, what is left out, and what is true cannot be
// told from words. The lists in data/ are not complete and never will be.
package check

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Reason says why a text is dropped. "" is none.
type Reason string

// The reasons, in the order in which they are looked for.
const (
	Form      Reason = "form"      // not one plain sentence, or marked up
	Length    Reason = "length"    // too long or too short, by itself or for what it translates
	Language  Reason = "language"  // in another language than was asked for, or in one that cannot be checked
	Unknown   Reason = "unknown"   // it cites nothing, or what was never given
	Sides     Reason = "sides"     // it rests on fewer outlets or sides than it must
	Quote     Reason = "quote"     // its quote marks, or what stands in them
	Number    Reason = "number"    // a number that is in no cited account, or not there beside the same words
	Name      Reason = "name"      // a name that is in no cited account, or in another company
	Negation  Reason = "negation"  // it says no where the accounts do not, or the other way
	Judgement Reason = "judgement" // it judges, or calls something true or false
	Unfounded Reason = "unfounded" // too few of its words are in what it cites
	Same      Reason = "same"      // a translation that is the original
	Missing   Reason = "missing"   // nothing came
)

// Reasons are all of them.
var Reasons = []Reason{Form, Length, Language, Unknown, Sides, Quote, Number, Name, Negation, Judgement, Unfounded, Same, Missing}

// plain reports whether text is words on one line and nothing else: no markup, no address, no
// character that is not seen or turns the line round.
func plain(text string) bool {
	if !utf8.ValidString(text) || strings.ContainsAny(text, "<>[]{}`*#|\\_^~\uFFFD") {
		return false
	}
	for _, r := range text {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d' || unicode.Is(unicode.Co, r) || r == '\u2028' || r == '\u2029' {
			return false
		}
	}
	lower := strings.ToLower(text)
	return !strings.Contains(lower, "://") && !strings.Contains(lower, "www.")
}
