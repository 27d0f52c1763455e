package across

import "slices"

// Unheard returns the names and the places of a text for which other, which says the same in another
// language, has none that are written or sound alike: names with a capital letter that do not
// begin a sentence, as they stand in text; places under any name. Names too short to tell apart are
// not among them. read is false where names of other cannot be read: those in Han and in scripts without spaces.
func Unheard(text, tag, other, otherTag string) (names, places []string, readable bool) {
	a, b := read(Base(tag), "", text), read(Base(otherTag), "", other)
	there := map[uint32]bool{}
	for _, m := range b.marks {
		there[m.key] = true
	}
	// A name is found under each of its spellings: those by which other families of scripts know it, too.
	heard := map[string]bool{}
	for _, m := range a.marks {
		if there[m.key] && m.kind != numberKind {
			heard[a.words[m.key]] = true
		}
	}
	for _, m := range a.marks {
		as := a.words[m.key]
		switch {
		case heard[as]:
		case m.kind == nameKind:
			names = append(names, as)
		case m.kind == placeKind:
			places = append(places, as)
		}
	}
	slices.Sort(names)
	slices.Sort(places)
	readable = true
	for _, r := range other {
		if s := scriptOf(r); s == han || s == unspaced {
			readable = false
			break
		}
	}
	return names, places, readable
}
