// A plugin over our Go module: it compares a file's permissions with those that it should have and, when asked, runs a
// command.
package main

import (
	"strconv"

	plugin "quoin.internal/plugin"
)

type config struct {
	Path    string `json:"path" description:"The file to look at" capability:"fs:read:{value}"`
	Mode    string `json:"mode,omitempty" description:"The permissions that it should have"`
	Command string `json:"command,omitempty" description:"A command to run" capability:"exec:{value}"`
	Panic   bool   `json:"panic" default:"false" description:"Fail as a plugin with a bug does"`
}

func observe(host *plugin.Host, config config) (plugin.Evidence, error) {
	host.Log(plugin.LevelInfo, "looking", plugin.Attr("path", config.Path))
	if config.Panic {
		panic("a bug")
	}
	file, err := host.FileStat(plugin.FileStatRequest{Path: config.Path, Follow: true})
	if err != nil {
		return plugin.Evidence{}, err
	}
	evidence := plugin.Evidence{
		Status: config.Mode == "" || config.Mode == file.Mode,
		Data:   map[string]any{"path": config.Path, "kind": file.Kind, "mode": file.Mode, "size": file.Size},
	}
	if config.Command != "" {
		ran, err := host.ExecCommand(plugin.ExecRequest{Command: config.Command})
		if err != nil {
			return plugin.Evidence{}, err
		}
		evidence.Data["stdout"], evidence.Data["exit_code"] = ran.Stdout, ran.ExitCode
		evidence.Status = evidence.Status && ran.ExitCode == 0
	}
	return evidence, nil
}

// watch logs what the host does with our memory, for the tests; a plugin has no use for it.
func watch(left int, problem string) {
	host := &plugin.Host{}
	if problem != "" {
		host.Log(plugin.LevelError, "deallocate: "+problem)
	}
	host.Log(plugin.LevelDebug, "deallocate", plugin.Attr("left", strconv.Itoa(left)))
}

func init() {
	plugin.WatchBlocks(watch)
	plugin.Register(plugin.Definition[config]{
		Metadata: plugin.Metadata{
			Name:         "go-module",
			Version:      "0.1.0",
			Description:  "Are a file's permissions as they should be",
			Capabilities: []plugin.Capability{{Kind: "fs", Pattern: "read:/**"}, {Kind: "exec", Pattern: "**"}},
		},
		Observe: observe,
	})
}

// A reactor's main never runs, but Go wants one.
func main() {}
