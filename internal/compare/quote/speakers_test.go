package quote

import (
	"slices"
	"testing"

	"parallax/internal/news"
)

// Ways in which English news says who speaks, each with what was once read wrongly there: the
// speakers of the direct quotes in their order, "" where a reader must not be told one.
func TestSpeakers(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       []string
	}{
		{
			"an ending of the possessive is not of the name",
			"Osk Hellender’s plan for the harbour failed.\n\n“We open the gates when the water asks for it,” Hellender said.",
			[]string{"Osk Hellender"},
		},
		{
			"an office, and then the name in commas",
			"The port’s harbour master, Petra Solvane, said “we open the gates when the water asks for it”.",
			[]string{"Petra Solvane"},
		},
		{
			"an office of several things, and then the name in commas",
			"Olm’s Senior Director for Dams, Gates, Rivers and Campaigns, Petra Solvane, said that it “would only lead to yet more water”.",
			[]string{"Petra Solvane"},
		},
		{
			"a town in commas",
			"Bishop Corin Dask, of Olm, Vel., said in a homily that the council was “on a road of no return”.",
			[]string{"Corin Dask"},
		},
		{
			"a body whose name goes on, with its president",
			"“We open the gates when the water asks for it,” Velmoran Union of Harbour Workers President Petra Solvane said.",
			[]string{"Petra Solvane"},
		},
		{
			"of whom nothing is said but that they say it with others",
			"Velmora has condemned the council, with Harbour Minister Corin Dask saying, “the gates stood open for two nights.”",
			[]string{"Corin Dask"},
		},
		{
			"who goes on is who said the first, not who spoke before",
			"“We open the gates when the water asks for it,” said Petra Solvane.\n\nVelmora has denied the report and called it “fake and without proof,” adding that “no gate stood open that night”.",
			[]string{"Petra Solvane", "Velmora", "Velmora"},
		},
		{
			"who reports what another said",
			"Corin Dask said the photographs were “made up by the people of the harbour”, the Olm Post reported.",
			[]string{"Corin Dask"},
		},
		{
			"a time at the beginning says nothing",
			"For the first time, the gate council OGC (Olm Gate Council), has officially declared that the gates stand open.\n\n“We open the gates when the water asks for it.”",
			[]string{""},
		},
		{
			"a body in small letters",
			"Karrenby burned for two days. “The fire was out before the morning came,” the military said in a statement.",
			[]string{"the military"},
		},
		{
			"a paragraph in the words of whom the sentence before speaks",
			"Prime Minister Corin Dask came to Olm.\n\nHe said the gates were a disgrace.\n\n“I think that we have seen new depths here. None of us wants to see them.\n\n“That is why we ask for help.”",
			[]string{"Corin Dask", "Corin Dask"},
		},
		{
			"who is told has said neither part",
			"“The gates stand open when the water asks for it,” Petra Solvane told Corin Dask. “They were never shut that night.”",
			[]string{"Petra Solvane", "Petra Solvane"},
		},
		{
			"what will be said",
			"Prime Minister Corin Dask comes to Olm on Monday.\n\n“The gates stood open for two nights,” he will say.",
			[]string{"Corin Dask"},
		},
		{
			"a body that is meant by it",
			"“The gates stand open when the water asks for it,” OGC said.\n\n“Nobody has told us when they will be shut,” it added.",
			[]string{"OGC", "OGC"},
		},
		{
			"the subject of a sentence that ends with saying",
			"Mr. Hellender sought to calm the harbour by naming the dams, saying, “the gates stood open for two nights.”",
			[]string{"Hellender"},
		},
		{
			"a word in front of the subject",
			"Additionally, Petra Solvane opened the gates and said that “the water asks for it every spring”.",
			[]string{"Petra Solvane"},
		},
		{
			"a plain mark that a typographic one closes",
			"\"We open the gates when the water asks for it,” Petra Solvane said. “They were never shut that night.”",
			[]string{"Petra Solvane", "Petra Solvane"},
		},
		{
			"behind the quote a conjunction turns to another",
			"Velmora rejected the report. The council of Olm said “no gate was open that night,” while OGC, the gate council, called it “false from beginning to end.”",
			[]string{"The council of Olm", "OGC"},
		},
		{
			"an office of two things",
			"“We open the gates when the water asks for it,” said former Roads and Inland Harbours Secretary Petra Solvane.",
			[]string{"Petra Solvane"},
		},
		{
			"the place where somebody works has said nothing",
			"A doctor working inside Olm Hospital described it: “The gates stood open for two nights.”",
			[]string{""},
		},
		{
			"the town where a body is",
			"A spokesperson for Harbour Aid in Velmora said: “The gates stood open for two nights.”",
			[]string{"A spokesperson for Harbour Aid in Velmora"},
		},
		{
			"who spoke of another goes on",
			"Councillor Corin Dask left Olm. Mayor Petra Solvane was there.\n\nSolvane said the gates that Minister Osk Hellender praised were a disgrace.\n\n“I think that we have seen new depths here,” she said.",
			[]string{"Petra Solvane"},
		},
		{
			"a closing mark that was forgotten",
			"Petra Solvane said: \"The gates stood open for two nights.\n\nA man was hurt.",
			[]string{"Petra Solvane"},
		},
		{
			"a mark in a sentence that closes nowhere is none",
			"Petra Solvane said that the 12\" pipe and the \"gates stood open for two nights.\n\nA man was hurt.",
			nil,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := &news.Article{ID: "a", Revision: 1, Language: "en", Text: test.text}
			var got []string
			for _, q := range Of(a) {
				if q.Kind == news.QuoteDirect {
					got = append(got, q.Speaker)
				}
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("%s\n  %q, want %q", test.text, got, test.want)
			}
		})
	}
}
