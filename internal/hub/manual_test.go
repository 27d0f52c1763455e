package hub

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"parallax/internal/testkit"
)

var update = flag.Bool("update", false, "rewrite expected output")

// The comments of Config are the manual of hub.toml: docs/configuration.md is made
// from them, so it cannot lag behind.
func TestManual(t *testing.T) {
	got := manual(t)
	file := filepath.Join(testkit.Root(t), "docs", "configuration.md")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("docs/configuration.md is not what config.go says; go test ./internal/hub -run TestManual -update (-file +code):\n%s", diff)
	}
}

func manual(t *testing.T) string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "config.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	docs := map[string]*ast.TypeSpec{}
	typeDoc := map[string]string{}
	for _, d := range f.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.TYPE {
			spec := g.Specs[0].(*ast.TypeSpec)
			docs[spec.Name.Name] = spec
			typeDoc[spec.Name.Name] = g.Doc.Text()
		}
	}
	var b strings.Builder
	b.WriteString("# hub.toml\n\nMade from the comments in internal/hub/config.go by its test; edit those.\n\n")
	b.WriteString("What the file declares is applied at every start, idempotently, and changes of outlets,\nlenses and topics while the hub runs. A key that does not exist is an error.\n")
	def := reflect.ValueOf(*defaults())
	table := func(path string, typ reflect.Type, value reflect.Value) {
		_, text, _ := strings.Cut(typeDoc[typ.Name()], " ")
		fmt.Fprintf(&b, "\n## `%s`\n\n%s\n| key | value | default | meaning |\n|---|---|---|---|\n", path, strings.ToUpper(text[:1])+text[1:])
		for i, field := range docs[typ.Name()].Type.(*ast.StructType).Fields.List {
			sf := typ.Field(i)
			if field.Doc == nil {
				t.Errorf("%s.%s has no comment", typ.Name(), sf.Name)
				continue
			}
			doc := strings.Join(strings.Fields(field.Doc.Text()), " ")
			fallback := ""
			if value.IsValid() && !value.Field(i).IsZero() {
				fallback = "`" + strings.Trim(fmt.Sprintf("%#v", plain(value.Field(i))), "`") + "`"
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", sf.Tag.Get("toml"), kind(sf.Type), fallback, strings.ReplaceAll(doc, "|", `\|`))
		}
	}
	table("[hub]", reflect.TypeFor[SiteConfig](), def.FieldByName("Hub"))
	table("[fetch]", reflect.TypeFor[FetchConfig](), def.FieldByName("Fetch"))
	table("[assistant]", reflect.TypeFor[AssistantConfig](), def.FieldByName("Assistant"))
	table("[embeddings]", reflect.TypeFor[EmbeddingsConfig](), def.FieldByName("Embeddings"))
	table("[mail]", reflect.TypeFor[MailConfig](), def.FieldByName("Mail"))
	table("[api]", reflect.TypeFor[APIConfig](), def.FieldByName("API"))
	none := reflect.Value{}
	table("[[lens]]", reflect.TypeFor[LensConfig](), none)
	table("[[lens]] sides", reflect.TypeFor[SideConfig](), none)
	table("[[topic]]", reflect.TypeFor[TopicConfig](), none)
	table("[[source]]", reflect.TypeFor[SourceConfig](), none)
	table("[source.carriage]", reflect.TypeFor[CarriageConfig](), none)
	table("[source.disclosure]", reflect.TypeFor[DisclosureConfig](), none)
	table("[[source.disclosure.…]]", reflect.TypeFor[ClaimConfig](), none)
	return b.String()
}

// plain returns a value as one would write it in TOML.
func plain(v reflect.Value) any {
	if d, ok := reflect.TypeAssert[Duration](v); ok {
		return d.String()
	}
	return v.Interface()
}

func kind(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[Duration]():
		return "duration"
	case t == reflect.TypeFor[Date]():
		return "date"
	}
	switch t.Kind() {
	case reflect.Slice:
		return "list of " + strings.TrimPrefix(kind(t.Elem()), "a ") + "s"
	case reflect.Struct:
		return "table"
	case reflect.Map:
		return "table"
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64:
		return "number"
	}
	return "text"
}
