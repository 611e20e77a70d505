package plugin

import (
	"encoding"
	"encoding/json"
	"reflect"
)

// SchemaOf is the JSON Schema of a configuration that [DecodeConfig] reads into a C.
func SchemaOf[C any]() map[string]any {
	return schemaOf(reflect.TypeFor[C](), 0)
}

var (
	jsonUnmarshaler = reflect.TypeFor[json.Unmarshaler]()
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// Schemas nest no deeper: a type that holds itself has no end.
const maxDepth = 16

func schemaOf(t reflect.Type, depth int) map[string]any {
	if pointer := reflect.PointerTo(t); t.Kind() != reflect.Pointer {
		switch {
		case pointer.Implements(jsonUnmarshaler):
			return map[string]any{}
		case pointer.Implements(textUnmarshaler):
			return map[string]any{"type": "string"}
		}
	}
	if depth > maxDepth {
		return map[string]any{}
	}
	switch t.Kind() {
	case reflect.Pointer:
		inner := schemaOf(t.Elem(), depth+1)
		if name, known := inner["type"].(string); known {
			inner["type"] = []string{name, "null"}
		}
		return inner
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return map[string]any{"type": "integer"}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return map[string]any{"type": "integer", "minimum": 0}
	case reflect.Float32, reflect.Float64:
		return map[string]any{"type": "number"}
	case reflect.Slice, reflect.Array:
		if t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8 {
			return map[string]any{"type": "string", "contentEncoding": "base64"}
		}
		return map[string]any{"type": "array", "items": schemaOf(t.Elem(), depth+1)}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": schemaOf(t.Elem(), depth+1)}
	case reflect.Struct:
		return schemaOfStruct(t, depth)
	}
	return map[string]any{}
}

func schemaOfStruct(t reflect.Type, depth int) map[string]any {
	properties := map[string]any{}
	required := []string{}
	for _, field := range fieldsOf(t) {
		property := schemaOf(field.kind, depth+1)
		for tag, keyword := range map[string]string{"description": "description", "capability": "x-capability"} {
			if text, has := field.tag.Lookup(tag); has {
				property[keyword] = text
			}
		}
		if text, has := field.tag.Lookup("default"); has {
			property["default"] = defaultJSON(text, field.kind)
		}
		properties[field.name] = property
		if !field.optional {
			required = append(required, field.name)
		}
	}
	schema := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		schema["required"] = required
	}
	return schema
}
