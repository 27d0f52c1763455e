package api

import (
	"path"
	"reflect"
	"strings"
	"time"
	"unicode"

	"parallax/internal/news"
)

// A schemas makes JSON Schemas (draft 2020-12, which OpenAPI 3.1 is based on) of the Go types that
// are written as JSON: by their tags, as encoding/json reads them, with what "doc" says of each
// member and which values "enum" lists. Named structs are components, each once.
type schemas struct {
	made  map[string]any          // by name
	named map[reflect.Type]string // names of made
}

// enums are the values of types that have only these.
var enums = map[reflect.Type][]string{
	reflect.TypeFor[news.Mode]():         {string(news.Link), string(news.Excerpt), string(news.FullText)},
	reflect.TypeFor[news.Authority]():    {string(news.Self), string(news.Registry), string(news.ThirdParty), string(news.Operator)},
	reflect.TypeFor[news.TermKind]():     {string(news.Licence), string(news.Rights), string(news.Reservation)},
	reflect.TypeFor[news.CuttingPlace](): {string(news.CutStart), string(news.CutInside), string(news.CutEnd)},
	reflect.TypeFor[news.Reach](): {
		string(news.ReachOK), string(news.ReachDegraded), string(news.ReachBlocked), string(news.ReachLegal),
		string(news.ReachRefused), string(news.ReachDown), string(news.ReachGone),
	},
}

// of returns the schema of values of type t.
func (s *schemas) of(t reflect.Type) map[string]any {
	if values := enums[t]; values != nil {
		return map[string]any{"type": "string", "enum": values}
	}
	switch t {
	case reflect.TypeFor[time.Time]():
		return map[string]any{"type": "string", "format": "date-time"}
	case reflect.TypeFor[news.Measure]():
		return map[string]any{
			"type": "array", "description": "the name of a feature, its value, and what that adds to the log-odds",
			"prefixItems": []any{map[string]any{"type": "string"}, map[string]any{"type": "number"}, map[string]any{"type": "number"}},
			"minItems":    3, "maxItems": 3, "items": map[string]any{},
		}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.of(t.Elem())
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return map[string]any{"type": "integer"}
	case reflect.Float64:
		return map[string]any{"type": "number"}
	case reflect.Slice:
		return map[string]any{"type": "array", "items": s.of(t.Elem())}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": s.of(t.Elem())}
	case reflect.Struct:
		return map[string]any{"$ref": "#/components/schemas/" + s.component(t)}
	}
	return map[string]any{} // unreachable: answers hold nothing else; a test validates each
}

// component makes the schema of a struct, once, and returns its name.
func (s *schemas) component(t reflect.Type) string {
	if name := s.named[t]; name != "" {
		return name
	}
	name := s.nameOf(t)
	s.named[t], s.made[name] = name, nil // taken, for types that hold themselves
	properties, required := map[string]any{}, []string{}
	s.members(t, properties, &required)
	schema := map[string]any{"type": "object", "properties": properties}
	if len(required) > 0 {
		schema["required"] = required
	}
	s.made[name] = schema
	return name
}

// members adds the members of a struct, and of those embedded in it.
func (s *schemas) members(t reflect.Type, properties map[string]any, required *[]string) {
	for f := range t.Fields() {
		tag, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && tag == "":
			s.members(f.Type, properties, required)
			continue
		case !f.IsExported() || tag == "-":
			continue
		}
		schema := s.of(f.Type)
		optional := strings.Contains(options, "omit")
		if f.Type.Kind() == reflect.Pointer && !optional {
			schema = map[string]any{"anyOf": []any{schema, map[string]any{"type": "null"}}}
		}
		if doc := f.Tag.Get("doc"); doc != "" {
			schema["description"] = doc
		}
		if values := f.Tag.Get("enum"); values != "" {
			schema["enum"] = strings.Split(values, ",")
		}
		properties[tag] = schema
		if !optional {
			*required = append(*required, tag)
		}
	}
}

// nameOf names a component as its type is called; those of a comparison, which are the types of its page's data,
// begin with that word. Where a name is taken, its package stands before it.
func (s *schemas) nameOf(t reflect.Type) string {
	name := capital(strings.TrimSuffix(t.Name(), "Data"))
	if _, taken := s.made[name]; taken || path.Base(t.PkgPath()) == "web" && name != "Comparison" {
		name = capital(path.Base(t.PkgPath())) + name
	}
	if after, ok := strings.CutPrefix(name, "Web"); ok {
		name = "Comparison" + after
		if name == "ComparisonStory" {
			name = "Comparison"
		}
	}
	return name
}

// capital writes the first letter large.
func capital(word string) string {
	letters := []rune(word)
	if len(letters) > 0 {
		letters[0] = unicode.ToUpper(letters[0])
	}
	return string(letters)
}
