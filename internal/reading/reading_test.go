package reading

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/news"
)

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

func account(id, language, text string) Account {
	return Account{Article: &news.Article{ID: id, Language: language, Text: text, Revision: 1, FirstSeen: noon}, Owner: id}
}

func TestOf(t *testing.T) {
	late := account("a", "en", "The council of Velmora met Mayor Anna Dorn in the town hall.")
	late.Article.FirstSeen = noon.Add(time.Hour)
	accounts := []Account{
		late, account("c", "ru", "Совет Вельморы заседал в понедельник."), account("b", "en-GB", "“We stay,” said Dorn of Velmora. “He never asked,” she said. It did not rain in 12 towns."),
		account("b", "en-GB", "twice"),
	}
	r := Of(accounts)
	var order []string
	for _, a := range r.Accounts {
		order = append(order, a.Article.ID)
	}
	if diff := cmp.Diff([]string{"b", "c", "a"}, order); diff != "" {
		t.Fatalf("accounts mismatch (-want +got):\n%s", diff)
	}
	if len(r.Tongues) != 2 || r.Tongues[0].Language != "en" || r.Tongues[1].Language != "ru" {
		t.Fatalf("tongues %+v", r.Tongues)
	}
	en := r.Tongues[0]
	var got []string
	for i := range en.Sentences {
		s := &en.Sentences[i]
		var names []string
		for _, n := range s.Names {
			names = append(names, fmt.Sprint(len(n.Terms)))
		}
		got = append(got, fmt.Sprintf("%s: cues %d, quoted %v, numbers %d, names %s", en.Text(s), s.Cues, s.Quoted, len(s.Numbers), strings.Join(names, " ")))
		if words, ok := en.Passage(s).In(en.Accounts[s.Account].Article); !ok || words != en.Text(s) {
			t.Errorf("passage %q of %q", words, en.Text(s))
		}
	}
	want := []string{
		"“We stay,” said Dorn of Velmora.: cues 0, quoted true, numbers 0, names 1 1",
		fmt.Sprintf("“He never asked,” she said.: cues %d, quoted true, numbers 0, names ", Denies|LeansBack),
		fmt.Sprintf("It did not rain in 12 towns.: cues %d, quoted false, numbers 1, names ", Denies|LeansBack),
		"The council of Velmora met Mayor Anna Dorn in the town hall.: cues 0, quoted false, numbers 0, names 1 3",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("sentences mismatch (-want +got):\n%s", diff)
	}
}

func TestCoverage(t *testing.T) {
	r := Of([]Account{
		account("a", "en", "In Velmora, Mayor Anna Dorn closed the harbour of Velmora."),
		account("b", "en", "In Velmora the harbour was closed by Dorn and reopened by nobody."),
		account("c", "en", "Strawberries were ripe in the gardens of Velmora."),
	})
	en := r.Tongues[0]
	a, b, c := &en.Sentences[0], &en.Sentences[1], &en.Sentences[2]
	if got := en.Coverage(a, b); got != 1 {
		t.Errorf("a name is known by its last word: coverage %v, want 1", got)
	}
	if got := en.Coverage(b, a); got >= 1 || got < .5 {
		t.Errorf("coverage %v of a sentence that says more", got)
	}
	if got := en.Coverage(a, c); got <= 0 || got > .3 {
		t.Errorf("coverage %v by a sentence with one name in common", got)
	}
}

func TestBounds(t *testing.T) {
	var accounts []Account
	for i := range maxAccounts + 10 {
		accounts = append(accounts, account(fmt.Sprintf("%04d", i), "en", strings.Repeat("The council of Velmora met again.\n\n", maxSentences+10)))
	}
	r := Of(accounts)
	if len(r.Accounts) != maxAccounts || len(r.Tongues[0].Sentences) != maxAccounts*maxSentences {
		t.Errorf("%d accounts with %d sentences", len(r.Accounts), len(r.Tongues[0].Sentences))
	}
	if len(r.Unread) != 10 || !r.Accounts[0].Part || !r.Tongues[0].Accounts[0].Part || accounts[0].Part {
		t.Errorf("%d accounts unread, of the others a part: %v", len(r.Unread), r.Accounts[0].Part)
	}
	if got := cut(strings.Repeat("й", headBytes)); len(got) > headBytes || strings.Contains(got, "\uFFFD") {
		t.Errorf("cut to %d bytes", len(got))
	}
}

// An outlet that writes much, and dates it back, does not crowd the others out.
func TestChoose(t *testing.T) {
	var accounts []Account
	for i := range maxAccounts {
		a := account(fmt.Sprintf("flood%03d", i), "en", "The council of Velmora met again.")
		a.Owner, a.Article.FirstSeen = "the flood", noon.Add(-time.Hour)
		accounts = append(accounts, a)
	}
	for _, id := range []string{"a", "b", "c"} {
		accounts = append(accounts, account(id, "en", "The council of Velmora met again."))
	}
	r := Of(accounts)
	read := map[string]bool{}
	for _, a := range r.Accounts {
		read[a.Article.ID] = true
	}
	if len(r.Accounts) != maxAccounts || len(r.Unread) != 3 || !read["a"] || !read["b"] || !read["c"] {
		t.Errorf("%d are read, the others among them: %t, %t, %t", len(r.Accounts), read["a"], read["b"], read["c"])
	}
}
