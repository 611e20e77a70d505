// {{description}}
package main

import (
	"os"

	plugin "quoin.internal/{{name}}/quoin"
)

// settings is what a profile writes under `config`.
type settings struct {
	Name  string  `json:"name" description:"The variable to look at." capability:"env:{value}"`
	Value *string `json:"value,omitempty" description:"What it should be."`
}

func observe(host *plugin.Host, settings settings) (plugin.Evidence, error) {
	value, isSet := os.LookupEnv(settings.Name)
	if !isSet {
		host.Log(plugin.LevelDebug, settings.Name+" is not set, or not granted")
		return plugin.Evidence{Data: map[string]any{"is_set": false}}, nil
	}
	return plugin.Evidence{
		Status: settings.Value == nil || *settings.Value == value,
		Data:   map[string]any{"is_set": true, "value": value},
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
