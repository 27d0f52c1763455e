package siterule

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	t.Parallel()
	text := "\ufeff# Harbour Times\n" + `
title: //h1
TITLE : //h2
body: .story
strip_id_or_class: 'promo'
find_string: <b
find_string: </b
replace_string: <i
replace_string:
replace_string( | Harbour Times): !
replace_string(a):: b
single_page_link: //a[@class='print']
if_page_contains: //div[@class='pager']
prune: no
autodetect_on_failure: no
skip_json_ld: yes
wrap_in(blockquote): //p[@class='quote']
author:
test_url: https://harbour-times.example/ferry
http_header(user-agent): a browser
requires_login: yes
`
	r, problems := Parse("harbour-times.example.txt", text)
	if len(problems) > 0 {
		t.Errorf("problems: %v", problems)
	}
	var got []string
	for _, list := range [][]line{r.title, r.body, r.author, r.stripIDOrClass, r.singlePage, r.wrap} {
		for _, l := range list {
			got = append(got, fmt.Sprint(l, " ", l.argument, " ", l.only))
		}
	}
	want := []string{
		"harbour-times.example.txt:3 title: //h1  <nil>",
		"harbour-times.example.txt:4 title: //h2  <nil>",
		"harbour-times.example.txt:5 body: .story  <nil>",
		"harbour-times.example.txt:6 strip_id_or_class: promo  <nil>",
		"harbour-times.example.txt:13 single_page_link: //a[@class='print']  //div[@class='pager']",
		"harbour-times.example.txt:18 wrap_in: //p[@class='quote'] blockquote <nil>",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]replacement{{"<b", "<i"}, {"</b", ""}, {" | Harbour Times", "!"}, {"a", ": b"}}, r.replace, cmp.AllowUnexported(replacement{})); diff != "" {
		t.Errorf("replacements (-want +got):\n%s", diff)
	}
	if r.Prunes() || r.Guesses() || !r.DistrustsLinkedData() {
		t.Errorf("prunes %v, guesses %v, distrusts %v", r.Prunes(), r.Guesses(), r.DistrustsLinkedData())
	}
	if diff := cmp.Diff(map[string]int{"test_url": 1, "http_header": 1, "requires_login": 1}, r.ignored); diff != "" {
		t.Errorf("ignored (-want +got):\n%s", diff)
	}
}

// Of what is wrong the line is told, and what would be right; the other lines hold.
func TestProblems(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, want string }{
		{"titl: //h1", `a.txt:1: there is no directive "titl" (hint: did you mean title?)`},
		{"sidebar: //h1", `a.txt:1: there is no directive "sidebar"`},
		{"test https://a.example/", `a.txt:1: "test https://a.example/" is no directive: those are written name: value (hint: a comment begins with #)`},
		{"// body: //p", `a.txt:1: "// body: //p" is no directive: those are written name: value (hint: a comment begins with #)`},
		{"\nbody: //p[", `a.txt:2: body: the expression ends too early`},
		{"find_string: a", `a.txt:1: no replace_string follows this find_string (hint: replace_string: says with what; it may be empty)`},
		{"replace_string: a", `a.txt:1: no find_string stands before this replace_string (hint: find_string: says what is replaced)`},
		{"find_string:", `a.txt:1: find_string looks for nothing`},
		{"prune: perhaps", `a.txt:1: prune: "perhaps" is neither yes nor no`},
		{"if_page_contains: //p", `a.txt:1: if_page_contains has no line before it to which it could belong (hint: it stands below the line that it is for)`},
		{"body: //p\nif_page_contains: //p[", `a.txt:2: if_page_contains: the expression ends too early (hint: the line before it never holds)`},
		{"wrap_in(script): //p", `a.txt:1: "script" is no element to wrap in (hint: wrap_in(blockquote): //p[@class='quote'])`},
		{"strip_id_or_class: ''", `a.txt:1: strip_id_or_class names nothing`},
		{strings.Repeat("# x\n", maxLines+1), `a.txt:1000: the file has more than 1000 lines; what follows is not read`},
		{"# x\n" + strings.Repeat("x", maxFile), `a.txt:1: the file is longer than 65536 bytes; what follows is not read`},
		{strings.Repeat("replace_string(a): b\n", maxReplacements+1), `a.txt:101: the file replaces more than 100 texts; this is not read`},
		{"title: " + strings.Repeat("x", 5000), `a.txt:1: title: the selector is longer than 4096 bytes`},
		{"title: \xff[\nbody: //p", `a.txt:1: title: "�[" is no selector`},
	} {
		r, problems := Parse("a.txt", tt.text+"\nauthor: //b")
		if got := fmt.Sprint(problems); got != "["+tt.want+"]" {
			t.Errorf("%.60q:\n got %s\nwant [%s]", tt.text, got, tt.want)
		}
		if len(r.author) != 1 && len(tt.text) < 4000 {
			t.Errorf("%.60q: the line after it is lost", tt.text)
		}
	}
}

func TestFor(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{"sub/a.example.txt": {Data: []byte("title: //x")}, "notes.md": {Data: []byte("no rule")}, "LICENSE.txt": {Data: []byte("no rule")}}
	for _, name := range []string{"harbour-times.example", ".harbour-times.example", "sea.harbour-times.example", "www.lantern.example", ".example", "127.0.0.1", "global"} {
		files[name+".txt"] = &fstest.MapFile{Data: []byte("title: //h1\nwrong")}
	}
	files["closed.example.txt"] = &fstest.MapFile{Data: []byte("autodetect_on_failure: no\ntidy: no")}
	s, err := Load(files)
	if err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]string{
		"harbour-times.example":     "harbour-times.example.txt global.txt",
		"www.harbour-times.example": "harbour-times.example.txt global.txt",
		"WWW.Harbour-Times.Example": "harbour-times.example.txt global.txt",
		"sea.harbour-times.example": "sea.harbour-times.example.txt global.txt",
		"a.b.harbour-times.example": ".harbour-times.example.txt global.txt",
		"lantern.example":           "www.lantern.example.txt global.txt",
		"other.example":             ".example.txt global.txt",
		"127.0.0.1:8080":            "127.0.0.1.txt global.txt",
		"elsewhere.test":            "global.txt",
		"closed.example":            "",
		"":                          "",
	} {
		got := ""
		if r := For(host, nil, s); r != nil {
			for _, l := range r.title {
				got += " " + l.file
			}
		}
		if strings.TrimSpace(got) != want {
			t.Errorf("%s: %s, want %s", host, got, want)
		}
	}
	if s.Len() != 8 || s.Wrong != 9 || len(s.Problems) != 9 || s.Problems[0].File != ".example.txt" || s.Ignored["tidy"] != 1 {
		t.Errorf("%d rules, %d problems (%v), ignored %v", s.Len(), s.Wrong, s.Problems, s.Ignored)
	}
	var none *Set
	if For("a.example", none) != nil || none.Len() != 0 {
		t.Error("no rules are some")
	}
	other := &Set{rules: map[string]*Rule{"new.test": {File: "new.test.txt"}, "lantern.example": {File: "other.txt"}}}
	if a, b := For("new.test", s, other), For("lantern.example", s, other); a.File != "new.test.txt" || b.File != "www.lantern.example.txt" || len(a.title) != 1 {
		t.Errorf("of two sets %v, %v", a, b)
	}
	// What is no rule by its name is told, and what stands beside rules anywhere is not.
	named, err := Load(fstest.MapFS{
		"a.txt/b": {}, "c.txt": {}, "harbour times.txt": {}, "https___x.example.txt": {}, "x.example": {}, "x.text": {},
		"www.höfe.example.txt": {}, "README.md": {}, "LICENSE": {}, ".gitattributes": {}, ".github/workflows/x.yml": {}, "höfe.example.txt": {},
	})
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, p := range named.Problems {
		told = append(told, p.File)
	}
	if diff := cmp.Diff([]string{"a.txt", "harbour times.txt", "https___x.example.txt", "www.höfe.example.txt", "x.example", "x.text"}, told); diff != "" || named.Len() != 2 {
		t.Errorf("%d rules; problems (-want +got):\n%s", named.Len(), diff)
	}
}

// Whatever stands in a file, nothing panics, and a problem is of a line that is there.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"title: //h1\nbody: .a > b\nif_page_contains: //p", "find_string: a\nreplace_string: b\nreplace_string(c)): d", "prune: no\r\nwrap_in(p): //b\r\n",
		"http_header(Cookie): a=b", "strip: //p[\n\n#x\ntitel: //p", "\ufeffbody:\x00//p", "date: substring-after(//p, ': ')", "a(b", "(", ":", "\xff\xfe",
	} {
		f.Add(s, "<p class=a>one<p>two")
	}
	f.Fuzz(func(t *testing.T, text, page string) {
		r, problems := Parse("a.txt", text)
		lines := strings.Count(text, "\n") + 1
		for _, p := range problems {
			if p.File != "a.txt" || p.Line < 1 || p.Line > lines || p.What == "" {
				t.Errorf("of %d lines: %+v", lines, p)
			}
		}
		if got := r.Rewrite(page); len(got) > len(page)+maxGrowth {
			t.Errorf("%d bytes became %d", len(page), len(got))
		}
		doc := parsed(page)
		if doc == nil {
			return
		}
		before := rendered(doc)
		found := r.Apply(doc)
		if len(found.Body) == 0 && len(r.body) > 0 && rendered(doc) != before {
			t.Errorf("a rule that finds nothing changed\n%s\nto\n%s", before, rendered(doc))
		}
	})
}
