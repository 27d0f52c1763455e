package xpath

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"parallax/internal/testkit"
)

//go:embed testdata/page.html
var page string

// expressions are asked of the page of testdata. Rules for sites hold most of them in some form.
// Left out is in what browsers differ from the standard (lang(), numerals) or it from itself (the
// order of attributes).
var expressions = []string{
	"/", "/html", "/html/body/div", "//p", "//p/..", "//p[1]", "//p[2]", "//div/p[last()]", "(//p)[2]", "(//p)[last()]", "//p[position()<3]",
	"//li", "//li[1]", "//ul/li[1]/text()", "//li//li", "//ul//text()", "//div[@id='main']/node()", "//comment()", "//div/comment()", "//@class",
	"//div/@id", "//meta[@property='og:title']/@content", "//meta[@name=\"tag\"]/@content", "//*[@id]", "//*[contains(@class,'nav')]",
	"//*[contains(concat(' ',normalize-space(@class),' '),' nav ')]", "//div[not(@class)]", "//div[@class and @id]", "//div[@class or @id]",
	"//p[.//i]", "//p[i]", "//p[b or i]", "//p[contains(.,'sail')]", "//p[contains(text(),'sail')]", "//p[starts-with(@id,'p')]",
	"//p[@id!='p1']", "//p[not(@id='p1')]", "//div[@data-rank>5]", "//div[@data-rank > 1 and @data-rank < 3]", "//td[.>1]", "//td[.=1]", "//td[. = ../../tr/td[1]]",
	"//p[2]/preceding-sibling::*", "//p[@id='p1']/preceding::p", "//p[@id='p4']/preceding::p[1]", "//p[@id='p3']/following::p[1]",
	"//p[@id='p3']/following::*", "//i/ancestor::*", "//i/ancestor::div[1]", "//i/ancestor::*[2]", "//i/ancestor-or-self::*[1]",
	"//h1/following-sibling::*[1]", "//h1/following-sibling::p", "//h1/following-sibling::*[1][self::p]", "//div/following-sibling::div", "//a[@class='next']/..", "//a[contains(text(),'Next page')]/@href",
	"//p[@class='ad'] | //h1", "//p | //p", "//div[@id='foot']/p | //div[@id='main']/p", "//td[1] | //td[2]", "(//div | //p)[@id][2]",
	"//div[p]/p[1]", "//div[p][2]", "//div[2][p]", "//div[@class='text'][2]/p", "//div[count(p)=3]", "//div[count(.//p) > 3]/@id", "//*[count(*)=0]",
	"//*[self::h1 or self::h2]", "//*[name()='p']", "//*[local-name()='ul']/li", "//p[string-length(.) < 10]", "//div[string-length(@class) = 4]",
	"id('p1')", "id('p3 p1')", "id('main')/p", "//P", "//DIV[@ID='main']", "//div/*", "descendant::p", "body", "html/body",
	"//body//p[not(ancestor::div[@class='text'])]", "//p[../@id='main']", "//p[ancestor::div/@id='foot']", "//tr/td", "//table//tr[2]/td[1]", "//tbody",
	"//p[preceding-sibling::p]", "//p[preceding-sibling::*[1][self::p]]", "//p[following-sibling::comment()]", "//text()[contains(.,'Runa')]", "//text()[normalize-space()]",
	"string(//h1)", "normalize-space(//h1)", "concat(//meta[@name='author']/@content, ' and ', //b)", "substring-before(//title, ' | ')", "substring-after(//title,' | ')", "substring-after(//title,'#')",
	"substring('12345', 2, 3)", "substring('12345', 1.5, 2.6)", "substring('12345', 0, 3)", "substring('12345', 0 div 0, 3)", "substring('12345', -42, 1 div 0)", "substring('häfen',2,1)",
	"translate('bar','abc','AB')", "translate('--aaa--','abc-','ABC')", "string-length('häfen')", "count(//p)", "sum(//td[. != 'x'])", "sum(//td)", "number('  12 ')", "number('1e3')", "number('-.5')", "number('.')",
	"1 div 0", "-1 div 0", "0 div 0", "5 mod 2", "-5 mod 2", "1.5 mod 0.5", "round(2.5)", "round(-2.5)", "floor(-1.5)", "ceiling(1.2)", "- - 3", "-(3)", "2+3*4", "(2+3)*4", "10 div 4 - 1", "1 = 1.0", "'a' < 'b'", "'1' < '2'",
	"boolean(//p)", "boolean(//nothing)", "not(//nothing)", "true() and false()", "//p = 'Two sail.'", "//p != 'Two sail.'", "//nothing = ''", "//nothing != ''", "//p = true()", "//nothing = false()", "//nothing < true()", "//td < 2", "2 < //td", "//td = //p", "//td[1] >= //td[2]",
	"starts-with('', '')", "contains('abc', '')", "string(true())", "string(0.1)", "string(-0)", "string()", "name(//meta)", "local-name(//@property)", "name(//nothing)", "count(//text())", "count(//script/text())",
	"//a[@title=\"It's next\"]", "//*[@* = 'next']", "//a[@rel = 'next' or contains(@href, 'print')]", "//a[last()]", "//a[position() = last()]", "//div[a[2]]", "//div[.//a[2]]/@id", "//p[position() mod 2 = 1]", "//div[@id='main']//p[2]", "(//div[@id='main']//p)[2]",
	"//div[@id='main']/descendant::p[2]", "//p/self::p[@id='p2']", "//p/self::div", "//td/parent::tr/parent::*", ".//p[@id='p1']", "./html", "//p[.='Two sail.']/text()", "//div[@class='text']//*[not(self::p)]", "count(//@*/..)", "count(//p/ancestor::*)", "//@href/parent::a[1]", "div", "or", "//div[div]", "//div [ @id = 'top' ] / a",
	"//div[contains(., //b)]", "//p[contains(@id, string(2 + 1))]", "//*[@id = //p[2]/@id]", "//p[not(following-sibling::p)]", "//li[not(.//li)]", "//*[normalize-space(text())='a']", "//ul/li[position()>1]", "//ul/li[2]/preceding-sibling::li//li",
}

// What expressions find is what a browser finds, in the order in which it finds it.
func TestBrowser(t *testing.T) {
	chromium := testkit.Chromium(t)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(page))
	}))
	t.Cleanup(srv.Close)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	alloc, cancel := chromedp.NewExecAllocator(ctx, append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(chromium), chromedp.NoSandbox)...)
	t.Cleanup(cancel)
	tab, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	if err := chromedp.Do(tab, chromedp.Navigate(srv.URL)); err != nil {
		t.Fatal(err)
	}
	list, err := json.Marshal(expressions)
	if err != nil {
		t.Fatal(err)
	}
	const evaluate = `.map(e => { try {
		let r = document.evaluate(e, document, null, XPathResult.ANY_TYPE, null);
		switch (r.resultType) {
		case 1: return "number " + r.numberValue;
		case 2: return "string " + r.stringValue;
		case 3: return "boolean " + r.booleanValue;
		}
		r = document.evaluate(e, document, null, XPathResult.ORDERED_NODE_ITERATOR_TYPE, null);
		let all = [];
		for (let n = r.iterateNext(); n; n = r.iterateNext()) all.push(n.nodeName.toLowerCase() + " " + (n.nodeType == 9 ? "" : n.nodeType == 2 ? n.value : n.textContent));
		return all.join("\n");
	} catch (err) { return "error " + err.message; } })`
	want, err := chromedp.Run(tab, chromedp.Evaluate[[]string](string(list)+evaluate))
	if err != nil {
		t.Fatal(err)
	}
	doc := parsed(t, page)
	for i, e := range expressions {
		if diff := cmp.Diff(strings.Split(want[i], "\n"), strings.Split(shown(t, doc, e), "\n")); diff != "" {
			t.Errorf("%s (-browser +ours):\n%s", e, diff)
		}
	}
	t.Logf("%d expressions", len(expressions))
}

func parsed(tb testing.TB, s string) *html.Node {
	tb.Helper()
	doc, err := html.Parse(strings.NewReader(s))
	if err != nil {
		tb.Fatal(err)
	}
	return doc
}

// shown writes what an expression yields as the script above does.
func shown(tb testing.TB, doc *html.Node, expression string) string {
	tb.Helper()
	e, err := Compile(expression)
	if err != nil {
		return "error " + err.Error()
	}
	p := New(doc, 1_000_000)
	v, err := p.evaluate(e)
	if err != nil {
		return "error " + err.Error()
	}
	switch v.kind {
	case isNumber:
		return "number " + numeral(v.number)
	case isString:
		return "string " + v.text
	case isBool:
		return fmt.Sprint("boolean ", v.truth)
	}
	var all []string
	for _, n := range v.nodes {
		name := nameOf(value{kind: isNodes, nodes: []Node{n}})
		switch n.Type {
		case html.DocumentNode:
			all = append(all, "#document ")
			continue
		case html.TextNode:
			name = "#text"
		case html.CommentNode:
			name = "#comment"
		}
		all = append(all, name+" "+p.stringOf(n))
	}
	return strings.Join(all, "\n")
}
