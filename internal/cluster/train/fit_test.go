package main

import (
	"math"
	"testing"

	"parallax/internal/cluster"
)

// TestFit: weights from which answers were made are found again, those set by hand stay as they
// are, and the same rows give the same bits.
func TestFit(t *testing.T) {
	features := []cluster.Feature{{Name: "a"}, {Name: "b"}, {Name: "hand"}}
	var rows []row
	for i := range 4000 {
		x := []float64{float64(i%20) / 10, float64(i/20%20) / 10, float64(i / 400 % 2)}
		odds := -2 + 3*x[0] - 1.5*x[1] - 2*x[2]
		rows = append(rows, row{x, 1 / (1 + math.Exp(-odds)), 1})
	}
	hand := map[string]float64{"hand": -2}
	l := fit(rows, features, hand)
	for j, want := range []float64{3, -1.5, -2} {
		if math.Abs(l.Weights[j]-want) > .02 {
			t.Errorf("weight of %s is %.3f, want %.3f", features[j].Name, l.Weights[j], want)
		}
	}
	if math.Abs(l.Bias+2) > .02 {
		t.Errorf("bias is %.3f, want -2", l.Bias)
	}
	if again := fit(rows, features, hand); again.Bias != l.Bias {
		t.Errorf("a second time the bias is %v, not %v", again.Bias, l.Bias)
	}
}

// TestScore: figures of a small example, counted by hand.
func TestScore(t *testing.T) {
	s := &set{
		story: map[string]string{"a": "x", "b": "x", "c": "y", "d": "y"},
		side:  map[string]string{"a": "north", "b": "south", "c": "north", "d": "south"},
	}
	// c stands with the story x: precision (2/3+2/3+1/3+1)/4, recall (1+1+1/2+1/2)/4.
	got := s.score(map[string]string{"a": "1", "b": "1", "c": "1", "d": "2"})
	if math.Abs(got.precision-8./12) > 1e-9 || math.Abs(got.recall-.75) > 1e-9 || got.both != 0 {
		t.Errorf("got %+v", got)
	}
	p := &set{pairs: map[[2]string]bool{{"a", "b"}: true, {"a", "c"}: false, {"c", "d"}: true}}
	got = p.score(map[string]string{"a": "1", "b": "1", "c": "1", "d": "2"})
	if got.precision != .5 || got.recall != .5 || got.f != .5 || got.both >= 0 {
		t.Errorf("pairs: got %+v", got)
	}
}
