package main

import (
	"testing"

	plugin "quoin.internal/{{name}}/quoin"
)

func fake(answer plugin.ConnectResponse) *plugin.Fake {
	return &plugin.Fake{TCPConnect: func(request plugin.TCPRequest) plugin.ConnectResponse {
		if request.TimeoutMs != 5000 {
			panic("5 seconds are the default")
		}
		return answer
	}}
}

const config = `{"host": "a.example", "port": 80}`

func TestOpenPort(t *testing.T) {
	answer := plugin.ConnectResponse{Connected: true, RemoteAddr: "192.0.2.1:80"}
	seen := plugin.Observe(definition, fake(answer).Host(), config)
	if seen["status"] != true || seen["error"] != nil || seen["remote_addr"] != "192.0.2.1:80" {
		t.Error(seen)
	}
}

func TestClosedPort(t *testing.T) {
	refused := &plugin.Error{Message: "refused", Type: plugin.TypeNetwork, Code: "ECONNREFUSED"}
	seen := plugin.Observe(definition, fake(plugin.ConnectResponse{Error: refused}).Host(), config)
	if seen["status"] != false || seen["error"] != nil || seen["error_code"] != "ECONNREFUSED" {
		t.Error(seen)
	}
}

func TestPortIsNeeded(t *testing.T) {
	seen := plugin.Observe(definition, fake(plugin.ConnectResponse{}).Host(), `{"host": "a.example"}`)
	if seen["status"] != false || seen["error"] == nil {
		t.Error(seen)
	}
}
