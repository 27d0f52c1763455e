package across

import (
	"strings"
	"testing"
)

func TestUnheard(t *testing.T) {
	for _, test := range []struct {
		text, tag, other, otherTag string
		names, places              string
		readable                   bool
	}{
		{"Talks between Zelensky and Macron", "en", "Переговоры Зеленского с Макроном", "ru", "", "", true},
		{"Talks between Zelensky and Merz", "en", "Переговоры Зеленского с Макроном", "ru", "Merz", "", true},
		{"Talks in Germany end", "en", "Gespräche in Deutschland beendet", "de", "", "", true},
		{"Talks in France end", "en", "Gespräche in Deutschland beendet", "de", "", "France", true},
		{"Talks of Netanyahu end", "en", "انتهاء محادثات نتنياهو", "ar", "", "", true},
		{"Talks of Macron end", "en", "انتهاء محادثات نتنياهو", "ar", "Macron", "", true},
		{"Talks with Macron in China end", "en", "与马克龙在中国的会谈结束", "zh", "Macron", "", false},
		{"Talks with Macron in Japan end", "en", "与马克龙在中国的会谈结束", "zh", "Macron", "Japan", false},
		{"nothing of note", "en", "", "ru", "", "", true},
	} {
		names, places, readable := Unheard(test.text, test.tag, test.other, test.otherTag)
		if strings.Join(names, " ") != test.names || strings.Join(places, " ") != test.places || readable != test.readable {
			t.Errorf("%s / %s: %v, %v, %t", test.text, test.other, names, places, readable)
		}
	}
}
