package webtest

import (
	"fmt"
	"html"
	"strings"
	"time"

	"parallax/internal/news"
)

// New returns the World: a weir that two countries dispute, told by all; a ferry, a
// strike and others told by some; and much told by one.
func New() *World {
	w := &World{
		SourceList: outlets(), ByID: map[string]*news.Article{}, Heads: map[string]string{},
		Merged: map[string]string{"weirmergedstory": "weir"}, History: map[string][]news.Revision{},
		Disclosures: map[string][]*news.DisclosureVersion{},
	}
	w.disclosed()
	w.FeedList, w.Attempts = feeds(w.SourceList)
	w.Reaches = map[string][]news.ReachChange{}
	for _, f := range w.FeedList {
		w.Reaches[f.ID] = []news.ReachChange{{At: f.ReachSince, Reach: f.Reach, Blocking: f.Blocking}}
		if f.Reach == news.ReachBlocked {
			const day = 24
			w.Reaches[f.ID] = append([]news.ReachChange{
				{At: Hours(80 * day), Reach: news.ReachOK},
				{At: Hours(47 * day), Reach: news.ReachDown},
				{At: Hours(45 * day), Reach: news.ReachOK},
				{At: Hours(12 * day), Reach: news.ReachDegraded, Blocking: "tls"},
				{At: Hours(9 * day), Reach: news.ReachOK},
			}, w.Reaches[f.ID]...)
		}
	}

	w.tell("weir", "norrland-today", 9.5, "Norrland opens the Halda weir to save the lower valley, engineers say", "The four gates of the Halda weir were opened at dawn to relieve the dam above Velmora. Ministers in Norrland said that villages downstream had been warned a day before and that no one was harmed.")
	w.tell("weir", "fjord-post", 8.2, "Halda gates opened: was Sudermark told in time?", "Documents seen by The Fjord Post put the warning at six hours, not a day. The ministry declined to comment on the time at which it was sent.\n\nBy its count 230 people left.")
	w.tell("weir", "nordwire", 9.1, "Halda weir opened after record rain", "Norrland opened the gates of the Halda weir on Thursday after 94 millimetres of rain fell in two days.\n\nThe water authority said that the level above Velmora had stood 40 centimetres below the crest.\n\n“We had no choice left,” said its director, Ingrid Solum, “and no time to ask for one.” At nine the reservoir was 98 % full.")
	w.tell("weir", "upstream", 6.4, "What the Halda weir was built for, and what it was used for today", "Fifty years of agreements on one river, and why none of them says who may open a gate at night.")
	w.tell("weir", "sudermark-voice", 8.9, "Norrland floods three Sudermark villages without warning", "Water from the Halda weir reached the villages of Ostra, Lund Ford and Mill End before noon. Four hundred people left their homes. The government in Sudermark called the opening a hostile act and summoned the ambassador.\n\nThe minister of the interior, Marta Quill, said that no warning had come.")
	w.tell("weir", "plain-dealer", 7.0, "“We heard the water before we heard from anyone”: Mill End counts its losses", "Farmers on the lower Halda say that a telephone call came at four in the morning, and that by then the road had gone.\n\nThe gates were opened before dawn on Thursday.")
	w.tell("weir", "southern-star", 5.1, "Halda: farmers demand compensation, and answers from both capitals", "The union of farmers says that seven hundred hectares of winter wheat are under water.\n\nTheir telephones rang at four in the morning, farmers say. It is now 84 % full.")
	w.tell("weir", "meridian", 7.7, "Norrland and Sudermark trade accusations over opened river weir", "Both governments agree that the Halda weir was opened early on Thursday. They disagree on whether, when and whom Norrland warned. Satellite pictures show water over about nine square kilometres. “We had no choice left,” says Norrland.\n\nThe reservoir was 91 % full by eleven.")
	w.tell("weir", "al-mirsad", 5.8, "خلاف بين نورلاند وسودرمارك بعد فتح سد نهر هالدا", "قالت الحكومتان إن بوابات السد فُتحت فجر الخميس، واختلفتا على موعد الإنذار. وغادر نحو أربعمئة شخص منازلهم في ثلاث قرى.\n\nوقال مدير هيئة المياه في نورلاند إن مستوى الماء بلغ حداً خطراً.")
	w.tell("weir", "tarn", 4.9, "Hochwasserrückhaltebeckenbetriebsvorschriften: Wer darf am Halda-Wehr eigentlich die Schleusentore öffnen?", "Norrland beruft sich auf einen Vertrag von 1974, Sudermark auf seine Kündigung.")
	w.tell("weir", "harbour-lights", 4.1, "Halda weir: the day in pictures", "")
	w.Heads["weir"] = w.Order[7]
	w.ByID[w.Order[2]].Apart = []news.Apart{
		{Kind: news.ApartStub, Text: "Read more"},
		{Kind: news.ApartNotice, Text: "This article was first published by Nordwire’s regional desk. The views expressed in it are not those of the members of Nordwire."},
	}
	w.Repeats = map[string][]news.Block{"nordwire": {
		{Kind: news.ApartBoilerplate, Text: "Nordwire is read in eleven countries. Follow us on the Square.", Times: 31, Article: w.Order[2], Last: Hours(9.1)},
		{Kind: news.ApartNotice, Text: "This article was first published by Nordwire’s regional desk. The views expressed in it are not those of the members of Nordwire.", Times: 1, Article: "unknown", Last: Hours(30)},
	}}
	for _, c := range []struct {
		source string
		hours  float64
	}{{"delta-courier", 6.9}, {"fjord-post", 6.6}} {
		a := w.tell("weir", c.source, c.hours, "Halda weir opened after record rain", "Norrland opened the gates of the Halda weir on Thursday after 94 millimetres of rain fell in two days.")
		a.WireRoot, a.WireShare = w.Order[2], 93
	}
	w.edit(w.Order[4], "Norrland opens weir; three Sudermark villages under water", "Water from the Halda weir reached the villages of Ostra, Lund Ford and Mill End before noon. About two hundred people left their homes. The government in Sudermark summoned the ambassador.\n\nThe minister of the interior, Marta Quill, said that a warning had come too late.")

	w.tell("ferry", "delta-courier", 12, "Ferry “Anna Lund” runs aground off Pell; all 61 on board safe", "The ferry struck a bank in fog shortly after six. A second boat took the passengers to Pell within two hours.")
	w.tell("ferry", "sudermark-voice", 11.5, "All passengers rescued from stranded ferry", "Rescue services of Sudermark took 61 people off the ferry Anna Lund.")
	w.tell("ferry", "plain-dealer", 10, "Stranded ferry had failed its last inspection, records show", "The harbour office had given the owner until December to replace the radar.")
	w.tell("ferry", "meridian", 9, "Passengers safe after Sudermark ferry runs aground", "Sixty-one people were taken off.")

	w.tell("strike", "fjord-post", 20, "Teachers in Velmora extend strike into third week", "Talks ended on Wednesday night without a date for the next round.")
	w.tell("strike", "upstream", 18, "Third week without school: what Velmora’s teachers want", "Smaller classes, and the pay rise that was promised in 2023.")
	w.tell("strike", "norrland-today", 16, "Government offers teachers a new round of talks", "The minister of education invited the union for Monday.")

	w.tell("vaccine", "meridian", 26, "Trial of a single-dose vaccine against river fever succeeds in six countries", "The study followed 11,000 people for two years. Its authors are paid by a public fund; the maker supplied the doses.")
	w.tell("vaccine", "al-mirsad", 25, "نجاح تجربة لقاح بجرعة واحدة ضد حمى الأنهار", "شملت الدراسة أحد عشر ألف شخص في ستة بلدان.")
	w.tell("vaccine", "tarn", 24, "Impfstoff gegen Flussfieber besteht die große Prüfung", "Elftausend Menschen nahmen teil.")
	w.tell("vaccine", "southern-star", 22, "Fever vaccine: when will it come to the delta?", "The ministry of health says that it will decide in spring.")

	w.tell("budget", "norrland-today", 30, "Parliament of Norrland passes budget with record sum for roads", "The vote was 88 to 61.")
	w.tell("budget", "nordwire", 29, "Norrland passes budget, 88 to 61", "The parliament of Norrland passed the budget for 2027 on Wednesday.")

	for i, s := range []struct {
		source, title string
	}{
		{"tarn", "Die letzte Setzerin: Besuch in einer Druckerei, die noch Blei gießt"},
		{"plain-dealer", "Market square of Ostra to be closed to cars from spring"},
		{"upstream", "Otters are back on the upper Halda, and with them an old quarrel"},
		{"al-mirsad", "معرض للكتاب المستعمل يعيد الحياة إلى محطة قطار مهجورة"},
		{"harbour-lights", "Fog"},
		{"southern-star", "Wheat price falls for the fifth week as the harvest of the plains comes in earlier than anyone had reckoned"},
		{"meridian", "A comet, faint and green, can be seen before dawn"},
	} {
		w.tell(fmt.Sprintf("single%d", i), s.source, 13+float64(i)*2, s.title, "")
	}
	w.copied()
	w.edited()
	w.found()
	w.worded()

	gone := w.tell("mill", "old-mill", 90, "The mill wheel turns again", "After a year of work.")
	gone.Purged = Hours(20)
	gone.Title, gone.Lead, gone.Text, gone.HTML = "", "", "", ""
	return w
}

// tell adds an article, of which text gives the lead and the whole.
func (w *World) tell(story, source string, hours float64, title, text string) *news.Article {
	url := fmt.Sprintf("https://%s.example/%s/%d", source, story, len(w.Order)+1)
	lead, _, _ := strings.Cut(text, "\n\n")
	a := &news.Article{
		ID: news.ID("article", source, url), SourceID: source, GUID: fmt.Sprintf("%s-%d", source, len(w.Order)+1), URL: url,
		Title: title, Lead: lead, Text: text, Language: "en", Published: Hours(hours), FirstSeen: Hours(hours - .2), Revision: 1, StoryID: story,
		Basis: "page: the feed gives only 212 characters, the page 1480",
	}
	switch source {
	case "tarn":
		a.Language = "de"
	case "al-mirsad":
		a.Language = "ar"
		a.Authors = []string{"ليلى حدّاد"}
	case "fjord-post":
		a.Authors = []string{"Sigrid Aune", "Per Holt"}
	case "delta-courier":
		a.Published = time.Time{} // its feed gives no dates
	case "harbour-lights":
		a.Language = "und"
	}
	for p := range strings.SplitSeq(text, "\n\n") {
		if p != "" {
			a.HTML += "<p>" + html.EscapeString(p) + "</p>\n"
		}
	}
	w.ByID[a.ID] = a
	w.Order = append(w.Order, a.ID)
	if w.Heads[story] == "" {
		w.Heads[story] = a.ID
	}
	return a
}

// found says what was found in the accounts of the weir.
func (w *World) found() {
	w.Found = map[string]*news.Findings{"weir": {StoryID: "weir", Facts: []news.Fact{
		{
			Passages: []news.Passage{
				w.Passage("weir", "plain-dealer", "The gates were opened before dawn on Thursday."),
				w.Passage("weir", "norrland-today", "The four gates of the Halda weir were opened at dawn to relieve the dam above Velmora."),
				w.Passage("weir", "meridian", "Both governments agree that the Halda weir was opened early on Thursday."),
			},
		},
		{
			Passages: []news.Passage{
				w.Passage("weir", "southern-star", "Their telephones rang at four in the morning, farmers say."),
				w.Passage("weir", "plain-dealer", "Farmers on the lower Halda say that a telephone call came at four in the morning, and that by then the road had gone."),
			},
		},
	}, Figures: []news.Figure{{
		Counted: "displaced", Verdict: news.Conflict, Counts: []news.Count{
			w.count("weir", "sudermark-voice", "Four hundred people left their homes.", "Four hundred", 400),
			w.count("weir", "fjord-post", "By its count 230 people left.", "230", 230),
		},
	}, {
		Unit: "%", Verdict: news.Update, Counts: []news.Count{
			w.count("weir", "nordwire", "At nine the reservoir was 98 % full.", "98", 98),
			w.count("weir", "meridian", "The reservoir was 91 % full by eleven.", "91", 91),
			w.count("weir", "southern-star", "It is now 84 % full.", "84", 84),
		},
	}}, Quotes: []news.Quote{{
		Kind: news.QuoteDirect, Speaker: "Ingrid Solum", Language: "en", Sayings: []news.Saying{
			{
				Speaker: "Ingrid Solum", By: w.Passage("weir", "nordwire", "Ingrid Solum"),
				Words: []news.Passage{w.Passage("weir", "nordwire", "We had no choice left"), w.Passage("weir", "nordwire", "and no time to ask for one.")},
			},
			{
				Words: []news.Passage{w.Passage("weir", "meridian", "We had no choice left")},
				Cuts:  []news.Cutting{{Left: w.Passage("weir", "nordwire", "and no time to ask for one."), Where: news.CutEnd}},
			},
		},
	}, {
		Kind: news.QuoteDirect, Language: "en", Sayings: []news.Saying{
			{Words: []news.Passage{w.Passage("weir", "sudermark-voice", "no warning had come")}},
		},
	}}}}
}

// worded says which words are typical of either side of the weir.
func (w *World) worded() {
	w.Words = map[string][]news.TypicalTerm{
		"river north": {{
			Shown: w.Passage("weir", "norrland-today", "Velmora"), Owners: 2, Of: 4, OthersOf: 5,
			Passages: []news.Passage{w.Passage("weir", "nordwire", "Velmora"), w.Passage("weir", "norrland-today", "Velmora")},
		}},
		"river south": {{
			Shown: w.Passage("weir", "southern-star", "farmers"), Owners: 2, Of: 4, OthersOf: 5,
			Passages: []news.Passage{w.Passage("weir", "plain-dealer", "Farmers"), w.Passage("weir", "southern-star", "farmers")},
		}},
	}
}

// count names a number in a sentence of the account that a source has of a story.
func (w *World) count(story, source, sentence, number string, value float64) news.Count {
	p := w.Passage(story, source, sentence)
	n := p
	n.From += strings.Index(sentence, number)
	n.To = n.From + len(number)
	return news.Count{Sentence: p, Number: n, Low: value, High: value}
}

// Passage names words of the account that a source has of a story.
func (w *World) Passage(story, source, words string) news.Passage {
	for _, id := range w.Order {
		a := w.ByID[id]
		if at := strings.Index(a.Text, words); at >= 0 && a.StoryID == story && a.SourceID == source {
			return news.Passage{ArticleID: id, Revision: a.Revision, From: at, To: at + len(words)}
		}
	}
	panic("no account of " + story + " by " + source + " says " + words)
}

// edited makes the editor put an account of the ferry where it stands, and lock that story,
// which had taken up another.
func (w *World) edited() {
	var ferry, strike []string
	foreign := ""
	for _, id := range w.Order {
		switch w.ByID[id].StoryID {
		case "ferry":
			ferry = append(ferry, id)
		case "strike":
			strike = append(strike, id)
		case "weir":
			if w.ByID[id].Language == "de" {
				foreign = id
			}
		}
	}
	note := &news.Note{At: Hours(9), Why: "It tells of the ferry, whatever else it says."}
	w.Placings = map[string]*news.History{ferry[2]: {
		Pinned: note,
		Events: []news.Event{
			{Kind: news.EventPlaced, At: Hours(10), To: "strike", Score: .74, Why: "harbour, office; 0.74", Grounds: &news.Grounds{
				Model: "1", Least: .7, Bias: -2.11,
				Chosen: &news.Weighed{StoryID: "strike", ArticleID: strike[0], Score: .74, Words: []string{"harbour", "office"}, Measures: []news.Measure{
					{Name: "story", Value: .4, Adds: 3.26}, {Name: "age", Value: .4, Adds: -.1},
				}},
				Refused: &news.Weighed{StoryID: "ferry", ArticleID: ferry[0], Score: .52, Words: []string{"ferry", "safe"}, Measures: []news.Measure{
					{Name: "story", Value: .28, Adds: 2.28}, {Name: "numbers", Value: 1, Adds: -.1},
				}},
			}},
			{Kind: news.EventMoved, At: Hours(9), Editor: true, From: "strike", To: "ferry", Why: note.Why},
		},
	}}
	w.Records = map[string]*news.Record{"ferry": {
		Pinned: []news.Pin{{ArticleID: ferry[2], Note: *note}}, Apart: []string{"strike"}, Locked: &news.Note{At: Hours(8), Why: "Being looked into."},
		Merges: []news.Event{{Kind: news.EventMerged, From: "fog", To: "ferry", At: Hours(9.5), Score: .93, Why: "ferry, fog; 0.93", Model: "1", Witness: ferry[3]}},
	}, "weir": {
		Merges: []news.Event{{
			Kind: news.EventMerged, From: "wehr", To: "weir", At: Hours(9), Score: .97, Model: news.ModelAcross,
			Why: "the same event in two languages: Halda, 310; 1 h apart; 0.97", Witness: foreign,
		}},
	}}
}

// copied makes what two outlets say be read from a mirror: of one, and compared since with
// what the outlet itself said, and of another, and not compared.
func (w *World) copied() {
	mirror := news.Via{Route: "mirror:https://copy.example"}
	for _, id := range w.Order {
		switch a := w.ByID[id]; {
		case a.SourceID == "southern-star" && a.StoryID == "vaccine":
			a.Via = mirror
		case a.SourceID == "plain-dealer" && a.StoryID == "ferry":
			w.edit(id, "Stranded ferry had passed its last inspection, records show", "The harbour office had found nothing to replace.")
			w.History[id][0].Via = mirror
			w.CopyList = map[string][]news.Copy{"plain-dealer": {{
				FeedID: news.ID("feed", "https://plain-dealer.example/feed.xml"), Route: mirror.Route,
				Same: 17, Different: 1, Last: Hours(7), Article: id,
			}}}
		}
	}
}

// edit says what an article said before.
func (w *World) edit(id, title, text string) {
	a := w.ByID[id]
	lead, _, _ := strings.Cut(text, "\n\n")
	w.History[id] = []news.Revision{
		{N: 1, SeenAt: a.FirstSeen, Title: title, Lead: lead, Text: text},
		{N: 2, SeenAt: a.FirstSeen.Add(3 * time.Hour), Title: a.Title, Lead: a.Lead, Text: a.Text},
	}
	a.Revision = 2
	a.Updated = a.Published.Add(2 * time.Hour)
}
