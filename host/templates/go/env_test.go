package main

import (
	"testing"

	plugin "quoin.internal/{{name}}/quoin"
)

func observed(t *testing.T, config string) map[string]any {
	t.Setenv("QUOIN_EXAMPLE", "/bin/sh")
	return plugin.Observe(definition, (&plugin.Fake{}).Host(), config)
}

func TestValue(t *testing.T) {
	for value, status := range map[string]bool{"/bin/sh": true, "/bin/bash": false} {
		seen := observed(t, `{"name": "QUOIN_EXAMPLE", "value": "`+value+`"}`)
		if seen["status"] != status || seen["error"] != nil || seen["value"] != "/bin/sh" {
			t.Errorf("%s: %v", value, seen)
		}
	}
}

func TestNotSet(t *testing.T) {
	seen := observed(t, `{"name": "QUOIN_EXAMPLE_NOT_SET"}`)
	if seen["status"] != false || seen["error"] != nil || seen["is_set"] != false {
		t.Error(seen)
	}
}

func TestNameIsNeeded(t *testing.T) {
	seen := observed(t, `{"value": "/bin/sh"}`)
	if seen["status"] != false || seen["error"] == nil {
		t.Error(seen)
	}
}
