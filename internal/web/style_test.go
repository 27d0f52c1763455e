package web_test

import (
	"fmt"
	"os"
	"testing"

	"parallax/internal/webtest"
)

func palettes(t *testing.T) map[string]map[string]webtest.Colour {
	t.Helper()
	css, err := os.ReadFile("layout.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark, err := webtest.Palettes(string(css))
	if err != nil {
		t.Fatal(err)
	}
	return map[string]map[string]webtest.Colour{"light": light, "dark": dark}
}

// Text reaches 4.5:1 on whatever it stands on, hues and lines of sides 3:1 (WCAG 2.2,
// 1.4.3 and 1.4.11).
func TestContrast(t *testing.T) {
	for scheme, p := range palettes(t) {
		for _, c := range []struct {
			fore, back string
			least      float64
		}{
			{"ink", "paper", 7},
			{"soft", "paper", 4.5},
			{"ink", "tint", 7},
			{"ink", "mark", 4.5},
			{"soft", "tint", 4.5},
		} {
			if got := webtest.Contrast(p[c.fore], p[c.back]); got < c.least {
				t.Errorf("%s: %s on %s has contrast %.2f, less than %.1f", scheme, c.fore, c.back, got, c.least)
			}
		}
		for i := range 9 {
			hue := fmt.Sprintf("s%d", i)
			if got := webtest.Contrast(p[hue], p["paper"]); got < 3 {
				t.Errorf("%s: side hue %s has contrast %.2f on paper, less than 3", scheme, hue, got)
			}
		}
	}
}

// The hues of sides that stand beside one another in a lens differ clearly to every
// eye; those of the first three all do.
func TestHuesDiffer(t *testing.T) {
	const clearly = 0.09
	for scheme, p := range palettes(t) {
		for sight, m := range webtest.Sights {
			for i := 1; i <= 8; i++ {
				for j := i + 1; j <= 8; j++ {
					if j != i+1 && (i > 3 || j > 3) {
						continue
					}
					a, b := fmt.Sprintf("s%d", i), fmt.Sprintf("s%d", j)
					if d := webtest.Distance(p[a], p[b], m); d < clearly {
						t.Errorf("%s, %s: %s and %s are %.3f apart, less than %.2f", scheme, sight, a, b, d, clearly)
					}
				}
			}
		}
	}
}
