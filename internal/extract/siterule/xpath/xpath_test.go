package xpath

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
)

// ids names what an expression or selector finds.
func ids(t *testing.T, doc *html.Node, expression string) string {
	t.Helper()
	e, err := Read(expression)
	if err != nil {
		return err.Error()
	}
	nodes, text, err := New(doc, 1_000_000).Find(e)
	if err != nil {
		return err.Error()
	}
	if nodes == nil {
		return text
	}
	var list []string
	for _, n := range nodes {
		name := n.Data
		for _, a := range n.Attr {
			if a.Key == "id" {
				name = "#" + a.Val
			}
		}
		list = append(list, name)
	}
	return strings.Join(list, " ")
}

func TestRead(t *testing.T) {
	t.Parallel()
	doc := parsed(t, page)
	for _, tt := range []struct{ in, want string }{
		{"//div[@id='main']/p", "#by #p5"},
		{"substring-before(//title, ' |')", "Ferry to sail at night"},
		{"count(//p)", "7"},
		{"true()", ""},
		{"//p[lang('sv')]", "#p4"},
		{"//p[lang('EN')]", "#by #p1 #p2 #p3 #p5 #p6"},
		{"string(1 div 3)", "0.3333333333333333"},
		{"//p[@id='p2']/@*", "#p2 #p2"},
		{"//nothing", ""},
		{"p", "#by #p1 #p2 #p3 #p4 #p5 #p6"},
		{"#main > p", "#by #p5"},
		{".text p:not(.ad)", "#p1 #p3 #p4"},
		{"div.text[data-rank='10'] p", "#p4"},
		{"[id^=p]:first-child", "#p1 #p4 #p6"},
		{"h1 + p, p#p5 , #foot p", "#by #p5 #p6"},
		{"h1 + div", ""},
		{"p~p", "#p2 #p3 #p5"},
		{"a[title=\"It's next\"]", "a"},
		{"a[href$=print]", "a"},
		{"a[href*='/ferry?']", "a"},
		{"div[class~=foot]", "#foot"},
		{"p:nth-child(2)", "#by #p2"},
		{".text > :last-child", "#p3 ul"},
		{"", "the expression is empty"},
		{"//p[", "the expression ends too early"},
		{"//p]", `"]" cannot stand here`},
		{"//p[@id='x]", `the quotation that begins with "'x]" is not closed`},
		{"//p[matches(@id, 'x')]", "there is no function matches() in XPath 1.0"},
		{"//p[contains(@id)]", "contains() does not take 1 arguments"},
		{"//p[count('a')]", "count() takes nodes"},
		{"//sideways::p", `there is no axis "sideways"`},
		{"//p | 3", "what stands beside | must be nodes"},
		{"$x", `"$x" is no selector`},
		{"//p[$x]", `"$x]" does not begin a word of XPath`},
		{"a:hover", ":hover is not among the selectors that are read: :first-child, :last-child, :nth-child(2), :not(.a)"},
		{"a > ", `"" is no selector`},
		{"a[b!=c]", `"[b!=c]" compares no attribute`},
		{strings.Repeat("(", 100) + "1" + strings.Repeat(")", 100), "more than 50 parentheses or brackets lie in one another"},
		{"//p[" + strings.Repeat("x", MaxExpression), "the expression is longer than 4096 bytes"},
	} {
		if got := ids(t, doc, tt.in); got != tt.want {
			t.Errorf("%.80s: %s, want %s", tt.in, got, tt.want)
		}
	}
}

// What a stranger asks of a page ends, whatever it is.
func TestSteps(t *testing.T) {
	t.Parallel()
	doc := parsed(t, "<body>"+strings.Repeat("<div><p>word</p>", 200)+strings.Repeat("<p>some words</p>", 3000))
	for _, s := range []string{
		"//*[.//*[.//*[.//*]]]", "//*[//*[//*[//*='x']='x']='x']", "//p[. = //p]/preceding::p[. = //p]", "//*/ancestor::*/descendant::*/following::*",
		"string-length(concat(" + strings.Repeat("string(/),", 380) + "''))", "//p[preceding::p[following::p[preceding::p]]]", strings.Repeat("//*/..", 600) + "//*",
		"//*[contains(normalize-space(/), 'never')]", "sum(//p//text()[count(//p) > 0])",
	} {
		e, err := Compile(s)
		if err != nil {
			t.Fatal(err)
		}
		p := New(doc, 200_000)
		if _, _, err := p.Find(e); !errors.Is(err, ErrSteps) {
			t.Errorf("%.60s ended with %v", s, err)
		}
		if _, err := p.Holds(MustCompile("//p")); !errors.Is(err, ErrSteps) {
			t.Errorf("after %.60s there were steps left: %v", s, err)
		}
	}
}

// What stands in an attribute, or in the expression, is counted each time that it is read.
func TestStepsOfText(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("7", 50_000)
	doc := parsed(t, "<html lang='"+long+"' data-x='"+long+"'><body>"+strings.Repeat("<b>x</b>", 1000))
	digits := "'" + strings.Repeat("7", 4000) + "'"
	for _, s := range []string{
		"//b[number(/html/@data-x) > 1]", "//b[sum(/html/@data-x) > 1]", "//b[floor(/html/@data-x) > 1]", "//b[/html/@data-x + 1 > 1]", "//b[-/html/@data-x > 1]",
		"//b[translate('x', 'x', /html/@data-x) = 'y']", "//b[translate('x', /html/@data-x, 'y') = 'z']", "//b[substring('x', /html/@data-x)]",
		"//b[substring('x', 1, /html/@data-x)]", "//b[lang('en')]", "//b[/html/@data-x = 'x']", "//b[/html/@data-x < 1]", "//b[starts-with(/html/@data-x, 'x')]",
		"//b[//b < " + digits + "]", "//b[" + digits + " < //b]",
	} {
		e, err := Compile(s)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := New(doc, 400_000).Find(e); !errors.Is(err, ErrSteps) {
			t.Errorf("%.60s ended with %v", s, err)
		}
	}
}

// A page that was changed is asked anew.
func TestChanged(t *testing.T) {
	t.Parallel()
	doc := parsed(t, "<p id=a></p><p id=b></p>")
	p := New(doc, 1000)
	find := func() (list []string) {
		nodes, _, err := p.Find(MustCompile("//p[@id='b'] | //p[@id='a'] | //p[@id='c']"))
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range nodes {
			list = append(list, n.Attr[0].Val)
		}
		return list
	}
	if diff := cmp.Diff([]string{"a", "b"}, find()); diff != "" {
		t.Error(diff)
	}
	body := doc.LastChild.LastChild
	body.InsertBefore(&html.Node{Type: html.ElementNode, Data: "p", Attr: []html.Attribute{{Key: "id", Val: "c"}}}, body.FirstChild)
	p.Changed()
	if diff := cmp.Diff([]string{"c", "a", "b"}, find()); diff != "" {
		t.Error(diff)
	}
}

// Whatever is asked of whatever page, nothing panics, it ends, and what is found is in the page,
// in its order and once.
func FuzzFind(f *testing.F) {
	for _, e := range expressions {
		f.Add(e, page)
	}
	for _, s := range []string{"a:not(.b) > c, d", "[x~='y']", "//p[last()]/@*[1]", "namespace::*", "-a", "((1))[2]"} {
		f.Add(s, "<p x=y><a class=b>")
	}
	f.Fuzz(func(t *testing.T, expression, page string) {
		e, err := Read(expression)
		if err != nil {
			return
		}
		doc, err := html.Parse(strings.NewReader(page))
		if err != nil {
			return
		}
		at := map[Node]int{{doc, -1}: 0}
		for d := range doc.Descendants() {
			at[Node{d, -1}] = len(at)
			for i := range d.Attr {
				at[Node{d, i}] = len(at)
			}
		}
		nodes, _, err := New(doc, 100_000).Find(e)
		if err != nil && !errors.Is(err, ErrSteps) {
			t.Errorf("%q: %v", expression, err)
		}
		last := -1
		for _, n := range nodes {
			i, in := at[n]
			if !in || i <= last {
				t.Errorf("%q finds %v at %d after %d", expression, n, i, last)
			}
			last = i
		}
	})
}
