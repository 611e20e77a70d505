package plugin

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// DecodeConfig reads a configuration into what target points to. Unlike [json.Unmarshal] it takes nothing for granted:
// a field that is missing, null, of another type, or not known here is an error that names it. What is required is
// said at [Definition].
func DecodeConfig(config []byte, target any) error {
	value := reflect.ValueOf(target)
	if value.Kind() != reflect.Pointer || value.IsNil() {
		return fmt.Errorf("DecodeConfig needs a pointer, and not a %T", target)
	}
	if !json.Valid(config) {
		return wrong("the configuration is not JSON")
	}
	if config = bytes.TrimSpace(config); config[0] != '{' {
		return wrong("the configuration has to be a JSON object")
	}
	return decode(config, value.Elem(), "")
}

func wrong(format string, arguments ...any) error {
	return &Error{Message: fmt.Sprintf(format, arguments...), Type: TypeConfig, Code: "EINVAL"}
}

// decode reads the value at a place in the configuration: "", "path", "ports[1].name".
func decode(raw json.RawMessage, value reflect.Value, at string) error {
	isNull := string(raw) == "null"
	switch kind := value.Kind(); {
	case kind == reflect.Pointer && isNull, kind == reflect.Interface && isNull:
		value.SetZero()
		return nil
	case isNull:
		return wrong("`%s` is null; it has to be %s", at, expected(value.Type()))
	case decodesItself(value):
		if err := json.Unmarshal(raw, value.Addr().Interface()); err != nil {
			return wrong("`%s`: %v", at, err)
		}
		return nil
	case kind == reflect.Pointer:
		inner := reflect.New(value.Type().Elem())
		value.Set(inner)
		return decode(raw, inner.Elem(), at)
	case kind == reflect.Struct:
		return decodeStruct(raw, value, at)
	case kind == reflect.Slice && value.Type().Elem().Kind() != reflect.Uint8:
		return decodeSlice(raw, value, at)
	case kind == reflect.Map && value.Type().Key().Kind() == reflect.String:
		return decodeMap(raw, value, at)
	}
	if err := json.Unmarshal(raw, value.Addr().Interface()); err != nil {
		return wrong("`%s` has to be %s", at, expected(value.Type()))
	}
	return nil
}

func decodeStruct(raw json.RawMessage, value reflect.Value, at string) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return wrong("`%s` has to be an object", at)
	}
	fields := fieldsOf(value.Type())
	names := make([]string, 0, len(fields))
	for _, field := range fields {
		names = append(names, field.name)
		raw, found := members[field.name]
		delete(members, field.name)
		place := within(at, field.name)
		if text, has := field.tag.Lookup("default"); !found && has {
			raw, found = defaultJSON(text, field.kind), true
		}
		switch {
		case found:
			if err := decode(raw, value.FieldByIndex(field.index), place); err != nil {
				return err
			}
		case !field.optional:
			return wrong("`%s` is missing", place)
		}
	}
	unknown := ""
	for name := range members {
		// A map has no order, and an error should not change from run to run.
		if unknown == "" || name < unknown {
			unknown = name
		}
	}
	if len(members) > 0 {
		return wrong("`%s` is not known here; known are %s", within(at, unknown), strings.Join(names, ", "))
	}
	return nil
}

func decodeSlice(raw json.RawMessage, value reflect.Value, at string) error {
	var items []json.RawMessage
	if err := json.Unmarshal(raw, &items); err != nil {
		return wrong("`%s` has to be %s", at, expected(value.Type()))
	}
	value.Set(reflect.MakeSlice(value.Type(), len(items), len(items)))
	for i, item := range items {
		if err := decode(item, value.Index(i), fmt.Sprintf("%s[%d]", at, i)); err != nil {
			return err
		}
	}
	return nil
}

func decodeMap(raw json.RawMessage, value reflect.Value, at string) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return wrong("`%s` has to be an object", at)
	}
	value.Set(reflect.MakeMapWithSize(value.Type(), len(members)))
	for name, member := range members {
		inner := reflect.New(value.Type().Elem()).Elem()
		if err := decode(member, inner, within(at, name)); err != nil {
			return err
		}
		value.SetMapIndex(reflect.ValueOf(name).Convert(value.Type().Key()), inner)
	}
	return nil
}

func within(at, name string) string {
	if at == "" {
		return name
	}
	return at + "." + name
}

// defaultJSON is the JSON of a default tag, which is written without quotes where the field is text.
func defaultJSON(text string, t reflect.Type) json.RawMessage {
	if t.Kind() == reflect.String || !json.Valid([]byte(text)) {
		quoted, _ := json.Marshal(text)
		return quoted
	}
	return json.RawMessage(text)
}

func decodesItself(value reflect.Value) bool {
	switch value.Addr().Interface().(type) {
	case json.Unmarshaler, encoding.TextUnmarshaler:
		return true
	}
	return false
}

// expected says what a type is in JSON.
func expected(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return expected(t.Elem())
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return "a whole number in range"
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return "a whole number in range, not below 0"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return "text in base64"
		}
		return "a list"
	case reflect.Array:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "an object"
	}
	return "something else"
}
