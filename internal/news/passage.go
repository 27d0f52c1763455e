package news

import "unicode/utf8"

// A Passage is a run of an Article's Text. It names the words and does not hold them, so
// that what is withdrawn, or has been edited since, vanishes from where it was quoted.
type Passage struct {
	ArticleID string `json:"article"`
	Revision  int    `json:"revision"` // of the Article, whose Text From and To count in
	From      int    `json:"from"`     // the first byte
	To        int    `json:"to"`       // the byte after the last
}

// In returns the words of p in a, and false where a is not the Article that p names, has
// another Revision by now, or holds no such run of whole characters.
func (p Passage) In(a *Article) (string, bool) {
	if a == nil || p.ArticleID != a.ID || p.Revision != a.Revision || p.From < 0 || p.From >= p.To || p.To > len(a.Text) {
		return "", false
	}
	words := a.Text[p.From:p.To]
	first, _ := utf8.DecodeRuneInString(words)
	if first == utf8.RuneError || p.To < len(a.Text) && !utf8.RuneStart(a.Text[p.To]) {
		return "", false
	}
	return words, true
}
