package web

import "parallax/internal/news"

// A term is what an outlet says of how its work may be used, with where it says so.
type term struct {
	Kind  string
	Value string
	Link  string // of a licence
	Where string
	Doc   string // where it can be checked
}

var termKinds = map[news.TermKind]string{news.Licence: "Licence", news.Rights: "Rights", news.Reservation: "For programs"}

// termsOf shows terms, each once, wherever it is said first.
func termsOf(all []news.Term) (list []term) {
	seen := map[string]bool{}
	for _, t := range all {
		if seen[string(t.Kind)+t.Value] {
			continue
		}
		seen[string(t.Kind)+t.Value] = true
		v := term{Kind: termKinds[t.Kind], Value: t.Value, Where: t.Where, Doc: news.PublicURL(t.URL)}
		if isURL(t.Value) {
			v.Link = t.Value
		}
		if !isURL(v.Doc) {
			v.Doc = ""
		}
		list = append(list, v)
	}
	return list
}
