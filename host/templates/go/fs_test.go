package main

import (
	"testing"

	plugin "quoin.internal/{{name}}/quoin"
)

func fake() *plugin.Fake {
	return &plugin.Fake{FileStat: func(request plugin.FileStatRequest) plugin.FileStatResponse {
		if request.Path != "/a" {
			return plugin.FileStatResponse{Error: &plugin.Error{Message: "not there", Code: "ENOENT", IsNotFound: true}}
		}
		return plugin.FileStatResponse{Kind: "file", Mode: "0640"}
	}}
}

func TestMode(t *testing.T) {
	for mode, status := range map[string]bool{"0640": true, "0600": false} {
		seen := plugin.Observe(definition, fake().Host(), `{"path": "/a", "mode": "`+mode+`"}`)
		if seen["status"] != status || seen["error"] != nil || seen["mode"] != "0640" {
			t.Errorf("%s: %v", mode, seen)
		}
	}
}

func TestMissingFile(t *testing.T) {
	seen := plugin.Observe(definition, fake().Host(), `{"path": "/b"}`)
	if seen["status"] != false || seen["error"] != nil || seen["exists"] != false {
		t.Error(seen)
	}
}

func TestPathIsNeeded(t *testing.T) {
	seen := plugin.Observe(definition, fake().Host(), `{"mode": "0640"}`)
	if seen["status"] != false || seen["error"] == nil {
		t.Error(seen)
	}
}
