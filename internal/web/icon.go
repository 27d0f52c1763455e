package web

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"
	"unicode"

	"parallax/internal/news"
)

// icon answers with the icon of an outlet: the PNG that the hub made of it, with ?size=64
// the large one, else its initials. Readers ask the hub alone, never the outlet.
func (s *site) icon(w http.ResponseWriter, r *http.Request) error {
	h, err := s.hub(r.Context())
	if err != nil {
		return err
	}
	src := h.sources[r.PathValue("id")]
	if src == nil {
		return notFound("There is no such source", "This hub carries no outlet of this name.")
	}
	w.Header().Set("Cache-Control", "public, max-age=86400")
	if src.At(h.now) == news.Carried {
		png, err := s.Store.Icon(r.Context(), src.ID, r.URL.Query().Get("size") == "64")
		if err != nil {
			return fmt.Errorf("icon of %s: %w", src.ID, err)
		}
		if png != nil {
			s.send(w, r, "image/png", png)
			return nil
		}
	}
	s.send(w, r, "image/svg+xml", placeholder(src.Name))
	return nil
}

// placeholder draws the initials of a name, for every outlet in the same tone, which
// stands out against light and dark paper alike.
func placeholder(name string) []byte {
	var b bytes.Buffer
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect x="1" y="1" width="30" height="30" rx="4" fill="none" stroke="#857a66" stroke-width="1.5"/>` +
		`<text x="16" y="21.5" text-anchor="middle" font-family="system-ui,sans-serif" font-size="15" font-weight="600" fill="#857a66">`)
	_ = xml.EscapeText(&b, []byte(initials(name))) // a bytes.Buffer takes everything
	b.WriteString(`</text></svg>`)
	return b.Bytes()
}

// initials are the first letters of the first two words of a name, articles aside; one in
// scripts that join or stack their letters, and in those that need few.
func initials(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) })
	if len(words) > 1 && (strings.EqualFold(words[0], "the") || strings.EqualFold(words[0], "a")) {
		words = words[1:]
	}
	var out []rune
	for _, w := range words[:min(len(words), 2)] {
		if noun := strings.TrimPrefix(w, "ال"); noun != "" {
			w = noun
		}
		first := []rune(w)[0]
		if out = append(out, unicode.ToUpper(first)); !unicode.In(first, unicode.Latin, unicode.Cyrillic, unicode.Greek) {
			break
		}
	}
	return string(out)
}
