// {{description}}
package main

import (
	"errors"
	"strconv"

	plugin "quoin.internal/{{name}}/quoin"
)

// settings is what a profile writes under `config`.
type settings struct {
	Host      string `json:"host" description:"Name or address." capability:"network:outbound:{host}:{port}"`
	Port      uint16 `json:"port" description:"TCP port."`
	TimeoutMs uint64 `json:"timeout_ms" default:"5000" description:"Milliseconds to wait for an answer."`
}

func observe(host *plugin.Host, settings settings) (plugin.Evidence, error) {
	host.Log(plugin.LevelDebug, "connecting", plugin.Attr("host", settings.Host), plugin.Attr("port", settings.Port))
	answer, err := host.TCPConnect(plugin.TCPRequest{
		Host: settings.Host, Port: strconv.Itoa(int(settings.Port)), TimeoutMs: settings.TimeoutMs,
	})
	var failure *plugin.Error
	switch {
	case errors.As(err, &failure) && failure.IsUnreachable():
		// That nothing can be connected to there is an answer. A name that does not resolve is an error.
		return plugin.Evidence{Data: map[string]any{"connected": false, "error_code": failure.Code}}, nil
	case err != nil:
		return plugin.Evidence{}, err
	}
	return plugin.Evidence{
		Status: answer.Connected,
		Data: map[string]any{
			"connected": answer.Connected, "remote_addr": answer.RemoteAddr, "response_time_ms": answer.ResponseTimeMs,
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
