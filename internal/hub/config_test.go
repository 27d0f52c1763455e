package hub

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"parallax/internal/news"

	"github.com/google/go-cmp/cmp"
)

const example = `[hub]
name = "Both Sides of the River"
url  = "https://hub.example"
countries = { XN = "Norrland" }

[[lens]]
id = "river-dispute"
title = "The river dispute"
when = ["river", "Norrland", "Sudermark"]
sides = [ { id = "north", title = "Norrland" }, { id = "south", title = "Sudermark" } ]

[[source]]
id = "norrland-today"
name = "Norrland Today"
home = "https://today.norrland.example"
country = "XN"
feeds = ["https://today.norrland.example/rss"]
sides = { river-dispute = "north" }
routes = ["direct", "mirror:https://nt.mirror.example", "socks5h://127.0.0.1:9050"]
[source.carriage]
why = "Carried so that this side can be heard."
mode = "excerpt"
from = 2026-11-01
until = 2027-05-01
keep = "90d"
[[source.disclosure.owners]]
value = "Government of Norrland"
by = "operator"
url = "https://today.norrland.example/about"
date = 2026-10-30
`

func TestParse(t *testing.T) {
	c, err := Parse("hub.toml", example)
	if err != nil {
		t.Fatal(err)
	}
	s := c.NewsSources()[0]
	if got, want := s.Carriage.Until, time.Date(2027, 5, 1, 0, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("until = %v, want %v", got, want)
	}
	if got, want := s.Carriage.Keep, 90*24*time.Hour; got != want {
		t.Errorf("keep = %v, want %v", got, want)
	}
	if got := s.Disclosure.Owners[0].Date; got != "2026-10-30" {
		t.Errorf("date of the claim = %q", got)
	}
	if c.Fetch.Interval != Duration(30*time.Minute) {
		t.Errorf("interval = %v, want the default of 30m", c.Fetch.Interval)
	}
}

func TestWriteGivesTheSameBack(t *testing.T) {
	c, err := Parse("hub.toml", example)
	if err != nil {
		t.Fatal(err)
	}
	var first, second strings.Builder
	if err := c.Write(&first); err != nil {
		t.Fatal(err)
	}
	again, err := Parse("hub.toml", first.String())
	if err != nil {
		t.Fatalf("what was written does not parse: %v\n%s", err, first.String())
	}
	if err := again.Write(&second); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first.String(), second.String()); diff != "" {
		t.Errorf("writing twice differs (-first +second):\n%s", diff)
	}
	if diff := cmp.Diff(c.NewsSources(), again.NewsSources()); diff != "" {
		t.Errorf("sources changed (-want +got):\n%s", diff)
	}
}

// Every setting of [hub], [fetch], [embeddings] and [api] is written: one that is forgotten would be its default
// again in what export config gives.
func TestWriteForgetsNoSetting(t *testing.T) {
	t.Parallel()
	c := NewConfig()
	c.Hub = SiteConfig{
		Name: "a", URL: "https://hub.example", Operator: "b", Contact: "mailto:c@hub.example", Listen: "127.0.0.1:1", Data: "d",
		Database: "postgres://e", Countries: map[string]string{"XK": "Kosovo"}, TrustedProxies: []string{"127.0.0.1", "10.0.0.0/8"},
	}
	c.API = APIConfig{Enabled: false, PerMinute: 7}
	c.Fetch = FetchConfig{
		Interval: Duration(time.Hour), MinInterval: Duration(time.Minute), MaxInterval: Duration(2 * time.Hour), Routes: []string{"direct"},
		Timeout: Duration(time.Second), PerHostDelay: Duration(3 * time.Second), Workers: 5, MaxBody: 6 << 20, Pages: false, Rules: "site-rules", Pictures: false, WebSub: false,
		AllowPrivate: []string{"10.0.0.1"},
	}
	c.Assistant = AssistantConfig{
		URL: "http://10.0.0.1/v1", Model: "m", Key: "k", Sentences: false, Languages: []string{"de", "en"}, PerHour: 7, Timeout: Duration(4 * time.Second),
	}
	c.Embeddings = EmbeddingsConfig{
		URL: "http://10.0.0.1/v1", Model: "m", Key: "k", Timeout: Duration(4 * time.Second), Batch: 7, Weights: "w.txt",
	}
	c.Mail = MailConfig{SMTP: "smtp://digest@mail.example:587", PasswordFile: "mail.secret", From: "digest@hub.example", ReplyTo: "editor@hub.example", Hour: 4}
	var text strings.Builder
	if err := c.Write(&text); err != nil {
		t.Fatal(err)
	}
	again, err := Parse("hub.toml", text.String())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(c.Hub, again.Hub) + cmp.Diff(c.Fetch, again.Fetch) + cmp.Diff(c.Assistant, again.Assistant) + cmp.Diff(c.Embeddings, again.Embeddings) + cmp.Diff(c.API, again.API) + cmp.Diff(c.Mail, again.Mail); diff != "" {
		t.Errorf("what was written is not what was set (-set +written):\n%s", diff)
	}
	for _, of := range []any{c.Hub, c.Fetch, c.Assistant, c.Embeddings, c.API, c.Mail} {
		v := reflect.ValueOf(of)
		for i := range v.NumField() {
			if name := v.Type().Field(i).Tag.Get("toml"); !strings.Contains(text.String(), "\n"+name) {
				t.Errorf("%s is not written", name)
			}
		}
	}
}

func TestAppendSourceKeepsTheText(t *testing.T) {
	c, err := Parse("hub.toml", example)
	if err != nil {
		t.Fatal(err)
	}
	s := c.NewsSources()[0]
	s.ID, s.FeedURLs = c.FreeID(s.Name), []string{"https://other.example/rss"}
	text := AppendSource(example, s)
	if !strings.HasPrefix(text, example) {
		t.Error("the text before was changed")
	}
	c, err = Parse("hub.toml", text)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Sources[1].ID; got != "norrland-today-2" {
		t.Errorf("id of the new source = %q", got)
	}
}

// What an operator can get wrong, and what is said: the line, the thing, a suggestion.
// Whatever a disclosure can hold, hub.toml can say: every field is written and read back.
func TestEveryFieldOfADisclosure(t *testing.T) {
	want := news.Disclosure{}
	for _, f := range want.Fields() {
		value := "what is said of " + f.Key
		if f.Key == "control" {
			value = news.Party
		}
		*want.Field(f.Key) = []news.Claim{{Value: value, By: news.ThirdParty, Who: "Atlas of Media", URL: "https://atlas.example/" + f.Key, Date: "2026-10-30"}}
	}
	text := AppendSource(example, &news.Source{ID: "all", Name: "All", Home: "https://all.example/", FeedURLs: []string{"https://all.example/rss"}, Disclosure: want})
	c, err := Parse("hub.toml", text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, c.NewsSources()[1].Disclosure); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestParseErrors(t *testing.T) {
	tests := []struct {
		name, from, to string
		line           int
		want           string
	}{
		{"unknown key", `name = "Both`, `nmae = "Both`, 2, `there is no setting "hub.nmae"; did you mean "name"?`}, //nolint:misspell // on purpose
		{"unknown key of a source", `country = "XN"`, `contry = "XN"`, 16, `there is no setting "source.contry"; did you mean "country"?`},
		{"unknown key of the carriage", `keep = "90d"`, `kept = "90d"`, 25, `did you mean "keep"?`},
		{"unknown table", `[hub]`, `[hbu]`, 1, `did you mean "hub"?`},
		{"unknown key in an inline table", `title = "Norrland" }`, `titel = "Norrland" }`, 10, `did you mean "title"?`},
		{"syntax", `name = "Both Sides`, `name = Both Sides`, 2, ``},
		{"no mode", `mode = "excerpt"`, `mode = "everything"`, 20, `not one of link, excerpt, fulltext`},
		{"full text without a basis", `mode = "excerpt"`, `mode = "fulltext"`, 20, `needs a basis`},
		{"no date", `from = 2026-11-01`, `from = "November"`, 0, `"November" is not a date such as 2026-11-01`},
		{"no duration", `keep = "90d"`, `keep = "long"`, 25, `is not a duration`},
		{"until before from", `until = 2027-05-01`, `until = 2025-05-01`, 20, `is not after`},
		{"no such side", `river-dispute = "north" }`, `river-dispute = "nort" }`, 18, `has no side "nort"; did you mean "north"?`},
		{"no such lens", `{ river-dispute = "north" }`, `{ river = "north" }`, 18, `there is no lens "river"`},
		{"country", `country = "XN"`, `country = "Norrland"`, 16, `not a two-letter code`},
		{"feed", `feeds = ["https:`, `feeds = ["ftp:`, 17, `is not an http or https address`},
		{"claim without authority", `by = "operator"`, `by = "everybody"`, 26, `on whose word it rests`},
		{"listen", `name = "Both Sides of the River"`, `listen = "8480"`, 2, `is not an address with a port`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := strings.Replace(example, tt.from, tt.to, 1)
			if text == example {
				t.Fatal("the test changes nothing")
			}
			_, err := Parse("hub.toml", text)
			ce, ok := errors.AsType[*ConfigError](err)
			if !ok {
				t.Fatalf("error = %v, want a ConfigError", err)
			}
			if !strings.Contains(ce.What, tt.want) || tt.line != 0 && ce.Line != tt.line {
				t.Errorf("got %v\nwant line %d and %q", err, tt.line, tt.want)
			}
		})
	}
}

// A topic with a mistake is told with its line; a good one comes back as it was, in any order of keys.
func TestTopics(t *testing.T) {
	const head = "[hub]\nname = \"Hub\"\n\n"
	good := head + "[[topic]]\nid = \"floods\"\ntitle = \"Floods\"\nwords = \"flood river\"\nlanguages = [\"en\", \"pt-BR\"]\n"
	c, err := Parse("hub.toml", good)
	if err != nil {
		t.Fatal(err)
	}
	want := []news.Subject{{ID: "floods", Title: "Floods", Words: "flood river", Languages: []string{"en", "pt-BR"}}}
	var b strings.Builder
	if err := c.Write(&b); err != nil {
		t.Fatal(err)
	}
	again, err := Parse("hub.toml", b.String())
	if err != nil {
		t.Fatal(err)
	}
	for _, got := range [][]news.Subject{c.NewsSubjects(), again.NewsSubjects()} {
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("topics (-want +got):\n%s", diff)
		}
	}
	for name, m := range map[string]struct {
		from, to, want string
		line           int
	}{
		"id":       {`"floods"`, `"Floods!"`, "not made of a-z", 5},
		"title":    {`"Floods"`, `""`, "no title", 5},
		"long":     {`"Floods"`, `"` + strings.Repeat("x", 61) + `"`, "more than 60 characters", 6},
		"words":    {`"flood river"`, `"?!"`, "no word to look for", 7},
		"language": {`"pt-BR"`, `"português"`, "no language tag", 8},
		"unknown":  {`words`, `word`, `did you mean "words"?`, 7},
		"twice":    {"[[topic]]", "[[topic]]\nid = \"floods\"\ntitle = \"x\"\nwords = \"x\"\n[[topic]]", "two topics", 9},
		"too many": {"[[topic]]", strings.Repeat("[[topic]]\nid = \"x\"\n", 30) + "[[topic]]", "more than 30", 65},
	} {
		_, err := Parse("hub.toml", strings.Replace(good, m.from, m.to, 1))
		ce, ok := errors.AsType[*ConfigError](err)
		if !ok || !strings.Contains(err.Error(), m.want) || ce.Line != m.line {
			t.Errorf("%s: %v, want line %d and %q", name, err, m.line, m.want)
		}
	}
}

func FuzzDuration(f *testing.F) {
	for _, s := range []string{"90d", "2w", "30m", "1h30m", "", "-1s", "99999999999d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var d, again Duration
		if d.UnmarshalText([]byte(s)) != nil {
			return
		}
		if err := again.UnmarshalText([]byte(d.String())); err != nil || again != d {
			t.Errorf("%q is %v, which reads back as %v, %v", s, d, again, err)
		}
	})
}

// The default routes are those of the sources that name none, but are not written into
// them: else a later change of the default would not reach them.
func TestDefaultRoutes(t *testing.T) {
	c, err := Parse("hub.toml", strings.Replace(example, "[[lens]]", "[fetch]\nroutes = [\"direct\", \"direct-http1\"]\n\n[[lens]]", 1)+`
[[source]]
id = "delta-courier"
name = "Delta Courier"
feeds = ["https://delta.example/rss"]
`)
	if err != nil {
		t.Fatal(err)
	}
	all := c.NewsSources()
	if got := all[len(all)-1].Routes; !slices.Equal(got, c.Fetch.Routes) {
		t.Errorf("routes of a source that names none: %v", got)
	}
	if len(all[0].Routes) != 3 {
		t.Errorf("routes of a source that names its own: %v", all[0].Routes)
	}
	var b strings.Builder
	if err := c.Write(&b); err != nil {
		t.Fatal(err)
	}
	again, err := Parse("hub.toml", b.String())
	if err != nil {
		t.Fatal(err)
	}
	if s := again.Sources[len(again.Sources)-1]; len(s.Routes) != 0 || len(again.Fetch.Routes) != 2 {
		t.Errorf("written: %v of the source, %v by default", s.Routes, again.Fetch.Routes)
	}
	if _, err := Parse("hub.toml", "[fetch]\nroutes = [\"tor\"]\n"); err == nil || !strings.Contains(err.Error(), "is none of") {
		t.Errorf("a route that is none: %v", err)
	}
}

// Who names a proxy wrongly, or a limit that is none, is told where.
func TestBadLimits(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"[hub]\ntrusted_proxies = [\"proxy.example\"]\n": `hub.toml:2: trusted_proxies: "proxy.example" is neither an IP address nor a network`,
		"[hub]\nname = \"x\"\n[api]\nper_minute = -1\n":  "hub.toml:4: per_minute = -1 is not between 0 and 1000000",
		"[api]\nper_minut = 5\n":                         `hub.toml:2: there is no setting "api.per_minut"; did you mean "per_minute"?`,
	} {
		if _, err := Parse("hub.toml", text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
