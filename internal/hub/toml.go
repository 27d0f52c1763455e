package hub

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"parallax/internal/words"

	"github.com/BurntSushi/toml"
)

// A ConfigError says what is wrong in hub.toml, and where.
type ConfigError struct {
	File string
	Line int // 0: no single line
	What string
	Hint string
}

func (e *ConfigError) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.What)
	}
	return e.File + ": " + e.What
}

// A Duration is written "90s", "30m", "12h", "90d" or "2w".
type Duration time.Duration

var durationForm = regexp.MustCompile(`^(\d+)([dw])$`)

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Duration) UnmarshalText(b []byte) error {
	s := string(b)
	if m := durationForm.FindStringSubmatch(s); m != nil {
		n, err := strconv.Atoi(m[1])
		unit := 24 * time.Hour
		if m[2] == "w" {
			unit *= 7
		}
		const century = 36525
		if err != nil || n > century {
			return fmt.Errorf("%q is longer than a hundred years", s)
		}
		*d = Duration(time.Duration(n) * unit)
		return nil
	}
	v, err := time.ParseDuration(s)
	if err != nil || v < 0 {
		return fmt.Errorf(`%q is not a duration such as "90s", "30m", "12h" or "90d"`, s)
	}
	*d = Duration(v)
	return nil
}

// String returns the form that UnmarshalText reads.
func (d Duration) String() string {
	v := time.Duration(d)
	const day = 24 * time.Hour
	switch {
	case v == 0:
		return "0s"
	case v%day == 0:
		return strconv.Itoa(int(v/day)) + "d"
	case v%time.Hour == 0:
		return strconv.Itoa(int(v/time.Hour)) + "h"
	case v%time.Minute == 0:
		return strconv.Itoa(int(v/time.Minute)) + "m"
	}
	return v.String()
}

// A Date is a TOML date (2026-11-01), a TOML time, or the same as a string. A date
// without a time means its first moment in UTC.
type Date time.Time

// UnmarshalTOML implements toml.Unmarshaler.
func (d *Date) UnmarshalTOML(v any) error {
	switch v := v.(type) {
	case time.Time:
		if strings.HasPrefix(v.Location().String(), "datetime-local") || strings.HasPrefix(v.Location().String(), "date-local") {
			v = time.Date(v.Year(), v.Month(), v.Day(), v.Hour(), v.Minute(), v.Second(), 0, time.UTC)
		}
		*d = Date(v.UTC())
		return nil
	case string:
		if v == "" {
			*d = Date{}
			return nil
		}
		for _, layout := range []string{time.DateOnly, time.RFC3339} {
			if t, err := time.Parse(layout, v); err == nil {
				*d = Date(t.UTC())
				return nil
			}
		}
		return fmt.Errorf("%q is not a date such as 2026-11-01", v)
	}
	return fmt.Errorf("%v is not a date such as 2026-11-01", v)
}

// Time returns the moment, zero when none was given.
func (d Date) Time() time.Time { return time.Time(d) }

// String returns the date, with the time where it is not midnight; "" when none was given.
func (d Date) String() string {
	t := time.Time(d)
	switch {
	case t.IsZero():
		return ""
	case t.Equal(t.Truncate(24 * time.Hour)):
		return t.Format(time.DateOnly)
	}
	return t.Format(time.RFC3339)
}

// Parse reads the text of a hub.toml; file is for messages and for resolving paths.
// A key that does not exist is an error, with the nearest one that does.
func Parse(file, text string) (*Config, error) {
	c := defaults()
	c.file, c.text = file, text
	meta, err := toml.Decode(text, c)
	if err != nil {
		e := &ConfigError{File: file, What: err.Error()}
		if pe, ok := errors.AsType[toml.ParseError](err); ok {
			e.Line, e.What = pe.Position.Line, pe.Message
			if e.What == "" {
				e.What = strings.TrimPrefix(pe.Error(), "toml: ")
			}
		}
		return nil, e
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		key := unknown[0]
		name := key[len(key)-1]
		return nil, c.errAt(c.lineOfKey(key), fmt.Sprintf("there is no setting %q%s", key.String(), suggest(name, settingsAt(key[:len(key)-1]))), "docs/configuration.md lists every setting")
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *Config) errAt(line int, what, hint string) error {
	return &ConfigError{File: c.file, Line: line, What: what, Hint: hint}
}

var (
	headerForm = regexp.MustCompile(`^\s*\[\[?\s*([A-Za-z0-9_.\-" ]+?)\s*\]\]?`)
	keyForm    = regexp.MustCompile(`^\s*([A-Za-z0-9_\-"]+)\s*[=.]`)
)

// lineOf returns the line of a key in the n-th table with the given name (its
// subtables included), or of that table's header, or 0. The TOML library gives
// positions for syntax only, so this looks at the text; a multi-line string that
// looks like TOML can mislead it, and then only the line is off.
func (c *Config) lineOf(table string, n int, key string) int {
	at, header := -1, 0
	in := false
	for i, line := range strings.Split(c.text, "\n") {
		if m := headerForm.FindStringSubmatch(line); m != nil {
			name := strings.ReplaceAll(m[1], `"`, "")
			switch {
			case name == table:
				at++
				in = at == n
				if in {
					header = i + 1
				}
			case !strings.HasPrefix(name, table+"."):
				in = false
			case in && strings.HasPrefix(name, table+"."+key):
				return i + 1
			}
			continue
		}
		if m := keyForm.FindStringSubmatch(line); in && m != nil && strings.Trim(m[1], `"`) == key {
			return i + 1
		}
	}
	return header
}

// lineOfKey returns the first line on which the last part of key stands under a table
// with the name of the rest, or 0.
func (c *Config) lineOfKey(key toml.Key) int {
	table, name := strings.Join(key[:len(key)-1], "."), key[len(key)-1]
	now, fallback := "", 0
	for i, line := range strings.Split(c.text, "\n") {
		if m := headerForm.FindStringSubmatch(line); m != nil {
			now = strings.ReplaceAll(m[1], `"`, "")
			if now == key.String() {
				return i + 1
			}
			continue
		}
		m := keyForm.FindStringSubmatch(line)
		if m != nil && now == table && strings.Trim(m[1], `"`) == name {
			return i + 1
		}
		if fallback == 0 && strings.HasPrefix(table, now) && regexp.MustCompile(`\b`+regexp.QuoteMeta(name)+`\s*=`).MatchString(line) {
			fallback = i + 1 // in an inline table
		}
	}
	return fallback
}

// suggest returns `; did you mean "x"?` for the nearest of the candidates, if it is near.
func suggest(word string, candidates []string) string {
	best := words.Nearest(word, candidates, max(len(word)/3, 2))
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}
