//go:build !wasip1

package plugin

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"
	"time"
)

type inner struct {
	Name  string `json:"name"`
	Ports []int  `json:"ports,omitempty"`
}

type common struct {
	Tags []string `json:"tags,omitempty"`
}

type everything struct {
	common
	Path    string            `json:"path" description:"A file" capability:"fs:read:{value}"`
	Hash    bool              `json:"hash,omitempty"`
	Count   uint16            `json:"count" default:"7"`
	Word    string            `json:"word" default:"10"`
	Ratio   *float64          `json:"ratio,omitempty"`
	Inner   *inner            `json:"inner,omitempty"`
	Headers map[string]string `json:"headers,omitempty"`
	Since   *time.Time        `json:"since,omitempty"`
	Key     []byte            `json:"key,omitempty"`
	Free    any               `json:"free,omitempty"`
	hidden  int
	Skipped int `json:"-"`
}

func TestDecodeConfigReads(t *testing.T) {
	var read everything
	config := ` {"path": "/etc", "hash": true, "count": 65535, "ratio": null, "inner": {"name": "ä", "ports": [1, 2]},
		"headers": {"A": "b"}, "since": "2026-01-02T03:04:05Z", "key": "AQI=", "free": [null], "tags": ["x"]} `
	if err := DecodeConfig([]byte(config), &read); err != nil {
		t.Fatal(err)
	}
	since := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	expected := everything{common{[]string{"x"}}, "/etc", true, 65535, "10", nil, &inner{"ä", []int{1, 2}},
		map[string]string{"A": "b"}, &since, []byte{1, 2}, []any{nil}, 0, 0}
	if !reflect.DeepEqual(read, expected) {
		t.Errorf("got %+v", read)
	}
	var least everything
	if err := DecodeConfig([]byte(`{"path": ""}`), &least); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(least, everything{Count: 7, Word: "10"}) {
		t.Errorf("got %+v", least)
	}
}

func TestDecodeConfigNamesWhatIsWrong(t *testing.T) {
	const known = "tags, path, hash, count, word, ratio, inner, headers, since, key, free"
	for config, expected := range map[string]string{
		``:                             "the configuration is not JSON",
		`{"path": "/etc"`:              "the configuration is not JSON",
		`{"path": "/etc"} 1`:           "the configuration is not JSON",
		`null`:                         "the configuration has to be a JSON object",
		` ["/etc"]`:                    "the configuration has to be a JSON object",
		`{}`:                           "`path` is missing",
		`{"Path": "/etc"}`:             "`path` is missing",
		`{"path": null}`:               "`path` is null; it has to be text",
		`{"path": 1}`:                  "`path` has to be text",
		`{"path": ["/etc"]}`:           "`path` has to be text",
		`{"path": "", "hash": "yes"}`:  "`hash` has to be true or false",
		`{"path": "", "hash": null}`:   "`hash` is null; it has to be true or false",
		`{"path": "", "count": 65536}`: "`count` has to be a whole number in range, not below 0",
		`{"path": "", "count": -1}`:    "`count` has to be a whole number in range, not below 0",
		`{"path": "", "count": 1.5}`:   "`count` has to be a whole number in range, not below 0",
		`{"path": "", "ratio": "1"}`:   "`ratio` has to be a number",
		`{"path": "", "inner": 1}`:     "`inner` has to be an object",
		`{"path": "", "inner": {}}`:    "`inner.name` is missing",
		`{"path": "", "inner": {"name": "a", "ports": [1, null]}}`: "`inner.ports[1]` is null; it has to be a whole number in range",
		`{"path": "", "inner": {"name": "a", "ports": 1}}`:         "`inner.ports` has to be a list",
		`{"path": "", "inner": {"name": "a", "port": [1]}}`:        "`inner.port` is not known here; known are name, ports",
		`{"path": "", "headers": {"A": 1}}`:                        "`headers.A` has to be text",
		`{"path": "", "headers": []}`:                              "`headers` has to be an object",
		`{"path": "", "tags": null}`:                               "`tags` is null; it has to be a list",
		`{"path": "", "key": "%"}`:                                 "`key` has to be text in base64",
		`{"path": "", "hsah": true, "z": 1}`:                       "`hsah` is not known here; known are " + known,
	} {
		err := DecodeConfig([]byte(config), new(everything))
		var own *Error
		if !errors.As(err, &own) || own.Message != expected || own.Type != TypeConfig {
			t.Errorf("%s: got %v; want %s", config, err, expected)
		}
	}
	if err := DecodeConfig([]byte(`{"path": "", "since": "now"}`), new(everything)); err == nil {
		t.Error("a time that is none was read")
	}
	for _, target := range []any{nil, everything{}, (*everything)(nil)} {
		if DecodeConfig([]byte(`{"path": ""}`), target) == nil {
			t.Errorf("decoded into %T", target)
		}
	}
	// The configuration is an object, whatever the plugin would rather have.
	if DecodeConfig([]byte(`{}`), new(int)) == nil {
		t.Error("decoded an object into a number")
	}
}

func TestSchemaSaysWhatDecodeConfigTakes(t *testing.T) {
	text, err := json.Marshal(SchemaOf[everything]())
	if err != nil {
		t.Fatal(err)
	}
	const expected = `{"additionalProperties":false,"properties":{` +
		`"count":{"default":7,"minimum":0,"type":"integer"},` +
		`"free":{},` +
		`"hash":{"type":"boolean"},` +
		`"headers":{"additionalProperties":{"type":"string"},"type":"object"},` +
		`"inner":{"additionalProperties":false,"properties":{"name":{"type":"string"},` +
		`"ports":{"items":{"type":"integer"},"type":"array"}},"required":["name"],"type":["object","null"]},` +
		`"key":{"contentEncoding":"base64","type":"string"},` +
		`"path":{"description":"A file","type":"string","x-capability":"fs:read:{value}"},` +
		`"ratio":{"type":["number","null"]},` +
		`"since":{},` +
		`"tags":{"items":{"type":"string"},"type":"array"},` +
		`"word":{"default":"10","type":"string"}},` +
		`"required":["path"],"type":"object"}`
	if string(text) != expected {
		t.Errorf("got  %s\nwant %s", text, expected)
	}
}

type tree struct {
	Children []tree `json:"children,omitempty"`
}

func TestATypeWithinItselfHasASchema(t *testing.T) {
	if _, err := json.Marshal(SchemaOf[tree]()); err != nil {
		t.Error(err)
	}
	var read tree
	if err := DecodeConfig([]byte(`{"children": [{"children": []}, {}]}`), &read); err != nil || len(read.Children) != 2 {
		t.Errorf("got %v, %v", read, err)
	}
}
