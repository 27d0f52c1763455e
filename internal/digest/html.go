package digest

import (
	"html/template"
	"strings"

	"parallax/internal/lang"
	"parallax/internal/publish"
)

// htmlPage is the same as the text, with headings and links. It asks for nothing: no picture, no font, no style but its own,
// and nothing in it tells whether it was read.
var htmlPage = template.Must(template.New("digest").Funcs(template.FuncMap{
	"dir": func(tag string) string {
		if tag == "" || tag == "und" {
			return "auto"
		}
		return lang.Dir(tag)
	},
	"plain":  plain,
	"plural": plural,
}).Parse(`<!doctype html>
<html lang="en" dir="ltr">
<head><meta charset="utf-8"><title>{{plain .HubName}}, {{.Day}}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"></head>
<body style="font-family: Georgia, serif; line-height: 1.45; max-width: 38em; margin: 1em auto; padding: 0 1em">
<h1 style="font-size: 1.3em; font-weight: normal; margin: 0">{{plain .HubName}}, {{.Day}}</h1>
<p style="margin: .3em 0 0">Your digest: <bdi>{{plain .Choice}}</bdi>.</p>
{{range .Stories}}
<h2 style="font-size: 1.15em; line-height: 1.25; margin: 2em 0 .3em" lang="{{.Language}}" dir="{{dir .Language}}"><a href="{{.URL}}">{{plain .Headline}}</a></h2>
<p style="margin: .3em 0"><bdi>{{plain .Outlet}}</bdi> ({{plain .Line}})</p>
<p style="margin: .8em 0 .3em">{{.Count}}</p>
<ul style="margin: 0; padding-left: 1.2em">
{{range .Sides}}<li><bdi>{{plain .Title}}</bdi>: {{if .Outlets}}{{.Outlets}} of {{plural .Of "outlet" "outlets"}} ({{plural .Owners "owner" "owners"}}){{else}}none found of {{.Of}}{{end}}{{if .Silent}}; no account found: {{.SilentNames}}{{end}}</li>
{{end}}{{if .MoreSides}}<li>{{plural .MoreSides "other side" "other sides"}}: none found</li>
{{end}}</ul>
<p style="margin: .3em 0"><a href="{{.URL}}">All sides of it</a> · <a href="{{.LiteURL}}">in at most 10 KB</a></p>
{{end}}
<hr style="margin: 2em 0 1em">
{{if .More}}<p>{{plural .More "story" "stories"}} more on <a href="{{.HubURL}}/">{{plain .HubName}}</a></p>
{{end}}<p>{{plain .HubName}} {{.NoEndorsement}}</p>
{{range .Licences}}<p><bdi>{{plain .}}</bdi></p>
{{end}}<p><a href="{{.Manage}}">Change what you get</a> · <a href="{{.Unsubscribe}}">Unsubscribe</a></p>
</body>
</html>
`))

// HTML writes a digest as a page.
func (d *Digest) HTML(manage, unsubscribe string) string {
	var b strings.Builder
	if err := htmlPage.Execute(&b, struct {
		*Digest
		Manage, Unsubscribe, Day, NoEndorsement string
	}{d, manage, unsubscribe, publish.Day(d.Until), noEndorsement}); err != nil {
		return "" // unreachable: the template is tested, and the text stands alone
	}
	return b.String()
}

// Count is for the page what count is for the text.
func (s Story) Count() string { return s.count() }
