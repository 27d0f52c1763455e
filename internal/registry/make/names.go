package main

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

var (
	share = regexp.MustCompile(`^(?:up to )?(\d{1,3}(?:[.,]\d{1,2})?) ?%$`)
	// bracketed takes what stands in brackets at the end off.
	bracketed = regexp.MustCompile(`^(.+?) \(([^()]+)\)$`)
	// percent takes a share without brackets off.
	percent = regexp.MustCompile(`^(.+?) (\d{1,3}(?:[.,]\d{1,2})? ?%)$`)
	// of finds whose property something is: "owned by Exor", "part of X – Ada Berg", "100% X".
	of = regexp.MustCompile(`^(?:(?i:(?:majority )?owned by|part of|a subsidiary of|subsidiary of)|100 ?%) (?:the )?(.+?)(?: [–-] .*)?$`)
)

// owners returns the names of the owners that the text about an organisation's owner states, and
// those of the owners' owners. Names are every name that repeated found. A name is taken where
//
//   - the text is nothing but the name, or names with shares, "Ada Berg (52 %), Berg Ltd (48 %)";
//   - what stands in brackets behind it is a share, which is kept, or anything else, which is
//     not ("Berg Ltd (family-owned)"); of "owned by Y", "part of Y", "100% Y" in brackets Y is
//     taken as the owner's owner, or as the owner, where the name is the organisation's own; the
//     country of a ministry is kept;
//   - it is surely no person who only founded or edits the outlet, as the list often has it: it
//     ends in a legal form, has a word that only names of organisations or families have, has a
//     share, holds by way of a company ("via Berg Ltd"), is one word with capitals within it,
//     or is the owner of several organisations of the list;
//   - it is not the organisation's own name, and has no sign of a sentence or of two names.
//
// All else is left out, the whole text where one of its names is, save for the texts in byHand.
func owners(text, organisation string, names map[string]bool) (own, indirect []string) {
	text = strings.Join(strings.Fields(text), " ")
	sum := sha256.Sum256([]byte(text))
	if read, ok := byHand[hex.EncodeToString(sum[:8])]; ok {
		return read.own, read.indirect
	}
	parts := []string{text}
	if list := outside(text); len(list) > 1 {
		if !slices.ContainsFunc(list, func(p string) bool { return !hasShare(p) }) {
			parts = list
		}
	}
	for _, p := range parts {
		if len(parts) > 1 && isNobody(p) {
			continue // "other shareholders (56 %)"
		}
		o, behind, ok := owner(p, organisation, names)
		if !ok {
			return nil, nil
		}
		if o != "" {
			own = append(own, o)
		}
		if behind != "" {
			indirect = append(indirect, behind)
		}
	}
	return own, indirect
}

// owner reads one part of a text: a name with what belongs to it.
func owner(part, organisation string, names map[string]bool) (name, behind string, ok bool) {
	name = part
	held, holds, country, via := "", "", "", false
	if m := bracketed.FindStringSubmatch(name); m != nil {
		name = m[1]
		first, _, _ := strings.Cut(m[2], ", ")
		switch o := of.FindStringSubmatch(m[2]); {
		case share.MatchString(first):
			held = first
		case share.MatchString(m[2]):
			held = m[2]
		case o != nil:
			holds = o[1]
		case strings.HasPrefix(m[2], "via ") || strings.HasPrefix(m[2], "through "):
			via = true
		case strings.HasPrefix(name, "Ministry ") && isCountry(m[2]):
			country = ", " + m[2] // there is one of that name in many
		}
	} else if m := percent.FindStringSubmatch(name); m != nil {
		name, held = m[1], m[2]
	}
	if before, _, found := strings.Cut(name, " via "); found {
		name, via = before, true
	}
	if holds != "" && !isName(holds) {
		holds = ""
	}
	switch {
	case !isName(name) || isNobody(name):
		return "", "", false
	case fold(name) == fold(organisation):
		return holds, "", holds != ""
	case held == "" && !via && !isOrganisation(name) && !names[fold(name)]:
		return "", "", false
	}
	if strings.HasSuffix(name, "Limited.") {
		name = strings.TrimSuffix(name, ".")
	}
	name += country
	if held != "" {
		name += " (" + strings.ReplaceAll(strings.TrimSuffix(held, "%"), " ", "") + " %)"
	}
	return name, holds, true
}

func hasShare(part string) bool {
	if m := bracketed.FindStringSubmatch(part); m != nil {
		first, _, _ := strings.Cut(m[2], ", ")
		return share.MatchString(first)
	}
	return percent.MatchString(part)
}

// outside divides a text at the commas outside of brackets that divide no number.
func outside(text string) []string {
	var parts []string
	depth, from := 0, 0
	for i, r := range text {
		switch {
		case r == '(':
			depth++
		case r == ')':
			depth--
		case r == ',' && depth == 0 && strings.HasPrefix(text[i:], ", "):
			parts = append(parts, text[from:i])
			from = i + 2
		}
	}
	return append(parts, text[from:])
}

// isName reports whether s is built as a name is, and as one only.
func isName(s string) bool {
	words := strings.Fields(s)
	if len(words) == 0 || len(words) > 9 || strings.ContainsAny(s, "()/:;%") {
		return false
	}
	if first := []rune(s)[0]; !unicode.IsUpper(first) && !unicode.IsDigit(first) && strings.ToLower(words[0]) == words[0] && words[0] != "taz" {
		return false
	}
	if hasWord(s, []string{"is", "are", "was", "were", "has", "held", "owns", "owned", "ownership", "property", "through", "by", "which", "members", "historically", "subsidiary", "formerly"}) {
		return false
	}
	// A comma stands in a name only before its legal form.
	if _, after, found := strings.Cut(s, ","); found && !slices.Contains(forms, bare(after)) {
		return false
	}
	// Two names: each side of "and" could be one.
	for _, and := range []string{" and ", " & "} {
		if a, b, found := strings.Cut(s, and); found && !slices.Contains(forms, bare(strings.Fields(b)[0])) &&
			(isOrganisation(a) == isOrganisation(b)) {
			return false
		}
	}
	return true
}

// isNobody reports whether s only says what kind of owner there is.
func isNobody(s string) bool {
	return slices.Contains([]string{"unknown", "independent", "private", "public", "non-profit", "employee", "publishing", "coöperatieve", "various", "other", "minor"},
		strings.ToLower(strings.Fields(s)[0])) && !slices.Contains(forms, lastWord(s)) || strings.HasPrefix(strings.ToLower(s), "non-profit")
}

// forms are legal forms at the end of names, as bare has them.
var forms = strings.Fields("ab ag as asa asbl bv corp corporation company co cooperative ev gmbh inc incorporated kft kg limited llc lp ltd nv oy partnership plc sa sarl sas se spa srl")

// organisationWords are words that names of persons have not.
//
//nolint:misspell // some are Dutch
var organisationWords = strings.Fields(`agency association authority bank broadcasting brothers canton capital center centre church commission committee communications
	community confederation conference corporation council department editoriale enterprises episcopal establishment famille family foundation fondazione fund
	global government group groupe grupp grupo gruppo holding holdings industries institute institution international mediagroep mediengruppe medien media ministry
	network networks news omroep omroepvereniging organisation organization partners postal project publications publishing republic rijksoverheid
	school service society stichting stiftung studios television trust university union ventures verlagsgruppe works`)

// isOrganisation reports whether a name is surely one of an organisation, state body or family.
func isOrganisation(name string) bool {
	if slices.Contains(forms, lastWord(name)) || hasWord(name, organisationWords) {
		return true
	}
	// One word with capitals within, as persons' names do not have them: "CSIRO", "TechTarget".
	if strings.Contains(name, " ") {
		return false
	}
	upper := 0
	for i, r := range name {
		if i > 0 && unicode.IsUpper(r) {
			upper++
		}
	}
	return upper > 0
}

// repeated returns the names that stand alone as the owner of several organisations, folded.
func repeated(all []organisation) map[string]bool {
	of := map[string]map[string]bool{}
	for _, o := range all {
		name := strings.Join(strings.Fields(o.Owner), " ")
		if m := bracketed.FindStringSubmatch(name); m != nil {
			name = m[1]
		}
		if !isName(name) || isNobody(name) || fold(name) == fold(o.Organization) {
			continue
		}
		if of[fold(name)] == nil {
			of[fold(name)] = map[string]bool{}
		}
		of[fold(name)][fold(o.Organization)] = true
	}
	names := map[string]bool{}
	for name, organisations := range of {
		names[name] = len(organisations) > 1
	}
	return names
}

// fold brings names of the same into one form: without brackets, dots, case, article, legal form and "Group".
func fold(name string) string {
	if before, _, found := strings.Cut(name, " ("); found {
		name = before
	}
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return unicode.IsSpace(r) || r == ',' || r == '-' })
	for i, w := range words {
		words[i] = bare(w)
	}
	for len(words) > 1 && slices.Contains(forms, words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	for len(words) > 1 && slices.Contains([]string{"the", "group", "groupe"}, words[0]) {
		words = words[1:]
	}
	for len(words) > 1 && slices.Contains([]string{"group", "groupe"}, words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	return strings.Join(words, " ")
}

// bare takes case, dots and white space off a word.
func bare(word string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimSpace(word)), ".", "")
}

func lastWord(name string) string {
	words := strings.Fields(name)
	if len(words) < 2 { //nolint:mnd // a legal form alone is none
		return ""
	}
	return bare(words[len(words)-1])
}
