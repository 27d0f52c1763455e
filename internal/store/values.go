package store

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"parallax/internal/news"
)

// ms is t in Unix milliseconds, 0 for the zero time.
func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// flag is b as the store keeps it.
func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// timeOf is the time that ms stands for.
func timeOf(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// js is v as JSON text. All values that the store keeps this way are structs, maps and
// slices of strings, numbers and times, which always have a JSON form.
func js(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return "null" // unreachable: see above
	}
	return string(b)
}

// termsText is how terms are kept: most outlets say nothing, and most rows hold nothing then.
func termsText(terms []news.Term) string {
	if len(terms) == 0 {
		return ""
	}
	return js(terms)
}

// groundsText is how grounds are kept: "" where there are none.
func groundsText(g *news.Grounds) string {
	if g == nil {
		return ""
	}
	return js(g)
}

// A timeInto scans milliseconds into a time.
type timeInto struct{ t *time.Time }

func (s timeInto) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*s.t = time.Time{}
	case int64:
		*s.t = timeOf(v)
	default:
		return fmt.Errorf("a time is stored as %T", v)
	}
	return nil
}

// A purgedInto scans since when nothing is left: negative where it only is hidden (see takedowns).
type purgedInto struct{ t *time.Time }

func (s purgedInto) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("a time is stored as %T", v)
	}
	*s.t = timeOf(max(n, -n))
	return nil
}

// A millisInto scans milliseconds into a duration.
type millisInto struct{ d *time.Duration }

func (s millisInto) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("a duration is stored as %T", v)
	}
	*s.d = time.Duration(n) * time.Millisecond
	return nil
}

// A textInto scans text into a string, NULL into the empty one.
type textInto struct{ s *string }

func (s textInto) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*s.s = ""
	case string:
		*s.s = v
	case []byte:
		*s.s = string(v)
	default:
		return fmt.Errorf("a text is stored as %T", v)
	}
	return nil
}

// A jsonInto scans JSON text into v.
type jsonInto struct{ v any }

func (s jsonInto) Scan(v any) error {
	var text string
	if err := (textInto{&text}).Scan(v); err != nil {
		return err
	}
	if text == "" || text == "null" {
		return nil
	}
	return json.Unmarshal([]byte(text), s.v)
}

// clean makes the strings among args fit for both databases: PostgreSQL refuses NUL
// and whatever is not UTF-8, and one bad byte in a feed must not stop its other items.
func clean(args []any) []any {
	for i, a := range args {
		s, ok := a.(string)
		if !ok || utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 {
			continue
		}
		args[i] = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
	}
	return args
}
