package hub

import (
	"strings"
	"testing"
	"time"
)

func TestCheckAssistant(t *testing.T) {
	const good = "[assistant]\nurl = \"http://127.0.0.1:11434/v1\"\nmodel = \"m\"\nlanguages = [\"en\", \"de\"]\n"
	c, err := Parse("hub.toml", example+"\n"+good)
	if err != nil {
		t.Fatal(err)
	}
	if a := c.Assistant; !a.Sentences || a.PerHour != 60 || a.Timeout != Duration(2*time.Minute) {
		t.Errorf("defaults: %+v", a)
	}
	for _, tt := range []struct{ from, to, want string }{
		{"url = \"http://127.0.0.1:11434/v1\"\n", "", "has no url"},
		{"http://127.0.0.1:11434/v1", "127.0.0.1", "not an http or https address"},
		{"/v1", "/v1/chat/completions", "names the function"},
		{"http://", "http://:secret@", "write it as key"},
		{`model = "m"`, "", "names no model"},
		{`"m"`, `"` + strings.Repeat("m", 201) + `"`, "longer than 200 bytes"},
		{`"de"`, `"tlh"`, `into "tlh" cannot be checked`},
		{`"de"`, `"de-AT"`, "cannot be checked"},
		{`"de"]`, "\"de\"]\ntimeout = \"16m\"", "at most 15 minutes"},
		{`"de"]`, "\"de\"]\nper_hour = 0", "per_hour = 0"},
		{`["en", "de"]`, "[]\nsentences = false", "nothing to do"},
		{`"de"]`, "\"de\"]\nsentence = true", `did you mean "sentences"?`},
	} {
		_, err := Parse("hub.toml", example+"\n"+strings.Replace(good, tt.from, tt.to, 1))
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v, want %q", tt.to, err, tt.want)
		}
	}
	if idle := start(t, hubToml(t)).assistant(); idle.Name() != "assist" || idle.Run(t.Context()) != nil {
		t.Error("without an endpoint the stage does something")
	}
}
