// {{description}}
package main

import (
	"strings"

	plugin "quoin.internal/{{name}}/quoin"
)

// settings is what a profile writes under `config`.
type settings struct {
	Command  string   `json:"command" description:"The program to run, a name or a path." capability:"exec:{value}"`
	Args     []string `json:"args,omitempty" description:"Its arguments."`
	Contains string   `json:"contains,omitempty" description:"Text that has to be in what it prints."`
}

func observe(host *plugin.Host, settings settings) (plugin.Evidence, error) {
	host.Log(plugin.LevelDebug, "running "+settings.Command)
	// An exit code is an answer, whatever it is. An error is what kept the program from running.
	answer, err := host.ExecCommand(plugin.ExecRequest{Command: settings.Command, Args: settings.Args})
	if err != nil {
		return plugin.Evidence{}, err
	}
	return plugin.Evidence{
		Status: answer.ExitCode == 0 && strings.Contains(answer.Stdout, settings.Contains),
		Data:   map[string]any{"exit_code": answer.ExitCode, "stdout": answer.Stdout, "stderr": answer.Stderr},
	}, nil
}

var definition = plugin.Definition[settings]{
	Metadata: plugin.Metadata{
		Name:         "{{name}}",
		Version:      "0.1.0",
		Description:  "{{description_quoted}}",
		Capabilities: []plugin.Capability{{Kind: "{{kind}}", Pattern: "{{pattern_quoted}}"}},
	},
	Observe: observe,
}

func init() {
	plugin.Register(definition)
}

// A plugin is called by its exports. Its main never runs, but Go wants one.
func main() {}
