package extract

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func pageOf(title, body string) string {
	return "<!DOCTYPE html><html><head><title>" + title + "</title></head><body>" + body + "</body></html>"
}

// A wall is none of the article's text, whatever the page calls itself.
func TestWalls(t *testing.T) {
	for _, tt := range []struct{ name, title, body, want string }{
		{
			"consent", "Museum opens its new wing - Harbour Times", `<div><h1>Before you continue</h1><p>We and our 842 partners store and access information on your device, such as unique
			identifiers, to process personal data. You may accept or manage your choices below.</p><p>Precise geolocation data and identification through device scanning. Personalised advertising
			and content, measurement of content.</p><button>Accept all</button></div>`, wallReasons["consent"],
		},
		{
			"pay or consent, German", "Weiter mit Werbung - Blatt", `<main><h1>Mit Werbung weiterlesen</h1><p>Besuchen Sie blatt.example wie gewohnt mit Werbung und Tracking. Mit Ihrer Zustimmung
			verarbeiten wir und unsere 167 Partner Daten.</p><h2>Pur-Abo</h2><p>Nutzen Sie blatt.example für 4,99 Euro im Monat ohne Werbetracking. Bereits Pur-Abonnent? Hier anmelden.</p></main>`,
			wallReasons["consent"],
		},
		{"consent, French", "Le Quai", "<p>Avec votre accord, nous et nos 312 partenaires utilisons des traceurs pour stocker et/ou accéder à des informations sur votre terminal. Vous pouvez retirer votre consentement à tout moment.</p>", wallReasons["consent"]},
		{"consent, Spanish", "El Muelle", "<p>Nosotros y nuestros 98 socios usamos tecnologías para almacenar o acceder a información en un dispositivo y tratar datos personales con su permiso.</p>", wallReasons["consent"]},
		{"consent, Italian", "Il Molo", "<p>Noi e i nostri 740 partner archiviamo informazioni su un dispositivo e vi accediamo per mostrare pubblicità e contenuti personalizzati.</p>", wallReasons["consent"]},
		{"consent, Dutch", "De Kade", "<p>Met jouw toestemming willen wij en onze 55 partners je gegevens verwerken en gepersonaliseerde advertenties en content tonen.</p>", wallReasons["consent"]},
		{"consent, Polish", "Nabrzeże", "<p>My i nasi 801 partnerzy przechowujemy informacje na urządzeniu i uzyskujemy do nich dostęp oraz przetwarzamy dane osobowe.</p>", wallReasons["consent"]},
		{"consent, Portuguese", "O Cais", "<p>Nós e os nossos 120 parceiros armazenamos e acedemos a informações no seu dispositivo para publicidade e conteúdos personalizados.</p>", wallReasons["consent"]},
		{"consent, Swedish", "Kajen", "<p>Vi och våra 210 partner lagrar och får åtkomst till information på din enhet, till exempel kakor, för att visa annonser som passar dig.</p>", wallReasons["consent"]},
		{"consent, Danish", "Kajen", "<p>Vi og vores 210 partnere gemmer og tilgår oplysninger på din enhed for at vise dig annoncer, der passer til dig. Du kan når som helst trække dit samtykke tilbage.</p>", wallReasons["consent"]},
		{"consent, Norwegian", "Kaia", "<p>Vi og våre 61 partnere lagrer og har tilgang til informasjon på enheten din for å vise annonser som passer deg. Du kan når som helst trekke tilbake samtykket.</p>", wallReasons["consent"]},
		{"consent, Russian", "Причал", "<p>Мы и наши 40 партнеров используем файлы, чтобы хранить и (или) получать доступ к информации на устройстве. Вы можете отозвать своё согласие в любое время.</p>", wallReasons["consent"]},
		{"consent, Ukrainian", "Причал", "<p>Ми та наші 40 партнерів використовуємо файли, щоб зберігати та/або отримувати доступ до інформації на пристрої, і персоналізована реклама та контент залежать від цього.</p>", wallReasons["consent"]},
		{
			"consent by a program", "Museum opens its new wing", `<div id="didomi-popup"><p>Accept all cookies, or say what you want.</p><p>Withdraw your consent at any time.</p>
			<p>The museum of Velm and its friends thank you for every visit.</p></div>`, wallReasons["consent"],
		},
		{
			"log in", "Log in to read: Navy finds lost ship off the coast - Harbour Times", `<h1>Log In</h1><p>Please log in or register to continue to the article that you have asked for. Registration
			is free and takes one minute.</p><form><input name=u><input type=password name=p></form>`, wallReasons["login"],
		},
		{"log in, German", "Anmelden - Blatt", `<h1>Anmelden</h1><p>Bitte melden Sie sich an. Passwort vergessen? Noch kein Konto?</p><form><input type=password></form>`, wallReasons["login"]},
		{
			"an offer", "Ferry strike enters its third week", `<h1>Ferry strike enters its third week</h1><div><h2>Subscribe to continue reading</h2><p>Unlimited access to every story, on every device.</p>
			<p>Cancel at any time. Already a subscriber? Here is the door.</p><p>Puzzles, recipes and the weather of the week.</p></div>`, wallReasons["offer"],
		},
		{"an offer, German", "Fähren stehen still", "<h2>Jetzt diesen Artikel lesen!</h2><p>Gleich können Sie weiterlesen!</p><p>Exklusive Vorteile:</p><p>Alle Artikel auf blatt.example und die Kommentarfunktion.</p>", wallReasons["offer"]},
		{"an old browser", "How to fold a sail", "<p>Dein Browser ist leider veraltet.</p><p>Lade für ein besseres Erlebnis einen neueren Browser kostenfrei herunter.</p>", wallReasons["browser"]},
		{"cookies", "Harbour Times", "<p>In order to read our pages, your Web browser must accept cookies from harbour-times.example. More information.</p>", wallReasons["cookies"]},
		{"on the way", "Harbour Times", "<p>You will be connected to harbour-times.example in just a moment...</p>", wallReasons["moved"]},
		{"the foot alone", "Live blog: the vote", "<p>This material may not be published, broadcast, rewritten, or redistributed. © 2026 Harbour Times. All rights reserved. Market data delayed 20 minutes.</p>", wallReasons["foot"]},
	} {
		p, err := ReadPage([]byte(pageOf(tt.title, tt.body)), "https://a.example/x", "text/html")
		if err != nil {
			t.Fatal(err)
		}
		if p.Blocked != tt.want || p.Text() != "" {
			t.Errorf("%s: %q instead of %q, %s, text %q", tt.name, p.Blocked, tt.want, p.Why["text"], p.body.text)
		}
	}
}

// Short articles about walls are articles, also where they quote one, in a page with a form to
// log in and a program that asks for consent.
func TestArticlesAboutWalls(t *testing.T) {
	const furniture = `<form><input type=password></form><div id="onetrust-banner-sdk"></div>`
	for _, tt := range []struct{ title, text string }{
		{
			"Consent banners break the law, says the court of Velm", `<p>The court of Velm has fined an outlet for its banner, which told readers: "We and our 842 partners store and access information on your device."</p>
			<p>Nobody can choose freely, the judges said on Tuesday, if it takes one click to agree and eleven to refuse. The outlet has a month to appeal.</p>
			<p>The office for data protection welcomed the judgment. It counts two hundred complaints a month about such banners, most of them from readers who found no way past.</p>`,
		},
		{
			"Browsers to drop third-party cookies", `<p>Two makers of browsers will drop cookies of third parties from spring on, they said on Monday in Velm.</p>
			<p>Web sites that need them will have to ask: cookies must be enabled by hand then, in a menu that few know. Advertisers fear for a third of what they earn.</p>
			<p>Researchers who counted them found eighty on the front page of an average shop, most of which had no purpose that anybody could name.</p>`,
		},
		{
			"Sign in", `<p>The town hall of Velm has put up a new sign in the harbour, and the quarrel about its letters has begun at once.</p>
			<p>The painter, who did not want to be named, says that the council chose the font. Please log in or stay out, somebody has written below it in chalk.</p>
			<p>The harbour master takes it with good humour. The sign before it, he says, had been wrong for forty years and nobody minded.</p>`,
		},
		{
			"Outlets raise their prices", `<p>Three outlets of the coast raise the price of a subscription by a fifth. Readers can still cancel at any time, the publishers say.</p>
			<p>Unions of journalists are split over it. Printing has become dearer, and so has paper; but the newsrooms have lost a tenth of their people within two years.</p>
			<p>A survey among readers found that four in ten would pay for one outlet, and one in ten for two.</p>`,
		},
		{
			"Your browser is out of date", `<p>One in five computers in the schools of Velm runs software for which no repairs are made any more, a count by the council shows.</p>
			<p>"Your browser is out of date" is what pupils read first in the morning, a teacher says. The council wants to replace nine hundred machines by summer.</p>
			<p>The opposition calls that too late: money for it has been in the budget for two years, and was spent on tablets that lie in a cellar.</p>`,
		},
	} {
		p, err := ReadPage([]byte(pageOf(tt.title, furniture+"<h1>"+tt.title+"</h1>"+tt.text)), "https://a.example/x", "text/html")
		if err != nil {
			t.Fatal(err)
		}
		if p.Blocked != "" || !strings.Contains(p.Text(), "\n\n") {
			t.Errorf("%s: %q, %q", tt.title, p.Blocked, p.Text())
		}
	}
}

// Every row of the table must hit what it says, as a page of nothing else, and none hit an
// article that says so once.
func TestWallTable(t *testing.T) {
	if len(wallRows) < 200 || len(wallHeads) < 80 {
		t.Errorf("%d rows and %d headlines", len(wallRows), len(wallHeads))
	}
	for head, kind := range wallHeads {
		if wallReasons[kind] == "" || head == "" {
			t.Errorf("headline %q is of no kind: %q", head, kind)
		}
	}
	for _, r := range wallRows {
		if r.parts[0] == "" {
			t.Errorf("row %q begins with a wildcard", r.parts)
			continue
		}
		text := strings.Join(r.parts, " 17 ")
		if begun, ok := strings.CutSuffix(text, " 17 "); ok {
			text = begun + "en"
		}
		doc := &html.Node{}
		if wallReasons[r.kind] == "" || walled(doc, nil, text) == "" {
			t.Errorf("row %+v does not match %q", r, text)
		}
		if got := walled(doc, []string{text}, wire+"\n\n"+text); got != "" {
			t.Errorf("an article that says %q is taken for a wall: %s", text, got)
		}
	}
}
