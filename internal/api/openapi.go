package api

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
)

type object = map[string]any

// document describes the operations, as OpenAPI 3.1.0 has it. It is the same for every hub but for
// the hub's name and limit.
func document(list []operation, o Options) any {
	s := &schemas{made: object{}, named: map[reflect.Type]string{}}
	paths := object{}
	for i := range list {
		paths[list[i].path] = object{"get": describe(&list[i], s)}
	}
	about := "Reading access to what the hub holds: sources with who stands behind them, items, articles, stories, comparisons, searches. No key, no account, no cookie; any site may read it (CORS). " +
		"What is given of an article is what its carriage allows; show `disclosure` and `carriage` beside it, and delete what answers 410 or 451. " +
		"Members and operations may be added; those here stay as long as the address begins with " + Root + "."
	if o.PerMinute > 0 {
		about += " One client may make " + strconv.Itoa(o.PerMinute) + " requests a minute."
	}
	problem := object{
		"type": "object", "required": []string{"type", "title", "status", "detail"},
		"description": "An error, RFC 9457.",
		"properties": object{
			"type":      object{"type": "string", "format": "uri-reference", "description": "what sort of error it is; the address explains it"},
			"title":     object{"type": "string"},
			"status":    object{"type": "integer"},
			"detail":    object{"type": "string", "description": "what is wrong with this request, for people"},
			"parameter": object{"type": "string", "description": "the parameter that is not right"},
			"allowed":   object{"type": "array", "items": object{"type": "string"}, "description": "what may stand there"},
			"source":    object{"type": "string"}, "original": object{"type": "string"},
			"carried_from": object{"type": "string", "format": "date-time"}, "carried_until": object{"type": "string", "format": "date-time"},
			"demanded_by": object{"type": "string"}, "jurisdiction": object{"type": "string"}, "order": object{"type": "string"},
		},
	}
	s.made["Problem"] = problem
	responses := object{}
	for _, k := range Kinds {
		responses[string(k.Kind)] = object{
			"description": k.Title + ". " + k.About,
			"content":     object{"application/problem+json": object{"schema": object{"$ref": "#/components/schemas/Problem"}}},
		}
	}
	responses["parameter"].(object)["description"] = Kinds[0].Title + ". " + Kinds[0].About + " Or: " + Kinds[1].About
	delete(responses, string(CursorKind))
	return object{
		"openapi": "3.1.0",
		"info":    object{"title": o.HubName, "version": "1", "summary": "A news hub, for programs.", "description": about},
		"servers": []any{object{"url": Root}},
		"paths":   paths,
		"components": object{
			"schemas": s.made, "responses": responses,
			"headers": object{
				"ETag":             object{"description": "Names this version of the answer; send it back in If-None-Match.", "schema": object{"type": "string"}},
				"Link":             object{"description": "The next page: `<address>; rel=\"next\"` (RFC 8288).", "schema": object{"type": "string"}},
				"RateLimit":        object{"description": "How many requests are left (r), and in how many seconds all will be (t): draft-ietf-httpapi-ratelimit-headers.", "schema": object{"type": "string"}},
				"RateLimit-Policy": object{"description": "How many requests (q) one client may make in so many seconds (w).", "schema": object{"type": "string"}},
			},
		},
	}
}

func describe(op *operation, s *schemas) object {
	schema := object{"type": "object"}
	if op.returns != nil {
		schema = s.of(op.returns)
	}
	ref := func(kind, name string) object { return object{"$ref": "#/components/" + kind + "/" + name} }
	headers := object{"ETag": ref("headers", "ETag"), "RateLimit": ref("headers", "RateLimit"), "RateLimit-Policy": ref("headers", "RateLimit-Policy")}
	if slices.ContainsFunc(op.params, func(p param) bool { return p.name == "after" }) {
		headers["Link"] = ref("headers", "Link")
	}
	responses := object{
		"200": object{"description": op.title, "headers": headers, "content": object{"application/json": object{"schema": schema}}},
		"304": object{"description": "You have it already (If-None-Match)."},
	}
	if op.merges {
		responses["308"] = object{"description": "The story was merged into another one: `Location` is its address.", "headers": object{"Location": object{"schema": object{"type": "string"}}}}
	}
	for _, kind := range append([]Kind{ParameterKind, TooManyKind, FailedKind}, op.errors...) {
		responses[strconv.Itoa((&ProblemError{Kind: kind}).of().Status)] = ref("responses", string(kind))
	}
	d := object{"operationId": op.id, "summary": op.title, "description": op.about, "responses": responses, "tags": []string{tag(op.path)}}
	params := []any{}
	for _, p := range op.params {
		in := "query"
		if p.inPath {
			in = "path"
		}
		v := object{"name": p.name, "in": in, "description": p.doc, "schema": p.schema}
		if p.must {
			v["required"] = true
		}
		if p.example != "" {
			v["example"] = p.example
		}
		params = append(params, v)
	}
	if len(params) > 0 {
		d["parameters"] = params
	}
	return d
}

// tag groups operations: by the noun with which the path begins.
func tag(path string) string {
	noun, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	switch noun {
	case "", "openapi.json":
		return "about"
	}
	return noun
}
