package hub

import (
	"bytes"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"

	"parallax/internal/news"
)

// settingsAt returns the keys that a table of hub.toml may hold; path names the table
// from the root, e.g. ["source", "carriage"].
func settingsAt(path []string) []string {
	t := reflect.TypeFor[Config]()
	for _, key := range path {
		field, ok := fieldOf(t, key)
		if !ok {
			return nil
		}
		t = field.Type
		if t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct {
			return nil
		}
	}
	var out []string
	for field := range t.Fields() {
		if name := field.Tag.Get("toml"); name != "" {
			out = append(out, name)
		}
	}
	return out
}

func fieldOf(t reflect.Type, key string) (reflect.StructField, bool) {
	for field := range t.Fields() {
		if field.Tag.Get("toml") == key {
			return field, true
		}
	}
	return reflect.StructField{}, false
}

// Write writes the configuration as a commented hub.toml. Parsing it gives c again;
// the same configuration gives the same bytes.
func (c *Config) Write(w io.Writer) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, `# A hub of Parallax. docs/configuration.md explains every setting.

[hub]
name     = %s
# Under which address readers reach it. It stands in feeds, so it should not change.
# Empty: http:// and the listen address.
url      = %s
# Others can subscribe to its feeds, and are told at once what is new (WebSub).
websub   = %t
# Who runs it, for readers; and how outlets can reach you (URL or e-mail): it is in the
# User-Agent of every request.
operator = %s
contact  = %s
listen   = %s
# Folder of the database, relative to this file; or a PostgreSQL address in database.
data     = %s
database = %s
`, quote(c.Hub.Name), quote(c.Hub.URL), c.Hub.WebSub, quote(c.Hub.Operator), quote(c.Hub.Contact), quote(c.Hub.Listen), quote(c.Hub.Data), quote(c.Hub.Database))
	if len(c.Hub.Countries) > 0 {
		var names []string
		for _, code := range keys(c.Hub.Countries) {
			names = append(names, code+" = "+quote(c.Hub.Countries[code]))
		}
		fmt.Fprintf(&b, "countries = { %s }\n", strings.Join(names, ", "))
	}
	if len(c.Hub.TrustedProxies) > 0 {
		fmt.Fprintf(&b, "# Proxies in front of the hub, whose X-Forwarded-For is believed.\ntrusted_proxies = %s\n", list(c.Hub.TrustedProxies))
	}
	f := c.Fetch
	fmt.Fprintf(&b, `
[fetch]
# How often to look at a feed with about twenty entries a day (the rhythm of each is
# learned), and the bounds of it.
interval       = "%s"
min_interval   = "%s"
max_interval   = "%s"
timeout        = "%s"
# Pause between two requests to one host, and how many hosts at once.
per_host_delay = "%s"
workers        = %d
# Largest feed or page in bytes, decompressed.
max_body       = %d
# Fetch article pages where the feed has only a summary (for search and for finding
# stories; readers see what the carriage allows).
pages          = %t
# A folder of rules that say where in the pages of a site the article is (docs/site-rules.md).
rules          = %s
# Get the images of articles of outlets that are carried with their whole text, and show copies.
pictures       = %t
# Have news pushed by WebSub hubs that feeds name; needs a url, above, that the world can reach.
websub         = %t
# Ways to reach outlets that name none, tried in order; empty: directly.
routes         = %s
# Addresses in private networks that may be fetched all the same. By default none.
allow_private  = %s
`, f.Interval, f.MinInterval, f.MaxInterval, f.Timeout, f.PerHostDelay, f.Workers, f.MaxBody, f.Pages, quote(f.Rules), f.Pictures, f.WebSub, list(f.Routes), list(f.AllowPrivate))
	if a := c.Assistant; a.URL != "" {
		fmt.Fprintf(&b, `
# A language model that says in one sentence what the sections of a story's page hold, and translates
# headlines; marked as machine text, and dropped where it does not stand (docs/assistant.md).
[assistant]
url       = %s
model     = %s
key       = %s
sentences = %t
languages = %s
# Questions, at most.
per_hour  = %d
timeout   = "%s"
`, quote(a.URL), quote(a.Model), quote(a.Key), a.Sentences, list(a.Languages), a.PerHour, a.Timeout)
	}
	writeEmbeddings(&b, c.Embeddings)
	if c.API != defaults().API {
		fmt.Fprintf(&b, "\n# What programs may read under /api/v1, and how often one client may ask in a minute.\n[api]\nenabled    = %t\nper_minute = %d\n", c.API.Enabled, c.API.PerMinute)
	}
	writeMail(&b, c.Mail)
	if len(c.Lenses) == 0 {
		b.WriteString(exampleLens)
	}
	for _, l := range c.Lenses {
		fmt.Fprintf(&b, "\n[[lens]]\nid    = %s\ntitle = %s\n", quote(l.ID), quote(l.Title))
		if len(l.When) > 0 {
			fmt.Fprintf(&b, "when  = %s\n", list(l.When))
		}
		b.WriteString("sides = [\n")
		for _, s := range l.Sides {
			fmt.Fprintf(&b, "  { id = %s, title = %s },\n", quote(s.ID), quote(s.Title))
		}
		b.WriteString("]\n")
	}
	for _, t := range c.Topics {
		fmt.Fprintf(&b, "\n[[topic]]\nid    = %s\ntitle = %s\nwords = %s\n", quote(t.ID), quote(t.Title), quote(t.Words))
		if len(t.Languages) > 0 {
			fmt.Fprintf(&b, "languages = %s\n", list(t.Languages))
		}
	}
	for i := range c.Sources {
		b.WriteByte('\n')
		writeSource(&b, c.Sources[i].news()) // without what it has by default
	}
	_, err := w.Write(b.Bytes())
	if err != nil {
		return fmt.Errorf("write configuration: %w", err)
	}
	return nil
}

// exampleEmbeddings stands in a file that has no endpoint, as a comment.
const exampleEmbeddings = `
# An endpoint for embeddings of a language model, by which articles that tell of one event in other
# words are found to be alike. It sees titles and the beginnings of texts. By default none.
#
# [embeddings]
# url   = "http://127.0.0.1:11434/api"   # Ollama's; for others where the paths of OpenAI's API begin: ".../v1"
# model = "nomic-embed-text"
`

func writeEmbeddings(b *bytes.Buffer, e EmbeddingsConfig) {
	if e.URL == "" {
		b.WriteString(exampleEmbeddings)
		return
	}
	fmt.Fprintf(b, `
# The endpoint for embeddings, by which articles that tell of one event in other words are found
# to be alike.
[embeddings]
url     = %s
model   = %s
key     = %s
# For how long up to 500 articles are kept waiting for it, in all.
timeout = "%s"
batch   = %d
# What the likeness counts; empty: what is shipped.
weights = %s
`, quote(e.URL), quote(e.Model), quote(e.Key), e.Timeout, e.Batch, quote(e.Weights))
}

// exampleLens stands in a file that has no lens, as a comment.
const exampleLens = `
# A lens divides the outlets into sides. Who controls them, country and language are built
# in. Declare your own, and say with each outlet where it stands: sides = { river = "north" }
#
# [[lens]]
# id    = "river"
# title = "The river dispute"
# when  = ["River", "Norrland", "Sudermark"]   # names that open a story with this lens
# sides = [
#   { id = "north", title = "Norrland" },
#   { id = "south", title = "Sudermark" },
#   { id = "others", title = "Elsewhere" },
# ]
`

// writeSource appends a [[source]] table.
func writeSource(b *bytes.Buffer, s *news.Source) {
	pair := func(key, value string) {
		if value != "" {
			fmt.Fprintf(b, "%s = %s\n", key, quote(value))
		}
	}
	b.WriteString("[[source]]\n")
	pair("id", s.ID)
	pair("name", s.Name)
	pair("home", s.Home)
	pair("country", s.Country)
	if len(s.Languages) > 0 {
		fmt.Fprintf(b, "languages = %s\n", list(s.Languages))
	}
	fmt.Fprintf(b, "feeds = %s\n", list(s.FeedURLs))
	if len(s.Routes) > 0 {
		fmt.Fprintf(b, "routes = %s\n", list(s.Routes))
	}
	if len(s.Sides) > 0 {
		var sides []string
		for _, lens := range keys(s.Sides) {
			sides = append(sides, fmt.Sprintf("%s = %s", lens, quote(s.Sides[lens])))
		}
		fmt.Fprintf(b, "sides = { %s }\n", strings.Join(sides, ", "))
	}
	if c := s.Carriage; c != (news.Carriage{}) {
		b.WriteString("[source.carriage]\n")
		pair("why", c.Why)
		pair("mode", string(c.Mode))
		pair("basis", c.Basis)
		for _, d := range []struct {
			key string
			at  Date
		}{{"from", Date(c.From)}, {"until", Date(c.Until)}} {
			if s := d.at.String(); s != "" {
				fmt.Fprintf(b, "%s = %s\n", d.key, s)
			}
		}
		if c.Keep > 0 {
			fmt.Fprintf(b, "keep = %q\n", Duration(c.Keep))
		}
		pair("boilerplate", c.Boilerplate)
	}
	for _, f := range s.Disclosure.Fields() {
		for _, cl := range f.Claims {
			fmt.Fprintf(b, "[[source.disclosure.%s]]\n", f.Key)
			pair("value", cl.Value)
			pair("by", string(cl.By))
			pair("who", cl.Who)
			pair("url", cl.URL)
			pair("date", cl.Date)
		}
	}
}

// quote writes a TOML basic string: Go's escapes but for those that TOML lacks.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < 0x20 || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

func list(items []string) string {
	quoted := make([]string, len(items))
	for i, s := range items {
		quoted[i] = quote(s)
	}
	if one := "[" + strings.Join(quoted, ", ") + "]"; len(one) <= 100 {
		return one
	}
	return "[\n  " + strings.Join(quoted, ",\n  ") + ",\n]"
}

// AppendSource returns the text of a hub.toml with one more outlet at its end. What
// stood there stays as it was, comments included.
func AppendSource(text string, s *news.Source) string {
	var b bytes.Buffer
	b.WriteString(strings.TrimRight(text, "\n"))
	if b.Len() > 0 {
		b.WriteString("\n\n")
	}
	writeSource(&b, s)
	return b.String()
}

// FreeID makes an id for a new outlet from its name or host, unlike any that the
// configuration has.
func (c *Config) FreeID(name string) string {
	id := slug(name)
	if id == "" {
		id = "source"
	}
	taken := map[string]bool{}
	for _, s := range c.Sources {
		taken[s.ID] = true
	}
	for n, base := 2, id; taken[id]; n++ {
		id = base + "-" + strconv.Itoa(n)
	}
	return id
}

// slug keeps the ASCII letters and digits of s, in lower case, joined by hyphens.
func slug(s string) string {
	parts := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	const enough = 40
	out := ""
	for _, p := range parts {
		if len(out)+len(p) > enough {
			break
		}
		out = strings.TrimPrefix(out+"-"+p, "-")
	}
	return out
}
