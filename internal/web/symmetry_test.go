package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"parallax/internal/news"
	"parallax/internal/web"
	"parallax/internal/webtest"
)

// Who names the sides otherwise, and puts them in another order, gets the same comparison with
// the other names: nothing in it knows which side it is. The outlets are divided by chance.
func TestStorySymmetry(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		sides := []string{"side-alpha", "side-beta", "side-gamma", news.Unplaced}
		var stands []string // by source
		for range webtest.New().SourceList {
			stands = append(stands, rapid.SampledFrom(sides).Draw(rt, "side"))
		}
		order := rapid.Permutation([]int{0, 1, 2}).Draw(rt, "order")
		names := rapid.Permutation([]string{"side-delta", "side-epsilon", "side-zeta"}).Draw(rt, "names")
		renamed := map[string]string{news.Unplaced: news.Unplaced}
		for i, name := range names {
			renamed[sides[i]] = name
		}
		story := rapid.SampledFrom([]string{"weir", "ferry", "vaccine"}).Draw(rt, "story")

		ask := func(lens news.Lens, stand func(string) string) string {
			w := webtest.New()
			for i, src := range w.SourceList {
				src.Sides = map[string]string{"drawn": stand(stands[i])}
			}
			h := serve(t, w, func(o *web.Options) {
				o.Lenses = func(context.Context) ([]news.Lens, error) { return []news.Lens{lens}, nil }
			})
			return string(read(t, get(t, h, "/story/"+story+".json?lens=drawn")))
		}
		lens, mirror := news.Lens{ID: "drawn"}, news.Lens{ID: "drawn"}
		for i := range 3 {
			lens.Sides = append(lens.Sides, news.Side{ID: sides[i], Title: "Side " + sides[i]})
			name := renamed[sides[order[i]]]
			mirror.Sides = append(mirror.Sides, news.Side{ID: name, Title: "Side " + name})
		}
		want := ask(lens, func(s string) string { return s })
		for from, to := range renamed {
			want = strings.ReplaceAll(want, from, to) // none is a part of another
		}
		got := ask(mirror, func(s string) string { return renamed[s] })
		if diff := cmp.Diff(told(rt, want), told(rt, got)); diff != "" {
			rt.Fatalf("the sides are not treated alike (-renamed +got):\n%s", diff)
		}
	})
}

// told reads the data of a story. Sides of which no account was found stand in the order of the
// lens, which is another: these are compared without it.
func told(t *rapid.T, data string) map[string]any {
	var d map[string]any
	if err := json.Unmarshal([]byte(data), &d); err != nil {
		t.Fatalf("%v in %s", err, data)
	}
	var told []any
	silent := map[string]any{}
	for _, side := range d["sides"].([]any) {
		if s := side.(map[string]any); s["outlets"] == nil {
			silent[fmt.Sprint(s["id"])] = s
		} else {
			told = append(told, s)
		}
	}
	d["sides"], d["silent"] = told, silent
	return d
}
