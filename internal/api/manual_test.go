package api_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/api"
	"parallax/internal/testkit"
	"parallax/internal/web"
	"parallax/internal/webtest"
)

var update = flag.Bool("update", false, "rewrite the answers in docs/api.md")

// shownLines is how much of an answer the manual shows.
const shownLines = 24

// Every command in docs/api.md is run, each at a hub that nobody has asked yet, and answered as it says there.
func TestManual(t *testing.T) {
	file := filepath.Join(testkit.Root(t), "docs", "api.md")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	commands, inBlock := 0, false
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "```") {
			inBlock = strings.HasPrefix(line, "```console")
		}
		command, ok := strings.CutPrefix(line, "$ curl ")
		switch {
		case !inBlock || strings.HasPrefix(line, "```"):
			out.WriteString(line)
		case ok:
			commands++
			out.WriteString(line + curl(t, strings.TrimSpace(command)))
		}
	}
	if commands < 12 {
		t.Errorf("only %d commands were found", commands)
	}
	if *update {
		if err := os.WriteFile(file, []byte(out.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(text), out.String()); diff != "" {
		t.Errorf("docs/api.md says otherwise (-says +answered); go test ./internal/api -run TestManual -update:\n%s", diff)
	}
}

// The manual tells of every operation, every parameter and every kind of error.
func TestManualIsWhole(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(testkit.Root(t), "docs", "api.md"))
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths map[string]struct {
			Get struct{ Parameters []struct{ Name, In string } }
		}
	}
	if err := json.Unmarshal(get(t, serve(t, webtest.New()), "/openapi.json").body, &doc); err != nil {
		t.Fatal(err)
	}
	for path, op := range doc.Paths {
		_, row, ok := strings.Cut(string(text), "| `"+path+"` |")
		row, _, _ = strings.Cut(row, "\n")
		if !ok {
			t.Errorf("docs/api.md does not tell of %s", path)
		}
		for _, p := range op.Get.Parameters {
			if p.In == "query" && p.Name != "limit" && p.Name != "after" && !strings.Contains(row, "`"+p.Name+"`") {
				t.Errorf("docs/api.md does not tell of %s of %s", p.Name, path)
			}
		}
	}
	for _, k := range api.Kinds {
		if !strings.Contains(string(text), fmt.Sprintf("| `%s` | %d |", k.Kind, k.Status)) {
			t.Errorf("docs/api.md does not tell of %s, %d", k.Kind, k.Status)
		}
	}
}

// curl answers as the program of this name would, with the options that the manual has, with JSON indented
// and of the header only what tells of the API.
func curl(t *testing.T, command string) string {
	t.Helper()
	w := webtest.New()
	now := webtest.Now
	h := serve(t, w, func(o *web.Options) { o.PerMinute, o.Now = 120, func() time.Time { return now } })
	method, target, head := http.MethodGet, "", false
	var header []string
	words := strings.Split(command, "'")
	var args []string
	for i, w := range words { // what stands in quote marks is one word
		if i%2 == 1 {
			args = append(args, w)
			continue
		}
		args = append(args, strings.Fields(w)...)
	}
	for i := 0; i < len(args); i++ {
		switch arg := args[i]; arg {
		case "-s":
		case "-i":
			head = true
		case "-X":
			i++
			method = args[i]
		case "-H":
			i++
			name, value, _ := strings.Cut(args[i], ": ")
			header = append(header, name, value)
		default:
			target = arg
		}
	}
	a := ask(t, h, method, target, header...)
	var out strings.Builder
	if head {
		fmt.Fprintf(&out, "HTTP/1.1 %d %s\n", a.StatusCode, http.StatusText(a.StatusCode))
		for _, name := range []string{"Content-Type", "Location", "Allow", "Access-Control-Allow-Origin", "Access-Control-Allow-Methods", "Cache-Control", "ETag", "Link", "RateLimit-Policy", "RateLimit", "Retry-After"} {
			for _, v := range a.Header.Values(name) {
				fmt.Fprintf(&out, "%s: %s\n", name, v)
			}
		}
		out.WriteString("\n")
	}
	var body bytes.Buffer
	if len(a.body) > 0 {
		if err := json.Indent(&body, bytes.TrimSpace(a.body), "", "  "); err != nil {
			t.Fatalf("%s: %v", command, err)
		}
		body.WriteByte('\n')
	}
	lines := slices.Collect(strings.Lines(body.String()))
	for i, line := range lines {
		if i == shownLines {
			fmt.Fprintf(&out, "… (%d more lines)\n", len(lines)-i)
			break
		}
		out.WriteString(line)
	}
	return out.String()
}
