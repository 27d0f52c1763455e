package news

import (
	"slices"
	"strings"
	"unicode"
)

// Owners returns for each of sources, by id, the id of the Source that stands for its owner:
// the least among those that share one, directly or by way of others. A Source of which nobody
// states an owner stands for itself.
//
// The owners of a Source are those that its page shows first: the claims of the strongest
// authority about its Owners, and those about its BeneficialOwners. Several of one authority
// are several owners. Names are one if they differ only in letter case, in marks, in what stands in
// brackets ("(52 %)") and in a legal form at the end ("Ltd", "GmbH").
// What the hub itself read on the site of an outlet (Claim.Read) does not count: nobody has looked at it.
func Owners(sources []*Source) map[string]string {
	sorted := slices.Clone(sources)
	slices.SortFunc(sorted, func(a, b *Source) int { return strings.Compare(a.ID, b.ID) })
	group := make(map[string]string, len(sorted)) // source id -> another of its group, in the end the least
	var least func(id string) string
	least = func(id string) string {
		if group[id] == id {
			return id
		}
		group[id] = least(group[id])
		return group[id]
	}
	first := map[string]string{} // owner -> the first Source that it owns
	for _, s := range sorted {
		group[s.ID] = s.ID
		for _, claims := range [][]Claim{s.Disclosure.Owners, s.Disclosure.BeneficialOwners} {
			for _, owner := range ownersIn(claims) {
				other, known := first[owner]
				if !known {
					first[owner] = s.ID
					continue
				}
				a, b := least(s.ID), least(other)
				group[max(a, b)] = min(a, b)
			}
		}
	}
	for id := range group {
		group[id] = least(id)
	}
	return group
}

// authorities are the kinds of authority, the strongest first.
var authorities = []Authority{Registry, ThirdParty, Operator, Self}

// Strongest returns the claims that rest on the strongest authority that says anything: a register or
// data set, then third parties, then the operator, then the outlet itself.
func Strongest(claims []Claim) []Claim {
	for _, by := range authorities {
		var list []Claim
		for _, c := range claims {
			if c.By == by && c.Value != "" {
				list = append(list, c)
			}
		}
		if len(list) > 0 {
			return list
		}
	}
	return nil
}

// ownersIn returns the names of the strongest claims, as they are compared.
func ownersIn(claims []Claim) []string {
	var names []string
	for _, c := range Strongest(claims) {
		if c.Read != "" {
			continue // or an outlet could make one owner of two others, by naming both as its own
		}
		if name := ownerName(c.Value); name != "" && !nobody(name) {
			names = append(names, name)
		}
	}
	return names
}

// nobody reports whether what stands in the place of an owner's name says that there is none, or
// that he is not known or not one ("None with more than 25 %", "n/a", "Various shareholders"): two
// outlets that say so share no owner. It knows English, in which registers and configurations of
// this kind mostly say it.
func nobody(name string) bool {
	if slices.Contains(nobodies, name) {
		return true
	}
	first, rest, _ := strings.Cut(name, " ")
	next, _, _ := strings.Cut(rest, " ")
	return slices.Contains([]string{"none", "nobody", "unknown"}, first) && slices.Contains([]string{"with", "above", "over", "known", "of", "who", "has", "holds", "owns"}, next)
}

// nobodies are what stands in the place of a name and is none, as ownerName has it.
var nobodies = []string{
	"none", "nobody", "unknown", "undisclosed", "not known", "not stated", "not disclosed", "not applicable", "not available", "n a", "na", "tbd",
	"private", "privately owned", "privately held", "private individual", "private individuals", "private owner", "private owners", "private investors", "private shareholders",
	"independent", "individual", "individuals", "various", "various owners", "various shareholders", "various investors", "several shareholders", "multiple shareholders",
	"shareholders", "public shareholders", "free float", "publicly traded", "publicly listed", "other", "others",
}

// legalForms are the forms that names of companies most often end in, without marks: one owner
// is written with and without.
var legalForms = strings.Fields("ab ag as asa bv co company corp corporation doo eg ev gmbh inc incorporated kft kg limited llc llp ltd nv oao ooo oy oyj pao plc sa sarl sas se spa srl zrt зао оао ооо пао")

// Company returns the name of an owner without what stands after it in brackets, such as a
// share, and whether it ends in a legal form, so that it is surely an organisation.
func Company(value string) (name string, is bool) {
	name = value
	if before, after, found := strings.Cut(value, " ("); found && strings.HasSuffix(after, ")") {
		name = before
	}
	words := strings.Fields(strings.ToLower(strings.NewReplacer(".", "", ",", " ").Replace(name)))
	return name, len(words) > 1 && slices.Contains(legalForms, words[len(words)-1])
}

// SameName reports whether two names are one as Owners has it: they differ only in letter case, in
// marks, in what stands in brackets and in a legal form at the end.
func SameName(a, b string) bool {
	name := ownerName(a)
	return name != "" && name == ownerName(b) || strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b))
}

// ownerName returns a name as it is compared with others; "" where there is none.
func ownerName(value string) string {
	var b strings.Builder
	depth := 0
	for _, r := range strings.ToLower(value) {
		switch {
		case r == '(' || r == '[':
			depth++
			b.WriteByte(' ')
		case r == ')' || r == ']':
			depth = max(depth-1, 0)
		case depth > 0 || r == '.' || r == '\'' || r == '’': // S.A. is SA
		case unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r):
			b.WriteRune(r)
		default:
			b.WriteByte(' ')
		}
	}
	words := strings.Fields(b.String())
	for len(words) > 1 && slices.Contains(legalForms, words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	return strings.Join(words, " ")
}
