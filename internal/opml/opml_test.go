package opml

import (
	"bytes"
	"encoding/xml"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"

	"parallax/internal/news"
	"parallax/internal/testkit"
)

var update = flag.Bool("update", false, "rewrite testdata/sources.opml")

var day = time.Date(2026, 11, 1, 8, 30, 0, 0, time.FixedZone("", 2*3600))

func TestParseSloppy(t *testing.T) {
	data, err := os.ReadFile("testdata/sloppy.opml")
	if err != nil {
		t.Fatal(err)
	}
	got, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	want := []Outline{
		{Title: "Norrland", Line: 7, Outlines: []Outline{
			{
				Title: "Norrland Today & Tomorrow", FeedURL: "http://today.norrland.example/rss?a=1&b=2",
				HomeURL: "https://today.norrland.example", Language: "nn", Line: 8,
			},
			{Title: "Café Nord — «x»", FeedURL: "https://cafe.example/atom", Categories: []string{"/country/NO", "culture"}, Line: 10},
			{Title: "Deeper", Line: 11, Outlines: []Outline{{Title: "A < B", FeedURL: "https://deep.example/a%20b", Line: 11}}},
		}},
		{Title: "A page", Line: 13},
		{Title: "Last", FeedURL: "https://last.example/rss", Line: 15},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Parse(sloppy.opml) mismatch (-want +got):\n%s", diff)
	}
	var feeds []string
	for groups, f := range Feeds(got) {
		feeds = append(feeds, strings.Join(groups, "/")+": "+f.Title)
	}
	wantFeeds := []string{
		"Norrland: Norrland Today & Tomorrow", "Norrland: Café Nord — «x»", "Norrland/Deeper: A < B", ": Last",
	}
	if diff := cmp.Diff(wantFeeds, feeds); diff != "" {
		t.Errorf("Feeds mismatch (-want +got):\n%s", diff)
	}
}

func TestParseEncodings(t *testing.T) {
	const title = "Вести Судермарка"
	file := func(declared, title string) string {
		return `<?xml version="1.0"` + declared + `?><opml><body><outline text="` + title + `" xmlUrl="https://a.example/"/></body></opml>`
	}
	encode := func(e interface{ String(string) (string, error) }, s string) string {
		t.Helper()
		out, err := e.String(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	utf16 := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder()
	utf16bare := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder()
	tests := []struct{ name, data, want string }{
		{"utf-8", file("", title), title},
		{"utf-8 with mark", "\ufeff" + file(` encoding="UTF-8"`, title), title},
		{"utf-8 declared otherwise", file(` encoding="ISO-8859-1"`, title), title},
		{"windows-1251", encode(charmap.Windows1251.NewEncoder(), file(` encoding="windows-1251"`, title)), title},
		{"koi8-r", encode(charmap.KOI8R.NewEncoder(), file(` encoding='koi8-r'`, title)), title},
		{"utf-16", encode(utf16, file(` encoding="utf-16"`, title)), title},
		{"utf-16 without mark", encode(utf16bare, file(` encoding="utf-16"`, title)), title},
		{"iso-2022-jp", encode(japanese.ISO2022JP.NewEncoder(), file(` encoding="iso-2022-jp"`, "きたのしんぶん")), "きたのしんぶん"},
		{"undeclared latin", encode(charmap.Windows1252.NewEncoder(), file("", "Café Nord")), "Café Nord"},
		{"wrongly declared latin", encode(charmap.Windows1252.NewEncoder(), file(` encoding="utf-8"`, "Café Nord")), "Café Nord"},
		{"unknown", encode(charmap.Windows1252.NewEncoder(), file(` encoding="klingon"`, "Café Nord")), "Café Nord"},
		{"one broken byte", file(` encoding="utf-8"`, title+"\xff!"), title + "\ufffd!"},
		{"forbidden character", file("", "Nor\x01\x00d"), "Nord"},
	}
	for _, test := range tests {
		got, err := Parse([]byte(test.data))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
		} else if len(got) != 1 || got[0].Title != test.want {
			t.Errorf("%s: %+v, want %q", test.name, got, test.want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	tests := []struct{ name, data, want string }{
		{"empty", " \n", "opml: the file is empty"},
		{"cut off", "<opml>\n<body>\n<outline text='A'>\n<outline text='B' xmlUrl='https://b.example/'/>\n", `opml: line 3: the outline "A" is never closed; is the file cut off?`},
		{"cut off in a tag", "<opml>\n<body>\n<outline text='A", "opml: line 3: unexpected EOF"},
		{"never closed", "<opml><body>\n<outline text='A' xmlUrl='https://b.example/'>\n</body></opml>", `opml: line 2: the outline "A" is never closed; is the file cut off?`},
		{"malformed", "<opml>\n\n<body =>\n</body></opml>", "opml: line 3: expected attribute name in element"},
		{"quotation mark missing", "<opml>\n<outline text=\"A xmlUrl=\"https://a.example/\"/>\n</opml>", "opml: line 2: expected /> in element"},
		{"rss", "<?xml version='1.0'?>\n<rss version='2.0'><channel/></rss>", "opml: line 2: this is a feed, not a list of feeds"},
		{"atom", "<feed xmlns='http://www.w3.org/2005/Atom'/>", "opml: line 1: this is a feed, not a list of feeds"},
		{"rdf", "<rdf:RDF/>", "opml: line 1: this is a feed, not a list of feeds"},
		{"html", "<!doctype html>\n<html><script>if (a<b && c) {}</script>", "opml: line 2: this is an HTML page, not OPML"},
		{"json", `{"version": "https://jsonfeed.org/version/1.1"}`, "opml: line 1: this is JSON, not OPML"},
		{"text", "https://a.example/rss", "opml: line 1: this is plain text, not OPML"},
		{"other", "<svg/>", "opml: line 1: its first element is <svg>, not <opml>"},
		{"no element", "<!-- nothing -->\n<!DOCTYPE opml>", "opml: line 1: there is no element in it, so it is no OPML"},
		{"deep", "<opml>\n" + strings.Repeat("<outline>", MaxDepth+1), fmt.Sprintf("opml: line 2: outlines are nested more than %d deep", MaxDepth)},
		{"many", "<opml>\n" + strings.Repeat("<outline/>", MaxOutlines+1), fmt.Sprintf("opml: line 2: more than %d outlines", MaxOutlines)},
		{"long", strings.Repeat(" ", MaxBytes+1), fmt.Sprintf("opml: %d bytes, more than the limit of %d", MaxBytes+1, MaxBytes)},
	}
	for _, test := range tests {
		got, err := Parse([]byte(test.data))
		if err == nil || err.Error() != test.want {
			t.Errorf("%s: %v, error %v, want %s", test.name, got, err, test.want)
		}
	}
	if got, err := Parse([]byte("<opml version='2.0'><head/><body/></opml>")); err != nil || got != nil {
		t.Errorf("an empty list: %v, %v", got, err)
	}
}

func sources() []*news.Source {
	return []*news.Source{
		{
			ID: "norrland-today", Name: `Norrland "Today" & <Tomorrow>`, Home: "https://today.norrland.example/?a=1&b=2", Country: "NO",
			Languages: []string{"nn", "nb"},
			FeedURLs:  []string{"https://today.norrland.example/rss", "https://today.norrland.example/sport/rss?x=1"},
		},
		{ID: "sudermark-post", Name: "جريدة الجنوب", Home: "https://post.sudermark.example/", FeedURLs: []string{"https://post.sudermark.example/atom"}},
		{ID: "silent", Name: "No feeds yet", Home: "https://silent.example/", Country: "SE"},
	}
}

func TestWrite(t *testing.T) {
	got := Write("Both Sides\nof the River", sources(), day)
	if *update {
		if err := os.WriteFile("testdata/sources.opml", got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/sources.opml")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("Write mismatch (-want +got):\n%s", diff)
	}
	outlines, err := Parse(got)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sources(), Sources(outlines)); diff != "" {
		t.Errorf("what was written is not what is read (-want +got):\n%s", diff)
	}
}

func TestSourcesOfOthers(t *testing.T) {
	outlines, err := Parse([]byte(`<opml><body>
		<outline text="South">
			<outline text="Post" xmlUrl="https://feeds.example/post" htmlUrl="https://post.example/" language="en-us"/>
			<outline text="Post: Sport" xmlUrl="https://feeds.example/sport" htmlUrl="https://post.example"/>
			<outline text="Post" xmlUrl="https://other.example:8443/rss" language="unknown"/>
			<outline text="しんぶん" xmlUrl="https://www.shinbun.example/rss" category="/country/JP"/>
		</outline>
		<outline text="Mine" category="/source/post"><outline text="x" xmlUrl="https://mine.example/rss" language="de"/></outline>
		<outline text="Mine again" category="/source/post"/>
	</body></opml>`))
	if err != nil {
		t.Fatal(err)
	}
	want := []*news.Source{
		{ID: "post-2", Name: "Post", Home: "https://post.example/", Languages: []string{"en-us"}, FeedURLs: []string{"https://feeds.example/post", "https://feeds.example/sport"}},
		{ID: "post-3", Name: "Post", Home: "https://other.example:8443/", FeedURLs: []string{"https://other.example:8443/rss"}},
		{ID: "shinbun-example", Name: "しんぶん", Home: "https://www.shinbun.example/", Country: "JP", FeedURLs: []string{"https://www.shinbun.example/rss"}},
		{ID: "post", Name: "Mine", Languages: []string{"de"}, FeedURLs: []string{"https://mine.example/rss"}},
		{ID: "post-4", Name: "Mine again"},
	}
	if diff := cmp.Diff(want, Sources(outlines)); diff != "" {
		t.Errorf("Sources mismatch (-want +got):\n%s", diff)
	}
}

// Every feed of the recorded lists is read, and survives being written.
func TestRecordedLists(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(testkit.Data(t, "lists/opml_countries"), "*.opml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no lists: %v", err)
	}
	total := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		outlines, err := Parse(data)
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(file), err)
			continue
		}
		links := map[string]bool{}
		n := 0
		for _, f := range Feeds(outlines) {
			links[f.FeedURL] = true
			n++
		}
		if want := bytes.Count(data, []byte("xmlUrl=")); n != want {
			t.Errorf("%s: %d feeds, want %d", filepath.Base(file), n, want)
		}
		total += n
		again, err := Parse(stable(t, outlines))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range Feeds(again) {
			delete(links, f.FeedURL)
		}
		if len(links) > 0 {
			t.Errorf("%s: lost when written: %v", filepath.Base(file), links)
		}
	}
	t.Logf("%d feeds in %d lists", total, len(files))
}

// stable writes outlines, fails unless reading and writing again gives the same bytes,
// and returns these.
func stable(t *testing.T, outlines []Outline) []byte {
	t.Helper()
	first := Write("Ours", Sources(outlines), day)
	if err := xml.Unmarshal(first, new(struct{})); err != nil {
		t.Fatalf("not well-formed: %v\n%s", err, first)
	}
	read, err := Parse(first)
	if err != nil {
		t.Fatalf("Parse(Write): %v\n%s", err, first)
	}
	if diff := cmp.Diff(string(first), string(Write("Ours", Sources(read), day))); diff != "" {
		t.Fatalf("written, read and written differs (-first +second):\n%s", diff)
	}
	return first
}

func TestRepairTags(t *testing.T) {
	tests := []struct{ data, want string }{
		{`<outline text="The "River" Post" xmlUrl="u"/>`, `<outline text="The &#34;River&#34; Post" xmlUrl="u"/>`},
		{`<OUTLINE text='It's' title = 'a "b" < c' >`, `<OUTLINE text='It&#39;s' title = 'a "b" &lt; c' >`},
		{`<outline text="a"title="b">"c" < "d"</outline>`, `<outline text="a"title="b">"c" < "d"</outline>`},
		{`<outline text="" title=""/><outliner text="a"b"/>`, `<outline text="" title=""/><outliner text="a"b"/>`},
		{`<outline checked text="a"b"/>`, `<outline checked text="a&#34;b"/>`},
		{`<outline type=rss text="a"b" url=https://x.example/ />"<"`, `<outline type=rss text="a&#34;b" url=https://x.example/ />"<"`},
		{`<outline text="a <b`, `<outline text="a <b`},
		{`<outline text="a xmlUrl="u"/><outline text="<"/>`, `<outline text="a xmlUrl="u"/><outline text="&lt;"/>`},
	}
	for _, test := range tests {
		got := string(repairTags([]byte(test.data)))
		if got != test.want {
			t.Errorf("repairTags(%s)\n got %s\nwant %s", test.data, got, test.want)
		}
		if again := string(repairTags([]byte(got))); again != got {
			t.Errorf("repairTags(%s) changes again, to %s", got, again)
		}
	}
}

// A long list of equal names is read and written in a time that grows with its
// length only; what is quadratic would not end before the test's deadline.
func TestLongList(t *testing.T) {
	const count = 5_000
	for _, attr := range []string{"", ` htmlUrl="https://post.example/"`} {
		var b strings.Builder
		b.WriteString("<opml>")
		for i := range count {
			fmt.Fprintf(&b, `<outline text="Post" xmlUrl="https://post.example/%d"%s/>`, i, attr)
		}
		b.WriteString("</opml>")
		outlines, err := Parse([]byte(b.String()))
		if err != nil {
			t.Fatal(err)
		}
		sources := Sources(outlines)
		n := 0
		ids := map[string]bool{}
		for _, s := range sources {
			ids[s.ID] = true
			n += len(s.FeedURLs)
		}
		if n != count || len(ids) != len(sources) {
			t.Errorf("%d feeds, %d ids of %d sources, want %d feeds", n, len(ids), len(sources), count)
		}
		if got := len(Write("Long", sources, day)); got < b.Len() {
			t.Errorf("%d bytes written, %d read", got, b.Len())
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, name := range []string{"sloppy.opml", "sources.opml"} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("<opml><outline xmlUrl='feed:feed://a' text='&amp;amp;amp;amp;amp;amp;amp;amp;lt;'/><outline category='/source/A,/source/b'/></opml>"))
	f.Add([]byte("\xff\xfe<\x00o\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		outlines, err := Parse(data)
		if err != nil {
			if outlines != nil {
				t.Fatalf("an error (%v) and %d outlines", err, len(outlines))
			}
			return
		}
		stable(t, outlines)
	})
}

func FuzzWrite(f *testing.F) {
	f.Add("norrland-today", "Norrland & Today", "https://a.example/", "NO", "nn", "https://a.example/rss", "feed:b")
	f.Add("", "", "", "", "-", " ", "\x00")
	f.Fuzz(func(t *testing.T, id, name, home, country, language, feed1, feed2 string) {
		s := &news.Source{ID: id, Name: name, Home: home, Country: country, Languages: []string{language}, FeedURLs: []string{feed1, feed2}}
		first := Write(name, []*news.Source{s, s}, day)
		read, err := Parse(first)
		if err != nil {
			t.Fatalf("Parse(Write): %v\n%s", err, first)
		}
		if diff := cmp.Diff(string(first), string(Write(name, Sources(read), day))); diff != "" {
			t.Fatalf("written, read and written differs (-first +second):\n%s", diff)
		}
	})
}
