package plugin

import (
	"reflect"
	"strings"
)

// field is one key of a configuration, as the struct that it is read into says it.
type field struct {
	name     string
	index    []int
	kind     reflect.Type
	tag      reflect.StructTag
	optional bool
}

// fieldsOf lists the keys of a struct, with those of structs that are embedded in it.
func fieldsOf(t reflect.Type) []field {
	var fields []field
	for i := range t.NumField() {
		own := t.Field(i)
		name, options, _ := strings.Cut(own.Tag.Get("json"), ",")
		if name == "-" && options == "" {
			continue
		}
		if own.Anonymous && name == "" && own.Type.Kind() == reflect.Struct {
			for _, inner := range fieldsOf(own.Type) {
				inner.index = append([]int{i}, inner.index...)
				fields = append(fields, inner)
			}
			continue
		}
		if !own.IsExported() {
			continue
		}
		if name == "" {
			name = own.Name
		}
		_, hasDefault := own.Tag.Lookup("default")
		optional := hasDefault || strings.Contains(options, "omitempty") || strings.Contains(options, "omitzero")
		fields = append(fields, field{name, []int{i}, own.Type, own.Tag, optional})
	}
	return fields
}
