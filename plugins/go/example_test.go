//go:build !wasip1

package plugin_test

import (
	"fmt"

	plugin "quoin.internal/plugin"
)

type config struct {
	Path string `json:"path" description:"The file to look at" capability:"fs:read:{value}"`
	Max  uint64 `json:"max" default:"1024" description:"The most bytes that it may have"`
}

func observe(host *plugin.Host, config config) (plugin.Evidence, error) {
	file, err := host.FileStat(plugin.FileStatRequest{Path: config.Path, Follow: true})
	if err != nil {
		return plugin.Evidence{}, err
	}
	host.Log(plugin.LevelDebug, "seen", plugin.Attr("size", file.Size))
	return plugin.Evidence{Status: file.Size <= config.Max, Data: map[string]any{"size": file.Size}}, nil
}

var definition = plugin.Definition[config]{
	Metadata: plugin.Metadata{
		Name: "size", Version: "0.1.0", Description: "Is the file small",
		Capabilities: []plugin.Capability{{Kind: "fs", Pattern: "read:/**"}},
	},
	Observe: observe,
}

// A plugin registers its definition in an init function, and its test observes with a host of its own.
func Example() {
	fake := &plugin.Fake{FileStat: func(request plugin.FileStatRequest) plugin.FileStatResponse {
		if request.Path != "/etc/motd" {
			missing := plugin.Error{Message: request.Path + ": No such file or directory", Code: "ENOENT", IsNotFound: true}
			return plugin.FileStatResponse{Error: &missing}
		}
		return plugin.FileStatResponse{Kind: "file", Size: 12}
	}}
	fmt.Println(plugin.Observe(definition, fake.Host(), `{"path": "/etc/motd"}`))
	fmt.Println(plugin.Observe(definition, fake.Host(), `{"path": "/etc/motd", "max": 10}`))
	fmt.Println(plugin.Observe(definition, fake.Host(), `{"path": "/none"}`)["status"])
	fmt.Println(fake.Log[0].Message, fake.Log[0].Attributes[0].Key)
	// Output:
	// map[size:12 status:true]
	// map[size:12 status:false]
	// false
	// seen size
}
