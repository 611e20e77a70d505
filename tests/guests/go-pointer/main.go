// A check plugin of the pointer generation, in the form in which Go plugins are written: it reads a file and, when
// asked, connects to a port. It also watches its host: every block that was handed out is counted, and each
// deallocate logs how many are left.
//
//	GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared -o go-pointer.wasm .
package main

import (
	"encoding/json"
	"fmt"
)

// A reactor has no main program, but Go wants one.
func main() {}

//go:wasmexport describe
func describe() uint32 {
	return give(map[string]any{
		"name":        "go-pointer",
		"version":     "0.1.0",
		"description": "Reads a file and, when asked, connects to a port",
		"capabilities": []map[string]string{
			{"kind": "fs", "pattern": "read:/**"},
			{"kind": "network", "pattern": "outbound:*"},
		},
	})
}

//go:wasmexport schema
func schema() uint32 {
	text := map[string]string{"type": "string"}
	return give(map[string]any{
		"type":       "object",
		"required":   []string{"path"},
		"properties": map[string]any{"path": text, "host": text, "port": text},
	})
}

//go:wasmexport observe
func observe(address, size uint32) uint32 {
	var config config
	input, ok := pinned[address]
	if !ok || uint32(len(input)) != size {
		return give(failure(fmt.Errorf("the configuration lies in no block of mine: %d bytes at %d", size, address)))
	}
	if err := json.Unmarshal(input, &config); err != nil {
		return give(failure(fmt.Errorf("configuration: %w", err)))
	}
	evidence, err := check(config)
	if err != nil {
		return give(failure(err))
	}
	return give(evidence)
}

func failure(err error) map[string]any {
	return map[string]any{"status": false, "error": err.Error()}
}
