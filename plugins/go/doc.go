// Package plugin is what a check plugin for Quoin is made of. A plugin is a [Definition] that its main package
// registers; the exports that the host calls are in this package.
//
//	package main
//
//	import plugin "quoin.internal/plugin"
//
//	type config struct {
//		Path string `json:"path" description:"The file to look at" capability:"fs:read:{value}"`
//	}
//
//	func observe(host *plugin.Host, config config) (plugin.Evidence, error) {
//		file, err := host.FileStat(plugin.FileStatRequest{Path: config.Path, Follow: true})
//		if err != nil {
//			return plugin.Evidence{}, err
//		}
//		return plugin.Evidence{Status: file.Size > 0, Data: map[string]any{"size": file.Size}}, nil
//	}
//
//	func init() {
//		plugin.Register(plugin.Definition[config]{
//			Metadata: plugin.Metadata{
//				Name: "size", Version: "0.1.0", Description: "Is there anything in the file",
//				Capabilities: []plugin.Capability{{Kind: "fs", Pattern: "read:/**"}},
//			},
//			Observe: observe,
//		})
//	}
//
//	func main() {}
//
// Build it with Go 1.24 or later:
//
//	GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared -o size.wasm .
//
// On any other system the same code compiles against a [Fake] host, so that `go test` needs no WebAssembly.
package plugin
