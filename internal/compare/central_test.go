package compare

import (
	"testing"

	"parallax/internal/news"
)

func TestCentral(t *testing.T) {
	told := func(id, title, lead, lang string) *news.Article {
		return &news.Article{ID: id, Title: title, Lead: lead, Language: lang}
	}
	ferry := told("ferry", "Ferry runs aground off Oxholm, all passengers safe", "The ferry Marisol ran aground in fog; 212 passengers were taken ashore.", "en")
	fog := told("fog", "Fog: ferry with 212 passengers runs aground", "The Marisol lies off Oxholm. Passengers were taken ashore.", "en")
	aside := told("aside", "What the harbour master had for breakfast", "He was called away from his table.", "en")
	faehre := told("faehre", "Fähre läuft auf Grund", "Die Marisol liegt vor Oxholm.", "de")
	for _, test := range []struct {
		name     string
		accounts []*news.Article
		want     *news.Article
	}{
		{"nothing", nil, nil},
		{"one", []*news.Article{aside}, aside},
		{"two that are as near to one another: the earlier", []*news.Article{faehre, aside}, faehre},
		{"what most tell", []*news.Article{aside, fog, ferry, faehre}, fog},
		{"an account without words", []*news.Article{told("empty", "", "", ""), ferry, fog}, ferry},
	} {
		got := central(test.accounts)
		if got != test.want {
			t.Errorf("%s: %+v, want %+v", test.name, got, test.want)
		}
	}
}
