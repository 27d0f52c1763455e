package webtest

import (
	"math"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// What CheckPage finds is tested on a page that has it all wrong.
func TestProblems(t *testing.T) {
	body := []byte(`<html><body style="x"><svg></svg><nav></nav><a href="#nowhere"></a><a href="#picture"><img src="/p.png" alt=""></a><a href="#told"><img src="/p.png" alt="A quay"></a><img src="//other.example/x.png"><p id="a"></p><p id="a"></p><input><script>1</script><h1>1</h1><h1>2</h1></b></body></html>`)
	root, err := html.Parse(strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join((&Page{Root: root}).problems(body), "\n")
	if strings.Contains(all, "link to #told has no text") {
		t.Error("the words for a picture are no text of a link")
	}
	for _, want := range []string{
		"no doctype", "tags do not match", "attribute style", "<svg> is neither", "<nav> has no label", "link to #nowhere has no text", "link to #picture has no text", "not ours", "no alt",
		`id "a" stands 2 times`, "no label", "<script>", "2 of <h1>", "0 of <main>", "no lang", "#nowhere",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("not found: %q in\n%s", want, all)
		}
	}
}

// The figures of WCAG's own examples.
func TestContrast(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want float64
	}{{"000000", "ffffff", 21}, {"777777", "ffffff", 4.48}, {"ffffff", "ffffff", 1}} {
		if got := Contrast(parse(c.a), parse(c.b)); math.Abs(got-c.want) > .01 {
			t.Errorf("Contrast(%s, %s) = %.2f, want %.2f", c.a, c.b, got, c.want)
		}
	}
	if d := Distance(parse("000000"), parse("ffffff"), Sights["three cones"]); math.Abs(d-1) > .001 {
		t.Errorf("black and white are %.3f apart, want 1", d)
	}
}
