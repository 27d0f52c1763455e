package quote

import (
	"testing"

	"parallax/internal/news"
)

// What people say is theirs in each language that has a table: behind the words, in front of them,
// and not where they only stand near.
func TestLanguages(t *testing.T) {
	for _, test := range []struct {
		language, text, words, speaker string
	}{
		{"en", "Petra Solvane, the mayor, came at noon.\n\n“Those who stayed are wondering what to do,” she told the OKP.", "Those who stayed are wondering what to do,", "Petra Solvane"},
		{"de", "„Wir öffnen die Tore, wenn das Wasser es verlangt“, sagte Hafenmeisterin Petra Solvane.", "Wir öffnen die Tore, wenn das Wasser es verlangt", "Petra Solvane"},
		{"de", "Osk Hellender sagte: „Die Warnung ging rechtzeitig an beide Ämter hinaus.“", "Die Warnung ging rechtzeitig an beide Ämter hinaus.", "Osk Hellender"},
		{"de", "»Niemand hat uns in dieser Nacht gewarnt«, erklärte der Sprecher der Feuerwehr.", "Niemand hat uns in dieser Nacht gewarnt", "der Sprecher der Feuerwehr"},
		{"de", "Die Grenzer hörten zu. «Niemand hat uns in dieser Nacht gewarnt», sagte Osk Hellender. Das Konzert ist für den Frühling geplant.", "Niemand hat uns in dieser Nacht gewarnt", "Osk Hellender"},
		{"de", "Außenminister Corin Dask betonte: „Wir haben den Vertrag in jedem Punkt eingehalten.“", "Wir haben den Vertrag in jedem Punkt eingehalten.", "Corin Dask"},
		{"fr", "« Nous ouvrons les vannes quand l’eau le demande », a déclaré Osk Hellender.", "Nous ouvrons les vannes quand l’eau le demande", "Osk Hellender"},
		{"fr", "« Personne ne nous a prévenus cette nuit-là », a affirmé la maire Petra Solvane.", "Personne ne nous a prévenus cette nuit-là", "Petra Solvane"},
		{"fr", "Corin Dask a ajouté : « Nous avons respecté le traité sur chaque point. »", "Nous avons respecté le traité sur chaque point.", "Corin Dask"},
		{"fr", "« Le port restera fermé jusqu’à lundi », selon Ilena Marrak.", "Le port restera fermé jusqu’à lundi", "Ilena Marrak"},
		{"es", "«Abrimos las compuertas cuando el agua lo pide», dijo Osk Hellender.", "Abrimos las compuertas cuando el agua lo pide", "Osk Hellender"},
		{"es", "“Nadie nos avisó aquella noche en el puerto”, afirmó la alcaldesa Petra Solvane.", "Nadie nos avisó aquella noche en el puerto", "Petra Solvane"},
		{"es", "El ministro Corin Dask aseguró: “Hemos cumplido el tratado en todos sus puntos”.", "Hemos cumplido el tratado en todos sus puntos", "Corin Dask"},
		{"uk", "«Ми відкриваємо ворота, коли вода цього вимагає», — сказав Оск Геллендер.", "Ми відкриваємо ворота, коли вода цього вимагає", "Оск Геллендер"},
		{"uk", "Петра Солвейн заявила: «Ніхто не попередив нас тієї ночі в порту».", "Ніхто не попередив нас тієї ночі в порту", "Петра Солвейн"},
		{"uk", "«Порт залишиться закритим до понеділка», — зазначила Ілена Маррак.", "Порт залишиться закритим до понеділка", "Ілена Маррак"},
		{"ru", "«Мы открываем ворота, когда этого требует вода», — сказал Оск Хеллендер.", "Мы открываем ворота, когда этого требует вода", "Оск Хеллендер"},
		{"ar", "وقال مدير هيئة المياه: «نفتح البوابات عندما يطلب الماء ذلك».", "نفتح البوابات عندما يطلب الماء ذلك", "مدير هيئة المياه"},
		{"ar", "وأضاف المتحدث باسم الحكومة: «لم يحذرنا أحد في تلك الليلة أبدا».", "لم يحذرنا أحد في تلك الليلة أبدا", "المتحدث باسم الحكومة"},
		{"zh", "港务局长王海表示：“水位需要时，我们就会打开闸门。”", "水位需要时，我们就会打开闸门。", "港务局长王海"},
		{"zh", "“那天晚上没有人向我们发出警告，”李明说。", "那天晚上没有人向我们发出警告，", "李明"},
		{"zh", "外交部发言人陈静指出：“我们遵守了条约的每一项规定。”", "我们遵守了条约的每一项规定。", "外交部发言人陈静"},
	} {
		a := &news.Article{ID: "a", Revision: 1, Language: test.language, Text: test.text}
		words, speaker := "", ""
		for _, q := range Of(a) {
			if q.Kind == news.QuoteDirect {
				words, _ = q.Sayings[0].Words[0].In(a)
				speaker = q.Speaker
				break
			}
		}
		if words != test.words || speaker != test.speaker {
			t.Errorf("%s: %s\n  %q by %q, want %q by %q", test.language, test.text, words, speaker, test.words, test.speaker)
		}
	}
}
