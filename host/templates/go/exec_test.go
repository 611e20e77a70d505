package main

import (
	"fmt"
	"testing"

	plugin "quoin.internal/{{name}}/quoin"
)

func fake(exitCode int32) *plugin.Fake {
	return &plugin.Fake{ExecCommand: func(request plugin.ExecRequest) plugin.ExecResponse {
		if request.Command != "doctor" {
			return plugin.ExecResponse{Error: &plugin.Error{Message: "not there", Code: "ENOENT", IsNotFound: true}}
		}
		return plugin.ExecResponse{Stdout: "all is well\n", ExitCode: exitCode}
	}}
}

func TestExitCodeAndOutput(t *testing.T) {
	for _, test := range []struct {
		exitCode int32
		contains string
		status   bool
	}{{0, "well", true}, {0, "ill", false}, {1, "well", false}} {
		config := fmt.Sprintf(`{"command": "doctor", "args": ["--quick"], "contains": %q}`, test.contains)
		seen := plugin.Observe(definition, fake(test.exitCode).Host(), config)
		if seen["status"] != test.status || seen["error"] != nil || seen["exit_code"] != float64(test.exitCode) {
			t.Errorf("%v: %v", test, seen)
		}
	}
}

func TestProgramThatIsNotThere(t *testing.T) {
	seen := plugin.Observe(definition, fake(0).Host(), `{"command": "nurse"}`)
	if seen["status"] != false || seen["error"] == nil {
		t.Error(seen)
	}
}

func TestCommandIsNeeded(t *testing.T) {
	seen := plugin.Observe(definition, fake(0).Host(), `{"args": []}`)
	if seen["status"] != false || seen["error"] == nil {
		t.Error(seen)
	}
}
