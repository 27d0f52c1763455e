package news

import "testing"

func TestPassageIn(t *testing.T) {
	a := &Article{ID: "a", Revision: 2, Text: "Fähre läuft auf Grund."}
	for _, test := range []struct {
		name    string
		passage Passage
		want    string
		ok      bool
	}{
		{"a word", Passage{"a", 2, 0, 6}, "Fähre", true},
		{"to the end", Passage{"a", 2, 20, 24}, "und.", true},
		{"another revision", Passage{"a", 1, 0, 6}, "", false},
		{"another article", Passage{"b", 2, 0, 6}, "", false},
		{"begins within a character", Passage{"a", 2, 2, 6}, "", false},
		{"ends within a character", Passage{"a", 2, 0, 2}, "", false},
		{"nothing", Passage{"a", 2, 3, 3}, "", false},
		{"backwards", Passage{"a", 2, 6, 0}, "", false},
		{"before the text", Passage{"a", 2, -1, 6}, "", false},
		{"beyond the text", Passage{"a", 2, 0, 25}, "", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, ok := test.passage.In(a)
			if got != test.want || ok != test.ok {
				t.Errorf("In = %q, %v, want %q, %v", got, ok, test.want, test.ok)
			}
		})
	}
	if _, ok := (Passage{"a", 2, 0, 6}).In(nil); ok {
		t.Error("a passage was found in no article")
	}
}
