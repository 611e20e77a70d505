// {{description}}
package main

import (
	"errors"

	plugin "quoin.internal/{{name}}/quoin"
)

// settings is what a profile writes under `config`.
type settings struct {
	Path string `json:"path" description:"The file to look at." capability:"fs:read:{value}"`
	Mode string `json:"mode,omitempty" description:"The permissions that it should have, in octal."`
}

func observe(host *plugin.Host, settings settings) (plugin.Evidence, error) {
	file, err := host.FileStat(plugin.FileStatRequest{Path: settings.Path, Follow: true})
	var failure *plugin.Error
	switch {
	case errors.As(err, &failure) && failure.IsNotFound:
		// That it is not there is something that was seen. What kept us from looking is an error.
		return plugin.Evidence{Data: map[string]any{"exists": false}}, nil
	case err != nil:
		return plugin.Evidence{}, err
	}
	host.Log(plugin.LevelDebug, "looked at "+settings.Path, plugin.Attr("kind", file.Kind))
	return plugin.Evidence{
		Status: settings.Mode == "" || settings.Mode == file.Mode,
		Data: map[string]any{
			"exists": true, "kind": file.Kind, "mode": file.Mode, "size": file.Size, "owner": file.Owner,
		},
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
