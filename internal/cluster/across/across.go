// Package across finds Stories that belong together: those that probably tell of one event in two
// languages, and those that follow one another. Its Stage reads Stories that changed and writes Relations; it
// changes no Story. Package cluster makes one Story of two of which an Index is sure.
//
// # One event in two languages
//
// Documents of two languages share no words (package cluster), but what they tell of has the
// same names, numbers and places in each. A document is read as marks:
//
//   - names: words with a capital letter, or in scripts without them any word. They are
//     spelled as they sound, in a coarse alphabet (data/letters.txt), so that "Зеленский",
//     "Zelensky" and "Selenskyj" are one, without the endings that some languages put to
//     names (data/endings.txt). Scripts that write few vowels, and those that write syllables,
//     meet the others in a coarser spelling of consonants.
//   - places: countries by their names in CLDR in the document's language, and some cities and
//     adjectives (data/places.txt).
//   - numbers of two figures and more.
//
// Each counts by how rare it is among the other documents of its language in the window,
// less if it is short (short names are alike by chance), if it is a first name (the surname
// has said it) or a year. Stories that share several and are at most three days apart are
// compared: the cosine of their marks, how rare the rarest four are, how much is shared by
// names and by numbers, the time between them. Related are those that reach Least, by at
// least two of the three kinds, and of which each is the other's best in its language.
//
// # Threads
//
// A Story of two and more outlets may follow one of the last 30 days in the same language
// that is like it in both its names and its other words, and shares several that are rare.
// Daily series and tallies are left out by their headlines and numbers, and a Story that
// resembles many has a topic and follows none.
//
// An Index is pure: no clock, no input or output. What it returns depends on the documents
// that it holds and on the Stories in which these are, not on the order in which they came.
package across
