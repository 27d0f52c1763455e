package hub

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parallax/internal/news"
)

const mailConfig = `[hub]
url = "https://hub.example"
[mail]
smtp = "smtp://digest@mail.example:587"
from = "digest@hub.example"
hour = 5
`

func TestMailConfig(t *testing.T) {
	t.Parallel()
	if _, err := Parse("hub.toml", mailConfig); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		from, to string
		line     int
		want     string
	}{
		{`smtp://digest@`, `smtp://digest:hunter2@`, 4, "the password does not belong into it"},
		{`"smtp://digest@mail.example:587"`, `"mail.example"`, 4, "smtp: it has to be a scheme"},
		{`smtp://digest@mail`, `smtp+plain://mail`, 4, "on this machine"},
		{`"digest@hub.example"`, `"hub.example"`, 5, `from = "hub.example" is no e-mail address`},
		{`hour = 5`, `reply_to = "me"`, 6, `reply_to = "me" is no e-mail address`},
		{`hour = 5`, `hour = 24`, 6, "not between 0 and 23"},
		{`url = "https://hub.example"`, ``, 4, "needs a url under [hub]"},
		{`smtp = "smtp://digest@mail.example:587"`, ``, 5, "[mail] has no smtp"},
	} {
		_, err := Parse("hub.toml", strings.Replace(mailConfig, tt.from, tt.to, 1))
		var ce *ConfigError
		if !errors.As(err, &ce) || ce.Line != tt.line || !strings.Contains(ce.What, tt.want) || strings.Contains(err.Error()+ce.Hint, "hunter2") {
			t.Errorf("%s: %v, want %q at line %d", tt.to, err, tt.want, tt.line)
		}
	}
}

// The password comes from a file or the environment, and stands in no error.
func TestMailPassword(t *testing.T) {
	dir := t.TempDir()
	secret := func(section, file string) (string, error) {
		t.Helper()
		if file != "" {
			if err := os.WriteFile(filepath.Join(dir, "secret"), []byte(file), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		c, err := Parse(filepath.Join(dir, "hub.toml"), mailConfig+section)
		if err != nil {
			t.Fatal(err)
		}
		return c.mailSecret()
	}
	if _, err := secret("", ""); err == nil || !strings.Contains(err.Error(), "there is no password") {
		t.Errorf("none: %v", err)
	}
	if p, err := secret(`password_file = "secret"`, "correct horse\n"); p != "correct horse" || err != nil {
		t.Errorf("in a file: %q, %v", p, err)
	}
	for _, text := range []string{"\n", "two\nlines", strings.Repeat("x", 5000)} {
		if p, err := secret(`password_file = "secret"`, text); p != "" || err == nil || strings.Contains(err.Error(), "lines") {
			t.Errorf("a file with %d bytes: %q, %v", len(text), p, err)
		}
	}
	if _, err := secret(`password_file = "nowhere"`, ""); err == nil {
		t.Error("no file, and no error")
	}
	t.Setenv("PARALLAX_MAIL_PASSWORD", "of the environment")
	if p, err := secret("", ""); p != "of the environment" || err != nil {
		t.Errorf("in the environment: %q, %v", p, err)
	}
}

// The addresses are in a file of their own that only its owner reads; the database of the news has none.
func TestAddressesApart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c, err := Parse(filepath.Join(dir, "hub.toml"), strings.Replace(mailConfig, "smtp://digest@mail.example:587", "smtp+plain://127.0.0.1:25", 1))
	if err != nil {
		t.Fatal(err)
	}
	h, err := Open(t.Context(), c, Options{})
	if err != nil {
		t.Fatal(err)
	}
	const address = "reader-of-the-hub@mail.example"
	if err := h.mail.Ask(t.Context(), address, news.MailChoice{LensID: "control"}); err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	for file, there := range map[string]bool{"hub.db": false, "mail.db": true} {
		text, err := os.ReadFile(filepath.Join(dir, "data", file))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), address) != there {
			t.Errorf("%s holds the address: %t, want %t", file, !there, there)
		}
	}
	info, err := os.Stat(filepath.Join(dir, "data", "mail.db"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mail.db: %v, %v", info.Mode(), err)
	}
	books, shared, err := OpenAddresses(t.Context(), c, nil)
	if err != nil || shared {
		t.Fatal(shared, err)
	}
	if err := books.ForgetMail(t.Context(), address); err != nil {
		t.Error(err)
	}
	if err := books.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "data", "mail.db"))
	if err != nil || strings.Contains(string(text), address) {
		t.Errorf("the file still holds the address that was forgotten (%v)", err)
	}
}
