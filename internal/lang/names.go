package lang

import (
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// Base returns the base language of a tag ("en" of "en-GB", "no" of "nb"), or "und".
func Base(tag string) string { return base(tag) }

// base returns the base language of a tag ("en" of "en-GB"), or "und". Bokmål and
// Nynorsk are "no", Filipino and Tagalog "tl", old and deprecated codes their successors.
func base(tag string) string {
	tag, _, _ = strings.Cut(strings.ReplaceAll(strings.TrimSpace(strings.ToLower(tag)), "_", "-"), "-")
	switch tag {
	case "", Und, "mul", "zxx":
		return Und
	case "nb", "nn":
		return "no"
	case "iw":
		return "he"
	case "in":
		return "id"
	case "fil":
		return "tl"
	}
	b, err := language.ParseBase(tag) // makes "eng" into "en"
	if err != nil {
		return Und
	}
	return b.String()
}

// Dir returns the direction in which the language of tag is written: "rtl" or "ltr".
func Dir(tag string) string {
	t, err := language.Parse(strings.ReplaceAll(tag, "_", "-"))
	if err != nil {
		return "ltr"
	}
	script, _ := t.Script()
	switch script.String() {
	case "Arab", "Aran", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm", "Rohg", "Mand", "Samr", "Yezi":
		return "rtl"
	}
	return "ltr"
}

// CountryName returns the English name of a country by its ISO 3166-1 code, or the code
// itself if it names none.
func CountryName(code string) string {
	r, err := language.ParseRegion(strings.TrimSpace(code))
	if err != nil {
		return strings.ToUpper(code)
	}
	if name := display.English.Regions().Name(r); name != "" && r.IsCountry() {
		return name
	}
	return strings.ToUpper(code)
}

// LanguageName returns the English name of a language by its tag; "Unknown language" for
// "und", and the tag itself if it names none.
func LanguageName(tag string) string {
	b := base(tag)
	if b == Und {
		if tag == "" || strings.EqualFold(tag, Und) {
			return "Unknown language"
		}
		return tag
	}
	if b == "no" { // which x/text takes for Bokmål
		return "Norwegian"
	}
	if name := display.English.Languages().Name(language.Make(b)); name != "" {
		return name
	}
	return tag
}
